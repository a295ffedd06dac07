"""The facts of the panels that need the history of people and things, each type on a page with a hostile text."""

import html
import re

import pytest
from guardian.shortcuts import assign_perm

from cases.models import Case, Queue
from cases.services import correlation
from signals.models import Entity
from tests import factories
from tests.cases import build

pytestmark = pytest.mark.django_db
ATTACK = '<img src=x onerror=alert(1)> <a href="https://evil.example/x" hx-get="/x">win</a>'


@pytest.fixture
def client(cleo, sign_in):
    """Cleo reviews every queue."""
    for queue in Queue.objects.all():
        assign_perm("review_queue", cleo, queue)
    return sign_in(cleo)


def case_about(kind, external_id, abuse_type, *events):
    build.signal(factories.entity(kind, external_id), abuse_type, events=events, sentence=ATTACK)
    correlation.correlate_pending(limit=100, now=factories.NOON)
    return Case.objects.order_by("-pk")[0]


def page_of(client, case):
    answer = client.get(f"/cases/{case.ref}/")
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "<img src=x" not in shown
    assert "https://evil" not in shown
    assert not re.search(r'<[^>]* hx-get="/x"', shown)
    return shown


def later(shown):
    """Return the facts of a page that are read after the others."""
    lines = re.findall(r'<div id="later-\d"[^>]*><dt>(.*?)</dt><dd>(.*?)</dd>', shown, re.DOTALL)
    return {html.unescape(name): " ".join(re.sub(r"<[^>]+>", "", value).split()) for name, value in lines}


def state(kind, external_id, word):
    Entity.objects.filter(kind=kind, external_id=external_id).update(state=word)


def test_takeover_page_knows_the_last_trusted_sign_in_however_long_ago(client):
    home, away = {"device": "d-home"}, {"device": "d-away"}
    build.login("a-1", factories.after(days=-40), context=home)
    for minute in range(60):
        factories.event("login.failed", factories.after(-70 + minute), account="a-1", context=away)
    case = case_about("account", "a-1", "account_takeover", build.login("a-1", context=away))

    found = later(page_of(client, case))

    assert found["Last trusted sign-in"].startswith("device d-home ")
    assert found["Sign-ins in 90 days"] == "1 sign-in from 1 device"


def sent(message, recipient, minutes, text):
    return factories.event(
        "message.sent", factories.after(minutes), message=message, sender="s-1", recipient=recipient, text=text,
        domains=("evil.example",),
    )  # fmt: skip


def test_message_page_knows_the_sender_and_how_far_the_text_went(client):
    sent("m-0", "r-1", -600, "Hello")
    for number in range(3):
        sent(f"m-other-{number}", f"r-other-{number}", -30, ATTACK)
    evidence = [sent("m-1", "r-1", -2, ATTACK), sent("m-2", "r-2", -1, ATTACK)]
    sender = {"kind": "account", "id": "s-1"}
    factories.event("report.created", factories.after(-1), target=sender, reporter="r-1", reason="spam")

    shown = page_of(client, case_about("account", "s-1", "phishing", *evidence))

    found = later(shown)
    assert found["Sender's record"] == "6 messages, 1 report against it"
    assert found["First contact"] == "with 1 of 2 recipients"
    assert found["Same text elsewhere"] == "sent to 3 others"
    assert "seen here since" in found["Link domains here"]
    assert "evil[.]example" in shown


def paid(outcome, payment, minutes, *, card="~card-1"):
    return factories.event(
        f"payment.{outcome}", factories.after(minutes), payment=payment, buyer="b-1", seller="s-1", card=card,
        amount=9900, context={"device": "d-1"},
    )  # fmt: skip


def test_payment_page_knows_buyer_seller_card_and_what_is_not_paid_out_yet(client):
    paid("captured", "p-0", -900)
    paid("refused", "p-1", -800, card="~card-2")
    factories.event("dispute.opened", factories.after(-60), dispute="dis-1", payment="p-0", stage="chargeback")
    build.payout("po-1", "s-1", 5000, factories.after(-30))
    flagged = paid("authorized", "p-2", -1)
    state("payment", "p-2", "authorized"), state("payout", "po-1", "requested")

    shown = page_of(client, case_about("payment", "p-2", "payment_fraud", flagged))

    assert "yes: capture can be cancelled" in shown
    found = later(shown)
    assert found["Buyer's history"].startswith("1 payment, 1 refused, 0 refunded, 1 disputed; first seen ")
    assert found["Seller's history"].startswith("1 payment, 1 refused")
    assert found["Same card"] == "1 other payment by 1 buyer"
    assert found["Same device"] == "2 other payments by 1 buyer"
    assert found["Seller's payouts not paid yet"] == "€50 in 1 payout"


def listed(listing, minutes, title, *, price, seller="s-1"):
    return factories.event(
        "listing.created", factories.after(minutes), listing=listing, seller=seller, title=title,
        description=f"{ATTACK} cocaine", category="art", price=price, images="i-1",
    )  # fmt: skip


def test_listing_page_knows_the_seller_usual_price_copies_and_orders(client):
    listed("l-1", -900, "Old brass lamp", price=10000)
    listed("l-2", -800, "A garden chair", price=10000)
    listed("l-3", -700, "Old brass lamp", price=9000, seller="s-2")
    flagged = listed("l-4", -5, "Old brass lamp", price=2500)
    order = factories.event(
        "payment.captured", factories.after(-2), payment="p-1", buyer="b-1", seller="s-1", listing="l-4", amount=2500
    )
    state("payment", "p-1", "captured"), state("listing", "l-4", "shown"), state("listing", "l-2", "sold")
    assert order.roles["listing"]

    shown = page_of(client, case_about("listing", "l-4", "prohibited_item", flagged))

    assert "yes, live" in shown
    assert "<mark>cocaine</mark>" in shown
    found = later(shown)
    assert found["Seller's record"] == "3 listings, 1 sold, 0 removed"
    assert found["Price against the seller's others"] == "25% of their usual €100, the middle of 2 listings"
    assert found["Nearly the same"] == "2 other listings"
    assert found["Open orders"] == "1 buyer"


@pytest.mark.parametrize("abuse_type", ["account_takeover", "phishing", "payment_fraud", "prohibited_item"])
def test_the_later_facts_of_each_type_say_what_is_not_known_at_once_and_a_moment_later(abuse_type, client):
    shown = page_of(client, case_about("device", "d-lonely", abuse_type, bare(abuse_type)))
    case = Case.objects.get()
    answer = client.get(f"/cases/{case.ref}/rest/", HTTP_HX_REQUEST="true").content.decode()

    assert later(answer) == later(shown)
    assert "not known" in later(shown).values()


def bare(abuse_type):
    kind = {
        "account_takeover": "login.failed",
        "phishing": "message.sent",
        "payment_fraud": "payment.refused",
        "prohibited_item": "listing.hidden",
    }[abuse_type]
    return factories.event(kind, factories.NOON, context={"device": "d-lonely"})
