"""Connections to queues. The transports of kombu that wrap messages in an envelope learn to take those without one.

A sender that knows nothing of kombu puts plain JSON into a Redis list or an SQS queue. As it is, kombu takes such a
message out of the list and then fails on it: it would be lost. Here it becomes a message with the text as its body.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

from kombu import Connection
from kombu.transport import virtual

CONNECT_TIMEOUT_S: Final = 5
HEARTBEAT_S: Final = 30


class UnknownQueue(Exception):
    """INGEST_QUEUE_URL is none of amqp://, redis://, sqs:// or a form of these."""


class SqsMissing(Exception):
    """Reading from SQS needs more packages: pip install 'tscore[sqs]'."""


def connect(url: str, *, queue: str, visibility_s: int) -> Connection:
    """Return a connection that is not opened yet.

    Args:
        visibility_s: how long Redis or SQS keep a message from others before they hand it out again.

    Raises:
        UnknownQueue, SqsMissing.
    """
    scheme = urlsplit(url).scheme.split("+")[0]
    if scheme in {"amqp", "amqps", "pyamqp"}:
        return Connection(url, connect_timeout=CONNECT_TIMEOUT_S, heartbeat=HEARTBEAT_S)
    if scheme in {"redis", "rediss"}:
        connection = Connection(url, transport_options=_redis_options(queue, visibility_s))
        # As an argument it would give way to the word before the plus of `redis+socket`.
        connection.transport_cls = _redis()  # type: ignore[assignment]
        return connection
    if scheme == "sqs":
        return Connection(url, transport=_sqs(), transport_options=_sqs_options(url, visibility_s))
    raise UnknownQueue(UnknownQueue.__doc__)


def _redis_options(queue: str, visibility_s: int) -> dict[str, Any]:
    """Return options; keys of our own, so that workers on the same server do not give back what we hold."""
    return {
        "visibility_timeout": visibility_s,
        "unacked_key": f"{queue}.unacked",
        "unacked_index_key": f"{queue}.unacked_index",
        "unacked_mutex_key": f"{queue}.unacked_mutex",
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_timeout": 30,
        "socket_keepalive": True,
    }


def _sqs_options(url: str, visibility_s: int) -> dict[str, Any]:
    # kombu takes the endpoint from the address alone; with a host in it, that host is no AWS and speaks plain HTTP.
    host = urlsplit(url).hostname
    found: dict[str, Any] = {"visibility_timeout": visibility_s, "wait_time_seconds": 1, "polling_interval": 0.1}
    return found | ({"is_secure": False, "region": "eu-central-1"} if host else {})


def _redis() -> type[virtual.Transport]:
    import redis
    from kombu.transport import redis as kombu_redis

    class Client(redis.StrictRedis):
        """Wraps what stands in the list as it comes out of it."""

        def parse_response(self, connection: Any, command_name: str, **options: Any) -> Any:
            found = super().parse_response(connection, command_name, **options)  # type: ignore[no-untyped-call]
            if command_name != "BRPOP" or not found:
                return found
            key, text = found
            return key, whole(text, _queue_of(key))

    class Channel(kombu_redis.Channel):
        """Reads with that client."""

        def _get_client(self) -> type[Client]:
            super()._get_client()  # type: ignore[misc]  # refuses a client library that is too old
            return Client

    class Transport(kombu_redis.Transport):
        """A Redis transport of these channels."""

    Transport.Channel = Channel
    return Transport


def _sqs() -> type[virtual.Transport]:
    try:
        SQS = import_module("kombu.transport.SQS")  # noqa: N806  (its name)
    except ImportError as error:
        raise SqsMissing(SqsMissing.__doc__) from error

    class Channel(SQS.Channel):  # type: ignore[misc,name-defined]
        """Takes for an envelope only what is one; kombu itself wraps the rest."""

        def _prepare_json_payload(self, text: str) -> dict[str, Any]:
            found = super()._prepare_json_payload(text)
            return found if is_envelope(found) else {}

    class Transport(SQS.Transport):  # type: ignore[misc,name-defined]
        """An SQS transport of these channels."""

    Transport.Channel = Channel
    return Transport


def _queue_of(key: bytes | str) -> str:
    name = key.decode() if isinstance(key, bytes) else key
    return name.rsplit("\x06\x16", 1)[0]


def whole(text: bytes | str, queue: str) -> bytes:
    """Return the text of an envelope as it is, any other text as the body of a new one."""
    raw = text.encode() if isinstance(text, str) else text
    try:
        found = json.loads(raw)
        if is_envelope(found) and _is_addressed(found["properties"]):
            return raw
    except (ValueError, RecursionError):
        pass
    return json.dumps({
        "body": base64.b64encode(raw).decode(),
        "headers": {},
        "properties": {
            "body_encoding": "base64",
            "delivery_tag": str(uuid.uuid4()),
            "delivery_info": {"exchange": "", "routing_key": queue},
        },
    }).encode()  # fmt: skip


def is_envelope(found: Any) -> bool:
    """Tell whether kombu could read this message without failing."""
    if not isinstance(found, Mapping) or not isinstance(found.get("properties"), Mapping) or "body" not in found:
        return False
    properties = found["properties"]
    if not isinstance(properties.get("delivery_info"), Mapping) or not isinstance(found.get("headers", {}), Mapping):
        return False
    return not found.get("headers", {}).get("compression") and _is_body(found["body"], properties.get("body_encoding"))


def _is_addressed(properties: Mapping[str, Any]) -> bool:
    """Tell whether an envelope holds what Redis needs to give a message back: a tag and where it belongs."""
    info = properties["delivery_info"]
    return isinstance(properties.get("delivery_tag"), str) and {"exchange", "routing_key"} <= info.keys()


def _is_body(body: Any, encoding: Any) -> bool:
    if encoding is None:
        return isinstance(body, str)
    try:
        return encoding == "base64" and isinstance(body, str) and base64.b64decode(body, validate=True) is not None
    except (binascii.Error, ValueError):
        return False
