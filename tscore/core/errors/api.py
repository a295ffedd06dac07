"""The exception handler of the REST framework."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from tscore.core.errors.render import render
from tscore.core.errors.translate import problem_of


def api_problem(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Answer with problem details, or leave a fault of ours to the middleware."""
    problem = problem_of(error)
    return render(_plain(context["request"]), problem) if problem else None


def _plain(request: Request | HttpRequest) -> HttpRequest:
    return request._request if isinstance(request, Request) else request
