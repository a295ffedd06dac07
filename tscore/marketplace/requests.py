"""Reading a signed action request: the signature first, then every member, each with one clear refusal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


@dataclass(eq=False)
class BadRequest(Exception):
    """This request cannot be read; `status`, `code` and `detail` say why."""

    status: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequest:
    """One action as the console asked for it."""

    action: str
    kind: str
    target: tuple[str, str]
    parameters: Mapping[str, Any]
    reverses: str | None
    decided_at: datetime
    about: Mapping[str, Any]


def read_action(*, headers: Mapping[str, str], body: bytes, webhook: Webhook) -> ActionRequest:
    """Check the signature of a request and return the action in it.

    Raises:
        BadRequest: 401 for the signature, 400 and 422 for the content.
    """
    _require_signature(headers=headers, body=body, webhook=webhook)
    content = read_json(body)
    if not isinstance(content, dict) or content.get("type") != "action.requested":
        raise BadRequest(422, "invalid", "Send an object of type action.requested.")
    data = content.get("data")
    if not isinstance(data, dict):
        raise BadRequest(422, "invalid", "Give data as an object.")
    request = _action(data)
    sent_id = next((value for name, value in headers.items() if name.lower() == "webhook-id"), "")
    if request.action != sent_id:
        raise BadRequest(422, "invalid", "webhook-id and data.action must be the same.")
    return request


def read_json(body: bytes) -> Any:
    """Return the JSON value in a body.

    Raises:
        BadRequest: it is not JSON, or nested too deep to read.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest(400, "malformed_json", "The body is not JSON this marketplace can read.") from None


def utc(moment: datetime) -> str:
    """Write an instant as RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _require_signature(*, headers: Mapping[str, str], body: bytes, webhook: Webhook) -> None:
    # Besides its own error the library lets ValueError through: bad base64, no comma, a body that is not UTF-8.
    try:
        webhook.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        raise BadRequest(401, "bad_signature", "The webhook signature is missing, wrong or too old.") from None


def _action(data: Mapping[str, Any]) -> ActionRequest:
    target, parameters = data.get("target"), data.get("parameters") or {}
    if not isinstance(target, dict) or not isinstance(parameters, dict):
        raise BadRequest(422, "invalid", "Give target {kind, id} and parameters as objects.")
    reverses = data.get("reverses")
    return ActionRequest(
        action=_id(data.get("action"), "action"),
        kind=_id(data.get("kind"), "kind"),
        target=(_id(target.get("kind"), "target.kind"), _id(target.get("id"), "target.id")),
        parameters=parameters,
        reverses=None if reverses is None else _id(reverses, "reverses"),
        decided_at=_instant(data.get("decided_at")),
        about={name: data.get(name) for name in ("case", "policy", "actor")},
    )


def _id(value: Any, name: str) -> str:
    if isinstance(value, str) and 1 <= len(value) <= 200 and value.isprintable() and not _has_space(value):
        return value
    raise BadRequest(422, "invalid", f"Give {name} as 1 to 200 printable characters without white space.")


def _has_space(value: str) -> bool:
    return any(character.isspace() for character in value)


def _instant(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise BadRequest(422, "invalid", "Give decided_at as a time with an offset.")
