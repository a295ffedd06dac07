"""Amounts in minor units, made comparable in the base currency. Nothing here is a float."""

from __future__ import annotations

import time
from bisect import bisect_right
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from django.conf import settings

from tscore.core.models import FxRate

KEEP_S = 60.0


class Rate(NamedTuple):
    """The value of one major unit in the base currency from a day on."""

    day: date
    exponent: int
    rate: Decimal


class _Cache:
    """All rates of this process, read again after a minute; they are few and change rarely."""

    def __init__(self) -> None:
        self.by_currency: dict[str, list[Rate]] = {}
        self.until = 0.0

    def get(self, currency: str) -> list[Rate]:
        if time.monotonic() > self.until:
            self.by_currency = _read()
            self.until = time.monotonic() + KEEP_S
        return self.by_currency.get(currency, [])


_cache = _Cache()


def forget() -> None:
    """Read the rates anew at the next question."""
    _cache.until = 0.0


def to_base(minor: int, currency: str, day: date) -> int | None:
    """Return the amount in minor units of the base currency at the rate of that day (half-even), or None."""
    rate = _rate(currency, day)
    if rate is None:
        return None
    major = Decimal(minor).scaleb(-rate.exponent) * rate.rate
    return int(major.scaleb(exponent(settings.BASE_CURRENCY)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def exponent(currency: str) -> int:
    """Return how many minor digits a currency has (two where we do not know it)."""
    rates = _cache.get(currency)
    return rates[-1].exponent if rates else 2


def format_minor(minor: int, currency: str = "") -> str:
    """Return the amount with its currency, as in `2,310.00 EUR`."""
    currency = currency or settings.BASE_CURRENCY
    digits = exponent(currency)
    return f"{Decimal(minor).scaleb(-digits):,.{digits}f} {currency}"


def _rate(currency: str, day: date) -> Rate | None:
    rates = _cache.get(currency)
    position = bisect_right(rates, day, key=lambda rate: rate.day)
    return rates[position - 1] if position else None


def _read() -> dict[str, list[Rate]]:
    found: dict[str, list[Rate]] = {}
    for row in FxRate.objects.order_by("currency", "day"):
        found.setdefault(row.currency, []).append(Rate(row.day, row.exponent, row.rate))
    return found
