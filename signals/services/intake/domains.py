"""Domains named in a text, in the order in which they stand there. Linear; never looks anything up.

Only plain spelling counts here: what makes entities and links must be sure. Disguised contacts are found by features.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from signals.features.domains import registrable

MOST = 20
_MOST_TRIED = 200
_HOST = re.compile(r"[\w\-.\u3002]+")


def domains_in(text: str) -> list[str]:
    """Return the registered domains a text names, each once."""
    hosts = (found[0].strip(".-_") for found in _HOST.finditer(text) if "." in found[0] or "\u3002" in found[0])
    found = {domain: None for host in islice(hosts, _MOST_TRIED) if _is_plain(host) and (domain := registered(host))}
    return list(found)[:MOST]


@lru_cache(maxsize=10_000)
def registered(host: str) -> str | None:
    """Return the part of a host name that somebody registered; None where the ending is no public suffix."""
    return registrable(host)


def _is_plain(host: str) -> bool:
    """Tell whether this may be a host, and is no sentence that ended without a space (`sure.My`)."""
    return 4 <= len(host) <= 253 and ".." not in host and not host.rpartition(".")[2].istitle()
