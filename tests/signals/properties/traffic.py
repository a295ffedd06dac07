"""Random traffic of a small town: few people, shared devices, addresses and cards, corrections and repeats."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

from tests.factories import NOON

Item = dict[str, Any]
SPAN = timedelta(days=100)
TEXTS = ("Call me on another messenger please", "Is this still available?", "Pay outside and I send it at once today")


def town(dice: random.Random, count: int) -> list[Item]:
    """Return so many events of the town, a tenth of them corrections of others, in no order."""
    people = max(count // 100, 12)
    first = [_item(dice, number, people) for number in range(count * 9 // 10)]
    corrections = [_corrected(dice, dice.choice(first), people) for _ in range(count - len(first))]
    distinct = {(item["id"], item["recordedtime"]): item for item in [*first, *corrections]}
    return dice.sample(list(distinct.values()), len(distinct))


def repeated(dice: random.Random, items: list[Item], share: float) -> list[Item]:
    """Return the items with some of them told again later."""
    found = list(items)
    for item in dice.sample(items, int(len(items) * share)):
        found.insert(dice.randint(found.index(item) + 1, len(found)), item)
    return found


def encoded(items: list[Item]) -> list[bytes]:
    return [json.dumps(item).encode() for item in items]


def _item(dice: random.Random, number: int, people: int) -> Item:
    at = NOON + SPAN * dice.random()
    # Some arrive in the same second as others, so that their names decide which comes first.
    at = at.replace(microsecond=0) if dice.random() < 0.5 else at
    kind = dice.choice(list(_DATA))
    told = at + dice.choice([timedelta(0), timedelta(minutes=dice.random() * 30), timedelta(days=dice.random() * 20)])
    return {
        "id": f"evt-{number}",
        "type": kind,
        "time": at.isoformat(),
        "recordedtime": told.isoformat(),
        "data": _DATA[kind](dice, people, number),
    }


def _corrected(dice: random.Random, item: Item, people: int) -> Item:
    number = int(item["id"].removeprefix("evt-"))
    told = datetime.fromisoformat(item["recordedtime"]) + timedelta(days=dice.random() * 10, seconds=1)
    at = datetime.fromisoformat(item["time"]) - timedelta(minutes=dice.choice([0, 0, 90]))
    data = _DATA[item["type"]](dice, people, number)
    return item | {"recordedtime": told.isoformat(), "time": at.isoformat(), "data": data}


def _who(dice: random.Random, people: int) -> str:
    return f"a-{int(people * dice.random() ** 2)}"


def _context(dice: random.Random, people: int) -> dict[str, str]:
    places = max(people // 2, 3)
    found = {"ip": f"~ip{int(places * dice.random() ** 2)}", "device": f"d{int(places * dice.random())}"}
    return {name: value for name, value in found.items() if dice.random() < 0.9}


def _login(dice: random.Random, people: int, number: int) -> Item:
    return {"account": _who(dice, people), "method": "password", "context": _context(dice, people)}


def _payment(dice: random.Random, people: int, number: int) -> Item:
    found = {
        "payment": f"p{number}",
        "buyer": _who(dice, people),
        "seller": f"s{int(people / 4 * dice.random())}",
        "amount": {"minor": dice.choice([100, 990, dice.randint(1, 200_000)]), "currency": "EUR"},
        "card": f"~card{int(people * dice.random())}",
        "email": f"~mail{int(people * dice.random())}",
        "context": _context(dice, people),
    }
    return {name: value for name, value in found.items() if name in ("payment", "amount") or dice.random() < 0.9}


def _message(dice: random.Random, people: int, number: int) -> Item:
    text = f"{dice.choice(TEXTS)} {dice.choice(['', f'https://site{int(5 * dice.random())}.example/x'])}"
    return {"message": f"m{number}", "sender": _who(dice, people), "recipient": _who(dice, people), "text": text}


def _listing(dice: random.Random, people: int, number: int) -> Item:
    named = {"listing": f"l{number}", "seller": _who(dice, people), "title": "Oak table", "description": "solid"}
    return named | {"category": "home", "price": {"minor": 4500, "currency": "EUR"}}


def _dispute(dice: random.Random, people: int, number: int) -> Item:
    money = {"minor": 100, "currency": "EUR"}
    return {
        "dispute": f"c{number}",
        "payment": f"p{dice.randrange(number + 1)}",
        "stage": "chargeback",
        "amount": money,
    }


def _payout(dice: random.Random, people: int, number: int) -> Item:
    named = {"payout": f"o{number}", "account": _who(dice, people), "payout_account": f"~iban{number % 7}"}
    return named | {"amount": {"minor": 5000, "currency": "EUR"}, "context": _context(dice, people)}


_DATA = {
    "login.failed": _login,
    "login.succeeded": _login,
    "payment.authorized": _payment,
    "payment.captured": _payment,
    "payment.refused": _payment,
    "message.sent": _message,
    "listing.created": _listing,
    "dispute.opened": _dispute,
    "payout.requested": _payout,
}
