"""One written form for each identifier, so that equal things get equal tokens. Pure; never raises on any text.

A value that starts with `~` is a pseudonym: it is returned as is and never parsed.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata

import phonenumbers

from signals.features.cards import CardSpan, contains_card, issuer_lengths, luhn_spans, mask_cards, passes_luhn

__all__ = [
    "CardSpan",
    "contains_card",
    "ip_prefix",
    "is_pseudonym",
    "issuer_lengths",
    "luhn_spans",
    "mail_domain",
    "mailbox",
    "mask_cards",
    "normalise_address",
    "normalise_card",
    "normalise_domain",
    "normalise_email",
    "normalise_ip",
    "normalise_phone",
    "parse_ip",
    "passes_luhn",
]

PSEUDONYM = "~"
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w]+")
_CARD_JOINERS = re.compile(r"[\s.\-]+")
# Providers that ignore dots in the local part; value = the domain they all mean.
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
_ADDRESS_WORDS = {
    "street": "st", "saint": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr",
    "lane": "ln", "court": "ct", "place": "pl", "square": "sq", "terrace": "ter", "highway": "hwy", "parkway": "pkwy",
    "apartment": "apt", "suite": "ste", "building": "bldg", "floor": "fl", "number": "no", "north": "n", "south": "s",
    "east": "e", "west": "w", "strasse": "str", "plaza": "plz", "mount": "mt", "fort": "ft",
}  # fmt: skip


def is_pseudonym(value: str) -> bool:
    """Tell whether a value stands for a person's value without being it."""
    return value.startswith(PSEUDONYM)


def normalise_email(value: str) -> str:
    """Give an e-mail address in lower case without invisible characters, its domain in ASCII (punycode) form."""
    if is_pseudonym(value):
        return value
    text = _bare(value).removeprefix("mailto:").strip("<>\"'")
    local, at, domain = text.rpartition("@")
    return f"{local}@{normalise_domain(domain)}" if at and local else text


def mailbox(value: str) -> str:
    """Give the mailbox behind an address: the `+tag` dropped, and the dots where the provider ignores them.

    Use it to compare accounts, not to write to anybody.
    """
    text = normalise_email(value)
    local, at, domain = text.rpartition("@")
    if is_pseudonym(value) or not at:
        return text
    local = local.split("+", 1)[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", "") or local, _DOTLESS[domain]
    return f"{local}@{domain}"


def mail_domain(value: str) -> str | None:
    """Give the domain of an e-mail address; None for a pseudonym and for what is no address."""
    if is_pseudonym(value):
        return None
    local, at, domain = normalise_email(value).rpartition("@")
    return domain if at and local and "." in domain else None


def normalise_domain(value: str) -> str:
    """Give a host name in lower case and ASCII form, without the final dot."""
    if is_pseudonym(value):
        return value
    text = _bare(value).replace("\u3002", ".").strip(".")
    if text.isascii() or len(text) > 253:
        return text
    return ".".join(_ascii_label(label) for label in text.split("."))


def normalise_phone(value: str, region: str | None = None) -> str:
    """Give a telephone number in E.164 form; bare digits where no country is known; the tidied text if no number.

    Args:
        value: as typed.
        region: two-letter country used when the number has no country code.
    """
    if is_pseudonym(value):
        return value
    text = _ascii_digits(_bare(value)).removeprefix("tel:")
    digits = "".join(c for c in text if c in "0123456789")
    if not digits:
        return text
    international = text.lstrip("( ").startswith("+") or digits.startswith("00")
    if len(digits) > 20 or not (international or region):
        return digits
    return _e164("+" + digits.removeprefix("00") if international else digits, region) or digits


def normalise_address(value: str) -> str:
    """Give a street address as lower-case words without punctuation, common words in their short form."""
    if is_pseudonym(value):
        return value
    words = _NOT_WORD.sub(" ", _bare(value, keep_spaces=True)).split()
    return " ".join(_ADDRESS_WORDS.get(word, word) for word in words) or _bare(value)


def parse_ip(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an address; an IPv4 address inside an IPv6 one counts as IPv4. None for a pseudonym and for other text."""
    if is_pseudonym(value):
        return None
    text = _bare(value).strip("[]").split("%", 1)[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def normalise_ip(value: str) -> str:
    """Give an IP address in its compressed form; other text only tidied."""
    if is_pseudonym(value):
        return value
    address = parse_ip(value)
    return address.compressed if address else _bare(value)


def ip_prefix(value: str) -> str | None:
    """Give the network of an address: /24 of IPv4, /48 of IPv6 (what one site gets). None if it is no address."""
    address = parse_ip(value)
    if address is None:
        return None
    size = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, size), strict=False))


def normalise_card(value: str) -> str:
    """Give a card token: trimmed, and without separators when it is digits only. Tokens keep their case."""
    if is_pseudonym(value):
        return value
    text = _ascii_digits(_visible(unicodedata.normalize("NFKC", value))).strip()
    digits = _CARD_JOINERS.sub("", text)
    return digits if digits.isdigit() else text


def _e164(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, region.upper() if region else None)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _bare(value: str, *, keep_spaces: bool = False) -> str:
    """Fold compatibility forms and case, drop what cannot be seen, and trim."""
    spaced = _SPACES.sub(" ", unicodedata.normalize("NFKC", value))
    text = _visible(spaced).casefold().strip()
    return unicodedata.normalize("NFKC", text) if keep_spaces else unicodedata.normalize("NFKC", text.replace(" ", ""))


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if unicodedata.category(c) not in _DROPPED)


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c, c)) for c in text)


def _ascii_label(label: str) -> str:
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:
        return label
