"""What must be true of the whole database at any moment, and what must be true once everything has come to rest.

Each statement returns the offenders, one reference a row. `FAULTS` never hold for a moment; `UNFINISHED` hold while
the stages run and must be gone when they find nothing more to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.apps import apps
from django.db.models import ForeignKey

from tscore.core import db

SHOWN: Final = 10


@dataclass(frozen=True)
class Invariant:
    """One sentence that is true, and the statement that finds what contradicts it."""

    sentence: str
    sql: str


@dataclass(frozen=True)
class Breach:
    """A sentence that is not true: how many rows contradict it, and the first of them."""

    sentence: str
    count: int
    first: list[str]


def _references() -> Iterator[Invariant]:
    """Yield one sentence for each reference that the database itself does not check, so that writing it is fast."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and not field.db_constraint:  # type: ignore[attr-defined]
                yield _reference(field)


def _reference(field: ForeignKey) -> Invariant:  # type: ignore[type-arg]
    holder, named, column = field.model._meta, field.related_model._meta, f"holder.{field.column}"
    key = ", ".join(f"holder.{part.column}" for part in holder.pk_fields)
    return Invariant(
        f"Every {holder.verbose_name} has the {field.verbose_name} it names",
        f"""SELECT '{holder.verbose_name} ' || concat_ws('/', {key}) || ' names {named.verbose_name} ' || {column}
        FROM {holder.db_table} holder WHERE {column} IS NOT NULL
        AND NOT EXISTS (SELECT FROM {named.db_table} named WHERE named.{field.target_field.column} = {column})""",
    )


FAULTS: Final = (
    Invariant(
        "Every accepted event is scored or waits to be scored",
        "SELECT 'event ' || id FROM signals_event WHERE scored_at IS NULL AND next_at IS NULL AND leased_until IS NULL",
    ),
    Invariant(
        "Every scored event that is current carries its features",
        """SELECT 'event ' || e.id FROM signals_event e WHERE e.scored_at IS NOT NULL AND e.features IS NULL
        AND NOT EXISTS (SELECT FROM signals_event later WHERE later.source_id = e.source_id
            AND later.external_id = e.external_id AND later.observed_at > e.observed_at)""",
    ),
    Invariant(
        "Every event takes part in the index that screens and features read",
        """SELECT 'event ' || e.id FROM signals_event e
        WHERE NOT EXISTS (SELECT FROM signals_involvement i WHERE i.event_id = e.id)""",
    ),
    Invariant(
        "Every live signal that was routed is in exactly one case",
        """SELECT 'signal ' || s.id FROM signals_signal s
        WHERE s.mode = 'live' AND s.routed_at IS NOT NULL AND s.retracted_at IS NULL
        AND (SELECT count(*) FROM cases_casesignal c WHERE c.signal_id = s.id) <> 1""",
    ),
    Invariant(
        "No signal of the shadow or of loaded history is in a case",
        """SELECT 'signal ' || s.id FROM signals_signal s JOIN cases_casesignal c ON c.signal_id = s.id
        WHERE s.mode <> 'live'""",
    ),
    Invariant(
        "At most one case is open per subject and abuse type",
        """SELECT 'entity ' || entity_id || ' ' || abuse_type_id FROM cases_case WHERE state <> 'closed'
        GROUP BY entity_id, abuse_type_id HAVING count(*) > 1""",
    ),
    Invariant(
        "Every case is in the queue of its abuse type",
        """SELECT 'C-' || c.id FROM cases_case c JOIN cases_queue q ON q.id = c.queue_id
        WHERE q.abuse_type_id <> c.abuse_type_id""",
    ),
    Invariant(
        "A case has a holder exactly while it is under review",
        """SELECT 'C-' || id FROM cases_case
        WHERE (state = 'reviewing') <> (claimed_by_id IS NOT NULL AND claim_until IS NOT NULL)""",
    ),
    Invariant(
        "Every closed case has a decision",
        """SELECT 'C-' || c.id FROM cases_case c WHERE c.state = 'closed' AND NOT EXISTS (
            SELECT FROM cases_decision d WHERE d.case_id = c.id)""",
    ),
    Invariant(
        "Every decision keeps what the reviewer saw",
        """SELECT 'decision ' || d.id FROM cases_decision d WHERE d.supersedes_id IS NULL
        AND NOT EXISTS (SELECT FROM cases_evidencesnapshot s WHERE s.decision_id = d.id)""",
    ),
    Invariant(
        "Every decision wrote labels",
        """SELECT 'decision ' || d.id FROM cases_decision d
        WHERE NOT EXISTS (SELECT FROM signals_label l WHERE l.origin = 'decision:' || d.id)""",
    ),
    Invariant(
        "Every decision stands in the audit trail",
        """SELECT 'C-' || coalesce(decided.case_id::text, substr(told.object_ref, 3))
        FROM (SELECT case_id, count(*) AS times FROM cases_decision GROUP BY case_id) decided
        FULL JOIN (SELECT object_ref, count(*) AS times FROM core_auditevent
            WHERE verb IN ('case.decided', 'decision.reversed') GROUP BY object_ref) told
        ON told.object_ref = 'C-' || decided.case_id
        WHERE decided.times IS DISTINCT FROM told.times""",
    ),
    Invariant(
        "Every settled action says when, and no unsettled one does",
        """SELECT 'action ' || public_id FROM cases_action WHERE (settled_at IS NOT NULL)
        <> (state IN ('done', 'refused', 'failed', 'cancelled', 'compensated'))""",
    ),
    Invariant(
        "Every action being sent is leased",
        "SELECT 'action ' || public_id FROM cases_action WHERE state = 'sending' AND leased_until IS NULL",
    ),
    Invariant(
        "An action is compensated exactly when the one that reverses it is done",
        """SELECT 'action ' || a.public_id FROM cases_action a LEFT JOIN cases_action r ON r.reverses_id = a.id
        WHERE (a.state = 'compensated') <> coalesce(r.state IN ('done', 'compensated'), false)""",
    ),
    Invariant(
        "Every logged value is in the feature log or waits to be copied",
        """SELECT coalesce(l.day, n.day) || ': ' || coalesce(l.count, 0) || ' logged, '
            || coalesce(n.count, 0) || ' named'
        FROM (SELECT (received_at AT TIME ZONE 'UTC')::date AS day, count(*) AS count FROM signals_event
            WHERE features IS NOT NULL AND feature_version IS NOT NULL GROUP BY 1) l
        FULL JOIN (SELECT day, sum(count) AS count FROM (
            SELECT (file ->> 'day')::date AS day, (file ->> 'rows')::bigint AS count
            FROM signals_featurepart p CROSS JOIN LATERAL jsonb_array_elements(p.files) AS file
            UNION ALL
            SELECT (e.received_at AT TIME ZONE 'UTC')::date, count(*) FROM (
                SELECT unnest(event_ids) AS event_id FROM signals_scoredbatch
                UNION ALL SELECT unnest(event_ids) FROM signals_featurepart) waiting
            JOIN signals_event e ON e.id = waiting.event_id GROUP BY 1) told GROUP BY day) n ON n.day = l.day
        WHERE l.count IS DISTINCT FROM n.count""",
    ),
    *_references(),
)

