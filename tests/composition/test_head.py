"""HEAD is a GET without a body: it answers alike, and it changes nothing."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import NoReverseMatch, reverse

import tscore.urls  # noqa: F401  (declares what may be opened)
from cases.models import Care
from tscore.core.access import TABLE
from tscore.core.models import User


def _forms():
    """Yield the addresses without a number in them that show a form and take it, too."""
    for route, methods in TABLE.items():
        if {"GET", "POST"} <= set(methods) and not route.startswith("api:"):
            try:
                yield reverse(route)
            except NoReverseMatch:
                continue


def test_head_is_answered_like_get_wherever_a_form_is(ada, sign_in):
    ada.groups.set(Group.objects.all())
    forms = sorted(_forms())
    client = sign_in(ada)

    answers = {path: (client.get(path).status_code, client.head(path).status_code) for path in forms}

    assert {path: codes for path, codes in answers.items() if codes[0] != codes[1]} == {}
    assert {"/me/display/", "/me/shortcuts/", "/me/wellbeing/"} <= set(forms)


@pytest.mark.parametrize("path", ["/me/display/", "/me/shortcuts/", "/me/wellbeing/"])
def test_head_changes_no_settings(ada, sign_in, path):
    User.objects.filter(pk=ada.pk).update(theme="dark", shortcuts={"mode": "off", "own": {}})
    wishes = Care.objects.create(person=ada, veils={"graphic": "mute"})

    sign_in(ada).head(path)

    ada.refresh_from_db()
    wishes.refresh_from_db()
    assert (ada.theme, ada.shortcuts, wishes.veils) == ("dark", {"mode": "off", "own": {}}, {"graphic": "mute"})


def test_head_of_the_sign_in_page_is_no_attempt(db):
    assert Client().head("/login/").status_code == 200
