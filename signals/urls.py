"""Addresses of evidence, and who may use each of them."""

from __future__ import annotations

from typing import Final

from django.urls import path

from signals.web import api_docs, datasets, dead_letters, labels
from tscore.core.access import Group, Public, Rule

app_name = "signals"
urlpatterns = [
    path("docs/api/", api_docs.api_docs, name="api_docs"),
    path("dead-letters/", dead_letters.dead_letters, name="dead_letters"),
    path("dead-letters/replays/", dead_letters.replay_all, name="dead_letter_replays"),
    path("dead-letters/<str:ref>/", dead_letters.dead_letter, name="dead_letter"),
    path("dead-letters/<str:ref>/body/", dead_letters.body, name="dead_letter_body"),
    path("dead-letters/<str:ref>/trial/", dead_letters.trial, name="dead_letter_trial"),
    path("dead-letters/<str:ref>/replay/", dead_letters.replay, name="dead_letter_replay"),
    path("dead-letters/<str:ref>/dismissal/", dead_letters.dismissal, name="dead_letter_dismissal"),
    path("labels/", labels.labels, name="labels"),
    path("datasets/", datasets.dataset_list, name="datasets"),
    path("datasets/new/", datasets.build, name="dataset_build"),
    path("datasets/<str:ref>/", datasets.dataset, name="dataset"),
    path("datasets/<str:ref>/files/<str:name>", datasets.dataset_file, name="dataset_file"),
]

_KEEPERS = Group("analyst", "engineer", "lead", "admin")
_LABEL_READERS = Group("analyst", "engineer", "lead", "admin", "auditor")
_TABLE_READERS = Group("analyst", "engineer", "auditor")
_BUILDERS = Group("analyst", "engineer")
ACCESS: Final[dict[str, dict[str, Rule]]] = {
    "signals:api_docs": {"GET": Public()},
    "signals:dead_letters": {"GET": _KEEPERS},
    "signals:dead_letter_replays": {"POST": _KEEPERS},
    "signals:dead_letter": {"GET": _KEEPERS},
    "signals:dead_letter_body": {"POST": _KEEPERS},
    "signals:dead_letter_trial": {"POST": _KEEPERS},
    "signals:dead_letter_replay": {"POST": _KEEPERS},
    "signals:dead_letter_dismissal": {"POST": _KEEPERS},
    "signals:labels": {"GET": _LABEL_READERS},
    "signals:datasets": {"GET": _TABLE_READERS},
    "signals:dataset": {"GET": _TABLE_READERS},
    "signals:dataset_build": {"GET": _BUILDERS, "POST": _BUILDERS},
    "signals:dataset_file": {"GET": _BUILDERS, "POST": _BUILDERS},
}
