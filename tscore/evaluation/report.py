"""Says the figures in words and as the list that machines read."""

from __future__ import annotations

from typing import Any

from tscore.evaluation.measure import Figures, Share

HOW = "make evaluate"


def entries(source: str, figures: Figures) -> list[dict[str, Any]]:
    """Return the figures as `{name, value, unit, goal, ok, how}`; the first rules have no goal but to be measured."""
    values = {
        "events": (figures.events, "events"),
        "signals": (figures.signals, "signals"),
        "cases": (figures.cases, "cases"),
        "alerts_a_day": (round(figures.signals / figures.days, 2) if figures.days else None, "signals/day"),
        "base_rate": (figures.base_rate.value, "share"),
        "precision": (figures.precision.value, "share"),
        "recall": (figures.recall.value, "share"),
    }
    return [
        {"name": f"{source}.{name}", "value": value, "unit": unit, "goal": None, "ok": None, "how": HOW}
        for name, (value, unit) in values.items()
    ]


def row(source: str, figures: Figures) -> str:
    """Return one line of the table in docs/first-run.md."""
    alerts = f"{figures.signals / figures.days:,.1f}" if figures.days else "–"
    return (
        f"| `{source}` | {figures.events:,} | {figures.signals:,} | {figures.cases:,} | {alerts} "
        f"| {_share(figures.base_rate, digits=2)} | {_share(figures.precision)} | {_share(figures.recall)} |"
    )


def detector_rows(source: str, figures: Figures) -> list[str]:
    """Return one line a detector: signals, and how many of their triggers were bad, good or not labelled."""
    return [
        f"| `{source}` | `{name}` | {total:,} | {bad:,} | {good:,} | {total - bad - good:,} |"
        for name, total, bad, good in figures.detectors
    ]


def _share(share: Share, *, digits: int = 1) -> str:
    if share.value is None or share.interval is None:
        return "–"
    low, high = share.interval
    return f"{share.value:.{digits}%} ({share.part:,} of {share.whole:,}; {low:.1%}–{high:.1%})"
