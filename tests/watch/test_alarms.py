"""Each alarm: its real condition comes, it is raised; the condition goes, it ends."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from cases.models import Action, Case
from cases.services import claims, correlation, enforcement
from signals.detectors import registry
from signals.detectors.base import PackRule
from signals.models import DeadLetter, Event
from signals.services import dead_letter_repair, ingest, scoring, scoring_rows
from signals.services.feature_log import copying
from tests import factories
from tests.cases import build
from tests.core import trail
from tests.signals.api.items import login
from tests.watch import receivers
from tscore import pipeline
from tscore.core.audit import seal
from tscore.core.models import Alarm
from tscore.watch import look, table

pytestmark = pytest.mark.django_db
NOW = factories.NOON
SOURCE = "shop-eu"


def at(seconds: float):
    return NOW + timedelta(seconds=seconds)


def is_open(key: str) -> bool:
    return Alarm.objects.filter(key=key, cleared_at=None).exists()


def looked(key: str, seconds: float) -> bool:
    """Look at that time and tell whether the alarm is open then."""
    look.look(limit=1, now=at(seconds))
    return is_open(key)


def send(*items: dict, seconds: float = 0, over_http: bool = False):
    bodies = [json.dumps(item).encode() for item in items]
    return ingest.ingest(source=SOURCE, items=bodies, received_at=at(seconds), over_http=over_http)


def logins(count: int, *, first: int = 0, **members):
    return [login(first + number, **members) for number in range(count)]


def deliver(seconds: float = 0) -> None:
    Action.objects.update(next_at=None)
    enforcement.deliver_pending(limit=20, now=at(seconds))


def test_unscored_events():
    send(login())

    early, late = looked("score:waiting", 119), looked("score:waiting", 121)
    detail = Alarm.objects.get(key="score:waiting").detail
    scoring.score_pending(limit=10, now=at(150))

    assert (early, late, looked("score:waiting", 182)) == (False, True, False)
    assert detail == "The oldest unscored event has waited 2 min; the limit is 2 min."


def test_an_event_that_cannot_be_scored(monkeypatch):
    send(login())

    def broken(*given):
        raise RuntimeError("no such thing")

    with monkeypatch.context() as patched:
        patched.setattr(scoring_rows, "settle", broken)
        scoring.score_pending(limit=10, now=at(1))
    while_failing = looked("score:event", 2)
    Event.objects.update(next_at=at(3))
    scoring.score_pending(limit=10, now=at(5))

    assert (while_failing, looked("score:event", 70)) == (True, False)


def test_a_detector_that_fails(monkeypatch):
    def fail(view):
        raise RuntimeError("no such thing")

    faulty = PackRule("ato.faulty", "1", "account_takeover", "Faulty", frozenset({"login.failed"}), fail)
    send(login())
    with monkeypatch.context() as patched:
        patched.setitem(registry.BY_KIND, "login.failed", (faulty,))
        scoring.score_pending(limit=10, now=NOW)

    key = "detector:ato.faulty"
    assert (looked(key, 1), looked(key, 899), looked(key, 901)) == (True, True, False)


def test_unrouted_signals():
    build.signal(factories.entity("account", "a-1"), events=(build.login("a-1"),))

    early, late = looked("route:waiting", 119), looked("route:waiting", 121)
    correlation.correlate_pending(limit=10, now=at(150))

    assert (early, late, looked("route:waiting", 182)) == (False, True, False)


def test_findings_of_the_shadow_wait_for_nobody():
    build.signal(factories.entity("account", "a-1"), events=(build.login("a-1"),), mode="shadow")

    assert looked("route:waiting", 1000) is False


@pytest.mark.django_db(transaction=True)
def test_actions_that_do_not_leave(ada, market):
    build.decision(build.held_case(ada), action_kinds=["account.suspend"])
    Action.objects.update(created_at=NOW, state="pending")

    early, late = looked("outbox:waiting", 299), looked("outbox:waiting", 301)
    deliver(310)

    assert (early, late, looked("outbox:waiting", 362)) == (False, True, False)


def test_held_actions_wait_on_purpose(ada):
    build.decision(build.held_case(ada), action_kinds=["account.suspend"])
    Action.objects.update(created_at=NOW, state="held", next_at=at(900))

    assert (looked("outbox:waiting", 800), looked("outbox:waiting", 901)) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_no_marketplace_is_set(ada, settings):
    settings.MARKETPLACE_URL = ""
    build.decision(build.held_case(ada), action_kinds=["account.suspend"])
    deliver()

    while_missing = looked("marketplace:missing", 1)
    settings.MARKETPLACE_URL = "http://127.0.0.1:9"

    assert (while_missing, looked("marketplace:missing", 30), looked("marketplace:missing", 62)) == (True, True, False)


@pytest.mark.django_db(transaction=True)
def test_a_marketplace_that_is_gone(ada, cleo, settings):
    build.decision(build.held_case(ada), action_kinds=["account.suspend"])
    with receivers.http(410) as gone:
        settings.MARKETPLACE_URL = gone.url
        deliver()

    days_later = looked("marketplace:paused", 5 * 86_400)
    enforcement.resume(actor=cleo, now=at(5 * 86_400))

    assert (days_later, is_open("marketplace:paused")) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_a_marketplace_that_takes_nothing(ada, market):
    build.decision(build.held_case(ada), action_kinds=["account.suspend"])
    market.misbehave("500")
    for second in range(6):
        deliver(second)

    while_failing = looked("marketplace:failing", 7)
    market.misbehave("ok")
    deliver(8)
    deliver(9)

    assert (while_failing, is_open("marketplace:failing")) == (True, False)


def test_a_marketplace_that_took_nothing_and_is_asked_nothing_any_more():
    from tscore.core import alarms

    alarms.raise_alarm(enforcement.FAILING, "high", "It has not taken 3 actions.", NOW)

    assert (looked("marketplace:failing", 7000), looked("marketplace:failing", 7201)) == (True, False)


def test_many_open_dead_letters(settings, cleo):
    settings.ALARM_DEAD_LETTERS = 3
    send(*logins(2, type="login.faild"))
    few = looked("dead_letters:open", 1)
    send(*logins(1, first=5, type="login.faild"))

    many = looked("dead_letters:open", 2)
    for letter in DeadLetter.objects.all():
        dead_letter_repair.dismiss(dead_letter_id=letter.pk, reason="test", actor=cleo, now=at(3))

    assert (few, many, looked("dead_letters:open", 63)) == (False, True, False)


def test_dead_letters_that_grow(settings):
    settings.ALARM_DEAD_LETTERS_HOUR = 3
    send(*logins(3, type="login.faild"))

    assert (looked("dead_letters:growing", 1), looked("dead_letters:open", 1)) == (True, False)
    assert (looked("dead_letters:growing", 3599), looked("dead_letters:growing", 3660)) == (True, False)


def test_dead_letters_that_are_only_counted(settings):
    settings.DEAD_LETTERS_MOST, settings.DEAD_LETTERS_SAMPLE = 2, 0
    send(*logins(2, type="login.faild"))
    full = looked("dead_letters:full", 1)
    send(*logins(1, first=5, type="login.faild"))

    assert (full, looked("dead_letters:full", 2), looked("dead_letters:full", 3661)) == (False, True, False)


def test_an_id_used_twice():
    send(login(1))
    send(login(1, data={"account": "a-18"}))

    key = f"id_conflict:{SOURCE}"
    assert (looked(key, 1), looked(key, 3599), looked(key, 3601)) == (True, True, False)


def test_senders_whose_clock_is_off():
    send(*logins(20, time="2024-03-01T10:00:00Z"), over_http=True)

    while_off = looked("clock:events", 1)
    send(*logins(400, first=100, time="2026-03-01T11:59:00Z"), over_http=True)

    assert (while_off, looked("clock:events", 62)) == (True, False)


def test_the_story_of_a_demo_world_has_strange_times(settings, tmp_path):
    settings.DEMO, settings.DATA = True, tmp_path
    send(*logins(20, time="2024-03-01T10:00:00Z"), over_http=True)
    before = looked("clock:events", 1)
    Alarm.objects.all().delete()
    (tmp_path / "demo.json").touch()

    assert (before, looked("clock:events", 2)) == (True, False)


def test_a_few_strange_times_are_no_alarm():
    send(*logins(19, time="2024-03-01T10:00:00Z"), over_http=True)

    assert looked("clock:events", 1) is False


def test_clocks_that_differ():
    def behind(seconds: int):
        return lambda: timezone.now() - timedelta(seconds=seconds)

    pipeline.run_stage("alarms", clock=behind(0))
    equal = is_open("clock:database")
    pipeline.run_stage("alarms", clock=behind(90))
    detail = Alarm.objects.get(key="clock:database").detail
    pipeline.run_stage("alarms", clock=behind(0))

    assert (equal, is_open("clock:database")) == (False, False)
    assert detail == "The clock of the database is 1 min ahead of ours."


def test_a_queue_that_will_be_late(settings, ada, market):
    settings.ALARM_BACKLOG = 3
    for number in range(4):
        build.case(f"a-{number}")
    look.look_ahead(limit=1, now=at(3600))
    while_waiting = is_open("backlog:ato")
    detail = Alarm.objects.get(key="backlog:ato").detail

    for case in Case.objects.all():
        build.decision(claims.claim(case_id=case.pk, actor=ada, now=at(3700)), at=at(3700))
    look.look_ahead(limit=1, now=at(3900))

    assert (while_waiting, is_open("backlog:ato")) == (True, False)
    assert detail.startswith("4 cases wait, 96 a day come and 0 are decided.")
    assert "will never be decided" in detail


def test_a_queue_that_keeps_its_promise_is_no_alarm(settings, ada):
    settings.ALARM_BACKLOG = 1
    for number in range(15):
        build.case(f"a-{number}", severity="low")
    for case in Case.objects.order_by("pk")[:14]:
        build.decision(claims.claim(case_id=case.pk, actor=ada, now=at(60)), at=at(60))

    look.look_ahead(limit=1, now=at(20 * 3600))

    assert is_open("backlog:ato") is False


def test_a_broker_that_is_away(settings, broker):
    settings.BROKER_URL = "redis+socket:///nowhere/valkey.sock"
    while_away = looked("broker:away", 0)
    settings.BROKER_URL = broker

    assert (while_away, looked("broker:away", 61)) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_nobody_runs_stages():
    call_command("watch", grace=0.0, pause=0.0, times=1)
    alone = is_open("stages:asleep")

    pipeline.run_stage("alarms", clock=lambda: timezone.now() + timedelta(seconds=61))
    awake = is_open("stages:asleep")

    assert (alone, awake) == (True, False)


def test_watch_leaves_looking_to_the_workers_while_they_do():
    pipeline.run_stage("alarms", clock=timezone.now)

    assert look.watch(now=timezone.now()) is False
    assert look.watch(now=timezone.now() + timedelta(seconds=91)) is True


@pytest.mark.django_db(transaction=True)
def test_a_trail_that_is_not_sealed(ada):
    trail.write(3, actor=ada, now=NOW)

    early, late = looked("seal:waiting", 119), looked("seal:waiting", 130)
    seal.seal_pending(limit=10, now=at(131))

    assert (early, late, looked("seal:waiting", 191)) == (False, True, False)


def test_a_feature_log_that_cannot_be_written(settings, tmp_path):
    settings.FEATURE_LOG = tmp_path / "file" / "features"
    (tmp_path / "file").write_text("in the way")
    send(login())
    scoring.score_pending(limit=10, now=NOW)

    copying.copy_pending(limit=1, now=NOW)

    key = "feature_log:failing"
    assert (looked(key, 1), looked(key, 7199), looked(key, 7201)) == (True, True, False)


def test_a_disk_that_is_nearly_full(settings):
    calm = looked("disk:data", 0)
    settings.ALARM_DISK_FREE_MB = 2**31 - 1
    full = looked("disk:data", 1)
    settings.ALARM_DISK_FREE_MB = 1

    assert (calm, full, looked("disk:data", 62)) == (False, True, False)


def test_a_check_that_cannot_be_made(settings):
    settings.ALARM_DISK_FREE_MB = "much"
    send(login())

    fails, others_go_on = looked("watch:disk", 200), is_open("score:waiting")
    settings.ALARM_DISK_FREE_MB = 1

    assert (fails, others_go_on, looked("watch:disk", 261)) == (True, True, False)


def test_what_flickers_is_one_alarm(settings):
    for seconds, most in ((0, 2**31 - 1), (15, 1), (30, 2**31 - 1), (45, 1)):
        settings.ALARM_DISK_FREE_MB = most
        looked("disk:data", seconds)

    assert Alarm.objects.filter(key="disk:data").count() == 1


def test_every_alarm_has_its_test_here():
    tested = {
        "clock:database", "clock:events", "score:waiting", "score:event", "detector:*", "route:waiting",
        "outbox:waiting", "marketplace:missing", "marketplace:paused", "marketplace:failing", "dead_letters:*",
        "id_conflict:*", "backlog:*", "broker:away", "stages:asleep", "seal:waiting", "disk:*", "watch:*",
        "feature_log:failing",
    }  # fmt: skip

    assert {one.pattern for one in table.TABLE} == tested
