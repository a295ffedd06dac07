"""The judge: compares what senders and reviewers were promised with what the console and the marketplace hold.

Three ledgers are kept by different parties: the senders' log, the database, the marketplace's file. Where they differ,
something was lost or doubled.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.core.management import CommandError, call_command

from cases.models import Action, Decision
from signals.models import DeadLetter
from signals.services.intake.answer import dead_letter_ref
from signals.services.intake.decode import decode
from signals.services.intake.ready import ready
from signals.services.intake.scan import scan
from signals.services.signals import ready as signals_ready
from tests.storm import console, witness
from tests.storm.console import SHOP, SOURCE, Console
from tests.storm.reviewers import Diary
from tests.storm.senders import Item, Log
from tscore import invariants
from tscore.core.db import rows
from tscore.core.models import AuditEvent, IdempotencyKey

SHOWN = 5
EVENTS, SIGNALS = "/api/v1/events", "/api/v1/signals"
Verdict = Iterator[str]

HELD = {
    EVENTS: """SELECT e.external_id, e.observed_at, e.content_mac, e.payload::text FROM signals_event e
        JOIN signals_source s ON s.id = e.source_id WHERE s.name = %s""",
    SIGNALS: """SELECT g.external_id, g.observed_at, g.content_mac, NULL FROM signals_signal g
        JOIN signals_source s ON s.id = g.source_id WHERE s.name = %s""",
}


def verdict(place: Console, *, log: Log, diary: Diary, harm: Counter[str]) -> list[str]:
    """Return one sentence for each promise that was broken; an empty list is the all-clear."""
    found: list[str] = []
    for part in (
        _stored(EVENTS, log, "event"), _stored(SIGNALS, log, "signal"), _letters(log), _invariants(),
        _decisions(diary), _effects(console.ledger(place)), _told_once(), _seen(place), _circles(place),
        _trail(), _odd([*log.odd, *diary.odd]), _enough(log, diary, harm),
    ):  # fmt: skip
        found.extend(part)
    return found


def _stored(path: str, log: Log, what: str) -> Verdict:
    """Accepted is stored: once, as it was sent, and nothing that nobody sent."""
    held = Counter[tuple[str, datetime]]()
    content: dict[tuple[str, datetime], tuple[bytes, str | None]] = {}
    for external_id, observed_at, mac, payload in rows(HELD[path], [SOURCE]):
        key = (external_id, observed_at.astimezone(UTC))
        held[key] += 1
        content[key] = (bytes(mac), payload)
    mine = [(name, item) for (stream, name), item in log.sent.items() if stream == path]
    sent = {_key(item): (name, item) for name, item in mine}
    promised = {name for stream, name in log.promised if stream == path}
    yield from _says(
        f"Every accepted {what} is stored", (n for k, (n, _) in sent.items() if n in promised and k not in held)
    )
    yield from _says(
        f"Every {what} is stored once", (f"{key[0]} {times} times" for key, times in held.items() if times > 1)
    )
    yield from _says(f"No {what} is stored that nobody sent", (key[0] for key in held if key not in sent))
    both = ((sent[key], content[key]) for key in held if key in sent)
    differ = (name for (name, item), (mac, payload) in both if not _same(path, item, mac, payload))
    yield from _says(f"Every {what} is stored as it was sent", differ)


def _key(item: Item) -> tuple[str, datetime]:
    return item["id"], datetime.fromisoformat(item.get("recordedtime", item["time"])).astimezone(UTC)


def _same(path: str, item: Item, mac: bytes, payload: str | None) -> bool:
    scanned = scan(msgspec.json.encode(item))
    if path == SIGNALS:
        return signals_ready.read(scanned, source=SOURCE).content_mac == mac
    made = ready(decode(scanned), received_at=datetime.now(UTC), over_http=True)
    plain = msgspec.json.decode(msgspec.json.encode(made.payload))
    return made.content_mac == mac and msgspec.json.decode(payload or "null") == plain


def _letters(log: Log) -> Verdict:
    """What was refused is kept with its reason."""
    known = {dead_letter_ref(pk) for pk, code in DeadLetter.objects.values_list("pk", "code") if code}
    yield from _says(
        "Every refused item is kept with its reason", (log.refused[ref] for ref in log.refused if ref not in known)
    )


def _invariants() -> Verdict:
    for breach in invariants.breaches(invariants.FAULTS + invariants.UNFINISHED):
        yield f"{breach.sentence}: {breach.count} do not ({', '.join(breach.first[:SHOWN])})"


def _decisions(diary: Diary) -> Verdict:
    """Who was told yes finds the decision, who was told no does not, and nothing was decided twice."""
    held = dict(Decision.objects.values_list("pk", "supersedes_id"))
    yield from _says("Every acknowledged decision is stored", (str(pk) for pk in diary.decided if pk not in held))
    back = set(held.values())
    yield from _says("Every acknowledged taking back is stored", (str(pk) for pk in diary.taken_back if pk not in back))
    kept = set(IdempotencyKey.objects.filter(key__in=list(diary.refused), status=200).values_list("key", flat=True))
    yield from _says("Nobody was told no whose decision was stored", kept)


def _effects(ledger: list[dict[str, Any]]) -> Verdict:
    """Done is in the marketplace's ledger exactly once, and nothing else is."""
    effects = Counter(line["action"] for line in ledger)
    states = dict(Action.objects.values_list("public_id", "state"))
    done = {name for name, state in states.items() if state in ("done", "compensated")}
    yield from _says("Every done action took effect in the marketplace", (name for name in done if name not in effects))
    yield from _says("No effect took place twice", (name for name, times in effects.items() if times > 1))
    yield from _says(
        "No effect took place of an action that is not done",
        (f"{name} {states.get(name, 'unknown to us')}" for name in effects if name not in done),
    )
    yield from _says("No action failed for good", (name for name, state in states.items() if state == "failed"))
    reports = {line["event"]["id"] for line in ledger if line["event"]}
    sql = "SELECT external_id FROM signals_event e JOIN signals_source s ON s.id = e.source_id WHERE s.name = %s"
    stored = {name for (name,) in rows(sql, [SHOP])}
    yield from _says("Every report of an effect is stored", (name for name in reports if name not in stored))


