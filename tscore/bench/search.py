"""The search box over very many listing titles, and what the index of words costs ingest."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from tscore.bench import ingest, many_cases, report, reviewer, server
from tscore.bench.report import Line
from tscore.core import db
from tscore.demo import desk

LISTINGS = 1_000_000
GOAL_MS, EXACT_MS, PALETTE_MS = 300, 100, 100
WORDS = 20_000
SQL = Path(__file__).with_name("many_titles.sql")
TABLES = ("signals_entity", "signals_event", "signals_involvement", "signals_personaltext")
INDEX = "personaltext_words"
_CREATE = "SELECT indexdef FROM pg_indexes WHERE indexname = %s"


def run(*, now: datetime, listings: int = LISTINGS, times: int = 40, batches: int = 8, rounds: int = 5) -> list[Line]:
    """List so many things, ask in every way, then send events with and without the index in turn."""
    many_cases.as_owner(SQL.read_text(), {"listings": listings, "now": now})
    for table in TABLES:
        db.rows(f"VACUUM (ANALYZE) {table}", using="owner")
    people = desk.open_desk(seed="bench", now=now, domain="bench.test")
    with server.serving() as address:
        line = reviewer.OverHttp(address)
        reviewer.sign_in(line, email=people[0]["email"], password=people[0]["password"])
        lines = list(_asked(line, listings, times))
        lines += _cost(address, batches=batches, rounds=rounds, now=now)
    return lines


def _asked(line: reviewer.Line, listings: int, times: int) -> Iterator[Line]:
    chance, spent = random.Random(1), []
    for name, question in _questions(chance, listings).items():
        told = [_post(line, question()) for _ in range(times + 2)][2:]
        p95 = report.share(told, 0.95)
        goal = EXACT_MS if name == "exact" else GOAL_MS
        how = f"{times} searches over {listings:,} titles, server time; {report.load()}"
        yield report.line(f"search_{name}_p95", round(p95, 1), "ms", how, at_most=goal)
        spent += told
    told = [_post(line, f"tl-{chance.randrange(listings)}", "/palette/") for _ in range(times + 2)][2:]
    how = f"{times} ids of {listings:,}, server time; {report.load()}"
    yield report.line("palette_p95", round(report.share(told, 0.95), 1), "ms", how, at_most=PALETTE_MS)
    yield report.line("search_p95", round(report.share(spent, 0.95), 1), "ms", "all of them", at_most=GOAL_MS)


def _questions(chance: random.Random, listings: int) -> dict[str, Callable[[], str]]:
    def word(least: int, most: int) -> str:
        return _word(chance.randrange(least, most))

    return {
        "exact": lambda: f"tl-{chance.randrange(listings)}",
        "frequent": lambda: word(1, 10),
        "usual": lambda: word(100, 1_000),
        "seldom": lambda: word(10_000, WORDS),
        "two_words": lambda: f"{word(1, 10)} {word(10, 1_000)}",
        "phrase": lambda: f'"{word(1, 10)} {word(1, 50)}" kind:listing in:title',
        "of_an_account": lambda: f"account:ts-{chance.randrange(listings // 50)} {word(1, 10)}",
        "typo": lambda: f"x{word(100, 1_000)} {word(1, 10)}",
        "nothing": lambda: f"nothing{chance.randrange(10**6)}",
    }


def _word(number: int) -> str:
    return "w" + f"{number:05}".translate(str.maketrans("0123456789", "abcdefghij"))


def _post(line: reviewer.Line, text: str, path: str = "/search/") -> float:
    answer = line.post(path, {"q": text, "wide": "1"}, partial=path != "/search/")
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered {answer.status}: {answer.text[:300]}")
    return answer.told["ms"]


class _Writing(ingest._Sender):
    """Sends the usual mix; what people write is made of many words."""

    def _body(self) -> bytes:
        self.number += 1
        chance = random.Random(self.number)
        items = ingest.events(ingest.BATCH, prefix=self.prefix, seed=self.number)
        for item in items:
            if "text" in item["data"]:
                words = (_word(int(WORDS ** chance.random())) for _ in range(15))
                item["data"]["text"] = " ".join(words)
        return json.dumps(items).encode()


def _cost(address: str, *, batches: int, rounds: int, now: datetime) -> Iterator[Line]:
    """Send the same kind of batches with and without the index in turn."""
    sender, rates = _Writing(address, ingest.OURS, "bench-words", now), {True: [0.0] * 0, False: [0.0] * 0}
    [(create,)] = db.rows(_CREATE, [INDEX])
    sender.send(ingest.WARM_UP)
    for _ in range(rounds):
        rates[True].append(sender.send(batches))
        db.rows(f"DROP INDEX {INDEX}", using="owner")
        rates[False].append(sender.send(batches))
        db.rows(create, using="owner")
    ratio = statistics.median(one / other for one, other in zip(rates[True], rates[False], strict=True))
    how = f"{rounds} pairs of {batches} batches of {ingest.BATCH}, one event in five with 15 words; {report.load()}"
    yield report.line("ingest_with_words_by_without", round(ratio, 2), "times", how)
