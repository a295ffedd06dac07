"""The people of the demo world and what belongs to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tscore.demo import texts

DAYS = 90


@dataclass(frozen=True)
class Person:
    """One account and its attributes; addresses lie in ranges kept free for tests and documentation."""

    account: str
    name: str
    email: str
    phone: str
    city: str
    country: str
    address: str
    ips: tuple[str, ...]
    devices: tuple[str, ...]
    card: str
    payout_account: str
    joined_at: datetime
    sells: bool

    def context(self, random: Random, at: datetime) -> dict[str, str]:
        """Return where an act of this person came from: mostly the first device and address."""
        turn = 0 if random.random() < 0.8 else len(self.ips) - 1
        return {
            "device": self.devices[min(turn, len(self.devices) - 1)],
            "ip": self.ips[turn],
            "country": self.country,
            "session": f"s-{self.account}-{at:%m%d}",
        }


def population(random: Random, *, start: datetime, size: int) -> list[Person]:
    """Return `size` people; most joined in the first weeks, the last about ten days before the end."""
    return [_person(random, number, start=start) for number in range(size)]


def _person(random: Random, number: int, *, start: datetime) -> Person:
    first, last = random.choice(texts.FIRST_NAMES), random.choice(texts.LAST_NAMES)
    city, country = random.choice(texts.CITIES)
    host = random.choice(texts.MAIL_HOSTS)
    joined = start + timedelta(days=(DAYS - 10) * random.random() ** 2.5, minutes=random.randrange(1440))
    return Person(
        account=f"a-{number:05d}",
        name=f"{first} {last}",
        email=f"{first}.{last}{number}@{host}".lower(),
        phone=f"+4477{number:08d}",
        city=city,
        country=country,
        address=f"{random.randrange(1, 120)} {random.choice(texts.STREETS)}, {city}",
        ips=tuple(home_ip(number * 2 + extra) for extra in range(random.choice((1, 1, 2)))),
        devices=tuple(f"d-{number:05d}-{extra}" for extra in range(random.choice((1, 1, 2)))),
        card=f"cf-{number:05d}",
        payout_account=f"pa-{number:05d}",
        joined_at=joined,
        sells=random.random() < 0.4,
    )


def home_ip(number: int) -> str:
    """Return an address of the benchmark range 198.18.0.0/15."""
    return f"198.{18 + (number // 65_000) % 2}.{number // 250 % 256}.{number % 250 + 1}"
