"""The handbook: policies in force with their examples, as pages and under the field."""

import re

import pytest

from cases import starter
from cases.models import Policy
from cases.services import catalogue
from tests.cases import build

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_every_policy_in_force_has_two_worked_examples_and_its_own_page(mallory, sign_in):
    client = sign_in(mallory)
    links = re.findall(r'href="(/handbook/[a-z]+/)" data-open', client.get("/handbook/").text)

    pages = [client.get(link).text for link in links]

    assert [len(found) for found in (links, Policy.objects.filter(in_force=True))] == [4, 4]
    assert [page.count("Example: ") for page in pages] == [2] * 4
    assert all(policy.text[:60] in "".join(pages) for policy in Policy.objects.all())


def test_examples_reach_a_console_that_has_the_policies_already(db):
    Policy.objects.update(examples=[])

    starter.load()

    assert [len(policy.examples) for policy in Policy.objects.all()] == [2] * 4


def test_policy_out_of_force_is_not_in_the_handbook(ada, sign_in):
    Policy.objects.filter(slug="ato").update(in_force=False)
    catalogue.forget()

    try:
        assert sign_in(ada).get("/handbook/ato/").status_code == 404
        assert "/handbook/ato/" not in sign_in(ada).get("/handbook/").text
    finally:
        catalogue.forget()


def test_text_opens_under_the_field_and_asks_without_the_form(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    page = client.get(f"/cases/{case.ref}/").text
    fragment = client.get("/handbook/ato/", **HTMX).text

    field = page.partition("Text of the policy <kbd>p</kbd>")[2].partition("</details>")[0]
    assert ['hx-get="/handbook/ato/"' in field, 'hx-params="none"' in field] == [True, True]
    assert ["<html" in fragment, fragment.count("Example: ")] == [False, 2]
