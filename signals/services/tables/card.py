"""The card of a training table: what a person must know before training on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from signals.services.tables.rows import CHECKED_ROWS, Table
from signals.services.tables.specs import DatasetSpec

CARD = """# {title}: training table as of {as_of}

One row is {row}, with the label that held on {as_of} and the features as they were when the event was observed.
Features: {features}, definitions `{version}`. Content hash `{content_hash}`.

## Rows

{rows} rows, {bad} bad ({share}).

{classes}

## Where the labels come from

{sources}

## Left out

{left_out}

## Split by time

{split}

## Against leakage

* Features use only facts observed, and labels known, by the instant `as_of` of the row.
* A label counts only if it was known by {as_of}; sources rank as in the label rules, the newest among equals.
* `label_*`, `confidence`, `lane`, `weight` and `split` are never inputs; `entity_id` and `event_id` only identify.
  The same account, card or seller can stand in more than one split: group by `entity_id` if that matters.
* Values are those logged when the event was scored; {rebuilt} rows had none and were rebuilt by the same definitions.
  Of {checked} logged rows rebuilt as a check ({each} of each {chunk}), {differing} differ: a fact arrived late there.

## Weights

`weight` is 1 ÷ inclusion probability where a sampling design drew the item, else null. Rows from ranked queues are no
random sample: rates among them are not rates in the marketplace.

## Identifiers

E-mail, phone, address, ip, card and payout accounts are keyed tokens, not values. Texts are not in the table.
"""


def card(
    table: Table, splits: Sequence[str], spec: DatasetSpec, *, as_of: datetime, content_hash: str, version: str
) -> str:
    """Write the card."""
    bad = sum(row.label for row in table.rows)
    return CARD.format(
        title=spec.title,
        row=spec.row,
        as_of=as_of.isoformat(),
        features=len(spec.features),
        version=version,
        content_hash=content_hash,
        rows=len(table.rows),
        bad=bad,
        share=f"{bad / len(table.rows):.2%}" if table.rows else "none",
        classes=_counts("class", (row.label_class for row in table.rows)),
        sources=_counts("source", (row.label_source for row in table.rows)),
        left_out=_lines(table.left_out, nothing="Nothing."),
        split=_splits(table, splits),
        rebuilt=table.rebuilt,
        checked=table.checked,
        each=CHECKED_ROWS,
        chunk="2,000",
        differing=table.differing,
    )


def _counts(heading: str, words: Iterable[str]) -> str:
    counts = Counter(words)
    lines = [f"| {heading} | rows |", "|---|---:|"]
    return "\n".join(lines + [f"| {word} | {counts[word]} |" for word in sorted(counts)])


def _lines(counts: Counter[str], *, nothing: str) -> str:
    return "\n".join(f"* {counts[reason]} labels: {reason}" for reason in sorted(counts)) or nothing


def _splits(table: Table, splits: Sequence[str]) -> str:
    lines = ["| split | rows | bad | from | to |", "|---|---:|---:|---|---|"]
    for name in ("train", "validation", "test"):
        mine = [row for row, split in zip(table.rows, splits, strict=True) if split == name]
        times = sorted(row.as_of for row in mine)
        span = f"{times[0].isoformat()} | {times[-1].isoformat()}" if times else "– | –"
        lines.append(f"| {name} | {len(mine)} | {sum(row.label for row in mine)} | {span} |")
    return "\n".join(lines)
