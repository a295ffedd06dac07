"""Deciding takes at most twelve statements, with a note and without, whichever preset, whatever the evidence."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from cases.models import Action, Case, Decision, Note, Queue
from cases.services import claims, correlation
from tests import factories
from tests.cases import build
from tests.cases.web.statements import counted

pytestmark = pytest.mark.django_db
BUDGET = 12


@pytest.fixture
def reviewer(cleo):
    """Let Cleo review every queue."""
    for queue in Queue.objects.all():
        assign_perm("review_queue", cleo, queue)
    return cleo


def trigger(queue, name):
    """Store what a case of this queue is about; every preset finds its targets, some in older events only."""
    build.payout(f"payout-{name}", f"account-{name}", 500)
    if queue == "ato" and name == "late":
        return factories.event("login.failed", factories.NOON, context={"ip": "~ip-9"}), ("ip", "~ip-9")
    if queue == "ato":
        return build.login(f"account-{name}"), ("account", f"account-{name}")
    if queue == "phishing":
        message = factories.event(
            "message.sent", factories.NOON, message=f"m-{name}", sender=f"s-{name}", recipient="r", text="x"
        )
        return message, ("message", f"m-{name}")
    if queue == "payments":
        paid = factories.event(
            "payment.captured",
            factories.NOON,
            payment=f"p-{name}",
            buyer=f"b-{name}",
            seller=f"account-{name}",
            amount=7,
        )
        return paid, ("payment", f"p-{name}")
    listed = f"l-{name}"
    factories.event("listing.created", factories.after(-60), listing=listed, seller=f"account-{name}", title="x")
    report = factories.event("report.created", factories.NOON, reporter="r-1", reason="drugs")
    return report, ("listing", listed)


def held_case(reviewer, queue):
    """Hold the first of two cases of a queue."""
    for name, score in (("first", 0.99), ("next", 0.5)):
        event, subject = trigger(queue, name)
        build.signal(
            factories.entity(*subject), Queue.objects.get(slug=queue).abuse_type_id, events=(event,), score=score
        )
    correlation.correlate_pending(limit=10, now=factories.NOON)
    return claims.claim(
        case_id=Case.objects.filter(queue__slug=queue).earliest("-priority").pk, actor=reviewer, now=factories.NOON
    )


def decide(client, case, **fields):
    """Return the answer and the statements that count."""
    seen = {"queue": case.queue.slug, "version": case.version, "fence": case.fence, "form_key": f"key-{case.pk}"}
    client.get(f"/queues/{case.queue.slug}/")
    with CaptureQueriesContext(connection) as statements:
        answer = client.post(f"/cases/{case.ref}/decision/", {**seen, "then": "next", **fields}, HTTP_HX_REQUEST="true")
    return answer, counted(statements)


@pytest.mark.parametrize("note", ["", "Called the owner.", "As @Cleo said."])
@pytest.mark.parametrize(
    "chosen",
    [
        ("ato", 1, 3),
        ("ato", 2, 1),
        ("ato", 3, 0),
        ("phishing", 1, 3),
        ("phishing", 2, 1),
        ("phishing", 3, 0),
        ("payments", 1, 1),
        ("payments", 2, 0),
        ("listings", 1, 1),
        ("listings", 2, 0),
        ("listings", 3, 0),
    ],
)
def test_decide_and_next_with_every_preset_and_a_note_needs_at_most_twelve_statements(chosen, note, reviewer, sign_in):
    queue, preset, actions = chosen
    case = held_case(reviewer, queue)

    answer, statements = decide(sign_in(reviewer), case, preset=preset, note=note)

    assert (answer.status_code, Decision.objects.count(), Action.objects.count()) == (200, 1, actions)
    assert Case.objects.filter(state="reviewing").count() == 1
    assert Note.objects.count() == bool(note)
    assert len(statements) <= BUDGET, "\n".join(statements)


def test_deciding_about_an_address_reads_its_account_and_payouts_and_still_needs_at_most_twelve(reviewer, sign_in):
    event, subject = trigger("ato", "late")
    build.signal(factories.entity(*subject), events=(event,))
    correlation.correlate_pending(limit=10, now=factories.NOON)
    case = claims.claim(case_id=Case.objects.get().pk, actor=reviewer, now=factories.NOON)
    build.login("account-late", context={"ip": "~ip-9"})
    build.case("a-2")

    answer, statements = decide(sign_in(reviewer), case, preset=1, note="Called the owner.")

    assert (answer.status_code, Action.objects.count(), Note.objects.count()) == (200, 3, 1)
    assert len(statements) == BUDGET - 1, "\n".join(statements)


def test_decide_and_next_needs_at_most_twelve_statements_whatever_the_evidence(ada, sign_in):
    found = []
    for number in (1, 50):
        events = tuple(build.login(f"many-{number}", factories.after(-index)) for index in range(number))
        build.signal(factories.entity("account", f"many-{number}"), events=events, score=0.99)
        build.correlation.correlate_pending(limit=100, now=factories.NOON)
        case = build.held_case(ada, f"first-{number}")
        answer, statements = decide(sign_in(ada), case, preset=1, note="Called the owner.")
        assert answer.status_code == 200
        found.append(statements)

    assert len(found[0]) == len(found[1])
    assert len(found[1]) <= BUDGET, "\n".join(found[1])


@pytest.mark.parametrize("then", ["next", "stay"])
def test_the_last_case_of_a_queue_needs_at_most_twelve_statements_too(then, ada, sign_in):
    answer, statements = decide(sign_in(ada), build.held_case(ada), preset=1, note="Called the owner.", then=then)

    assert answer.status_code == 200
    assert len(statements) <= BUDGET, "\n".join(statements)
