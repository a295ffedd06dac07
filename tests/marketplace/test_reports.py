"""The data of each answer event."""

import json
from typing import Any

import pytest

from tests.marketplace.client import ledger, post, send
from tscore.marketplace.kinds import KINDS
from tscore.marketplace.reports import FORMS
from tscore.marketplace.server import Running

EURO = {"minor": 2500, "currency": "EUR"}
NOTHING = {"minor": 0, "currency": "EUR"}


def test_every_event_of_the_table_has_a_form() -> None:
    assert {kind.event for kind in KINDS.values() if kind.event} == set(FORMS)


@pytest.mark.parametrize(
    ("kind", "target", "parameters", "data"),
    [
        ("account.suspend", "account", {"until": "2026-04-01T00:00:00Z"}, {"until": "2026-04-01T00:00:00Z"}),
        ("account.close", "account", {"until": "2026-04-01T00:00:00Z"}, {}),
        ("account.reset_password", "account", {}, {"action_id": None, "changes": [{"field": "password"}]}),
        ("account.revoke_sessions", "account", {}, {"session": "~x-1", "synthetic": ["session"]}),
        ("listing.remove", "listing", {}, {}),
        ("message.retract", "message", {"noise": 1}, {}),
        ("payment.refund", "payment", {"amount": EURO, "buyer": "a-1"}, {"amount": EURO, "buyer": "a-1"}),
        (
            "payout.hold",
            "payout",
            {"account": "a-1"},
            {"account": "a-1", "payout_account": "~x-1", "amount": NOTHING, "synthetic": ["payout_account", "amount"]},
        ),
        (
            "dispute.contest",
            "dispute",
            {"payment": "p-1", "amount": EURO},
            {"payment": "p-1", "amount": EURO, "stage": "represented", "action_id": None},
        ),
    ],
)
def test_report_has_the_members_its_type_requires(
    market: Running, kind: str, target: str, parameters: dict[str, Any], data: dict[str, Any]
) -> None:
    send(market.url, "act_1", kind, (target, "x-1"), parameters=parameters)

    expected = {target: "x-1", "action_id": "act_1"} | data
    assert ledger(market.url)[0]["event"]["data"] == {name: value for name, value in expected.items() if value}


def test_report_uses_what_the_marketplace_knows(market: Running) -> None:
    members = {"account": "a-1", "payout_account": "DE02", "amount": EURO}
    post(f"{market.url}/known", json.dumps([{"kind": "payout", "id": "x-1", "members": members}]))

    send(market.url, "act_1", "payout.hold", ("payout", "x-1"))

    assert ledger(market.url)[0]["event"]["data"] == {"payout": "x-1", "action_id": "act_1"} | members
