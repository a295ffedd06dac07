"""One way of sending for each adapter: items in order, the same three times at once, and with a death in between."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from kombu import Connection

from signals.streams.consumer import Stream, declared
from signals.streams.transports import connect
from tests.faults.stages import ROOT
from tests.races.threads import side_by_side
from tests.signals.api.items import URL

SOURCE = "shop-eu"
PATIENCE_S = 120
DJANGO = "import sys, django; django.setup()\n"
POST = DJANGO + (
    "from django.test import Client\n"
    "Client().post(sys.argv[1], sys.stdin.buffer.read(), content_type='application/x-ndjson',"
    " headers={'Authorization': 'Bearer ' + sys.argv[2]})\n"
)
COMMAND = DJANGO + "from django.core.management import call_command\ncall_command(*sys.argv[1:])\n"


class Sender(Protocol):
    """What a contract test may ask of an adapter."""

    def send(self, *items: bytes) -> None:
        """Hand the items over in order and wait until they are dealt with."""

    def send_three_times_at_once(self, *items: bytes) -> None:
        """Hand the same items over from three sides."""

    def send_and_die(self, *items: bytes) -> int:
        """Hand the items over to a process that is killed after it stored them and before it says so; then again."""


class Http:
    """Posts lines to the API."""

    def __init__(self, token: str) -> None:
        self.token = token

    def send(self, *items: bytes) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = Client().post(URL, b"\n".join(items), content_type="application/x-ndjson", headers=headers)
        assert answer.status_code in {200, 207}

    def send_three_times_at_once(self, *items: bytes) -> None:
        side_by_side(lambda number: self.send(*items), threads=3)

    def send_and_die(self, *items: bytes) -> int:
        code = dies(POST, URL, self.token, at="events.stored", given=b"\n".join(items))
        self.send(*items)
        return code


class File:
    """Writes lines to a file and replays it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0

    def send(self, *items: bytes) -> None:
        self._replay(self._file(items))

    def send_three_times_at_once(self, *items: bytes) -> None:
        path = self._file(items)
        side_by_side(lambda number: self._replay(path), threads=3)

    def send_and_die(self, *items: bytes) -> int:
        path = self._file(items)
        code = dies(COMMAND, "replay", "jsonl", str(path), "--sender", SOURCE, at="replay.stored")
        self._replay(path)
        return code

    def _file(self, items: tuple[bytes, ...]) -> Path:
        self.number += 1
        path = self.folder / f"{self.number}.jsonl"
        path.write_bytes(b"".join(item + b"\n" for item in items))
        return path

    def _replay(self, path: Path) -> None:
        with Path(os.devnull).open("w") as nowhere:
            try:
                call_command("replay", "jsonl", path, sender=SOURCE, stdout=nowhere, stderr=nowhere)
            except CommandError as error:
                assert str(error) == "Not all items were accepted."


class Queue:
    """Publishes messages, one an item, and consumes them."""

    def __init__(self, url: str, name: str, visibility_s: int = 60) -> None:
        self.url, self.name, self.visibility_s = url, name, visibility_s

    @property
    def connect(self) -> Callable[[], Connection]:
        return partial(connect, self.url, queue=self.name, visibility_s=self.visibility_s)

    def publish(self, *items: bytes, content_type: str = "application/json") -> None:
        with self.connect() as connection:
            channel = declared(connection, self.name)
            producer = connection.Producer(channel)
            for item in items:
                producer.publish(item, routing_key=self.name, content_type=content_type, content_encoding="binary")

    def stream(self) -> Stream:
        return Stream(self.connect, self.name, SOURCE, timezone.now)

    def consume(self, expected: int) -> Stream:
        """Take messages until so many were acknowledged; a queue hands out again only after a while, or too early."""
        stream = self.stream()
        self._drain([stream], expected)
        return stream

    def _drain(self, streams: list[Stream], expected: int) -> None:
        """Take what is left. SQS promises every message at least once: more than were published may come."""
        end = time.monotonic() + PATIENCE_S
        while sum(stream.messages for stream in streams) < expected and time.monotonic() < end:
            streams[0].run(until_empty=True)
        assert sum(stream.messages for stream in streams) >= expected

    def send(self, *items: bytes) -> None:
        self.publish(*items)
        self.consume(len(items))

    def send_three_times_at_once(self, *items: bytes) -> None:
        self.publish(*items * 3)
        streams = [self.stream() for _ in range(3)]
        side_by_side(lambda number: streams[number].run(until_empty=True), threads=3)
        self._drain(streams, 3 * len(items))  # what another one gave back when it found the queue empty

    def send_and_die(self, *items: bytes) -> int:
        self.visibility_s = 1
        self.publish(*items)
        code = dies(COMMAND, "consume", at="consume.stored", environment=self.environment())
        self.consume(len(items))
        return code

    def environment(self) -> dict[str, str]:
        """Return what a consumer of this queue is told."""
        return {
            "INGEST_QUEUE_URL": self.url,
            "INGEST_QUEUE_NAME": self.name,
            "INGEST_QUEUE_SOURCE": SOURCE,
            "INGEST_QUEUE_VISIBILITY_S": str(self.visibility_s),
        }


def dies(script: str, *arguments: str, at: str, given: bytes = b"", environment: dict[str, str] | None = None) -> int:
    """Run a script that is killed at its crash point; return how it ended."""
    with started(script, *arguments, environment={"CRASH_AT": at, **(environment or {})}) as process:
        _, said = process.communicate(given, timeout=PATIENCE_S)
    assert process.returncode in (0, -9), said.decode()[-2000:]
    return process.returncode


@contextmanager
def started(script: str, *arguments: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a script beside the test for the length of a block."""
    names = {"DJANGO_SETTINGS_MODULE": "tscore.settings", "PYTHONWARNINGS": "ignore", **environment}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], env={**os.environ, **names}, cwd=ROOT, **pipes
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
