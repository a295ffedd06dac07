"""What the page of a ring shows: its members with what each shares, and what joins them in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from cases import permissions
from cases.models import Case
from cases.queries.names import EntityName, names_of
from cases.services import ring_members
from cases.services.ring_groups import WEIGHTS
from cases.services.ring_members import Member
from signals.models import Entity
from tscore.core import db
from tscore.core.models import User

SHOWN_EACH: Final = 4
SHOWN_LINES: Final = 12
RINGS: Final = 5

_ABOUT: Final = """
SELECT c.id, c.state, c.queue_id, (SELECT count(*) FROM cases_casemember one WHERE one.case_id = c.id)
  FROM cases_casemember member JOIN cases_case c ON c.id = member.case_id
 WHERE member.entity_id = %(entity)s
 ORDER BY c.id DESC LIMIT %(rings)s
"""


@dataclass(frozen=True, slots=True)
class SharedLine:
    """What so many members share; `supports` = says something only beside other things."""

    name: EntityName
    count: int
    supports: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of the table; `value` is what its tick box sends."""

    name: EntityName
    member: Member
    shares: list[EntityName]
    more: int
    value: str
    may_tick: bool
    is_ticked: bool
    case_ref: str


@dataclass(frozen=True, slots=True)
class RingView:
    """A ring as it stands."""

    rows: list[MemberRow]
    lines: list[SharedLine]
    undecided: int
    new: int


@dataclass(frozen=True, slots=True)
class RingLine:
    """A ring that an account is in."""

    ref: str
    state: str
    size: int


def ring(*, case: Case, ticked: Collection[str] | None = None) -> RingView:
    """Return a ring's members and what joins them, in three statements at most.

    Args:
        ticked: the tick boxes as they were sent; without them everybody who can be decided is ticked.
    """
    members = ring_members.of(case.pk)
    wanted = {pk for member in members for pk in (member.entity_id, *member.shared)}
    names = names_of(Entity.objects.filter(pk__in=wanted))
    chosen = None if ticked is None else {text.partition(".")[0] for text in ticked}
    rows = [_row(member, names, case, chosen) for member in members]
    return RingView(
        rows=rows,
        lines=_lines(members, names),
        undecided=len(ring_members.undecided(members)),
        new=sum(member.is_new for member in members),
    )


def rings_about(*, entity_id: int, user: User) -> list[RingLine]:
    """Return the newest rings an account is in, of the queues a person may see."""
    found = db.rows(_ABOUT, {"entity": entity_id, "rings": RINGS})
    visible = [row for row in found if permissions.may_review(user, row[2])]
    return [RingLine(f"C-{pk}", state, size) for pk, state, _, size in visible]


def _row(member: Member, names: dict[int, EntityName], case: Case, chosen: Collection[str] | None) -> MemberRow:
    shares = [names[pk] for pk in member.shared if pk in names]
    may_tick = not member.is_decided and member.holder_id in (None, case.claimed_by_id)
    return MemberRow(
        name=names[member.entity_id],
        member=member,
        shares=shares[:SHOWN_EACH],
        more=max(0, len(shares) - SHOWN_EACH),
        value=f"{member.entity_id}.{member.version}",
        may_tick=may_tick,
        is_ticked=may_tick and (chosen is None or str(member.entity_id) in chosen),
        case_ref=f"C-{member.case_id}" if member.case_id else "",
    )


def _lines(members: Sequence[Member], names: dict[int, EntityName]) -> list[SharedLine]:
    """Return what two members or more share, what says most first."""
    counts = Counter(pk for member in members for pk in member.shared if pk in names)
    shared = [(pk, count) for pk, count in counts.items() if count > 1]
    shared.sort(key=lambda one: (-WEIGHTS.get(names[one[0]].kind, 0), -one[1], one[0]))
    return [SharedLine(names[pk], count, names[pk].kind == "ip") for pk, count in shared[:SHOWN_LINES]]
