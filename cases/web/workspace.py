"""What the review workspace shows: first what is needed to decide, then the rest, which may come a moment later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict

from cases.enums import SkipReason, WaitFor, WakeOn
from cases.forms import DecisionForm, SnoozeForm
from cases.messages import LANGUAGES
from cases.queries import case_header, ring_page, sight
from cases.queries.decide import DecidePanel
from cases.queries.names import is_token
from cases.queries.what import SignalView
from cases.services import presence
from cases.services.choices import DURATIONS
from cases.web import event_words, keys, media, panels, records, rest, scores, story
from cases.web.refs import case_id_of
from signals.services.rings import RING
from tscore.core.errors import Conflict
from tscore.core.http import HtmxRequest

LONGEST_PLACE: Final = 19
# States of a subject that is no more.
GONE: Final = ("closed", "removed", "retracted")
# The lines of the subject's card, so that it keeps its height while their values are on the way.
FACTS: Final = ("First seen", "Last seen", "Events", "At stake", "Decisions", "Actions", "Labels")


def whole(request: HtmxRequest, ref: str, *, now: datetime, **entered: Any) -> dict[str, Any]:
    """Return everything, for a page that must be complete without scripts."""
    seen = sight.see(case_id=case_id_of(ref), user=request.user, seen=place_seen(request))
    told = scores.table(seen) if scores.display(seen.case) == scores.SHOWN else {}
    return {**first(request, seen, now=now, **entered), **rest.rest(request, seen), **told}


def place_seen(request: HtmxRequest) -> int | None:
    """Return the place of the last finding that this person had in front of them, as their page sent it along."""
    return _place((request.POST if request.method == "POST" else request.GET).get("seen", ""))


def _place(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_PLACE else None


def note_seen(request: HtmxRequest) -> int | None:
    """Return the last note that was written when this person's page was drawn, as it sent it along."""
    return _place(request.POST.get("noted", ""))


def first(
    request: HtmxRequest,
    seen: sight.Sight,
    *,
    now: datetime,
    conflict: Conflict | None = None,
    entered: QueryDict | None = None,
    form: DecisionForm | None = None,
    note_authors: Sequence[str] = (),
    is_brief: bool = False,
) -> dict[str, Any]:
    """Return what is needed to decide; `entered` brings back what a refused form held.

    Args:
        is_brief: leave to the rest what is not in sight: the evidence, closed lists, ways out without deciding.
        note_authors: who wrote notes since the page was drawn that a conflict answers.
    """
    panel = sight.panel(seen, user=request.user)
    head = case_header.header(case=seen.case, user=request.user, now=now, subject=seen.subject)
    kept = entered if entered is not None else panel.draft
    return {
        "now": now,
        "form_key": keys.new(),
        "has_rest": False,
        "facts_later": FACTS,
        "open_count": seen.open_count,
        "count_cap": sight.COUNT_CAP,
        "head": head,
        "wants_free": head.lease.state == "other" and presence.wants_free(case_id=seen.case.pk, actor=request.user),
        "is_brief": is_brief,
        "presets": records.preset_rows(panel.presets),
        **_choices(panel, kept),
        "mutable": _mutable(seen),
        "seen": seen.newest,
        "noted": seen.newest_note,
        "note_authors": note_authors,
        "new_count": seen.what.new_count,
        "new_words": f"{seen.what.new_count} new since you opened, marked below.",
        "chosen": kept.get("preset", "") if kept else "",
        "form": form,
        "draft": _draft(panel, entered),
        "conflict": conflict,
        "ring": ring_page.ring(case=seen.case, ticked=_ticked(entered)) if seen.subject.kind == RING else None,
        "gone": _gone(seen),
        **centre(request, seen),
    }


def later(request: HtmxRequest, seen: sight.Sight, *, now: datetime) -> dict[str, Any]:
    """Return what a brief `first` left out, and the rest."""
    panel = sight.panel(seen, user=request.user)
    return {
        "now": now,
        "form_key": keys.new(),
        "head": case_header.header(case=seen.case, user=request.user, now=now, subject=seen.subject),
        **_choices(panel, panel.draft),
        "more_reasons": _reasons(seen)[1],
        **rest.rest(request, seen),
    }


def _choices(panel: DecidePanel, kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what the decision and the ways out without one let a person choose."""
    return {
        "decide": panel,
        "record": records.record(panel, kept),
        "languages": LANGUAGES,
        "durations": DURATIONS,
        "skip_reasons": SkipReason.choices,
        "snooze_times": SnoozeForm.TIMES,
        "wait_choices": WaitFor.choices,
        "wake_choices": WakeOn.choices,
    }


def _mutable(seen: sight.Sight) -> list[SignalView]:
    """Return the strongest live signal of each detector, to those who may mute detectors."""
    live = [signal for signal in seen.what.signals if seen.may_mute and not signal.is_retracted]
    return list({signal.detector: signal for signal in reversed(live)}.values())[::-1]


def _gone(seen: sight.Sight) -> str:
    """Say that the subject is no more, or nothing; what happened stays on record either way."""
    if is_token(seen.case.entity.external_id) and not seen.subject.personal:
        return "The value of this subject was erased or is not known. What happened is shown as it was recorded."
    if seen.subject.state in GONE:
        return f"The marketplace says: {seen.subject.state}. What happened is shown as it was recorded."
    return ""


def _ticked(entered: QueryDict | None) -> list[str] | None:
    return entered.getlist("member") if entered is not None else None


def centre(request: HtmxRequest, seen: sight.Sight) -> dict[str, Any]:
    """Return why the case is here."""
    happened, is_blind = seen.what, seen.case.hides_findings
    reasons, more = _reasons(seen)
    flagged = next((event for event in happened.evidence if event.is_trigger), None)
    return {
        "is_blind": is_blind,
        "opening": seen.opening,
        "signals": _findings(seen),
        "reasons": reasons,
        "more_reasons": more,
        "rank": story.lane_sentence(seen.case)
        if is_blind
        else story.rank_words(case_header.terms(seen.case), opening=seen.opening),
        "scores": scores.display(seen.case),
        "flagged": event_words.line(flagged) if flagged and not is_blind else None,
        "pictures": media.shown(request, happened.evidence, category=seen.case.queue.veil_category),
        "panel": panels.panel(seen.case.abuse_type_id, happened),
    }


def _reasons(seen: sight.Sight) -> tuple[list[story.Why], list[story.Why]]:
    return story.reasons(_findings(seen))


def _findings(seen: sight.Sight) -> list[SignalView]:
    return [] if seen.case.hides_findings else seen.what.signals


def _draft(panel: DecidePanel, entered: QueryDict | None) -> dict[str, Any]:
    """Return the note to show: what was just sent, else what was kept."""
    if entered is not None:
        return {"note": entered.get("note", ""), "saved": False}
    return {"note": (panel.draft or {}).get("note", ""), "saved": bool(panel.draft)}
