"""A web server's smallest application: answers with what `read_body` says. Run by gunicorn in test_http_server."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")
django.setup()

from django.core.handlers.wsgi import WSGIRequest  # noqa: E402  (after set-up)

from tscore.core.errors import Problem  # noqa: E402
from tscore.core.http import read_body  # noqa: E402

LIMIT = 16 * 2**20


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    try:
        text = f"200 {len(read_body(WSGIRequest(environ), LIMIT))}"
    except Problem as problem:
        text = f"{problem.status} {problem.code}"
    start_response(f"{text[:3]} -", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
    return [text.encode()]
