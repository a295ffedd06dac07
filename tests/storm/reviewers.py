"""Reviewers at work over HTTP: they take cases, decide, take some decisions back, and remember what they heard."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from urllib.parse import parse_qs, urlsplit

import urllib3

from tscore.bench.reviewer import Answer, OverHttp, sign_in

QUEUES = ("ato", "payments", "phishing")
_HIDDEN = re.compile(r'<input type="hidden" name="(form_key|queue|version|fence)" value="([^"]*)"')
_DECISION = re.compile(r'action="(/cases/(C-\d+)/decision/)"')


@dataclass
class Diary:
    """What the reviewers were told: decisions and what was taken back, by id; forms that were refused, by key."""

    decided: dict[int, str] = field(default_factory=dict)
    taken_back: set[int] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)


class Reviewer:
    """One person with a session."""

    def __init__(self, url: str, person: dict[str, str], *, seed: str, diary: Diary) -> None:
        self.line, self.diary, self.random = OverHttp(url), diary, Random(seed)
        sign_in(self.line, email=person["email"], password=person["password"])

    def run(self, stopping: threading.Event, giving_up: threading.Event) -> None:
        """Work until it is time to stop."""
        while not stopping.is_set():
            self._one_case(giving_up)
            stopping.wait(self.random.uniform(0.05, 0.4))

    def _one_case(self, giving_up: threading.Event) -> None:
        queue = self.random.choice(QUEUES)
        taken = self._patiently(lambda: self._post(f"/queues/{queue}/next/", {"form_key": _key()}), giving_up)
        if taken is None or taken.status != 303:
            return
        shown = self._patiently(lambda: self.line.get(taken.headers["Location"]), giving_up)
        target = _DECISION.search(shown.text) if shown else None
        if shown is None or target is None:
            return
        made = self._decide(shown, target[1], target[2], giving_up)
        if made and self.random.random() < 0.3:
            giving_up.wait(self.random.uniform(0, 2.5))  # before its effects leave, or after
            self._take_back(made, giving_up)

    def _decide(self, shown: Answer, address: str, ref: str, giving_up: threading.Event) -> int:
        fields = dict(_HIDDEN.findall(shown.text[shown.text.index('id="decision"') :]))
        fields |= {"preset": str(self.random.choice((1, 1, 2))), "then": "stay", "form_key": _key()}
        answer = self._patiently(lambda: self._post(address, fields), giving_up)
        if answer is None:
            return 0
        if answer.status == 303:
            made = int(parse_qs(urlsplit(answer.headers["Location"]).query)["decided"][0])
            self.diary.decided[made] = ref
            return made
        self.diary.refused[fields["form_key"]] = answer.status
        return 0

    def _take_back(self, decision: int, giving_up: threading.Event) -> None:
        fields = {"form_key": _key()}
        answer = self._patiently(lambda: self._post(f"/decisions/{decision}/reversal/", fields), giving_up)
        if answer is not None and answer.status == 303:
            self.diary.taken_back.add(decision)

    def _post(self, path: str, fields: dict[str, str]) -> Answer:
        return self.line.post(path, fields, partial=False)

    def _patiently(self, ask: Callable[[], Answer], giving_up: threading.Event) -> Answer | None:
        """Ask until there is an answer that means something; the same form goes out again and again."""
        while not giving_up.is_set():
            try:
                answer = ask()
            except (urllib3.exceptions.HTTPError, OSError):
                giving_up.wait(0.2)
                continue
            if answer.status == 500:
                self.diary.odd.append(f"a reviewer was answered 500: {' '.join(answer.text.split())[-300:]}")
            if answer.status not in (500, 503) and not _runs_still(answer):
                return answer
            giving_up.wait(0.2)
        return None


def _runs_still(answer: Answer) -> bool:
    """Tell whether the first sending of this form is still being carried out."""
    return answer.status == 409 and "still running" in answer.text


def _key() -> str:
    return f"storm-{uuid.uuid4().hex}"
