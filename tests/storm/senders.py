"""Senders: they send each batch until it is acknowledged, sometimes twice at once, and keep what they were told."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any

import urllib3

from tests.storm.traffic import Batch

ANSWER_S = 8.0
LONGEST_WAIT_S = 2.0
Item = dict[str, Any]


@dataclass
class Log:
    """What all senders sent and what they were promised; one lock, because there are several."""

    sent: dict[tuple[str, str], Item] = field(default_factory=dict)  # by stream and id with instant
    promised: set[tuple[str, str]] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)  # dead letter by id
    answers: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sending(self, batch: Batch) -> None:
        """Note items before anybody can have stored them."""
        with self.lock:
            self.sent.update({(batch.path, revision(item)): item for item in batch.items})

    def answered(self, batch: Batch, items: list[Item], lines: list[Item]) -> None:
        """Note what was promised of each item."""
        with self.lock:
            for item, line in zip(items, lines, strict=True):
                self.answers[line["status"]] += 1
                if line["status"] != "refused":
                    self.promised.add((batch.path, revision(item)))
                elif item["id"] in batch.poison:
                    self.refused[line["dead_letter"]] = item["id"]
                else:
                    self.odd.append(f"{item['id']} was refused: {line['error']}")

    def failed(self, answer: str, detail: str = "") -> None:
        """Note a request that was not acknowledged; only some ways to fail are allowed."""
        with self.lock:
            self.answers[answer] += 1
            if detail:
                self.odd.append(f"answered {answer}: {detail}")


def revision(item: Item) -> str:
    """Return what one revision of an item is known by."""
    return f"{item['id']}@{item.get('recordedtime', item['time'])}"


class Sender:
    """One sender with its own batches and its own chance."""

    def __init__(self, url: str, token: str, batches: Iterator[Batch], *, seed: str, log: Log, pause_s: float) -> None:
        self.url, self.batches, self.log, self.pause_s = url, batches, log, pause_s
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.random = Random(seed)
        self.pool = urllib3.PoolManager(maxsize=4, retries=False)

    def run(self, stopping: threading.Event, giving_up: threading.Event) -> None:
        """Send until it is time to stop; what is on its way then is sent on until it is acknowledged."""
        with ThreadPoolExecutor(1) as twin:
            while not stopping.is_set():
                batch, again = next(self.batches), self.random.random()
                self.log.sending(batch)
                beside: Future[None] | None = None
                if again < 0.25:  # the same at the same time, in another order
                    beside = twin.submit(self._deliver, batch, giving_up, backwards=True)
                self._deliver(batch, giving_up)
                if 0.25 <= again < 0.35:  # the same once more: the answer was lost, as far as this sender knows
                    self._deliver(batch, giving_up)
                if beside:
                    beside.result()
                stopping.wait(self.random.uniform(0.2, 1.8) * self.pause_s)

    def _deliver(self, batch: Batch, giving_up: threading.Event, *, backwards: bool = False) -> None:
        body, items = batch.body(backwards=backwards), batch.items[:: -1 if backwards else 1]
        wait = 0.05
        while not giving_up.is_set():
            if self._try(batch, body, items):
                return
            giving_up.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)

    def _try(self, batch: Batch, body: bytes, items: list[Item]) -> bool:
        try:
            answer = self.pool.request(
                "POST", self.url + batch.path, body=body, headers=self.headers, timeout=ANSWER_S
            )  # fmt: skip
        except (urllib3.exceptions.HTTPError, OSError) as error:
            self.log.failed(type(error).__name__)
            return False
        if answer.status in (200, 207):
            self.log.answered(batch, items, json.loads(answer.data)["items"])
            return True
        is_allowed = answer.status in (429, 503)
        self.log.failed(str(answer.status), "" if is_allowed else answer.data.decode(errors="replace")[:300])
        return False
