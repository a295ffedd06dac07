"""How the marketplace answers an action, and how it fails to when a fault is asked for."""

from collections.abc import Callable, Mapping
from typing import Any

from tscore.marketplace.http import Handler

Answer = dict[str, Any]


def _fail(handler: Handler, seconds: float) -> None:
    handler.problem(500, "fault", "The marketplace failed, as it was asked to.")


def _throttle(handler: Handler, seconds: float) -> None:
    handler.problem(429, "fault", "Too many requests, as was asked for.", headers={"Retry-After": "1"})


def _lose(handler: Handler, seconds: float) -> None:
    handler.cut()


def _hang(handler: Handler, seconds: float) -> None:
    handler.wait_for_client(seconds)
    handler.cut()


def _answer(handler: Handler, seconds: float, answer: Answer) -> None:
    handler.answer(200, answer)


def _answer_slowly(handler: Handler, seconds: float, answer: Answer) -> None:
    handler.wait_for_client(seconds)
    handler.answer(200, answer)


def _drop(handler: Handler, seconds: float, answer: Answer) -> None:
    handler.cut()


def _answer_late(handler: Handler, seconds: float, answer: Answer) -> None:
    handler.answer(202, {"action": answer["action"], "result": "accepted"})


# By fault mode: what happens instead of applying, and what happens after it.
INSTEAD: Mapping[str, Callable[[Handler, float], None]] = {
    "500": _fail,
    "429": _throttle,
    "lose": _lose,
    "hang": _hang,
}
AFTERWARDS: Mapping[str, Callable[[Handler, float, Answer], None]] = {
    "ok": _answer,
    "slow": _answer_slowly,
    "drop": _drop,
    "late": _answer_late,
}
