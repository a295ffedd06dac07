"""Saved views: made from a filter, shared with a queue, counted within bounds, a place to start from."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from cases.models import Case, CaseSkip, SavedView
from cases.queries import views
from cases.services import claims, leaving, view_edits
from tests.cases import build
from tests.cases.web import test_decision
from tests.cases.web.statements import counted
from tests.cases.web.test_decision import HTMX
from tests.cases.web.test_queue import refs
from tests.cast import person
from tests.factories import NOON
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(queue_a):
    """Ana reviews queue A as Ada does."""
    user = person("Ana", "reviewer")
    assign_perm("review_queue", user, queue_a)
    return user


def save(user, queue, address="severity:critical", *, name="Worst", shared=False):
    return view_edits.save(actor=user, queue=queue, name=name, address=address, is_shared=shared, now=NOON)


def lines(user, queue):
    return [(one.name, one.count) for one in views.views_of_queue(user=user, queue=queue, now=NOON)]


def test_a_filter_is_saved_once_and_opened_by_its_address(ada, sign_in):
    wanted = build.case("a-1", severity="critical")
    build.case("a-2", severity="low")
    client = sign_in(ada)
    form = {"form_key": "k", "queue": "ato", "f": "severity:critical", "name": " The  worst "}

    places = {client.post("/views/new/", form)["Location"] for _ in range(2)}

    assert refs(client.get(places.pop())) == [wanted.ref]
    assert (places, SavedView.objects.get().name) == (set(), "The worst")
    assert AuditEvent.objects.get(verb="view.saved").after == {"queue": "ato", "is_shared": False}


def test_what_may_be_personal_is_not_saved_in_words(ada, sign_in):
    sign_in(ada).post("/views/new/", {"form_key": "k", "queue": "ato", "f": "maria is:late", "name": "x"})

    assert SavedView.objects.get().filter == "is:late"


def test_a_view_stands_on_its_queue_with_its_count(ada, queue_a, sign_in):
    build.case("a-1", severity="critical")
    build.case("a-2", severity="low")
    made = save(ada, queue_a)

    text = sign_in(ada).get("/queues/ato/").content.decode()

    assert re.search(rf'<a href="/views/{made.pk}/">.*Worst.*<span class="count">1</span>', text)


def test_own_views_are_ones_own_until_they_are_shared(ada, ana, ben, queue_a, sign_in):
    made = save(ada, queue_a)
    assert (lines(ana, queue_a), sign_in(ana).get(f"/views/{made.pk}/").status_code) == ([], 404)

    view_edits.change(view_id=made.pk, actor=ada, name="Worst", address="", is_shared=True, now=NOON)

    assert lines(fresh(ana), queue_a) == [("Worst", 0)]
    assert (sign_in(ana).get(f"/views/{made.pk}/").status_code, sign_in(ben).get(f"/views/{made.pk}/").status_code) == (
        200,
        404,
    )


def test_a_shared_view_is_changed_by_its_owner_or_a_lead(ada, ana, cleo, queue_a, sign_in):
    made = save(ada, queue_a, shared=True)

    def rename(user, key):
        form = {"form_key": key, "name": "New", "shared": "1"}
        return sign_in(user).post(f"/views/{made.pk}/change/", form).status_code

    assert [rename(ana, "1"), rename(cleo, "2"), rename(ada, "3")] == [403, 303, 303]
    assert sign_in(ana).post(f"/views/{made.pk}/deletion/", {"form_key": "4"}).status_code == 403
    assert sign_in(cleo).post(f"/views/{made.pk}/deletion/", {"form_key": "5"})["Location"] == "/queues/ato/"
    assert not SavedView.objects.exists()


def test_a_star_is_each_persons_own(ada, ana, queue_a, sign_in):
    made = save(ada, queue_a, "", shared=True)
    build.case()
    sign_in(ana).post(f"/views/{made.pk}/star/", {"on": "1"})

    assert [(one.name, one.count) for one in views.starred_views(user=fresh(ana), now=NOON)] == [("Worst", 1)]
    assert views.starred_views(user=fresh(ada), now=NOON) == []


def test_counts_stop_where_they_stopped_looking(ada, queue_a, monkeypatch):
    monkeypatch.setattr(views, "COUNTED", 2)
    for number in range(4):
        build.case(f"a-{number}")
    save(ada, queue_a, "severity:high")
    save(ada, queue_a, "assignee:me")

    found = views.views_of_queue(user=ada, queue=queue_a, now=NOON)

    assert [(one.count, one.is_capped) for one in found] == [(2, True), (0, False)]


def test_a_view_of_all_queues_lists_what_each_person_may_see(cleo, queue_a, queue_b, sign_in):
    first, second = build.case("a-1", score=0.9), build.case("a-2")
    Case.objects.filter(pk=second.pk).update(queue=queue_b)
    made = save(cleo, None, "state:open")

    assert refs(sign_in(cleo).get(f"/views/{made.pk}/")) == [first.ref, second.ref]
    with pytest.raises(view_edits.BadView):
        save(cleo, None, shared=True)


def test_start_takes_the_first_free_case_of_the_view(ada, cleo, queue_a, sign_in):
    taken, skipped, wanted = (
        build.case(f"a-{number}", severity="critical", score=0.9 - number / 10) for number in range(3)
    )
    build.case("other", severity="high", score=0.95)
    made = save(ada, queue_a)
    claims.claim(case_id=taken.pk, actor=cleo, now=NOON)
    claims.claim(case_id=skipped.pk, actor=ada, now=NOON)
    leaving.skip(case_id=skipped.pk, actor=ada, reason="later", now=build.factories.after(days=9000))
    client = sign_in(ada)

    places = [client.post(f"/views/{made.pk}/next/", {"form_key": key})["Location"] for key in ("k", "k", "l")]

    assert places == [f"/cases/{wanted.ref}/"] * 2 + [f"/views/{made.pk}/?drained=1"]


def test_start_finds_the_free_case_behind_pages_of_taken_and_skipped_ones(ada, cleo, queue_a, sign_in):
    made = save(ada, queue_a)
    listed = [build.case(f"a-{number}", severity="critical", score=0.99 - number / 1000) for number in range(111)]
    Case.objects.filter(pk__in=[case.pk for case in listed[:55]]).update(
        state="reviewing", claimed_by=cleo, claim_until=build.factories.after(days=9000)
    )
    for case in listed[55:110]:
        CaseSkip.objects.create(case=case, actor=ada, reason="later", until=build.factories.after(days=9000))

    place = sign_in(ada).post(f"/views/{made.pk}/next/", {"form_key": "k"})["Location"]

    assert place == f"/cases/{listed[110].ref}/"


def begun(client, view):
    """Start working through a view; return the case it begins with."""
    place = client.post(f"/views/{view.pk}/next/", {"form_key": "begin"})["Location"]
    return Case.objects.get(pk=place.strip("/").partition("-")[2])


@pytest.fixture
def critical(ada):
    """Three critical cases, strongest first, and two that are less severe and more urgent."""
    for name in ("other", "other-2"):
        build.case(name, severity="high", score=0.99)
    return [build.case(f"a-{number}", severity="critical", score=0.9 - number / 10) for number in range(3)]


@pytest.mark.parametrize("more", [{}, HTMX], ids=["page", "htmx"])
def test_the_next_case_comes_from_the_view_until_it_is_drained_and_then_from_the_queue(
    ada, queue_a, sign_in, critical, more
):
    client, made = sign_in(ada), save(ada, queue_a)

    held = [begun(client, made)]
    for _ in range(3):
        test_decision.post(client, held[-1], **more)
        held.append(Case.objects.get(claimed_by=ada))

    assert [case.entity.external_id for case in held] == ["a-0", "a-1", "a-2", "other"]


def test_the_same_decision_sent_twice_takes_one_case_of_the_view(ada, queue_a, sign_in, critical):
    client = sign_in(ada)
    first = begun(client, save(ada, queue_a))
    sent = test_decision.form(first)

    places = {client.post(f"/cases/{first.ref}/decision/", sent)["Location"].partition("?")[0] for _ in range(2)}

    assert places == {f"/cases/{critical[1].ref}/"}
    assert Case.objects.filter(claimed_by=ada).count() == 1


@pytest.mark.parametrize("how", ["queue", "claim", "deleted", "skipped"])
def test_a_view_is_left_by_choosing_otherwise_and_when_it_is_gone(ada, queue_a, sign_in, critical, how):
    client, made = sign_in(ada), save(ada, queue_a)
    held = begun(client, made)
    if how == "queue":
        client.post("/queues/ato/next/", {"form_key": "q"})
    elif how == "claim":
        client.post(f"/cases/{held.ref}/claim/", {"form_key": "c"})
    elif how == "deleted":
        made.delete()

    if how == "skipped":
        client.post(f"/cases/{held.ref}/skip/", {"form_key": "s", "reason": "later"})
    else:
        test_decision.post(client, held)

    names = set(Case.objects.filter(claimed_by=ada).values_list("entity__external_id", flat=True))
    assert names == {"skipped": {"a-1"}, "queue": {"other", "other-2"}}.get(how, {"other"})


@pytest.mark.parametrize("number", [1, 8])
def test_the_queue_with_views_stays_within_its_statements(ada, queue_a, sign_in, number):
    build.case()
    for index in range(number):
        save(ada, queue_a, "severity:high -label:legit has:note", name=f"v{index}")
    client = sign_in(ada)
    client.get("/queues/ato/")

    with CaptureQueriesContext(connection) as statements:
        client.get("/queues/ato/")

    assert len(counted(statements)) <= 6


def fresh(user):
    return type(user).objects.get(pk=user.pk)
