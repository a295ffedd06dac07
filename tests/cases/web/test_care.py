"""What spares reviewers works and asks nothing; nobody else sees who is spared."""

import pytest
from guardian.shortcuts import assign_perm

from cases.models import Case, Queue
from cases.queries import care as spent
from cases.services import care, claims, correlation
from tests import factories
from tests.cases import build
from tests.factories import after

pytestmark = pytest.mark.django_db


@pytest.fixture
def listings(ada):
    """Let Ada review the queue of forbidden goods as well."""
    queue = Queue.objects.get(slug="listings")
    assign_perm("review_queue", ada, queue)
    return queue


def listing(number, *, images=()):
    """Make one listing case."""
    made = factories.event(
        "listing.created", factories.NOON, listing=f"l-{number}", seller="a-1", title="x", description="y"
    )
    subject = factories.entity("listing", f"l-{number}")
    build.signal(subject, "prohibited_item", events=(made,))
    correlation.correlate_pending(limit=10, now=factories.NOON)
    return Case.objects.get(entity=subject)


def decided(person, number, minute):
    """Let a person decide one listing case at a minute."""
    case = claims.claim(case_id=listing(number).pk, actor=person, now=after(minute))
    build.decision(case, at=after(minute), **build.choice(1, "listings"))


def handed_out(person, queue, minute=0):
    """Return whether the queue hands a case to a person."""
    return claims.claim_next(queue=queue, actor=person, now=after(minute)) is not None


def test_what_a_person_opted_out_of_is_not_handed_to_them_and_no_reason_is_asked(ada, listings, sign_in):
    listing(1)

    answer = sign_in(ada).post("/me/wellbeing/", {"opted_out": "goods", "limit_minutes": 45})

    assert (answer.status_code, handed_out(ada, listings)) == (303, False)


def test_after_the_limit_of_a_shift_graphic_queues_hand_out_nothing_more_until_it_is_over(ada, listings):
    care.wish(person=ada, veils={}, opted_out=[], text_first=False, limit_minutes=10)
    for number, minute in enumerate((0, 5, 9)):
        decided(ada, number, minute)
    listing(9)
    build.case("a-2")

    assert handed_out(ada, listings, minute=9) is True
    Case.objects.filter(state="reviewing").update(state="queued", claimed_by=None, claim_until=None)
    decided(ada, 10, 10)
    assert handed_out(ada, listings, minute=11) is False
    assert handed_out(ada, Queue.objects.get(slug="ato"), minute=11) is True
    assert handed_out(ada, listings, minute=13 * 60) is True


def test_the_page_counts_graphic_cases_of_oneself_only(ada, listings, sign_in):
    for number, minute in enumerate((0, 4)):
        decided(ada, number, minute)

    [goods, *others] = spent.exposure(person=ada, wishes=care.of(ada), now=after(10))

    assert (goods.items, goods.seconds, [one.items for one in others]) == (2, 240, [0, 0])
    assert sign_in(ada).get("/me/wellbeing/").status_code == 200


def test_leads_learn_how_many_are_spared_from_three_up_and_never_who(ada, ben, cleo, listings):
    told = []
    for person in (None, ada, ben, cleo):
        if person:
            care.wish(person=person, veils={}, opted_out=["goods"], text_first=False, limit_minutes=45)
        told.append(spent.limits_active(queue=listings, people=[ada.pk, ben.pk, cleo.pk], now=after(0)))

    assert told == ["fewer than 3"] * 3 + ["3"]
    assert spent.limits_active(queue=Queue.objects.get(slug="ato"), people=[ada.pk], now=after(0)) == ""


def test_after_three_graphic_cases_a_plain_one_comes_and_then_their_own_again(ada, listings, sign_in, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: after(30))
    for number, minute in enumerate((0, 1)):
        decided(ada, number, minute)
    listing(7)
    build.case("a-2")
    client = sign_in(ada)

    places = []
    case = claims.claim(case_id=listing(5).pk, actor=ada, now=after(2))
    for key in ("one", "two"):
        fields = {"queue": case.queue.slug, "version": case.version, "fence": case.fence, "form_key": key}
        answer = client.post(f"/cases/{case.ref}/decision/", {**fields, "preset": 3, "then": "next"})
        case = Case.objects.get(pk=int(answer["Location"].split("/")[2].removeprefix("C-")))
        places.append(case.queue.slug)

    assert places == ["ato", "listings"]


def test_pause_gives_the_case_back_asks_nothing_and_home_says_how_to_go_on(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    answer = client.post("/me/pause/", {"form_key": "p-1"})
    case.refresh_from_db()

    assert (answer.status_code, answer["Location"], case.state, case.claimed_by) == (303, "/", "queued", None)
    assert "Paused" in client.get("/").content.decode()
    client.post("/me/pause/", {"go": "on"})
    assert "Paused" not in client.get("/").content.decode()


def test_pause_leaves_what_was_held_on_purpose(ada, sign_in):
    case = build.held_case(ada)
    claims.hold(case_id=case.pk, actor=ada, now=after(0))

    sign_in(ada).post("/me/pause/", {"form_key": "p-1"})

    case.refresh_from_db()
    assert case.claimed_by == ada


@pytest.mark.parametrize("wrong", [{"limit_minutes": 1}, {"limit_minutes": 45, "veil_goods": "x"}])
def test_wishes_that_are_not_offered_are_refused(wrong, ada, sign_in):
    assert sign_in(ada).post("/me/wellbeing/", wrong).status_code == 422
