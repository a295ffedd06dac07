"""Each abuse type shows the facts that must be seen without a click (those of the case at hand)."""

import pytest

from cases.web.panels import panel
from tests.cases.web.sample import event, happened

pytestmark = pytest.mark.django_db  # the words of policies
AT_HOME = {"account": ("account", "a-1"), "device": ("device", "d-old"), "ip": ("ip", "192.0.2.1")}
AWAY = {
    "account": ("account", "a-1"),
    "device": ("device", "d-new"),
    "ip": ("ip", "203.0.113.7"),
    "session": ("session", "s-9"),
}


def facts(found):
    return {fact.name: fact.value for fact in found.facts}


def rows(found):
    return {fact.name: (fact.before, fact.value, fact.changed) for fact in found.rows}


def taken():
    """An account entered from afar, its e-mail and payout account changed, money asked for."""
    flagged = event(
        "login.succeeded", 10, roles=AWAY, fields={"context.country": "RO", "method": "password"}, trigger=True
    )
    earlier = event("login.succeeded", 48, roles=AT_HOME, fields={"context.country": "PT"})
    mail = AWAY | {"old_email": ("email", "maria@mail.example"), "email": ("email", "x@evil.example")}
    changed = event("account.updated", 5, roles=mail, fields={"changes.0.field": "email"})
    asked = event("payout.requested", 3, roles=AWAY | {"payout": ("payout", "p-1")}, amount=231000)
    appealed = event("appeal.created", 1, roles={"appellant": ("account", "a-1")}, texts={"text": "Not me"})
    return happened([flagged], [flagged, earlier, changed, asked, appealed])


def test_takeover_panel_compares_before_and_after():
    assert rows(panel("account_takeover", taken())) == {
        "Device": ("d-old", "d-new", True),
        "Country": ("PT", "RO", True),
        "Network": ("192.0.2.1", "203.0.113.7", True),
        "E-mail": ("maria@mail.example", "x@evil.example", True),
        "Phone": ("", "not changed", False),
        "Payout account": ("", "not changed", False),
        "Password": ("", "not changed", False),
        "Second factor": ("", "not changed", False),
    }


def test_takeover_panel_says_what_was_done_and_what_is_at_stake():
    found = panel("account_takeover", taken())

    assert facts(found) == {
        "Signed in before": "from another device",
        "Flagged": "Signed in",
        "Signed in by": "password",
        "Sessions": "PT → RO, 38 min",
        "Done in this session": "Signed in, Changed e-mail, Payout asked for",
        "Money asked for": "€2,310",
        "Payouts now": "1 in a state not known",
        "Payments since": "none",
        "Owner wrote": "Appealed",
    }
    assert found.later == ["Last trusted sign-in", "Sign-ins in 90 days"]
    assert found.rows[3].at == event("x", 5).occurred_at


def test_takeover_panel_says_what_is_not_known():
    found = panel("account_takeover", happened([event("login.failed", 1, trigger=True)]))

    assert rows(found)["Device"] == ("not known", "not known", False)
    assert {facts(found)[name] for name in ("Sessions", "Done in this session", "Owner wrote", "Signed in by")} == {
        "not known"
    }


def test_message_panel_shows_each_text_once_and_whom_it_reached():
    def sent(recipient, text):
        roles = {
            "message": ("message", f"m-{recipient}"),
            "sender": ("account", "s-1"),
            "recipient": ("account", recipient),
            "domain": ("domain", "evil.example"),
        }
        return event("message.sent", 1, roles=roles, texts={"text": text})

    evidence = [sent("a-1", "Pay here"), sent("a-2", "Pay here"), sent("a-3", "Pay there")]
    found = panel("phishing", happened(evidence, [*evidence, event("report.created")]))

    assert found.texts == [("2 times", [("", "Pay here")]), ("once", [("", "Pay there")])]
    assert facts(found) == {
        "Sender": "s-1",
        "Sender now": "not known",
        "Messages": "3",
        "Still delivered": "3 of 3",
        "Recipients reached": "3",
        "Recipients who opened a link": "not known",
        "Different texts": "2",
        "Domains named": "evil.example",
        "Reports": "1",
    }


def test_payment_panel_shows_checks_place_and_what_can_still_be_stopped():
    def paid(outcome, card, *, trigger=False):
        roles = {"payment": ("payment", f"p-{card}"), "buyer": ("account", "b-1"), "card": ("card", card)}
        fields = {"avs": "match", "bin": "411111", "context.country": "PT", "amount.minor": "9900"}
        return event(f"payment.{outcome}", 1, roles=roles, fields=fields, trigger=trigger)

    evidence = [paid("refused", "c-1"), paid("refused", "c-2"), paid("authorized", "c-3", trigger=True)]
    dispute = event("dispute.opened", 0, fields={"stage": "chargeback", "reason_code": "10.4", "due_by": "2026-03-09T"})

    assert facts(panel("payment_fraud", happened(evidence, [*evidence, dispute]))) == {
        "Amount": "99",
        "Payment now": "not known",
        "Can be stopped": "not known",
        "Instrument": "card c-3, BIN 411111",
        "Address, code, 3-D Secure": "match · not known · not known",
        "Billing address": "not known",
        "Ships to": "not known",
        "Paid from": "PT",
        "Delivery": "not known",
        "Buyer": "b-1",
        "Seller": "not known",
        "Payments here": "2 refused, 1 authorized",
        "Cards used": "3",
        "Disputes": "1: chargeback 10.4 by 2026-03-09",
    }


def listed(kind, minutes, title, description, price="5000"):
    roles = {"listing": ("listing", "l-1"), "seller": ("account", "s-1"), "images": ("image", "i-1")}
    fields = {"category": "art", "price.minor": price, "price.currency": "EUR"}
    return event(kind, minutes, roles=roles, fields=fields, texts={"title": title, "description": description})


def test_listing_panel_marks_the_words_of_the_policy_and_what_changed():
    old = listed("listing.created", 60, "Old lamp", "A lamp", price="9000")
    new = listed("listing.updated", 5, "Old lamp", "Real cocaine, see https://evil.example/cocaine")

    found = panel("prohibited_item", happened([old, new]))

    assert facts(found) == {
        "Shown to buyers": "not known",
        "Price": "€50",
        "Category": "art",
        "Photos": "1",
        "Seller": "s-1",
        "Seller now": "not known",
        "Versions": "2",
        "Policy words": "cocaine",
    }
    texts = dict(found.texts)
    assert texts["Title"] == [("", "Old lamp")]
    assert texts["Description"][:3] == [("", "Real "), ("hit", "cocaine,"), ("", " see https://evil.example/cocaine")]
    assert texts["Price changed 1 Mar 11:55 UTC"] == [("old", "€90"), ("new", "€50")]
    assert [part for part in texts["Description changed 1 Mar 11:55 UTC"] if part[0]] == [
        ("old", "A"),
        ("new", "Real"),
        ("old", "lamp"),
        ("new", "cocaine, see https://evil.example/cocaine"),
    ]


def test_a_difference_of_thousands_of_words_is_bounded():
    old = listed("listing.created", 60, "Lamp", "a " * 9000)
    new = listed("listing.updated", 5, "Lamp", "b a " * 4000)

    texts = dict(panel("prohibited_item", happened([old, new])).texts)

    assert [how for how, _ in texts["Description changed 1 Mar 11:55 UTC"]] == ["old", "new", ""]


def test_panel_of_an_unknown_type_is_absent():
    assert panel("spam", happened([event("message.sent")])) is None
