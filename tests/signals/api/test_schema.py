"""The OpenAPI document says what the endpoints do."""

import json

import pytest
from django.test import Client

from signals.kinds import KINDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def document():
    return json.loads(Client().get("/api/v1/schema/").content)


def test_document_is_openapi_31_and_names_the_endpoints(document):
    assert document["openapi"].startswith("3.1")
    assert sorted(document["paths"]) == [
        "/api/v1/assess",
        "/api/v1/events",
        "/api/v1/labels",
        "/api/v1/signals",
    ]


def test_every_kind_is_described(document):
    kinds = document["components"]["schemas"]["Event"]["oneOf"]

    assert [kind["properties"]["type"]["const"] for kind in kinds] == list(KINDS)


def test_every_reference_leads_somewhere(document):
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}

    assert names - set(document["components"]["schemas"]) == set()


def test_every_answer_of_an_endpoint_is_described(document):
    responses = document["paths"]["/api/v1/events"]["post"]["responses"]

    assert sorted(responses) == ["200", "207", "400", "401", "403", "413", "415", "422", "503"]
