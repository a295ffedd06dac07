"""The rest of a scene: texts where colleagues, saved things and refused items bring them, and pages made on request."""

from __future__ import annotations

import json
from datetime import timedelta

from django.utils import timezone

from cases.models import BulkJob, Case, Queue
from cases.services import claims, notes, view_edits
from signals.models import Detector, Entity
from signals.services import ingest, mutes
from tests import factories
from tests.cases import build

HTMX = {"HTTP_HX_REQUEST": "true"}


def brought(texts, colleague, actor):
    """Let a colleague call, mute and decide, the actor save views, and a sender be refused, all with these texts."""
    case, now = Case.objects.get(entity__external_id="seller"), timezone.now()
    devices = Entity.objects.filter(kind="device").order_by("pk")
    detector = Detector.objects.get(name="test.account_takeover").pk
    terms = {"detector_id": detector, "length": timedelta(days=3), "actor": actor, "now": now}
    for text, device in zip(texts, devices, strict=True):
        notes.add(case_id=case.pk, actor=colleague, text=f"@Cleo {text.replace('@', 'at')[:4000]}", now=factories.NOON)
        mutes.mute(entity_id=device.pk, reason=f"reason {text}"[:300], **terms)
        view_edits.save(
            actor=actor, queue=case.queue, name=f"v {text}"[:40], address="severity:low", is_shared=True, now=now
        )
        item = {"id": f"bad {text}", "type": f"x {text}", "data": {text: text}}
        ingest.ingest(source="shop", items=[json.dumps(item).encode()], received_at=now)
    learnt = claims.claim(
        case_id=Case.objects.get(entity__external_id="learner").pk, actor=colleague, now=factories.NOON
    )
    build.decision(learnt)


def further(client, case):
    """Return the answers of pages whose shape does not hang on what is asked for, by what they show."""
    queued = Queue.objects.get(slug="ato")
    listed = client.post("/bulk/new/", {"form_key": "b", "queue": queued.slug, "case": [case.ref]})
    job = BulkJob.objects.latest("pk").pk
    paths = (
        f"/cases/{case.ref}/print/", f"/cases/{case.ref}/print/?redaction=none&part=timeline&part=links&part=notes",
        f"/cases/{case.ref}/peek/", f"/bulk/{job}/", f"/bulk/{job}/preview/?preset=1", "/bulk/", "/inbox/",
        "/mutes/", "/mutes/new/", "/handbook/ato/", "/me/decisions/", "/actions/",
        f"/cases/new/?about={case.entity.ref}", client.get("/practice/")["Location"],
    )  # fmt: skip
    assert listed.status_code == 303
    return {path: client.get(path) for path in paths}


def asked(client, texts):
    """Return what hangs on the texts: palette and search in all texts asked for each, refused items by their reason."""
    found = [client.get("/dead-letters/")]
    for text in texts:
        found.append(client.post("/palette/", {"q": text[:300]}, **HTMX))
        found.append(client.post("/search/", {"q": text[:300], "wide": "1"}))
    return found


def paper(client, case):
    """Return the case file as PDF."""
    sent = {"redaction": "none", "part": ["timeline", "links", "notes"]}
    return client.post(f"/cases/{case.ref}/case-file.pdf", sent)
