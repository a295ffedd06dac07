"""Counting what a page asks of the database, without what signs the person in and opens transactions."""

from django.test.utils import CaptureQueriesContext

FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET ", "SHOW ")
# Session, person, groups and rights on queues.
SIGN_IN = ("django_session", '"core_user"."id" = ', "core_user_groups", "guardian_", "auth_group")


def counted(statements: CaptureQueriesContext) -> list[str]:
    """Return the statements that count against a budget."""
    texts = [entry["sql"] for entry in statements.captured_queries]
    return [text for text in texts if not text.startswith(FRAME) and not _signs_in(text)]


def _signs_in(text: str) -> bool:
    """Tell whether a statement is about the person alone; one about cases that also asks for a right counts."""
    return any(mark in text for mark in SIGN_IN) and '"cases_case"' not in text and "cases_case " not in text
