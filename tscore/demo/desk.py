"""The people who work in the demo console, their keys, and DATA/demo.json, which tells a visitor how to get in."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from cases.models import Queue
from tscore.core import api_keys, demo, ids
from tscore.core.groups import GROUPS
from tscore.core.models import User

PEOPLE = (
    ("reviewer", "Reviewer", ("reviewer",)),
    ("reviewer2", "Second reviewer", ("reviewer",)),
    ("lead", "Lead", ("lead", "reviewer")),
    ("analyst", "Analyst", ("analyst",)),
    ("engineer", "Detection engineer", ("engineer",)),
    ("admin", "Admin", ("admin",)),
    ("auditor", "Auditor", ("auditor",)),
)
QUEUE_RIGHTS = {
    "reviewer": ("review_queue",),
    "lead": ("review_queue", "lead_queue", "bulk_queue"),
    "analyst": ("review_queue",),
}


def password(seed: str, email: str) -> str:
    """Return the demo password of a person: it follows from the seed and protects nothing."""
    return ids.base32(int.from_bytes(hmac.digest(seed.encode(), email.encode(), hashlib.sha256)[:9]), length=14)


def open_desk(*, seed: str, now: datetime, domain: str = demo.DOMAIN) -> list[dict[str, str]]:
    """Create the people with their groups and rights on every queue; return what demo.json says of them."""
    return [_person(f"{short}@{domain}", name, groups, seed=seed, now=now) for short, name, groups in PEOPLE]


def _person(email: str, name: str, groups: tuple[str, ...], *, seed: str, now: datetime) -> dict[str, str]:
    secret = password(seed, email)
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, secret, name=name, pseudonym=ids.keyed_ref("rv", seed, email)[:24], date_joined=now
    )
    for group in groups:
        user.groups.add(Group.objects.get(name=GROUPS[group]))
        for right in QUEUE_RIGHTS.get(group, ()):
            for queue in Queue.objects.all():
                assign_perm(right, user, queue)
    return {"email": email, "password": secret, "role": GROUPS[groups[0]]}


def ingest_key(*, now: datetime) -> str:
    """Create the demo marketplace's key and return it; it is shown nowhere else but in demo.json."""
    scopes = ["events:write", "signals:write", "labels:write", "labels:read", "assess"]
    _, token = api_keys.create(
        name="Demo marketplace", source="demo", scopes=scopes, actor=None, now=now, mark=demo.KEY_MARK
    )
    return token


def read_file(data: Path) -> dict[str, Any] | None:
    """Return what demo.json says, or None where there is no demo world yet."""
    try:
        content: dict[str, Any] = json.loads((data / "demo.json").read_text())
    except FileNotFoundError:
        return None
    return content


def write_file(data: Path, content: dict[str, Any]) -> None:
    """Write demo.json whole or not at all, readable by its owner alone."""
    new = data / "demo.json.new"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=1)
    new.rename(data / "demo.json")
