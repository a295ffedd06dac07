"""History is stored, scored and counted like any event, and asks nobody for anything; a killed run goes on."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from cases.models import Action, Case
from cases.services import correlation
from signals.models import Backfill, DeadLetter, Event, Label, Signal
from signals.services import backfills, ingest, replays, scoring
from signals.services.backfills import Archive
from signals.sources import Item
from tests.faults import events
from tests.races.threads import side_by_side
from tests.signals.adapters.senders import COMMAND, dies
from tscore import invariants, pipeline

pytestmark = pytest.mark.django_db(transaction=True)  # it scores in a thread, which must see what was stored
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def login(number: int, account: str = "a-1") -> dict[str, Any]:
    at = f"2026-02-{1 + number // 1000 % 28:02}T{number // 60 % 24:02}:{number % 60:02}:00Z"
    return {"id": f"e{number}", "type": "login.failed", "time": at, "data": {"account": account}}


def spraying(accounts: int = 12) -> list[dict[str, Any]]:
    """Return what `accept_spraying` sends, for an archive."""
    return [events._login(number, attempt, NOW) for attempt in range(2) for number in range(accounts)]


@pytest.fixture
def archive(tmp_path: Path):
    """Return a maker of files of our own lines."""

    def make(*lines: dict[str, Any] | str) -> Path:
        path = tmp_path / "history.jsonl"
        path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines))
        return path

    return make


def backfill(path: Path) -> tuple[str, str]:
    """Run the command; return its last line and what it said beside."""
    out, beside = io.StringIO(), io.StringIO()
    call_command("backfill", path, sender="shop-eu", stdout=out, stderr=beside)
    return out.getvalue().splitlines()[-1], beside.getvalue()


def test_history_raises_signals_that_open_no_case_and_call_nobody(archive):
    backfill(archive(*spraying()))
    correlation.correlate_pending(limit=500, now=timezone.now())

    assert Event.objects.filter(scored_at=None).count() == 0
    assert all("backfill" in flags for flags in Event.objects.values_list("flags", flat=True))
    assert set(Signal.objects.values_list("mode", flat=True)) == {"backfill"}
    assert Signal.objects.filter(routed_at=None).count() == 0
    assert (Case.objects.count(), Action.objects.count()) == (0, 0)


def test_same_events_live_open_cases_and_all_invariants_hold_of_both(archive):
    backfill(archive(*(event | {"source": "old"} for event in spraying())))
    events.accept_spraying(at=NOW)
    pipeline.run_all(clock=lambda: NOW)

    assert {*Signal.objects.values_list("mode", flat=True)} == {"backfill", "live"}
    assert Case.objects.exists()
    assert set(Case.objects.values_list("signals__mode", flat=True)) == {"live"}
    assert invariants.breaches((*invariants.FAULTS, *invariants.UNFINISHED)) == []


def test_later_live_revision_of_an_old_event_is_live(archive):
    backfill(archive(login(1)))

    newer = login(1) | {"recordedtime": "2026-03-01T10:00:00Z", "data": {"account": "a-2"}}
    ingest.ingest(source="shop-eu", items=[json.dumps(newer).encode()], received_at=NOW)

    assert list(Event.objects.order_by("id").values_list("flags", flat=True)) == [["backfill"], ["time_far_off"]]


def test_last_line_says_the_figures_and_a_second_run_says_them_again(archive):
    path = archive(*map(login, range(3)), login(1))

    first, _ = backfill(path)
    second, beside = backfill(path)

    assert first.startswith("1 duplicate, 3 new; 0 labels; 4 items in ")
    assert second.startswith("1 duplicate, 3 new; 0 labels; 0 items in ")
    assert "history.jsonl was loaded before" in beside


def test_refused_items_are_kept_and_the_command_fails_each_time(archive):
    path = archive(login(1), "no json", login(2) | {"type": "login.faild"})

    for _ in range(2):
        with pytest.raises(CommandError, match="Not all items were accepted"):
            backfill(path)

    assert (Event.objects.count(), DeadLetter.objects.count()) == (1, 2)


def test_truths_become_labels_once(archive):
    truth = {"entity": {"kind": "account", "id": "a-1"}, "abuse_type": "account_takeover", "class": "legit"}
    lines = [{"event": login(n), "truth": {**truth, "known_at": "2026-03-02T10:00:00Z"}} for n in range(3)]

    backfill(archive(*lines))
    backfill(archive(*lines, login(9)))

    assert sorted(Label.objects.values_list("external_id", flat=True)) == [f"e{n}@2026020100{n:02}00" for n in range(3)]


def test_mapping_that_does_not_fit_stops_before_anything_is_stored(archive, tmp_path):
    (tmp_path / "m.json").write_text(json.dumps({"kind": "login.failed", "id": "id", "time": "time", "members": {}}))

    with pytest.raises(CommandError, match="Did you mean"):
        call_command("backfill", archive(login(1)), mapping=tmp_path / "m.json", source="jsn")
    with pytest.raises(CommandError, match="has no column"):
        (tmp_path / "m.json").write_text(json.dumps({"kind": "login.failed", "id": "idd", "time": "t", "members": {}}))
        call_command("backfill", archive(login(1)), mapping=tmp_path / "m.json")

    assert Backfill.objects.count() == 0


@pytest.mark.parametrize("crash_at", ["replay.stored", "backfill.stored"])
def test_killed_run_goes_on_where_it_stopped(archive, crash_at):
    path = archive(*map(login, range(1_200)))

    code = dies(COMMAND, "backfill", str(path), "--sender", "shop-eu", at=crash_at)
    after_kill = Event.objects.count()
    last, _ = backfill(path)

    assert (code, after_kill, Event.objects.count()) == (-9, 500, 1_200)
    assert last.startswith("500 duplicate, 700 new; ")
    assert Backfill.objects.get().position == 1_200


def test_run_that_got_further_reads_only_the_rest(archive, monkeypatch):
    path = archive(*map(login, range(1_200)))
    real, calls = replays.send, []

    def send(batch: list[Item], *rest: Any, **given: Any) -> None:
        calls.append(len(batch))
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(batch, *rest, **given)

    monkeypatch.setattr(replays, "send", send)
    with pytest.raises(KeyboardInterrupt):
        backfill(path)
    last, beside = backfill(path)

    assert calls == [500, 500, 500, 200]
    assert last.startswith("1,200 new; 0 labels; 700 items in ")
    assert "history.jsonl: going on after item 500." in beside


def test_database_that_is_away_for_a_while_is_waited_for(monkeypatch):
    waits: list[float] = []
    failures = iter([OperationalError(), OperationalError()])
    real = replays.send

    def send(*given: Any, **named: Any) -> None:
        if error := next(failures, None):
            raise error
        real(*given, **named)

    monkeypatch.setattr(replays, "send", send)
    items = [Item(login(number)) for number in range(3)]
    progress = backfills.load(Archive("memory", (), "test", lambda: iter(items)), clock=lambda: NOW, pause=waits.append)

    assert (waits, progress.counts) == ([0.5, 1], {"new": 3})


def test_second_loader_of_the_same_archive_is_refused():
    archive = Archive("memory", (), "test", lambda: iter([Item(login(1))]))

    def hold(number: int) -> Any:
        return backfills.load(archive, clock=lambda: NOW)

    with connection.cursor() as cursor:
        cursor.execute(backfills.LOCK_SQL, [archive.key()])
    with pytest.raises(backfills.AlreadyLoading):
        side_by_side(hold, threads=1)


def test_live_events_never_wait_behind_an_archive(archive, monkeypatch):
    waiting: list[int] = []
    real = scoring.score_pending

    def score(**given: Any) -> int:
        waiting.append(Event.objects.filter(scored_at=None).count())
        return real(**given)

    monkeypatch.setattr(scoring, "score_pending", score)
    backfill(archive(*map(login, range(1_700))))

    assert max(waiting) <= 2 * replays.BATCH
