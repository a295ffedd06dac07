"""Takes events from a queue. A message is acknowledged after its items are committed, and never before.

* A batch is what comes within 200 ms of its first message, up to 500 items.
* An item that cannot be accepted is kept as a dead letter, and its message is acknowledged: it never comes again.
* Where the database or the queue cannot be asked, the connection is closed, so that the queue has all messages back,
  and is opened again after a while that grows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from django.db import InterfaceError, OperationalError, connections
from kombu import Connection, Consumer, Queue
from kombu.exceptions import KombuError

from signals.enums import EventStatus
from signals.services import ingest
from signals.services.intake.problems import ItemRefused
from signals.services.intake.scan import Scanned
from signals.streams.messages import items_of
from tscore.core.crashpoints import crashpoint
from tscore.core.errors import Busy

logger = logging.getLogger(__name__)
BATCH: Final = 500
GATHER_S: Final = 0.2
IDLE_S: Final = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
DOWN: Final = (Busy, OperationalError, InterfaceError, KombuError, OSError)


class Message(Protocol):
    """What is used of kombu's messages."""

    body: Any
    content_type: str | None

    def ack(self) -> None:
        """Tell the queue that this message is done with."""


@dataclass(slots=True)
class Taken:
    """Messages that were taken and not acknowledged yet, with their items."""

    messages: list[Message] = field(default_factory=list)
    items: list[Scanned] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Add one message."""
        self.messages.append(message)
        self.items.extend(items_of(message.body, message.content_type))


@dataclass(slots=True)
class Stream:
    """One queue and what came of it."""

    connect: Callable[[], Connection]
    queue: str
    source: str
    clock: Callable[[], datetime]
    stopping: threading.Event = field(default_factory=threading.Event)
    say: Callable[[str], None] = lambda text: None
    messages: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: int = 0

    def run(self, *, until_empty: bool = False) -> None:
        """Take messages until somebody says stop, or, `until_empty`, until there are none."""
        down: tuple[type[BaseException], ...] = (*DOWN, *_errors_of(self.connect))
        while not self.stopping.is_set():
            try:
                _require_database()
                with self.connect() as connection:
                    self._serve(connection, until_empty)
            except down as error:
                self._pause(error)
            else:
                return

    def _pause(self, error: BaseException) -> None:
        self.failures += 1
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self.failures - 1))
        self.say(f"paused for {pause_s:.1f} s: {type(error).__name__}: {str(error)[:200]}")
        self.stopping.wait(pause_s)

    def _serve(self, connection: Connection, until_empty: bool) -> None:
        connection.ensure_connection(max_retries=1)
        channel = declared(connection, self.queue)
        taken = Taken()
        queue = Queue(self.queue, channel=channel)
        consumer = Consumer(channel, [queue], on_message=taken.add, auto_declare=False, prefetch_count=BATCH)
        with consumer:
            while not self.stopping.is_set():
                _gather(connection, taken, self.stopping)
                if not taken.messages and until_empty:
                    return
                if taken.messages:
                    self._finish(taken)

    def _finish(self, taken: Taken) -> None:
        self._store(taken.items)
        crashpoint("consume.stored")
        for message in taken.messages:
            message.ack()
        self.messages += len(taken.messages)
        self.failures = 0
        taken.messages.clear()
        taken.items.clear()

    def _store(self, items: list[Scanned]) -> None:
        try:
            self._ingest(items)
        except DOWN:
            raise
        except Exception:
            logger.exception("A batch of %s items failed; taking them one at a time", len(items))
            for item in items:
                self._store_alone(item)

    def _store_alone(self, item: Scanned) -> None:
        """Store one item, or set it aside: whatever is wrong with it, it must not come again and again."""
        try:
            self._ingest([item])
        except DOWN:
            raise
        except Exception:
            logger.exception("An item cannot be stored")
            self._ingest([Scanned(item.raw, ItemRefused("unstorable"))])

    def _ingest(self, items: list[Scanned]) -> None:
        answer = ingest.ingest(source=self.source, items=items, received_at=self.clock())
        self.counts.update(answer.counts)
        if answer.counts[EventStatus.REFUSED]:
            first = next(line.error for line in answer.items if line.error)
            self.say(f"{answer.counts[EventStatus.REFUSED]} refused and kept as dead letters; first: {first.detail}")

    def __str__(self) -> str:
        """Say the figures in one line."""
        words = ", ".join(f"{count:,} {status}" for status, count in sorted(self.counts.items()) if count)
        return f"{self.messages:,} messages: {words or 'nothing'}"


def declared(connection: Connection, name: str) -> Any:
    """Return a channel on which the queue is known, made durable where it was not there.

    A queue that exists is taken as it is: its owner may have given it arguments of which we know nothing.
    """
    channel: Any = connection.channel()
    try:
        channel.queue_declare(queue=name, passive=True)
    except connection.channel_errors:
        channel = connection.channel()
        channel.queue_declare(queue=name, durable=True, auto_delete=False)
    return channel


def _gather(connection: Connection, taken: Taken, stopping: threading.Event) -> None:
    """Wait a second for a first message, then a moment for more."""
    end = time.monotonic() + IDLE_S
    while len(taken.items) < BATCH and (left := end - time.monotonic()) > 0 and not stopping.is_set():
        before = len(taken.messages)
        try:
            connection.drain_events(timeout=min(left, GATHER_S))
        except TimeoutError:
            if connection.supports_heartbeats:
                connection.heartbeat_check()
        if not before and taken.messages:
            end = time.monotonic() + GATHER_S


def _require_database() -> None:
    """Look before messages are taken, so that they stay with the queue while nothing can be stored."""
    connections["default"].close_if_unusable_or_obsolete()
    connections["default"].ensure_connection()


def _errors_of(connect: Callable[[], Connection]) -> tuple[type[BaseException], ...]:
    """Return what this transport raises when its server cannot be reached or a channel was closed."""
    connection = connect()
    return (*connection.connection_errors, *connection.channel_errors)
