"""Rights on queues: given to people or to groups, read once, gone with the next request."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm, remove_perm

from cases import permissions
from tests.cast import person
from tscore.core.errors import Missing
from tscore.core.models import User


def fresh(user):
    """Return the person as the next request reads them."""
    return User.objects.get(pk=user.pk)


def test_queues_of_lists_what_was_granted(ada, cleo, mallory):
    found = [[queue.slug for queue in permissions.queues_of(user)] for user in (ada, cleo, mallory)]

    assert found == [["ato"], ["ato", "payments"], []]


def test_rights_of_a_group_count(queue_a):
    group = Group.objects.create(name="night shift")
    assign_perm("lead_queue", group, queue_a)
    nina = person("Nina")
    nina.groups.add(group)

    assert (permissions.may_review(nina, queue_a.pk), permissions.may_lead(nina, queue_a)) == (True, True)


def test_right_to_review_is_no_right_to_lead(ada, queue_a):
    assert (permissions.may_review(ada, queue_a.pk), permissions.may_lead(ada, queue_a)) == (True, False)


def test_right_taken_away_is_gone_at_the_next_request(ada, queue_a):
    before = permissions.may_review(ada, queue_a.pk)
    remove_perm("review_queue", ada, queue_a)

    assert (before, permissions.may_review(fresh(ada), queue_a.pk)) == (True, False)


def test_inactive_people_have_no_rights(ada, queue_a):
    ada.is_active = False
    ada.save(update_fields=["is_active"])

    assert permissions.queues_of(fresh(ada)) == []


def test_rights_are_read_once_per_request(ada, queue_a):
    reader = fresh(ada)

    with CaptureQueriesContext(connection) as captured:
        permissions.queues_of(reader)
        permissions.may_review(reader, queue_a.pk)
        permissions.may_lead(reader, queue_a)

    assert len(captured) == 1


@pytest.mark.parametrize("slug", ["payments", "nothing"])
def test_invisible_and_unknown_queues_look_the_same(ada, slug):
    with pytest.raises(Missing):
        permissions.visible_queue(ada, slug)


def test_reviewers_of_names_active_people_with_any_right(ada, ben, cleo, queue_a):
    gone = person("Gone")
    assign_perm("review_queue", gone, queue_a)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert permissions.reviewers_of(queue_a.pk) == [(ada.pk, "Ada"), (cleo.pk, "Cleo")]
