from datetime import timedelta

import pytest
from django.test import Client

from tscore.core import api_keys, demo, ids
from tscore.core.errors import BadKey, NoKey
from tscore.core.models import ApiKey, AuditEvent
from tscore.demo import desk


@pytest.fixture
def created(ada, now):
    return api_keys.create(name="Shop", source="shop-eu", scopes=["events:write"], actor=ada, now=now)


def test_create_shows_the_token_once_and_keeps_a_hash(created, ada):
    key, token = created

    stored = ApiKey.objects.get()

    assert token.startswith(f"ts_{key.prefix}_")
    assert token.split("_")[2].encode() not in bytes(stored.secret_hash)
    assert (stored.source, stored.scopes, stored.created_by) == ("shop-eu", ["events:write"], ada)


def test_create_is_in_the_audit_trail_without_the_token(created, ada):
    event = AuditEvent.objects.get()

    assert (event.actor, event.verb, event.object_type, event.object_ref) == (
        ada,
        "api_key.created",
        "api_key",
        created[0].prefix,
    )
    assert event.after == {"source": "shop-eu", "scopes": ["events:write"]}


def test_create_refuses_a_scope_that_does_not_exist(ada, now):
    with pytest.raises(api_keys.UnknownScope, match="events:read"):
        api_keys.create(name="Shop", source="shop-eu", scopes=["events:read"], actor=ada, now=now)

    assert ApiKey.objects.count() == 0


def test_find_returns_the_key(created, now):
    assert api_keys.find(created[1], now) == created[0]


def test_find_without_a_token_says_so(db, now):
    with pytest.raises(NoKey):
        api_keys.find("", now)


@pytest.mark.parametrize(
    "spoil", [lambda token: token[:-1], lambda token: token + "0", lambda _: "x", lambda _: "ts_a_b_c"]
)
def test_find_refuses_a_wrong_token(created, now, spoil):
    with pytest.raises(BadKey):
        api_keys.find(spoil(created[1]), now)


def test_find_refuses_a_revoked_key(created, ada, now):
    api_keys.revoke(key_id=created[0].pk, actor=ada, now=now)

    with pytest.raises(BadKey):
        api_keys.find(created[1], now)

    assert list(AuditEvent.objects.order_by("id").values_list("verb", flat=True)) == [
        "api_key.created",
        "api_key.revoked",
    ]


def test_revoke_twice_keeps_the_first_time(created, ada, now):
    api_keys.revoke(key_id=created[0].pk, actor=ada, now=now)

    again = api_keys.revoke(key_id=created[0].pk, actor=ada, now=now + timedelta(days=1))

    assert again.revoked_at == now
    assert AuditEvent.objects.filter(verb="api_key.revoked").count() == 1


def test_find_refuses_an_expired_key(ada, now):
    _, token = api_keys.create(
        name="Shop", source="shop-eu", scopes=[], actor=ada, now=now, expires_at=now + timedelta(hours=1)
    )

    with pytest.raises(BadKey):
        api_keys.find(token, now + timedelta(hours=1))


def test_key_of_a_demo_world_is_refused_outside_one(db, now, settings):
    token = desk.ingest_key(now=now)

    with pytest.raises(api_keys.DemoKey) as refused:
        api_keys.find(token, now)
    settings.DEMO = True

    assert (refused.value.status, refused.value.code) == (401, "bad_key")
    assert api_keys.find(token, now).source == "demo"


def test_request_with_the_key_of_a_demo_world_is_refused_outside_one(db, now):
    headers = {"Authorization": f"Bearer {desk.ingest_key(now=now)}"}

    answer = Client().post("/api/v1/events", "[]", content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_key")
    assert answer.json()["detail"] == "This key belongs to a demo world and works there only. Create a key of your own."


def test_no_drawn_prefix_looks_like_the_mark_of_a_demo():
    assert set(demo.KEY_MARK) - set(ids.ALPHABET)
