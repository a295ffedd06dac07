"""The stories of the demo world that a reviewer should find, and two that must not be found."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from tscore.demo import texts
from tscore.demo.clockwork import Timeline, eur
from tscore.demo.people import Person

CARRIER_IP = "100.64.0.1"
CARRIER_ACCOUNTS = 600


def takeover_ring(random: Random, timeline: Timeline, people: list[Person], *, end: datetime) -> None:
    """Take over six accounts from two devices: failures, a success from a new address, new payout account, payout.

    Each payout account is used from both devices, so that the six hang together.
    """
    for number, victim in enumerate(_joined(people, before=end - timedelta(days=20))[40:46]):
        timeline.blame(victim.account)
        at = end - timedelta(hours=30 - number * 4, minutes=random.randrange(50))
        context = {"device": f"d-ring-{number % 2}", "ip": f"203.0.113.{20 + number}", "country": "RO"}
        context["session"] = f"s-ring-{number}"
        for attempt in range(random.randrange(5, 9)):
            data = {"account": victim.account, "method": "password", "failure": "wrong_password", "context": context}
            timeline.add("login.failed", at + timedelta(seconds=7 * attempt), **data)
        at += timedelta(minutes=2)
        timeline.add("login.succeeded", at, account=victim.account, method="password", context=context)
        for minute, field in enumerate(("email", "factor", "payout_account"), start=2):
            change = {"field": field}
            if field == "payout_account":
                change["new"] = f"pa-ring-{number // 3}"
            moment = at + timedelta(minutes=minute)
            timeline.add("account.updated", moment, account=victim.account, changes=[change], context=context)
        timeline.add(
            "payout.requested",
            at + timedelta(minutes=9),
            payout=f"payout-ring-{number}",
            account=victim.account,
            payout_account=f"pa-ring-{number // 3}",
            amount=eur(random.randrange(40_000, 240_000)),
            context=context,
        )


def phishing_campaign(random: Random, timeline: Timeline, people: list[Person], *, end: datetime) -> None:
    """Let five fresh senders write 40 first messages with links to people who sell."""
    recipients = random.sample([person for person in people if person.sells and person.joined_at < end], 40)
    for number, recipient in enumerate(recipients):
        timeline.blame(f"a-phish-{number % 5}")
        sender, at = f"a-phish-{number % 5}", end - timedelta(days=3) + timedelta(minutes=45 * number)
        context = {"device": f"d-phish-{number % 2}", "ip": f"203.0.113.{60 + number % 5}", "country": "NL"}
        if number < 5:
            joined = at - timedelta(hours=2)
            email = f"helper{number}@throwaway.example"
            timeline.add("account.created", joined, account=sender, email=email, context=context)
        text = texts.PHISHING[number % len(texts.PHISHING)]
        timeline.add(
            "message.sent",
            at,
            message=f"message-phish-{number:02d}",
            sender=sender,
            recipient=recipient.account,
            thread=f"t-phish-{number:02d}",
            text=text.format(host=texts.PHISHING_HOSTS[number % 3], n=number),
            context=context,
        )


def card_test(random: Random, timeline: Timeline, people: list[Person], *, end: datetime) -> None:
    """Let one buyer try 60 cards in 180 small payments within two hours."""
    start = end - timedelta(days=2)
    context = {"device": "d-tester", "ip": "203.0.113.99", "country": "FR", "session": "s-tester"}
    seller = next(person for person in people if person.sells)
    timeline.blame("a-tester")
    timeline.add("account.created", start, account="a-tester", email="tester@throwaway.example", context=context)
    for number in range(180):
        kind = "payment.refused" if random.random() < 0.7 else "payment.captured"
        timeline.add(
            kind,
            start + timedelta(minutes=10, seconds=40 * number),
            payment=f"payment-test-{number:03d}",
            buyer="a-tester",
            seller=seller.account,
            amount=eur(random.randrange(100, 400)),
            card=f"cf-test-{number % 60:02d}",
            refusal="do_not_honor" if kind == "payment.refused" else None,
            context=context,
        )


def friendly_fraud(random: Random, timeline: Timeline, people: list[Person], *, end: datetime) -> None:
    """Let one buyer buy five times and dispute each purchase weeks later."""
    buyer = _joined(people, before=end - timedelta(days=70))[7]
    timeline.blame(buyer.account)
    sellers = [person for person in _joined(people, before=end - timedelta(days=66)) if person.sells]
    for number in range(5):
        at = end - timedelta(days=62 - 3 * number, hours=random.randrange(12))
        amount = eur(random.randrange(30_000, 90_000))
        payment = f"payment-friendly-{number}"
        timeline.add(
            "payment.captured",
            at,
            payment=payment,
            buyer=buyer.account,
            seller=sellers[number % len(sellers)].account,
            amount=amount,
            card=buyer.card,
            email=buyer.email,
            context=buyer.context(random, at),
        )
        timeline.add(
            "dispute.opened",
            at + timedelta(days=38 + 2 * number),
            dispute=f"dispute-friendly-{number}",
            payment=payment,
            stage="chargeback",
            reason_code="13.1",
            amount=amount,
        )


def prohibited_seller(random: Random, timeline: Timeline, people: list[Person], *, end: datetime) -> None:
    """Let one seller list 14 prohibited things, three of them disguised, and six others list near-misses."""
    start = end - timedelta(days=5)
    context = {"device": "d-prohibited", "ip": "203.0.113.140", "country": "NL"}
    timeline.add("account.created", start, account="a-prohibited", email="plain@throwaway.example", context=context)
    for number, (title, description) in enumerate(texts.PROHIBITED + texts.EVASIONS):
        timeline.blame(f"listing-prohibited-{number:02d}")
        timeline.add(
            "listing.created",
            start + timedelta(hours=3 + 7 * number),
            listing=f"listing-prohibited-{number:02d}",
            images=[f"listing-prohibited-{number:02d}.png"],
            seller="a-prohibited",
            title=title,
            description=description,
            category="other",
            price=eur(random.randrange(2_000, 20_000)),
            context=context,
        )
    honest = [person for person in _joined(people, before=start) if person.sells]
    for number, (category, title, price) in enumerate(texts.NEAR_MISSES):
        at = start + timedelta(hours=5 + 13 * number)
        timeline.add(
            "listing.created",
            at,
            listing=f"listing-nearmiss-{number}",
            images=[f"listing-nearmiss-{number}.png"],
            seller=honest[number].account,
            title=title,
            description="Good condition, collection preferred.",
            category=category,
            price=eur(price),
            context=honest[number].context(random, at),
        )


def carrier_address(random: Random, timeline: Timeline, people: list[Person], *, end: datetime) -> None:
    """Let 600 people sign in once through one mobile carrier's shared address: no ring."""
    for person in _joined(people, before=end - timedelta(days=15))[-CARRIER_ACCOUNTS:]:
        at = end - timedelta(days=12) + timedelta(minutes=random.randrange(11 * 1440))
        context = {"device": person.devices[0], "ip": CARRIER_IP, "country": person.country}
        timeline.add("login.succeeded", at, account=person.account, method="password", context=context)


def late_chargebacks(random: Random, timeline: Timeline, *, end: datetime, number: int = 20) -> None:
    """Open disputes on ordinary payments of the first month; with the friendly-fraud buyer's five they make 25."""
    limit = (end - timedelta(days=50)).isoformat()
    payments = [event for event in timeline.events if event["type"] == "payment.captured" and event["time"] < limit]
    for position, event in enumerate(random.sample(payments, min(number, len(payments)))):
        at = datetime.fromisoformat(event["time"]) + timedelta(days=random.randrange(30, 48))
        data = event["data"]
        timeline.add(
            "dispute.opened",
            at,
            dispute=f"dispute-{position:03d}",
            payment=data["payment"],
            stage="chargeback",
            reason_code="10.4",
            amount=data["amount"],
        )


def _joined(people: list[Person], *, before: datetime) -> list[Person]:
    return [person for person in people if person.joined_at < before]
