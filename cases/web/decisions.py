"""Deciding, taking back, and what I decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import push_url

from cases import permissions
from cases.enums import CaseState
from cases.forms import DecisionForm, unticked
from cases.messages import LANGUAGES
from cases.queries import case_header
from cases.queries import mine as my_work
from cases.queries.decide import decide_panel, effect_lines
from cases.services import catalogue, decisions, drafts, ring_decisions
from cases.services.choices import DURATIONS
from cases.web import answers, keys, records, succession
from cases.web.refs import case_id_of
from cases.web.rings import seen_members
from cases.web.toast import toast
from signals.enums import CLASS_VERDICT
from tscore.core.errors import Conflict, Invalid
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other

NEXT, STAY = "next", "stay"


def decision(request: HtmxRequest, ref: str) -> HttpResponse:
    """Decide a case; bring the next one, already claimed, or stay."""
    now = timezone.now()
    queue = permissions.visible_queue(request.user, request.POST.get("queue", ""))
    form = DecisionForm(request.POST, queue=queue)
    if not form.is_valid():
        return answers.case(request, ref, now=now, status=422, form=form, entered=request.POST)
    stays = request.POST.get("then") == STAY
    try:
        answer = keys.once(request, now=now, run=lambda: _decide(request, ref, form.cleaned_data, now=now, stays=stays))
    except Conflict as problem:
        _keep(request, ref, now=now)
        return answers.conflict(request, ref, problem, now=now)
    except Invalid as problem:
        _add_errors(form, problem)
        return answers.case(request, ref, now=now, status=422, form=form, entered=request.POST)
    told = toast(
        ref=ref,
        verdict=CLASS_VERDICT[form.cleaned_data["label"]],
        action_kinds=form.cleaned_data["action"],
        decision_id=answer["decision"],
        accounts=answer.get("accounts", 0),
    )
    following = succession.next_ref(request, answer=answer, queue=catalogue.current().queues[answer["queue"]], now=now)
    return answers.following(request, queue=queue, ref=following, now=now, toast=told, decided=answer["decision"])


def _keep(request: HtmxRequest, ref: str, *, now: datetime) -> None:
    """Keep what a refused decision held: it may have been typed faster than drafts are saved."""
    case = case_header.case_for(request.user, ref)
    if case.state != CaseState.CLOSED:
        drafts.save(case_id=case.pk, actor=request.user, fields=records.kept(request.POST), now=now)


def _decide(request: HtmxRequest, ref: str, record: dict[str, Any], *, now: datetime, stays: bool) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "case_id": case_id_of(ref),
        "actor": request.user,
        "seen_version": record["version"],
        "fence": record["fence"],
        "policy_id": record["policy"],
        "action_kinds": record["action"],
        "label_class": record["label"],
        "reason_id": record["reason"],
        "unticked_event_ids": unticked(request.POST),
        "note": record["note"],
        "days": record["days"],
        "language": record["language"],
        "now": now,
    }
    if "ring" in request.POST:
        return _decide_ring(request, ref, terms, stays=stays)
    made = decisions.decide(**terms)
    return {"decision": made.pk, "queue": made.case.queue_id} | ({"case": ref} if stays else {})


def _decide_ring(request: HtmxRequest, ref: str, terms: dict[str, Any], *, stays: bool) -> dict[str, Any]:
    """Decide the ticked accounts of a ring; while some are left, it stays in front."""
    del terms["unticked_event_ids"]
    made = ring_decisions.decide(**terms, seen_members=seen_members(request.POST))
    answer = {"decision": made.lead.pk, "queue": made.queue_id, "accounts": made.count}
    return answer | ({"case": ref} if stays or not made.is_closed else {})


def _add_errors(form: DecisionForm, problem: Invalid) -> None:
    """Say what the service found wrong, in the summary: its fields have names of their own."""
    for words in [found.detail for found in problem.fields] or [problem.detail]:
        form.add_error(None, words)


def preview(request: HtmxRequest, ref: str) -> HttpResponse:
    """Draw the record of what is chosen, with its effects as they would be with these events ticked."""
    now, case = timezone.now(), case_header.case_for(request.user, ref)
    panel = decide_panel(case=case, user=request.user, now=now)
    drawn = records.record(panel, request.POST)
    effects = effect_lines(
        case=case,
        action_kinds=[choice.kind for choice in drawn.actions if choice.chosen],
        unticked_event_ids=unticked(request.POST),
        policy=drawn.policy_slug,
        days=drawn.days,
        language=drawn.language,
    )
    if panel.may_decide and drawn.open:
        drafts.save(case_id=case.pk, actor=request.user, fields=records.kept(request.POST), now=now)
    context = {
        "head": case_header.header(case=case, user=request.user, now=now),
        "decide": panel,
        "record": records.with_standing(records.with_effects(drawn, effects), request.POST, request.htmx.trigger),
        "languages": LANGUAGES,
        "durations": DURATIONS,
    }
    return partial(request, "cases/_record.html", context)


def reversal(request: HtmxRequest, decision_id: int) -> HttpResponse:
    """Take a decision of one's own back and show its case again."""
    now = timezone.now()

    def run() -> dict[str, Any]:
        reversed_ = decisions.reverse(decision_id=decision_id, actor=request.user, now=now)
        return {"decision": reversed_.pk}

    undone = my_work.undone(decision_id=keys.once(request, now=now, run=run, key=f"reversal:{decision_id}")["decision"])
    if not is_partial(request):
        return see_other(request, "cases:case", undone.case_ref)
    told = {"text": _words(undone), "undo_url": "", "seconds": 10}
    answer = answers.case(request, undone.case_ref, now=now, toast=told)
    return push_url(answer, reverse("cases:case", args=[undone.case_ref]))


def _words(undone: my_work.Undone) -> str:
    parts = [f"{undone.case_ref} taken back" + (", yours again." if undone.reopened else ".")]
    if undone.newer_ref:
        parts.append(f"It stays closed, because {undone.newer_ref} is open.")
    if undone.stays:
        parts.append(f"Cannot be taken back: {', '.join(undone.stays)}.")
    return " ".join(parts)


def mine(request: HtmxRequest) -> HttpResponse:
    """Show what I decided last, with the way back."""
    context = {
        "now": timezone.now(),
        "rows": my_work.my_decisions(user=request.user),
        "form_key": keys.new(),
    }
    return page(request, "cases/mine.html", context)
