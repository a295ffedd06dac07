"""Small incidents, guilty and innocent ones, spread over the 90 days, so that there is a past to learn from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from tscore.demo import texts
from tscore.demo.clockwork import Timeline, eur
from tscore.demo.people import DAYS, Person

EARLY, LATE = 26, 24  # incidents before the last two days, most of them decided by now, and within them
Story = Callable[[Random, Timeline, Person, int, datetime], None]


def spread(random: Random, timeline: Timeline, people: list[Person], *, end: datetime) -> None:
    """Add the incidents, one kind after the other, each to a person who had joined well before."""
    start, late = end - timedelta(days=DAYS - 9), end - timedelta(hours=44)
    moments = [start + (late - start) * (number / EARLY) for number in range(EARLY)]
    moments += [late + (end - late) * (number / LATE) for number in range(LATE)]
    for number, (at, story) in enumerate(zip(moments, cycle(STORIES), strict=False)):
        settled = [person for person in people if person.joined_at < at - timedelta(days=6)]
        story(random, timeline, random.choice(settled), number, at + timedelta(minutes=random.randrange(40)))


def _takeover(random: Random, timeline: Timeline, victim: Person, number: int, at: datetime) -> None:
    timeline.blame(victim.account)
    context = {"device": f"d-intruder-{number}", "ip": f"203.0.113.{number % 20}", "country": "RO"}
    _try_passwords(timeline, victim, context, at, times=random.randrange(3, 8))
    change = {"field": "payout_account", "new": f"pa-intruder-{number}"}
    moment = at + timedelta(minutes=7)
    timeline.add("account.updated", moment, account=victim.account, changes=[change], context=context)
    timeline.add(
        "payout.requested",
        at + timedelta(minutes=12),
        payout=f"payout-intruder-{number}",
        account=victim.account,
        payout_account=f"pa-intruder-{number}",
        amount=eur(random.randrange(9_000, 130_000)),
        context=context,
    )


def _forgotten_password(random: Random, timeline: Timeline, owner: Person, number: int, at: datetime) -> None:
    """An innocent one: the owner travels and needs a few tries."""
    context = {"device": owner.devices[0], "ip": f"203.0.113.{200 + number % 50}", "country": owner.country}
    _try_passwords(timeline, owner, context, at, times=random.randrange(3, 5))


def _try_passwords(timeline: Timeline, who: Person, context: dict[str, str], at: datetime, *, times: int) -> None:
    for attempt in range(times):
        moment = at + timedelta(seconds=21 * attempt)
        data = {"account": who.account, "method": "password", "failure": "wrong_password"}
        timeline.add("login.failed", moment, **data, context=context)
    moment = at + timedelta(minutes=4)
    timeline.add("login.succeeded", moment, account=who.account, method="password", context=context)


def _phisher(random: Random, timeline: Timeline, recipient: Person, number: int, at: datetime) -> None:
    sender = f"a-bait-{number}"
    timeline.blame(sender)
    context = {"device": f"d-bait-{number}", "ip": f"203.0.113.{70 + number % 20}", "country": "NL"}
    timeline.add("account.created", at, account=sender, email=f"bait{number}@throwaway.example", context=context)
    for turn in range(random.randrange(1, 4)):
        host = texts.PHISHING_HOSTS[number % len(texts.PHISHING_HOSTS)]
        text = texts.PHISHING[(number + turn) % len(texts.PHISHING)].format(host=host, n=number)
        timeline.add(
            "message.sent",
            at + timedelta(minutes=9 + 6 * turn),
            message=f"message-bait-{number}-{turn}",
            sender=sender,
            recipient=recipient.account,
            thread=f"t-bait-{number}",
            text=text,
            context=context,
        )


def _eager_buyer(random: Random, timeline: Timeline, buyer: Person, number: int, at: datetime) -> None:
    """An innocent one: somebody in a hurry leaves a number and a link in the first message."""
    timeline.add(
        "message.sent",
        at,
        message=f"message-eager-{number}",
        sender=buyer.account,
        recipient=f"a-{number:05d}",
        thread=f"t-eager-{number}",
        text=texts.EAGER[number % len(texts.EAGER)].format(phone=buyer.phone),
        context=buyer.context(random, at),
    )


def _contraband(random: Random, timeline: Timeline, seller: Person, number: int, at: datetime) -> None:
    goods = texts.PROHIBITED + texts.EVASIONS
    title, description = goods[number % len(goods)]
    timeline.blame(f"listing-contraband-{number}")
    timeline.add(
        "listing.created",
        at,
        listing=f"listing-contraband-{number}",
        images=[f"listing-contraband-{number}.png"],
        seller=seller.account,
        title=title,
        description=description,
        category="other",
        price=eur(random.randrange(2_000, 20_000)),
        context=seller.context(random, at),
    )


def _card_trial(random: Random, timeline: Timeline, thief: Person, number: int, at: datetime) -> None:
    timeline.blame(thief.account)
    context = {"device": f"d-trial-{number}", "ip": f"203.0.113.{100 + number % 30}", "country": "FR"}
    _pay_with_cards(random, timeline, thief, number, at, context=context, cards=7, refused=0.6)


def _new_wallet(random: Random, timeline: Timeline, buyer: Person, number: int, at: datetime) -> None:
    """An innocent one: a buyer tries all the cards of a new wallet until one is accepted."""
    context = buyer.context(random, at)
    _pay_with_cards(random, timeline, buyer, number, at, context=context, cards=5, refused=0.9)


def _pay_with_cards(
    random: Random,
    timeline: Timeline,
    buyer: Person,
    number: int,
    at: datetime,
    *,
    context: dict[str, str],
    cards: int,
    refused: float,
) -> None:
    for turn in range(cards + 3):
        is_refused = random.random() < refused
        timeline.add(
            "payment.refused" if is_refused else "payment.captured",
            at + timedelta(minutes=3 * turn),
            payment=f"payment-cards-{number}-{turn}",
            buyer=buyer.account,
            seller=f"a-{number:05d}",
            amount=eur(random.randrange(3_000, 60_000)),
            card=f"cf-cards-{number}-{turn % cards}",
            refusal="do_not_honor" if is_refused else None,
            context=context,
        )


STORIES: tuple[Story, ...] = (
    _takeover,
    _contraband,
    _phisher,
    _card_trial,
    _forgotten_password,
    _eager_buyer,
    _contraband,
    _new_wallet,
)
