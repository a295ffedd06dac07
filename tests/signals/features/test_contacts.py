import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.features.contacts import find_contacts, find_emails, find_handles, find_links, find_phones


@pytest.mark.parametrize(
    ("text", "value", "host", "disguised"),
    [
        ("see https://Evil.example/Path?x=1.", "Evil.example/Path?x=1", "evil.example", False),
        ("http://evil.com/?u=ada@example.com", "evil.com/?u=ada@example.com", "evil.com", False),
        ("go www.evil.com now", "www.evil.com", "www.evil.com", False),
        ("bit.ly/AbC", "bit.ly/AbC", "bit.ly", False),
        ("evil.com", "evil.com", "evil.com", False),
        ("win-4-you.top!", "win-4-you.top", "win-4-you.top", False),
        ("hxxp://bad.example", "bad.example", "bad.example", False),
        ("http:// www.evil.com", "www.evil.com", "www.evil.com", True),
        ("evil(.)com", "evil.com", "evil.com", True),
        ("evil [dot] com", "evil.com", "evil.com", True),
        ("evil dot com", "evil.com", "evil.com", True),
        ("http://user@evil.com:80/x", "evil.com/x", "evil.com", False),
        ("http://\u0440\u0430ypal.com/a", "xn--ypal-43d9g.com/a", "xn--ypal-43d9g.com", True),
    ],
)
def test_find_links_gives_address_and_host(text, value, host, disguised):
    found = [(link.value.lower(), link.host, link.disguised) for link in find_links(text)]

    assert found == [(value.lower(), host, disguised)]


@pytest.mark.parametrize(
    "text",
    [
        "great.deals for you",
        "Come at 5.In time",
        "call.me please",
        "3.5 miles, approx.sale",
        "node.js",
        "a.m. or p.m.",
        "",
    ],
)
def test_find_links_does_not_take_sentences_for_addresses(text):
    assert find_links(text) == []


@pytest.mark.parametrize(
    ("text", "value", "disguised"),
    [
        ("write Ada@Example.com.", "ada@example.com", False),
        ("ada [at] gmail [dot] com", "ada@gmail.com", True),
        ("ada at gmail dot com", "ada@gmail.com", True),
        ("ada(at)gmail.com", "ada@gmail.com", True),
        ("ada @ gmail . com", "ada@gmail.com", True),
    ],
)
def test_find_emails_reads_spelled_out_addresses(text, value, disguised):
    assert [(mail.value, mail.disguised) for mail in find_emails(text)] == [(value, disguised)]


@pytest.mark.parametrize(
    ("text", "value", "premium"),
    [
        ("+44 7014 233755", "+447014233755", True),
        ("call (415) 555-0132", "4155550132", False),
        ("call 415.555.0132", "4155550132", False),
        ("ring 07700 900123", "07700900123", False),
        ("Call 09061701893. ACL03530150PM", "09061701893", True),
        ("claim 0871277810710p/min", "08712778107", True),
        ("contact No-6299257179", "6299257179", False),
        ("text CLAIM to No: 81010 now", "81010", True),
        ("contact me at 345-7878", "3457878", False),
        ("zero seven seven double zero nine zero zero one two three", "07700900123", False),
        ("o n e", "", False),
    ],
)
def test_find_phones_reads_national_premium_and_spoken_numbers(text, value, premium):
    found = [(phone.value, phone.premium) for phone in find_phones(text)]

    assert found == ([(value, premium)] if value else [])


@pytest.mark.parametrize(
    "text",
    [
        "$13500 or 10000-15000",
        "2 bd 2 ba, 1,200 sq ft, 3/15/2017",
        "4111 1111 1111 1111",
        "192.168.100.200",
        "VIN 1HGCM82633A004352",
        "serial AB2345678901",
        "https://shop.example/item/4155550132",
    ],
)
def test_find_phones_leaves_other_numbers_alone(text):
    assert find_phones(text) == []


def test_find_phones_gives_e164_where_the_country_is_known():
    assert [phone.value for phone in find_phones("call 07700 900123", "GB")] == ["+447700900123"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("telegram: @scam_mer", ["telegram:scam_mer"]),
        ("my kik is foo99", ["kik:foo99"]),
        ("https://t.me/scammer", ["telegram:scammer"]),
        ("add me on w h a t s a p p", ["whatsapp"]),
        ("text me on wh@tsapp", ["whatsapp"]),
        ("whatsapp +44 7014 233755", ["whatsapp"]),
        ("write to @someone", ["@someone"]),
        ("Works with WhatsApp and Instagram", []),
        ("the signal strength is good", []),
        ("ada@example.com", []),
    ],
)
def test_find_handles_finds_messengers_and_names(text, values):
    assert [handle.value for handle in find_handles(text)] == values


def test_find_contacts_gives_all_kinds_in_order():
    text = "Mail ada@example.com, see evil.com or call 415-555-0132"

    assert [(c.kind, text[c.start : c.end] == c.matched) for c in find_contacts(text)] == [
        ("email", True),
        ("link", True),
        ("phone", True),
    ]


@given(
    st.text(alphabet=st.characters(), max_size=120)
    | st.text(alphabet="whatspp tme./:@[]()dot0123456789+-\0\ud800\u200b\u0430", max_size=100)
)
def test_find_contacts_never_raises_and_gives_true_places(text):
    for contact in find_contacts(text):
        assert text[contact.start : contact.end] == contact.matched
        contact.value.encode(errors="strict")


@pytest.mark.parametrize(
    "unit",
    ["1", "1 ", "a.", "a@", "one ", "www.", "http://", "text to ", " dot com", "(at) ", "@abc ", "-", "call 555 "],
)
def test_find_contacts_stays_linear_on_hostile_text(unit):
    text = (unit * 64_000)[:64_000]
    started = time.process_time()

    find_contacts(text)

    assert time.process_time() - started < 3
