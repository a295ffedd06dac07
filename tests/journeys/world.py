"""A world that has one of everything: what the crawl of all pages walks through."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from tscore.core.groups import GROUPS
from tscore.core.models import User

SCALE = 0.03


def fill(person: User, data: Path) -> None:
    """Play a small demo world; the person may do everything, has decided a case and holds nothing."""
    from cases.models import Queue
    from tests.factories import NOON

    settings.DATA = data  # tables are built there
    person.groups.set(Group.objects.filter(name__in=GROUPS.values()))
    for queue in Queue.objects.all():
        for right in ("review_queue", "lead_queue", "bulk_queue"):
            assign_perm(right, person, queue)
    _play()
    _ring()
    _decide(person)
    _pause()
    keep(person, data, now=NOON)


def keep(person: User, data: Path, *, now: datetime) -> None:
    """Add what a shop that just opened lacks: things refused, muted, arranged, built, listed, kept and answered."""
    _refuse_and_mute(person, now)
    _arrange(person, data, now)
    _ask_for_more(person, now)


def _play() -> None:
    from signals.services import ingest
    from tests.factories import NOON
    from tscore import pipeline
    from tscore.demo import ahead, clockwork, filler, world

    for part in filler.turns(world.build(seed="pages", epoch=NOON, scale=SCALE).events):
        now, items = ahead.moment(part), [json.dumps(event).encode() for event in part]
        ingest.ingest(source=clockwork.SOURCE, items=items, received_at=now)
        pipeline.run_all(clock=lambda: now, leaving_out={"deliver"})  # noqa: B023  (called before the next part)


def _ring() -> None:
    from tests.cases import ring
    from tests.factories import NOON

    ring.share("device", "d-together", "a-ring-1", "a-ring-2", "a-ring-3")
    ring.found("a-ring-1", User.objects.earliest("pk"), at=NOON)


def _decide(person: User) -> None:
    from cases.models import Case
    from cases.services import claims
    from tests.cases import build
    from tests.factories import NOON

    known = Case.objects.filter(state="queued", abuse_type_id="account_takeover", entity__kind="account")
    for case in known.order_by("priority")[:2]:
        build.decision(claims.claim(case_id=case.pk, actor=person, now=NOON))


def _pause() -> None:
    from cases.services import enforcement
    from tests.factories import NOON
    from tscore.core import alarms

    alarms.raise_alarm(enforcement.PAUSED, "critical", "The marketplace says this endpoint is gone (410).", NOON)


def _refuse_and_mute(person: User, now: datetime) -> None:
    from signals.models import Detector
    from signals.services import dead_letter_batches, ingest, mutes

    ingest.ingest(source="shop", items=[b'{"id": "bad", "type": "login.failed", "data": {}}'], received_at=now)
    dead_letter_batches.ask(wanted=dead_letter_batches.Filter(), actor=person, now=now)
    mutes.mute(
        detector_id=Detector.objects.earliest("pk").pk, entity_id=None, reason="A known tester",
        length=timedelta(days=30), actor=person, now=now,
    )  # fmt: skip


def _arrange(person: User, data: Path, now: datetime) -> None:
    from cases.models import Queue, RoutingRule, WorkingCalendar
    from signals.services import datasets

    hours = [[[540, 1080]]] * 5 + [[]] * 2
    WorkingCalendar.objects.create(name="Office hours", time_zone="Europe/Lisbon", hours=hours, spans_until=now)
    payments = Queue.objects.get(slug="payments")
    RoutingRule.objects.create(position=1, name="Much at stake", queue=payments, is_on=False, changed_at=now)
    folder = data / "datasets" / "one"
    datasets.build(abuse_type="account_takeover", as_of=now, out=folder, actor=person, now=now, folder="one")


def _ask_for_more(person: User, now: datetime) -> None:
    """List cases for bulk, keep a view, answer in practice, be told something."""
    from cases.enums import InboxKind
    from cases.models import Case, Decision, Queue
    from cases.services import inbox, practice, view_edits
    from cases.services.bulk import drafts
    from tscore.core import db

    queue = Queue.objects.get(slug="ato")
    listed = list(Case.objects.filter(queue=queue, state="queued").values_list("pk", flat=True)[:5])
    drafts.make(actor=person, queue=queue, case_ids=listed, now=now)
    view_edits.save(actor=person, queue=queue, name="Severe", address="severity:>=high", is_shared=True, now=now)
    made = Decision.objects.earliest("pk")
    practice.answer(
        decision=made, person=person, policy_id=made.policy_id, action_kinds=[], label_class=made.label_class,
        reason_id=made.reason_id or 0, now=now,
    )  # fmt: skip
    db.in_transaction(lambda: inbox.tell(person, InboxKind.MENTION, now=now, case=made.case))
