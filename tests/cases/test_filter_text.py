"""The words of filters: what each term is read as, and where a mistake stands."""

from datetime import timedelta

import pytest

from cases.filter_text import duration, may_stand_in_address, parse, severities


def read(text):
    """Return name, comparison, values and negation of each term, in order."""
    return [(term.name, term.op, term.values, term.is_negated) for term in parse(text).terms]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("severity:high", [("severity", "", ("high",), False)]),
        ("severity:>=medium", [("severity", ">=", ("medium",), False)]),
        ("severity:high,low state:open", [("severity", "", ("high", "low"), False), ("state", "", ("open",), False)]),
        ("age:>2h due:<30m", [("age", ">", ("2h",), False), ("due", "<", ("30m",), False)]),
        ("-label:legit", [("label", "", ("legit",), True)]),
        ("label:ato", [("label", "", ("ato",), False)]),
        ("stake:>500", [("stake", ">", ("500",), False)]),
        ("assignee:me", [("assignee", "", ("me",), False)]),
        ('assignee:"Ada Lovelace"', [("assignee", "", ("ada lovelace",), False)]),
        ("subject:maria@example.org", [("subject", "", ("maria@example.org",), False)]),
        ("kind:listing has:note", [("kind", "", ("listing",), False), ("has", "", ("note",), False)]),
        ("is:risk,late", [("is", "", ("risk", "late"), False)]),
        ('payout "new device"', [("word", "", ("payout",), False), ("word", "", ("new device",), False)]),
        ("SEVERITY:High  -payout", [("severity", "", ("high",), False), ("word", "", ("payout",), True)]),
        ('"open quote', [("word", "", ("open quote",), False)]),
    ],
)  # fmt: skip
def test_terms_are_read(text, terms):
    assert (read(text), parse(text).mistakes) == (terms, ())


@pytest.mark.parametrize(
    ("text", "wrong", "better"),
    [
        ("state:open sevrity:high", "sevrity:high", "state:open severity:high"),
        ("severity:hihg", "severity:hihg", "severity:high"),
        ("severity:>=hig is:late", "severity:>=hig", "severity:>=high is:late"),
        ("-label:legti", "-label:legti", "-label:legit"),
        ("state:closed", "state:closed", ""),
        ("age:2h", "age:2h", "age:>2h"),
        ("due:2h", "due:2h", "due:<2h"),
        ("age:>two", "age:>two", ""),
        ("stake:>5e9", "stake:>5e9", ""),
        ("kind:>account", "kind:>account", "kind:account"),
        ("subject:", "subject:", ""),
        ("colour:blue", "colour:blue", ""),
        ("x", "x", ""),
    ],
)
def test_a_mistake_has_a_place_and_where_possible_a_better_text(text, wrong, better):
    [mistake] = parse(text).mistakes

    assert (text[mistake.start : mistake.end], mistake.better) == (wrong, better)
    assert not better or not parse(better).mistakes


def test_what_is_understood_stays_beside_a_mistake():
    assert read("severity:high colour:blue") == [("severity", "", ("high",), False)]


def test_a_text_without_end_is_refused():
    assert [len(parse("a" * 401).mistakes), len(parse("is:late " * 13).mistakes)] == [1, 1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("severity:>=high", ["high", "critical"]),
        ("severity:>high", ["critical"]),
        ("severity:<medium", ["info", "low"]),
        ("severity:<=low", ["info", "low"]),
        ("severity:low,high", ["low", "high"]),
    ],
)
def test_severities_are_a_ladder(text, words):
    assert severities(parse(text).terms[0]) == words


def test_durations_have_units():
    assert [duration(text) for text in ("30m", "2h", "3d")] == [
        timedelta(minutes=30), timedelta(hours=2), timedelta(days=3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("severity:high", True),
        ("stake:>500", True),
        ("assignee:me", True),
        ("assignee:rv_0abc12de", True),
        ("assignee:ada", False),
        ("subject:en_4k2m9qabcdefgh1", True),
        ("subject:maria@example.org", False),
        ("subject:+351912345678", False),
        ("maria", False),
        ("~c2VhbGVk", True),
    ],
)
def test_what_may_be_personal_may_not_stand_in_an_address(text, may):
    assert may_stand_in_address(parse(text).terms[0]) is may


def test_a_term_is_taken_out_or_replaced():
    asked = parse("severity:high is:late payout")

    assert asked.without("severity") == "is:late payout"
    assert asked.replaced("severity", "severity:low") == "is:late payout severity:low"
