"""How a sender stands, and how far their text and its domains have spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tscore.core import db

# How far back a sender's own doings are looked through, and where counting the senders of a domain stops.
EVENTS, SENDERS, DOMAINS, RECIPIENTS = 1000, 100, 6, 50

_READ: Final = """
WITH mine AS MATERIALIZED (
  SELECT event_id, kind, role, occurred_at FROM signals_involvement
   WHERE entity_id = %(sender)s AND superseded_at IS NULL ORDER BY occurred_at DESC LIMIT %(events)s),
sent AS MATERIALIZED (SELECT event_id, occurred_at FROM mine WHERE kind = 'message.sent' AND role = 'sender'),
same AS MATERIALIZED (
  SELECT sent.event_id
    FROM sent JOIN signals_personaltext said ON said.event_id = sent.event_id AND said.member = 'text'
   WHERE said.text IN (SELECT text FROM signals_personaltext
                        WHERE event_id = ANY(%(evidence)s::bigint[]) AND member = 'text')),
reached AS (
  SELECT DISTINCT part.entity_id FROM same
    JOIN signals_involvement part ON part.event_id = same.event_id AND part.role = 'recipient')
SELECT (SELECT first_seen_at FROM signals_entity WHERE id = %(sender)s),
       (SELECT count(*) FROM sent),
       (SELECT count(*) FROM mine WHERE kind = 'report.created' AND role = 'target'),
       (SELECT count(*) FROM same),
       (SELECT count(*) FROM reached WHERE entity_id <> ALL(%(recipients)s::bigint[])),
       (SELECT count(*) FROM unnest(%(recipients)s::bigint[]) AS known(id)
         WHERE EXISTS (SELECT FROM mine JOIN signals_involvement part ON part.event_id = mine.event_id
                        WHERE part.entity_id = known.id AND mine.occurred_at < %(before)s)),
       (SELECT coalesce(jsonb_agg(jsonb_build_object('name', domain.external_id, 'since', domain.first_seen_at,
                 'senders', (SELECT count(DISTINCT taken.actor_id)
                    FROM (SELECT actor_id FROM signals_involvement
                           WHERE entity_id = domain.id LIMIT %(senders)s) taken))
                 ORDER BY domain.first_seen_at DESC), '[]')
          FROM signals_entity domain WHERE domain.id = ANY(%(domains)s::bigint[]))
"""


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of a link: since when and from how many senders it is known here (stops at 100)."""

    name: str
    since: datetime
    senders: int


@dataclass(frozen=True, slots=True)
class Spread:
    """A sender's newest 1,000 doings; `known_recipients` had to do with the sender before the first message.

    `same_text` messages said the same, to `same_text_recipients` others than those of the evidence.
    """

    since: datetime | None
    messages: int
    reports: int
    same_text: int
    same_text_recipients: int
    recipients: int
    known_recipients: int
    domains: list[Domain]


def read(
    *, sender: int, recipients: Sequence[int], events: Sequence[int], domains: Sequence[int], before: datetime
) -> Spread:
    """Return how a sender stands and how far the texts of these events have spread."""
    asked = list(recipients)[:RECIPIENTS]
    terms = {
        "sender": sender,
        "recipients": asked,
        "evidence": list(events),
        "domains": list(domains)[:DOMAINS],
        "before": before,
        "events": EVENTS,
        "senders": SENDERS,
    }
    since, messages, reports, same, others, known, found = db.rows(_READ, terms)[0]
    return Spread(
        since=since,
        messages=messages,
        reports=reports,
        same_text=same,
        same_text_recipients=others,
        recipients=len(asked),
        known_recipients=known,
        domains=[
            Domain(one["name"], datetime.fromisoformat(one["since"]), one["senders"]) for one in db.json_of(found)
        ],
    )
