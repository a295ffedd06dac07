"""Mounts pages, the API and the two addresses that say whether the console lives."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.urls import URLPattern, URLResolver, include, path

from tscore import health
from tscore.core import access, navigation
from tscore.core.navigation import Place

# The order matters only where two addresses could match; no two do.
MOUNTS = (
    ("", "tscore.core.urls"),
    ("", "cases.urls"),
    ("", "signals.urls"),
    ("api/v1/", "signals.api.urls"),
)


def _mounted() -> list[tuple[str, ModuleType]]:
    return [(prefix, import_module(name)) for prefix, name in MOUNTS if find_spec(name)]


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *(path(prefix, include(module)) for prefix, module in _mounted()),
]

access.declare_all(health.ACCESS)
for _, _module in _mounted():
    access.declare_all(_module.ACCESS)

navigation.declare(
    Place("cases:home", "Home", "house", key="g h"),
    Place("cases:queues", "Queues", "inbox", key="g q"),
    Place("cases:actions", "Actions", "send", key="g x"),
    Place("cases:search", "Search", "search", key="g s"),
    Place("cases:audit", "Audit", "scroll-text", key="g u"),
    Place("signals:dead_letters", "Dead letters", "mail-x", section=True),
    Place("signals:labels", "Labels", "tags", key="g l"),
    Place("signals:datasets", "Datasets", "database", key="g d"),
    Place("core:profile", "Display", "settings", key="g p", section=True),
)

handler400 = "tscore.core.errors.bad_request"
handler403 = "tscore.core.errors.forbidden"
handler404 = "tscore.core.errors.not_found"
handler500 = "tscore.core.errors.server_error"
