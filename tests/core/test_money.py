from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tscore.core import money
from tscore.core.models import FxRate

DAY = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def fresh_rates(db: None) -> Iterator[None]:
    money.forget()
    yield
    money.forget()


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        (231000, "EUR", 231000),
        (100, "USD", 92),
        (1000, "JPY", 620),
        (1000, "KWD", 299),
        (25, "MXN", 1),
        (0, "GBP", 0),
        (10**18, "EUR", 10**18),
    ],
)
def test_to_base_converts_at_the_seeded_rate(minor, currency, expected):
    assert money.to_base(minor, currency, DAY) == expected


@pytest.mark.parametrize(("minor", "expected"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_to_base_rounds_halves_to_even(minor, expected):
    FxRate.objects.create(currency="HLF", exponent=2, day=date(2020, 1, 1), rate=Decimal("0.5"))

    assert money.to_base(minor, "HLF", DAY) == expected


def test_to_base_uses_the_rate_of_the_day():
    FxRate.objects.create(currency="USD", exponent=2, day=date(2026, 3, 2), rate=Decimal("0.5"))

    assert money.to_base(100, "USD", date(2026, 3, 1)) == 92
    assert money.to_base(100, "USD", date(2026, 3, 2)) == 50


def test_to_base_knows_no_rate_for_a_strange_currency_or_an_early_day():
    assert money.to_base(100, "XBT", DAY) is None
    assert money.to_base(100, "USD", date(1999, 12, 31)) is None


def test_to_base_asks_the_database_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        money.to_base(100, "USD", DAY)
        money.to_base(100, "GBP", DAY)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(231000, "", "2,310.00 EUR"), (5, "USD", "0.05 USD"), (1234, "JPY", "1,234 JPY"), (1234, "KWD", "1.234 KWD")],
)
def test_format_minor_writes_the_digits_of_the_currency(minor, currency, text):
    assert money.format_minor(minor, currency) == text
