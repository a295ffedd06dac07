import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.features.lookalikes import Folded, deobfuscate, fold, skeleton, unleet

ANY_TEXT = st.text(alphabet=st.characters(), max_size=120)
TRICKY_TEXT = st.text(
    alphabet="aAbilI1|!0o@$ .-_'\u0430\u0406\u200b\u0301\ud800\0\ufb01\u00bd\u0130\U0001f172", max_size=40
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("COCAINE", "cocaine"),
        ("\u0421\u041e\u0421\u0410\u0406NE", "cocaine"),
        ("\uff43\uff4f\uff43\uff41\uff49\uff4e\uff45", "cocaine"),
        ("\U0001d4ec\U0001d4f8\U0001d4ec\U0001d4ea\U0001d4f2\U0001d4f7\U0001d4ee", "cocaine"),
        ("\U0001f172\U0001f17e\U0001f172\U0001f170\U0001f178\U0001f17d\U0001f174", "cocaine"),
        ("co\u200bca\u00adi\u0301ne", "cocaine"),
        ("co\0caine co\ud800caine co\ufffdcaine", "cocaine cocaine cocaine"),
        ("A \u2013 B\u2019s", "a - b's"),
        ("2 bd, 1 ba!", "2 bd, 1 ba!"),
        ("\u65e5\u672c", "\u65e5\u672c"),
        ("", ""),
    ],
)
def test_fold_shows_what_a_reader_sees(text, expected):
    assert fold(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c o c a i n e", "cocaine"),
        ("buy c.o.c.a.i.n.e now", "buy cocaine now"),
        ("co-caine", "cocaine"),
        ("coooocaine", "cocaine"),
        ("$hrooms", "shroms"),
        ("m3th", "meth"),
        ("100 mg", "100 mg"),
        ("call 415-555-0100", "cal 415 555 0100"),
    ],
)
def test_deobfuscate_undoes_spacing_and_leet(text, expected):
    assert deobfuscate(text).text == expected


@pytest.mark.parametrize(
    "text", ["C0CA1NE", "c o c a i n e", "co-caine", "\u0421\u041e\u0421\u0410\u0406NE", "cocalne", "c0ca!ne"]
)
def test_skeleton_is_equal_for_what_looks_alike(text):
    assert skeleton(text) == skeleton("cocaine")


@pytest.mark.parametrize(("word", "one", "expected"), [("c0ca1ne", "i", "cocaine"), ("pi11s", "l", "pills")])
def test_unleet_reads_one_both_ways(word, one, expected):
    assert unleet(word, one=one) == expected


@pytest.mark.parametrize(
    ("text", "found", "original"),
    [
        ("buy c o c a i n e now", "cocaine", "c o c a i n e"),
        ("x C0\u200bCAINE!", "cocaine", "C0\u200bCAINE"),
    ],
)
def test_span_leads_back_to_the_original_words(text, found, original):
    folded = deobfuscate(text)
    start = folded.text.index(found)

    left, right = folded.span(start, start + len(found))

    assert text[left:right] == original


def test_span_of_nothing_is_empty():
    assert (Folded("", ()).span(0, 0), Folded("ab", (0, 3)).span(1, 1), Folded("ab", (0, 3)).span(2, 2)) == (
        (0, 0),
        (3, 3),
        (4, 4),
    )


@given(ANY_TEXT | TRICKY_TEXT)
def test_skeleton_is_idempotent(text):
    once = skeleton(text)

    assert skeleton(once) == once


@pytest.mark.parametrize("rewrite", [fold, deobfuscate])
@given(text=ANY_TEXT | TRICKY_TEXT)
def test_offsets_rise_and_stay_in_range(rewrite, text):
    folded = rewrite(text)

    offsets = list(folded.offsets)
    assert len(offsets) == len(folded.text)
    assert offsets == sorted(offsets)
    assert all(0 <= place < len(text) for place in offsets)


@given(st.text(alphabet=st.characters() | st.sampled_from("\ud800\udfff"), max_size=80))
def test_fold_leaves_nothing_that_cannot_be_stored(text):
    assert [char for char in fold(text).text if char == "\0" or "\ud800" <= char <= "\udfff"] == []


@pytest.mark.parametrize("unit", ["a ", "a-", "@", "a@", "\u0301", "1|", "-_", "aa"])
def test_skeleton_stays_linear_on_hostile_text(unit):
    text = (unit * 64_000)[:64_000]
    started = time.process_time()

    skeleton(text)

    assert time.process_time() - started < 2
