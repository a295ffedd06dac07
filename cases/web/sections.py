"""Parts of a page that are read one by one, so that one whose source fails says so and the others stand."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from django.db import DatabaseError, connection, transaction

from tscore.core.crypto import Unreadable

log = logging.getLogger(__name__)


def read(found: object, names: Iterable[str]) -> tuple[dict[str, Any], set[str]]:
    """Read these attributes; return their values by name, and the names of those that could not be read."""
    values: dict[str, Any] = {}
    failed: set[str] = set()
    for name in names:
        try:
            # Inside a transaction a failed statement would take the rest along.
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                values[name] = getattr(found, name)
        except (DatabaseError, Unreadable) as error:
            log.error("The section %s of a page could not be read: %s", name, type(error).__name__)
            failed.add(name)
    return values, failed
