"""Every page there is, and how to get to one of each: what is crawled, checked and photographed.

A route that answers GET stands in PAGES, or in NO_PAGES with the reason; a test holds both against the table of access.
"""

from __future__ import annotations

from typing import Final

PAGES: Final[dict[str, str]] = {
    "cases:home": "/",
    "cases:inbox": "/inbox/",
    "cases:queues": "/queues/",
    "cases:view": "/views/{view}/",
    "cases:queue": "/queues/ato/",
    "cases:queue_chooser": "/queues/ato/chooser/",
    "cases:view_chooser": "/views/{view}/chooser/",
    "cases:peek": "/cases/{case}/peek/",
    "cases:queue_health": "/queues/ato/health/",
    "cases:queue_explore": "/queues/ato/explore/",
    "cases:queue_settings": "/admin/queues/",
    "cases:queue_promises": "/admin/queues/ato/",
    "cases:calendar_new": "/admin/calendars/new/",
    "cases:calendar": "/admin/calendars/{calendar}/",
    "cases:routing": "/admin/routing/",
    "cases:routing_rule_new": "/admin/routing/rules/new/",
    "cases:routing_rule": "/admin/routing/rules/{rule}/",
    "cases:sampling": "/sampling/",
    "cases:case": "/cases/{case}/",
    "cases:case_new": "/cases/new/",
    "cases:case_file": "/cases/{decided}/print/",
    "cases:bulk_jobs": "/bulk/",
    "cases:bulk_new": "/bulk/new/",
    "cases:bulk_job": "/bulk/{job}/",
    "cases:bulk_preview": "/bulk/{job}/preview/",
    "cases:handbook": "/handbook/",
    "cases:policy": "/handbook/{policy}/",
    "cases:practice_try": "/practice/{practice}/",
    "cases:practice_answer": "/practice/{practised}/answer/",
    "cases:wellbeing": "/me/wellbeing/",
    "cases:my_times": "/me/times/",
    "cases:team_times": "/times/",
    "cases:mine": "/me/decisions/",
    "cases:entity": "/e/account/{account}/",
    "cases:entity_tab": "/e/account/{account}/links/",
    "cases:mutes": "/mutes/",
    "cases:mute_new": "/mutes/new/",
    "cases:actions": "/actions/",
    "cases:delivery": "/delivery/",
    "cases:audit": "/audit/",
    "cases:search": "/search/",
    "signals:api_docs": "/docs/api/",
    "signals:dead_letters": "/dead-letters/",
    "signals:dead_letter": "/dead-letters/{dead_letter}/",
    "signals:labels": "/labels/",
    "signals:datasets": "/datasets/",
    "signals:dataset_build": "/datasets/new/",
    "signals:dataset": "/datasets/{dataset}/",
    "core:login": "/login/",
    "core:profile": "/me/display/",
    "core:shortcuts": "/me/shortcuts/",
    "watch:status": "/status/",
}
# The same route about other things looks different enough to be a page of its own.
MORE_PAGES: Final[dict[str, str]] = {
    "case, decided": "/cases/{decided}/",
    "case, ring": "/cases/{ring}/",
    "case, message": "/cases/{phishing}/",
    "case, payment": "/cases/{payment_case}/",
    "case, listing": "/cases/{listing_case}/",
    "entity, payment": "/e/payment/{payment}/",
    "entity, listing": "/e/listing/{listing}/",
    "entity, message": "/e/message/{message}/",
    "entity, device": "/e/device/{device}/",
    "entity, ip": "/e/ip/{ip}/",
    "entity, card": "/e/card/{card}/",
    "entity, domain": "/e/domain/{domain}/",
    "not found": "/cases/C-999999999/",
}
NO_PAGES: Final[dict[str, str]] = {
    "cases:rest": "a part of the page of a case",
    "cases:raw": "a part of the page of a case",
    "cases:story": "a part of the page of a case",
    "cases:scores": "a part of the page of a case",
    "cases:rows": "more rows of a list",
    "cases:queue_news": "a part of the page of a queue",
    "cases:view_news": "a part of the page of a view",
    "cases:media": "a picture",
    "cases:times_export": "a file",
    "cases:practice": "leads to a case to practise on",
    "cases:plotly": "a script",
    "states:gallery": "for whoever draws pages, off unless asked for",
    "core:again": "a part of the dialog that asks for the password again",
    "signals:dataset_file": "a file",
    "watch:metrics": "for machines",
    "api:schema": "for machines",
    "healthz": "for machines",
    "readyz": "for machines",
}
_FOUND: Final = {
    "state": "queued",
    "lane": "detection",
    "entity__kind__in": ("account", "message", "payment", "listing"),
}
_CASES: Final = {
    "case": {"state": "queued", "abuse_type_id": "account_takeover", "entity__kind": "account"},
    "decided": {"state": "closed", "decisions__isnull": False},
    "ring": {"entity__kind": "ring"},
    "phishing": {"abuse_type_id": "phishing", **_FOUND},
    "payment_case": {"abuse_type_id": "payment_fraud", **_FOUND},
    "listing_case": {"abuse_type_id": "prohibited_item", **_FOUND},
}
_ENTITIES: Final = ("account", "payment", "listing", "message", "device", "ip", "card", "domain")


def addresses() -> dict[str, str]:
    """Return the address of each page by its name, with one thing of each kind that the database holds.

    Raises:
        LookupError: the database lacks things to show; all of them are named.
    """
    found = _things()
    if missing := sorted(name for name, word in found.items() if word is None):
        raise LookupError(f"There is nothing to show for: {', '.join(missing)}.")
    return {name: address.format(**found) for name, address in {**PAGES, **MORE_PAGES}.items()}


def _things() -> dict[str, str | None]:
    from cases.models import BulkJob, Case, Decision, Policy, PracticeAnswer, RoutingRule, SavedView, WorkingCalendar
    from signals.models import DatasetVersion, DeadLetter, Entity, Involvement
    from tscore.core import ids

    cases = {name: Case.objects.filter(**wanted).order_by("-priority", "pk").first() for name, wanted in _CASES.items()}
    acting = Involvement.objects.filter(superseded_at=None)
    entities = {
        kind: Entity.objects.filter(kind=kind, pk__in=acting.values("entity")).order_by("-last_seen_at", "pk").first()
        for kind in _ENTITIES
    }
    rows = {"dead_letter": (DeadLetter, "dl"), "dataset": (DatasetVersion, "ds")}
    numbered = {name: model.objects.order_by("-pk").first() for name, (model, _) in rows.items()}
    plain = {
        "calendar": WorkingCalendar.objects.first(),
        "rule": RoutingRule.objects.first(),
        "view": SavedView.objects.first(),
        "job": BulkJob.objects.order_by("-pk").first(),
        "practice": Decision.objects.filter(supersedes=None, superseded_by=None).order_by("pk").first(),
    }
    policy, answer = Policy.objects.filter(in_force=True).first(), PracticeAnswer.objects.first()
    return {
        **{name: found.ref if found else None for name, found in {**cases, **entities}.items()},
        "account": cases["case"].entity.ref if cases["case"] else None,
        **{name: ids.row_ref(rows[name][1], found.pk) if found else None for name, found in numbered.items()},
        **{name: str(found.pk) if found else None for name, found in plain.items()},
        "policy": policy.slug if policy else None,
        "practised": str(answer.decision_id) if answer else None,
    }
