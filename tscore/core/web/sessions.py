"""Sign in and sign out."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from tscore.core import audit, crypto
from tscore.core.db import in_transaction
from tscore.core.http import page, see_other
from tscore.core.models import User
from tscore.core.verbs import Verb

TEMPLATE = "core/login.html"


def login(request: HttpRequest) -> HttpResponse:
    """Show the sign-in page, or sign a person in."""
    if request.user.is_authenticated:
        return see_other(request, _back(request))
    if request.method == "GET":
        return page(request, TEMPLATE, _context(request, AuthenticationForm(request)))
    form = AuthenticationForm(request, request.POST)
    if not form.is_valid():
        _note_refusal(request.POST.get("username", ""))
        return page(request, TEMPLATE, _context(request, form), status=422)
    person = form.get_user()
    auth.login(request, person)
    _note(person, Verb.SIGNED_IN)
    return see_other(request, _back(request))


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


def _note_refusal(typed: str) -> None:
    # What was typed may be anything, even a password: only its token is kept, enough to see the same word again.
    now, token = timezone.now(), crypto.token("username_typed", typed.strip().lower())
    in_transaction(
        lambda: audit.record(
            actor=None, actor_name="anonymous", verb=Verb.SIGN_IN_REFUSED, object_type="user", object_ref=token, at=now
        )
    )
