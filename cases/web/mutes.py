"""Pages of mutes: the list, a new one (from a case or by hand), lifting one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases.mute_forms import MuteForm
from cases.queries import mutes as reads
from cases.queries.names import EntityName
from cases.web import keys
from cases.web.refs import case_id_of
from signals.models import Mute
from signals.queries import find_entities
from signals.services import mutes
from tscore.core.errors import Conflict, Invalid, Missing
from tscore.core.http import HtmxRequest, page, see_other


def mute_list(request: HtmxRequest) -> HttpResponse:
    """Show the mutes that stand, or those that are over; or set one."""
    if request.method == "POST":
        return _set(request)
    now, is_standing = timezone.now(), request.GET.get("state") != "over"
    found = reads.mute_page(is_standing=is_standing, now=now, cursor=request.GET.get("after") or None)
    context = {
        "now": now,
        "found": found,
        "is_standing": is_standing,
        "most": reads.MOST_COUNTED,
        "form_key": keys.new(),
    }
    return page(request, "cases/mutes.html", context)


def mute_new(request: HtmxRequest) -> HttpResponse:
    """Show the form of a mute, filled in from a finding where one is named."""
    initial: dict[str, Any] = {"hours": 24}
    name = None
    if ref := request.GET.get("signal", ""):
        subject = reads.subject_of_signal(ref)
        initial |= {"detector": subject.detector.pk, "entity": subject.entity.ref if subject.entity else ""}
        name = subject.name
    return _editor(request, MuteForm(initial=initial, detectors=reads.detectors()), status=200, name=name)


def lifting(request: HtmxRequest, mute_id: int) -> HttpResponse:
    """Lift a mute before its end."""
    now = timezone.now()
    keys.once(
        request,
        now=now,
        run=lambda: {"mute": mutes.lift(mute_id=mute_id, actor=request.user, now=now).pk},
    )
    return see_other(request, "cases:mutes")


def _set(request: HtmxRequest) -> HttpResponse:
    now, form = timezone.now(), MuteForm(request.POST, detectors=reads.detectors())
    if not form.is_valid():
        return _editor(request, form, status=422)
    try:
        keys.once(request, now=now, run=lambda: {"mute": _mute(request, form, now).pk})
    except (Invalid, Conflict) as problem:
        form.add_error(None, problem.detail)
        return _editor(request, form, status=problem.status)
    case = _case(request)
    return see_other(request, "cases:case", case) if case else see_other(request, "cases:mutes")


def _mute(request: HtmxRequest, form: MuteForm, now: datetime) -> Mute:
    return mutes.mute(
        detector_id=form.cleaned_data["detector"],
        entity_id=_entity_id(form.cleaned_data["entity"].strip()),
        reason=form.cleaned_data["reason"],
        length=form.length,
        actor=request.user,
        now=now,
    )


def _entity_id(text: str) -> int | None:
    """Return the one entity that a text names, None for none at all.

    Raises:
        Invalid: it names nobody we know, or several.
    """
    if not text:
        return None
    found = find_entities(text)
    if len(found) != 1:
        several = ", ".join(sorted({entity.kind for entity in found}))
        raise Invalid(
            f"This is the id of several: {several}. Give the reference that stands in the address of its page."
            if found
            else "Nothing of this id is known. Look it up first."
        )
    return found[0].pk


def _case(request: HtmxRequest) -> str:
    """Return the case that the person came from, where one is named."""
    ref = request.POST.get("case", "") or request.GET.get("case", "")
    try:
        return f"C-{case_id_of(ref)}"
    except Missing:
        return ""


def _editor(request: HtmxRequest, form: MuteForm, *, status: int, name: EntityName | None = None) -> HttpResponse:
    context = {"now": timezone.now(), "form": form, "name": name, "case": _case(request), "form_key": keys.new()}
    return page(request, "cases/mute.html", context, status=status)
