"""Typed readers of environment variables; an error names the variable, the value and the allowed forms."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class BadSetting(Exception):
    """An environment variable holds a value that cannot be used."""


def text(name: str, default: str = "") -> str:
    """Return the variable, or the default where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """Return True for 1/true/yes/on and False for 0/false/no/off."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name}={value!r} is no switch: use 1 or 0.")


def number(name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """Return the variable as a whole number within its bounds."""
    value = text(name)
    if not value:
        return default
    if not value.isdigit() or not least <= int(value) <= most:
        raise BadSetting(f"{name}={value!r} is no whole number from {least} to {most}.")
    return int(value)


def decimal(name: str, default: float) -> float:
    """Return the variable as a positive number."""
    value = text(name)
    try:
        result = float(value) if value else default
    except ValueError:
        result = -1.0
    if not 0 < result < 1e6:
        raise BadSetting(f"{name}={value!r} is no positive number.")
    return result


def folder(name: str, default: str) -> Path:
    """Return the variable as an absolute path."""
    return Path(text(name, default)).expanduser().resolve()


def names(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the comma-separated words of the variable."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or list(default)


def database(url: str) -> dict[str, object]:
    """Return Django's connection settings for a `postgresql://user:password@host:port/name` address."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise BadSetting("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


def mail(name: str) -> dict[str, Any]:
    """Return where mail is handed in: `smtp://user:password@host:25`, `smtp+tls://…:587` or `smtps://…:465`."""
    value = text(name, "smtp://localhost:25")
    parts = urlsplit(value)
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise BadSetting(f"{name} must look like smtp://user:password@host:25, smtp+tls:// or smtps://.")
    return {
        "host": parts.hostname,
        "port": parts.port or ports[parts.scheme],
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": parts.scheme == "smtp+tls",
        "ssl": parts.scheme == "smtps",
    }
