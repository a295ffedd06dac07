"""Listings: harmless ones of a classifieds site, prohibited ones of two dark markets.

The markets' own categories name the truth and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from signals.sources.base import Item, Truth, event, find, minute, read_csv, utc

CRAIGSLIST_START = datetime(2017, 6, 1, tzinfo=UTC)
DREAM_START = datetime(2017, 7, 1, tzinfo=UTC)
KNOWN_AFTER = timedelta(days=1)
SATOSHI = 100_000_000


def craigslist_listings(path: Path) -> Iterator[Item]:
    """Yield each advertisement with a seller and a minute of its own: the set has neither."""
    for position, row in enumerate(read_csv(find(path, "listings.csv.gz"))):
        at, listing = minute(CRAIGSLIST_START, position), f"cl-{row['post_id']}"
        data = {
            "listing": listing,
            "seller": f"cl-s{row['post_id']}",
            "title": row["title"],
            "description": row["description"],
            "category": row["category"],
            "price": {"minor": round(float(row["price"] or 0) * 100), "currency": "USD"},
            "synthetic": ["seller", "time"],
        }
        yield _item("craigslist", listing, at, data, label="legit", listing=listing)


def agora_2014_listings(path: Path) -> Iterator[Item]:
    """Yield each crawled listing, a later crawl with another title as its update, then the second market."""
    titles: dict[str, str] = {}
    numbers = count()
    for row in read_csv(find(path, "crawls.csv.gz")):
        listing, at = (
            f"agora-{row['listing_id']}",
            utc(row["crawl_date"], "%Y-%m-%d") + timedelta(seconds=next(numbers)),
        )
        if titles.get(listing) == row["title"]:
            continue
        kind = "listing.updated" if listing in titles else "listing.created"
        titles[listing] = row["title"]
        key = f"{listing}/{row['crawl_date']}" if kind == "listing.updated" else listing
        data = _prohibited(listing, row["vendor"], row["title"], row, price={"minor": 0, "currency": "USD"})
        yield _item("agora", key, at, data, label="prohibited.drugs", listing=listing, kind=kind)
    second = path / "dream_market_cocaine_2017.csv.gz"
    if path.is_dir() and second.is_file():
        yield from _dream_market(second)


def _dream_market(path: Path) -> Iterator[Item]:
    for position, row in enumerate(read_csv(path)):
        listing, at = f"dream-{position}", minute(DREAM_START, position)
        price = {"minor": round(float(row["btc_price"] or 0) * SATOSHI), "currency": "BTC"}
        data = _prohibited(listing, row["vendor_name"], row["product_title"], row, price=price)
        yield _item("agora", listing, at, data, label="prohibited.drugs", listing=listing)


def _prohibited(listing: str, vendor: str, title: str, row: dict[str, str], *, price: dict[str, Any]) -> dict[str, Any]:
    return {
        "listing": listing,
        "seller": "agora-v" + "".join(vendor.split()),
        "title": title,
        "description": f"Ships from {row['ships_from'] or 'unknown'} to {row['ships_to'] or 'unknown'}",
        "category": "other",
        "price": price,
        "synthetic": ["category", "price", "time"] if price["currency"] == "USD" else ["category", "time"],
    }


def _item(
    source: str,
    key: str,
    at: datetime,
    data: dict[str, Any],
    *,
    label: str,
    listing: str,
    kind: str = "listing.created",
) -> Item:
    truth = Truth("listing", listing, "prohibited_item", label, at + KNOWN_AFTER)
    return Item(event(source, key, kind, at, data), truth)
