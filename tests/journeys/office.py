"""A world in which each list has two rows or more, for whoever walks through all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any


def fill(person: Any, takeover: Callable[..., Any]) -> None:
    """Let a person do everything, and give every list something to show."""
    from django.contrib.auth.models import Group
    from guardian.shortcuts import assign_perm

    from cases.models import Queue

    person.groups.set(Group.objects.all())
    for queue in Queue.objects.all():
        for right in ("review_queue", "lead_queue", "bulk_queue"):
            assign_perm(right, person, queue)
    cases = [takeover(f"a-{number}", score=0.9 - number / 10) for number in range(3)]
    _decide(person)
    _tell(person, cases)
    _refuse_mute_and_build(person)


def _decide(person: Any) -> None:
    from tests.cases import build

    for name in ("a-decided", "a-decided-too"):
        build.decision(build.held_case(person, name))


def _tell(person: Any, cases: list[Any]) -> None:
    """Put two things into the inbox, two aside, two views and two drafts of bulk jobs."""
    from django.db import transaction

    from cases.enums import InboxKind
    from cases.services import inbox, view_edits
    from cases.services.bulk import drafts
    from tests.factories import NOON

    with transaction.atomic():
        for case in cases[:2]:
            inbox.tell(person, InboxKind.MENTION, now=NOON, case=case)
    for name, words in (("Severe", "severity:>=high"), ("Open", "is:open")):
        view_edits.save(actor=person, queue=cases[0].queue, name=name, address=words, is_shared=True, now=NOON)
        drafts.make(actor=person, queue=cases[0].queue, case_ids=[case.pk for case in cases], now=NOON)


def _refuse_mute_and_build(person: Any) -> None:
    from django.conf import settings
    from django.utils import timezone

    from signals.models import Detector, Entity
    from signals.services import datasets, ingest, mutes
    from tests.factories import NOON

    for number in range(2):
        broken = f'{{"id": "bad-{number}", "type": "login.failed", "data": {{}}}}'.encode()
        ingest.ingest(source="shop", items=[broken], received_at=NOON)
        mutes.mute(
            detector_id=Detector.objects.earliest("pk").pk,
            entity_id=Entity.objects.get(kind="account", external_id=f"a-{number}").pk,
            reason="A known tester",
            length=timedelta(days=30),
            actor=person,
            now=timezone.now(),
        )
        datasets.build(
            abuse_type="account_takeover",
            as_of=NOON,
            out=settings.DATA / "datasets" / str(number),
            actor=person,
            now=NOON,
            folder=str(number),
        )


def lists() -> dict[str, str]:
    """Return the address of each page with a list; the search results are asked for by a form."""
    from cases.models import BulkJob, Case, SavedView

    job, view = BulkJob.objects.latest("pk"), SavedView.objects.earliest("pk")
    case = Case.objects.filter(state="queued").latest("pk")
    return {
        "home": "/",
        "inbox": "/inbox/",
        "queues": "/queues/",
        "queue": "/queues/ato/",
        "view": f"/views/{view.pk}/",
        "my decisions": "/me/decisions/",
        "actions": "/actions/",
        "bulk jobs": "/bulk/",
        "bulk gallery": f"/bulk/{job.pk}/",
        "mutes": "/mutes/",
        "dead letters": "/dead-letters/",
        "labels": "/labels/",
        "datasets": "/datasets/",
        "handbook": "/handbook/",
        "queue settings": "/admin/queues/",
        "audit": "/audit/",
        "account": f"/e/account/{case.entity.ref}/",
    }


def others() -> dict[str, str]:
    """Return addresses of pages that are no lists."""
    from cases.models import Case

    case, closed = Case.objects.filter(state="queued").latest("pk"), Case.objects.filter(state="closed").latest("pk")
    return {
        "case": f"/cases/{case.ref}/",
        "closed case": f"/cases/{closed.ref}/",
        "links": f"/e/account/{case.entity.ref}/links/",
        "print": f"/cases/{closed.ref}/print/",
        "new case": "/cases/new/",
        "search": "/search/",
        "policy": "/handbook/ato/",
        "display": "/me/display/",
        "wellbeing": "/me/wellbeing/",
        "my times": "/me/times/",
        "times": "/times/",
        "health": "/queues/ato/health/",
        "promises": "/admin/queues/ato/",
        "routing": "/admin/routing/",
        "sampling": "/sampling/",
        "delivery": "/delivery/",
        "status": "/status/",
        "new table": "/datasets/new/",
    }