UNFINISHED: Final = (
    Invariant("Every event is scored", "SELECT 'event ' || id FROM signals_event WHERE scored_at IS NULL"),
    Invariant(
        "Every live signal is routed",
        "SELECT 'signal ' || id FROM signals_signal WHERE routed_at IS NULL AND mode = 'live' AND retracted_at IS NULL",
    ),
    Invariant(
        "Every action is settled or waits for a person",
        """SELECT 'action ' || public_id || ' ' || state FROM cases_action
        WHERE state IN ('pending', 'sending', 'unknown') OR (state = 'held' AND next_at IS NOT NULL)""",
    ),
    Invariant("Every audit entry is sealed", "SELECT 'audit ' || id FROM core_auditevent WHERE seq IS NULL"),
)

COUNTS_SQL: Final = """
SELECT (SELECT count(*) FROM signals_event), (SELECT count(*) FROM signals_signal),
    (SELECT count(*) FROM cases_case WHERE state <> 'closed'), (SELECT count(*) FROM cases_decision)"""
QUEUES_SQL: Final = """
SELECT q.slug, count(c.id) FROM cases_queue q LEFT JOIN cases_case c ON c.queue_id = q.id AND c.state = 'queued'
GROUP BY q.slug, q.position ORDER BY q.position"""


def breaches(invariants: tuple[Invariant, ...]) -> list[Breach]:
    """Return the sentences that are not true now."""
    found = []
    for invariant in invariants:
        offenders = db.rows(
            f"SELECT ref, count(*) OVER () FROM ({invariant.sql}) AS offender (ref) ORDER BY ref LIMIT {SHOWN}"
        )
        if offenders:
            found.append(Breach(invariant.sentence, offenders[0][1], [ref for ref, _ in offenders]))
    return found


def figure() -> str:
    """Return how much there is, in one line."""
    [(events, signals, cases, decisions)] = db.rows(COUNTS_SQL)
    queued = ", ".join(f"{slug} {count}" for slug, count in db.rows(QUEUES_SQL))
    return f"{events} events, {signals} signals, {cases} open cases (queued: {queued}), {decisions} decisions"
