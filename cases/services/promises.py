"""Due times of whole batches, as pieces of SQL: opening time is counted by two look-ups in the written-out calendar.

`working_time` holds the same arithmetic for one case; a test keeps the two alike. Placeholders: `calendar` is a
calendar's id or null (open day and night), `at` an instant, `seconds` a number.
"""

from __future__ import annotations

from typing import Final

# Opening seconds of a calendar up to an instant.
WORKED_SQL: Final = """coalesce((
  SELECT span.seconds_before + extract(epoch FROM LEAST({at}, span.closes_at) - span.opens_at)
    FROM cases_openspan span WHERE span.calendar_id = {calendar} AND span.opens_at <= {at}
   ORDER BY span.opens_at DESC LIMIT 1), 0)"""

# The instant at which so many opening seconds (more than none) have gone by.
REACHED_SQL: Final = """(
  SELECT span.opens_at + ({seconds} - span.seconds_before) * interval '1 second'
    FROM cases_openspan span WHERE span.calendar_id = {calendar} AND span.seconds_before < {seconds}
   ORDER BY span.seconds_before DESC LIMIT 1)"""

# Opening time between two instants.
BETWEEN_SQL: Final = f"""CASE WHEN {{calendar}} IS NULL THEN {{end}} - {{start}} ELSE
  ({WORKED_SQL.format(calendar="{calendar}", at="{end}")} - {WORKED_SQL.format(calendar="{calendar}", at="{start}")})
  * interval '1 second' END"""

_MINUTES: Final = """coalesce(policy.target_minutes,
  ({case}.due_minutes ->> {case}.severity)::int, ({case}.due_minutes ->> 'other')::int)"""
_SECONDS: Final = f"""({WORKED_SQL.format(calendar="policy.calendar_id", at="{case}.opened_at")}
  + {_MINUTES} * 60 + extract(epoch FROM {{case}}.paused))"""

# By when a case is promised: `case` has opened_at, paused, severity and its queue's due_minutes; `policy` is the
# cases_slapolicy of its queue and severity, where there is one.
DUE_SQL: Final = f"""CASE WHEN policy.calendar_id IS NULL
  THEN {{case}}.opened_at + make_interval(mins => {_MINUTES}) + {{case}}.paused
  ELSE {REACHED_SQL.format(calendar="policy.calendar_id", seconds=_SECONDS)} END"""
