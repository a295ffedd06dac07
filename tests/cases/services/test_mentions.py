"""Who is called by `@Name`: whole names, spaces in them, never an e-mail address."""

import pytest

from cases.services import mentions

PEOPLE = [(1, "Ada"), (2, "Ada Lovelace"), (3, "Zoë O'Neil"), (4, "Jean-Luc (Paris) + Co."), (5, "Ada"), (6, "  ")]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Ada", [1, 5]),
        ("Look, @ada lovelace: here", [2]),
        ("@Ada\n  Lovelace", [2]),
        ("@Ada Lovelaces", [1, 5]),
        ("(@ADA's case)", [1, 5]),
        ("@Zoe\u0308 O'Neil and @Ada Lovelace", [3, 2]),
        ("@Jean-Luc (Paris) + Co. please", [4]),
        ("@Ada @Ada", [1, 5]),
        ("ada@example.com, x@Ada, a/@Ada, @ Ada, @@Ada", []),
    ],
)
def test_read_finds_whole_names(text, called):
    assert mentions.read(text, PEOPLE) == mentions.Mentions(called, [])


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("@Adam and @Ada", ["Adam"]),
        ("@Ben, @Ben, @Mallory", ["Ben", "Mallory"]),
        ("@A\u202eda", ["A"]),
        ("@\u0410da", ["\u0410da"]),
        ("@\u017ftranger", ["\u017ftranger"]),
    ],
)
def test_read_names_what_is_no_name_of_anybody(text, unknown):
    assert mentions.read(text, PEOPLE).unknown == unknown


def test_read_calls_nobody_where_nobody_may_be_called():
    assert mentions.read("@Ada", []) == mentions.Mentions([], ["Ada"])
