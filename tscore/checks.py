"""System checks across apps: what one app declares, another must be able to carry out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  (Django's own name)
from django.urls import URLPattern, URLResolver, get_resolver

from cases import verbs as case_verbs
from cases.action_kinds import KINDS
from cases.enums import ActionMode
from signals import verbs as signal_verbs
from tscore.core import access
from tscore.core import verbs as core_verbs

VERB_MODULES = (core_verbs, signal_verbs, case_verbs)
VERB_LENGTH = 48


@register(Tags.urls)
def every_route_is_declared(**kwargs: Any) -> list[CheckMessage]:
    """Fail for a route that the access table does not know, and for a declared route that does not exist."""
    routes = dict(_routes(get_resolver()))
    undeclared = sorted(set(routes) - set(access.TABLE))
    unknown = sorted(set(access.TABLE) - set(routes))
    return [
        *(Error(f"Route {name!r} is not declared in any ACCESS table, so nobody may use it.") for name in undeclared),
        *(Error(f"ACCESS declares {name!r}, but there is no such route.") for name in unknown),
    ]


@register(Tags.urls)
def every_api_view_asks_for_its_declared_scope(**kwargs: Any) -> list[CheckMessage]:
    """Fail where a view asks for another scope than the access table does."""
    return [
        Error(f"Route {name!r} is declared with scope {rule.scope!r}, its view asks for {asked!r}.")
        for name, view in _routes(get_resolver())
        for rule in access.TABLE.get(name, {}).values()
        if isinstance(rule, access.Key)
        and (asked := getattr(getattr(view, "cls", None), "required_scope", rule.scope)) != rule.scope
    ]


@register
def every_verb_has_one_sentence(**kwargs: Any) -> list[CheckMessage]:
    """Fail for an audit verb without a sentence, one that is declared twice and one that does not fit its column."""
    verbs = [verb for module in VERB_MODULES for verb in module.Verb]
    doubled = [value for value, times in Counter(verb.value for verb in verbs).items() if times > 1]
    return [
        *(Error(f"Audit verb {verb.value!r} has no sentence.") for verb in verbs if verb.label == _default_label(verb)),
        *(Error(f"Audit verb {verb.value!r} is too long.") for verb in verbs if len(verb.value) > VERB_LENGTH),
        *(Error(f"Audit verb {value!r} is declared twice.") for value in doubled),
    ]


@register
def every_action_kind_can_be_taken_back_as_it_says(**kwargs: Any) -> list[CheckMessage]:
    """Fail for an inverse that does not exist or acts on other things, and for a second way back of a one-way kind."""
    problems: list[CheckMessage] = []
    for kind in KINDS.values():
        if kind.inverse is None:
            continue
        inverse = KINDS.get(kind.inverse)
        if inverse is None:
            problems.append(Error(f"Action kind {kind.kind!r} names {kind.inverse!r} as inverse; there is none."))
        elif not set(kind.target_kinds) <= set(inverse.target_kinds):
            problems.append(Error(f"Action kind {kind.kind!r} and its inverse act on different things."))
        if kind.mode is not ActionMode.REVERSIBLE:
            problems.append(Error(f"Action kind {kind.kind!r} is {kind.mode} and yet names an inverse."))
    return problems


@register(Tags.database)
def roles_are_apart(**kwargs: Any) -> list[CheckMessage]:
    """Warn where one database role does everything: then triggers alone keep the trail append-only."""
    users = {alias: settings.DATABASES[alias]["USER"] for alias in ("default", "owner", "sealer")}
    if len(set(users.values())) == len(users):
        return []
    return [
        Warning(
            "The database roles app, owner and sealer are not three different ones.",
            hint="Set DATABASE_OWNER_URL and DATABASE_SEALER_URL to roles of their own.",
        )
    ]


def _default_label(verb: Any) -> str:
    return str(verb.name.replace("_", " ").title())


def _routes(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the full name and the view of every route; a route without a name goes by its pattern."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _routes(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or str(entry.pattern)}", entry.callback
