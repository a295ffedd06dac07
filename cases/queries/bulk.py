"""What the pages of bulk jobs show: candidates, the gallery with evidence, how far a job has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count

from cases import permissions
from cases.enums import ItemState, LeftOut, Protection
from cases.filter_text import Filter
from cases.models import Action, BulkItem, BulkJob, Case, Queue
from cases.models.bulk import MOST_CASES
from cases.queries.filters import LOOKED, condition
from cases.queries.lists import ORDER, window
from cases.queries.names import EntityName, names_of
from cases.services.bulk import standing
from cases.services.bulk.standing import Standing
from tscore.core import db
from tscore.core.errors import Missing
from tscore.core.models import User
from tscore.core.pagination import Keyset, Page

EACH_PAGE: Final = 200
REASONS: Final = 3
JOBS: Final = Keyset(order=("-id",))

STATES: Final = {
    ItemState.PENDING: "to be decided", ItemState.REVERSING: "to be taken back", ItemState.DONE: "decided",
    ItemState.REVERSED: "taken back", ItemState.FAILED: "failed", ItemState.LEFT: "left as they are",
}  # fmt: skip

# Of the strongest findings of each case, so that one with thousands costs no more than the others.
_REASONS: Final = """
SELECT asked.id, told.sentence
  FROM unnest(%(cases)s::bigint[]) AS asked (id)
  CROSS JOIN LATERAL (
    SELECT reason ->> 'sentence' AS sentence
      FROM (SELECT signal.reasons, signal.score
              FROM cases_casesignal attached JOIN signals_signal signal ON signal.id = attached.signal_id
             WHERE attached.case_id = asked.id AND signal.retracted_at IS NULL
             ORDER BY signal.score DESC, signal.id DESC LIMIT %(most)s) strongest
     CROSS JOIN LATERAL jsonb_array_elements(strongest.reasons) AS reason
     ORDER BY strongest.score DESC, coalesce((reason ->> 'contribution')::float, 0) DESC LIMIT %(most)s) told
