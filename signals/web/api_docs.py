"""The readable description of the API, drawn on the server from the same declarations that check what is sent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest, HttpResponse

from signals.enums import CLASS_VERDICT, LabelSource, Lane
from signals.kinds import KINDS, Kind
from signals.kinds_members import COMMON, ENTITY_KINDS, PERSONAL_KINDS, Member, Shape
from signals.services.intake.problems import DETAILS
from signals.services.verdicts import ADVICE, LEAST_MS, MOST_MS, USUAL_MS
from tscore.core.http import page

_FORMS = {
    Shape.ID: "id",
    Shape.IDS: "list of ids, at most 50",
    Shape.VALUE: "personal value, kept as a token",
    Shape.TEXT: "free text, kept apart and erasable",
    Shape.CODE: "short word, at most 64 characters",
    Shape.MONEY: "{minor, currency}",
    Shape.TIME: "time with an offset",
    Shape.TARGET: "{kind, id} of any entity",
    Shape.CHANGES: "list of {field, old?, new?}",
    Shape.CONTEXT: "{session, device, ip, user_agent, country}, each optional",
    Shape.NAMES: "list of member names",
    Shape.EXTRA: "object",
}


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member of a kind as the page shows it."""

    name: str
    form: str
    meaning: str
    is_required: bool
    is_actor: bool


def api_docs(request: HttpRequest) -> HttpResponse:
    """Show the page; it holds nothing that is not public."""
    context = {
        "base": "base.html" if request.user.is_authenticated else "base_plain.html",
        "address": request.build_absolute_uri("/").rstrip("/"),
        "kinds": _kinds(),
        "common": [_line(member, None) for member in COMMON],
        "entity_kinds": [(kind, kind in PERSONAL_KINDS) for kind in ENTITY_KINDS],
        "item_codes": sorted(DETAILS.items()),
        "classes": sorted((word, verdict.value) for word, verdict in CLASS_VERDICT.items()),
        "label_sources": LabelSource.values,
        "lanes": Lane.values,
        "advice": [(severity.value, advice.value) for severity, advice in ADVICE.items()],
        "least_ms": LEAST_MS,
        "usual_ms": USUAL_MS,
        "most_ms": MOST_MS,
    }
    return page(request, "signals/api_docs.html", context)


@cache
def _kinds() -> list[tuple[Kind, list[MemberLine]]]:
    return [(kind, [_line(member, kind) for member in kind.members]) for kind in KINDS.values()]


def _line(member: Member, kind: Kind | None) -> MemberLine:
    form = " / ".join(member.words) if member.words else _FORMS[member.shape]
    what = f"{member.entity}: " if member.entity and member.entity != member.name else ""
    is_actor = kind is not None and kind.actor == member.name
    return MemberLine(member.name, f"{what}{form}", member.meaning, member.required, is_actor)
