"""Whose case a signal makes: one test for each clause of section 6."""

import pytest

from cases.services import subjects
from signals.models import Entity, Link
from tests import factories
from tests.cases import build
from tests.factories import after

ROLES = {
    "account_takeover": ["account", "session", "device", "ip"],
    "phishing": ["sender", "message", "domain"],
    "payment_fraud": ["buyer", "card", "payment"],
    "prohibited_item": ["listing"],
}


def subject_of(signal):
    found = subjects.resolve(signal_ids=[signal.pk], roles_of=ROLES)
    return Entity.objects.get(pk=found[signal.pk])


def test_own_entity_that_holds_the_role_in_the_trigger(db):
    trigger = build.login("a-1", context={"device": "d-1"})

    found = subject_of(build.signal(factories.entity("account", "a-1"), events=(trigger,)))

    assert str(found) == "account a-1"


def test_role_in_the_trigger_wins_over_the_signals_own_entity(db):
    trigger = build.login("a-1", context={"device": "d-1"})

    found = subject_of(build.signal(factories.entity("device", "d-1"), events=(trigger,)))

    assert str(found) == "account a-1"


def test_own_entity_without_the_role_gives_way_to_its_holder(db):
    trigger = build.login("a-1")

    found = subject_of(build.signal(factories.entity("account", "a-2"), events=(trigger,)))

    assert str(found) == "account a-1"


@pytest.mark.parametrize(
    ("kind", "abuse_type"), [("account", "account_takeover"), ("ip", "account_takeover"), ("card", "payment_fraud")]
)
def test_without_a_trigger_the_own_entity_of_a_fitting_kind(db, kind, abuse_type):
    found = subject_of(build.signal(factories.entity(kind, "x-1"), abuse_type))

    assert str(found) == f"{kind} x-1"


def test_without_a_trigger_and_fit_the_signals_own_entity(db):
    found = subject_of(build.signal(factories.entity("image", "i-1"), "phishing"))

    assert str(found) == "image i-1"


def test_dispute_takes_its_payments_buyer(db):
    factories.event("payment.captured", after(-60), payment="p-1", buyer="b-1", card="~c-1", amount=500)
    trigger = factories.event("dispute.opened", after(), dispute="x-1", payment="p-1", stage="chargeback", amount=500)
    link("dispute", "x-1", "payment", "p-1")

    found = subject_of(build.signal(factories.entity("dispute", "x-1"), "payment_fraud", events=(trigger,)))

    assert str(found) == "account b-1"


def test_dispute_of_an_unknown_buyer_takes_the_card(db):
    factories.event("payment.captured", after(-60), payment="p-1", card="~c-1", amount=500)
    trigger = factories.event("dispute.opened", after(), dispute="x-1", payment="p-1", stage="chargeback", amount=500)
    link("dispute", "x-1", "payment", "p-1")

    found = subject_of(build.signal(factories.entity("dispute", "x-1"), "payment_fraud", events=(trigger,)))

    assert str(found) == "card ~c-1"


def test_later_events_are_no_clue(db):
    trigger = factories.event("dispute.opened", after(), dispute="x-1", payment="p-1", stage="chargeback", amount=500)
    factories.event("payment.captured", after(60), payment="p-1", buyer="b-1", amount=500)
    link("dispute", "x-1", "payment", "p-1")

    found = subject_of(build.signal(factories.entity("payment", "p-1"), "payment_fraud", events=(trigger,)))

    assert str(found) == "payment p-1"


def test_superseded_revisions_are_no_clue(db):
    for observed, buyer in ((after(-60), "b-old"), (after(-50), "b-new")):
        factories.event(
            "payment.captured", after(-60), id="pay", observed_at=observed, payment="p-1", buyer=buyer, amount=500
        )
    trigger = factories.event("dispute.opened", after(), dispute="x-1", payment="p-1", stage="chargeback", amount=500)
    link("dispute", "x-1", "payment", "p-1")

    found = subject_of(build.signal(factories.entity("payment", "p-1"), "payment_fraud", events=(trigger,)))

    assert str(found) == "account b-new"


def test_report_about_a_listing_makes_the_listings_case(db):
    factories.event("listing.created", after(-60), listing="l-1", seller="s-1", title="Toy")
    listing = factories.entity("listing", "l-1")
    trigger = factories.event("report.created", after(), target={"kind": "listing", "id": "l-1"}, reporter="r-1")

    found = subject_of(build.signal(listing, "prohibited_item", events=(trigger,)))

    assert str(found) == "listing l-1"


def test_crowd_behind_one_address_is_no_clue(db):
    build.login("a-1", after(-60), context={"ip": "~crowd"})
    Entity.objects.filter(kind="ip").update(hub=True)
    trigger = factories.event("login.failed", after(), method="password", context={"ip": "~crowd"})

    found = subject_of(build.signal(factories.entity("ip", "~crowd"), events=(trigger,)))

    assert str(found) == "ip ~crowd"


def test_message_of_an_unknown_sender_is_its_own_subject(db):
    trigger = factories.event("message.sent", after(), message="m-1", text="hello")

    found = subject_of(build.signal(factories.entity("message", "m-1"), "phishing", events=(trigger,)))

    assert str(found) == "message m-1"


def link(origin_kind, origin_id, target_kind, target_id):
    Link.objects.create(
        origin=factories.entity(origin_kind, origin_id),
        target=factories.entity(target_kind, target_id),
        kind=target_kind,
        first_seen_at=after(),
        last_seen_at=after(),
    )
