"""Every adapter in turn. RabbitMQ takes seconds to start and an apt package: `make slow` runs it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.signals.adapters import brokers

KINDS = ("http", "file", "queue-redis", "queue-sqs", pytest.param("queue-rabbitmq", marks=pytest.mark.slow))


@pytest.fixture(scope="session")
def rabbitmq_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A RabbitMQ of this session."""
    with brokers.rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as url:
        yield url


@pytest.fixture(scope="session")
def sqs_url() -> Iterator[str]:
    """A double of SQS of this session."""
    with brokers.sqs() as url:
        yield url


@pytest.fixture
def queue_url(request: pytest.FixtureRequest) -> str:
    """The address of the queue server that the test is about: `redis` unless it is parametrised."""
    kind = getattr(request, "param", "redis")
    return str(request.getfixturevalue("broker" if kind == "redis" else f"{kind}_url"))


@pytest.fixture(params=KINDS)
def sender(request: pytest.FixtureRequest, tmp_path: Path, transactional_db: None):
    """A sender for each adapter; what it stores is committed, because other processes look at it."""
    from tests.signals.adapters import senders  # Django is not set up yet when this file is read

    kind, _, server = request.param.partition("-")
    if kind == "http":
        make_token = request.getfixturevalue("make_token")
        return senders.Http(make_token("events:write", source=senders.SOURCE))
    if kind == "file":
        return senders.File(tmp_path)
    url = request.getfixturevalue("broker" if server == "redis" else f"{server}_url")
    return senders.Queue(url, f"events-{uuid4().hex[:8]}")
