"""Addresses of judgement, and who may use each of them."""

from typing import Final

from django.urls import path

from cases.web import (
    actions,
    audit,
    case,
    claims,
    decisions,
    delivery,
    entity,
    explore,
    health,
    home,
    inbox,
    mutes,
    notes,
    queue_settings,
    queues,
    rings,
    routing,
    sampling,
    search,
    views,
)
from cases.web.case_file import pages as case_file
from tscore.core.access import Group, Rule, SignedIn

app_name = "cases"
urlpatterns = [
    path("", home.home, name="home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/done/", inbox.all_done, name="inbox_all_done"),
    path("inbox/<int:item_id>/done/", inbox.done, name="inbox_done"),
    path("queues/", queues.queue_list, name="queues"),
    path("queues/<slug:slug>/", queues.queue, name="queue"),
    path("queues/<slug:slug>/filter/", queues.queue_filter, name="queue_filter"),
    path("views/new/", views.view_new, name="view_new"),
    path("views/<int:view_id>/", views.view, name="view"),
    path("views/<int:view_id>/filter/", views.view_filter, name="view_filter"),
    path("views/<int:view_id>/next/", views.view_next, name="view_next"),
    path("views/<int:view_id>/change/", views.view_change, name="view_change"),
    path("views/<int:view_id>/star/", views.view_star, name="view_star"),
    path("views/<int:view_id>/deletion/", views.view_deletion, name="view_deletion"),
    path("queues/<slug:slug>/next/", queues.next_case, name="next"),
    path("queues/<slug:slug>/health/", health.queue_health, name="queue_health"),
    path("queues/<slug:slug>/explore/", explore.queue_explore, name="queue_explore"),
    path("explore/plotly-<str:release>.js", explore.plotly, name="plotly"),
    path("admin/queues/", queue_settings.queue_list, name="queue_settings"),
    path("admin/queues/<slug:slug>/", queue_settings.promises, name="queue_promises"),
    path("admin/calendars/new/", queue_settings.calendar, name="calendar_new"),
    path("admin/calendars/<int:calendar_id>/", queue_settings.calendar, name="calendar"),
    path("admin/routing/", routing.rule_list, name="routing"),
    path("admin/routing/preview/", routing.preview, name="routing_preview"),
    path("admin/routing/rules/new/", routing.rule, name="routing_rule_new"),
    path("admin/routing/rules/<int:rule_id>/", routing.rule, name="routing_rule"),
    path("sampling/", sampling.lanes, name="sampling"),
    path("cases/<str:ref>/", case.case, name="case"),
    path("cases/<str:ref>/rest/", case.rest, name="rest"),
    path("cases/<str:ref>/scores/", case.scores, name="scores"),
    path("cases/<str:ref>/preview/", decisions.preview, name="preview"),
    path("cases/<str:ref>/decision/", decisions.decision, name="decision"),
    path("cases/<str:ref>/claim/", claims.claim, name="claim"),
    path("cases/<str:ref>/heartbeat/", claims.heartbeat, name="heartbeat"),
    path("cases/<str:ref>/release/", claims.release, name="release"),
    path("cases/<str:ref>/hold/", claims.hold, name="hold"),
    path("cases/<str:ref>/holder/", claims.hand_over, name="holder"),
    path("cases/<str:ref>/skip/", claims.skip, name="skip"),
    path("cases/<str:ref>/escalation/", claims.escalate, name="escalate"),
    path("cases/<str:ref>/snooze/", claims.snooze, name="snooze"),
    path("cases/<str:ref>/notes/", notes.note, name="note"),
    path("cases/<str:ref>/notes/<int:note_id>/", notes.edit, name="note_edit"),
    path("cases/<str:ref>/notes/<int:note_id>/pin/", notes.pin, name="note_pin"),
    path("cases/<str:ref>/draft/", notes.draft, name="draft"),
    path("cases/<str:ref>/print/", case_file.show, name="case_file"),
    path("cases/<str:ref>/case-file.pdf", case_file.download, name="case_file_pdf"),
    path("decisions/<int:decision_id>/reversal/", decisions.reversal, name="reversal"),
    path("me/decisions/", decisions.mine, name="mine"),
    path("e/<slug:kind>/<str:ref>/", entity.entity, name="entity"),
    path("e/<slug:kind>/<str:ref>/ring/", rings.find, name="find_ring"),
    path("e/<slug:kind>/<str:ref>/<slug:tab>/", entity.entity, name="entity_tab"),
    path("mutes/", mutes.mute_list, name="mutes"),
    path("mutes/new/", mutes.mute_new, name="mute_new"),
    path("mutes/<int:mute_id>/lifting/", mutes.lifting, name="mute_lift"),
    path("actions/", actions.actions, name="actions"),
    path("delivery/", delivery.delivery, name="delivery"),
    path("delivery/resumption/", delivery.resumption, name="resumption"),
    path("audit/", audit.audit, name="audit"),
    path("audit/verification/", audit.verification, name="verification"),
    path("search/", search.search, name="search"),
]

