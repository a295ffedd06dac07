"""Everything the review workspace shows, gathered once for the page and for the answer to a decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import QueryDict

from cases.enums import SkipReason
from cases.forms import DecisionForm, SnoozeForm
from cases.queries import case_header, decide, what, who
from cases.queries.what import What
from cases.web import event_words, keys, panels, records, story
from cases.web.zones import zone_of
from tscore.core.errors import Conflict
from tscore.core.http import HtmxRequest

FIRST_EVIDENCE: Final = 60


def context(
    request: HtmxRequest,
    ref: str,
    *,
    now: datetime,
    conflict: Conflict | None = None,
    entered: QueryDict | None = None,
    form: DecisionForm | None = None,
) -> dict[str, Any]:
    """Return the context of one case for one person; `entered` brings back what a refused form held."""
    case = case_header.case_for(request.user, ref)
    head = case_header.header(case=case, user=request.user, now=now)
    happened = what.what(case=case)
    panel = decide.decide_panel(case=case, user=request.user, now=now)
    return {
        "now": now,
        "form_key": keys.new(),
        "head": head,
        "rank": {"sentence": story.rank_sentence(head.terms)},
        "who": who.who(case=case),
        "decide": panel,
        "presets": records.preset_rows(panel.presets),
        "record": records.record(panel, entered),
        "chosen": entered.get("preset", "") if entered else "",
        "form": form,
        "draft": _draft(panel, entered),
        "conflict": conflict,
        "skip_reasons": SkipReason.choices,
        "snooze_times": SnoozeForm.TIMES,
        **_what(request, head.abuse_type, happened),
    }


def _what(request: HtmxRequest, abuse_type: str, happened: What) -> dict[str, Any]:
    first, more = story.reasons(happened.signals)
    flagged = next((event for event in happened.evidence if event.is_trigger), None)
    shown, hidden = happened.evidence[:FIRST_EVIDENCE], happened.evidence[FIRST_EVIDENCE:]
    return {
        "story": happened,
        "reasons": first,
        "more_reasons": more,
        "flagged": event_words.line(flagged) if flagged else None,
        "panel": panels.panel(abuse_type, happened),
        "evidence": [event_words.line(event) for event in shown],
        "hidden_evidence": hidden,
        "shown": ",".join(str(event.id) for event in shown),
        "bands": story.bands(happened.timeline, zone=zone_of(request)),
        "raw": happened.evidence,
    }


def _draft(panel: decide.DecidePanel, entered: QueryDict | None) -> dict[str, Any]:
    """Return the note to show: what was just sent, else what was kept."""
    if entered is not None:
        return {"note": entered.get("note", ""), "saved": False}
    kept: Any = panel.draft or {}
    return {"note": kept.get("note", "") if isinstance(kept, dict) else str(kept), "saved": bool(kept)}
