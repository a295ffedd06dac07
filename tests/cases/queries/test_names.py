"""How entities are called: the values behind tokens, as far as they are known."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.queries.names import values_of_tokens
from signals.models import PersonalValue
from signals.services.intake.entities import aad
from tests import factories
from tscore.core import crypto

pytestmark = pytest.mark.django_db


def known(kind, value):
    """Hold a personal value and return its token."""
    token = crypto.token(kind, value)
    sealed = crypto.seal(value, aad(kind, token))
    PersonalValue.objects.create(entity=factories.entity(kind, token), ciphertext=sealed, key_id=crypto.KEY_ID)
    return token


def test_values_of_tokens_opens_every_kind_and_leaves_out_what_is_not_known():
    held = {known("email", "maria@mail.example"): "maria@mail.example", known("phone", "+44770000"): "+44770000"}

    found = values_of_tokens([*held, crypto.token("ip", "192.0.2.4")])

    assert found == held


def test_values_of_nothing_cost_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert values_of_tokens([]) == {}


def test_values_of_tokens_are_found_by_the_unique_index_of_entities():
    token = known("email", "maria@mail.example")
    with CaptureQueriesContext(connection) as captured:
        values_of_tokens([token])

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + captured[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert re.search(r"entity_once.*\n\s+Index Cond: .*\bkind\b.*\bexternal_id\b", plan), plan
