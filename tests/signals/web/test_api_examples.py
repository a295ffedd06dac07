"""What the API page tells people to send is what the API takes."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from signals.services import in_time
from signals.services.verdicts import MOST_MS

pytestmark = pytest.mark.django_db


def examples() -> list[dict[str, Any]]:
    """Return the items shown on the page, in order."""
    shown = re.findall(r"<pre>(.*?)</pre>", Client().get("/docs/api/").content.decode(), re.DOTALL)
    texts = [html.unescape(block) for block in shown]
    return [json.loads(text[text.index("{") : text.rindex("}") + 1]) for text in texts if '"id"' in text]


def test_examples_are_taken_as_they_stand(make_token):
    event, answer, _, signal, label = examples()
    token = make_token("events:write", "signals:write", "labels:write", source="my-shop")

    def send(path: str, item: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        return (
            Client().post(f"/api/v1/{path}", json.dumps(item), content_type="application/json", headers=headers).json()
        )

    sent = [send("events", event), send("signals", signal), send("labels", label)]

    assert [found["counts"]["new"] for found in sent] == [1, 1, 1]
    assert sent[0].keys() == answer.keys()
    assert sent[0]["items"][0].keys() == answer["items"][0].keys()
    assert send("events", event)["items"][0]["status"] == "duplicate"


def test_example_of_a_verdict_is_answered_as_it_stands(transactional_db, make_token):
    asked = examples()[2] | {"budget_ms": MOST_MS}  # for a machine that does other things as well
    headers = {"Authorization": f"Bearer {make_token('assess')}", "Idempotency-Key": "login-4711"}

    answer = Client().post("/api/v1/assess", json.dumps(asked), content_type="application/json", headers=headers)

    in_time.stop()
    assert (answer.status_code, answer.json()["event_status"]) == (200, "new")
