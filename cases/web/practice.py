"""Practice on decided cases: the same story, an answer of one's own, then the answer that was given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases.models import Decision
from cases.queries import case_header, practice, sight
from cases.services import practice as services
from cases.web import keys, records, rest, timeline, workspace
from cases.web.zones import zone_of
from tscore.core.errors import Invalid
from tscore.core.http import HtmxRequest, page, see_other


def start(request: HtmxRequest) -> HttpResponse:
    """Go to the next case to practise on."""
    found = practice.next_id(request.user)
    if found is None:
        return page(request, "cases/practice_none.html", {})
    return see_other(request, "cases:practice_try", found)


def attempt(request: HtmxRequest, decision_id: int) -> HttpResponse:
    """Show a case without its outcome; keep the answer."""
    now, decision = timezone.now(), practice.standing(decision_id=decision_id, user=request.user)
    if request.method != "POST":
        return _question(request, decision, now)
    parts = records.entered_parts(request.POST)
    try:
        keys.once(request, now=now, run=lambda: _kept(request, decision, parts, now))
    except Invalid as problem:
        wrong = [found.detail for found in problem.fields] or [problem.detail]
        return _question(request, decision, now, wrong=wrong, entered=parts, status=422)
    return see_other(request, "cases:practice_answer", decision.pk)


def answer(request: HtmxRequest, decision_id: int) -> HttpResponse:
    """Show what was decided beside what the person answered, and nothing of who decided."""
    decision = practice.standing(decision_id=decision_id, user=request.user)
    given = practice.answer_of(decision=decision, user=request.user)
    if given is None:
        return see_other(request, "cases:practice_try", decision.pk)
    parts = practice.differences(given, decision)
    context = {
        "decision": decision,
        "parts": parts,
        "differs": [part.name for part in parts if not part.is_same],
        "case_ref": decision.case.ref,
        "policy_slug": decision.policy.slug,
    }
    return page(request, "cases/practice_answer.html", context)


def _kept(request: HtmxRequest, decision: Decision, parts: dict[str, Any], now: datetime) -> dict[str, Any]:
    kept = services.answer(
        decision=decision,
        person=request.user,
        policy_id=parts["policy"],
        action_kinds=parts["action"],
        label_class=parts["label"],
        reason_id=parts["reason"],
        now=now,
    )
    return {"answer": kept.pk}


def _question(
    request: HtmxRequest, decision: Decision, now: datetime, *, status: int = 200, **entered: Any
) -> HttpResponse:
    stood = practice.before_decision(sight.see(case_id=decision.case_id, user=request.user), at=decision.decided_at)
    panel = sight.panel(stood, user=request.user)
    context = {
        "now": now,
        "form_key": keys.new(),
        "decision_id": decision.pk,
        "head": case_header.header(case=stood.case, user=request.user, now=now, subject=stood.subject),
        "decide": {"may_decide": False},
        "policies": panel.policies,
        **workspace.centre(request, stood),
        **rest.evidence(stood),
        **timeline.context(stood, zone=zone_of(request)),
        "scores": "later",
        **entered,
    }
    if context["panel"]:
        context["panel"].later.clear()
    return page(request, "cases/practice.html", context, status=status)
