"""What is said of a list of rules is true of every case: looked at with random lists and random cases."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.services.rulebook import regions
from cases.services.rulebook.rules import Condition, Rule, first_match, fits, read
from cases.services.rulebook.warnings import Oddity, uncovered, warnings

TYPES = ("account_takeover", "phishing")
QUEUE_OF = {"account_takeover": 1, "phishing": 2}
STEPS = ("info", "low", "medium", "high", "critical")
COUNTRIES = ("PT", "DE", "FR")
DETECTORS = ("ato.stuffing", "ato.payout")
EDGES = (0.0, 0.5, 1.0, 10.0)

step_conditions = st.builds(
    Condition, st.just("severity"), st.sampled_from(("is", "is_not", "at_least", "at_most")), st.sampled_from(STEPS)
)
word_conditions = st.builds(
    Condition, st.just("country"), st.sampled_from(("in", "not_in")),
    st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=2, unique=True).map(tuple),
)  # fmt: skip
number_conditions = st.builds(
    Condition, st.sampled_from(("stake", "subject_age")), st.sampled_from(("at_least", "at_most")),
    st.sampled_from(EDGES),
)  # fmt: skip
set_conditions = st.builds(
    Condition, st.just("detector"), st.sampled_from(("contains", "lacks")), st.sampled_from(DETECTORS)
)
type_conditions = st.builds(Condition, st.just("abuse_type"), st.just("is"), st.sampled_from(TYPES))
any_condition = st.one_of(step_conditions, word_conditions, number_conditions, set_conditions, type_conditions)


@st.composite
def rule_lists(draw):
    rules = []
    for number in range(draw(st.integers(1, 5))):
        abuse_type = draw(st.sampled_from(TYPES))
        rules.append(
            Rule(
                id=number + 1,
                name=f"r{number}",
                queue_id=draw(st.sampled_from((QUEUE_OF[abuse_type], QUEUE_OF[abuse_type] + 10))),
                abuse_type=abuse_type,
                conditions=tuple(draw(st.lists(any_condition, max_size=3))),
                is_on=draw(st.booleans()) or draw(st.booleans()),
            )
        )
    return rules


@st.composite
def cases(draw):
    facts = dict(regions.example({}))
    facts |= {
        "abuse_type": draw(st.sampled_from(TYPES)),
        "severity": draw(st.sampled_from(STEPS)),
        "country": draw(st.sampled_from((*COUNTRIES, "SE", None))),
        "stake": draw(st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0, 5.0, 10.0, 11.0))),
        "subject_age": draw(st.sampled_from((0.0, 0.5, 2.0, None))),
        "detector": draw(st.frozensets(st.sampled_from((*DETECTORS, "other")))),
    }
    return facts


@settings(max_examples=150, deadline=None)
@given(rule_lists(), st.lists(cases(), min_size=1, max_size=20))
def test_unreachable_rules_are_never_first(rules, facts):
    dead = {w.place for w in warnings(rules) if w.kind in (Oddity.NEVER, Oddity.SHADOWED)}

    taken = {rules.index(rule) for one in facts if (rule := first_match(rules, one)) is not None}

    assert taken & dead == set()


@settings(max_examples=150, deadline=None)
@given(rule_lists())
def test_every_other_rule_is_first_for_some_case(rules):
    dead = {w.place for w in warnings(rules) if w.kind in (Oddity.NEVER, Oddity.SHADOWED)}
    for place, rule in enumerate(rules):
        if not rule.is_on or place in dead:
            continue
        earlier = [regions.of_rule(before) for before in rules[:place] if before.is_on]
        left = uncovered(regions.of_rule(rule), earlier)

        assert left
        assert first_match(rules, regions.example(left[0])) == rule


@settings(max_examples=150, deadline=None)
@given(rule_lists(), st.lists(cases(), min_size=1, max_size=20))
def test_rules_fit_exactly_the_cases_of_their_region(rules, facts):
    for rule in rules:
        left = regions.of_rule(rule)
        if rule.is_on and not regions.is_empty(left):
            assert fits(rule, regions.example(left))
        if rule.is_on and regions.is_empty(left):
            assert not any(fits(rule, one) for one in facts)


@settings(max_examples=150, deadline=None)
@given(rule_lists(), st.lists(cases(), min_size=1, max_size=20))
def test_needless_rules_change_nothing(rules, facts):
    needless = {w.place for w in warnings(rules, default_of=QUEUE_OF) if w.kind is Oddity.NEEDLESS}
    kept = [rule for place, rule in enumerate(rules) if place not in needless]

    def queue_of(one, among):
        rule = first_match(among, one)
        return rule.queue_id if rule else QUEUE_OF[one["abuse_type"]]

    assert [queue_of(one, rules) for one in facts] == [queue_of(one, kept) for one in facts]


@settings(max_examples=150, deadline=None)
@given(rule_lists(), st.lists(cases(), min_size=1, max_size=20), st.data())
def test_exchanging_neighbours_matters_only_where_they_overlap(rules, facts, data):
    if len(rules) < 2:
        return
    place = data.draw(st.integers(0, len(rules) - 2))
    one, two = rules[place], rules[place + 1]
    apart = regions.is_empty(regions.both(regions.of_rule(one), regions.of_rule(two)))
    other = [*rules[:place], two, one, *rules[place + 2 :]]

    if apart or one.queue_id == two.queue_id:
        queues = [[getattr(first_match(some, fact), "queue_id", None) for fact in facts] for some in (rules, other)]
        assert queues[0] == queues[1]


def rule(number, *rows, queue=11, abuse_type="account_takeover"):
    return Rule(number, f"r{number}", queue, abuse_type, read(rows))


def kinds(rules):
    return [(w.kind, w.place, w.earlier) for w in warnings(rules)]


def test_rule_that_contradicts_itself_can_never_fit():
    assert kinds([rule(1, ("stake", "at_least", "10"), ("stake", "at_most", "9.99"))]) == [(Oddity.NEVER, 0, ())]


def test_rule_that_asks_for_another_abuse_type_than_its_queue_takes_can_never_fit():
    assert kinds([rule(1, ("abuse_type", "is", "phishing"))]) == [(Oddity.NEVER, 0, ())]


def test_two_rules_together_can_hide_a_third():
    rules = [
        rule(1, ("severity", "at_least", "high")),
        rule(2, ("severity", "at_most", "medium")),
        rule(3, ("country", "is", "PT")),
    ]

    assert kinds(rules) == [(Oddity.SHADOWED, 2, (0, 1))]


def test_an_exception_before_the_general_rule_is_no_conflict():
    assert kinds([rule(1, ("stake", "at_least", "500")), rule(2, queue=12)]) == []


def test_rules_that_overlap_conflict():
    rules = [rule(1, ("stake", "at_least", "500")), rule(2, ("country", "is", "PT"), queue=12)]

    assert kinds(rules) == [(Oddity.CONFLICT, 1, (0,))]


def test_rules_that_are_off_are_not_looked_at():
    off = Rule(1, "off", 11, "account_takeover", (), is_on=False)

    assert kinds([off, rule(2)]) == []
