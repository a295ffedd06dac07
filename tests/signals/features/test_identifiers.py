import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.features import identifiers

NORMALISERS = [
    identifiers.normalise_email,
    identifiers.normalise_phone,
    identifiers.normalise_address,
    identifiers.normalise_ip,
    identifiers.normalise_card,
    identifiers.normalise_domain,
    identifiers.mailbox,
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("mailto:ada@example.com", "ada@example.com"),
        ("<ada@example.com>", "ada@example.com"),
        ("ada\u200b@example.com", "ada@example.com"),
        ("ada@ex\u00e4mple.com", "ada@xn--exmple-cua.com"),
        ("\uff41da@example.com.", "ada@example.com"),
        ("no address", "noaddress"),
        ("@example.com", "@example.com"),
    ],
)
def test_normalise_email_gives_one_form(value, expected):
    assert identifiers.normalise_email(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a.d.a+shop@googlemail.com", "ada@gmail.com"),
        ("ada+shop@example.com", "ada@example.com"),
        ("a.da@example.com", "a.da@example.com"),
        ("~mail+7", "~mail+7"),
    ],
)
def test_mailbox_folds_the_aliases_of_one_mailbox(value, expected):
    assert identifiers.mailbox(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Ada@Example.com", "example.com"), ("~mail7@x.com", None), ("ada", None), ("ada@localhost", None)],
)
def test_mail_domain_is_absent_for_what_is_no_address(value, expected):
    assert identifiers.mail_domain(value) == expected


@pytest.mark.parametrize(
    ("value", "region", "expected"),
    [
        ("+44 (0)7700 900123", None, "+447700900123"),
        ("0044 7700 900123", None, "+447700900123"),
        ("07700 900123", "GB", "+447700900123"),
        ("(415) 555-0100", None, "4155550100"),
        ("(415) 555-0100", "us", "+14155550100"),
        ("tel:+1-415-555-0100", None, "+14155550100"),
        ("\u0660\u0661\u0662\u0663", None, "0123"),
        ("+999999999999999999", None, "999999999999999999"),
        ("none", None, "none"),
    ],
)
def test_normalise_phone_gives_e164_or_digits(value, region, expected):
    assert identifiers.normalise_phone(value, region) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12, Main Street\nApartment 4", "12 main st apt 4"),
        ("12 MAIN ST. APT 4", "12 main st apt 4"),
        ("Hauptstra\u00dfe 5", "hauptstrasse 5"),
        ("?!", "?!"),
    ],
)
def test_normalise_address_gives_short_words(value, expected):
    assert identifiers.normalise_address(value) == expected


@pytest.mark.parametrize(
    ("value", "expected", "prefix"),
    [
        ("192.0.2.4", "192.0.2.4", "192.0.2.0/24"),
        ("2001:0DB8::0001", "2001:db8::1", "2001:db8::/48"),
        ("::ffff:192.0.2.4", "192.0.2.4", "192.0.2.0/24"),
        ("[2001:db8::1]", "2001:db8::1", "2001:db8::/48"),
        ("fe80::1%eth0", "fe80::1", "fe80::/48"),
        ("999.1.1.1", "999.1.1.1", None),
        ("~ip70047", "~ip70047", None),
    ],
)
def test_normalise_ip_compresses_and_names_the_network(value, expected, prefix):
    assert (identifiers.normalise_ip(value), identifiers.ip_prefix(value)) == (expected, prefix)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("4111 1111-1111 1111", "4111111111111111"), (" tok_Ab-9 ", "tok_Ab-9"), ("~card 7", "~card 7")],
)
def test_normalise_card_drops_separators_of_digits_only(value, expected):
    assert identifiers.normalise_card(value) == expected


@pytest.mark.parametrize("normalise", NORMALISERS)
@given(text=st.text(alphabet=st.characters(), max_size=80))
def test_normalisers_never_raise_and_are_stable(normalise, text):
    once = normalise(text)

    assert once.startswith("~") or normalise(once) == once.encode().decode()


@pytest.mark.parametrize("normalise", NORMALISERS)
@given(text=st.text(alphabet=st.characters(), max_size=80))
def test_normalisers_return_pseudonyms_as_they_are(normalise, text):
    assert normalise("~" + text) == "~" + text
