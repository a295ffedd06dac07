"""A reviewer without a browser: signs in, asks for pages, sends the forms that the pages hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Protocol
from urllib.parse import urlencode

import urllib3
from django.test import Client

from tscore.bench.timing import HEADER

_HIDDEN = re.compile(r'<input type="hidden" name="(form_key|queue|version|fence)" value="([^"]*)"')
_DECISION = re.compile(r'action="(/cases/C-\d+/decision/)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with what the server told about its work."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def told(self) -> dict[str, float]:
        """Return the server's milliseconds and statements."""
        return json.loads(self.headers[HEADER])  # type: ignore[no-any-return]


class Line(Protocol):
    """A way to the console."""

    def get(self, path: str) -> Answer:
        """Ask for a page."""

    def post(self, path: str, fields: Mapping[str, str], *, partial: bool) -> Answer:
        """Send a form, as htmx does (`partial`) or as a browser without scripts."""


@dataclass
class OverHttp:
    """Through a web server, over one connection, with cookies."""

    address: str
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def __post_init__(self) -> None:
        self.pool = urllib3.PoolManager(maxsize=1, retries=False, timeout=60.0)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, str], *, partial: bool) -> Answer:
        token = self.cookies["csrftoken"].value if "csrftoken" in self.cookies else ""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token}
        return self._ask("POST", path, urlencode(fields), headers | ({"HX-Request": "true"} if partial else {}))

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        sent = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self.cookies.items()), **headers}
        found = self.pool.request(method, self.address + path, body=body, headers=sent, redirect=False)
        for cookie in found.headers.getlist("Set-Cookie"):
            self.cookies.load(cookie)
        return Answer(found.status, found.data.decode(), found.headers)


class InProcess:
    """Through Django's own client, without a web server."""

    def __init__(self) -> None:
        self.client = Client(SERVER_NAME="localhost")

    def get(self, path: str) -> Answer:
        return self._answer(self.client.get(path))

    def post(self, path: str, fields: Mapping[str, str], *, partial: bool) -> Answer:
        return self._answer(self.client.post(path, fields, headers={"HX-Request": "true"} if partial else {}))

    def _answer(self, found: Any) -> Answer:
        return Answer(found.status_code, found.content.decode(), found.headers)


def sign_in(line: Line, *, email: str, password: str) -> None:
    """Sign in through the page that people use."""
    line.get("/login/")
    answer = line.post("/login/", {"username": email, "password": password}, partial=False)
    if answer.status != 303:
        raise RuntimeError(f"Signing in was answered {answer.status}.")


def start(line: Line, queue: str, *, key: str) -> Answer:
    """Take the next case of a queue and open it."""
    answer = line.post(f"/queues/{queue}/next/", {"form_key": key}, partial=False)
    return line.get(answer.headers["Location"])


def decide(line: Line, shown: str, *, preset: int) -> Answer:
    """Apply a preset to the case that is shown; the answer brings the next one."""
    target = _DECISION.search(shown)
    if target is None:
        raise RuntimeError("No case that could be decided is shown.")
    fields = dict(_HIDDEN.findall(shown[shown.index('id="decision"') :]))
    answer = line.post(target[1], {**fields, "preset": str(preset), "then": "next"}, partial=True)
    if answer.status != 200:
        raise RuntimeError(f"{target[1]} was answered {answer.status}: {answer.text[:300]}")
    return answer
