"""How long what was refused is kept: open letters lose their bodies with time, settled ones go."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from signals.models import DeadLetterReplay, DeadLetterTally
from signals.services.dead_letter_bounds import Change, count
from tscore.core.db import in_transaction, rows

# A body goes with its key. Letters that somebody is sending in at this moment are left for the next look.
EXPIRE_SQL = """
WITH old AS MATERIALIZED (
  SELECT id, octet_length(body) AS size, body_key_id FROM signals_deadletter
  WHERE state = 'open' AND received_at < %(before)s
    AND (leased_until IS NULL OR leased_until < statement_timestamp())
  ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), gone AS (
  UPDATE signals_deadletter AS letter
  SET state = 'expired', settled_at = %(now)s, body = ''::bytea, body_key_id = NULL
  FROM old WHERE letter.id = old.id RETURNING letter.source_id, letter.code, old.size
), keys AS (DELETE FROM core_erasablekey WHERE id IN (SELECT body_key_id FROM old))
SELECT source_id, code, count(*), sum(size) FROM gone GROUP BY source_id, code"""

REMOVE_SQL = """
WITH old AS MATERIALIZED (
  SELECT id FROM signals_deadletter
  WHERE state <> 'open' AND CASE WHEN state = 'expired' THEN settled_at ELSE received_at END < %(before)s
  ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM signals_deadletter WHERE id IN (SELECT id FROM old)
  RETURNING source_id, code, octet_length(body) AS size, body_key_id
), keys AS (DELETE FROM core_erasablekey WHERE id IN (SELECT body_key_id FROM gone))
SELECT source_id, code, count(*), sum(size) FROM gone GROUP BY source_id, code"""


def forget_old(*, limit: int, now: datetime) -> int:
    """Erase the bodies of open letters that are too old, and remove settled ones; return how many of both.

    An open letter that grows too old is not lost without a trace: it becomes `expired`, stays for as long again, and
    is counted.
    """
    return in_transaction(lambda: _forget(limit, now))


def _forget(limit: int, now: datetime) -> int:
    terms = {"before": now - settings.DEAD_LETTERS_KEPT, "now": now, "limit": limit}
    expired, removed = rows(EXPIRE_SQL, terms), rows(REMOVE_SQL, terms)
    changes = [
        Change(source=source, code=code, open=-many, bytes=-int(size), expired=many)
        for source, code, many, size in expired
    ]
    changes += [
        Change(source=source, code=code, letters=-many, bytes=-int(size)) for source, code, many, size in removed
    ]
    count(changes, now)
    DeadLetterTally.objects.filter(letters=0, last_at__lt=terms["before"]).delete()
    DeadLetterReplay.objects.filter(finished_at__lt=terms["before"]).delete()
    return sum(many for _, _, many, _ in expired + removed)
