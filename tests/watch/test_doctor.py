"""`manage.py doctor`: one line an answer, the count last, exit 0 only when all is well."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.cases import build
from tests.core.trail import tamper
from tscore import health
from tscore.core import alarms
from tscore.core.db import rows
from tscore.core.models import AlarmNotice
from tscore.watch import stages


@pytest.fixture(autouse=True)
def _healthy(broker, monkeypatch, request, settings):
    request.getfixturevalue("transactional_db" if "transaction" in request.keywords else "db")
    monkeypatch.setattr(health._Migrations, "are_applied", False)
    settings.ALARM_DISK_FREE_MB = 1
    stages.note("alarms", handled=0, seconds=0.0, now=timezone.now())


def doctor():
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def wrong(lines):
    return [line.removeprefix("WRONG ") for line in lines if line.startswith("WRONG")]


def test_doctor_finds_nothing_wrong_and_gives_the_figures():
    code, lines = doctor()

    assert (code, wrong(lines)) == (0, [])
    names = [line[6:].partition(":")[0] for line in lines[:-1]]
    assert names[:8] == ["database", "broker", "migrations", "settings", "roles", "grants", "worker", "disk"]
    assert "queue ato" in names
    assert lines[-1] == f"{sum(line.startswith('ok') for line in lines)} of {lines[-1].split()[2]} well, 0 wrong"


def test_doctor_names_a_dead_broker(settings):
    settings.BROKER_URL = "redis+socket:///nowhere/valkey.sock"

    code, lines = doctor()

    assert code == 1
    assert [line.partition(":")[0] for line in wrong(lines)] == ["broker"]
    assert lines[-1].endswith("1 wrong")


def test_doctor_names_missing_migrations():
    rows("DELETE FROM django_migrations WHERE app = 'cases'")

    assert wrong(doctor()[1])[0].endswith("migrations are missing")


def test_doctor_names_open_alarms_with_their_detail():
    alarms.raise_alarm("detector:ato.x", "warning", "ato.x failed:\n\x1b[31mno", timezone.now())

    [line] = wrong(doctor()[1])

    assert line.startswith("alarm detector:ato.x: since ")
    assert "\x1b" not in line


def test_doctor_sees_by_itself_what_no_worker_could_raise():
    build.signal(build.factories.entity("account", "a-1"), events=(build.login("a-1"),))
    stages.StageCount.objects.update(last_at=build.factories.NOON)

    lines = wrong(doctor()[1])

    assert [line.partition(":")[0] for line in lines] == [
        "worker",
        "events wait to be scored",
        "signals wait for a case",
    ]
    assert AlarmNotice.objects.count() == 0


def test_doctor_names_a_full_disk(settings):
    settings.ALARM_DISK_FREE_MB = 2**31 - 1

    assert [line.partition(":")[0] for line in wrong(doctor()[1])] == ["disk"]


@pytest.mark.django_db(transaction=True)
def test_doctor_names_a_guard_that_is_down(services):
    name = connection.settings_dict["NAME"]
    tamper(services, name, "ALTER TABLE core_auditevent DISABLE TRIGGER audit_no_delete")
    try:
        lines = wrong(doctor()[1])
    finally:
        tamper(services, name, "ALTER TABLE core_auditevent ENABLE TRIGGER audit_no_delete")

    assert lines == ["grants: the trigger audit_no_delete is missing or switched off"]


def test_doctor_says_so_when_there_is_no_database(django_db_blocker, settings):
    from django.db import connections

    held = connections["default"]
    del connections["default"]
    before = connections.settings["default"]["HOST"]
    connections.settings["default"]["HOST"] = "/nowhere"
    try:
        code, lines = doctor()
    finally:
        connections.settings["default"]["HOST"] = before
        connections["default"] = held

    assert code == 1
    assert wrong(lines)[0].startswith("database: ")
    assert lines[-1].endswith("wrong")
