"""What ordinary people of the demo world do: join, sign in, list, talk, buy, sell, get paid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

from tscore.demo import texts
from tscore.demo.clockwork import Timeline, eur
from tscore.demo.people import Person


class Daily:
    """Fills a timeline with ordinary life from each person's joining to the end."""

    def __init__(self, random: Random, timeline: Timeline, people: list[Person], *, end: datetime) -> None:
        self.random, self.timeline, self.people, self.end = random, timeline, people, end
        self.sellers = [person for person in people if person.sells]
        self.listings: list[tuple[datetime, str, Person, int, str]] = []
        self._numbers = {kind: count(1) for kind in ("listing", "message", "payment", "payout")}

    def fill(self) -> None:
        """Add everything, in an order that keeps references backward in time."""
        for person in self.people:
            self._join(person)
            self._sign_ins(person)
        for person in self.sellers:
            self._list_goods(person)
        self.listings.sort(key=lambda listing: (listing[0], listing[1]))
        for listing in self.listings:
            self._talk_and_sell(*listing)

    def number(self, kind: str) -> str:
        """Return the next id of a kind, as in `listing-00012`."""
        return f"{kind}-{next(self._numbers[kind]):05d}"

    def _join(self, person: Person) -> None:
        self.timeline.add(
            "account.created",
            person.joined_at,
            account=person.account,
            email=person.email,
            phone=person.phone,
            name=person.name,
            address=person.address,
            context=person.context(self.random, person.joined_at),
        )

    def _moments(self, start: datetime, *, every_days: float) -> Iterator[datetime]:
        at = start
        while True:
            at += timedelta(days=self.random.expovariate(1 / every_days), minutes=self.random.randrange(30))
            if at >= self.end:
                return
            yield at

    def _sign_ins(self, person: Person) -> None:
        for at in self._moments(person.joined_at, every_days=9):
            context = person.context(self.random, at)
            if self.random.random() < 0.05:
                self.timeline.add(
                    "login.failed",
                    at - timedelta(seconds=20),
                    account=person.account,
                    method="password",
                    failure="wrong_password",
                    context=context,
                )
            self.timeline.add("login.succeeded", at, account=person.account, method="password", context=context)
        if self.random.random() < 0.08:
            at = person.joined_at + (self.end - person.joined_at) * self.random.random()
            change = {"field": self.random.choice(("address", "name"))}
            context = person.context(self.random, at)
            self.timeline.add("account.updated", at, account=person.account, changes=[change], context=context)

    def _list_goods(self, person: Person) -> None:
        for at in self._moments(person.joined_at, every_days=11):
            category, title, price = self.random.choice(texts.GOODS)
            price = int(price * self.random.uniform(0.7, 1.2)) // 100 * 100
            condition = self.random.choice(texts.CONDITIONS)
            listing = self.number("listing")
            self.timeline.add(
                "listing.created",
                at,
                listing=listing,
                seller=person.account,
                title=title,
                description=self.random.choice(texts.DESCRIPTIONS).format(c=condition, city=person.city),
                category=category,
                price=eur(price),
                context=person.context(self.random, at),
            )
            self.listings.append((at, listing, person, price, title))

    def _buyer(self, at: datetime, seller: Person) -> Person | None:
        for _ in range(5):
            person = self.random.choice(self.people)
            if person.joined_at < at and person is not seller:
                return person
        return None

    def _talk_and_sell(self, at: datetime, listing: str, seller: Person, price: int, title: str) -> None:
        if self.random.random() < 0.25 or (buyer := self._buyer(at, seller)) is None:
            return
        at += timedelta(hours=self.random.expovariate(1 / 20))
        if at >= self.end:
            return
        thread = f"t-{listing}"
        self._say(at, buyer, seller, thread, listing, self.random.choice(texts.OPENERS))
        reply_at = at + timedelta(minutes=self.random.randrange(3, 240))
        if reply_at < self.end:
            self._say(reply_at, seller, buyer, thread, listing, self.random.choice(texts.REPLIES))
        pay_at = reply_at + timedelta(hours=self.random.expovariate(1 / 10))
        if self.random.random() < 0.8 and pay_at < self.end:
            self._buy(pay_at, buyer, seller, listing, price)

    def _say(self, at: datetime, sender: Person, recipient: Person, thread: str, listing: str, text: str) -> None:  # noqa: PLR0917
        self.timeline.add(
            "message.sent",
            at,
            message=self.number("message"),
            sender=sender.account,
            recipient=recipient.account,
            thread=thread,
            listing=listing,
            text=text,
            context=sender.context(self.random, at),
        )

    def _buy(self, at: datetime, buyer: Person, seller: Person, listing: str, price: int) -> None:
        self.timeline.add(
            "payment.captured",
            at,
            payment=self.number("payment"),
            buyer=buyer.account,
            seller=seller.account,
            listing=listing,
            amount=eur(price),
            card=buyer.card,
            email=buyer.email,
            context=buyer.context(self.random, at),
        )
        sold_at, paid_at = at + timedelta(minutes=1), at + timedelta(days=2, minutes=self.random.randrange(600))
        self.timeline.add("listing.sold", sold_at, listing=listing, buyer=buyer.account)
        if self.random.random() < 0.4 and paid_at < self.end:
            self._pay_out(paid_at, seller, price)

    def _pay_out(self, at: datetime, seller: Person, price: int) -> None:
        data = {
            "payout": self.number("payout"),
            "account": seller.account,
            "payout_account": seller.payout_account,
            "amount": eur(price),
        }
        self.timeline.add("payout.requested", at, **data)
        if (done_at := at + timedelta(hours=20)) < self.end:
            self.timeline.add("payout.paid", done_at, **data)
