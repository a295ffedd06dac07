"""Things by the words people wrote in them: titles, descriptions, messages and names, until they are erased."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from signals.models import Entity
from signals.models.personal import SEARCHED_LETTERS, SEARCHED_MEMBERS
from signals.queries.entities import find_named
from signals.queries.one_letter_off import one_letter_off
from tscore.core import db

# What is looked at of all that matches, what is read where words must follow each other, what of an entity's events,
# and what is given of each kind. How well a text fits is judged by its beginning.
CANDIDATES: Final = 1_000
READ: Final = 2_000
PARTS: Final = 1_000
GIVEN: Final = 20
_JUDGED_LETTERS: Final = 300
_SHORTEST_STEM: Final = 3
_FUZZY_WORDS: Final = 3

_MEMBERS: Final = ", ".join(f"'{name}'" for name in SEARCHED_MEMBERS)
# As the index `personaltext_words` has it, to the letter.
_VECTOR: Final = f"to_tsvector('simple', COALESCE(LEFT(said.text, {SEARCHED_LETTERS}), ''))"
# Words that follow each other are looked for among the texts that hold them all, which the index tells without reading
# any text; so that two frequent words that hardly ever meet cost no more than that many texts.
_BY_WORDS: Final = f"""
  SELECT said.event_id, said.member, said.text
    FROM (SELECT said.event_id, said.member, left(said.text, {SEARCHED_LETTERS}) AS text
            FROM signals_personaltext said {{near}}
           WHERE said.member IN ({_MEMBERS}) AND said.member = ANY(%(members)s)
             AND {_VECTOR} @@ to_tsquery('simple', %(loose)s)
           LIMIT {{most}}) said
  {{strict}}LIMIT {CANDIDATES}"""
_STRICT: Final = "WHERE to_tsvector('simple', said.text) @@ to_tsquery('simple', %(asked)s) "
_KNOWN: Final = f"""
SELECT near.word, near.other
  FROM jsonb_to_recordset(%s::jsonb) AS near (word text, other text, asked text)
 CROSS JOIN LATERAL (
   SELECT FROM signals_personaltext said
    WHERE said.member IN ({_MEMBERS}) AND {_VECTOR} @@ to_tsquery('simple', near.asked) LIMIT 1) known
"""
_NEAR: Final = f"""
near AS MATERIALIZED (
  SELECT part.event_id
    FROM (SELECT newest.event_id, newest.entity_id, newest.occurred_at FROM signals_involvement newest
           WHERE newest.entity_id = %(first)s AND newest.superseded_at IS NULL
           ORDER BY newest.occurred_at DESC LIMIT {PARTS}) part
   WHERE NOT EXISTS (SELECT FROM unnest(%(others)s::bigint[]) other (id)
                      WHERE NOT EXISTS (SELECT FROM signals_involvement also
                                         WHERE also.event_id = part.event_id AND also.entity_id = other.id))
   GROUP BY part.event_id),"""
_FOUND: Final = f"""
WITH {{near}}
candidate AS MATERIALIZED ({{candidates}}),
best AS (
  SELECT DISTINCT ON (thing.id) thing.id, thing.kind, candidate.member, candidate.text, event.occurred_at,
         ts_rank(to_tsvector('simple', left(candidate.text, {_JUDGED_LETTERS})), to_tsquery('simple', %(exact)s)) AS fit
    FROM candidate
    JOIN signals_event event ON event.id = candidate.event_id
    JOIN signals_entity thing ON thing.id = event.entity_id
   WHERE %(kinds)s::text[] IS NULL OR thing.kind = ANY(%(kinds)s)
   ORDER BY thing.id, fit DESC, event.occurred_at DESC),
placed AS (
  SELECT best.*, count(*) OVER (PARTITION BY best.kind) AS total,
         row_number() OVER (PARTITION BY best.kind ORDER BY best.fit DESC, best.occurred_at DESC, best.id) AS place
    FROM best)
SELECT placed.id, placed.kind, placed.member, placed.text, placed.occurred_at, placed.total,
       (SELECT count(*) FROM candidate) AS candidates
  FROM placed WHERE placed.place <= {GIVEN} ORDER BY placed.kind, placed.place
