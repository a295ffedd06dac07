"""What people are told of: once each, nobody else's, nothing that anybody wrote."""

import pytest
from django.db import transaction

from cases.enums import InboxKind
from cases.models import InboxItem
from cases.services import inbox, leaving
from tests.cases import build
from tests.factories import after
from tscore.core.db import NoTransaction
from tscore.core.errors import Missing


def told(person):
    """Return what waits in a person's inbox, oldest first."""
    return list(InboxItem.objects.filter(person=person, done_at=None).order_by("pk").values_list("kind", "case"))


def test_hand_over_tells_the_receiver_and_nobody_else(ada, cleo):
    case = build.held_case(ada)

    leaving.hand_over(case_id=case.pk, actor=ada, to=cleo, now=after(1))

    assert (told(cleo), told(ada)) == ([("handed_over", case.pk)], [])
    assert InboxItem.objects.get().actor == ada


def test_refused_hand_over_tells_nobody(ada, ben):
    case = build.held_case(ada)

    with pytest.raises(leaving.NotAReviewer):
        leaving.hand_over(case_id=case.pk, actor=ada, to=ben, now=after(1))

    assert not InboxItem.objects.exists()


def test_finish_puts_away_once_and_only_ones_own(ada, ben):
    with transaction.atomic():
        inbox.tell(ada, InboxKind.JOB, words="12 of 12 done", link="/bulk/1/", now=after(1))
    item = InboxItem.objects.get()

    with pytest.raises(Missing):
        inbox.finish(item_id=item.pk, person=ben, now=after(2))
    for minute in (3, 4):
        inbox.finish(item_id=item.pk, person=ada, now=after(minute))

    item.refresh_from_db()
    assert item.done_at == after(3)


def test_finish_all_leaves_what_came_later(ada):
    with transaction.atomic():
        for number in range(3):
            inbox.tell(ada, InboxKind.JOB, link=f"/bulk/{number}/", now=after(number))
    seen = InboxItem.objects.order_by("pk")[1]

    assert inbox.finish_all(until=seen.pk, person=ada, now=after(5)) == 2
    assert InboxItem.objects.get(done_at=None).link == "/bulk/2/"


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_tell_takes_no_address_outside_the_console(ada, link):
    with pytest.raises(ValueError, match="no address of this console"), transaction.atomic():
        inbox.tell(ada, InboxKind.JOB, link=link, now=after(1))


@pytest.mark.django_db(transaction=True)
def test_tell_joins_the_transaction_of_what_happened(ada):
    with pytest.raises(NoTransaction):
        inbox.tell(ada, InboxKind.JOB, link="/bulk/1/", now=after(1))
