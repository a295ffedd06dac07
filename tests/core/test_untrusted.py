import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tscore.core import untrusted
from tscore.core.untrusted import Mark

BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            [
                "http://",
                "HTTPS://",
                "www.",
                "evil.example",
                "@",
                "://",
                "h",
                "ttp://",
                "mailto:",
                "javascript:",
                "<",
                *sorted(BIDI),
            ]
        ),
        st.characters(categories=["Cf", "Cs", "Cc", "Co", "Zl"]),
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://pay.example/a?b=c.d", "see hxxps[:]//pay[.]example/a?b=c.d"),
        ("HTTP://EVIL.COM", "HXXP[:]//EVIL[.]COM"),
        ("ftp://files.example", "ftp[:]//files[.]example"),
        ("//cdn.evil.com/x", "//cdn[.]evil[.]com/x"),
        (r"http:\\evil.com", r"hxxp[:]\\evil[.]com"),
        ("write to a.b@mail.example now", "write to a.b[@]mail[.]example now"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e[.]com"),
        ("www.shop.example", "www[.]shop[.]example"),
        ("costs 2.310,00 or 3.50. Fine", "costs 2.310,00 or 3.50. Fine"),
        ("at 14:32, note: call me", "at 14:32, note: call me"),
    ],
)
def test_defang_breaks_addresses_and_leaves_prose_alone(text, expected):
    assert untrusted.defang(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("plain words", ("plain words",)),
        ("a\u202eb", ("a", Mark("RLO", "U+202E RIGHT-TO-LEFT OVERRIDE"), "b")),
        ("a\u200b\u200b\u200b", ("a", Mark("ZWSP×3", "U+200B ZERO WIDTH SPACE"))),
        ("a\x00", ("a", Mark("NUL", "U+0000"))),
        ("\ud800", (Mark("U+D800", "U+D800"),)),
        ("\u3164", (Mark("U+3164", "U+3164 HANGUL FILLER"),)),
        ("line\nnext\ttab", ("line\nnext\ttab",)),
    ],
)
def test_pieces_show_what_would_be_invisible(text, expected):
    assert untrusted.pieces(text) == expected


@pytest.mark.parametrize(
    "text", ["привет", "ελληνικά", "m²", "naïve café", "iPhone手机", "👨\u200d👩\u200d👧 ❤\ufe0f", "می\u200cخواهم"]
)
def test_pieces_leave_honest_text_of_any_script_unmarked(text):
    assert untrusted.pieces(text) == (text,)


def test_pieces_mark_a_letter_of_another_script_inside_a_latin_word():
    word = untrusted.pieces("p\u0430ypal")

    assert word == ("p", Mark("\u0430", "U+0430 CYRILLIC SMALL LETTER A, looks like a", look_alike=True), "ypal")


def test_pieces_mark_styled_copies_of_latin_letters():
    marks = untrusted.pieces("\uff50\U0001d429")

    assert [mark.title for mark in marks] == [
        "U+FF50 FULLWIDTH LATIN SMALL LETTER P, looks like p",
        "U+1D429 MATHEMATICAL BOLD SMALL P, looks like p",
    ]


def test_pieces_stop_a_tower_of_combining_marks():
    tower = untrusted.pieces("z" + "\u0301" * 40)

    assert [piece if isinstance(piece, str) else piece.label for piece in tower] == ["z" + "\u0301" * 4, "stacked×36"]


def test_pieces_say_how_much_is_left_out():
    shown = untrusted.pieces("x" * 25_000)

    assert shown == ("x" * 20_000 + " … 5,000 more characters are not shown",)


def test_a_flood_of_marks_goes_on_as_words():
    shown = untrusted.pieces("\u202e!" * 301)

    assert (len(shown), shown[-1]) == (600, "!‹RLO›!")


def test_no_text_makes_breaking_addresses_slow():
    began = time.process_time()

    for text in (
        "a." * 10_000,
        "a" * 20_000,
        "." * 20_000,
        "a-" * 10_000,
        "@" * 20_000,
        "x://" * 5_000,
        "a.b_" * 5_000,
    ):
        untrusted.defang(text)

    assert time.process_time() - began < 5


@given(HOSTILE)
def test_pieces_never_hold_a_live_address_or_a_hidden_character(text):
    shown = [piece if isinstance(piece, str) else piece.label for piece in untrusted.pieces(text)]

    assert [part for part in shown if "://" in part or BIDI & set(part)] == []


@given(HOSTILE)
def test_plain_is_one_line_without_live_addresses(text):
    line = untrusted.plain(text)

    assert (line.splitlines() or [""], "http://" in line.lower(), BIDI & set(line)) == ([line], False, set())


@given(HOSTILE, st.integers(1, 40))
def test_cut_loses_nothing(text, limit):
    parts = untrusted.pieces(text)

    shown, rest = untrusted.cut(parts, limit)

    assert _words(shown) + _words(rest) == _words(parts)


@pytest.mark.parametrize(
    ("text", "keep", "expected"),
    [
        ("short", 12, "short"),
        ("exactly-13-ch", 12, "exactly-13-ch"),
        ("ac_0123456789abcdef_f19b", 12, "ac_01234…f19b"),
        ("a\u202eb", 12, "a‹RLO›b"),
    ],
)
def test_middle_keeps_both_ends(text, keep, expected):
    assert untrusted.middle(text, keep) == expected


def _words(parts):
    return "".join(piece if isinstance(piece, str) else piece.label for piece in parts)
