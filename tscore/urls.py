"""Mounts pages, the API and the two addresses that say whether the console lives."""

from django.urls import URLPattern, URLResolver, include, path

from cases import urls as cases
from cases.queries import inbox
from cases.services import correlation
from signals import urls as signals
from signals.api import assess
from signals.api import urls as api
from tscore import health
from tscore.core import access, navigation
from tscore.core import urls as core
from tscore.core.navigation import Place
from tscore.states import urls as states
from tscore.watch import urls as watch

MOUNTS = (("", core), ("", cases), ("", signals), ("", watch), ("", states), ("api/v1/", api))

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *(path(prefix, include(module)) for prefix, module in MOUNTS),
]

for _declared in (health.ACCESS, *(module.ACCESS for _, module in MOUNTS)):
    access.declare_all(_declared)

assess.route_by(correlation.correlate_at_once)

navigation.declare(
    Place("cases:home", "Home", "house", key="g h"),
    Place("cases:inbox", "Inbox", "mail", key="g i", count=inbox.waiting_count),
    Place("cases:queues", "Queues", "inbox", key="g q", also=("/cases/", "/views/")),
    Place("cases:bulk_jobs", "Bulk jobs", "", nested=True, groups=("lead",)),
    Place("cases:team_times", "Times", "", nested=True),
    Place("cases:mine", "My decisions", "history", key="g m", also=("/decisions/",), groups=("reviewer", "lead")),
    Place("cases:handbook", "Handbook", "book-open", key="g b", also=("/practice/",)),
    Place("cases:actions", "Actions", "send", key="g x"),
    Place("cases:delivery", "Delivery", "unplug"),
    Place("cases:queue_settings", "Queue settings", "git-branch", also=("/admin/",)),
    Place("cases:mutes", "Mutes", "eye-off", groups=("lead", "analyst")),
    Place("cases:sampling", "Sampling", "chart-line"),
    Place("cases:search", "Search", "search", key="g s", also=("/e/",), looks_up=True),
    Place("cases:audit", "Audit", "scroll-text", key="g u"),
    Place("signals:dead_letters", "Dead letters", "mail-x", section=True),
    Place("watch:status", "Status", "bell", groups=("engineer", "lead", "admin")),
    Place("signals:labels", "Labels", "tags", key="g l"),
    Place("signals:datasets", "Datasets", "database", key="g d"),
    Place("core:profile", "Display", "settings", key="g p", section=True, also=("/me/",)),
)
navigation.declare_own(
    Place("core:profile", "Display", ""),
    Place("core:shortcuts", "Shortcuts", ""),
    Place("cases:wellbeing", "Wellbeing", ""),
    Place("cases:my_times", "My times", ""),
)

handler400 = "tscore.core.errors.bad_request"
handler403 = "tscore.core.errors.forbidden"
handler404 = "tscore.core.errors.not_found"
handler500 = "tscore.core.errors.server_error"
