"""What one item becomes in the tables, and which revision counts."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from signals.models import Entity, Event, Involvement, Link, PersonalText, PersonalValue
from signals.services import ingest
from signals.services.intake.answer import BatchAnswer
from tscore.core import crypto, money
from tscore.core.models import FxRate

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def item(id: str = "e1", kind: str = "login.failed", at: str = "10:00", **members: Any) -> dict[str, Any]:  # noqa: A002
    """Return an event of the first of March; `recorded` is its hour of knowledge, the rest is `data`."""
    recorded = members.pop("recorded", None)
    found = {"id": id, "type": kind, "time": f"2026-03-01T{at}:00Z", "data": members or {"account": "a"}}
    return found | ({"recordedtime": f"2026-03-01T{recorded}:00Z"} if recorded else {})


def store(*items: dict[str, Any]) -> BatchAnswer:
    return ingest.ingest(source="shop", items=[json.dumps(each).encode() for each in items], received_at=NOW)


def statuses(*items: dict[str, Any]) -> list[str]:
    return [line.status for line in store(*items).items]


def roles(external_id: str) -> dict[str, str]:
    event = Event.objects.get(external_id=external_id)
    names = dict(Entity.objects.values_list("pk", "external_id"))
    return {role: names[pk] for role, pk in event.roles.items()}


def superseded() -> dict[int, int | None]:
    """Return for the hour of knowledge of each revision the hour from which the next one holds."""
    found = Involvement.objects.values_list("observed_at", "superseded_at")
    return {observed.hour: until.hour if until else None for observed, until in found}


def test_event_keeps_roles_actor_and_payload_without_personal_values():
    store(
        item(
            kind="payment.captured",
            payment="p1",
            buyer="b",
            seller="s",
            amount={"minor": 1000, "currency": "USD"},
            email="Bob@Mail.Example",
            card="tok-1",
            context={"device": "d", "ip": "192.0.2.4", "country": "DE", "user_agent": "Browser 1"},
        )
    )

    event = Event.objects.get()
    tokens = {
        "email": crypto.token("email", "bob@mail.example"),
        "card": crypto.token("card", "tok-1"),
        "ip": crypto.token("ip", "192.0.2.4"),
    }
    assert (event.entity.external_id, event.actor.external_id, event.amount_base_minor) == ("p1", "b", 920)
    assert event.payload == {
        "payment": "p1",
        "buyer": "b",
        "seller": "s",
        "amount": {"minor": 1000, "currency": "USD", "base_minor": 920},
        "email": tokens["email"],
        "card": tokens["card"],
        "context": {"device": "d", "ip": tokens["ip"], "country": "DE"},
    }
    assert roles("e1") == {
        "payment": "p1", "buyer": "b", "seller": "s", "device": "d", "domain": "mail.example", **tokens,
    }  # fmt: skip
    assert list(PersonalText.objects.values_list("member", "text")) == [("context.user_agent", "Browser 1")]
    assert (event.next_at, event.scored_at) == (NOW, None)


def test_personal_values_are_encrypted_and_pseudonyms_are_not_stored_as_values():
    store(item(account="a", context={"ip": "~ip70047"}), item("e2", account="a", context={"ip": "192.0.2.4"}))

    assert sorted(Entity.objects.filter(kind="ip").values_list("external_id", flat=True)) == sorted(
        ["~ip70047", crypto.token("ip", "192.0.2.4")]
    )
    value = PersonalValue.objects.get()
    assert b"192.0.2.4" not in bytes(value.ciphertext)


def test_erased_value_is_not_stored_again():
    store(item(account="a", context={"ip": "192.0.2.4"}))
    PersonalValue.objects.all().delete()

    store(item("e2", account="a", context={"ip": "192.0.2.4"}))

    assert PersonalValue.objects.count() == 0


def test_ip_knows_its_network_and_country():
    store(item(account="a", context={"ip": "192.0.2.4", "country": "DE"}))

    assert Entity.objects.get(kind="ip").attributes == {
        "country": "DE",
        "prefix": crypto.token("prefix", "192.0.2.0/24"),
    }


def test_links_go_from_primary_to_each_entity_and_from_actor_to_each_attribute():
    payment = {"payment": "p1", "buyer": "b", "seller": "s", "amount": {"minor": 1, "currency": "EUR"}, "card": "t"}

    store(item("e1", "payment.authorized", **payment), item("e2", "payment.captured", at="11:00", **payment))

    found = Link.objects.values_list("origin__kind", "target__kind", "kind", "count")
    assert sorted(found) == [
        ("account", "card", "card", 2),
        ("payment", "account", "buyer", 2),
        ("payment", "account", "seller", 2),
        ("payment", "card", "card", 2),
    ]
    assert {(link.first_seen_at.hour, link.last_seen_at.hour) for link in Link.objects.all()} == {(10, 11)}


def test_primary_falls_back_to_actor_session_device_ip():
    store(
        item("e1", "appeal.created", action_id="act_1", appellant="a", text="please"),
        item("e2", method="otp", context={"ip": "192.0.2.4", "device": "d"}),
        item("e3", method="otp", context={"ip": "192.0.2.4"}),
    )

    assert [event.entity.kind for event in Event.objects.order_by("id")] == ["account", "device", "ip"]


def test_domains_come_from_addresses_and_texts_and_only_the_first_is_the_role():
    store(item("m", "message.sent", message="m1", sender="a", text="see www.evil.example or https://b.test/x"))

    assert roles("m")["domain"] == "evil.example"
    assert Involvement.objects.filter(role="domain").count() == 2


def test_changes_hold_tokens_and_texts_apart():
    changes = [
        {"field": "email", "old": "a@x.example", "new": "b@x.example"},
        {"field": "name", "new": "Robert"},
        {"field": "password"},
    ]

    store(item("c", "account.updated", account="a", changes=changes))

    old, new = (crypto.token("email", f"{name}@x.example") for name in "ab")
    assert Event.objects.get().payload["changes"] == [
        {"field": "email", "old": old, "new": new}, {"field": "name"}, {"field": "password"},
    ]  # fmt: skip
    assert {role: name for role, name in roles("c").items() if role.endswith("email")} == {
        "email": new,
        "old_email": old,
    }
    assert list(PersonalText.objects.values_list("member", "text")) == [("changes.1.new", "Robert")]


def test_free_members_are_a_text_and_no_feature():
    store(item(account="a", extra={"b": 1, "a": ["4111 1111 1111 1111"]}))

    assert PersonalText.objects.get().text == '{"a":["**** **** **** 1111"],"b":1}'
    assert "extra" not in Event.objects.get().payload


def test_reports_name_entities_of_any_kind():
    store(item("r", "report.created", target={"kind": "email", "id": "Bob@Mail.Example"}, reason="spam"))

    event = Event.objects.get()
    assert event.payload["target"] == {"kind": "email", "id": crypto.token("email", "bob@mail.example")}
    assert (event.entity.kind, event.actor) == ("email", None)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_state_follows_knowledge_not_arrival(order):
    items = [
        item("s1", "account.created", "08:00", account="a"),
        item("s2", "account.suspended", "09:00", account="a"),
        item("s3", "account.restored", "10:00", account="a"),
    ]

    for place in order:
        store(items[place])

    assert Entity.objects.get().state == "active"
    assert Entity.objects.get().state_at.hour == 10


def test_late_revision_changes_no_state():
    store(item("s", "account.suspended", recorded="11:00", account="a"))
    store(
        item("x", "account.restored", at="11:30", account="a"),
        item("s", "account.closed", recorded="10:30", account="a"),
    )

    assert Entity.objects.get().state == "active"


def test_revisions_are_placed_by_knowledge_whatever_the_order():
    assert statuses(item(recorded="11:00")) == ["new"]
    assert statuses(item(recorded="13:00")) == ["superseding"]
    assert statuses(item(recorded="12:00")) == ["stale"]
    assert statuses(item(recorded="12:00")) == ["duplicate"]
    assert statuses(item(recorded="12:00", account="b")) == ["refused"]
    assert statuses(item(recorded="14:00")) == ["superseding"]
    assert superseded() == {11: 12, 12: 13, 13: 14, 14: None}


def test_revisions_within_one_batch():
    hours = ("12:00", "12:00", "11:00", "13:00", "13:00")

    found = statuses(*(item(recorded=hour) for hour in hours))

    assert found == ["new", "duplicate", "stale", "superseding", "duplicate"]
    assert superseded() == {11: 12, 12: 13, 13: None}


def test_stale_revision_is_never_scored():
    store(item(recorded="12:00"), item(recorded="11:00"))

    stale = Event.objects.get(observed_at__hour=11)
    assert (stale.scored_at, stale.next_at) == (NOW, None)


def test_id_conflict_leaves_nothing_behind():
    store(item(account="a"))

    assert statuses(item(account="never-seen")) == ["refused"]
    assert list(Entity.objects.values_list("external_id", flat=True)) == ["a"]


def test_same_content_in_another_spelling_is_a_duplicate():
    store(item(account="a", method="otp"))
    other = rb"""{ "data": {"method": "o\u0074p", "account":"a"}, "type":"login.failed",
                  "id":"e1","time":"2026-03-01T11:00:00+01:00"}"""

    answer = ingest.ingest(source="shop", items=[other], received_at=NOW)

    assert answer.items[0].status == "duplicate"


def test_rate_does_not_change_what_is_the_same():
    paid = item("p", "payment.captured", payment="p1", amount={"minor": 1000, "currency": "XAU"})
    assert store(paid).items[0].flags == ["no_rate"]
    FxRate.objects.create(currency="XAU", exponent=2, day="2020-01-01", rate=2)
    money.forget()

    assert statuses(paid) == ["duplicate"]


def test_same_id_of_another_source_is_another_event():
    store(item())

    answer = ingest.ingest(source="other", items=[json.dumps(item()).encode()], received_at=NOW)

    assert answer.items[0].status == "new"


def test_number_of_statements_does_not_grow_with_the_batch(django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        store(*(item(f"n{number}", account=f"a{number}", context={"ip": f"192.0.2.{number}"}) for number in range(200)))


def test_address_of_many_accounts_becomes_a_hub_and_a_device_never():
    where = {"ip": "192.0.2.4", "device": "d"}
    for start in (0, 60):
        store(*(item(f"n{number}", account=f"a{number}", context=where) for number in range(start, start + 60)))

    assert dict(Entity.objects.exclude(kind="account").values_list("kind", "hub")) == {"ip": True, "device": False}


def test_many_payments_of_one_account_make_no_hub():
    amount = {"minor": 1, "currency": "EUR"}
    for start in (0, 120):
        store(
            *(
                item(f"p{n}", "payment.refused", payment=f"p{n}", buyer="b", amount=amount, context={"ip": "192.0.2.4"})
                for n in range(start, start + 120)
            )
        )

    assert Entity.objects.get(kind="ip").hub is False


def test_domain_of_free_mail_is_a_hub_from_the_start():
    store(item(kind="account.created", account="a", email="bob@gmail.com"))

    assert Entity.objects.get(kind="domain").hub is True
