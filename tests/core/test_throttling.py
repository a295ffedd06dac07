"""Guessing passwords: how many tries are let through, for how long the next one waits, and who is not hit by it."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from tscore.core import throttling
from tscore.core.models import SignInTries

HERE, THERE = "192.0.2.1", "192.0.2.2"


def fail(times, now, *, name="ada@cast.test", ip=HERE):
    """Try and fail so many times; return the pauses after each."""
    return [throttling.admit(name=name, ip=ip, now=now).total_seconds() for _ in range(times)]


def wait_of(now, **who):
    """Return for how many seconds a refused try is told to wait."""
    with pytest.raises(throttling.TooManySignIns) as refused:
        fail(1, now, **who)
    return int(refused.value.headers["Retry-After"])


def test_fifth_failure_of_a_name_makes_the_next_try_wait(db, now):
    assert fail(5, now) == [0, 0, 0, 0, 30]
    assert (wait_of(now), wait_of(now, ip=THERE), wait_of(now, name=" ADA@cast.test")) == (30, 30, 30)


def test_pause_doubles_with_each_failure_up_to_a_quarter_of_an_hour(db, now):
    fail(4, now)

    pauses, at = [], now
    for _ in range(8):
        pauses += fail(1, at)
        at += timedelta(seconds=pauses[-1])

    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]


def test_refused_try_says_how_long_and_does_not_make_it_longer(db, now):
    fail(5, now)

    waits = [wait_of(now + timedelta(seconds=seconds)) for seconds in (0, 10, 29)]

    assert waits == [30, 20, 1]
    assert fail(1, now + timedelta(seconds=30)) == [60]
    with pytest.raises(throttling.TooManySignIns, match=r"^Too many attempts to sign in\. Try again in 60 seconds\.$"):
        fail(1, now + timedelta(seconds=30))


def test_twentieth_failure_of_an_address_stops_it_for_every_name(db, now):
    pauses = [fail(1, now, name=f"n{number}")[0] for number in range(20)]

    assert pauses == [0] * 19 + [30]
    assert wait_of(now, name="fresh") == 30
    assert fail(1, now, name="fresh", ip=THERE) == [0]


def test_success_forgets_the_failures_of_the_name_and_not_those_of_the_address(db, now):
    for number in range(18):
        fail(1, now, name=f"n{number}")
    fail(2, now)

    throttling.succeeded(name="Ada@cast.test ", ip=HERE)

    assert fail(1, now, ip=THERE) == [0]
    assert SignInTries.objects.get(failures__gt=1).failures == 19
    assert fail(1, now, name="n20") == [30]


def test_people_who_know_their_password_never_wait(db, now):
    for _ in range(30):
        fail(1, now)
        throttling.succeeded(name="ada@cast.test", ip=HERE)

    assert fail(1, now) == [0]


def test_failures_are_forgotten_an_hour_after_the_last(db, now):
    fail(5, now)

    assert fail(1, now + timedelta(minutes=61)) == [0]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        (None, None, True),
    ],
)
def test_addresses_of_one_household_count_together(first, second, is_one):
    assert (throttling._address(first) == throttling._address(second)) is is_one


def test_neither_names_nor_addresses_are_stored(db, now):
    fail(1, now)

    assert all(subject.startswith("tok_") for subject in SignInTries.objects.values_list("subject", flat=True))


def test_forget_old_deletes_what_is_over(db, now):
    fail(1, now - timedelta(minutes=61), name="old", ip=THERE)
    fail(1, now)

    assert [throttling.forget_old(limit=1, now=now) for _ in range(3)] == [1, 1, 0]
    assert SignInTries.objects.count() == 2


def test_many_tries_at_once_are_let_through_no_further(transactional_db, now):
    admitted, start = [], threading.Barrier(12, timeout=20)

    def guess() -> None:
        start.wait()
        try:
            for _ in range(4):
                admitted.append(throttling.admit(name="ada@cast.test", ip=HERE, now=now))
        except throttling.TooManySignIns:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(admitted) == throttling.FREE_PER_NAME
