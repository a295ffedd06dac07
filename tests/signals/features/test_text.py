import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.features import text as text_features
from signals.features.text import PRESSURE, PhraseHit, find_phrases, phishing_contact_pressure, read
from signals.packs.phishing_terms import MEANINGS, TERMS


@pytest.mark.parametrize(
    ("question", "text", "terms"),
    [
        (text_features.urgency_terms, "URGENT: act now, final notice", ["urgent", "act now", "final notice"]),
        (text_features.urgency_terms, "See you tomorrow at six", []),
        (text_features.credential_ask, "Confirm your p a s s w o r d", ["confirm your", "password"]),
        (text_features.credential_ask, "Your account has been suspended", ["account has been", "suspended"]),
        (text_features.credential_ask, "Is the lock still on the bike?", []),
        (
            text_features.prize_terms,
            "You have won a prize, claim your reward",
            ["you have won", "prize", "claim your", "reward"],
        ),
        (text_features.prize_terms, "Are you free on Sunday?", []),
        (text_features.off_platform_payment, "Pay by Western Union or g1ft cards", ["western union", "gift card"]),
        (text_features.off_platform_payment, "Cash on pick-up is fine", []),
        (text_features.off_platform_contact, "Text me at home", ["text me at"]),
    ],
)
def test_questions_give_the_declared_terms(question, text, terms):
    assert question(text) == terms


def test_find_phrases_marks_disguise_and_place():
    assert find_phrases("Enter your P4SSWORD") == [PhraseHit("credential", "password", "P4SSWORD", 11, 19, True)]


@pytest.mark.parametrize(
    "text",
    [
        "URGENT! Your account has been suspended. Verify your identity at http://paypal-secure-login.com/x",
        "You have won a guaranteed prize. Call 09061701893 now to claim",
        "Your parcel could not be delivered, reschedule delivery: https://bit.ly/AbC",
        "I can pay by Western Union, my courier will collect. Write to me on w h a t s a p p +44 7700 900123",
        "Dear customer, your KYC has expired. Call 6299257179 immediately or your account will be blocked",
    ],
)
def test_pressure_is_high_for_deceitful_first_messages(text):
    score, reasons = phishing_contact_pressure(text)

    assert PRESSURE <= score <= 1
    assert [reason.weight for reason in reasons] == sorted((reason.weight for reason in reasons), reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        "Hi, is the bike still available? I can come on Saturday with cash.",
        "Great. Contact me at 345-7878 when you are ready to pick it up.",
        "My number is 415-555-0132, call me when you are outside.",
        "I could do $10500 if you deliver it. Would you take a bank transfer?",
        "Here is the manual: https://www.manuals.example/bike.pdf",
        "Please pay inside the app: https://shop.example/pay/77",
        "",
    ],
)
def test_pressure_is_low_between_honest_people(text):
    assert phishing_contact_pressure(text)[0] < PRESSURE


def test_pressure_without_contact_stays_below_one_half():
    score, reasons = phishing_contact_pressure(
        "URGENT: you have won a prize, send your password and card number immediately"
    )

    assert score == text_features.MOST_WITHOUT_CONTACT
    assert [reason.code for reason in reasons] == ["credential", "prize", "urgency"]


def test_pressure_does_not_count_the_marketplaces_own_links():
    assert phishing_contact_pressure("https://shop.example/help") == (0.0, [])


def test_reasons_quote_our_terms_and_never_the_text():
    _, reasons = phishing_contact_pressure("Verify your account at http://paypa1.com/?u=ada@example.com, Ada")

    assert {reason.code: reason.sentence for reason in reasons} == {
        "lookalike_domain": "A domain imitates paypal.",
        "credential": "The text asks for a password, a code, card or identity data: “verify your”.",
        "link": "The text gives a link to another site.",
    }


def test_pressure_takes_a_reading_already_made():
    text = "You won a prize, call 09061701893"

    assert phishing_contact_pressure(read(text)) == phishing_contact_pressure(text)


def test_terms_belong_to_groups_with_a_meaning():
    assert {term.label_class for term in TERMS} == set(MEANINGS)
    assert len({(term.words, term.label_class) for term in TERMS}) == len(TERMS)


@given(st.text(alphabet=st.characters(), max_size=120) | st.text(alphabet="urgent pasword@.:/0\0\ud800", max_size=80))
def test_reading_never_raises_and_gives_true_places(text):
    reading = read(text)
    score, _ = phishing_contact_pressure(reading)

    assert 0 <= score <= 1
    assert [text[hit.start : hit.end] for hit in reading.phrases] == [hit.matched for hit in reading.phrases]


@pytest.mark.parametrize("unit", ["urgent ", "a", "you have ", "1 ", "call "])
def test_reading_stays_linear_on_hostile_text(unit):
    text = (unit * 64_000)[:64_000]
    started = time.process_time()

    phishing_contact_pressure(text)

    assert time.process_time() - started < 3
