"""The words that name cases in addresses."""

from __future__ import annotations

from tscore.core.errors import Missing

LONGEST = 18


def case_id_of(ref: str) -> int:
    """Return the id in `C-812`.

    Raises:
        Missing: the text names no case.
    """
    number = ref.removeprefix("C-")
    if not ref.startswith("C-") or not (number.isascii() and number.isdigit()) or len(number) > LONGEST:
        raise Missing
    return int(number)
