"""Files of cases leave the house: who took which is kept, so that a paper can be held against the trail."""

from __future__ import annotations

from datetime import datetime

from cases.models import Case
from cases.verbs import Verb
from tscore.core import audit, db
from tscore.core.models import User


def made(*, case: Case, actor: User, redaction: str, sha256: str, now: datetime) -> None:
    """Write down that a person took a file of a case; `sha256` is the one printed on each of its pages."""
    db.in_transaction(
        lambda: audit.record(
            actor=actor, verb=Verb.CASE_FILE_MADE, object_type="case_file", object_ref=case.ref, at=now,
            after={"sha256": sha256, "redaction": str(redaction)},
        )
    )  # fmt: skip
