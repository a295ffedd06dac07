"""What may be decided, kept per process."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Policy, Queue
from cases.services import catalogue
from signals.models import AbuseType


def test_current_costs_nothing_while_it_is_fresh(db):
    catalogue.current()

    with CaptureQueriesContext(connection) as captured:
        catalogue.current()

    assert len(captured) == 0


def test_current_is_read_again_when_the_check_finds_a_change(db, monkeypatch):
    before = catalogue.current()
    monkeypatch.setattr(catalogue, "CHECK_S", -1)
    unchanged = catalogue.current()
    old = Policy.objects.get(slug="ato")
    Policy.objects.filter(pk=old.pk).update(in_force=False)
    new = Policy.objects.create(
        slug="ato", version=2, abuse_type_id=old.abuse_type_id, name=old.name, text="New.", label_classes=["legit"]
    )

    try:
        assert unchanged is before
        assert catalogue.current().policies_of("account_takeover") == [new]
    finally:
        catalogue.forget()


def test_queue_opened_since_the_last_check_is_held_at_once(db):
    catalogue.current()
    like = Queue.objects.get(slug="ato")
    opened = Queue.objects.create(
        slug="new", name="New", position=99, abuse_type=AbuseType.objects.create(slug="new", name="New", position=99),
        subject_roles=like.subject_roles, due_minutes=like.due_minutes, stake_rule=like.stake_rule,
        stake_unit_minor=like.stake_unit_minor,
    )  # fmt: skip

    try:
        assert opened.pk not in catalogue.current().queues
        assert catalogue.holding([opened.pk]).queues[opened.pk] == opened
        assert catalogue.current().abuse_types["new"].name == "New"
    finally:
        catalogue.forget()


def test_queue_of_an_abuse_type(db):
    assert catalogue.current().queue_of("phishing").slug == "phishing"
    assert catalogue.current().queue_of("nothing") is None