"""


@dataclass(frozen=True, slots=True)
class GalleryRow:
    """One case with its key evidence; `why_out` says why it takes no part. Reasons were written by detectors."""

    standing: Standing
    ref: str
    headline: str
    reasons: list[str]
    subject: EntityName
    severity: str
    opened_at: datetime
    why_out: str
    protected: str


@dataclass(frozen=True, slots=True)
class Tally:
    """A draft in figures: `out` counts the cases left out by reason in words, `sample` must be opened."""

    listed: int
    taking_part: int
    subjects: int
    stake_minor: int
    protected: int
    out: list[tuple[str, int]]
    sample: list[Standing]
    opened: int

    @property
    def is_checked(self) -> bool:
        """Whether every case of the spot check was opened."""
        return self.opened == len(self.sample)


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What became of one case; `why` in our own words."""

    ref: str
    headline: str
    subject: EntityName
    word: str
    why: str
    stake_minor: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come: `handled` of `total`, items by state, its effects by delivery state."""

    total: int
    handled: int
    states: dict[str, int]
    effects: dict[str, int]

    @property
    def lines(self) -> list[tuple[str, int]]:
        """Return how many cases are in which state, in words."""
        return [(words, self.states[state]) for state, words in STATES.items() if self.states.get(state)]


def job_for(user: User, job_id: int) -> BulkJob:
    """Return a job of a queue in which the person may do this.

    Raises:
        Missing: no such job, or not for this person.
    """
    job = BulkJob.objects.select_related("queue", "actor", "policy", "reason", "note_key").filter(pk=job_id).first()
    if job is None or not permissions.may_bulk(user, job.queue_id):
        raise Missing
    return job


def jobs(*, user: User, cursor: str | None = None) -> Page[BulkJob]:
    """Return the jobs of the queues in which a person may do this, newest first."""
    queues = [queue.pk for queue in queues_for(user)]
    listed = BulkJob.objects.filter(queue__in=queues).select_related("queue", "actor").annotate(cases=Count("items"))
    return JOBS.page(listed, cursor)


def queues_for(user: User) -> list[Queue]:
    """Return the queues in which a person may decide many cases at once."""
    return [queue for queue in permissions.queues_of(user) if permissions.may_bulk(user, queue.pk)]


def fitting(*, queue: Queue, asked: Filter, user: User, now: datetime) -> tuple[list[int], int]:
    """Return the ids of the open cases of a queue that fit a filter, and how many there are.

    In the order of the claim, as many as go on a list; looked at are the LOOKED most urgent, as on the queue's page.
    """
    wanted = condition(asked, user=user, now=now)
    looked = list(window([queue], wanted, LOOKED).values_list("pk", flat=True))
    found = list(Case.objects.filter(wanted.rest, pk__in=looked).order_by(*ORDER.order).values_list("pk", flat=True))
    return found[:MOST_CASES], len(found)


def queue_of(case_ids: Sequence[int]) -> list[int]:
    """Return the ids of the queues that cases are in."""
    return list(Case.objects.filter(pk__in=case_ids).order_by("queue_id").values_list("queue_id", flat=True).distinct())


def tally(job: BulkJob, found: Sequence[Standing]) -> Tally:
    """Sum up a draft."""
    part, drawn = standing.taking_part(found), standing.sample(job, found)
    out = Counter(one.left_out for one in found if one.left_out)
    return Tally(
        listed=len(found),
        taking_part=len(part),
        subjects=len({one.entity_id for one in part}),
        stake_minor=sum(one.stake_minor for one in part),
        protected=sum(bool(one.protection) for one in part),
        out=[(LeftOut(word).label, count) for word, count in out.most_common()],
        sample=drawn,
        opened=sum(one.is_opened for one in drawn),
    )


def gallery(found: Sequence[Standing]) -> list[GalleryRow]:
    """Return the cases with their key evidence, in three statements however many they are."""
    cases = Case.objects.select_related("entity").in_bulk([one.case_id for one in found])
    names = names_of(case.entity for case in cases.values())
    reasons: dict[int, list[str]] = {}
    for case_id, sentence in db.rows(_REASONS, {"cases": list(cases), "most": REASONS}):
        reasons.setdefault(case_id, []).append(sentence or "")
    return [_row(one, cases[one.case_id], names, reasons.get(one.case_id, [])) for one in found]


def _row(one: Standing, case: Case, names: dict[int, EntityName], reasons: list[str]) -> GalleryRow:
    return GalleryRow(
        standing=one,
        ref=case.ref,
        headline=case.headline,
        reasons=[sentence for sentence in reasons if sentence != case.headline],
        subject=names[case.entity_id],
        severity=case.severity,
        opened_at=case.opened_at,
        why_out=LeftOut(one.left_out).label if one.left_out else "",
        protected=Protection(one.protection).label if one.protection else "",
    )


def progress(job: BulkJob) -> Progress:
    """Count what a job has done, in two statements."""
    states = dict(Counter(BulkItem.objects.filter(job=job).values_list("state", flat=True)))
    asked = Action.objects.filter(decision__bulk_item__job=job).values_list("state").annotate(Count("pk"))
    waiting = states.get("pending", 0) + states.get("reversing", 0)
    taking_part = sum(states.values()) - states.get("left", 0)
    total = taking_part if job.state != "reversing" else states.get("reversing", 0) + states.get("reversed", 0)
    return Progress(total, max(0, total - waiting), states, dict(asked.order_by("state")))


def outcomes(job: BulkJob, *, at: int) -> list[OutcomeRow]:
    """Return what became of a job's cases, what failed first, EACH_PAGE of them from a place on."""
    items = BulkItem.objects.filter(job=job).select_related("case__entity").order_by("-left_out", "position")
    shown = sorted(items, key=lambda item: (item.state != "failed", item.position))[at : at + EACH_PAGE]
    names = names_of(item.case.entity for item in shown)
    return [
        OutcomeRow(
            ref=item.case.ref,
            headline=item.case.headline,
            subject=names[item.case.entity_id],
            word=f"bulk_{item.state}",
            why=LeftOut(item.left_out).label if item.left_out else item.last_error,
            stake_minor=item.stake_minor,
        )
        for item in shown
    ]
