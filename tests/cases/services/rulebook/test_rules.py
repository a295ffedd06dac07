import pytest

from cases.services.rulebook.attributes import ATTRIBUTES, OPERATORS, Shape
from cases.services.rulebook.regions import example
from cases.services.rulebook.rules import BadRule, Condition, Rule, first_match, holds, moved, read, written

FACTS = {**example({}), "abuse_type": "phishing", "severity": "high", "score": 0.8, "stake": 120.0, "signals": 2.0,
         "detector": frozenset({"phishing.kit"}), "country": None, "subject_age": None}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("severity", "is", "high"), True),
        (("severity", "in", "low, critical"), False),
        (("severity", "not_in", "low,critical"), True),
        (("severity", "at_least", "medium"), True),
        (("severity", "at_most", "medium"), False),
        (("stake", "at_least", "120"), True),
        (("stake", "at_most", "119.99"), False),
        (("detector", "contains", "phishing.kit"), True),
        (("detector", "lacks", "phishing.kit"), False),
        (("country", "is", "PT"), False),
        (("country", "is_not", "PT"), True),
        (("subject_age", "at_least", "0"), False),
        (("subject_age", "at_most", "9999"), False),
    ],
)
def test_condition_holds(row, expected):
    assert holds(read([row])[0], FACTS[row[0]]) is expected


@pytest.mark.parametrize(
    "row",
    [
        ("severity", "is", "hgih"),
        ("severity", "contains", "high"),
        ("stake", "is", "5"),
        ("stake", "at_least", "much"),
        ("stake", "at_least", "nan"),
        ("country", "is", ""),
        ("country", "is", "PT,DE"),
        ("shoe_size", "is", "43"),
        ("country", "equals", "PT"),
        ("country", "is"),
    ],
)
def test_what_is_no_question_is_refused(row):
    with pytest.raises(BadRule) as refused:
        read([("lane", "is", "detection"), row])

    assert [field.pointer for field in refused.value.fields] == ["conditions/1"]


def test_too_many_conditions_are_refused():
    with pytest.raises(BadRule):
        read([("lane", "is", "detection")] * 9)


def test_conditions_are_stored_as_they_are_read():
    conditions = read([("country", "in", "PT,DE"), ("stake", "at_least", "5"), ("detector", "lacks", "x")])

    assert read(written(conditions)) == conditions


def test_first_rule_that_fits_wins():
    rules = [
        Rule(1, "off", 9, "phishing", (), is_on=False),
        Rule(2, "other type", 8, "account_takeover", ()),
        Rule(3, "high", 7, "phishing", (Condition("severity", "at_least", "high"),)),
        Rule(4, "all", 6, "phishing", ()),
    ]

    assert first_match(rules, FACTS) == rules[2]
    assert first_match(rules, {**FACTS, "severity": "low"}) == rules[3]
    assert first_match(rules[:3], {**FACTS, "severity": "low"}) is None


def test_rules_move_within_their_list():
    rules = [Rule(number, str(number), 1, "phishing", ()) for number in (1, 2, 3)]

    assert [rule.id for rule in moved(rules, rule_id=2, steps=-1)] == [2, 1, 3]
    assert [rule.id for rule in moved(rules, rule_id=1, steps=-1)] == [1, 2, 3]
    assert [rule.id for rule in moved(rules, rule_id=1, steps=2)] == [2, 3, 1]


def test_every_attribute_can_be_asked_about():
    asked = {shape for operator in OPERATORS.values() for shape in operator.shapes}

    assert {attribute.shape for attribute in ATTRIBUTES.values()} <= asked == set(Shape)
