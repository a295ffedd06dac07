"""The nearest to what the disk allows: COPY of the same event, entity and link rows into the same indexed tables."""

from __future__ import annotations

import statistics
import time

import psycopg
from django.db import connections

from tscore.core import db

ROUNDS = 3
_STEP = 10**8  # between the ids of one copy and the next
_NEW = "{name} + CASE WHEN {name} > %(entity)s THEN %(step)s ELSE 0 END"
_ENTITIES = """
SELECT id + %(step)s, kind, external_id || %(mark)s, 'en' || %(mark)s || id, attributes, state, state_at, hub,
  first_seen_at, last_seen_at FROM signals_entity WHERE id > %(entity)s"""
_EVENTS = f"""
SELECT id + %(step)s, source_id, external_id || %(mark)s, kind, {_NEW.format(name="entity_id")},
  {_NEW.format(name="actor_id")}, occurred_at, observed_at, received_at, content_mac, payload, roles,
  amount_base_minor, flags, next_at FROM signals_event WHERE id > %(event)s AND source_id = %(source)s"""
_LINKS = f"""
SELECT {_NEW.format(name="origin_id")}, {_NEW.format(name="target_id")}, kind || %(mark)s, first_seen_at,
  last_seen_at, count FROM signals_link WHERE greatest(origin_id, target_id) > %(entity)s"""
_INTO = {
    "signals_entity (id, kind, external_id, ref, attributes, state, state_at, hub, first_seen_at, last_seen_at)": (
        _ENTITIES
    ),
    "signals_event (id, source_id, external_id, kind, entity_id, actor_id, occurred_at, observed_at, received_at,"
    " content_mac, payload, roles, amount_base_minor, flags, next_at)": _EVENTS,
    "signals_link (origin_id, target_id, kind, first_seen_at, last_seen_at, count)": _LINKS,
}


class Bar:
    """Copies what was stored between its making and `rate`."""

    def __init__(self, source: str) -> None:
        [(event, entity)] = db.rows("SELECT (SELECT max(id) FROM signals_event), (SELECT max(id) FROM signals_entity)")
        [(source_id,)] = db.rows("SELECT id FROM signals_source WHERE name = %s", [source])
        self.terms = {"event": event, "entity": entity, "source": source_id}

    def rate(self) -> float:
        """Return events a second, each with its new entities and links, in one COPY a table; median of some rounds."""
        settings = connections["owner"].get_connection_params()
        told = {name: settings[name] for name in ("host", "user", "dbname")}
        with psycopg.connect(**told, cursor_factory=psycopg.ClientCursor) as line:
            texts = [self._read(line, number) for number in range(1, ROUNDS + 1)]
            line.rollback()
            return statistics.median(self._write(line, text) for text in texts)

    def _read(self, line: psycopg.Connection, number: int) -> dict[str, bytes]:
        terms = {**self.terms, "step": number * _STEP, "mark": f"~{number}"}
        found = {}
        for into, query in _INTO.items():
            with line.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT", terms) as copy:
                found[into] = b"".join(copy)
        return found

    def _write(self, line: psycopg.Connection, texts: dict[str, bytes]) -> float:
        events = next(text.count(b"\n") for into, text in texts.items() if into.startswith("signals_event"))
        began = time.perf_counter()
        for into, text in texts.items():
            with line.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                copy.write(text)
        line.commit()
        return events / (time.perf_counter() - began)
