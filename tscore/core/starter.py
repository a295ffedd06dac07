"""What the floor needs before anybody signs in: the groups, and fixed rates for the demo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from django.contrib.auth.models import Group

from tscore.core import money
from tscore.core.groups import GROUPS
from tscore.core.models import FxRate

# One day in the past, so that the oldest data set has a rate; the value of one major unit in euro, fixed for the demo.
VALID_FROM: Final = date(2000, 1, 1)
RATES: Final = {
    "EUR": (2, "1"),
    "USD": (2, "0.92"),
    "GBP": (2, "1.17"),
    "CHF": (2, "1.04"),
    "CAD": (2, "0.68"),
    "AUD": (2, "0.61"),
    "SEK": (2, "0.088"),
    "PLN": (2, "0.23"),
    "MXN": (2, "0.054"),
    "BRL": (2, "0.18"),
    "INR": (2, "0.011"),
    "CNY": (2, "0.13"),
    "JPY": (0, "0.0062"),
    "KWD": (3, "2.99"),
}


def load() -> None:
    """Create what is missing and leave what is there."""
    for name in GROUPS.values():
        Group.objects.get_or_create(name=name)
    FxRate.objects.bulk_create(
        [
            FxRate(currency=currency, exponent=exponent, day=VALID_FROM, rate=Decimal(rate))
            for currency, (exponent, rate) in RATES.items()
        ],
        ignore_conflicts=True,
    )
    money.forget()