def _told_once() -> Verdict:
    """Each end of an action stands once in the trail."""
    told = Counter(AuditEvent.objects.filter(verb="action.done").values_list("object_ref", flat=True))
    done = Action.objects.filter(state__in=("done", "compensated")).values_list("public_id", flat=True)
    yield from _says("Every done action stands once in the trail", (n for n in done if told[n] != 1))


def _seen(place: Console) -> Verdict:
    with witness.connect(place.data) as line:
        seen = line.execute("SELECT what, count(*), min(ref) FROM storm_witness GROUP BY what").fetchall()
    for what, times, first in seen:
        yield f"{what}: {times} times it was not so (first {first})"


def _circles(place: Console) -> Verdict:
    """Nobody waits for locks in a circle: the database would have to end somebody's work."""
    said = (place.data / "services.log").read_text(errors="replace")
    if times := said.count("deadlock detected"):
        about = " ".join(said.partition("deadlock detected")[2][:1500].split())
        yield f"Nobody waits for locks in a circle: {times} deadlocks were broken up by the database: {about}"
    busy = (place.data / "up.log").read_text(errors="replace").count("Contended")
    if busy:
        yield f"No retry limit is reached: {busy} times five attempts were not enough"


def _trail() -> Verdict:
    said = io.StringIO()
    try:
        call_command("verify_audit", stdout=said)
    except CommandError:
        yield f"The audit trail is whole: {' '.join(said.getvalue().split())[:400]}"


def _odd(sentences: list[str]) -> Verdict:
    if sentences:
        yield f"Senders and reviewers get the answers that they can act on: {len(sentences)} did not ({sentences[0]})"


def _enough(log: Log, diary: Diary, harm: Counter[str]) -> Verdict:
    """A storm in which nothing happened proves nothing."""
    happened = {"accepted items": log.promised, "refused items": log.refused, "decisions": diary.decided, "harm": harm}
    yield from _says(
        "Something of everything happened", (f"no {name}" for name, found in happened.items() if not found)
    )


def _says(sentence: str, offenders: Iterable[str]) -> Verdict:
    found = sorted(offenders)
    if found:
        yield f"{sentence}: {len(found)} do not ({', '.join(found[:SHOWN])})"


def figures(log: Log, diary: Diary, harm: Counter[str], ledger: list[dict[str, Any]]) -> list[str]:
    """Return what happened, in lines."""
    answers = ", ".join(f"{name} {count:,}" for name, count in sorted(log.answers.items()))
    harmed = ", ".join(f"{name} {count}" for name, count in sorted(harm.items()))
    return [
        f"senders: {len(log.sent):,} items, {len(log.promised):,} acknowledged; answers: {answers}",
        f"reviewers: {len(diary.decided)} decisions, {len(diary.taken_back)} taken back; {len(ledger)} effects",
        f"harm: {sum(harm.values())} ({harmed})",
        f"console: {invariants.figure()}",
    ]


def waiting() -> str:
    """Return what is not finished yet, or nothing once everything has come to rest."""
    left = invariants.breaches(invariants.UNFINISHED)
    return "; ".join(f"{breach.sentence.replace('Every', 'not every', 1)} ({breach.count})" for breach in left)
