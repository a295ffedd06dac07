"""The marketplace itself: applies each action once and answers the same for ever after."""

import contextlib
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from tscore.marketplace.ledger import FolderLock, Ledger, Line
from tscore.marketplace.reports import report
from tscore.marketplace.requests import ActionRequest, BadRequest, utc
from tscore.marketplace.state import Change, Refused, World


class Market:
    """The state of the marketplace and the three files it is rebuilt from: effects, refusals, known things.

    One lock covers looking an action up, judging it and writing it, so that the same action in eight threads at
    once has one effect.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._tell: Callable[[Line], None] = lambda line: None
        self._world = World()
        self._settled: dict[str, Line] = {}
        self._known: dict[tuple[str, str], dict[str, Any]] = {}
        with contextlib.ExitStack() as stack:
            stack.callback(FolderLock(folder).release)
            self._effects, self._refusals, self._known_things = (
                stack.enter_context(contextlib.closing(Ledger(folder / f"{name}.jsonl")))
                for name in ("ledger", "refusals", "known")
            )
            self._rebuild()
            self._files = stack.pop_all()

    def apply(self, request: ActionRequest, *, now: datetime) -> dict[str, Any]:
        """Apply an action once and return its answer; the answer is on disk before this returns.

        Raises:
            BadRequest: 422, the same id stood for another action before.
            OSError: the disk did not take the effect, so there is none.
        """
        with self._lock:
            settled = self._settled.get(request.action)
            if settled:
                _require_same(settled, request)
                return _again(_answer(settled))
            return _answer(self._settle(request, now=now))

    def find_answer(self, action: str) -> dict[str, Any] | None:
        """Return what was answered to an action, or None if it never came through."""
        with self._lock:
            settled = self._settled.get(action)
        return _answer(settled) if settled else None

    def effects(self, action: str | None = None) -> list[Line]:
        """Return the lines of the ledger, oldest first, of all actions or of one."""
        with self._lock:
            return [line for line in self._effects.lines if action in (None, line["action"])]

    def learn(self, *, target: tuple[str, str], members: dict[str, Any]) -> None:
        """Remember what the marketplace knows of a thing, for the events that report effects on it."""
        line = {"kind": target[0], "id": target[1], "members": members}
        with self._lock:
            self._known_things.append(line)
            self._note_known(line)

    def tell(self, listener: Callable[[Line], None]) -> None:
        """Tell a listener of every effect in the ledger, and from now on of each new one, in order."""
        with self._lock:
            for line in self._effects.lines:
                listener(line)
            self._tell = listener

    def close(self) -> None:
        """Let go of the files and the folder."""
        self._files.close()

    def _settle(self, request: ActionRequest, *, now: datetime) -> Line:
        try:
            change = self._world.judge(
                action=request.action, kind_name=request.kind, target=request.target, reverses=request.reverses
            )
        except Refused as refusal:
            return self._refuse(request, reason=str(refusal), now=now)
        line = self._effect_line(request, change=change, now=now)
        self._effects.append(line)
        self._take_in(line)
        self._tell(line)
        return line

    def _refuse(self, request: ActionRequest, *, reason: str, now: datetime) -> Line:
        """Keep a refusal too: a late copy of the request must not be applied after the console was told no."""
        line = {**_base_line(request, now=now), "before": {}, "after": {}, "reason": reason}
        self._refusals.append(line)
        self._settled[request.action] = line
        return line

    def _effect_line(self, request: ActionRequest, *, change: Change, now: datetime) -> Line:
        known = self._known.get(request.target, {})
        event = report(request=request, event_type=change.event, known=known) if change.event else None
        line = {"seq": len(self._effects.lines) + 1, **_base_line(request, now=now)}
        return {**line, "before": dict(change.before), "after": dict(change.after), "event": event}

    def _take_in(self, line: Line) -> None:
        target = (line["target"]["kind"], line["target"]["id"])
        self._world.accept(action=line["action"], kind_name=line["kind"], target=target, reverses=line["reverses"])
        self._settled[line["action"]] = line

    def _note_known(self, line: Line) -> None:
        self._known.setdefault((line["kind"], line["id"]), {}).update(line["members"])

    def _rebuild(self) -> None:
        for line in self._known_things.lines:
            self._note_known(line)
        for line in self._refusals.lines:
            self._settled[line["action"]] = line
        for line in self._effects.lines:
            self._take_in(line)


def _base_line(request: ActionRequest, *, now: datetime) -> Line:
    kind, target_id = request.target
    return {
        "action": request.action,
        "kind": request.kind,
        "target": {"kind": kind, "id": target_id},
        "parameters": dict(request.parameters),
        "reverses": request.reverses,
        **request.about,
        "decided_at": utc(request.decided_at),
        "settled_at": utc(now),
    }


def _answer(line: Line) -> dict[str, Any]:
    answer = {"action": line["action"], "before": line["before"], "after": line["after"]}
    if "reason" in line:
        return {**answer, "result": "refused", "reason": line["reason"]}
    return {**answer, "result": "applied"}


def _again(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "result": "already_applied"} if answer["result"] == "applied" else answer


def _require_same(settled: Line, request: ActionRequest) -> None:
    asked = (request.kind, *request.target, request.reverses)
    if (settled["kind"], *settled["target"].values(), settled["reverses"]) != asked:
        raise BadRequest(422, "key_reused", "This action id stood for another action before.")
