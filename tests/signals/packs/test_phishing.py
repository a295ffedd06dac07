import pytest

from signals.features.message_text import of_text
from signals.packs import phishing as pack
from tests.signals.packs.views import view

LURE = "URGENT: your account is suspended. Verify your password at http://shop-secure.example/login now"


def message(text, *, roles=("message", "sender", "recipient"), **features):
    return view("message.sent", roles=roles, texts={"text": text}, **of_text(text) | features)


def test_lure_in_a_first_message_is_found():
    found = pack.pressure_from_stranger(message(LURE, message_first_contact=True))

    assert found.role == "sender"
    assert found.score >= 0.8
    assert "first_message" in [reason.code for reason in found.reasons]
    assert all(reason.sentence and reason.usual is not None for reason in found.reasons)


def test_lure_without_a_sender_names_the_message():
    assert pack.pressure_from_stranger(message(LURE, roles=("message",))).role == "message"


@pytest.mark.parametrize(
    ("text", "features"),
    [
        (LURE, {"message_first_contact": False}),
        ("Is the bike still available? I can pick it up on Saturday.", {"message_first_contact": True}),
        ("Please verify your password now, your account is suspended", {"message_first_contact": True}),
    ],
    ids=["they know each other", "ordinary question", "no way of contact"],
)
def test_message_is_not_found(text, features):
    assert pack.pressure_from_stranger(message(text, **features)) is None


def test_imitated_domain_is_found_even_among_friends():
    found = pack.imitated_domain(message("see paypa1.com/pay", message_first_contact=False))

    assert found.score == 0.9


def test_own_words_without_domain_are_not_imitation():
    assert pack.imitated_domain(message("see you at the station")) is None


def test_same_text_to_many_adds_up():
    found = pack.same_lure_to_many(message(LURE, sender_recipients_1h=12, sender_same_text_24h=11))

    assert found.score == pytest.approx(0.85)
    assert {reason.code: reason.value for reason in found.reasons} == {
        "same_text": "11 times in a day",
        "many_recipients": "12 people in an hour",
    }


def test_many_messages_without_a_way_of_contact_are_a_busy_seller():
    assert pack.same_lure_to_many(message("Yes, still available.", sender_recipients_1h=30)) is None
