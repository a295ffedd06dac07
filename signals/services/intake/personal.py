"""Personal values on their way in: normalised, made a token, and what may be known about them without the value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_network
from socket import AF_INET, inet_pton

from signals.features.identifiers import (
    contains_card,
    is_pseudonym,
    mail_domain,
    normalise_address,
    normalise_card,
    normalise_domain,
    normalise_email,
    normalise_ip,
    normalise_phone,
    parse_ip,
)
from signals.kinds_members import ID_LIMIT, PERSONAL_KINDS, VALUE_LIMIT
from signals.services.intake.problems import ItemRefused
from tscore.core import crypto

NORMALISERS: dict[str, Callable[[str], str]] = {
    "email": normalise_email,
    "phone": normalise_phone,
    "address": normalise_address,
    "ip": normalise_ip,
    "card": normalise_card,
    "payout_account": normalise_card,
    "domain": normalise_domain,
}


@dataclass(slots=True)
class Personal:
    """A personal value as it is held: `external_id` is its token, or the sender's own pseudonym."""

    external_id: str
    normalised: str = ""
    attributes: dict[str, object] = field(default_factory=dict)
    domain: str | None = None


@lru_cache(maxsize=20_000)
def hold(kind: str, value: str) -> Personal | None:
    """Return how a personal value is held, or None where nothing is left of it once it is normalised."""
    if is_pseudonym(value):
        return Personal(value)
    if kind == "ip" and (found := _address(value)):
        return found
    normalised = NORMALISERS[kind](value)
    if not normalised:
        return None
    domain = mail_domain(value) if kind == "email" else None
    return Personal(crypto.token(kind, normalised), normalised, {"domain": domain} if domain else {}, domain)


def held(kind: str, value: str, pointer: str) -> Personal:
    """Return how a personal value is held, refusing what is none."""
    if len(value) > VALUE_LIMIT:
        raise ItemRefused("bad_value", pointer, f"Give at most {VALUE_LIMIT} characters.")
    if is_pseudonym(value) and (not value.isprintable() or " " in value or len(value) > ID_LIMIT):
        raise ItemRefused("bad_id", pointer)
    found = hold(kind, value)
    if kind != "ip" or not (found and found.attributes):  # what was read as an address is no card
        refuse_card(value, pointer, phone=kind == "phone")
    if found is None:
        raise ItemRefused("bad_value", pointer, f"This is no {kind.replace('_', ' ')}.")
    return found


def external_id(kind: str, value: str) -> str | None:
    """Return the id under which an entity named by its own value is held; None for what can be no id."""
    if kind in PERSONAL_KINDS:
        found = hold(kind, value)
        return found.external_id if found else None
    return normalise_domain(value) if kind == "domain" else value


def refuse_card(value: str, pointer: str, *, phone: bool = False) -> None:
    """Refuse a full card number where no text is expected.

    An international telephone number has at most 15 digits and a plus sign; one in ten of the longer ones would pass
    for a card by chance, so that they are let through.
    """
    if len(value) < 13 or (phone and value.startswith("+") and sum(c.isdigit() for c in value) <= 15):
        return
    if contains_card(value):
        raise ItemRefused("card_number", pointer)


def _address(value: str) -> Personal | None:
    """Hold an IP address and its network: /24, or /48 of IPv6."""
    try:
        inet_pton(AF_INET, value)  # takes only the usual spelling, in a tenth of the time
        normalised, is_short = value, True
    except (OSError, ValueError):
        address = parse_ip(value)
        if address is None:
            return None
        normalised, is_short = address.compressed, address.version == 4
    prefix = f"{normalised.rpartition('.')[0]}.0/24" if is_short else str(ip_network(f"{normalised}/48", strict=False))
    return Personal(crypto.token("ip", normalised), normalised, {"prefix": _prefix_token(prefix)})


@lru_cache(maxsize=20_000)
def _prefix_token(prefix: str) -> str:
    return crypto.token("prefix", prefix)
