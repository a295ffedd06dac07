"""Messages: short texts with phishing among them, and harmless talk between buyers and sellers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from signals.sources.base import Item, Truth, event, find, minute, open_text, read_csv

SMS_START = datetime(2020, 1, 1, tzinfo=UTC)
SMS_CLASS = {"ham": "legit", "spam": "phishing.spam", "smishing": "phishing.credential"}
KNOWN_AFTER = timedelta(days=1)


def sms_smishing_mendeley(path: Path) -> Iterator[Item]:
    """Yield each text as a message of its own sender in its own minute: the set has neither."""
    for position, row in enumerate(read_csv(find(path, "messages.csv.gz"))):
        at, message = minute(SMS_START, position), f"sms-{row['id']}"
        data = {
            "message": message,
            "sender": f"sms-s{row['id']}",
            "text": row["text"],
            "synthetic": ["sender", "time"],
        }
        truth = Truth("message", message, "phishing", SMS_CLASS[row["label"]], at + KNOWN_AFTER)
        yield Item(event("sms", message, "message.sent", at, data), truth)


def craigslist_bargain_chats(path: Path) -> Iterator[Item]:
    """Yield every text turn of every dialogue, all in order of time; all are harmless."""
    with open_text(find(path, "dialogues.jsonl.gz")) as file:
        turns = [turn for line in file for turn in _turns(json.loads(line))]
    for at, message, data in sorted(turns, key=lambda turn: (turn[0], turn[1])):
        truth = Truth("message", message, "phishing", "legit", at + KNOWN_AFTER)
        yield Item(event("chats", message, "message.sent", at, data), truth)


def _turns(dialogue: dict[str, Any]) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    thread = dialogue["dialogue_id"]
    other = {"buyer": "seller", "seller": "buyer"}
    for position, turn in enumerate(dialogue["turns"]):
        if turn["action"] != "message" or not turn["text"] or not turn["t"]:
            continue
        message = f"chat-{thread}-{position}"
        data = {
            "message": message,
            "sender": f"chat-{thread}-{turn['role']}",
            "recipient": f"chat-{thread}-{other[turn['role']]}",
            "thread": thread,
            "listing": f"cl-{dialogue['post_id']}",
            "text": turn["text"],
        }
        yield datetime.fromtimestamp(float(turn["t"]), tz=UTC), message, data
