"""How long the server worked on a request and what it asked of the database, told in a header of the answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest, HttpResponse

HEADER: Final = "X-Bench"
SETTING: Final = "tscore.bench.timing.ServerTime"
# Not counted, as the goal says: what opens and closes transactions, and what signs a person in and reads rights.
FRAME: Final = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "SHOW ", "BEGIN", "COMMIT")
SIGN_IN: Final = ("django_session", '"core_user"."id" = ', "core_user_groups", "guardian_", "auth_group")


class ServerTime:
    """The outermost middleware of a measured server."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        statements: list[str] = []
        spent = [0.0]

        def asked(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                spent[0] += time.perf_counter() - began
                statements.append(str(sql))

        began = time.perf_counter()
        with connection.execute_wrapper(asked):
            answer = self.get_response(request)
        told = {
            "ms": round((time.perf_counter() - began) * 1000, 3),
            "database_ms": round(spent[0] * 1000, 3),
            "statements": sum(counts(sql) for sql in statements),
        }
        answer[HEADER] = json.dumps(told)
        return answer


def counts(sql: str) -> bool:
    """Tell whether a statement counts against the budget of a page."""
    signs_in = any(mark in sql for mark in SIGN_IN) and '"cases_case"' not in sql and "cases_case " not in sql
    return not sql.lstrip().startswith(FRAME) and not signs_in
