"""Every expected error: its families, its one description (RFC 9457) and its one rendering."""

from tscore.core.errors.api import api_problem
from tscore.core.errors.problems import (
    BadKey,
    BadRequest,
    BodyLength,
    BodyTooLarge,
    Busy,
    Conflict,
    Fault,
    FieldProblem,
    Invalid,
    MethodRefused,
    Missing,
    NoKey,
    NotAcceptable,
    Problem,
    Refused,
    ScopeRefused,
    TooLarge,
    TooMany,
    WrongMedia,
    describe,
)
from tscore.core.errors.render import render
from tscore.core.errors.translate import problem_of
from tscore.core.errors.views import bad_request, csrf_failure, forbidden, not_found, server_error

__all__ = [
    "BadKey",
    "BadRequest",
    "BodyLength",
    "BodyTooLarge",
    "Busy",
    "Conflict",
    "Fault",
    "FieldProblem",
    "Invalid",
    "MethodRefused",
    "Missing",
    "NoKey",
    "NotAcceptable",
    "Problem",
    "Refused",
    "ScopeRefused",
    "TooLarge",
    "TooMany",
    "WrongMedia",
    "api_problem",
    "bad_request",
    "csrf_failure",
    "describe",
    "forbidden",
    "not_found",
    "problem_of",
    "render",
    "server_error",
]
