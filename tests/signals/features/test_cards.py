import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.features.cards import CardSpan, contains_card, luhn_spans, mask_cards, passes_luhn

VISA = "4111111111111111"


def _with_check_digit(body: str) -> str:
    return next(body + str(digit) for digit in range(10) if passes_luhn(body + str(digit)))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        (VISA, [VISA]),
        ("pay 4111 1111 1111 1111 now", [VISA]),
        ("4111-1111-1111-1111", [VISA]),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", [VISA]),
        ("4111\u200b1111\u200b1111\u200b1111", [VISA]),
        ("\uff14\uff11\uff11\uff11111111111111", [VISA]),
        ("378282246310005", ["378282246310005"]),
        ("3782 822463 10005 then 5555555555554444", ["378282246310005", "5555555555554444"]),
        ("4111111111111112", []),
        ("order 1234567890123452", []),
        ("41111111111111110000000", []),
        ("415-555-0100 415-555-0199", []),
        ("", []),
    ],
)
def test_luhn_spans_finds_cards_and_nothing_else(text, digits):
    assert [span.digits for span in luhn_spans(text)] == digits


def test_luhn_spans_gives_the_place_with_its_separators():
    assert luhn_spans("my 4111 1111 1111 1111.") == [CardSpan(start=3, end=22, digits=VISA)]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my 4111 1111 1111 1111.", ("my **** **** **** 1111.", True)),
        ("call 415 555 0100", ("call 415 555 0100", False)),
    ],
)
def test_mask_cards_keeps_the_last_four(text, masked):
    assert mask_cards(text) == masked


@given(st.text(alphabet="0123456789", min_size=14, max_size=14), st.sampled_from(["", " ", "-", "."]))
def test_luhn_spans_finds_any_visa_number_however_grouped(rest, separator):
    number = _with_check_digit("4" + rest)

    grouped = separator.join(number[place : place + 4] for place in range(0, 16, 4))

    assert [span.digits for span in luhn_spans(f"a {grouped} b")] == [number]


@given(st.text(alphabet="0123456789", min_size=1, max_size=18), st.integers(0, 18), st.integers(1, 9))
def test_passes_luhn_notices_any_single_wrong_digit(body, place, shift):
    number = _with_check_digit(body)
    place %= len(number)

    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert (passes_luhn(number), passes_luhn(wrong)) == (True, False)


@given(st.text(alphabet=st.characters(), max_size=200) | st.text(alphabet="4 1-\u200b\ud800\0", max_size=200))
def test_mask_cards_never_raises_and_leaves_no_card(text):
    masked, _ = mask_cards(text)

    assert (len(masked), contains_card(masked)) == (len(text), False)


@pytest.mark.parametrize("text", ["4 " * 32_000, "4" * 64_000, "4-4 " * 16_000, "4111 " * 12_800])
def test_luhn_spans_stays_linear_on_hostile_text(text):
    started = time.process_time()

    luhn_spans(text)

    assert time.process_time() - started < 2
