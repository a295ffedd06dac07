from datetime import UTC, datetime

import pytest

from cases.models import Case
from cases.models.case import OPEN
from signals.models import Link
from tscore import invariants
from tscore.bench import account, many_cases

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_copies_are_open_cases_with_links_of_their_own_and_break_no_rule():
    many_cases.make(cases=300, now=NOW, scale=0.02, pool=50)

    assert Case.objects.filter(OPEN).exclude(queue__slug=many_cases.ONE).count() == 300
    assert Link.objects.filter(origin__external_id__contains="/", target__external_id__startswith="tok_pool").exists()
    assert invariants.breaches(invariants.FAULTS) == []

    busy = account.make()

    assert busy.involvements.values("event").distinct().count() == account.EVENTS
    assert invariants.breaches(invariants.FAULTS) == []
