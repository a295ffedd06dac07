"""Each abuse type shows the facts that must be seen without a click."""

from cases.web.panels import panel
from tests.cases.web.sample import event, happened

AT_HOME = {"account": ("account", "a-1"), "device": ("device", "d-old"), "ip": ("ip", "192.0.2.1")}
AWAY = {"account": ("account", "a-1"), "device": ("device", "d-new"), "ip": ("ip", "203.0.113.7")}


def facts(found):
    return {fact.name: (fact.before, fact.value, fact.changed) for fact in found.facts}


def test_takeover_panel_compares_with_the_last_sign_in_from_another_device():
    flagged = event("login.succeeded", 10, roles=AWAY, fields={"context.country": "RO"}, trigger=True)
    earlier = event("login.succeeded", 900, roles=AT_HOME, fields={"context.country": "PT"})
    changed = event("account.updated", 5, roles=AWAY, fields={"changes.0.field": "payout_account"})
    asked = event("payout.requested", 3, amount=231000)

    found = facts(panel("account_takeover", happened([flagged], [flagged, earlier, changed, asked])))

    assert found["Device"] == ("d-old", "d-new", True)
    assert found["Network"] == ("192.0.2.1", "203.0.113.7", True)
    assert found["Country"] == ("PT", "RO", True)
    assert found["Payout account"] == ("", "changed 11:55", True)
    assert found["E-mail"] == ("", "not changed", False)
    assert found["Money asked for"] == ("", "€2,310", True)


def test_takeover_panel_says_what_is_not_known():
    found = facts(panel("account_takeover", happened([event("login.failed", 1, trigger=True)])))

    assert found["Device"] == ("not known", "not known", False)


def test_phishing_panel_shows_the_text_once_with_its_count():
    def sent(recipient):
        return event("message.sent", 1, roles={"recipient": ("account", recipient)}, texts={"text": "Pay here"})

    found = panel("phishing", happened([sent("a-1"), sent("a-2")]))

    assert found.texts == [("2 times", "Pay here")]
    assert facts(found)["Recipients reached"] == ("", "2", False)


def test_payment_panel_counts_outcomes_cards_and_disputes():
    def paid(outcome, card):
        return event(f"payment.{outcome}", 1, roles={"card": ("card", card)}, fields={"avs": "match"})

    evidence = [paid("refused", "c-1"), paid("refused", "c-2"), paid("captured", "c-3")]
    dispute = event("dispute.opened", 0, fields={"stage": "chargeback", "reason_code": "10.4", "due_by": "2026-03-09T"})

    found = facts(panel("payment_fraud", happened(evidence, [*evidence, dispute])))

    assert found["Payments here"][1] == "2 refused, 1 captured"
    assert found["Cards used"][1] == "3"
    assert found["Disputes"] == ("", "1: chargeback 10.4 by 2026-03-09", True)


def test_listing_panel_shows_the_newest_version():
    old = event("listing.created", 60, texts={"title": "Lamp", "description": "Old"})
    new = event("listing.updated", 5, texts={"title": "Tusk", "description": "New"})

    found = panel("prohibited_item", happened([old, new]))

    assert (facts(found)["Title"][1], found.texts) == ("Tusk", [("Description", "New")])


def test_panel_of_an_unknown_type_is_absent():
    assert panel("spam", happened([event("message.sent")])) is None
