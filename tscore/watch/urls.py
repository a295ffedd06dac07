"""Where one sees whether all is well: people at /status/, machines at /metrics."""

from typing import Final

from django.urls import path

from tscore.core.access import Group, Key, Rule, SignedIn
from tscore.watch import metrics, page

app_name = "watch"
urlpatterns = [
    path("status/", page.status, name="status"),
    path("status/<int:alarm_id>/acknowledgement/", page.acknowledgement, name="acknowledgement"),
    path("metrics", metrics.metrics, name="metrics"),
]
# Everybody may know that something is wrong; the details and what to do are for those who can do it.
ACCESS: Final[dict[str, dict[str, Rule]]] = {
    "watch:status": {"GET": SignedIn()},
    "watch:acknowledgement": {"POST": Group(*page.KEEPERS)},
    "watch:metrics": {"GET": Key("metrics:read")},
}
