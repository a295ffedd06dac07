"""A training table is the same whether logged values come from the feature log or from the database."""

from datetime import timedelta

import pyarrow as pa
import pytest
from django.core.management import call_command

from signals.models import Event
from signals.services import datasets, scoring
from signals.services.datasets import Origin
from signals.services.feature_log import copying, reading
from signals.services.tables import rows
from tests.factories import after, event, label

pytestmark = pytest.mark.django_db
AS_OF, NOW = after(days=30), after(days=40)


@pytest.fixture(autouse=True)
def log(settings, tmp_path):
    settings.FEATURE_LOG = tmp_path / "features"
    return settings.FEATURE_LOG


def score_and_copy(*, days=1.0):
    while scoring.score_pending(limit=500, now=after(days=days)):
        pass
    return copying.copy_pending(limit=50_000, now=after(days=days) + timedelta(hours=1))


def paid(number, *, days, **more):
    given = {"payment": f"p{number}", "buyer": f"b{number % 3}", "seller": "ben", "card": "~c", "amount": 1000 + number}
    return event("payment.captured", after(number, days=days), id=f"evt-{number}", **given | more)


def judged(row, **more):
    given = {"abuse_type": "payment_fraud", "role": "payment", "verdict": "good"} | more
    return label(row, "legit", row.occurred_at + timedelta(days=5), **given)


def build(tmp_path, origin):
    return datasets.build(
        abuse_type="payment_fraud", as_of=AS_OF, out=tmp_path / origin, actor=None, now=NOW, features=origin
    )


@pytest.fixture
def world():
    """Payments of three weeks, one of them corrected, all scored and copied."""
    found = [paid(number, days=number - 25) for number in range(20)]
    for row in found:
        judged(row)
    judged(found[4], source="chargeback", verdict="bad")
    label(found[7], "legit", after(days=-2), abuse_type="payment_fraud", role="buyer", verdict="good")
    score_and_copy()
    paid(3, days=-22, amount=77, observed_at=after(days=2))
    return score_and_copy(days=3)


def test_hash_is_the_same_from_the_log_and_from_the_database(world, tmp_path):
    found = [build(tmp_path, origin) for origin in (Origin.LOG, Origin.DATABASE, Origin.AUTO)]

    assert world == 1
    assert len({version.content_hash for version in found}) == 1
    assert len({(tmp_path / origin / "data.csv").read_bytes() for origin in Origin}) == 1


def test_all_values_come_from_the_log_where_it_has_them(world):
    table = rows.table(datasets.spec_of("payment_fraud"), as_of=AS_OF, origin=Origin.AUTO)

    assert (len(table.rows), table.from_log, table.rebuilt, table.differing) == (21, 20, 0, 0)


def test_what_is_not_copied_yet_is_read_in_the_database(world, tmp_path):
    for number in range(30, 33):
        judged(paid(number, days=-1))
    scoring.score_pending(limit=500, now=after(days=4))
    judged(paid(40, days=0))

    table = rows.table(datasets.spec_of("payment_fraud"), as_of=AS_OF, origin=Origin.AUTO)

    assert (len(table.rows), table.from_log, table.rebuilt) == (25, 20, 1)
    assert build(tmp_path, Origin.AUTO).content_hash == build(tmp_path, Origin.DATABASE).content_hash
    with pytest.raises(datasets.LogIncomplete):
        build(tmp_path, Origin.LOG)


def test_a_file_that_is_gone_is_replaced_by_the_database(world, log, tmp_path):
    before = build(tmp_path, Origin.LOG).content_hash
    next(iter(sorted(log.glob("day=*/*.parquet")))).unlink()

    assert len(list(reading.missing())) == 1
    assert build(tmp_path, Origin.AUTO).content_hash == before


def test_command_says_where_to_read(world, tmp_path, capsys):
    given = ["payment_fraud", "--as-of", AS_OF.isoformat(), "--out", str(tmp_path / "out")]

    printed = []
    for origin in Origin:
        call_command("build_dataset", *given, "--features", origin)
        printed.append(capsys.readouterr().out.splitlines()[-1])

    assert len(set(printed)) == 1


def test_values_of_an_event_that_was_logged_by_other_definitions_are_those_it_had(world, log, monkeypatch, tmp_path):
    Event.objects.filter(external_id="evt-9").update(feature_version="older")

    assert build(tmp_path, Origin.LOG).content_hash == build(tmp_path, Origin.DATABASE).content_hash


def test_a_day_is_read_with_the_newest_revision_of_each_event(world):
    days = {after(days=day).date() for day in range(-30, 3)}

    found = reading.table(days=days, kinds=["payment.captured"], names=["amount", "no_such"]).to_pylist()

    assert len(found) == 20
    assert [line["amount"] for line in found if line["external_id"] == "evt-3"] == [77]
    assert reading.table(days=[after(days=-90).date()], kinds=["payment.captured"], names=["amount"]).num_rows == 0


def test_the_same_line_twice_is_one(world):
    found = reading.table(days=[after(days=-20).date()], kinds=["payment.captured"], names=["amount"])

    assert reading.newest(pa.concat_tables([found, found])).num_rows == found.num_rows > 0
