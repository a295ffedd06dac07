"""The families of errors. A concrete error sits beside the function that raises it; its docstring is its message."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one member: a JSON pointer (or the name of a form field), a code, a sentence."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "fault"

    def __init__(
        self,
        detail: str = "",
        *,
        fields: Iterable[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        self.detail = detail or default_detail(type(self))
        self.fields = list(fields)
        self.headers = dict(headers or {})
        self.members = members
        super().__init__(self.detail)


class BadRequest(Problem):
    """The request could not be read."""

    status = 400
    code = "bad_request"


class BodyLength(BadRequest):
    """The body is shorter than its Content-Length says, or no Content-Length was sent. Send the exact length."""

    code = "body_length"


class NoKey(Problem):
    """Send an API key as 'Authorization: Bearer <key>'."""

    status = 401
    code = "no_key"

    def __init__(self, detail: str = "", **members: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **members)


class BadKey(NoKey):
    """This API key is unknown, revoked or expired."""

    code = "bad_key"


class Refused(Problem):
    """You may not do this."""

    status = 403
    code = "forbidden"
    right: ClassVar[str] = ""  # what one must have the right to do, in words
    granted_by: ClassVar[str] = "a lead or an administrator of your team"  # empty where nobody can grant it


class ScopeRefused(Refused):
    """This API key may not do this."""

    code = "scope"


class Missing(Problem):
    """There is no such page or object."""

    status = 404
    code = "not_found"


class MethodRefused(Problem):
    """This address does not answer to that method."""

    status = 405
    code = "method_not_allowed"


class NotAcceptable(Problem):
    """This address answers in JSON only."""

    status = 406
    code = "not_acceptable"


class Conflict(Problem):
    """This changed after you opened it. Reload it and try again."""

    status = 409
    code = "stale"


class TooLarge(Problem):
    """This is too large."""

    status = 413
    code = "body_too_large"


class BodyTooLarge(TooLarge):
    """The body is larger than 16 MiB. Send smaller batches."""


class WrongMedia(Problem):
    """This content type is not understood here."""

    status = 415
    code = "unsupported_media_type"


class Invalid(Problem):
    """Some of what was sent is not valid."""

    status = 422
    code = "invalid"


class TooMany(Problem):
    """Too many requests. Wait a moment and try again."""

    status = 429
    code = "too_many_requests"

    def __init__(self, detail: str = "", *, retry_after_s: int = 5, **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)}, **members)


class Fault(Problem):
    """Something failed on our side. Quote the reference when you report it."""


class Busy(Problem):
    """The console cannot answer right now. Nothing was lost; try again in a moment."""

    status = 503
    code = "unavailable"

    def __init__(self, detail: str = "", *, retry_after_s: int = 2, **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)}, **members)


def default_detail(kind: type[Problem]) -> str:
    """Return the docstring of the class, or of the nearest parent that has one, as one line."""
    doc = next(parent.__doc__ for parent in kind.__mro__ if parent.__doc__)
    return " ".join(inspect.cleandoc(doc).split("\n\n")[0].split())


def describe(problem: Problem, request_id: str) -> dict[str, Any]:
    """Return the RFC 9457 description of a problem, the same for page, partial and JSON."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "fields": [{"pointer": field.pointer, "code": field.code, "detail": field.detail} for field in problem.fields],
        "request_id": request_id,
    }
