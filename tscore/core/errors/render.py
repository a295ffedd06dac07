"""One problem, three forms: page, partial, JSON. The form follows the request, the words are the same."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.template.loader import select_template
from django.utils.http import url_has_allowed_host_and_scheme

from tscore.core import origin
from tscore.core.errors.problems import Problem, describe

logger = logging.getLogger(__name__)
PLAIN = (
    '<!doctype html><html lang="en"><title>{{ problem.title }}</title><main><h1>{{ problem.title }}</h1>'
    "<p>{{ problem.detail }}</p><p>Reference {{ problem.request_id }}</p></main></html>"
)
PLAIN_PARTIAL = '<div role="alert" data-code="{{ problem.code }}"><p>{{ problem.detail }}</p></div>'


def render(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the answer that tells one problem, in the form the request asked for."""
    body = describe(problem, origin.current().request_id)
    if wants_json(request):
        response = HttpResponse(json.dumps(body), content_type="application/problem+json", status=problem.status)
    else:
        response = HttpResponse(_html(request, problem, body), status=problem.status)
    for name, value in problem.headers.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    return response


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the caller is a machine: an API address, or JSON preferred over HTML."""
    if request.path.startswith("/api/"):
        return True
    preferred = request.get_preferred_type(["text/html", "application/json", "application/problem+json"])
    return preferred is not None and preferred != "text/html"


def _html(request: HttpRequest, problem: Problem, body: dict[str, Any]) -> str:
    is_partial = _is_partial(request)
    names = ["errors/_banner.html"] if is_partial else [f"errors/{problem.status}.html", "errors/_page.html"]
    shown = {
        **body,
        "retry_after": int(problem.headers.get("Retry-After", 0)),
        "right": getattr(problem, "right", ""),
        "granted_by": getattr(problem, "granted_by", ""),
    }
    context = {"looked_for": _looked_for(request), "back": _back(request), **problem.members, "problem": shown}
    try:
        return str(select_template(names).render(context, request))
    except Exception as error:
        # The frame of a page reads the person; where that is what fails, the message still has to arrive. While the
        # database is away each request comes here: one line is enough.
        is_away = isinstance(error, OperationalError | InterfaceError)
        logger.warning("error page shown without its frame (%s)", type(error).__name__, exc_info=not is_away)
        return Engine().from_string(PLAIN_PARTIAL if is_partial else PLAIN).render(Context({"problem": body}))


def _looked_for(request: HttpRequest) -> str:
    """Return the id that the address names, to be looked up."""
    match = getattr(request, "resolver_match", None)
    return str(match.kwargs.get("ref", "")) if match else ""


def _back(request: HttpRequest) -> str:
    """Return where trying again begins: this address if it was only read, else the page that the form stood on."""
    if request.method in {"GET", "HEAD"}:
        return ""
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if is_ours else "/"


def _is_partial(request: HttpRequest) -> bool:
    from tscore.core.http import is_partial  # the helper's own errors are defined above this file

    return is_partial(request)
