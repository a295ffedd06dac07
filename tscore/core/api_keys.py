"""Keys that machines sign in with: `ts_<prefix>_<secret>`, the prefix shown, the secret kept only as a hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tscore.core import audit, demo, ids
from tscore.core.db import in_transaction
from tscore.core.errors import BadKey, NoKey, ScopeRefused
from tscore.core.models import ApiKey, User
from tscore.core.verbs import Verb

SCOPES: Final = ("events:write", "signals:write", "labels:write", "labels:read", "assess", "metrics:read")


class UnknownScope(ValueError):
    """An API key can only have scopes that exist."""


class DemoKey(BadKey):
    """This key belongs to a demo world and works there only. Create a key of your own."""


def create(
    *,
    name: str,
    source: str,
    scopes: Sequence[str],
    actor: User | None,
    now: datetime,
    expires_at: datetime | None = None,
    mark: str = "",
) -> tuple[ApiKey, str]:
    """Create a key and return it with its token, which is shown this one time; a `mark` begins its prefix."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise UnknownScope(f"{', '.join(unknown)}: not among {', '.join(SCOPES)}.")
    prefix, secret = mark + ids.base32(secrets.randbits(40), length=8), ids.base32(secrets.randbits(160), length=32)
    token = f"ts_{prefix}_{secret}"
    key = ApiKey(
        prefix=prefix, secret_hash=_hash(token), name=name, source=source, scopes=sorted(scopes),
        created_at=now, created_by=actor, expires_at=expires_at,
    )  # fmt: skip
    in_transaction(lambda: _store(key, actor, now))
    return key, token


def revoke(*, key_id: int, actor: User, now: datetime) -> ApiKey:
    """End a key for good; a key that was revoked before keeps its time."""
    return in_transaction(lambda: _revoke(key_id, actor, now))


def find(token: str, now: datetime) -> ApiKey:
    """Return the key behind a token.

    Raises:
        NoKey: there is no token at all.
        BadKey: the token is unknown, revoked or expired; which of these, the answer does not tell.
        DemoKey: it is a demo world's, and this is none.
    """
    if not token:
        raise NoKey
    parts = token.split("_")
    key = ApiKey.objects.filter(prefix=parts[1]).first() if len(parts) == 3 and parts[0] == "ts" else None
    if key is None or not hmac.compare_digest(bytes(key.secret_hash), _hash(token)) or not _is_valid(key, now):
        raise BadKey
    if demo.may_not_be_used(key):
        raise DemoKey
    return key


def authorize(request: HttpRequest, *, scope: str) -> ApiKey:
    """Return the request's key if it has the scope, or raise NoKey, BadKey, ScopeRefused."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    key = find(token.strip() if kind.lower() == "bearer" else "", timezone.now())
    if scope not in key.scopes:
        raise ScopeRefused(f"This API key lacks the scope {scope}.")
    return key


class KeyAuthentication(BaseAuthentication):
    """Signs a machine in; the access table has usually read its key already. Sessions do not count on the API."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey]:
        """Return no person and the key."""
        key = getattr(request._request, "api_key", None)
        if key is None:
            scope = getattr(request.parser_context["view"], "required_scope", "")
            key = authorize(request._request, scope=scope)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        """Name the way to sign in."""
        return "Bearer"


class HasScope(BasePermission):
    """Lets a key in that has the view's `required_scope`; a view without one lets nobody in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the key may, or raise ScopeRefused."""
        scope = getattr(view, "required_scope", "")
        if not isinstance(request.auth, ApiKey) or scope not in request.auth.scopes:
            raise ScopeRefused(f"This API key lacks the scope {scope}.")
        return True


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the key in the OpenAPI document."""

    target_class = "tscore.core.api_keys.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the OpenAPI security scheme."""
        return {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer ts_…`"}


def _store(key: ApiKey, actor: User | None, now: datetime) -> None:
    key.save(force_insert=True)
    after = {"source": key.source, "scopes": key.scopes}
    audit.record(
        actor=actor, actor_name="" if actor else "system:set-up", verb=Verb.API_KEY_CREATED, object_type="api_key",
        object_ref=key.prefix, at=now, after=after,
    )  # fmt: skip


def _revoke(key_id: int, actor: User, now: datetime) -> ApiKey:
    key = ApiKey.objects.select_for_update(no_key=True).get(pk=key_id)
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        audit.record(actor=actor, verb=Verb.API_KEY_REVOKED, object_type="api_key", object_ref=key.prefix, at=now)
    return key


def _is_valid(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
