"""Ways to reach somebody outside the marketplace that a text gives: links, e-mail addresses, numbers, names.

Pure and linear. Also sees `ada [at] gmail dot com`, `(.)com`, `zero seven seven …` and look-alike letters.
"""

from __future__ import annotations

from signals.features import handles, links, phones
from signals.features.contact import Contact
from signals.features.rewriting import rewrite

__all__ = ["Contact", "find_contacts", "find_emails", "find_handles", "find_links", "find_phones"]


def find_contacts(text: str, region: str | None = None) -> list[Contact]:
    """Find every way of contact in a text, in order of appearance. One pass, so cheaper than the four below."""
    source = rewrite(text)
    addresses = links.addresses(text, source)
    numbers = phones.phones(text, source, region, addresses)
    names = handles.handles(text, source, addresses)
    return sorted([*addresses, *numbers, *names], key=lambda contact: (contact.start, contact.end))


def find_links(text: str) -> list[Contact]:
    """Find web addresses, with or without `http`."""
    return [contact for contact in find_contacts(text) if contact.kind == "link"]


def find_emails(text: str) -> list[Contact]:
    """Find e-mail addresses."""
    return [contact for contact in find_contacts(text) if contact.kind == "email"]


def find_phones(text: str, region: str | None = None) -> list[Contact]:
    """Find telephone numbers, premium-rate numbers and short codes.

    Args:
        text: any text.
        region: two-letter country; its national numbers are then given in E.164 form.
    """
    return [contact for contact in find_contacts(text, region) if contact.kind == "phone"]


def find_handles(text: str) -> list[Contact]:
    """Find names on other messengers and invitations to go there."""
    return [contact for contact in find_contacts(text) if contact.kind == "handle"]
