"""The page of delivery: is the marketplace taken, since when not, what has not arrived, and the way to go on."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Action
from cases.queries.delivery import NOT_SET
from cases.services import enforcement
from tests import factories
from tests.cases import build
from tests.cast import person
from tscore.core import alarms
from tscore.core.models import Alarm, AuditEvent

pytestmark = pytest.mark.django_db
GONE = "The marketplace says this endpoint is gone (410)."


@pytest.fixture
def admin(db):
    """Somebody who keeps the console running and reviews nothing."""
    return person("Dora", "admin")


@pytest.fixture(autouse=True)
def _address(settings):
    settings.MARKETPLACE_URL = "http://127.0.0.1:9"


def pause(now=factories.NOON):
    alarms.raise_alarm(enforcement.PAUSED, "critical", GONE, now)


def undelivered(reviewer, *lines):
    """Ask for one effect per (state, last word); failed ones failed just now."""
    for number, (state, said) in enumerate(lines):
        made = build.decision(build.held_case(reviewer, f"d-{number}-{state}"), action_kinds=["account.suspend"])
        settled = timezone.now() if state == "failed" else None
        Action.objects.filter(decision=made).update(state=state, last_error=said, attempts=1, settled_at=settled)


def endpoint(answer):
    [found] = answer.context["found"].endpoints
    return found.state, found.since, found.said, found.pending, found.unknown, found.failed


def test_delivery_says_that_everything_has_arrived(admin, sign_in):
    answer = sign_in(admin).get("/delivery/")

    assert answer.status_code == 200
    assert endpoint(answer) == ("delivering", None, "", 0, 0, 0)
    assert "<h2>Everything has arrived</h2>" in answer.content.decode()
    assert "/delivery/resumption/" not in answer.content.decode()


def test_delivery_counts_what_has_not_arrived_and_says_why(ada, admin, sign_in):
    undelivered(ada, ("pending", ""), ("unknown", "No answer came back."), ("failed", GONE), ("failed", GONE))
    pause()

    answer = sign_in(admin).get("/delivery/")

    html = answer.content.decode()
    assert endpoint(answer) == ("paused", factories.NOON, GONE, 1, 1, 2)
    assert [(line.state, line.said, line.count) for line in answer.context["found"].lines] == [
        ("failed", GONE, 2),
        ("pending", "", 1),
        ("unknown", "No answer came back.", 1),
    ]
    assert "not tried yet" in html
    assert 'action="/delivery/resumption/"' in html


def test_delivery_leaves_out_failures_of_long_ago_and_what_is_done(ada, admin, sign_in):
    undelivered(ada, ("done", ""), ("failed", GONE))
    Action.objects.filter(state="failed").update(settled_at=factories.NOON)

    assert endpoint(sign_in(admin).get("/delivery/"))[3:] == (0, 0, 0)


def test_delivery_says_that_the_marketplace_does_not_take_actions(admin, sign_in):
    alarms.raise_alarm(enforcement.FAILING, "high", "It has not taken 3 actions.", factories.NOON)

    assert endpoint(sign_in(admin).get("/delivery/"))[:3] == ("failing", factories.NOON, "It has not taken 3 actions.")


def test_delivery_says_that_no_address_is_set(admin, sign_in, settings):
    settings.MARKETPLACE_URL = ""

    assert endpoint(sign_in(admin).get("/delivery/"))[:3] == ("not_set", None, NOT_SET)


def test_delivery_shows_words_of_the_marketplace_as_text(ada, admin, sign_in):
    undelivered(ada, ("failed", "The marketplace answers 400. <script>alert(1)</script>"))

    html = sign_in(admin).get("/delivery/").content.decode()

    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_delivery_costs_the_same_for_one_line_and_three(ada, admin, sign_in):
    client, costs, sizes = sign_in(admin), [], []
    for lines in ([("pending", "")], [("unknown", "x"), ("failed", GONE)]):
        undelivered(ada, *lines)
        client.get("/delivery/")
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/delivery/")
        costs.append(len(captured))
        sizes.append(len(answer.context["found"].lines))

    assert sizes == [1, 3]
    assert costs[0] == costs[1]


def test_resuming_lets_delivery_go_on_and_is_written_down_once(admin, sign_in):
    pause()
    client = sign_in(admin)

    answers = [client.post("/delivery/resumption/") for _ in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, "/delivery/")] * 2
    assert Alarm.objects.filter(cleared_at=None).count() == 0
    assert list(AuditEvent.objects.values_list("verb", "actor", "object_ref")) == [
        ("endpoint.resumed", admin.pk, "marketplace")
    ]


def test_resuming_needs_the_form_of_the_page(admin):
    pause()
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="tscore.core.people.People")

    assert client.post("/delivery/resumption/").status_code == 403
    assert Alarm.objects.filter(cleared_at=None).count() == 1


def test_whoever_may_not_resume_finds_nothing(ada, cleo, auditor, mallory, sign_in):
    pause()

    for somebody in (ada, cleo, auditor, mallory):
        client = sign_in(somebody)
        assert (client.get("/delivery/").status_code, client.post("/delivery/resumption/").status_code) == (404, 404)
    assert Alarm.objects.filter(cleared_at=None).count() == 1


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get("/delivery/")["Location"] == "/login/?next=/delivery/"


def test_rail_has_delivery_for_admins_alone(admin, ada, sign_in):
    labels = [[place["label"] for place in sign_in(one).get("/me/display/").context["nav"]] for one in (admin, ada)]

    assert ["Delivery" in seen for seen in labels] == [True, False]
