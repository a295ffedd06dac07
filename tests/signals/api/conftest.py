"""A sender of events over HTTP."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.signals.api.items import URL


@pytest.fixture
def send(events_token: str) -> Callable[..., Any]:
    """Return a sender that signs with a key for events."""

    def post(body: Any, content_type: str = "application/json", token: str = events_token, query: str = "") -> Any:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return Client().post(URL + query, text, content_type=content_type, headers=headers)

    return post
