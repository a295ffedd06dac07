"""Logged values are copied into files: each once, whole, without a personal value."""

import dataclasses
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from signals.features.registry import FEATURES
from signals.features.spec import Privacy
from signals.models import Event, FeaturePart, ScoredBatch
from signals.services import scoring
from signals.services.feature_log import columns, copying, files, statements
from tests.factories import NOON, after, event
from tscore.core.models import Alarm

pytestmark = pytest.mark.django_db
NOW = after(days=1)


@pytest.fixture(autouse=True)
def log(settings, tmp_path):
    settings.FEATURE_LOG = tmp_path / "features"
    return settings.FEATURE_LOG


def score(now=NOW):
    while scoring.score_pending(limit=500, now=now):
        pass


def copy(now=NOW + timedelta(hours=1), limit=50_000):
    return copying.copy_pending(limit=limit, now=now)


def lines(log):
    """Return every line of every file by event id."""
    found = [line for path in sorted(log.glob("day=*/*.parquet")) for line in pq.read_table(path).to_pylist()]
    assert len({line["event_id"] for line in found}) == len(found)
    return {line["event_id"]: line for line in found}


def features_in(line):
    return {name: value for name, value in line.items() if name not in columns.FIXED and value is not None}


def failed(number, *, days=0.0, **more):
    return event("login.failed", after(number, days=days), id=f"evt-{number}", account="ada", **more)


def paid(number, **more):
    given = {"payment": f"p{number}", "buyer": "ada", "seller": "ben", "card": "~c", "amount": 1000 + number}
    return event("payment.captured", after(number), **given | more)


def test_values_are_copied_as_they_were_seen(log):
    rows = [failed(0), failed(1), paid(2), paid(3), event("session.ended", after(4), session="s1", account="ada")]
    score()

    handled = copy()

    found = lines(log)
    assert handled == len(found) == len(rows)
    for row in Event.objects.all():
        assert features_in(found[row.pk]) == row.features


def test_a_line_says_what_it_is_about(log):
    row = failed(0, context={"ip": "~home"})
    score()

    copy()

    row.refresh_from_db()
    line = lines(log)[row.pk]
    assert {name: line[name] for name in columns.FIXED} == {
        "event_id": row.pk,
        "source": "shop",
        "external_id": "evt-0",
        "kind": "login.failed",
        "entity_id": row.entity_id,
        "actor_id": row.actor_id,
        "roles": list(row.roles.items()),
        "occurred_at": NOON,
        "observed_at": NOON,
        "received_at": NOON,
        "scored_at": NOW,
        "feature_version": row.feature_version,
    }


def test_a_file_lies_with_the_day_on_which_its_events_were_received(log):
    failed(0)
    failed(1)
    failed(2, days=1)
    score()

    copy()

    part = FeaturePart.objects.get()
    assert [(file["path"], file["rows"]) for file in part.files] == [
        (f"day=2026-03-01/part-{part.pk:08}.parquet", 2),
        (f"day=2026-03-02/part-{part.pk:08}.parquet", 1),
    ]
    assert [(log / file["path"]).stat().st_size for file in part.files] == [file["bytes"] for file in part.files]
    assert (part.event_ids, ScoredBatch.objects.count()) == ([], 0)


def test_few_events_wait_for_more_but_not_for_ever():
    failed(0)
    score()

    early = copy(now=NOW + timedelta(seconds=299))
    late = copy(now=NOW + timedelta(seconds=301))

    assert (early, late, copy()) == (0, 1, 0)


def test_many_events_do_not_wait(log):
    for number in range(5):
        failed(number)
        score()

    handled = [copy(now=NOW, limit=2) for _ in range(3)]

    assert handled == [2, 2, 0]
    assert len(lines(log)) == 4


def test_a_later_revision_gets_a_line_of_its_own(log):
    first = failed(0)
    score()
    copy()
    second = failed(0, observed_at=after(5))
    score()

    copy()

    assert {pk: line["observed_at"] for pk, line in lines(log).items()} == {first.pk: NOON, second.pk: after(5)}


def test_a_revision_that_was_never_scored_has_no_line(log):
    failed(0)
    second = failed(0, observed_at=after(5))
    score()

    copy()

    assert list(lines(log)) == [second.pk]


def test_features_that_say_who_somebody_is_are_left_out(log, monkeypatch):
    secret = dataclasses.replace(FEATURES["account_failed_logins_1h"], privacy=Privacy.IDENTITY)
    monkeypatch.setitem(FEATURES, secret.name, secret)
    columns.schema.cache_clear()
    row = failed(0)
    score()

    copy()

    columns.schema.cache_clear()
    row.refresh_from_db()
    assert secret.name not in lines(log)[row.pk]
    assert row.features.keys() - features_in(lines(log)[row.pk]).keys() == {secret.name}


def test_personal_values_and_texts_are_in_no_file(log):
    event("message.sent", after(), message="m1", sender="ada", recipient="ben", text="call 0171 2345678")
    score()

    copy()

    [path] = log.glob("day=*/*.parquet")
    assert b"2345678" not in path.read_bytes()
    assert set(columns.schema().names) == {*columns.FIXED, *(feature.name for feature in columns.copied())}


def test_a_disk_without_room_costs_nothing_but_time(log, monkeypatch):
    failed(0)
    score()
    with monkeypatch.context() as broken:
        broken.setattr(files, "_sync", _full)
        assert copy() == 0
    part = FeaturePart.objects.get()
    alarm = Alarm.objects.get()

    handled = copy(now=NOW + timedelta(hours=2))

    assert (part.written_at, part.last_error) == (None, "OSError: [Errno 28] No space left on device")
    assert (alarm.key, alarm.severity) == ("feature_log:failing", "medium")
    assert (handled, len(lines(log))) == (1, 1)


def _full(place):
    raise OSError(28, "No space left on device")


def test_who_lost_the_lease_settles_nothing(log):
    failed(0)
    score()
    scoring.in_transaction(lambda: statements.plan(most=10, now=NOW))
    part = copying._leased(NOW)
    FeaturePart.objects.update(fence=part.fence + 1)

    settled = scoring.in_transaction(lambda: statements.settle(part, [], NOW))

    assert (settled, FeaturePart.objects.get().written_at) == (False, None)


def test_days_that_are_too_old_are_removed(log, settings):
    settings.FEATURE_LOG_KEPT = timedelta(days=30)
    failed(0)
    failed(1, days=40)
    score()
    copy()

    copy(now=after(days=41))

    assert [place.name for place in log.iterdir()] == ["day=2026-04-10"]


def test_a_part_is_written_piece_by_piece(log, monkeypatch):
    monkeypatch.setattr(statements, "ROWS_AT_ONCE", 2)
    for number in range(5):
        failed(number)
    score()

    copy()

    [path] = log.glob("day=*/*.parquet")
    assert pq.ParquetFile(path).num_row_groups == 3
    assert len(lines(log)) == 5
