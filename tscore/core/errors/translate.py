"""What the frameworks raise, said in our own words and codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core import exceptions as django_errors
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf_errors

from tscore.core.errors import problems
from tscore.core.errors.problems import FieldProblem, Problem


class MalformedJson(problems.BadRequest):
    """The body is not valid JSON."""

    code = "malformed_json"


def problem_of(error: Exception) -> Problem | None:
    """Return the problem behind an exception, or None where it is a fault of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, drf_errors.APIException):
        return _of_drf(error)
    if isinstance(error, django_errors.ValidationError):
        return problems.Invalid(fields=[FieldProblem("", "invalid", text) for text in error.messages])
    simple = next((kind for cause, kind in SIMPLE if isinstance(error, cause)), None)
    return simple() if simple else None


SIMPLE: tuple[tuple[type[Exception], type[Problem]], ...] = (
    (Http404, problems.Missing),
    (django_errors.PermissionDenied, problems.Refused),
    (django_errors.RequestDataTooBig, problems.BodyTooLarge),
    (django_errors.TooManyFieldsSent, problems.TooLarge),
    (django_errors.SuspiciousOperation, problems.BadRequest),
    (django_errors.BadRequest, problems.BadRequest),
    (UnreadablePostError, problems.BodyLength),
    (OperationalError, problems.Busy),
    (InterfaceError, problems.Busy),
)


def _of_drf(error: drf_errors.APIException) -> Problem:
    if isinstance(error, drf_errors.ValidationError):
        return problems.Invalid(fields=list(_fields(error.get_full_details())))
    if isinstance(error, drf_errors.Throttled):
        return problems.TooMany(retry_after_s=int(getattr(error, "wait", None) or 5))
    if isinstance(error, drf_errors.MethodNotAllowed):
        return problems.MethodRefused()
    kind = next((kind for cause, kind in DRF if isinstance(error, cause)), None)
    return kind() if kind else problems.Fault()


DRF: tuple[tuple[type[Exception], type[Problem]], ...] = (
    (drf_errors.ParseError, MalformedJson),
    (drf_errors.NotAuthenticated, problems.NoKey),
    (drf_errors.AuthenticationFailed, problems.BadKey),
    (drf_errors.PermissionDenied, problems.ScopeRefused),
    (drf_errors.NotFound, problems.Missing),
    (drf_errors.NotAcceptable, problems.NotAcceptable),
    (drf_errors.UnsupportedMediaType, problems.WrongMedia),
)


def _fields(details: Any, pointer: str = "") -> Iterator[FieldProblem]:
    """Yield one problem per leaf of DRF's nested details, `non_field_errors` belonging to its parent."""
    if isinstance(details, list):
        for index, item in enumerate(details):
            leaf = isinstance(item, dict) and set(item) == {"message", "code"}
            yield from _fields(item, pointer if leaf else f"{pointer}/{index}")
    elif set(details) == {"message", "code"}:
        yield FieldProblem(pointer, str(details["code"]), str(details["message"]))
    else:
        for name, item in details.items():
            yield from _fields(item, pointer if name == "non_field_errors" else f"{pointer}/{name}")