"""


@dataclass(frozen=True, slots=True)
class Written:
    """One thing with the text that fits best; both member and text are empty where no word was asked for."""

    entity_id: int
    kind: str
    member: str
    text: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class WrittenFound:
    """The best of each kind, how many there are of it (`totals`), and whether more texts match than were looked at."""

    things: list[Written]
    totals: dict[str, int]
    is_capped: bool


@dataclass(frozen=True, slots=True)
class Question:
    """All of these words, each as the beginning of one, or another in its place; phrases as they are; none of those.

    What is left out alone would be answered by nearly everything, and so asks for nothing.
    """

    words: Sequence[str] = ()
    phrases: Sequence[str] = ()
    without: Sequence[str] = ()
    instead: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)

    @property
    def asked(self) -> str:
        """The question as PostgreSQL reads it."""
        return self._join(self.words, self.phrases)

    @property
    def loose(self) -> str:
        """The same, but the words of phrases may stand anywhere."""
        return self._join(self.words, [part for phrase in self.phrases for part in phrase.split()])

    @property
    def exact(self) -> str:
        """The same, but of whole words; for telling which answers fit best."""
        return self._join((), [*self.words, *self.phrases])

    def _join(self, words: Sequence[str], exactly: Sequence[str]) -> str:
        wanted = [self._either(word) for word in words] + [_quoted(part) for part in exactly]
        return " & ".join([*wanted, *(f"!{_quoted(word)}" for word in self.without)]) if wanted else ""

    def _either(self, word: str) -> str:
        beginning = _quoted(word) + (":*" if len(word) >= _SHORTEST_STEM else "")
        return f"({' | '.join([beginning, *map(_quoted, self.instead.get(word, ()))])})"


def find_written(
    question: Question,
    *,
    members: Sequence[str] = SEARCHED_MEMBERS,
    kinds: Sequence[str] | None = None,
    of: Sequence[int] = (),
) -> WrittenFound:
    """Return the things in whose texts a question is answered, at most 20 of a kind, in one statement.

    Args:
        question: empty for whatever happened between the entities `of`.
        kinds: kinds of entities; None for all.
        of: only what happened with all these entities, the newest 1,000 events of the first of them.
    """
    if not question and not of:
        return WrittenFound([], {}, False)
    candidates = f"SELECT event_id, '' AS member, '' AS text FROM near LIMIT {CANDIDATES}"
    if question:
        candidates = _BY_WORDS.format(
            near="JOIN near ON near.event_id = said.event_id" if of else "",
            most=READ if question.phrases else CANDIDATES,
            strict=_STRICT if question.phrases else "",
        )
    terms: dict[str, object] = {"members": list(members), "kinds": list(kinds) if kinds is not None else None}
    terms |= {"asked": question.asked, "loose": question.loose, "exact": question.exact}
    terms |= {"first": of[0] if of else None, "others": list(of[1:])}
    found = db.rows(_FOUND.format(near=_NEAR if of else "", candidates=candidates), terms)
    return WrittenFound(
        things=[Written(*row[:5]) for row in found],
        totals={row[1]: row[5] for row in found},
        is_capped=bool(found) and found[0][6] >= CANDIDATES,
    )


def with_typos(question: Question) -> Question | None:
    """Return the same question in which the first three words may be one letter off; None where no such word is known.

    One statement, which asks for each of them whether any text has it.
    """
    near = [
        {"word": word, "other": other, "asked": _quoted(other)}
        for word in question.words[:_FUZZY_WORDS]
        if word.isalnum()
        for other in one_letter_off(word.lower())
        if other.isalnum()
    ]
    known: dict[str, list[str]] = {}
    for word, other in db.rows(_KNOWN, [json.dumps(near)]) if near else ():
        known.setdefault(word, []).append(other)
    return replace(question, instead=known) if known else None


def _quoted(text: str) -> str:
    clean = text.replace("\x00", " ").replace("\\", " ").replace("'", "''")
    return f"'{clean}'"


def entities_near(text: str) -> list[Entity]:
    """Return accounts and domains, or addresses of mail, one letter off a text; newest first, at most 20."""
    return find_named(one_letter_off(text), ("email",) if "@" in text else ("account", "domain"))


def domains_like(text: str) -> list[Entity]:
    """Return domains that hold a text or look much like it, the most alike first, at most 20."""
    escaped = text.lower().replace("\\", "").replace("%", "").replace("_", "\\_")
    found = [pk for (pk,) in db.rows(_DOMAINS, {"part": f"%{escaped}%", "text": text.lower(), "given": GIVEN})]
    by_id = Entity.objects.in_bulk(found)
    return [by_id[pk] for pk in found]


_DOMAINS: Final = """
SELECT id FROM signals_entity
 WHERE kind = 'domain' AND (external_id LIKE %(part)s OR external_id %% %(text)s)
 ORDER BY similarity(external_id, %(text)s) DESC, id LIMIT %(given)s"""
