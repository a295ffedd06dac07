"""Messages about alarms: once at the beginning, once at the end, signed, without words of strangers, never lost."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.core import mail
from standardwebhooks import Webhook

from tests import factories
from tests.watch import receivers
from tscore import env
from tscore.core import alarms
from tscore.core.db import in_transaction
from tscore.core.models import AlarmNotice
from tscore.watch import tell as telling

pytestmark = pytest.mark.django_db
NOW = factories.NOON
LATER = timedelta(hours=2)


@pytest.fixture
def hook(settings):
    """A receiver of webhooks that takes everything."""
    with receivers.http() as posts:
        settings.ALARM_WEBHOOK_URL = posts.url
        yield posts


def tell(hours: float = 0) -> int:
    return telling.tell(limit=10, now=NOW + timedelta(hours=hours))


def raised(key: str = "disk:data", detail: str = "9 MB are free.") -> None:
    from tscore.watch import table

    declared = table.of_key(key)
    runbook = declared.runbook if declared and declared.check else ""
    alarms.raise_alarm(key, "critical", detail, NOW, runbook)


def unsettled() -> int:
    return AlarmNotice.objects.filter(settled_at=None).count()


def test_without_an_address_nothing_is_written_and_nothing_sent():
    raised()

    assert (AlarmNotice.objects.count(), tell()) == (0, 0)


def test_beginning_and_end_are_told_once_each(hook):
    raised()
    raised(detail="8 MB are free.")
    told = [tell(), tell()]
    alarms.clear("disk:data", NOW + LATER)
    alarms.clear("disk:data", NOW + LATER)
    told += [tell(2), tell(2)]

    ids = [headers["webhook-id"] for headers, _ in hook.requests]
    alarm_id = AlarmNotice.objects.first().alarm_id
    assert told == [1, 0, 1, 0]
    assert ids == [f"alarm-{alarm_id}-raised", f"alarm-{alarm_id}-cleared"]
    assert [json.loads(body)["type"] for _, body in hook.requests] == ["alarm.raised", "alarm.cleared"]
    assert unsettled() == 0


def test_webhook_is_signed_and_says_what_to_do(hook, settings):
    raised()
    tell()

    [(headers, body)] = hook.requests
    message = Webhook(settings.ALARM_WEBHOOK_SECRET).verify(body, headers)
    assert set(message) == {"type", "timestamp", "data"}
    assert message["data"] == {
        "key": "disk:data",
        "severity": "critical",
        "title": "The disk is nearly full",
        "meaning": "There is little room left. When there is none, nothing can be stored and senders are told to wait.",
        "todo": "Make room or enlarge the disk; writing goes on by itself.",
        "detail": "9 MB are free.",
        "since": "2026-03-01T12:00:00Z",
        "cleared_at": None,
        "url": f"{settings.CONSOLE_URL}/status/",
        "runbook": "docs/runbook.md#the-disk-is-nearly-full",
    }


@pytest.mark.parametrize("key", ["detector:ato.x", "score:event"])
def test_what_an_error_quoted_stays_inside(hook, settings, key):
    settings.ALARM_MAIL_TO = ["ops@shop.test"]
    alarms.raise_alarm(key, "warning", "failed: ValueError: mallory@evil.test", NOW)

    tell()

    [(_, body)] = hook.requests
    assert "mallory" not in body
    assert "mallory" not in str(mail.outbox[0].message())


def test_refused_message_is_tried_again_under_the_same_id(settings):
    with receivers.http(500, 302, 200) as posts:
        settings.ALARM_WEBHOOK_URL = posts.url
        raised()
        handled = [tell(0), tell(0), tell(2), tell(4), tell(6)]

    notice = AlarmNotice.objects.get()
    assert handled == [1, 0, 1, 1, 0]
    assert len({headers["webhook-id"] for headers, _ in posts.requests}) == 1
    assert (notice.attempts, notice.last_error) == (3, "")


def test_unreachable_receiver_is_tried_for_three_days(settings):
    settings.ALARM_WEBHOOK_URL = "http://127.0.0.1:9/"
    raised()

    tell(0)
    while_trying = unsettled()
    tell(71)
    tell(73)

    assert (while_trying, unsettled()) == (1, 0)
    assert AlarmNotice.objects.get().last_error.startswith("NewConnectionError")


def test_receiver_that_is_gone_is_left_alone(settings):
    with receivers.http(410) as posts:
        settings.ALARM_WEBHOOK_URL = posts.url
        raised()
        handled = [tell(), tell(5)]

    assert (handled, len(posts.requests)) == ([1, 0], 1)


def test_end_waits_for_the_beginning(settings):
    with receivers.http(500, 200) as posts:
        settings.ALARM_WEBHOOK_URL = posts.url
        raised()
        tell()
        alarms.clear("disk:data", NOW)
        early = tell(0)
        tell(2)
        tell(2)

    assert early == 0
    assert [json.loads(body)["type"] for _, body in posts.requests] == ["alarm.raised", "alarm.raised", "alarm.cleared"]


def test_two_channels_do_not_wait_for_each_other(settings):
    settings.ALARM_WEBHOOK_URL, settings.ALARM_MAIL_TO = "http://127.0.0.1:9/", ["ops@shop.test"]
    raised()

    tell()

    assert [one.subject for one in mail.outbox] == ["[critical] Alarm: The disk is nearly full"]
    assert list(AlarmNotice.objects.filter(settled_at=None).values_list("channel", flat=True)) == ["webhook"]


def test_mail_goes_over_the_wire_and_again_where_it_was_turned_away(settings):
    settings.ALARM_MAIL_TO = ["ops@shop.test"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with receivers.smtp(refusals=1) as mails:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(mails.url.rpartition(":")[2])
        raised()
        handled = [tell(), tell(2), tell(4)]

    [text] = mails.texts
    assert handled == [1, 1, 0]
    assert f"Message-ID: <alarm-{AlarmNotice.objects.get().alarm_id}-raised@localhost>" in text
    assert "What" not in text.partition("\n\n")[0]
    assert "9 MB are free." in text


def test_nothing_is_sent_inside_a_transaction(hook):
    raised()

    with pytest.raises(RuntimeError):
        in_transaction(tell)
    assert hook.requests == []


def test_an_alarm_rolled_back_is_told_to_nobody(hook):
    def undone():
        raised()
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        in_transaction(undone)

    assert (tell(), AlarmNotice.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_many_tellers_send_each_message_once(hook):
    for number in range(12):
        raised(f"detector:d{number}")

    def work():
        from django.db import connection

        try:
            while telling.tell(limit=3, now=NOW):
                pass
        finally:
            connection.close()

    tellers = [threading.Thread(target=work) for _ in range(4)]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join(30)

    ids = [headers["webhook-id"] for headers, _ in hook.requests]
    assert (len(ids), len(set(ids)), unsettled()) == (12, 12, 0)


MAIL = {
    "smtp://localhost:25": ("localhost", 25, "", "", False, False),
    "smtp+tls://me%40x:p%2Fw@mail.test": ("mail.test", 587, "me@x", "p/w", True, False),
    "smtps://mail.test:4650": ("mail.test", 4650, "", "", False, True),
}


@pytest.mark.parametrize("address", MAIL)
def test_mail_address_is_read(monkeypatch, address):
    monkeypatch.setenv("EMAIL_URL", address)

    assert tuple(env.mail("EMAIL_URL").values()) == MAIL[address]


@pytest.mark.parametrize("address", ["mail.test", "http://mail.test", "smtp://"])
def test_mail_address_that_is_none_is_refused(monkeypatch, address):
    monkeypatch.setenv("EMAIL_URL", address)

    with pytest.raises(env.BadSetting, match=r"^EMAIL_URL must look like"):
        env.mail("EMAIL_URL")
