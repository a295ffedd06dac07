"""Saving, changing, sharing and deleting views: whoever reviews a queue shares one, its leads change it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from cases import permissions
from cases.models import Queue, SavedView
from cases.verbs import Verb
from tscore.core import audit, db
from tscore.core.errors import FieldProblem, Invalid, Missing, Refused
from tscore.core.models import User

MOST, LONGEST = 50, 40


class BadView(Invalid):
    """This view cannot be saved like this."""


class NotYourView(Refused):
    """Only who made this view, or a lead of its queue, may change it. Save it under another name instead."""

    right = "lead the queue of this view"
    granted_by = "an administrator"


def save(*, actor: User, queue: Queue | None, name: str, address: str, is_shared: bool, now: datetime) -> SavedView:
    """Keep a filter under a name, last among the person's own; `address` is the filter as it stands in an address.

    Raises:
        BadView: without a name, shared without a queue, or too many.
        NotYourQueue: the person may not see the queue.
    """
    if queue is not None:
        permissions.require_review(actor, queue.pk)

    def saved() -> SavedView:
        own = SavedView.objects.filter(owner=actor).count()
        if own >= MOST:
            raise BadView(f"You have {MOST} views. Delete one first.")
        view = SavedView(owner=actor, queue=queue, filter=address, position=own)
        return _store(view, name=name, is_shared=is_shared, actor=actor, verb=Verb.VIEW_SAVED, now=now)

    return db.in_any_transaction(saved)


def change(*, view_id: int, actor: User, name: str, address: str, is_shared: bool, now: datetime) -> SavedView:
    """Change name, filter and sharing.

    Raises:
        BadView: without a name, or shared without a queue.
        NotYourView, Missing: the person may not change it, or not even see it.
    """

    def changed() -> SavedView:
        view = _editable(view_id, actor)
        view.filter = address
        return _store(view, name=name, is_shared=is_shared, actor=actor, verb=Verb.VIEW_CHANGED, now=now)

    return db.in_any_transaction(changed)


def delete(*, view_id: int, actor: User, now: datetime) -> None:
    """Delete a view for everybody.

    Raises:
        NotYourView, Missing: the person may not change it, or not even see it.
    """

    def deleted() -> None:
        view = _editable(view_id, actor)
        _tell(view, actor=actor, verb=Verb.VIEW_DELETED, now=now)
        view.delete()

    db.in_any_transaction(deleted)


def star(*, view_id: int, actor: User, is_on: bool) -> None:
    """Pin a view to the person's home, or take it from there.

    Raises:
        Missing: no such view for this person.
    """
    view = visible(view_id, actor)
    if is_on:
        view.starred_by.add(actor)
    else:
        view.starred_by.remove(actor)


def visible(view_id: int, user: User) -> SavedView:
    """Return a view the person may open: their own, or one shared with a queue they review.

    Raises:
        Missing: no such view for this person.
    """
    view = SavedView.objects.select_related("owner").filter(seen_by(user), pk=view_id).first()
    if view is None:
        raise Missing
    return view


def seen_by(user: User) -> Q:
    """Return the condition for views a person may open."""
    queues = [queue.pk for queue in permissions.queues_of(user)]
    return (Q(owner=user) & (Q(queue=None) | Q(queue__in=queues))) | Q(is_shared=True, queue__in=queues)


def may_change(view: SavedView, user: User) -> bool:
    """Tell whether a person may change and delete a view that they may open."""
    return view.owner_id == user.pk or (view.queue_id is not None and permissions.may_lead(user, view.queue_id))


def _editable(view_id: int, actor: User) -> SavedView:
    view = visible(view_id, actor)
    if not may_change(view, actor):
        raise NotYourView
    return view


def _store(view: SavedView, *, name: str, is_shared: bool, actor: User, verb: Verb, now: datetime) -> SavedView:
    view.name, view.is_shared = " ".join(name.split()), is_shared
    if not 1 <= len(view.name) <= LONGEST:
        raise BadView(fields=[FieldProblem("name", "invalid", f"Give it a name of 1 to {LONGEST} characters.")])
    if is_shared and view.queue_id is None:
        raise BadView(fields=[FieldProblem("is_shared", "invalid", "Only a view of one queue can be shared.")])
    view.save()
    _tell(view, actor=actor, verb=verb, now=now)
    return view


def _tell(view: SavedView, *, actor: User, verb: Verb, now: datetime) -> None:
    """Write the audit row; the name and the words of the filter are people's own."""
    after: dict[str, Any] = {"queue": view.queue.slug if view.queue else None, "is_shared": view.is_shared}
    audit.record(actor=actor, verb=verb, object_type="view", object_ref=f"view-{view.pk}", at=now, after=after)
