"""Guessing passwords made slow: tries to sign in are counted per name and per address, shared by all processes.

A try counts as a failure before the password is looked at, and is taken back when it was right: so that many tries at
the same moment are let through no further than the same tries one after the other. Names and addresses are kept as
tokens only, whether or not there is such a person.
"""

from __future__ import annotations

import ipaddress
import math
import unicodedata
from datetime import datetime, timedelta
from typing import Final

from tscore.core import crypto
from tscore.core.db import in_transaction, rows
from tscore.core.errors import TooMany
from tscore.core.models import SignInTries

# An address may be that of a whole office; a name belongs to one person.
FREE_PER_NAME: Final = 5
FREE_PER_ADDRESS: Final = 20
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=15)  # an attacker must not be able to lock a person out for long
FORGOTTEN_AFTER: Final = timedelta(hours=1)

LONGEST_NAME: Final = 320


class TooManySignIns(TooMany):
    """Too many attempts to sign in. Wait a moment and try again."""


_COUNT = """
INSERT INTO core_signintries AS kept (subject, failures, last_at)
SELECT subject, 1, %(now)s FROM unnest(%(subjects)s::text[]) AS subject ORDER BY subject
ON CONFLICT (subject) DO UPDATE
   SET failures = CASE WHEN kept.last_at < %(stale)s THEN 1 ELSE kept.failures + 1 END,
       last_at = excluded.last_at, paused_until = NULL
 WHERE kept.paused_until IS NULL OR kept.paused_until <= %(now)s
RETURNING subject, failures"""

_SUCCEEDED = """
WITH forgiven AS (DELETE FROM core_signintries WHERE subject = %(name)s)
UPDATE core_signintries SET failures = greatest(failures - 1, 0), paused_until = NULL WHERE subject = %(address)s"""

_FORGET = """
DELETE FROM core_signintries WHERE id IN (
  SELECT id FROM core_signintries WHERE last_at < %(before)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED) RETURNING id"""


def admit(*, name: str, ip: str | None, now: datetime) -> timedelta:
    """Count one try to sign in; return how long the next one has to wait if this one fails.

    Raises:
        TooManySignIns: this name or this address has to wait now; nothing is counted.
    """
    return in_transaction(lambda: _admit(_limits(name, ip), now))


def succeeded(*, name: str, ip: str | None) -> None:
    """Forget the failures of a name, and take this try back from those of its address."""
    terms = {"name": _name(name), "address": _address(ip)}
    in_transaction(lambda: rows(_SUCCEEDED, terms))


def forget_old(*, limit: int, now: datetime) -> int:
    """Delete counts whose last failure lies long enough back; return how many."""
    return in_transaction(lambda: len(rows(_FORGET, {"before": now - FORGOTTEN_AFTER, "limit": limit})))


def _admit(limits: dict[str, int], now: datetime) -> timedelta:
    terms = {"subjects": sorted(limits), "now": now, "stale": now - FORGOTTEN_AFTER}
    counted = dict(rows(_COUNT, terms))
    if len(counted) < len(limits):
        raise _refusal(limits.keys() - counted.keys(), now)
    pauses = {subject: _pause(failures, limits[subject]) for subject, failures in counted.items()}
    for subject, pause in pauses.items():
        if pause:
            SignInTries.objects.filter(subject=subject).update(paused_until=now + pause)
    return max(pauses.values())


def _pause(failures: int, free: int) -> timedelta:
    """Return nothing for the first failures, then half a minute, doubled by each further one."""
    if failures < free:
        return timedelta()
    doublings: int = min(failures - free, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _refusal(subjects: set[str], now: datetime) -> TooManySignIns:
    ends = SignInTries.objects.filter(subject__in=subjects).values_list("paused_until", flat=True)
    seconds = max(math.ceil(max((end - now).total_seconds() for end in ends if end)), 1)
    wait = f"{seconds} seconds" if seconds <= 60 else f"{math.ceil(seconds / 60)} minutes"
    return TooManySignIns(f"Too many attempts to sign in. Try again in {wait}.", retry_after_s=seconds)


def _limits(name: str, ip: str | None) -> dict[str, int]:
    return {_name(name): FREE_PER_NAME, _address(ip): FREE_PER_ADDRESS}


def _name(typed: str) -> str:
    return crypto.token("sign_in_name", unicodedata.normalize("NFKC", typed[:LONGEST_NAME]).strip().lower())


def _address(ip: str | None) -> str:
    """Return the token of an address; one household has a whole /64 of the new kind."""
    found = ipaddress.ip_address(ip) if ip else None
    mapped = getattr(found, "ipv4_mapped", None) or found
    network = ipaddress.ip_network((mapped, 64), strict=False) if mapped and mapped.version == 6 else mapped
    return crypto.token("sign_in_address", str(network or "unknown"))
