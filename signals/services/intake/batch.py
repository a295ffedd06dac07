"""What every intake does alike: read items one by one, keep the refused ones, answer in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from signals.models import Source
from signals.services import dead_letters
from signals.services.dead_letters import Refusal
from signals.services.intake import answer as answers
from signals.services.intake.answer import BatchAnswer, ItemAnswer
from signals.services.intake.decode import find_id
from signals.services.intake.problems import ItemRefused
from signals.services.intake.scan import Scanned, scan
from tscore.core import alarms
from tscore.core.errors import ScopeRefused

T = TypeVar("T")


@dataclass(slots=True)
class Batch(Generic[T]):
    """One batch on its way: what could be read of it by index, and what was refused with its id."""

    source: str
    stream: str
    received_at: datetime
    raws: list[bytes] = field(default_factory=list)
    ready: dict[int, T] = field(default_factory=dict)
    refused: dict[int, tuple[str, ItemRefused]] = field(default_factory=dict)

    def read(self, items: Sequence[bytes | Scanned], reader: Callable[[Scanned], T]) -> None:
        """Read every item by itself."""
        for index, item in enumerate(items):
            scanned = item if isinstance(item, Scanned) else scan(item)
            self.raws.append(scanned.raw)
            try:
                self.ready[index] = reader(scanned)
            except ItemRefused as problem:
                self.refused[index] = (find_id(scanned.raw), problem)

    def require_own(self) -> None:
        """Refuse the whole batch where every item speaks for another source than the key's."""
        if not self.ready and all(problem.code == "other_source" for _, problem in self.refused.values()):
            raise ScopeRefused("Every item is of another source than this key's.")

    def answer(
        self, source: Source, lines: dict[int, ItemAnswer], late: dict[int, tuple[str, ItemRefused]]
    ) -> BatchAnswer:
        """Keep what was refused, before (`self.refused`) or while storing (`late`), and answer all items in order."""
        refused = sorted((self.refused | late).items())
        letters = [Refusal(self.raws[index], external_id, problem) for index, (external_id, problem) in refused]
        kept = dead_letters.keep(source=source, stream=self.stream, refusals=letters, now=self.received_at)
        for (index, (external_id, problem)), pk in zip(refused, kept, strict=True):
            lines[index] = answers.refused(index, external_id, problem)
            lines[index].dead_letter = answers.dead_letter_ref(pk) if pk else ""
        if any(problem.code == "id_conflict" for _, (_, problem) in refused):
            _alarm(source.name, self.received_at)
        return answers.answer([lines[index] for index in range(len(self.raws))])


def require_source(given: str | None, own: str) -> None:
    """Refuse an item that names another source than the sender's own."""
    if given not in (None, own):
        raise ItemRefused("other_source", "/source")


def _alarm(source: str, now: datetime) -> None:
    detail = f"{source} sent other content under an id that is known."
    alarms.raise_alarm(f"id_conflict:{source}"[:120], "warning", detail, now)
