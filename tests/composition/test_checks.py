from dataclasses import replace

import pytest
from django.db import models

from cases import action_kinds
from cases.enums import ActionMode
from tscore import checks
from tscore.core import verbs


def messages(found):
    return [error.msg for error in found]


@pytest.mark.parametrize(
    "check",
    [
        checks.every_route_is_declared,
        checks.every_api_view_asks_for_its_declared_scope,
        checks.every_verb_has_one_sentence,
        checks.every_action_kind_can_be_taken_back_as_it_says,
        checks.roles_are_apart,
    ],
)
def test_console_as_it_is_passes(check):
    assert check() == []


def test_verb_without_a_sentence_is_named(monkeypatch):
    class Verb(models.TextChoices):
        DONE = "thing.done"
        LONG = "x" * 49, "did something with a long name"
        CLAIMED = "case.claimed", "took it"

    monkeypatch.setattr(verbs, "Verb", Verb)

    assert messages(checks.every_verb_has_one_sentence()) == [
        "Audit verb 'thing.done' has no sentence.",
        f"Audit verb {'x' * 49!r} is too long.",
        "Audit verb 'case.claimed' is declared twice.",
    ]


SUSPEND = "account.suspend"
WRONG = (
    ({"inverse": "account.unheard"}, f"Action kind {SUSPEND!r} names 'account.unheard' as inverse; there is none."),
    ({"inverse": "listing.show"}, f"Action kind {SUSPEND!r} and its inverse act on different things."),
    ({"mode": ActionMode.ONCE}, f"Action kind {SUSPEND!r} is once and yet names an inverse."),
)


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_wrong_inverse_is_named(monkeypatch, change, message):
    changed = {**action_kinds.KINDS, SUSPEND: replace(action_kinds.KINDS[SUSPEND], **change)}
    monkeypatch.setattr(checks, "KINDS", changed)

    assert messages(checks.every_action_kind_can_be_taken_back_as_it_says()) == [message]


def test_one_role_for_everything_is_warned_of(settings, monkeypatch):
    for alias in ("owner", "sealer"):
        monkeypatch.setitem(settings.DATABASES[alias], "USER", "app")

    [warning] = messages(checks.roles_are_apart())

    assert warning == "The database roles app, owner and sealer are not three different ones."
