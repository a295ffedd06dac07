"""Undo of every kind of action that can be taken back, on the marketplace's own ledger; held ones never leave."""

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from cases.action_kinds import KINDS
from cases.enums import ActionMode
from cases.models import Action, Case, Policy, Queue, Reason
from cases.services import catalogue, claims, correlation, enforcement
from signals.enums import CLASS_VERDICT
from tests import factories
from tests.cases import build
from tests.cases.market import Market
from tests.cases.web.test_decision_statements import held_case, reviewer  # noqa: F401  (fixture)
from tscore.core.models import AuditEvent
from tscore.marketplace.server import serve

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HTTP_HX_REQUEST": "true"}
WHERE = {
    "account.suspend": "ato",
    "account.restrict": "ato",
    "payout.hold": "ato",
    "listing.hide": "listings",
    "message.retract": "phishing",
    "entity.block": "phishing",
}


@pytest.fixture
def market(tmp_path, settings):
    running = serve(tmp_path, secret=settings.WEBHOOK_SECRET, console_url=None, key=None)
    settings.MARKETPLACE_URL = running.url
    yield Market(running.url)
    running.stop()
    catalogue.forget()


def deliver():
    while enforcement.deliver_pending(limit=100, now=timezone.now()):
        pass


def held_listing(person):
    """Hold a case whose evidence names the listing itself."""
    offer = factories.event("listing.created", factories.NOON, listing="l-1", seller="s-1", title="x")
    build.signal(factories.entity("listing", "l-1"), "prohibited_item", events=(offer,))
    correlation.correlate_pending(limit=10, now=factories.NOON)
    return claims.claim(case_id=Case.objects.get().pk, actor=person, now=factories.NOON)


def held_message(person):
    """Hold a case about a message that names a domain."""
    sent = factories.event(
        "message.sent", factories.NOON, message="m-1", sender="s-1", recipient="r-1", text="x", domains=("bad.example",)
    )
    build.signal(factories.entity("message", "m-1"), "phishing", events=(sent,))
    correlation.correlate_pending(limit=10, now=factories.NOON)
    return claims.claim(case_id=Case.objects.get().pk, actor=person, now=factories.NOON)


HOLD = {"listing.hide": held_listing, "entity.block": held_message}


def decide(client, person, kind, queue):
    """Decide a case of a queue by this one action."""
    case = HOLD[kind](person) if kind in HOLD else held_case(person, queue)
    policy = Policy.objects.get(slug=queue)
    if kind not in policy.action_kinds:
        Policy.objects.filter(pk=policy.pk).update(action_kinds=[*policy.action_kinds, kind])
        catalogue.forget()
    label = next(label for label in policy.label_classes if CLASS_VERDICT[label] == "bad")
    reason = Reason.objects.filter(policy=policy, label_classes__contains=[label]).first()
    chosen = {"preset": "own", "record_of": "own", "policy": policy.pk, "label": label, "reason": reason.pk}
    seen = {"queue": queue, "version": case.version, "fence": case.fence, "form_key": f"key-{case.pk}", "then": "stay"}
    client.post(f"/cases/{case.ref}/decision/", {**seen, **chosen, "action": [kind]}, **HTMX)
    return case


def test_every_kind_that_has_an_inverse_is_tried():
    offered = {kind.kind for kind in KINDS.values() if kind.inverse and kind.is_offered}

    assert offered == set(WHERE)


@pytest.mark.parametrize("kind", WHERE)
def test_undo_reverses_what_is_done_and_both_are_on_the_ledger(kind, market, reviewer, sign_in):  # noqa: F811
    client = sign_in(reviewer)
    case = decide(client, reviewer, kind, WHERE[kind])
    deliver()
    html = client.get(f"/cases/{case.ref}/").content.decode()

    client.post(re.search(r'action="(/decisions/\d+/reversal/)"', html)[1], **HTMX)
    deliver()

    lines = market.ledger()
    targets = {line["target"]["id"] for line in lines}
    states = list(Action.objects.order_by("pk").values_list("kind", "state"))
    assert ([line["kind"] for line in lines], len(targets)) == ([kind, KINDS[kind].inverse], 1)
    assert states == [(kind, "compensated"), (KINDS[kind].inverse, "done")]
    assert AuditEvent.objects.filter(verb__in=["action.done", "action.compensated"]).count() == 3


HELD = [("account.warn", "ato"), ("message.warn_recipients", "phishing")]


@pytest.mark.parametrize(("kind", "queue"), HELD)
def test_a_held_action_that_is_taken_back_in_time_never_leaves(kind, queue, market, reviewer, sign_in):  # noqa: F811
    client = sign_in(reviewer)
    decide(client, reviewer, kind, queue)
    deliver()
    early = market.effects()
    html = client.get("/me/decisions/").content.decode()

    client.post(re.search(r'action="(/decisions/\d+/reversal/)"', html)[1])
    Action.objects.update(next_at=Now() - timedelta(seconds=1))
    deliver()

    assert (KINDS[kind].mode, early, market.effects()) == (ActionMode.HELD, [], [])
    assert Action.objects.get().state == "cancelled"


@pytest.mark.parametrize(("kind", "queue"), [*HELD, ("account.reset_password", "ato")])
def test_what_cannot_be_taken_back_any_more_is_named(kind, queue, market, reviewer, sign_in):  # noqa: F811
    client = sign_in(reviewer)
    decide(client, reviewer, kind, queue)
    Action.objects.update(next_at=Now() - timedelta(seconds=1))
    deliver()

    html = client.get("/me/decisions/").content.decode()
    answer = client.post(re.search(r'action="(/decisions/\d+/reversal/)"', html)[1], **HTMX)

    assert f"Cannot be taken back: {KINDS[kind].done_sentence}." in answer.content.decode()
    assert len(market.effects()) == 1
    assert Queue.objects.filter(slug=queue, cases__state="reviewing").exists()
