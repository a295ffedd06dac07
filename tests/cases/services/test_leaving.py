"""Who gives a case up without deciding it."""

import pytest

from cases import permissions
from cases.models import CaseSkip
from cases.services import claims, leaving
from tests.cases import build
from tests.factories import NOON


def test_hand_over_gives_the_next_fence_to_the_other(ada, cleo):
    case = build.held_case(ada)

    handed = leaving.hand_over(case_id=case.pk, actor=ada, to=cleo, now=NOON)

    assert (handed.state, handed.claimed_by, handed.fence) == ("reviewing", cleo, 2)
    with pytest.raises(claims.NotHolder) as refused:
        leaving.release(case_id=case.pk, actor=ada, now=NOON)
    assert refused.value.detail == "Cleo has this case now. Your draft is kept."


def test_hand_over_refuses_somebody_without_the_right(ada, ben):
    case = build.held_case(ada)

    with pytest.raises(leaving.NotAReviewer):
        leaving.hand_over(case_id=case.pk, actor=ada, to=ben, now=NOON)


def test_hand_over_of_anothers_case_is_for_leads(ada, cleo):
    case = build.held_case(cleo)

    with pytest.raises(permissions.LeadsOnly):
        leaving.hand_over(case_id=case.pk, actor=ada, to=ada, now=NOON)


def test_release_gives_the_case_back(ada):
    case = build.held_case(ada)

    leaving.release(case_id=case.pk, actor=ada, now=NOON)

    case.refresh_from_db()
    assert (case.state, case.claimed_by, case.claim_until) == ("queued", None, None)
    assert build.verbs(case) == ["case.claimed", "case.released"]


def test_skip_wants_one_of_the_five_reasons(ada):
    case = build.held_case(ada)

    with pytest.raises(leaving.NoReason):
        leaving.skip(case_id=case.pk, actor=ada, reason="bored", now=NOON)

    case.refresh_from_db()
    assert (case.state, CaseSkip.objects.count()) == ("reviewing", 0)
