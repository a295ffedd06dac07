"""Account takeover: before and after, what was done in the strange session, which money can still be stopped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cases.queries.around import takeover as around
from cases.queries.event_views import EventView
from cases.queries.names import EntityName
from cases.queries.what import What
from cases.web import event_words
from cases.web.panels.parts import NOT_KNOWN, Fact, Panel, counted, events, known, state, tally, text, trigger, who
from tscore.core.templatetags.console import money, span

NEAR: Final = timedelta(hours=24)
MOST_STEPS: Final = 6
LATER: Final = ("Last trusted sign-in", "Sign-ins in 90 days")
_DETAILS: Final = ("email", "phone", "payout_account", "password", "factor")


def build(what: What) -> Panel:
    """Compare the flagged event with the last sign-in from elsewhere, and say what was done since."""
    after = trigger(what)
    before = _before(what, after)
    rows = [
        _pair("Device", text(before, "device"), text(after, "device")),
        _pair("Country", _country(before), _country(after)),
        _pair("Network", text(before, "ip"), text(after, "ip")),
        *(_change(name, what, after) for name in _DETAILS),
    ]
    facts = [
        Fact("Signed in before", NOT_KNOWN if before is None else "from another device", at=_at(before)),
        Fact("Flagged", event_words.line(after).what, at=after.occurred_at),
        Fact("Signed in by", known(event_words.field(after, "method").replace("_", " "))),
        Fact("Sessions", _journey(what)),
        Fact("Done in this session", _steps(what, after)),
        *_payouts(what, after),
        _spent(what, after),
        _owner(what, after),
    ]
    return Panel("Account takeover", facts, rows=rows)


def later(what: What) -> list[Fact]:
    """Return what the whole history of the account says."""
    flagged = trigger(what)
    account = who(flagged, "account")
    found = around.read(account=account, device=who(flagged, "device"), at=flagged.occurred_at) if account else None
    if found is None:
        return [Fact(name, NOT_KNOWN) for name in LATER]
    trusted = f"device {found.device}" if found.device else "from elsewhere" if found.at else "none"
    habits = f"{counted(found.sign_ins, 'sign-in')} from {counted(found.devices, 'device')}"
    return [Fact(LATER[0], trusted, at=found.at), Fact(LATER[1], habits)]


def _before(what: What, after: EventView) -> EventView | None:
    device = text(after, "device")
    return next((event for event in _earlier(what, after) if text(event, "device") not in ("", device)), None)


def _earlier(what: What, moment: EventView) -> list[EventView]:
    found = events(what, "login.succeeded", "account.created")
    return [event for event in found if event.occurred_at < moment.occurred_at]


def _pair(label: str, was: str, now: str) -> Fact:
    return Fact(label, known(now), known(was), changed=bool(was and now and was != now))


def _country(event: EventView | None) -> str:
    return event_words.field(event, "context.country") if event else ""


def _at(event: EventView | None) -> datetime | None:
    return event.occurred_at if event else None


def _near(what: What, after: EventView, *kinds: str) -> list[EventView]:
    return [event for event in events(what, *kinds) if event.occurred_at >= after.occurred_at - NEAR]


def _change(name: str, what: What, after: EventView) -> Fact:
    """Say for a detail that a takeover changes whether it was changed around the flagged event, and from what."""
    label = event_words.CHANGED[name].capitalize()
    changed = [event for event in _near(what, after, "account.updated") if name in event_words.changed_fields(event)]
    if not changed:
        return Fact(label, "not changed")
    was, now = (who(changed[0], role) for role in (f"old_{name}", name))
    return Fact(label, _shown(now) or "changed", _shown(was) or NOT_KNOWN, changed=True, at=changed[0].occurred_at)


def _shown(name: EntityName | None) -> str:
    return name.masked if name else ""


def _journey(what: What) -> str:
    """Say from which countries the account signed in, the oldest first, with the time between the last two."""
    steps: list[tuple[str, datetime]] = []
    for event in reversed(events(what, "login.succeeded", "account.")):
        country = _country(event)
        if country and steps and steps[-1][0] == country:
            steps[-1] = (country, event.occurred_at)
        elif country:
            steps.append((country, event.occurred_at))
    if len(steps) < 2:
        return f"{steps[0][0]} only" if steps else NOT_KNOWN
    return f"{' → '.join(country for country, _ in steps[-4:])}, {_between(what, steps)}"


def _between(what: What, steps: list[tuple[str, datetime]]) -> str:
    """Return the time from the last event in one country to the first in the next."""
    here = [
        event.occurred_at for event in events(what, "login.succeeded", "account.") if _country(event) == steps[-1][0]
    ]
    first = min(at for at in here if at > steps[-2][1])
    return span(first - steps[-2][1])


def _steps(what: What, after: EventView) -> str:
    role = "session" if who(after, "session") else "device"
    mine = text(after, role)
    if not mine:
        return NOT_KNOWN
    done = [event_words.line(event).what for event in reversed(events(what, "")) if text(event, role) == mine]
    more = f" and {len(done) - MOST_STEPS} more" if len(done) > MOST_STEPS else ""
    return ", ".join(done[:MOST_STEPS]) + more


def _payouts(what: What, after: EventView) -> list[Fact]:
    asked = _near(what, after, "payout.requested")
    total = sum(event.amount_base_minor or 0 for event in asked)
    payouts = {name.id: name for event in _near(what, after, "payout.") if (name := who(event, "payout"))}
    return [
        Fact("Money asked for", money(total, "EUR") if asked else "none", changed=bool(asked), at=_at(_first(asked))),
        Fact("Payouts now", tally(_standing(name) for name in payouts.values()) or "none"),
    ]


def _standing(payout: EntityName) -> str:
    return state(payout) if payout.state else "in a state not known"


def _spent(what: What, after: EventView) -> Fact:
    paid = [event for event in _near(what, after, "payment.captured") if event.occurred_at >= after.occurred_at]
    total = sum(event.amount_base_minor or 0 for event in paid)
    return Fact("Payments since", money(total, "EUR") if paid else "none", changed=bool(paid))


def _owner(what: What, after: EventView) -> Fact:
    """Say whether the owner wrote to us; only appeals and reports reach us, so their lack says nothing."""
    wrote = _first(_near(what, after, "appeal.created", "report.created"))
    account = text(after, "account")
    is_owner = wrote is not None and account in (text(wrote, "appellant"), text(wrote, "reporter"))
    return (
        Fact("Owner wrote", event_words.line(wrote).what, at=wrote.occurred_at)
        if is_owner and wrote
        else Fact("Owner wrote", NOT_KNOWN)
    )


def _first(found: list[EventView]) -> EventView | None:
    return found[0] if found else None
