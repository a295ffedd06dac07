"""Measured time: bounded by what the server saw, shown to the person alone, to others only of many together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Case, CaseTime, Queue
from tests.cases import build
from tests.cast import person
from tests.factories import NOON

pytestmark = pytest.mark.django_db
PAGE = {"opened": 900, "first": 2900, "submitted": 6900, "painted": 7000, "left": 7000, "active": 6100, "idle": 0}


@pytest.fixture
def held(ada):
    """A case that Ada took a minute ago by the real clock."""
    return build.held_case(ada, at=timezone.now() - timedelta(minutes=1))


def send(client, case, **changes):
    return client.post(f"/cases/{case.ref}/times/", {**PAGE, **changes})


def kept():
    [row] = CaseTime.objects.all()
    return row.first_input_ms, row.submitted_ms, row.painted_ms, row.active_ms, row.idle_ms


def test_times_of_a_page_are_kept_with_the_time_since_the_claim(held, ada, sign_in):
    answer = send(sign_in(ada), held)

    row = CaseTime.objects.get()
    assert (answer.status_code, row.actor, row.queue_id) == (204, ada, held.queue_id)
    assert kept() == (2000, 6000, 100, 6100, 0)
    assert 60_000 <= row.claimed_ms < 90_000


def test_a_page_that_was_reloaded_adds_its_parts(held, ada, sign_in):
    client = sign_in(ada)
    client.post(f"/cases/{held.ref}/times/", {"opened": 0, "left": 5000, "active": 4000, "idle": 1000})

    send(client, held)

    assert kept() == (2000, 6000, 100, 10_100, 1000)


def test_no_browser_can_claim_more_time_than_there_was(held, ada, sign_in):
    send(sign_in(ada), held, left=40_000_900, active=30_000_000, idle=10_000_000, painted=7000)

    row = CaseTime.objects.get()
    assert (row.active_ms, row.idle_ms) == (row.claimed_ms, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"left": "x"},
        {"left": 10**11},
        {"active": -1},
        {"active": 7200},
        {"first": 100},
        {"submitted": 7001},
        {"opened": ""},
        {"idle": "1e9"},
    ],
)
def test_times_that_cannot_be_right_are_refused(wrong, held, ada, sign_in):
    assert send(sign_in(ada), held, **wrong).status_code == 422
    assert CaseTime.objects.count() == 0


def test_whoever_never_held_the_case_adds_nothing(held, cleo, mallory, sign_in):
    assert (send(sign_in(cleo), held).status_code, send(sign_in(mallory), held).status_code) == (204, 404)
    assert CaseTime.objects.count() == 0


def test_whoever_was_handed_the_case_is_counted_from_then(ada, cleo, sign_in):
    held = build.held_case(ada, at=timezone.now() - timedelta(minutes=5))
    sign_in(ada).post(f"/cases/{held.ref}/holder/", {"form_key": "k", "to": cleo.pk})

    send(sign_in(cleo), held)

    row = CaseTime.objects.get()
    assert (row.actor, row.claimed_ms < 60_000) == (cleo, True)


def test_my_times_are_mine_alone(held, ada, cleo, sign_in):
    send(sign_in(ada), held)

    mine, of_cleo = (sign_in(one).get("/me/times/").content.decode() for one in (ada, cleo))

    assert "6.1 s" in mine
    assert "6.1 s" not in of_cleo
    assert "Nothing yet" in of_cleo


def worked(people, seconds=6, queue="ato"):
    """Let each of so many people have worked on one case of a queue."""
    for number in range(people):
        CaseTime.objects.create(
            case=build.case(f"w-{number}"),
            queue=Queue.objects.get(slug=queue),
            actor=person(f"Worker{number} of {queue}", "reviewer"),
            claimed_at=NOON,
            left_at=timezone.now(),
            claimed_ms=9000,
            active_ms=seconds * 1000,
            idle_ms=0,
        )


@pytest.mark.parametrize(("people", "is_shown"), [(4, False), (5, True)])
def test_others_see_times_of_five_people_or_more_together(people, is_shown, cleo, analyst, sign_in):
    worked(people)

    seen = [sign_in(one).get("/times/").content.decode() for one in (cleo, analyst)]
    exported = sign_in(analyst).get("/times/export/").content.decode()

    assert ["6.0 s" in html for html in seen] == [is_shown, is_shown]
    assert exported.count("\n") == (3 if is_shown else 1)
    assert all("Worker" not in text for text in [*seen, exported])


@pytest.mark.parametrize(("people", "rows"), [(0, 2), (1, 1), (4, 1), (5, 3)])
def test_no_sum_tells_what_a_queue_that_is_left_out_took(people, rows, cleo, sign_in):
    worked(5), worked(people, queue="payments")

    exported = sign_in(cleo).get("/times/export/").content.decode()

    assert exported.count("\n") == 1 + rows
    assert ("All together" in exported) == (rows > 1)


def test_a_reviewer_is_shown_no_times_of_others(ada, sign_in):
    client = sign_in(ada)

    assert [client.get(path).status_code for path in ("/times/", "/times/export/")] == [404, 404]


def test_the_page_of_a_held_case_says_where_times_go(held, ada, cleo, sign_in):
    address = f'data-times value="/cases/{held.ref}/times/"'

    assert address in sign_in(ada).get(f"/cases/{held.ref}/").content.decode()
    assert address not in sign_in(cleo).get(f"/cases/{held.ref}/").content.decode()
    assert Case.objects.get().state == "reviewing"
