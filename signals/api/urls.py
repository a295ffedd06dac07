"""Addresses of the API and of its description, and who may use each of them."""

from __future__ import annotations

from typing import Final

from django.urls import path

from signals.api import assess, events, labels, schema, signals
from tscore.core.access import Key, Public, Rule

app_name = "api"
urlpatterns = [
    path("events", events.Events.as_view(), name="events"),
    path("signals", signals.Signals.as_view(), name="signals"),
    path("labels", labels.Labels.as_view(), name="labels"),
    path("assess", assess.Assess.as_view(), name="assess"),
    path("schema/", schema.schema, name="schema"),
]

ACCESS: Final[dict[str, dict[str, Rule]]] = {
    "api:events": {"POST": Key("events:write")},
    "api:signals": {"POST": Key("signals:write")},
    "api:labels": {"POST": Key("labels:write")},
    "api:assess": {"POST": Key("assess")},
    "api:schema": {"GET": Public()},
}
