import pytest

from signals.features.listing_text import of_texts
from signals.packs import prohibited_items as pack
from tests.signals.packs.views import view


def listing(title, description="", category="other"):
    texts = {"title": title, "description": description}
    payload = {"category": category}
    bare = view("listing.created", roles=("listing",), texts=texts, payload=payload)
    return view("listing.created", roles=("listing",), texts=texts, payload=payload, **of_texts(bare, texts))


def test_term_in_the_title_is_found():
    found = pack.policy_term(listing("Cocaine 5g"))

    assert (found.role, found.score) == ("listing", 0.8)
    assert found.reasons[0].sentence == "The title names “cocaine”, which the policy on drugs forbids."


def test_term_in_the_description_weighs_less():
    assert pack.policy_term(listing("Special offer", "pure cocaine, fast shipping")).score == 0.6


@pytest.mark.parametrize("title", ["c o c a i n e 5g", "c0caine 5g", "cосaine 5g"], ids=["spaced", "digit", "cyrillic"])
def test_disguised_term_is_found_by_the_other_rule(title):
    assert pack.policy_term(listing(title)) is None
    assert pack.disguised_term(listing(title)).score == 0.9


def test_harmless_listing_is_not_found():
    harmless = listing("Oak dining table", "Six chairs, minor scratches", "furniture")

    assert (pack.policy_term(harmless), pack.disguised_term(harmless)) == (None, None)
