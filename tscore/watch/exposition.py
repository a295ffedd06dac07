"""Prometheus' text format, version 0.0.4: what a scrape reads. It is small enough to write oneself (ADR 15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Family:
    """All samples of one name; `kind` is counter, gauge or histogram. A sample's suffix is empty but for histograms."""

    name: str
    kind: str
    meaning: str
    samples: Sequence[tuple[str, Labels, float]]


def gauge(name: str, meaning: str, samples: Iterable[tuple[Labels, float]]) -> Family:
    """Return numbers that go up and down."""
    return Family(name, "gauge", meaning, [("", labels, value) for labels, value in samples])


def counter(name: str, meaning: str, samples: Iterable[tuple[Labels, float]]) -> Family:
    """Return numbers that only grow; the name ends in `_total`."""
    return Family(name, "counter", meaning, [("", labels, value) for labels, value in samples])


def histogram(
    name: str, meaning: str, bounds: Sequence[float], series: Iterable[tuple[Labels, Sequence[float]]]
) -> Family:
    """Return how values are spread; a series is the counts between the bounds, of what lies above, and the sum."""
    samples: list[tuple[str, Labels, float]] = []
    for labels, numbers in series:
        counts, total = list(accumulate(numbers[:-1])), numbers[-1]
        for bound, count in zip([*map(_number, bounds), "+Inf"], counts, strict=True):
            samples.append(("_bucket", {**labels, "le": bound}, count))
        samples += [("_sum", labels, total), ("_count", labels, counts[-1])]
    return Family(name, "histogram", meaning, samples)


def text(families: Iterable[Family]) -> str:
    """Return what a scrape is answered."""
    return "".join(f"{line}\n" for family in families for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.meaning}"
    yield f"# TYPE {family.name} {family.kind}"
    for suffix, labels, value in family.samples:
        pairs = ",".join(f'{name}="{_escaped(one)}"' for name, one in labels.items())
        yield f"{family.name}{suffix}{'{' + pairs + '}' if pairs else ''} {_number(value)}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
