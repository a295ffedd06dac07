"""What surrounds every view: an id, one form of error, the access table, no copies of private pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from tscore.core import access, counts, origin
from tscore.core.errors import Busy, Fault, problem_of, render

logger = logging.getLogger("tscore.errors")
GetResponse = Callable[[HttpRequest], HttpResponse]


class Timed:
    """Counts how long every request takes, by what it asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        counts.request_took(_surface(request.path), time.perf_counter() - began)
        return response


class RequestId:
    """Gives each request an id, said in every answer and every audit row."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with origin.of_request(request) as current:
            request.origin_id = current.request_id  # type: ignore[attr-defined]
            response = self.get_response(request)
            response["X-Request-ID"] = current.request_id
            return response


class Errors:
    """Turns what a view raises into the one form of error; only faults of ours are logged."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Answer an expected error with its own words, an unexpected one with a reference."""
        return _answer(request, error)


class Access:
    """Asks the access table before any view runs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Let the view run, or answer in its place."""
        try:
            return access.check(request)
        except Exception as error:  # Django asks process_exception only about views
            return _answer(request, error)


class PrivatePages:
    """Keeps pages of signed-in people out of every cache, and fragments apart from pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # The cookie, not the person: this must work while the database does not.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["HX-Request"])
        return response


def _surface(path: str) -> str:
    if path.startswith("/api/"):
        return {"/api/v1/events": "ingest", "/api/v1/assess": "assess"}.get(path.rstrip("/"), "api")
    return "probe" if path in {"/healthz", "/readyz", "/metrics"} else "page"


def _answer(request: HttpRequest, error: Exception) -> HttpResponse:
    problem = problem_of(error) or Fault()
    if isinstance(problem, Fault | Busy):
        logger.error("%s %s %s", origin.current().request_id, request.method, request.path, exc_info=error)
    return render(request, problem)
