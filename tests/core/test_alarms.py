from datetime import timedelta

from tscore.core import alarms
from tscore.core.models import Alarm


def test_raise_alarm_keeps_one_open_row_per_key(db, now):
    alarms.raise_alarm("audit.tamper", "critical", "Row 3 was edited.", now)
    alarms.raise_alarm("audit.tamper", "high", "Row 4 was edited.", now + timedelta(minutes=1), runbook="audit.md")

    alarm = Alarm.objects.get()

    assert (alarm.severity, alarm.detail, alarm.runbook) == ("high", "Row 4 was edited.", "audit.md")
    assert (alarm.since, alarm.last_seen_at) == (now, now + timedelta(minutes=1))


def test_clear_closes_it_and_the_next_one_is_new(db, now):
    alarms.raise_alarm("broker", "low", "Gone.", now)

    assert alarms.clear("broker", now) is True
    assert alarms.clear("broker", now) is False
    alarms.raise_alarm("broker", "low", "Gone again.", now)
    assert list(Alarm.objects.order_by("id").values_list("detail", "cleared_at")) == [
        ("Gone.", now),
        ("Gone again.", None),
    ]
