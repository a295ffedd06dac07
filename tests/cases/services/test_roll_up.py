"""What is found about a payment, a message or a card of one account rolls up to that account's one case.

Listings do not where the policy asks about the listing itself: prohibited items are judged one by one, and the page of
the account shows them together.
"""

import pytest

from cases.models import Case
from cases.services import correlation
from tests import factories
from tests.cases import build
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db


def cases():
    correlation.correlate_pending(limit=500, now=NOON)
    return sorted((str(case.entity), case.abuse_type_id, case.signals.count()) for case in Case.objects.all())


def test_messages_of_one_sender_are_one_case():
    for number in range(3):
        sent = factories.event(
            "message.sent", after(number), message=f"m-{number}", sender="a-1", recipient=f"r-{number}", text="x"
        )
        build.signal(factories.entity("message", f"m-{number}"), "phishing", events=(sent,))

    assert cases() == [("account a-1", "phishing", 3)]


def test_payments_cards_and_disputes_of_one_buyer_are_one_case():
    paid = factories.event(
        "payment.captured", after(), payment="p-1", buyer="a-1", seller="s-1", card="~c-1", amount=700
    )
    disputed = factories.event("dispute.opened", after(5), dispute="d-1", payment="p-1", amount=700)
    factories.entity("payment", "p-1")
    build.signal(factories.entity("payment", "p-1"), "payment_fraud", events=(paid,))
    build.signal(factories.entity("card", "~c-1"), "payment_fraud", events=(paid,))
    build.signal(factories.entity("account", "a-1"), "payment_fraud", events=(paid, disputed))

    assert cases() == [("account a-1", "payment_fraud", 3)]


def test_takeover_findings_on_a_payout_a_listing_and_a_session_are_one_case():
    asked = build.payout("po-1", "a-1", 500)
    signed_in = build.login("a-1", after(1), context={"session": "s-1", "device": "d-1"})
    changed = factories.event("account.updated", after(2), account="a-1", context={"session": "s-1"})
    build.signal(factories.entity("payout", "po-1"), events=(asked,))
    build.signal(factories.entity("session", "s-1"), events=(signed_in,))
    build.signal(factories.entity("device", "d-1"), events=(signed_in, changed))

    assert cases() == [("account a-1", "account_takeover", 3)]


def test_prohibited_listings_of_one_seller_are_judged_one_by_one():
    for number in range(2):
        listed = factories.event("listing.created", after(number), listing=f"l-{number}", seller="a-1", title="x")
        build.signal(factories.entity("listing", f"l-{number}"), "prohibited_item", events=(listed,))

    assert cases() == [("listing l-0", "prohibited_item", 1), ("listing l-1", "prohibited_item", 1)]
