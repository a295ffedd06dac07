"""Sign in and sign out."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from tscore.core import audit, crypto, origin, throttling
from tscore.core.db import in_transaction
from tscore.core.http import is_partial, page, partial, see_other
from tscore.core.models import User
from tscore.core.verbs import Verb

logger = logging.getLogger(__name__)
TEMPLATE, AGAIN = "core/login.html", "core/_again.html"
LONGEST_NAME = 254


def login(request: HttpRequest) -> HttpResponse:
    """Show the sign-in page, or sign a person in."""
    if request.user.is_authenticated:
        return see_other(request, _back(request))
    if request.method != "POST":
        return page(request, TEMPLATE, _context(request, AuthenticationForm(request)))
    typed = request.POST.get("username", "")
    try:
        form = _try(request, typed)
    except throttling.TooManySignIns as problem:
        return _not_now(request, problem, typed)
    if not form.is_valid():
        return page(request, TEMPLATE, _context(request, form), status=422)
    return see_other(request, _back(request))


def again(request: HttpRequest) -> HttpResponse:
    """Ask the same person for the password over the page they were writing on, or let them go on with a fresh token.

    `who` is the pseudonym the page was drawn for; nobody else gets in this way. Whoever is signed in already (in
    another window) only fetches the token.
    """
    if not is_partial(request):
        return see_other(request, "core:login")
    if request.method != "POST" or request.user.is_authenticated:
        return partial(request, AGAIN, {})
    who = request.POST.get("who", "")
    typed = User.objects.filter(pseudonym=who).values_list("email", flat=True).first() or who
    try:
        form = _try(request, typed)
    except throttling.TooManySignIns as problem:
        logger.warning("%s sign-in refused for %s: %s", origin.current().request_id, _word(typed), problem.detail)
        return partial(request, AGAIN, {"message": problem.detail}, status=422)
    message = "" if form.is_valid() else "That is not your password. Check it and try again."
    return partial(request, AGAIN, {"message": message}, status=422 if message else 200)


def _try(request: HttpRequest, typed: str) -> AuthenticationForm:
    """Sign somebody in by e-mail if the password fits; whether it did, the form says.

    Raises:
        TooManySignIns: this name or address has to wait.
    """
    ip = origin.current().ip
    pause = throttling.admit(name=typed, ip=ip, now=timezone.now())
    form = AuthenticationForm(request, {"username": typed, "password": request.POST.get("password", "")})
    if not form.is_valid():
        _note_refusal(typed, pause)
        return form
    throttling.succeeded(name=typed, ip=ip)
    auth.login(request, form.get_user())
    _note(form.get_user(), Verb.SIGNED_IN)
    return form


def logout(request: HttpRequest) -> HttpResponse:
    """Sign a person out."""
    if isinstance(request.user, User):
        _note(request.user, Verb.SIGNED_OUT)
    auth.logout(request)
    return see_other(request, settings.LOGOUT_REDIRECT_URL)


def _back(request: HttpRequest) -> str:
    """Return where the person wanted to go, if that is one of our own addresses."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else settings.LOGIN_REDIRECT_URL


def _context(request: HttpRequest, form: AuthenticationForm) -> dict[str, Any]:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return {"form": form, "next": wanted, "demo_users": _demo_users()}


def _not_now(request: HttpRequest, problem: throttling.TooManySignIns, typed: str) -> HttpResponse:
    """Say how long to wait; only written to the log, or whoever tries most would fill the audit trail."""
    logger.warning("%s sign-in refused for %s: %s", origin.current().request_id, _word(typed), problem.detail)
    # A form without data: one with data would be checked, password and all, as soon as it is drawn.
    context = _context(request, AuthenticationForm(request, initial={"username": typed[:LONGEST_NAME]}))
    answer = page(request, TEMPLATE, {**context, "message": problem.detail}, status=problem.status)
    answer["Retry-After"] = problem.headers["Retry-After"]
    return answer


def _demo_users() -> list[dict[str, str]]:
    """Return the people of the demo world, so that a first visitor can sign in; never outside it."""
    if not settings.DEMO:
        return []
    try:
        return list(json.loads((settings.DATA / "demo.json").read_text())["users"])
    except (FileNotFoundError, KeyError, ValueError):
        return []


def _note(person: User, verb: Verb) -> None:
    now = timezone.now()
    in_transaction(
        lambda: audit.record(actor=person, verb=verb, object_type="user", object_ref=person.pseudonym, at=now)
    )


def _note_refusal(typed: str, pause: timedelta) -> None:
    now, after = timezone.now(), {"next_try_after_s": int(pause.total_seconds())} if pause else None
    in_transaction(
        lambda: audit.record(
            actor=None,
            actor_name="anonymous",
            verb=Verb.SIGN_IN_REFUSED,
            object_type="user",
            object_ref=_word(typed),
            at=now,
            after=after,
        )
    )


def _word(typed: str) -> str:
    # What was typed may be anything, even a password: only its token is kept, enough to see the same word again.
    return crypto.token("username_typed", typed.strip().lower())
