"""Saved views: made from a filter, shared with a queue, counted within bounds, a place to start from."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from cases.models import Case, SavedView
from cases.queries import views
from cases.services import claims, leaving, view_edits
from tests.cases import build
from tests.cases.web.statements import counted
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
