"""Reports through the whole of scoring: a crowd is one finding of its own, and adds up to nothing more."""

import pytest

from signals.models import Signal
from signals.services import scoring
from tests import factories
from tests.factories import after, entity

pytestmark = pytest.mark.django_db


def report(reporter, minutes):
    named = {"target": entity("listing", "l-1"), "reporter": entity("account", reporter)}
    members = {"reporter": reporter, "reason": "drugs", "target": {"kind": "listing", "id": "l-1"}}
    made = factories._event_row(
        "report.created", after(minutes), id="", source="shop", observed_at=after(minutes), members=members,
        roles={role: who.pk for role, who in named.items()},
    )  # fmt: skip
    factories._involve(made, list(named.items()))


def test_a_crowd_of_thirty_is_nine_reports_and_one_burst():
    for number in range(30):
        report(f"r-{number}", number)

    scoring.score_pending(limit=500, now=after(60))

    raised = list(
        Signal.objects.order_by("-detector__name").values_list("detector__name", "score", "entity__external_id")
    )
    assert raised == [("reports.trusted_listing", 0.5, "l-1")] * 9 + [("reports.burst_listing", 0.6, "l-1")]


def test_one_person_who_reports_thirty_times_is_one_finding():
    for number in range(30):
        report("r-1", number)

    scoring.score_pending(limit=500, now=after(60))

    assert list(Signal.objects.values_list("detector__name", flat=True)) == ["reports.trusted_listing"]
