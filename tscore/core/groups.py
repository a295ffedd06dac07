"""The kinds of people. A group says what somebody is for; rights on queues are held apart."""

from typing import Final

from django.contrib.auth.models import AnonymousUser

from tscore.core.models import User

GROUPS: Final = {
    "reviewer": "reviewer",
    "lead": "lead",
    "analyst": "analyst",
    "engineer": "detection engineer",
    "admin": "admin",
    "auditor": "auditor",
}


def of(user: User | AnonymousUser) -> frozenset[str]:
    """Return the short names of a person's groups, read once per request."""
    cached = getattr(user, "_groups_of", None)
    if cached is None:
        cached = _read(user)
        user._groups_of = cached  # type: ignore[union-attr]
    return cached


def is_in(user: User | AnonymousUser, *names: str) -> bool:
    """Tell whether a person belongs to at least one of the named groups."""
    return not of(user).isdisjoint(names)


def _read(user: User | AnonymousUser) -> frozenset[str]:
    if not user.is_authenticated:
        return frozenset()
    stored = set(user.groups.values_list("name", flat=True))
    return frozenset(short for short, name in GROUPS.items() if name in stored)
