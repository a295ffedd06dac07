"""The pages of routing and promises: who may open them, what is shown before saving, and that sending twice is once."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from guardian.shortcuts import assign_perm

from cases.models import Case, Preset, Queue, RoutingRule, SlaPolicy, WorkingCalendar
from cases.services import catalogue, routing_edits
from cases.services.routing import rules
from tests import factories
from tests.cases import build
from tests.cast import person
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db

PAGES = ("/admin/queues/", "/admin/queues/ato/", "/admin/routing/", "/admin/routing/rules/new/",
         "/admin/calendars/new/", "/queues/ato/health/")  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_catalogue():
    catalogue.forget()
    yield
    catalogue.forget()


@pytest.fixture
def dora(db):
    """Somebody who administers and leads nothing."""
    return person("Dora", "admin")


@pytest.fixture
def big(queue_a, cleo):
    """A second queue for account takeovers, led by Cleo."""
    made = Queue.objects.create(
        slug="ato-big", name="Big takeovers", position=9, abuse_type=queue_a.abuse_type, is_default=False,
        subject_roles=queue_a.subject_roles, due_minutes=queue_a.due_minutes, stake_rule=queue_a.stake_rule,
    )  # fmt: skip
    assign_perm("review_queue", cleo, made)
    assign_perm("lead_queue", cleo, made)
    return made


def new_rule(queue, *rows, name="Much at stake"):
    data = {"what": "add", "rule": "0", "name": name, "queue": str(queue.pk)}
    for number, row in enumerate(rows):
        data |= dict(zip((f"attribute_{number}", f"operator_{number}", f"value_{number}"), row, strict=True))
    return data


def hidden(answer):
    """Return the fields of the form that saves, as a browser without scripts would send them."""
    form = answer.content.decode().rpartition('action="/admin/routing/"')[2]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def recent_case(name, **fields):
    return build.case(name, at=timezone.now() - timedelta(hours=1), **fields)


@pytest.mark.parametrize("page", PAGES)
def test_leads_and_administrators_open_the_page(page, cleo, dora, sign_in):
    assert [sign_in(who).get(page).status_code for who in (cleo, dora)] == [200, 200]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_does_not_exist_for_others(page, ada, mallory, analyst, auditor, sign_in):  # noqa: PLR0917
    assert [sign_in(who).get(page).status_code for who in (ada, mallory, analyst, auditor)] == [404] * 4


def test_lead_finds_no_health_and_no_promises_of_a_queue_led_by_others(cleo, sign_in):
    client = sign_in(cleo)

    assert [client.get(page).status_code for page in ("/queues/listings/health/", "/admin/queues/listings/")] == [
        404
    ] * 2


def test_rule_is_shown_before_it_is_saved(cleo, sign_in, big, queue_a):
    for number, severity in enumerate(("critical", "high", "low")):
        recent_case(f"a-{number}", severity=severity)

    answer = sign_in(cleo).post("/admin/routing/preview/", new_rule(big, ("severity", "at_least", "high")))

    assert answer.status_code == 200
    loads = {
        load.queue.slug: (load.now, load.then, load.grave_now, load.grave_then) for load in answer.context["run"].loads
    }
    assert (loads["ato"], loads["ato-big"]) == ((3, 1, 2, 0), (0, 2, 0, 2))
    assert (answer.context["run"].moved, RoutingRule.objects.count()) == (2, 0)


def test_saved_rule_is_in_force_and_in_the_trail(cleo, sign_in, big):
    client = sign_in(cleo)
    shown = client.post("/admin/routing/preview/", new_rule(big, ("stake", "at_least", "10")))

    answer = client.post("/admin/routing/", hidden(shown))

    assert (answer.status_code, answer["Location"]) == (303, "/admin/routing/")
    rule = RoutingRule.objects.get()
    assert (rule.conditions, rule.queue, rule.version) == ([["stake", "at_least", 10.0]], big, 1)
    entry = AuditEvent.objects.get(verb="routing.changed")
    assert (entry.actor, entry.object_ref, entry.after["change"]) == (cleo, f"rule-{rule.pk}", "add")
    assert build.case().queue == big


def test_saving_twice_adds_one_rule(cleo, sign_in, big):
    client = sign_in(cleo)
    fields = hidden(client.post("/admin/routing/preview/", new_rule(big)))

    answers = [client.post("/admin/routing/", fields).status_code for _ in range(2)]

    assert (answers, RoutingRule.objects.count()) == ([303, 303], 1)


def test_rules_changed_meanwhile_are_looked_at_again(cleo, sign_in, big):
    client = sign_in(cleo)
    fields = hidden(client.post("/admin/routing/preview/", new_rule(big)))
    RoutingRule.objects.create(name="other", position=1, queue=big, changed_at=factories.NOON)

    answer = client.post("/admin/routing/", fields)

    assert (answer.status_code, RoutingRule.objects.count()) == (409, 1)


def test_unreachable_rule_is_told_before_saving(cleo, sign_in, big):
    RoutingRule.objects.create(name="all", position=1, queue=big, changed_at=factories.NOON)

    answer = sign_in(cleo).post("/admin/routing/preview/", new_rule(big, ("severity", "is", "low")))

    assert "Rule 2 is never reached: rule 1 took it all." in answer.content.decode()


def test_condition_that_cannot_be_read_comes_back_with_its_number(cleo, sign_in, big):
    data = new_rule(big, ("severity", "is", "low"), ("stake", "is", "5"))

    answer = sign_in(cleo).post("/admin/routing/preview/", data)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Condition 2:" in text
    assert 'value="stake" selected' in text


def test_rule_is_edited_moved_and_switched_off(cleo, sign_in, big, queue_a):
    one, two = (
        RoutingRule.objects.create(name=name, position=place, queue=big, changed_at=factories.NOON,
                                   conditions=[["stake", "at_least", float(place)]])
        for place, name in enumerate(("one", "two"), start=1)
    )  # fmt: skip
    client = sign_in(cleo)

    def change(data):
        return client.post("/admin/routing/", hidden(client.post("/admin/routing/preview/", data))).status_code

    edited = new_rule(big, ("country", "in", "PT, DE"), name="two b") | {"what": "edit", "rule": str(two.pk)}
    answers = [
        change({"what": "up", "rule": str(two.pk)}), change(edited), change({"what": "off", "rule": str(one.pk)})
    ]  # fmt: skip

    assert answers == [303] * 3
    assert [(rule.name, rule.is_on) for rule in rules()] == [("two b", True), ("one", False)]
    assert list(RoutingRule.objects.values_list("name", "position", "version")) == [("two b", 1, 3), ("one", 2, 2)]
    assert AuditEvent.objects.filter(verb="routing.changed").count() == 3
    assert "PT, DE" in client.get(f"/admin/routing/rules/{two.pk}/").content.decode()


def test_lead_cannot_send_cases_to_a_queue_led_by_others(cleo, sign_in):
    answer = sign_in(cleo).post("/admin/routing/preview/", new_rule(Queue.objects.get(slug="listings")))

    assert answer.status_code == 422


def test_lead_cannot_switch_off_a_rule_of_a_queue_led_by_others(cleo, sign_in):
    rule = RoutingRule.objects.create(
        name="x", position=1, queue=Queue.objects.get(slug="listings"), changed_at=factories.NOON
    )
    client = sign_in(cleo)

    answer = client.post(
        "/admin/routing/", hidden(client.post("/admin/routing/preview/", {"what": "off", "rule": rule.pk}))
    )

    assert answer.status_code == 403
    assert RoutingRule.objects.get().is_on


def test_dry_run_counts_what_routing_did(big, queue_a):
    rule = RoutingRule.objects.create(
        name="r", position=1, queue=big, conditions=[["severity", "at_least", "high"]], changed_at=factories.NOON
    )
    for number, severity in enumerate(("critical", "high", "low", "medium", "high")):
        build.case(f"a-{number}", severity=severity)

    run = routing_edits.dry_run(before=[], after=rules(), now=factories.NOON)

    assert {load.queue.slug: load.then for load in run.loads if load.then} == {
        slug: Case.objects.filter(queue__slug=slug).count() for slug in ("ato", "ato-big")
    }
    assert (run.looked_at, run.opened, run.moved) == (5, 5, Case.objects.filter(routing_rule=rule).count())


def test_queue_is_split_with_presets_promises_and_people(cleo, ada, sign_in, queue_a):
    data = {"like": queue_a.pk, "name": "Big takeovers", "slug": "ato-big", "form_key": "k"}
    client = sign_in(cleo)

    answers = [client.post("/admin/queues/", data).status_code for _ in range(2)]

    new = Queue.objects.get(slug="ato-big")
    assert answers == [303, 303]
    assert not new.is_default
    assert Preset.objects.filter(queue=new).count() == Preset.objects.filter(queue=queue_a).count() > 0
    assert SlaPolicy.objects.filter(queue=new).count() == 5
    assert sign_in(ada).get("/queues/ato-big/").status_code == 200
    assert sign_in(cleo).get("/queues/ato-big/health/").status_code == 200


def test_case_sent_to_a_split_queue_is_decided_there(cleo, ada, sign_in, queue_a):
    sign_in(cleo).post("/admin/queues/", {"like": queue_a.pk, "name": "Big", "slug": "ato-big", "form_key": "k"})
    big = Queue.objects.get(slug="ato-big")
    RoutingRule.objects.create(name="all", position=1, queue=big, changed_at=factories.NOON)

    held = build.held_case(ada)
    build.decision(held)

    assert Case.objects.values_list("queue__slug", "state").get() == ("ato-big", "closed")


def test_word_of_a_queue_is_taken_once(cleo, sign_in, queue_a):
    answer = sign_in(cleo).post("/admin/queues/", {"like": queue_a.pk, "name": "X", "slug": "ato", "form_key": "k"})

    assert answer.status_code == 422
    assert "Another queue has this word in its address." in answer.content.decode()


def promises(**fields):
    minutes = {f"minutes_{word}": 60 for word in ("info", "low", "medium", "high", "critical")}
    return {**minutes, "form_key": "k", **fields}


def test_promises_are_changed_and_asked_for_again(cleo, sign_in, queue_a):
    made = WorkingCalendar.objects.create(name="Office", hours=[[[540, 1020]]] * 7)

    answer = sign_in(cleo).post("/admin/queues/ato/", promises(minutes_critical=20, calendar_high=made.pk))

    assert answer.status_code == 303
    stored = dict(SlaPolicy.objects.filter(queue=queue_a).values_list("severity", "target_minutes"))
    assert stored == {"info": 60, "low": 60, "medium": 60, "high": 60, "critical": 20}
    assert SlaPolicy.objects.get(queue=queue_a, severity="high").calendar == made
    assert Queue.objects.get(pk=queue_a.pk).recompute_after == 0
    assert AuditEvent.objects.get(verb="promises.changed").after["critical"] == [20, None]


def test_graver_cases_are_never_promised_later(cleo, sign_in):
    answer = sign_in(cleo).post("/admin/queues/ato/", promises(minutes_critical=61))

    assert answer.status_code == 422
    assert "Critical: not later than what is less grave." in answer.content.decode()


def test_calendar_is_added_and_edited(cleo, sign_in):
    client = sign_in(cleo)
    data = {
        "name": "Office",
        "time_zone": "Europe/Lisbon",
        "day_0": "09:00-12:30, 13:30-18:00",
        "holidays": "2026-12-25",
    }

    added = client.post("/admin/calendars/new/", data | {"form_key": "k"}).status_code
    made = WorkingCalendar.objects.get()
    changed = client.post(f"/admin/calendars/{made.pk}/", data | {"day_1": "00:00-24:00", "form_key": "l"}).status_code

    made.refresh_from_db()
    assert (added, changed) == (303, 303)
    assert made.hours == [[[540, 750], [810, 1080]], [[0, 1440]], [], [], [], [], []]
    assert made.spans.count() > 100
    assert "09:00-12:30, 13:30-18:00" in client.get(f"/admin/calendars/{made.pk}/").content.decode()


def test_calendar_of_a_queue_led_by_others_is_left_alone(cleo, dora, sign_in):
    made = WorkingCalendar.objects.create(name="Office", hours=[[[540, 1020]]] * 7)
    SlaPolicy.objects.filter(queue__slug="listings").update(calendar=made)
    data = {"name": "Always", "time_zone": "UTC", "day_0": "00:00-24:00", "form_key": "k"}

    answers = [sign_in(who).post(f"/admin/calendars/{made.pk}/", data).status_code for who in (cleo, dora)]

    assert answers == [403, 303]
    assert Queue.objects.get(slug="listings").recompute_after == 0


@pytest.mark.parametrize(
    "wrong",
    [{"day_0": "9 to 5"}, {"day_0": "17:00-09:00"}, {"day_0": ""}, {"time_zone": "Mars/Base"}, {"holidays": "Xmas"},
     {"time_zone": "../../etc/passwd"}],
)  # fmt: skip
def test_calendar_that_cannot_be_kept_is_refused(wrong, cleo, sign_in):
    data = {"name": "Office", "time_zone": "Europe/Lisbon", "day_0": "09:00-17:00", "form_key": "k"} | wrong

    answer = sign_in(cleo).post("/admin/calendars/new/", data)

    assert (answer.status_code, WorkingCalendar.objects.count()) == (422, 0)


def test_health_shows_the_figures(cleo, sign_in):
    recent_case("a-1", severity="high")

    answer = sign_in(cleo).get("/queues/ato/health/")

    found = answer.context["found"]
    assert (found.backlog, found.opened_day, found.closed_day) == (1, 1, 0)
    assert answer.content.decode().count("<rect") == 24 * 3


@pytest.mark.parametrize("size", [1, 3])
def test_lists_take_as_many_statements_for_three_as_for_one(size, cleo, sign_in, big, queue_a):
    for number in range(size):
        RoutingRule.objects.create(name=f"r{number}", position=number, queue=big, changed_at=factories.NOON)
        WorkingCalendar.objects.create(name=f"c{number}", hours=[])
        recent_case(f"a-{number}")
    client = sign_in(cleo)
    client.get("/admin/queues/")  # the first page of a session notes when work began

    counts = []
    for ask in (
        lambda: client.get("/admin/routing/"),
        lambda: client.get("/admin/queues/"),
        lambda: client.post("/admin/routing/preview/", new_rule(big)),
    ):
        catalogue.current()  # it is looked at anew every few seconds
        with CaptureQueriesContext(connection) as asked:
            assert ask().status_code == 200
        counts.append(len(asked))

    assert counts == [6, 7, 9]


def test_plotly_of_another_release_is_not_there(cleo, sign_in):
    assert sign_in(cleo).get("/explore/plotly-0.0.0.js").status_code == 404
