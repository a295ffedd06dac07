import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.features import domains
from signals.packs.domain_lists import BRANDS, DISPOSABLE_MAIL, SHORTENERS, Brand


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("www.Example.co.uk.", "example.co.uk"),
        ("a.b.c.example.com", "example.com"),
        ("someone.github.io", "someone.github.io"),
        ("shop.example", "shop.example"),
        ("login.shop.example", "shop.example"),
        ("192.0.2.4", None),
        ("localhost", None),
        ("co.uk", None),
        ("~domain7", None),
        ("", None),
    ],
)
def test_registrable_gives_what_somebody_registered(domain, expected):
    assert domains.registrable(domain) == expected


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("mailinator.com", True), ("x.mailinator.com", True), ("notmailinator.com", False), ("gmail.com", False)],
)
def test_is_disposable_knows_the_domain_and_what_is_below_it(domain, expected):
    assert domains.is_disposable(domain) == expected


def test_is_disposable_takes_a_list_from_a_file(tmp_path):
    path = tmp_path / "extra.txt"
    path.write_text("# ours\nThrowaway.example  # seen in March\n\n", encoding="utf-8")

    extra = domains.read_list(path)

    assert extra == frozenset({"throwaway.example"})
    assert (domains.is_disposable("throwaway.example"), domains.is_disposable("throwaway.example", extra)) == (
        False,
        True,
    )


@pytest.mark.parametrize(("domain", "expected"), [("bit.ly", True), ("www.bit.ly", True), ("bitly.example", False)])
def test_is_shortener_knows_links_that_hide_their_end(domain, expected):
    assert domains.is_shortener(domain) == expected


@pytest.mark.parametrize(
    ("domain", "brand"),
    [
        ("paypa1.com", "paypal"),
        ("pay-pal.com", "paypal"),
        ("payapl.com", "paypal"),
        ("p\u0430ypal.com", "paypal"),
        ("xn--80ak6aa92e.com", "apple"),
        ("micros0ft.net", "microsoft"),
        ("faceboook.com", "facebook"),
        ("bankofamerca.com", "bankofamerica"),
        ("paypal-secure-login.com", "paypal"),
        ("paypal.com.evil.net", "paypal"),
        ("zelle.support", "zelle"),
        ("apple-id-verify.com", "apple"),
        ("verifyapple.uk", "apple"),
        ("ukhmrc-tax-refund.com", "hmrc"),
        ("dhl-tracking.net", "dhl"),
        ("shop-login.example", "shop"),
        ("sh0p.example", "shop"),
        ("shop.example.evil.test", "shop"),
    ],
)
def test_lookalike_of_names_the_imitated_brand(domain, brand):
    assert domains.lookalike_of(domain) == brand


@pytest.mark.parametrize(
    "domain",
    [
        "shop.example",
        "help.shop.example",
        "paypal.com",
        "www.paypal.com",
        "ebay.it",
        "apple-pie.com",
        "applebees.com",
        "myshop.com",
        "purchase.com",
        "grapevine.com",
        "finance.com",
        "minted.com",
        "192.0.2.4",
        "paypal",
        "~domain7",
    ],
)
def test_lookalike_of_leaves_others_alone(domain):
    assert domains.lookalike_of(domain) is None


def test_lookalike_of_takes_other_brands():
    brands = (Brand("wombat", frozenset({"wombat.example"})),)

    assert [domains.lookalike_of(name, brands) for name in ("w0mbat.com", "wombat.example", "paypa1.com")] == [
        "wombat",
        None,
        None,
    ]


def test_lists_hold_names_in_normal_form():
    names = [*DISPOSABLE_MAIL, *SHORTENERS, *(domain for brand in BRANDS for domain in brand.own)]

    assert [name for name in names if domains.normalise_domain(name) != name or "." not in name] == []


@given(st.text(alphabet=st.characters(), max_size=80) | st.text(alphabet="paypl1.-xn\u0430\0\ud800", max_size=40))
def test_domain_answers_about_any_text_agree(text):
    registered = domains.registrable(text)

    assert registered is None or domains.registrable(registered) == registered
    assert registered is None or domains.normalise_domain(text).endswith(registered)
    assert domains.is_disposable(text) >= bool(registered and domains.is_disposable(registered))
    assert domains.lookalike_of(text) in {None, *(brand.name for brand in BRANDS)}
