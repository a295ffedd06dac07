"""Who works on which case."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models.functions import Now

from cases import permissions
from cases.models import Case, Note
from cases.services import claims, leaving, notes, waiting
from tests.cases import build
from tests.factories import NOON, after
from tscore.core.errors import Missing


def expire(case):
    Case.objects.filter(pk=case.pk).update(claim_until=Now() - timedelta(seconds=1))


def test_claim_next_hands_out_by_priority(ada, queue_a):
    build.case("a-1", score=0.5)
    best = build.case("a-2", score=0.9)

    case = claims.claim_next(queue=queue_a, actor=ada, now=NOON)

    assert case == best
    assert (case.state, case.claimed_by, case.fence, case.version) == ("reviewing", ada, 1, 1)
    assert build.verbs(case) == ["case.claimed"]


def test_claim_next_leases_by_the_database_clock(ada, queue_a):
    build.case()

    claims.claim_next(queue=queue_a, actor=ada, now=NOON)

    left = Case.objects.annotate(clock=Now()).get()
    assert timedelta(seconds=590) < left.claim_until - left.clock <= settings.CLAIM_LEASE


def test_claim_next_breaks_ties_by_due_then_id(ada, queue_a):
    later = build.case("a-1", at=after(1))
    first, second = build.case("a-2"), build.case("a-3")

    handed = [claims.claim_next(queue=queue_a, actor=ada, now=NOON) for _ in range(4)]

    assert handed == [first, second, later, None]


def test_claim_next_leaves_skipped_cases_to_others(ada, cleo, queue_a):
    case = build.held_case(ada)
    leaving.skip(case_id=case.pk, actor=ada, reason="unclear", now=NOON)

    mine = claims.claim_next(queue=queue_a, actor=ada, now=after(60))
    hers = claims.claim_next(queue=queue_a, actor=cleo, now=after(60))

    assert (mine, hers) == (None, case)


def test_claim_next_hands_a_skipped_case_out_again_after_eight_hours(ada, queue_a):
    case = build.held_case(ada)
    leaving.skip(case_id=case.pk, actor=ada, reason="unclear", now=NOON)

    assert claims.claim_next(queue=queue_a, actor=ada, now=after(8 * 60)) == case


def test_claim_next_hands_escalated_cases_to_leads_only(ada, cleo, queue_a):
    case = build.held_case(ada)
    leaving.escalate(case_id=case.pk, actor=ada, note="Needs a lawyer.", now=NOON)

    mine = claims.claim_next(queue=queue_a, actor=ada, now=NOON)
    hers = claims.claim_next(queue=queue_a, actor=cleo, now=NOON)

    assert (mine, hers) == (None, case)
    assert notes.text_of(Note.objects.get()) == "Needs a lawyer."
    assert build.verbs(case) == ["case.claimed", "note.added", "case.escalated", "case.claimed"]


def test_claim_next_refuses_people_without_the_right(ben, queue_a):
    build.case()

    with pytest.raises(permissions.NotYourQueue):
        claims.claim_next(queue=queue_a, actor=ben, now=NOON)

    assert Case.objects.get().state == "queued"


def test_claim_names_who_has_the_case(ada, cleo):
    case = build.held_case(ada)

    with pytest.raises(claims.TakenAlready) as refused:
        claims.claim(case_id=case.pk, actor=cleo, now=NOON)

    assert refused.value.detail == "Ada is working on this case. Take another one."


def test_claim_takes_over_when_the_lease_has_ended(ada, cleo):
    case = build.held_case(ada)
    expire(case)

    taken = claims.claim(case_id=case.pk, actor=cleo, now=NOON)

    assert (taken.claimed_by, taken.fence) == (cleo, 2)


def test_claim_again_renews_without_a_new_fence(ada):
    case = build.held_case(ada)

    again = claims.claim(case_id=case.pk, actor=ada, now=NOON)

    assert (again.fence, build.verbs(case)) == (1, ["case.claimed"])
    assert again.claim_until >= case.claim_until


def test_claim_of_an_invisible_case_finds_nothing(ben):
    case = build.case()

    with pytest.raises(Missing):
        claims.claim(case_id=case.pk, actor=ben, now=NOON)


def test_heartbeat_extends_only_the_right_fence(ada):
    case = build.held_case(ada)

    until = claims.heartbeat(case_id=case.pk, actor=ada, fence=1, now=NOON)

    assert until >= case.claim_until
    with pytest.raises(claims.LeaseEnded):
        claims.heartbeat(case_id=case.pk, actor=ada, fence=0, now=NOON)


def test_heartbeat_does_not_revive_an_ended_lease(ada):
    case = build.held_case(ada)
    expire(case)

    with pytest.raises(claims.LeaseEnded):
        claims.heartbeat(case_id=case.pk, actor=ada, fence=1, now=NOON)


def test_hold_lasts_four_hours_and_works_once(ada):
    case = build.held_case(ada)

    held = claims.hold(case_id=case.pk, actor=ada, now=NOON)

    assert held.claim_until - case.claim_until > timedelta(hours=3, minutes=45)
    with pytest.raises(claims.HeldAlready):
        claims.hold(case_id=case.pk, actor=ada, now=NOON)


def test_heartbeat_does_not_shorten_a_hold(ada):
    case = build.held_case(ada)
    held = claims.hold(case_id=case.pk, actor=ada, now=NOON)

    assert claims.heartbeat(case_id=case.pk, actor=ada, fence=1, now=NOON) == held.claim_until


def test_release_expired_returns_ended_leases_only(ada, cleo):
    ended, running = build.held_case(ada, "a-1"), build.held_case(cleo, "a-2")
    expire(ended)

    returned = claims.release_expired(limit=10, now=NOON)

    ended.refresh_from_db()
    running.refresh_from_db()
    assert (returned, ended.state, running.state) == (1, "queued", "reviewing")
    assert build.verbs(ended) == ["case.claimed", "case.lease_expired"]


def test_release_expired_returns_cases_of_people_who_left(ada):
    case = build.held_case(ada)
    ada.is_active = False
    ada.save(update_fields=["is_active"])

    returned = claims.release_expired(limit=10, now=NOON)

    case.refresh_from_db()
    assert (returned, case.state) == (1, "queued")


def test_snooze_waits_until_its_instant(ada, queue_a):
    case = build.held_case(ada)
    waiting.snooze(case_id=case.pk, actor=ada, until=after(60), wait_for="owner", now=NOON)

    early = waiting.wake_due(limit=10, now=after(59))
    due = waiting.wake_due(limit=10, now=after(60))

    case.refresh_from_db()
    assert (early, due, case.state, case.wait_until, case.rerank_at) == (0, 1, "queued", None, after(60))
    assert build.verbs(case) == ["case.claimed", "case.snoozed", "case.woken"]


@pytest.mark.parametrize("minutes", [-1, 0, 31 * 24 * 60])
def test_snooze_refuses_an_instant_that_is_past_or_far(ada, minutes):
    case = build.held_case(ada)

    with pytest.raises(waiting.BadWait):
        waiting.snooze(case_id=case.pk, actor=ada, until=after(minutes), now=NOON)
