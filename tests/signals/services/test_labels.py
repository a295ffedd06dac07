"""Labels are recorded once, checked, and resolved by precedence and knowledge."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from signals.enums import LabelSource
from signals.models import AbuseType, Label
from signals.services import labels
from tests import factories
from tests.factories import NOON
from tscore.core.db import NoTransaction

FIELDS = {
    "event": None, "verdict": "bad", "label_class": "ato.confirmed", "source": "reviewer", "actor": "rv_1",
    "confidence": 1.0, "reason": "", "occurred_at": NOON, "known_at": NOON, "supersedes": None, "lane": "detection",
    "inclusion_probability": None, "origin": "decision:1", "external_id": "1", "now": NOON,
}  # fmt: skip


def record(**changes) -> Label:
    account = factories.entity("account", "a")
    with transaction.atomic():
        return labels.record(
            **{"entity": account, "abuse_type": AbuseType.objects.get(pk="account_takeover"), **FIELDS, **changes}
        )


@pytest.mark.django_db
def test_record_writes_what_it_is_given():
    label = record()

    stored = Label.objects.get()
    assert (stored.pk, stored.label_class, stored.recorded_at) == (label.pk, "ato.confirmed", NOON)


@pytest.mark.django_db(transaction=True)
def test_record_joins_a_transaction():
    account = factories.entity("account", "a")

    with pytest.raises(NoTransaction):
        labels.record(entity=account, abuse_type=AbuseType(pk="phishing"), **FIELDS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"verdict": "good"}, labels.ClassMismatch),
        ({"label_class": "rude"}, labels.ClassMismatch),
        ({"confidence": 1.1}, labels.BadShare),
        ({"inclusion_probability": 0.0}, labels.BadShare),
        ({"source": "hearsay"}, labels.UnknownWord),
        ({"lane": "fast"}, labels.UnknownWord),
    ],
)
def test_record_refuses_what_does_not_fit(changes, error):
    with pytest.raises(error):
        record(**changes)

    assert Label.objects.count() == 0


def label(pk: int, source: str = "reviewer", *, known_in: float = 0, supersedes: int | None = None, verdict="bad"):
    """Make a label that is known so many hours after noon."""
    known_at = NOON + timedelta(hours=known_in)
    return Label(pk=pk, source=source, known_at=known_at, supersedes_id=supersedes, verdict=verdict)


LATER: datetime = NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("held", "as_of", "expected"),
    [
        ([], LATER, None),
        ([label(1)], LATER, 1),
        ([label(1, known_in=2)], NOON, None),
        ([label(1, known_in=1), label(2, known_in=2)], LATER, 2),
        ([label(1, "user_report", known_in=5), label(2, "chargeback")], LATER, 2),
        ([label(1, "import"), label(2, "rule")], LATER, 2),
        ([label(1, "import")], LATER, 1),
        ([label(1, "gold")], LATER, None),
        ([label(1), label(2, supersedes=1, verdict="good")], LATER, 2),
        ([label(1), label(2, supersedes=1, verdict="withdrawn")], LATER, None),
        ([label(1), label(2, supersedes=1, verdict="withdrawn"), label(3, "import")], LATER, 3),
        ([label(1), label(2, supersedes=1, verdict="withdrawn", known_in=30)], LATER, 1),
    ],
)
def test_resolve_takes_the_strongest_source_known_by_then(held, as_of, expected):
    found = labels.resolve(held, as_of)

    assert (found.pk if found else None) == expected


def test_precedence_is_the_documented_one():
    strongest_first = [source for source in LabelSource if source not in ("gold", "import")]

    for strong, weak in pairwise(strongest_first):
        held = [label(1, weak, known_in=3), label(2, strong)]
        assert labels.resolve(held, LATER).pk == 2
