"""Addresses of evidence, and who may use each of them."""

from __future__ import annotations

from typing import Final

from django.urls import path

from signals.web import dead_letters
from tscore.core.access import Group, Rule

app_name = "signals"
urlpatterns = [
    path("dead-letters/", dead_letters.dead_letters, name="dead_letters"),
    path("dead-letters/<str:ref>/", dead_letters.dead_letter, name="dead_letter"),
    path("dead-letters/<str:ref>/body/", dead_letters.body, name="dead_letter_body"),
    path("dead-letters/<str:ref>/replay/", dead_letters.replay, name="dead_letter_replay"),
    path("dead-letters/<str:ref>/dismissal/", dead_letters.dismissal, name="dead_letter_dismissal"),
]

_KEEPERS = Group("analyst", "engineer", "lead", "admin")
ACCESS: Final[dict[str, dict[str, Rule]]] = {
    "signals:dead_letters": {"GET": _KEEPERS},
    "signals:dead_letter": {"GET": _KEEPERS},
    "signals:dead_letter_body": {"POST": _KEEPERS},
    "signals:dead_letter_replay": {"POST": _KEEPERS},
    "signals:dead_letter_dismissal": {"POST": _KEEPERS},
}
