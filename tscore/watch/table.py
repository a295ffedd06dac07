"""The one table of alarms: what can be wrong, how bad it is, what it means, what to do, how it is found, when it ends.

The title is also the heading in docs/runbook.md; a test compares the two. Limits are settings (`ALARM_…`, read by
`tscore.env`), compared in `tscore.watch.checks`. An alarm without a check is raised where it happens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tscore.watch import checks
from tscore.watch.checks import Found

LOOK: Final = "alarms"
LOOK_AHEAD: Final = "forecast"
RUNBOOK: Final = "docs/runbook.md"
CALM: Final = timedelta(seconds=60)


@dataclass(frozen=True)
class Declared:
    """One line. `pattern` ends in `*` where there may be several at once.

    The alarm ends when it was not seen for `calm`, so that what flickers is told once; without `calm` a person ends it.
    """

    pattern: str
    severity: str
    title: str
    meaning: str
    todo: str
    check: Callable[[datetime], Iterable[Found]] | None
    calm: timedelta | None = CALM
    stage: str = LOOK

    @property
    def runbook(self) -> str:
        """Return where the runbook speaks of it."""
        anchor = re.sub(r"[^a-z0-9 -]", "", self.title.lower()).replace(" ", "-")
        return f"{RUNBOOK}#{anchor}"

    def key(self, found: Found) -> str:
        """Return the key of one finding."""
        return self.pattern.replace("*", found.name)[:120]

    def covers(self, key: str) -> bool:
        """Tell whether an alarm of that key is one of these."""
        return key.startswith(self.pattern[:-1]) if self.pattern.endswith("*") else key == self.pattern


TABLE: Final = (
    # The clock comes first: it is compared with an instant read just before.
    Declared(
        "clock:database", "high", "Clocks differ",
        "The clock of the database and that of this machine differ, so ages, leases and due times are off.",
        "Let both machines follow the same time server.",
        checks.clock,
    ),
    Declared(
        "clock:events", "medium", "Events with a strange time",
        "A sender's clock is wrong, or it sends old events as new: windows and rankings built on them are off.",
        "Find the sender among the newest events, have its clock set, and load history with manage.py backfill.",
        checks.far_off,
    ),
    Declared(
        "score:waiting", "critical", "Events wait to be scored",
        "Events are stored but not looked at by any rule: fraud passes meanwhile. Nothing is lost.",
        "See that a worker and beat run. If they do, more comes in than is scored: add a worker.",
        checks.unscored,
    ),
    Declared(
        "score:event", "medium", "An event cannot be scored",
        "Something in these events makes scoring fail; all others go on, and these are tried again ever more rarely.",
        "Read the error in the log of the worker; mend the feature function, then they are scored by themselves.",
        checks.unscorable,
    ),
    Declared(
        "detector:*", "high", "A detector fails",
        "This detector or feature function raised an error or took too long: what it would have found is missing.",
        "Read the detail and the log, mend it or switch the detector off. It ends 15 minutes after the last failure.",
        None, calm=timedelta(minutes=15),
    ),
    Declared(
        "route:waiting", "critical", "Signals wait for a case",
        "Findings are stored but in no queue: nobody sees them. Nothing is lost.",
        "See that a worker and beat run; read the log of stage correlate.",
        checks.unrouted,
    ),
    Declared(
        "outbox:waiting", "high", "Actions wait to be sent",
        "Decisions were made whose effect has not reached the marketplace.",
        "Look at Delivery: what is the marketplace's last word? See that it answers and that a worker runs.",
        checks.outbox,
    ),
    Declared(
        "marketplace:missing", "high", "No marketplace is set",
        "Actions wait and nobody said where to send them.",
        "Give the address as MARKETPLACE_URL and restart.",
        checks.marketplace_missing,
    ),
    Declared(
        "marketplace:paused", "critical", "The marketplace is paused",
        "The marketplace said that its endpoint is gone (410). Nothing is sent until somebody resumes it.",
        "Ask whoever runs the marketplace; correct MARKETPLACE_URL where it moved; then press Resume on Delivery.",
        None, calm=None,
    ),
    Declared(
        "marketplace:failing", "high", "The marketplace does not take actions",
        "Actions were tried five times and more without a clear answer. They are tried on.",
        "Look at Delivery for its last word. It ends with the first action that is taken.",
        None, calm=timedelta(hours=2),
    ),
    Declared(
        "dead_letters:*", "medium", "Many items are refused",
        "A sender sends what cannot be stored; it is kept as dead letters and missing from every ranking.",
        "Open Dead letters, read what the sender should change, repair or dismiss what is there.",
        checks.dead_letters,
    ),
    Declared(
        "id_conflict:*", "medium", "An id was used twice",
        "A sender sent other content under an id and time that are known. The first content stays, the other is kept.",
        "Tell the sender to give every event an id of its own. It ends an hour after the last conflict.",
        None, calm=timedelta(hours=1),
    ),
    Declared(
        "backlog:*", "medium", "A queue will be late tomorrow",
        "If cases go on to come and to be decided as in the last 24 hours, new ones will wait longer than promised.",
        "Give the queue more reviewers, or less to do: mute what is noise, raise a threshold.",
        checks.backlog, calm=timedelta(minutes=4), stage=LOOK_AHEAD,
    ),
    Declared(
        "broker:away", "medium", "The broker does not answer",
        "Stages are not told to look, so nothing moves on. Nothing is lost: all work lies in the database.",
        "Start the broker (BROKER_URL) again; everything catches up by itself.",
        checks.broker,
    ),
    Declared(
        "stages:asleep", "critical", "No stage runs",
        "Nothing that was accepted is scored, routed or sent: worker, beat or the broker between them is away.",
        "See that the processes worker and beat run and that the broker answers; all catches up by itself.",
        checks.asleep,
    ),
    Declared(
        "seal:waiting", "high", "The audit trail is not sealed",
        "Audit entries are written but not yet chained: until they are, a change to them would go unnoticed.",
        "See that a worker runs, that the role of the sealer can sign in, and that the folder ANCHORS can be written.",
        checks.sealer,
    ),
    Declared(
        "feature_log:failing", "medium", "The feature log is not written",
        "Logged values are not copied into the feature log: tables and back-tests read the database meanwhile.",
        "See that the folder FEATURE_LOG can be written and has room; read the error in the log of the worker.",
        None, calm=timedelta(hours=2),
    ),
    Declared(
        "disk:*", "critical", "The disk is nearly full",
        "There is little room left. When there is none, nothing can be stored and senders are told to wait.",
        "Make room or enlarge the disk; writing goes on by itself.",
        checks.disk,
    ),
    Declared(
        "watch:*", "medium", "A check fails",
        "One of these checks could not be made, so nobody knows whether its alarm should be raised.",
        "Read the log of the worker; run manage.py doctor.",
        None,
    ),
)  # fmt: skip


def of_key(key: str) -> Declared | None:
    """Return the line of an alarm's key; None for one that nobody declared."""
    return next((declared for declared in TABLE if declared.covers(key)), None)
