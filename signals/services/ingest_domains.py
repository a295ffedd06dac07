"""Domains named in a text, in the order in which they stand there. Linear; never looks anything up."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import tldextract

from signals.features.identifiers import normalise_domain

MOST = 20
# Labels joined by dots, the last one in letters (or punycode); what follows the last label ends the name.
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_NAME = re.compile(rf"(?:{_LABEL}[.\u3002]){{1,8}}(?:xn--[a-z0-9-]{{2,59}}|[^\W\d_]{{2,24}})(?![\w-])", re.IGNORECASE)


def domains_in(text: str) -> list[str]:
    """Return the registered domains a text names, each once."""
    found: dict[str, None] = {}
    for match in _NAME.finditer(text):
        if domain := registered(match[0]):
            found[domain] = None
        if len(found) == MOST:
            break
    return list(found)


@lru_cache(maxsize=10_000)
def registered(host: str) -> str | None:
    """Return the part of a host name that somebody registered; None where the ending is no public suffix."""
    parts = _extract()(normalise_domain(host))
    return f"{parts.domain}.{parts.suffix}" if parts.domain and parts.suffix else None


@cache
def _extract() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
