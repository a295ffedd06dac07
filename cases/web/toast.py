"""What was just decided, in a few words, with the way back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from cases.action_kinds import KINDS
from cases.models import Decision
from tscore.core.http import HtmxRequest
from tscore.core.models import User
from tscore.core.templatetags import vocabulary

SECONDS = 10


def toast(
    *, ref: str, verdict: str, action_kinds: Iterable[str], decision_id: int, accounts: int = 0
) -> dict[str, Any]:
    """Return the words about a decision and the address that takes it back; `accounts` = how many of a ring."""
    names = [KINDS[kind].name.lower() for kind in action_kinds]
    said = ", ".join(names) or vocabulary.status(verdict).label.lower()
    of_ring = f", {accounts} account{'' if accounts == 1 else 's'}" if accounts else ""
    return {
        "text": f"{ref}{of_ring}: {said}.",
        "undo_url": reverse("cases:reversal", args=[decision_id]),
        "seconds": SECONDS,
    }


def toast_of(request: HtmxRequest) -> dict[str, Any] | None:
    """Return the toast that a redirect asked for by `?decided=<id>`, if the person's own decision still stands."""
    asked = request.GET.get("decided", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        return None
    return toast_of_decision(request.user, int(asked))


def toast_of_decision(user: User, decision_id: int) -> dict[str, Any] | None:
    """Return the toast of a decision, if the person made it and it still stands."""
    rows = Decision.objects.filter(pk=decision_id, actor_id=user.pk, superseded_by=None, supersedes=None)
    decision = rows.prefetch_related("actions").first()
    if decision is None:
        return None
    kinds = dict.fromkeys(action.kind for action in decision.actions.all())
    return toast(ref=f"C-{decision.case_id}", verdict=decision.verdict, action_kinds=kinds, decision_id=decision.pk)
