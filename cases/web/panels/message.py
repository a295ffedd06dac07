"""Phishing: the message as received, who sent it, to how many, and what is known of the links in it."""

from __future__ import annotations

from collections import Counter
from typing import Final

from cases.queries.around import message as around
from cases.queries.around.message import Domain
from cases.queries.event_views import EventView
from cases.queries.what import What
from cases.web.panels.parts import NOT_KNOWN, Fact, Panel, counted, events, ids, known, state, text, who

MOST_TEXTS, MOST_DOMAINS = 3, 6
LATER: Final = ("Sender since", "Sender's record", "First contact", "Same text elsewhere", "Link domains here")


def build(what: What) -> Panel:
    """Show the messages of the evidence, each text once."""
    messages = _messages(what)
    bodies = Counter(said for event in messages for member, said in event.texts if member == "text")
    recipients = ids(who(event, "recipient") for event in messages)
    domains = sorted({name.text for event in messages for _, name in event.entities if name.kind == "domain"})
    sender = who(messages[0], "sender") if messages else None
    sent = {name.id: name for event in messages if (name := who(event, "message"))}
    live = sum(name.state != "retracted" for name in sent.values())
    facts = [
        Fact("Sender", known(text(messages[0], "sender") if messages else "")),
        Fact("Sender now", state(sender)),
        Fact("Messages", str(len(messages))),
        Fact("Still delivered", f"{live} of {len(sent)}" if sent else NOT_KNOWN, changed=bool(live)),
        Fact("Recipients reached", str(len(recipients)) if recipients else NOT_KNOWN),
        Fact("Recipients who opened a link", NOT_KNOWN),
        Fact("Different texts", str(len(bodies))),
        Fact("Domains named", _listed(domains)),
        Fact("Reports", str(len(events(what, "report.created")))),
    ]
    shown = bodies.most_common(MOST_TEXTS)
    texts = [(f"{count} times" if count > 1 else "once", [("", said)]) for said, count in shown]
    return Panel("Message as received", facts, texts)


def later(what: What) -> list[Fact]:
    """Return the sender's standing and how far the text and its domains have spread."""
    messages = _messages(what)
    sender = who(messages[0], "sender") if messages else None
    if sender is None:
        return [Fact(name, NOT_KNOWN) for name in LATER]
    found = around.read(
        sender=sender.id,
        recipients=ids(who(event, "recipient") for event in messages),
        events=[event.id for event in messages],
        domains=ids(name for event in messages for _, name in event.entities if name.kind == "domain"),
        before=min(event.occurred_at for event in messages),
    )
    record = f"{counted(found.messages, 'message')}, {counted(found.reports, 'report')} against it"
    new = found.recipients - found.known_recipients
    return [
        Fact(LATER[0], "", at=found.since),
        Fact(LATER[1], record),
        Fact(LATER[2], f"with {new} of {counted(found.recipients, 'recipient')}" if found.recipients else NOT_KNOWN),
        Fact(LATER[3], f"sent to {counted(found.same_text_recipients, 'other')}" if found.same_text else "not found"),
        Fact(LATER[4], "; ".join(_domain(domain) for domain in found.domains) or "none"),
    ]


def _messages(what: What) -> list[EventView]:
    return [event for event in what.evidence if event.kind == "message.sent"]


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - MOST_DOMAINS} more" if len(words) > MOST_DOMAINS else ""
    return ", ".join(words[:MOST_DOMAINS]) + more or "none"


def _domain(domain: Domain) -> str:
    """Say how long a domain is known here; when it was registered is not among our data."""
    senders = counted(domain.senders, "sender")
    return f"{domain.name}: seen here since {domain.since:%-d %b %Y}, from {senders}, registered {NOT_KNOWN}"
