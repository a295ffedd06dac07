"""The disk is nearly full: senders hear 503 and when to try again, and what was accepted is kept and worked on."""

import json
import os
from datetime import UTC, datetime

import pytest
from django.test import Client

from signals.models import Event, Signal
from tests.faults.events import accept_spraying
from tscore import pipeline
from tscore.core import room

NEVER = 2**40
ITEM = {"id": "evt-new", "type": "login.failed", "time": "2026-03-01T10:00:00Z", "data": {"account": "a-17"}}


@pytest.fixture(autouse=True)
def looked(monkeypatch):
    """Let every test look at the disk for itself, and the next test too."""
    monkeypatch.setattr(room, "_looked", None)


def send(token):
    """Send one event over HTTP."""
    headers = {"Authorization": f"Bearer {token}"}
    return Client().post("/api/v1/events", json.dumps([ITEM]), content_type="application/json", headers=headers)


def test_intake_refuses_while_the_disk_is_nearly_full_and_goes_on_with_what_it_has(db, settings, events_token):
    accepted = accept_spraying(at=datetime.now(UTC))
    settings.INTAKE_DISK_FREE_MB = NEVER

    refused = send(events_token)
    pipeline.run_stage("score", clock=lambda: datetime.now(UTC))
    settings.INTAKE_DISK_FREE_MB = 0
    taken = send(events_token)

    assert (refused.status_code, refused["Retry-After"], refused.json()["code"]) == (503, "30", "disk_nearly_full")
    assert sorted(Event.objects.exclude(scored_at=None).values_list("external_id", flat=True)) == sorted(accepted)
    assert Signal.objects.count() > 0
    assert (taken.status_code, taken.json()["items"][0]["status"]) == (200, "new")


def test_many_batches_look_at_the_disk_once_a_second(monkeypatch):
    looks = []
    monkeypatch.setattr(os, "statvfs", lambda folder, real=os.statvfs: looks.append(folder) or real(folder))

    for _ in range(100):
        room.require_room()

    assert len(looks) == 1


def test_where_there_is_no_folder_nothing_is_refused(settings, tmp_path):
    settings.DATA = tmp_path / "gone"
    settings.INTAKE_DISK_FREE_MB = 1024

    assert room.require_room() is None
