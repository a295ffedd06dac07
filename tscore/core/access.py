"""The one access table: route name -> method -> rule. What is not declared is refused.

Each urls module names its own part in `ACCESS`; composition hands the parts to `declare`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from tscore.core import groups
from tscore.core.errors import MethodRefused, Missing, Problem
from tscore.core.errors.render import wants_json
from tscore.core.http import is_partial


class SignInNeeded(Problem):
    """You are signed out. What you wrote is still on the page: sign in and send it again."""

    status = 401
    code = "signed_out"


class Rule(Protocol):
    """Who may use a method: `check` returns None (yes), an answer in place of the view, or raises a Problem."""

    def check(self, request: HttpRequest) -> HttpResponse | None: ...


@dataclass(frozen=True)
class Public:
    """Anybody."""

    def check(self, request: HttpRequest) -> HttpResponse | None:
        return None


@dataclass(frozen=True)
class SignedIn:
    """Anybody who has signed in; the view itself fetches only what that person may see."""

    def check(self, request: HttpRequest) -> HttpResponse | None:
        return None if request.user.is_authenticated else _to_login(request)


@dataclass(frozen=True, init=False)
class Group:
    """Members of at least one of the named groups; for others the page does not exist."""

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        unknown = set(names) - set(groups.GROUPS)
        if unknown or not names:
            raise ValueError(f"No such group: {sorted(unknown)}. Known: {sorted(groups.GROUPS)}.")
        object.__setattr__(self, "names", names)

    def check(self, request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return _to_login(request)
        if not groups.is_in(request.user, *self.names):
            raise Missing
        return None


@dataclass(frozen=True)
class Key:
    """A machine whose API key has the scope; the key is left on `request.api_key`. Sessions do not count here."""

    scope: str

    def check(self, request: HttpRequest) -> HttpResponse | None:
        from tscore.core.api_keys import authorize  # it reads models; this table is imported by every urls module

        request.api_key = authorize(request, scope=self.scope)  # type: ignore[attr-defined]
        return None


TABLE: dict[str, dict[str, Rule]] = {}


def declare(route: str, **methods: Rule) -> None:
    """Declare who may use each method of a route, as in `declare("cases:queue", GET=SignedIn())`."""
    TABLE[route] = dict(methods)


def declare_all(table: Mapping[str, Mapping[str, Rule]]) -> None:
    """Declare every route of one urls module."""
    for route, methods in table.items():
        declare(route, **methods)


def check(request: HttpRequest) -> HttpResponse | None:
    """Let the request through (None), answer in the view's place, or raise."""
    match = request.resolver_match
    methods = TABLE.get(match.view_name) if match else None
    if methods is None:
        raise Missing
    rule = rule_for(methods, request.method or "")
    if rule is None:
        raise MethodRefused(headers={"Allow": ", ".join(sorted(methods))})
    return rule.check(request)


def rule_for(methods: Mapping[str, Rule], method: str) -> Rule | None:
    """Return the rule of a method; HEAD is a GET without a body."""
    return methods.get("GET" if method == "HEAD" else method)


def may(user: Any, route: str) -> bool:
    """Tell whether a signed-in person may open the route's page; for menus, never instead of the check itself."""
    rule = TABLE.get(route, {}).get("GET")
    if isinstance(rule, Group):
        return groups.is_in(user, *rule.names)
    return isinstance(rule, SignedIn | Public)


def _to_login(request: HttpRequest) -> HttpResponse:
    if wants_json(request) or is_partial(request):
        # Over a page the script asks for the password, so that nothing written there is lost.
        raise SignInNeeded
    back = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(back, resolve_url("core:login"))
