"""The facts of each abuse type that must be seen without a click, worked out from the events of the case. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from cases.queries.what import EventView, What
from cases.web import event_words
from cases.web.story import named
from tscore.core.templatetags.console import money

NOT_KNOWN: Final = "not known"
NEAR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line; `before` only in tables of before and after. Values were written by strangers."""

    name: str
    value: str
    before: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """The top of the centre pane for one abuse type; `texts` are shown whole, with their links dead."""

    title: str
    facts: list[Fact] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    compares: bool = False


def panel(abuse_type: str, what: What) -> Panel | None:
    """Return the panel of an abuse type, or None where the type has none or nothing is known."""
    build = PANELS.get(abuse_type)
    return build(what) if build and what.evidence else None


def _trigger(what: What) -> EventView:
    return next((event for event in what.evidence if event.is_trigger), what.evidence[0])


def _takeover(what: What) -> Panel:
    """Before and after: the last sign-in from another device against the one that was flagged, and what changed."""
    after = _trigger(what)
    device = _text(after, "device")
    before = next((event for event in _earlier(what, after) if _text(event, "device") not in ("", device)), None)
    facts = [_pair(label, before, after, role) for label, role in (("Device", "device"), ("Network", "ip"))]
    was, now = (event_words.field(event, "context.country") if event else "" for event in (before, after))
    facts.append(Fact("Country", now or NOT_KNOWN, was or NOT_KNOWN, changed=bool(was and now and was != now)))
    facts.append(Fact("Seen", _moment(after), _moment(before)))
    facts.extend(_changes(what, after))
    facts.append(_payouts(what, after))
    return Panel("Account takeover", facts, compares=True)


def _earlier(what: What, moment: EventView) -> list[EventView]:
    wanted = ("login.succeeded", "account.created")
    return [event for event in what.timeline if event.occurred_at < moment.occurred_at and event.kind in wanted]


def _pair(label: str, before: EventView | None, after: EventView, role: str) -> Fact:
    was, now = _text(before, role) if before else "", _text(after, role)
    return Fact(label, now or NOT_KNOWN, was or NOT_KNOWN, changed=bool(was and now and was != now))


def _moment(event: EventView | None) -> str:
    return f"{event.occurred_at:%-d %b %H:%M} UTC" if event else NOT_KNOWN


def _changes(what: What, after: EventView) -> list[Fact]:
    """Say for each detail that a takeover changes whether it was changed around the flagged event."""
    near = [
        event
        for event in (*what.evidence, *what.timeline)
        if event.kind == "account.updated" and abs(event.occurred_at - after.occurred_at) <= NEAR
    ]
    changed = {name: event for event in near for name in event_words.changed_fields(event)}
    return [
        Fact(
            event_words.CHANGED[name].capitalize(),
            f"changed {changed[name].occurred_at:%H:%M}" if name in changed else "not changed",
            changed=name in changed,
        )
        for name in ("email", "phone", "password", "factor", "payout_account")
    ]


def _payouts(what: What, after: EventView) -> Fact:
    asked = {
        event.id: event
        for event in (*what.evidence, *what.timeline)
        if event.kind == "payout.requested" and event.occurred_at >= after.occurred_at - NEAR
    }
    total = sum(event.amount_base_minor or 0 for event in asked.values())
    return Fact("Money asked for", money(total, "EUR") if asked else "none", changed=bool(asked))


def _phishing(what: What) -> Panel:
    messages = [event for event in what.evidence if event.kind == "message.sent"]
    bodies = Counter(text for event in messages for member, text in event.texts if member == "text")
    recipients = {name.id for event in messages if (name := named(event, "recipient"))}
    domains = sorted({name.text for event in messages for role, name in event.entities if name.kind == "domain"})
    reports = sum(event.kind == "report.created" for event in what.timeline)
    facts = [
        Fact("Recipients reached", str(len(recipients)) if recipients else NOT_KNOWN),
        Fact("Messages", str(len(messages))),
        Fact("Different texts", str(len(bodies))),
        Fact("Domains named", ", ".join(domains[:6]) or "none"),
        Fact("Reports", str(reports)),
    ]
    shown = [(f"{count} times" if count > 1 else "once", text) for text, count in bodies.most_common(3)]
    return Panel("Message as received", facts, shown)


def _payments(what: What) -> Panel:
    events = [*what.evidence, *what.timeline]
    payments = list({event.id: event for event in events if event.kind.startswith("payment.")}.values())
    disputes = list({event.id: event for event in events if event.kind.startswith("dispute.")}.values())
    trigger = next((event for event in what.evidence if event.kind.startswith("payment.")), None)
    facts = [
        Fact("Amount", event_words.amount(trigger) if trigger else NOT_KNOWN),
        Fact("Address, code, 3-D Secure", _checks(trigger)),
        Fact("Seller", _text(trigger, "seller") or NOT_KNOWN if trigger else NOT_KNOWN),
        Fact("Payments here", _outcomes(payments)),
        Fact("Cards used", str(len({name.id for event in payments if (name := named(event, "card"))}) or NOT_KNOWN)),
        Fact("Disputes", _disputes(disputes), changed=bool(disputes)),
    ]
    return Panel("Payment", facts)


def _checks(event: EventView | None) -> str:
    if event is None:
        return NOT_KNOWN
    return " · ".join(event_words.field(event, path) or NOT_KNOWN for path in ("avs", "cvc", "three_ds"))


def _outcomes(payments: Sequence[EventView]) -> str:
    counts = Counter(event.kind.partition(".")[2] for event in payments)
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()) or "none"


def _disputes(disputes: Sequence[EventView]) -> str:
    words = [_dispute(event) for event in disputes[:3]]
    return f"{len(disputes)}: {'; '.join(words)}" if disputes else "none"


def _dispute(event: EventView) -> str:
    due = event_words.field(event, "due_by")
    parts = (
        event_words.field(event, "stage"),
        event_words.field(event, "reason_code"),
        f"by {due[:10]}" if due else "",
    )
    return " ".join(part for part in parts if part)


def _listing(what: What) -> Panel:
    versions = [event for event in what.evidence if event.kind in ("listing.created", "listing.updated")]
    versions = versions or [event for event in what.timeline if event.kind in ("listing.created", "listing.updated")]
    if not versions:
        return Panel("Listing")
    newest, texts = versions[0], dict(versions[0].texts)
    facts = [
        Fact("Title", texts.get("title", NOT_KNOWN)),
        Fact("Price", event_words.amount(newest) or NOT_KNOWN),
        Fact("Category", event_words.field(newest, "category") or NOT_KNOWN),
        Fact("Seller", _text(newest, "seller") or NOT_KNOWN),
        Fact("Versions", str(len({event.id for event in versions}))),
    ]
    return Panel("Listing", facts, [("Description", texts["description"])] if texts.get("description") else [])


def _text(event: EventView | None, role: str) -> str:
    name = named(event, role) if event else None
    return name.text if name else ""


PANELS: Final[dict[str, Callable[[What], Panel]]] = {
    "account_takeover": _takeover,
    "phishing": _phishing,
    "payment_fraud": _payments,
    "prohibited_item": _listing,
}
