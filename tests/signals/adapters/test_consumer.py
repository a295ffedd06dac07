"""What is particular about queues: who acknowledges when, what poison does, and what a pause means."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import pytest
import redis
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections

from signals.models import DeadLetter, Event
from signals.services import ingest
from signals.streams import consumer, transports
from signals.streams.messages import items_of
from signals.streams.transports import connect, whole
from tests.signals.adapters.senders import COMMAND, PATIENCE_S, Queue, started
from tests.signals.api.items import login
from tscore.core.errors import Busy

SERVERS = pytest.mark.parametrize(
    "queue_url", ["redis", "sqs", pytest.param("rabbitmq", marks=pytest.mark.slow)], indirect=True
)


@pytest.fixture
def queue(queue_url: str, transactional_db: None) -> Queue:
    """A queue of its own for each test."""
    return Queue(queue_url, f"events-{uuid4().hex[:8]}")


def line(number: int = 1) -> bytes:
    return json.dumps(login(number)).encode()


def depth(queue: Queue) -> int:
    """Return how many messages wait."""
    with queue.connect() as connection, suppress(*connection.channel_errors):
        return int(connection.channel().queue_declare(queue=queue.name, passive=True).message_count)
    return 0  # Redis has no list where it has no element


@SERVERS
def test_message_may_hold_one_item_several_or_one_a_line(queue):
    queue.publish(line(1), b"[" + line(2) + b"," + line(3) + b"]")
    queue.publish(line(4) + b"\n" + line(5) + b"\n", content_type="application/x-ndjson")

    stream = queue.consume(3)

    assert str(stream) == "3 messages: 5 new"
    assert Event.objects.count() == 5


@SERVERS
def test_poison_is_kept_and_never_comes_again(queue):
    queue.publish(b"", b"[]", b"\xff\xfe", line(1))

    queue.consume(4)
    again = queue.stream()
    again.run(until_empty=True)

    assert (Event.objects.count(), DeadLetter.objects.count()) == (1, 3)
    assert (again.messages, depth(queue)) == (0, 0)


@SERVERS
def test_messages_stay_with_the_queue_while_nothing_can_be_stored(queue, monkeypatch):
    queue.visibility_s = 1
    queue.publish(line(1), line(2))
    real, failures = ingest.ingest, iter([Busy(), OperationalError()])

    def refuse(**given):
        if error := next(failures, None):
            raise error
        return real(**given)

    monkeypatch.setattr(ingest, "ingest", refuse)
    said: list[str] = []
    stream, end = queue.stream(), time.monotonic() + 30
    stream.say = said.append
    while stream.messages < 2 and time.monotonic() < end:
        stream.run(until_empty=True)

    assert Event.objects.count() == 2
    assert [text.split(":")[0] for text in said] == ["paused for 0.5 s", "paused for 1.0 s"]


def test_item_that_breaks_the_service_is_set_aside_and_costs_no_other(queue, monkeypatch):
    queue.publish(line(1), line(2), line(3))
    real = ingest.ingest

    def break_on_second(*, items, **given):
        if any(b"evt-2" in item.raw and item.problem is None for item in items):
            raise ZeroDivisionError
        return real(items=items, **given)

    monkeypatch.setattr(ingest, "ingest", break_on_second)
    queue.consume(3)

    assert sorted(Event.objects.values_list("external_id", flat=True)) == ["evt-1", "evt-3"]
    assert list(DeadLetter.objects.values_list("external_id", "code")) == [("evt-2", "unstorable")]


@SERVERS
def test_told_to_stop_it_finishes_its_batch(queue, monkeypatch):
    queue.publish(*map(line, range(5)))
    real, stream = ingest.ingest, queue.stream()

    def stop_meanwhile(**given):
        stream.stopping.set()
        return real(**given)

    monkeypatch.setattr(ingest, "ingest", stop_meanwhile)
    stream.run()

    assert stream.messages == Event.objects.count() > 0
    assert depth(queue) == 5 - stream.messages


@contextmanager
def running(stream: consumer.Stream) -> Iterator[None]:
    """Run a stream in a thread for the length of a block, and see that it stops."""

    def run() -> None:
        try:
            stream.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stream.stopping.set()
        thread.join(timeout=30)
    assert not thread.is_alive()


def test_command_ends_well_on_sigterm_and_says_the_figures(queue):
    queue.publish(line(1), line(2))

    with started(COMMAND, "consume", environment=queue.environment()) as process:
        assert _becomes(lambda: Event.objects.count() == 2, within_s=PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert out.decode().splitlines()[-1] == "2 messages: 2 new"
    assert depth(queue) == 0


@SERVERS
def test_consumer_waits_for_a_queue_that_is_made_later(queue):
    stream = queue.stream()

    with running(stream):
        queue.publish(line(1))

        assert _becomes(lambda: stream.messages == 1)


def test_server_that_is_away_is_asked_again_and_again(transactional_db):
    said: list[str] = []
    stream = Queue("amqp://guest:guest@127.0.0.1:9//", "events").stream()
    stream.say = said.append

    with running(stream):
        assert _becomes(lambda: len(said) >= 2)

    assert [text.split(":")[0] for text in said[:2]] == ["paused for 0.5 s", "paused for 1.0 s"]


@SERVERS
def test_no_more_is_taken_than_a_batch(queue):
    queue.publish(*[b"17"] * 40)
    taken = consumer.Taken()

    with queue.connect() as connection:
        channel = consumer.declared(connection, queue.name)
        with consumer.Consumer(
            channel, [consumer.Queue(queue.name)], on_message=taken.add, auto_declare=False, prefetch_count=20
        ):
            _becomes(lambda: consumer._gather(connection, taken, threading.Event()) or len(taken.messages) >= 20)
            consumer._gather(connection, taken, threading.Event())

    assert len(taken.messages) == 20


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(login(1)),
        "no json",
        '{"body": "x", "properties": {}}',
        '{"body": "%%%", "headers": {}, "properties": {"body_encoding": "base64", "delivery_info": {}}}',
        '{"body": "eA==", "headers": {"compression": "zlib"}, "properties": {"delivery_info": {}}}',
    ],
)
def test_text_that_a_stranger_put_into_redis_is_not_lost(queue, text):
    with redis.Redis.from_url(queue.url.replace("redis+socket", "unix").replace("virtual_host", "db")) as client:
        client.lpush(queue.name, text, "\xff")

    stream = queue.consume(2)

    assert sum(stream.counts.values()) == 2
    assert Event.objects.count() + DeadLetter.objects.count() == 2


@pytest.mark.parametrize("queue_url", ["sqs"], indirect=True)
def test_text_that_a_stranger_sent_to_sqs_is_not_lost(queue):
    with queue.connect() as connection:
        channel = consumer.declared(connection, queue.name)
        address = channel._new_queue(queue.name)
        for text in (line(1).decode(), '{"properties": 1, "id": "e"}', "no json"):
            channel.sqs().send_message(QueueUrl=address, MessageBody=text)

    stream = queue.consume(3)

    assert stream.counts == {"new": 1, "refused": 2, "duplicate": 0, "superseding": 0, "stale": 0}


def test_envelope_of_another_kombu_is_taken_as_it_is():
    info = {"exchange": "", "routing_key": "events"}
    properties = {"body_encoding": "base64", "delivery_tag": "1", "delivery_info": info}
    text = json.dumps({"body": "eA==", "headers": {}, "properties": properties})

    assert whole(text, "events") == text.encode()


def test_message_of_too_many_items_is_one_that_is_refused():
    (item,) = items_of(b"[" + b",".join([b"1"] * 1001) + b"]", None)

    assert item.problem is not None
    assert item.problem.code == "too_many_items"


def test_sqs_says_which_packages_it_needs(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "kombu.transport.SQS", None)

    with pytest.raises(transports.SqsMissing, match=r"tscore\[sqs\]"):
        connect("sqs://", queue="events", visibility_s=60)


@pytest.mark.parametrize(("url", "said"), [("", "Set INGEST_QUEUE_URL"), ("kafka://broker", "none of amqp://")])
def test_command_says_what_to_set(settings, url, said):
    settings.INGEST_QUEUE_URL = url

    with pytest.raises(CommandError, match=said):
        call_command("consume")


def _becomes(question: Callable[[], bool], *, within_s: float = 30) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.05)
    return False
