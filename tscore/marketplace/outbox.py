"""Reports effects to the console: everything in the ledger with an event that is not yet marked as sent."""

import json
import logging
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from tscore.marketplace.ledger import Ledger, Line

BATCH = 50
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, LONGEST_ASKED_SECONDS = 0.2, 5.0, 30.0
LONGEST_ANSWER_BYTES = 1 << 20
TIMEOUT = urllib3.Timeout(connect=2.0, read=15.0)

logger = logging.getLogger("marketplace.outbox")


class NotDelivered(Exception):
    """The console did not take this batch; it is sent again later."""

    def __init__(self, why: str, *, wait_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.wait_seconds = wait_seconds


class Outbox(threading.Thread):
    """Sends the events of effects in ledger order until the console has settled each.

    A kill between the console's answer and the mark sends an event twice; its id makes the second a duplicate.
    """

    def __init__(self, marks: Path, *, console_url: str, find_key: Callable[[], str | None]) -> None:
        super().__init__(name="marketplace-outbox", daemon=True)
        self._url = f"{console_url.rstrip('/')}/api/v1/events"
        self._find_key = find_key
        self._marks = Ledger(marks)
        self._settled = {mark["action"] for mark in self._marks.lines}
        self._pending: list[Line] = []
        self._changed = threading.Condition()
        self._stopped = False
        self._pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT)

    def add(self, line: Line) -> None:
        """Queue the event of one effect, unless it has none or was settled before."""
        if line["event"] is None or line["action"] in self._settled:
            return
        with self._changed:
            self._pending.append(line)
            self._changed.notify()

    def stop(self) -> None:
        """Stop sending; what is left is sent after the next start."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self.is_alive():
            self.join()
        self._pool.clear()
        self._marks.close()

    def run(self) -> None:
        """Send batch after batch, waiting longer after each failure in a row."""
        failures = 0
        while batch := self._next_batch():
            try:
                self._deliver(batch)
                failures = 0
            except (NotDelivered, OSError) as problem:
                failures += 1
                self._pause(problem, failures=failures)

    def _next_batch(self) -> list[Line]:
        """Wait for work; an empty batch means stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._stopped)
            return [] if self._stopped else self._pending[:BATCH]

    def _pause(self, problem: Exception, *, failures: int) -> None:
        if failures == 1:
            logger.warning("answer events wait: %s", problem)
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(failures - 1, 10), LONGEST_WAIT_SECONDS)
        asked = problem.wait_seconds if isinstance(problem, NotDelivered) else 0.0
        wait = max(wait * random.uniform(0.5, 1.0), min(asked, LONGEST_ASKED_SECONDS))
        with self._changed:
            self._changed.wait_for(lambda: self._stopped, timeout=wait)

    def _deliver(self, batch: list[Line]) -> None:
        items = self._post([line["event"] for line in batch])
        for line in batch:
            item = items.get(line["event"]["id"])
            if item is not None:
                self._settle(line, item)
        if not items.keys() & {line["event"]["id"] for line in batch}:
            raise NotDelivered("the console's answer names none of the events sent")

    def _settle(self, line: Line, item: dict[str, Any]) -> None:
        """Mark one event as done; a refused one is said once and given up, it would be refused again."""
        if item["status"] == "refused":
            logger.error("the console refuses the event of %s: %s", line["action"], item.get("error"))
        self._marks.append({"action": line["action"], "status": item["status"]})
        self._settled.add(line["action"])
        with self._changed:
            self._pending.remove(line)

    def _post(self, events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Send events and return the console's word on each by event id."""
        key = self._find_key()
        if not key:
            raise NotDelivered("no API key yet")
        try:
            response = self._pool.request(
                "POST",
                self._url,
                body=json.dumps(events).encode(),
                headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
                redirect=False,
                preload_content=False,
            )
            body = response.read(LONGEST_ANSWER_BYTES)
            if len(body) >= LONGEST_ANSWER_BYTES:
                response.close()
        except HTTPError as problem:
            raise NotDelivered(f"the console cannot be reached ({type(problem).__name__})") from problem
        if response.status not in (200, 207):
            wait = response.headers.get("Retry-After", "")
            raise NotDelivered(f"the console answers {response.status}", wait_seconds=_seconds(wait))
        return _words(body, events)


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0


def _words(body: bytes, events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Read the items of a batch answer, by the id of the event at each index."""
    try:
        return {
            events[item["index"]]["id"]: {**item, "status": str(item["status"])} for item in json.loads(body)["items"]
        }
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise NotDelivered("the console's answer cannot be read") from None
