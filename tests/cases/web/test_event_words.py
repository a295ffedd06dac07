"""Events are said in words, every kind of them."""

from cases.web import event_words
from signals.kinds import KINDS
from tests.cases.web.sample import event


def test_words_exist_for_every_kind_of_event():
    assert set(event_words.WORDS) == set(KINDS)


def test_line_names_the_details_that_changed_and_calls_them_risky():
    changed = event("account.updated", fields={"changes.0.field": "email", "changes.1.field": "password"})

    line = event_words.line(changed)

    assert (line.what, line.risky) == ("Changed e-mail, password", True)


def test_line_of_a_harmless_change_is_not_risky():
    line = event_words.line(event("account.updated", fields={"changes.0.field": "name"}))

    assert (line.what, line.risky) == ("Changed name", False)


def test_line_gives_the_amount_in_its_own_currency():
    paid = event("payment.captured", fields={"amount.minor": "231000", "amount.currency": "EUR", "avs": "match"})

    assert event_words.line(paid).detail == "€2,310 · avs match"


def test_line_of_a_message_is_its_text():
    assert event_words.line(event("message.sent", texts={"text": "Hello"})).detail == "Hello"


def test_line_of_an_unknown_kind_is_its_own_word():
    assert event_words.line(event("parcel.lost")).what == "Parcel lost"
