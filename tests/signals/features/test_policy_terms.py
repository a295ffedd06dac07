import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.features.policy_terms import MOST_HITS, TermHit, find_terms, live_hits
from signals.packs.prohibited_items_terms import TERMS

CLASSES = {"drugs", "weapons", "wildlife", "counterfeit", "other"}


def _live(title, description="", category=""):
    return [
        (hit.label_class.removeprefix("prohibited."), hit.term)
        for hit in live_hits(find_terms(title, description, category))
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Adderall 30mg IR x 10", [("drugs", "adderall")]),
        ("Replica Rolex Submariner", [("counterfeit", "replica rolex")]),
        ("AAA replica handbag", [("counterfeit", "aaa replica")]),
        ("10 cannabis seeds", [("drugs", "cannabis seeds")]),
        ("Xanax and OXYCODONE", [("drugs", "xanax"), ("drugs", "oxycodone")]),
        ("1g weed, dank", [("drugs", "weed")]),
        ("5g AK47 shake", [("drugs", "ak47")]),
        ("AK-47 semi automatic", [("weapons", "ak 47")]),
        ("Gun, never fired", [("weapons", "gun")]),
        ("9mm pistol", [("weapons", "pistol")]),
        ("Old elephant ivory carving", [("wildlife", "elephant ivory")]),
        ("Tortoise shell box", [("wildlife", "tortoise shell")]),
        ("Scannable ID any state", [("other", "scannable id")]),
    ],
)
def test_find_terms_names_the_class(title, expected):
    assert _live(title) == expected


@pytest.mark.parametrize(
    ("title", "exception"),
    [
        ("Weed killer 1 lb bag", "weed killer"),
        ("Electric weed wacker, 12 oz line", "weed wacker"),
        ("Weed eater, gas, 10 lb", "weed eater"),
        ("Diet coke, 24 cans 12 oz", "diet coke"),
        ("Vintage Coca Cola coke tray, 5 g silver", "coke near coca"),
        ("Nail gun with case", "nail gun"),
        ("Hot glue gun", "glue gun"),
        ("Massage gun, 4 heads", "massage gun"),
        ("Gun safe, fireproof", "gun safe"),
        ("Elephant lamp and ivory sofa", "ivory sofa"),
        ("Shark fin antenna for BMW", "shark fin antenna"),
        ("Glock airsoft", "glock near airsoft"),
    ],
)
def test_find_terms_says_what_allows_a_hit(title, exception):
    hits = find_terms(title)

    assert [(hit.excepted, hit.exception) for hit in hits] == [(True, exception)]


@pytest.mark.parametrize(
    "title",
    [
        "Road bike, 21 speed, 25 lbs",
        "Ivory leather sofa",
        "Acid wash jeans",
        "Pot rack for the kitchen",
        "Snow Leopard install disc",
        "Replica Eames lounge chair",
        "Windshield with a crack",
        "Christmas skunk toy",
        "Grass rug, hash browns maker",
        "My hero in action figure",
        "iPhone 6S 128GB $500!!",
        "2BR/1BA, $1,800/mo, high speed internet",
    ],
)
def test_find_terms_leaves_everyday_listings_alone(title):
    assert find_terms(title) == []


@pytest.mark.parametrize(
    ("title", "category", "exception"),
    [("2005 coupe with LSD", "car", "category car"), ("Shoes, DMT size 43", "bike", "category bike")],
)
def test_find_terms_allows_by_category(title, category, exception):
    assert [hit.exception for hit in find_terms(title, "", category)] == [exception]


@pytest.mark.parametrize(
    "written",
    [
        "c o c a i n e",
        "c.o.c.a.i.n.e",
        "c*o*c*a*i*n*e",
        "co-caine",
        "coc aine",
        "c0ca1ne",
        "C0CA!NE",
        "coc@ine",
        "cocaaaaine",
        "\u0441\u043e\u0441\u0430\u0456n\u0435",
        "\uff23\uff2f\uff23\uff21\uff29\uff2e\uff25",
        "co\u200bcaine",
        "coc\u00e1ine",
        "c\u0336o\u0336c\u0336a\u0336i\u0336n\u0336e",
        "\U0001f172\U0001f17e\U0001f172\U0001f170\U0001f178\U0001f17d\U0001f174",
    ],
)
def test_find_terms_sees_through_disguise_and_marks_it(written):
    title = f"pure {written} today"

    hits = find_terms(title)

    assert [(hit.term, hit.evasion) for hit in hits] == [("cocaine", True)]
    assert title[hits[0].start : hits[0].end] == hits[0].matched


@pytest.mark.parametrize("title", ["Cocaine", "COCAINE", "AM-2201", "am 2201", "AM2201", "Percocets"])
def test_find_terms_does_not_call_ordinary_writing_a_disguise(title):
    assert [hit.evasion for hit in find_terms(title)] == [False]


def test_find_terms_reports_the_words_of_the_seller_in_each_member():
    hits = find_terms("Heroin", "also H3ROIN, see https://shop.example/?q=heroin")

    assert hits == [
        TermHit("prohibited.drugs", "heroin", "Heroin", 0, 6, "title", False, False, None),
        TermHit("prohibited.drugs", "heroin", "H3ROIN", 5, 11, "description", True, False, None),
    ]


def test_find_terms_takes_the_title_as_near_to_the_description():
    assert [hit.member for hit in find_terms("Sativa, 5 grams", "Best pot in town")] == ["title", "description"]


def test_find_terms_stops_counting_repetitions():
    assert len(find_terms("heroin " * 1_000, "heroin " * 1_000)) == MOST_HITS


def test_terms_are_declared_in_the_form_they_are_looked_up():
    assert {term.label_class for term in TERMS} == {f"prohibited.{name}" for name in CLASSES}
    assert [term.words for term in TERMS if not re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", term.words)] == []
    assert len({(term.words, term.label_class) for term in TERMS}) == len(TERMS)


@given(
    st.text(alphabet=st.characters(), max_size=100), st.text(alphabet="cocaine0@!1 .-\0\ud800\u0441\u200b", max_size=60)
)
def test_find_terms_never_raises_and_gives_true_places(title, description):
    for hit in find_terms(title, description):
        text = title if hit.member == "title" else description
        assert text[hit.start : hit.end] == hit.matched


@pytest.mark.parametrize("unit", ["a", "c o ", "aaa ", "@", "a@", "www.", "co-", "c\u0336", "weed "])
def test_find_terms_stays_linear_on_hostile_text(unit):
    text = (unit * 64_000)[:64_000]
    started = time.process_time()

    find_terms(text, text)

    assert time.process_time() - started < 2
