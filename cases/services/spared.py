"""What tells whether a queue is not handed out to somebody now: pieces of SQL for claims and for pages."""

from typing import Final

from cases.models import Care

SHIFT: Final = "12 hours"
LONGEST_ITEM: Final = "10 minutes"  # what lies longer between two decisions was something else
DEFAULT_LIMIT: Final = Care._meta.get_field("limit_minutes").default

# One row for each decision of a person in this shift: its category and how long it took at most. Without an order, so
# that a hand-out never sorts anything.
SPENT_SQL: Final = f"""
SELECT queue.veil_category AS category, made.decided_at,
       least(made.decided_at - coalesce((SELECT max(earlier.decided_at) FROM cases_decision earlier
               WHERE earlier.actor_id = made.actor_id AND earlier.decided_at < made.decided_at), made.decided_at),
             interval '{LONGEST_ITEM}') AS took
  FROM cases_decision made JOIN cases_case its ON its.id = made.case_id
  JOIN cases_queue queue ON queue.id = its.queue_id
 WHERE made.actor_id = %(actor)s AND made.supersedes_id IS NULL
   AND made.decided_at > %(now)s::timestamptz - interval '{SHIFT}'"""
# A condition without the case in it, so that it is asked once: this queue is not handed out to this person now.
SPARED_SQL: Final = f"""EXISTS (
  SELECT FROM cases_queue asked LEFT JOIN cases_care care ON care.person_id = %(actor)s
   WHERE asked.id = %(queue)s AND asked.veil_category <> ''
     AND (coalesce(asked.veil_category = ANY(care.opted_out), false)
          OR (SELECT coalesce(sum(took), interval '0') FROM ({SPENT_SQL}) spent WHERE category <> '')
             >= coalesce(care.limit_minutes, {DEFAULT_LIMIT}) * interval '1 minute'))"""
