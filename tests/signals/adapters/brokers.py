"""Real queues beside the tests: RabbitMQ from Debian, and a server that speaks the protocol of SQS."""

import logging
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"
READY_PATIENCE_S = 90


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def rabbitmq(folder: Path) -> Iterator[str]:
    """Run RabbitMQ with folder, node name and loopback ports of its own; end it and its port mapper by process id."""
    if not Path(RABBITMQ).exists():
        pytest.fail(
            "These tests need Debian's RabbitMQ: make rabbitmq, or ask root for apt-get install rabbitmq-server."
        )
    port, distribution, mapper = free_port(), free_port(), free_port()
    environment = _environment(folder, port, distribution, mapper)
    log = (folder / "out.log").open("wb")
    process = subprocess.Popen([RABBITMQ], env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(port, process, folder / "out.log")
        yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
        process.kill()
        process.wait()
        log.close()
        _end_mapper(mapper)


def _environment(folder: Path, port: int, distribution: int, mapper: int) -> dict[str, str]:
    plugins = folder / "enabled_plugins"
    plugins.write_text("[].")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "RABBITMQ_NODENAME": f"t{port}@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(mapper),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_PATIENCE_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    pytest.fail(f"RabbitMQ does not start: {log.read_text(errors='replace')[-2000:]}")


def _end_mapper(port: int) -> None:
    """End the port mapper, which RabbitMQ starts and leaves behind: the one of our own port, by its process id."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if (
                entry.name.isdigit()
                and b"epmd" in (entry / "cmdline").read_bytes()
                and f"ERL_EPMD_PORT={port}".encode() in (entry / "environ").read_bytes()
            ):
                os.kill(int(entry.name), 15)


@contextmanager
def sqs() -> Iterator[str]:
    """Run the double of SQS."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    nets = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_EC2_METADATA_DISABLED": "true"}
    before = {name: os.environ.get(name) for name in nets}
    os.environ.update(nets)
    try:
        yield f"sqs://test:test@127.0.0.1:{port}//"
    finally:
        server.stop()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