_READ: Final[dict[str, Rule]] = {"GET": SignedIn()}
# Personal values are shown here, so being signed in is not enough.
_PEOPLE: Final = Group("reviewer", "lead", "analyst")
_OVERSEERS: Final = Group("auditor", "lead", "admin")
# Counts and the marketplace's words only, no case and no person.
_KEEPERS: Final = Group("admin")
# Rules and promises decide whose work comes first; which queues a lead may change is asked for each of them.
_LEADS: Final = Group("lead", "admin")
# What is muted asks nobody: whoever tunes detectors or answers for a queue may do so.
_MUTERS: Final = Group("lead", "analyst")
_CHANGE: Final[dict[str, Rule]] = {"POST": SignedIn()}
_READERS = ("home", "inbox", "queues", "queue", "case", "case_file", "rest", "scores", "mine", "actions")
_CHANGES = (
    "queue_filter",
    "inbox_done",
    "inbox_all_done",
    "next",
    "preview",
    "decision",
    "claim",
    "heartbeat",
    "release",
    "hold",
    "holder",
    "skip",
    "escalate",
    "snooze",
    "note",
    "note_edit",
    "note_pin",
    "draft",
    "reversal",
)
ACCESS: Final[dict[str, dict[str, Rule]]] = {
    **{f"cases:{name}": _READ for name in _READERS},
    **{f"cases:{name}": _CHANGE for name in _CHANGES},
    "cases:case_file_pdf": _CHANGE,
    "cases:view": _READ,
    **{f"cases:view_{name}": _CHANGE for name in ("new", "filter", "next", "change", "star", "deletion")},
    "cases:search": {"GET": _PEOPLE, "POST": _PEOPLE},
    "cases:entity": {"GET": _PEOPLE},
    "cases:entity_tab": {"GET": _PEOPLE},
    "cases:find_ring": {"POST": _PEOPLE},
    "cases:delivery": {"GET": _KEEPERS},
    "cases:resumption": {"POST": _KEEPERS},
    "cases:queue_health": {"GET": _LEADS},
    "cases:queue_explore": {"GET": _LEADS},
    "cases:plotly": {"GET": _LEADS},
    "cases:queue_settings": {"GET": _LEADS, "POST": _LEADS},
    "cases:queue_promises": {"GET": _LEADS, "POST": _LEADS},
    "cases:calendar_new": {"GET": _LEADS, "POST": _LEADS},
    "cases:calendar": {"GET": _LEADS, "POST": _LEADS},
    "cases:routing": {"GET": _LEADS, "POST": _LEADS},
    "cases:routing_preview": {"POST": _LEADS},
    "cases:routing_rule_new": {"GET": _LEADS},
    "cases:routing_rule": {"GET": _LEADS},
    "cases:mutes": {"GET": _MUTERS, "POST": _MUTERS},
    "cases:mute_new": {"GET": _MUTERS},
    "cases:mute_lift": {"POST": _MUTERS},
    "cases:sampling": {"GET": Group("lead", "analyst", "admin"), "POST": _LEADS},
    "cases:audit": {"GET": _OVERSEERS},
    "cases:verification": {"POST": _OVERSEERS},
}
