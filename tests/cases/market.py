"""What tests ask of the demo marketplace: misbehave, and show the ledger of effects."""

import json
from typing import Any

import urllib3


class Market:
    """One running marketplace by its address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def misbehave(self, mode: str, **plan: Any) -> None:
        """Put a fault plan in force."""
        answer = urllib3.request("POST", f"{self.url}/faults", body=json.dumps({"mode": mode, **plan}).encode())
        assert answer.status == 200, answer.data

    def ledger(self) -> list[dict[str, Any]]:
        """Return the lines of the ledger, one for each effect, oldest first."""
        return [json.loads(line) for line in urllib3.request("GET", f"{self.url}/ledger").data.splitlines()]

    def effects(self) -> list[tuple[str, str]]:
        """Return kind and target id of each effect."""
        return [(line["kind"], line["target"]["id"]) for line in self.ledger()]
