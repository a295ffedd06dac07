"""Nothing starves: every fourth hand-out goes to who has waited longest past twice the due time."""

import heapq
import random
from collections import deque

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.services import claims, leaving, priority, ranking, turns
from tests.cases import build
from tests.factories import NOON, after
from tscore.core import audit

N = 3  # every case is handed out within N x its due time, see docs/priority.md


@pytest.fixture(autouse=True)
def _first_turn():
    turns.begin_anew()
    yield
    turns.begin_anew()


def test_every_fourth_hand_out_is_the_longest_past_twice_its_due_time(ada, queue_a):
    poor, poorer = build.case("a-0", score=0.2), build.case("a-1", at=after(1), score=0.1)
    best = [build.case(f"a-{number}", at=after(300), score=0.9) for number in range(2, 8)]
    for _ in range(8):
        priority.rerank_due(limit=100, now=after(300))

    handed = [claims.claim_next(queue=queue_a, actor=ada, now=after(300)) for _ in range(9)]

    assert handed == [*best[:3], poor, *best[3:6], poorer, None]


def test_the_fourth_hand_out_is_by_rank_where_nothing_is_that_late(ada, queue_a):
    cases = [build.case(f"a-{number}", score=0.9 - number / 10) for number in range(5)]

    handed = [claims.claim_next(queue=queue_a, actor=ada, now=NOON) for _ in range(6)]

    assert handed == [*cases, None]


def test_escalated_and_skipped_cases_are_passed_over_in_the_line_too(ada, queue_a):
    skipped, escalated = build.held_case(ada, "a-0"), build.held_case(ada, "a-1")
    leaving.skip(case_id=skipped.pk, actor=ada, reason="unclear", now=NOON)
    leaving.escalate(case_id=escalated.pk, actor=ada, note="", now=NOON)
    late = build.case("a-2", at=after(1))
    Case.objects.update(rerank_at=None)

    handed = [claims.claim_next(queue=queue_a, actor=ada, now=after(300)) for _ in range(4)]

    assert handed == [late, None, None, None]


@pytest.mark.parametrize(("sql", "reads_line"), [(turns.BEST_SQL, False), (turns.LONGEST_SQL, True)])
def test_a_hand_out_is_one_statement_that_reads_its_index_in_order(ada, queue_a, sql, reads_line):
    terms = {"queue": queue_a.pk, "actor": ada.pk, "now": NOON, "leads": False, "lease": NOON - NOON}
    terms |= audit.told_terms(actor=ada, verb="case.claimed", at=NOON)

    with connection.cursor() as cursor:
        # The table is empty here: let the planner take the order of an index, if it can.
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute("EXPLAIN " + sql, terms)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert ("case_overdue" in plan) is reads_line
    assert ("case_claim" in plan) or ("case_open_list" in plan)  # alike while the table is empty
    assert "Sort" not in plan


def test_every_fourth_claim_costs_as_many_statements(ada, queue_a, django_assert_num_queries):
    for number in range(4):
        build.case(f"a-{number}")
    claims.claim_next(queue=queue_a, actor=ada, now=NOON)
    with CaptureQueriesContext(connection) as by_rank:
        claims.claim_next(queue=queue_a, actor=ada, now=NOON)
    claims.claim_next(queue=queue_a, actor=ada, now=NOON)

    with django_assert_num_queries(len(by_rank)):
        claims.claim_next(queue=queue_a, actor=ada, now=NOON)


class Desk:
    """A queue of cases that promise an answer within one unit of time, and people who take them at one pace."""

    def __init__(self, seed: int, *, every: int, pace: int) -> None:
        self.chance, self.every, self.pace = random.Random(seed), every, pace
        self.ranked: list[tuple[float, float, int]] = []
        self.opened: dict[int, float] = {}
        self.late: deque[int] = deque()
        self.base: dict[int, float] = {}
        self.waits: dict[int, float] = {}
        self.joined: dict[int, tuple[int, int]] = {}
        self.taken = self.made = 0

    def arrive(self, at: float) -> None:
        number, self.made = self.made, self.made + 1
        self.opened[number] = at
        self.base[number] = 10 ** self.chance.uniform(0, 6)
        self._rank(number, 0.0)

    def rerank(self, at: float) -> None:
        for number, opened in list(self.opened.items()):
            used = min(ranking.MOST_USED, int((at - opened) / ranking.STEP) * ranking.STEP)
            if used and (at - opened) - used < 1 / self.pace:
                self._rank(number, used)
            if used >= ranking.MOST_USED and number not in self.joined:
                self.joined[number] = (self.taken, len(self.late))
                self.late.append(number)

    def _rank(self, number: int, used: float) -> None:
        worth = ranking.priority(probability=1.0, stake_minor=int(self.base[number]), used=used)
        heapq.heappush(self.ranked, (-worth, self.opened[number], number))

    def take(self, at: float) -> None:
        number = self._longest() if self.taken % self.every == self.every - 1 else None
        while number is None and self.ranked:
            found = heapq.heappop(self.ranked)[2]
            number = found if found in self.opened else None
        if number is None:
            return
        self.taken += 1
        self.waits[number] = at - self.opened.pop(number)
        if number in self.joined:
            turn, ahead = self.joined[number]
            assert self.taken - turn <= turns.EVERY * (ahead + 1) or self.every != turns.EVERY

    def _longest(self) -> int | None:
        while self.late and self.late[0] not in self.opened:
            self.late.popleft()
        return self.late.popleft() if self.late else None

    def run(self, *, until: float, load: float, busy_until: float) -> None:
        """Let `load` times the pace arrive until `busy_until`, then nearly as much."""
        owed = 0.0
        for step in range(int(until * self.pace)):
            at = step / self.pace
            owed += load if at < busy_until else 0.98
            while owed >= 1:
                self.arrive(at)
                owed -= 1
            self.rerank(at)
            self.take(at)


def longest_wait(desk: Desk, *, until: float) -> float:
    return max([*desk.waits.values(), *(until - opened for opened in desk.opened.values())])


@pytest.mark.parametrize("seed", range(5))
def test_nothing_waits_longer_than_n_times_its_due_time_when_more_arrives_than_is_done(seed):
    guarded, unguarded = Desk(seed, every=turns.EVERY, pace=40), Desk(seed, every=10**9, pace=40)

    for desk in (guarded, unguarded):
        desk.run(until=40, load=1.3, busy_until=2)

    assert longest_wait(guarded, until=40) <= N
    assert longest_wait(unguarded, until=40) > 2 * N


def test_a_place_in_the_line_is_kept_however_long_too_much_arrives():
    desk = Desk(7, every=turns.EVERY, pace=40)

    desk.run(until=12, load=1.5, busy_until=12)

    assert len(desk.joined) > 100  # each of them was checked when it was handed out: within 4 x (those ahead + 1)
