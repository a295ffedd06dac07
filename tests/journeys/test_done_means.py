"""The whole way: sign in, decide three cases by keyboard alone, undo one, and find what followed in every place."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from django.core.management import call_command
from django.utils import timezone

from cases.models import Action, Case, Decision
from cases.services import enforcement
from tests.journeys.scenes import PASSWORD, begin
from tests.marketplace.client import ledger
from tscore.core.audit import seal

pytestmark = [pytest.mark.browser]


def test_three_cases_by_keyboard_alone(page: Any, reviewer: Any, takeover: Any, market: Any, tmp_path: Path) -> None:
    for number in range(4):
        takeover(f"a-{number}", score=0.9 - number / 10)

    _sign_in(page, reviewer.email)
    begin(page)
    seen = [_decide(page, digit) for digit in ("1", "3", "2")]
    _undo(page, seen[2])
    _deliver()

    assert seen == [case.ref for case in Case.objects.order_by("-priority")[:3]]
    _check_decisions(seen)
    _check_ledger(market.url)
    _check_table(seen, tmp_path)
    _check_trail(seen)


def _sign_in(page: Any, email: str) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Home')")


def _decide(page: Any, digit: str) -> str:
    page.wait_for_selector("#decision")
    ref = str(re.search(r"C-\d+", page.url)[0])  # type: ignore[index]
    page.keyboard.press(digit)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: ref not in url)
    page.wait_for_selector(f"[data-toast]:has-text('{ref}')")
    return ref


def _undo(page: Any, ref: str) -> None:
    page.keyboard.press("z")
    page.wait_for_url(f"**/cases/{ref}/")
    page.wait_for_selector(f"[data-toast]:has-text('{ref} taken back')")


def _deliver() -> None:
    while enforcement.deliver_pending(limit=100, now=timezone.now()):
        pass


def _check_decisions(refs: list[str]) -> None:
    made = Decision.objects.order_by("pk").values_list("case_id", "verdict")
    first, second, third = (int(ref.removeprefix("C-")) for ref in refs)
    assert list(made) == [(first, "bad"), (second, "good"), (third, "bad"), (third, "withdrawn")]


def _check_ledger(url: str) -> None:
    done = list(Action.objects.filter(state="done").order_by("public_id").values_list("public_id", flat=True))
    assert sorted(line["action"] for line in ledger(url)) == done
    assert {action.kind for action in Action.objects.filter(state="done")} == {
        "account.suspend",
        "account.revoke_sessions",
        "payout.hold",
    }


def _check_table(refs: list[str], folder: Path) -> None:
    out = io.StringIO()
    call_command(
        "build_dataset", "account_takeover", "--as-of", timezone.now().isoformat(), "--out", str(folder), stdout=out
    )
    [parquet] = folder.rglob("data.parquet")
    table = pyarrow.parquet.read_table(parquet).to_pylist()
    assert {row["label_class"] for row in table} == {"ato.confirmed", "legit"}


def _check_trail(refs: list[str]) -> None:
    while seal.seal_pending(limit=1000, now=timezone.now()):
        pass
    call_command("verify_audit", stdout=io.StringIO())
