"""The ordered list of routing rules. Every change is shown first, with its warnings and the load it would bring."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases.queries import health, routing_page
from cases.routing_forms import PARTS, ROWS, RuleForm
from cases.services import routing, routing_edits
from cases.services.routing_edits import Change, What
from cases.services.rulebook.attributes import ATTRIBUTES, OPERATORS
from cases.services.rulebook.rules import MOST_CONDITIONS, Rule, written
from cases.web import keys
from tscore.core.errors import Invalid, Missing
from tscore.core.http import HtmxRequest, page, see_other


def rule_list(request: HtmxRequest) -> HttpResponse:
    """Show the rules in their order, or store a change that was looked at before."""
    if request.method == "POST":
        return _save(request)
    context = {"now": timezone.now(), "lines": routing_page.lines(routing.rules()), "form_key": keys.new()}
    return page(request, "cases/routing.html", context)


def rule(request: HtmxRequest, rule_id: int = 0) -> HttpResponse:
    """Show one rule to edit, or an empty one to add."""
    found = _rule(rule_id)
    initial = {"name": found.name, "queue": found.queue_id} if found else {}
    form = RuleForm(initial=initial, queues=health.led_queues(request.user))
    rows = [tuple(map(_typed, row)) for row in written(found.conditions)] if found else []
    return page(request, "cases/routing_rule.html", _editor(form, rows, rule_id))


def preview(request: HtmxRequest) -> HttpResponse:
    """Show what a change would bring: warnings, and the load of each queue over the last days; nothing changes."""
    now, rule_id = timezone.now(), _number(request, "rule")
    form = _form(request)
    if form is not None and not form.is_valid():
        return page(request, "cases/routing_rule.html", _editor(form, form.rows(), rule_id), status=422)
    change = _change(request, form)
    before = routing.rules()
    after = routing_edits.apply(before, change)
    context = {
        "now": now,
        "change": change,
        "lines": routing_page.lines(after),
        "run": routing_edits.dry_run(before=before, after=after, now=now),
        "days": routing_edits.DAYS,
        "fields": [(name, value) for name, value in request.POST.items() if name not in keys.NOT_CONTENT],
        "seen": routing_edits.fingerprint(before),
        "form_key": keys.new(),
    }
    return page(request, "cases/routing_preview.html", context)


def _save(request: HtmxRequest) -> HttpResponse:
    now, form = timezone.now(), _form(request)
    if form is not None and not form.is_valid():
        return page(
            request, "cases/routing_rule.html", _editor(form, form.rows(), _number(request, "rule")), status=422
        )
    change, seen = _change(request, form), request.POST.get("seen", "")
    keys.once(
        request,
        now=now,
        run=lambda: {"rule": routing_edits.save(change=change, seen=seen, actor=request.user, now=now).pk},
    )
    return see_other(request, "cases:routing")


def _form(request: HtmxRequest) -> RuleForm | None:
    """Return the form of a rule that is added or edited; moving and switching need none."""
    if request.POST.get("what") not in (What.ADD, What.EDIT):
        return None
    return RuleForm(request.POST, queues=health.led_queues(request.user))


def _change(request: HtmxRequest, form: RuleForm | None) -> Change:
    rule_id = _number(request, "rule")
    if form is not None:
        return form.change(rule_id)
    try:
        return Change(What(request.POST.get("what", "")), rule_id)
    except ValueError:
        raise Invalid("Choose what to change.") from None


def _editor(form: RuleForm, rows: list[Any], rule_id: int) -> dict[str, Any]:
    shown = max(ROWS, min(len(rows) + 1, MOST_CONDITIONS))
    filled = [*rows, *[("", "", "")] * (shown - len(rows))]
    return {
        "now": timezone.now(),
        "form": form,
        "rule_id": rule_id,
        "what": What.EDIT if rule_id else What.ADD,
        "rows": [dict(zip(PARTS, row, strict=True)) for row in filled],
        "attributes": ATTRIBUTES.values(),
        "operators": OPERATORS.values(),
    }


def _rule(rule_id: int) -> Rule | None:
    if not rule_id:
        return None
    found = next((one for one in routing.rules() if one.id == rule_id), None)
    if found is None:
        raise Missing
    return found


def _typed(part: object) -> str:
    return (
        ", ".join(map(str, part)) if isinstance(part, list) else f"{part:g}" if isinstance(part, float) else str(part)
    )


def _number(request: HtmxRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
