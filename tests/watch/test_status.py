"""The page that says what is wrong now: who sees what, acknowledging once, the mark on every other page."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cases.web.statements import counted
from tscore.core import alarms, counts
from tscore.core.models import Alarm, AuditEvent
from tscore.watch import stages

pytestmark = pytest.mark.django_db
PARTIAL = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _looked():
    stages.note("alarms", handled=0, seconds=0.0, now=timezone.now())


def raised(key="detector:ato.spraying", detail="ato.spraying failed on event 7: ValueError: <b>x</b>"):
    alarms.raise_alarm(key, "warning", detail, timezone.now() - timedelta(minutes=5))
    return Alarm.objects.get(key=key, cleared_at=None)


def test_status_says_calmly_that_all_is_well_and_gives_the_figures(mallory, sign_in):
    html = sign_in(mallory).get("/status/").content.decode()

    assert "<h2>All is well</h2>" in html
    assert "Events to be scored" in html
    assert "Nobody looks" not in html


def test_status_says_what_it_is_since_when_and_what_it_means_to_everybody(mallory, sign_in):
    alarm = raised()

    html = sign_in(mallory).get("/status/").content.decode()

    assert "A detector fails" in html
    assert "5 min ago" in html
    assert "what it would have found is missing" in html
    assert "All is well" not in html
    assert "ato.spraying" not in html
    assert f"/status/{alarm.pk}/acknowledgement/" not in html


def test_status_tells_keepers_the_detail_as_text_and_what_to_do(dora, sign_in):
    alarm = raised()

    html = sign_in(dora).get("/status/").content.decode()

    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "<b>x</b>" not in html
    assert "switch the detector off" in html
    assert "docs/runbook.md#a-detector-fails" in html
    assert f'action="/status/{alarm.pk}/acknowledgement/"' in html


def test_status_puts_the_worst_first_and_keeps_what_is_over(dora, sign_in):
    raised()
    raised("disk:data", "9 MB are free.")
    raised("broker:away", "The broker does not answer.")
    alarms.clear("broker:away", timezone.now())

    found = sign_in(dora).get("/status/").context["found"]

    assert [line.key for line in found.open] == ["disk:data", "detector:ato.spraying"]
    assert [line.title for line in found.over] == ["The broker does not answer"]


def test_status_says_when_nobody_looks(dora, sign_in):
    stages.StageCount.objects.update(last_at=timezone.now() - timedelta(hours=1))

    html = sign_in(dora).get("/status/").content.decode()

    assert "Nobody looks" in html
    assert "All is well" not in html


def test_fragment_is_the_status_alone(dora, sign_in):
    html = sign_in(dora).get("/status/", headers=PARTIAL).content.decode()

    assert html.lstrip().startswith('<div id="status"')
    assert "<html" not in html


def test_acknowledging_twice_is_written_down_once(dora, sign_in):
    alarm = raised()
    client = sign_in(dora)

    answers = [client.post(f"/status/{alarm.pk}/acknowledgement/") for _ in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, "/status/")] * 2
    assert list(AuditEvent.objects.values_list("verb", "actor", "object_ref")) == [
        ("alarm.acknowledged", dora.pk, "detector:ato.spraying")
    ]
    assert "Dora looks after it" in client.get("/status/").content.decode()


def test_the_first_to_acknowledge_counts(dora, cleo, sign_in):
    alarm = raised()

    for somebody in (cleo, dora):
        sign_in(somebody).post(f"/status/{alarm.pk}/acknowledgement/")

    alarm.refresh_from_db()
    assert alarm.acknowledged_by == cleo


def test_whoever_may_not_acknowledge_finds_nothing(ada, auditor, mallory, sign_in):
    alarm = raised()

    answers = [sign_in(one).post(f"/status/{alarm.pk}/acknowledgement/").status_code for one in (ada, auditor, mallory)]

    assert answers == [404, 404, 404]
    assert Alarm.objects.get().acknowledged_at is None


def test_acknowledging_needs_the_form_and_an_alarm(dora, sign_in):
    alarm = raised()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(dora, backend="tscore.core.people.People")

    assert strict.post(f"/status/{alarm.pk}/acknowledgement/").status_code == 403
    assert sign_in(dora).post("/status/999999/acknowledgement/").status_code == 404


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get("/status/")["Location"] == "/login/?next=/status/"


def test_status_costs_the_same_for_one_alarm_and_three(dora, sign_in):
    client, costs = sign_in(dora), []
    for keys in (["detector:a"], ["detector:b", "disk:data"]):
        for key in keys:
            raised(key)
        client.get("/status/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/status/")
        costs.append(len(captured))

    assert costs[0] == costs[1]


def test_every_page_shows_a_mark_for_which_it_asks_nobody(mallory, sign_in):
    client = sign_in(mallory)
    with CaptureQueriesContext(connection) as before:
        calm = client.get("/me/display/").content.decode()

    counts.note_alarms(count=3, looked_at=time.time())
    with CaptureQueriesContext(connection) as after:
        marked = client.get("/me/display/").content.decode()

    assert ('class="alarm-mark' in calm, 'class="alarm-mark' in marked) == (False, True)
    assert 'href="/status/"' in marked
    assert len(counted(before)) == len(counted(after))


def test_mark_goes_when_nobody_has_looked_for_long(mallory, sign_in):
    counts.note_alarms(count=3, looked_at=time.time() - 600)

    assert 'class="alarm-mark' not in sign_in(mallory).get("/me/display/").content.decode()
