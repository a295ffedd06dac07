"""Entities that so many share that sharing them says nothing: marked, so that links through them are not followed.

* a domain of free mail, from the start,
* an IP address or a domain that more than a hundred accounts were seen with.
A device is never a hub: a hundred accounts on one device say a lot.
"""

from __future__ import annotations

from collections.abc import Collection

from signals.services.intake.ready import Key
from tscore.core.db import array, prepared

MOST_ACCOUNTS = 100
MOST_LINKS = 5000  # of which the accounts are counted
KINDS = ("ip", "domain")
FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "ymail.com",
        "aol.com",
        "icloud.com",
        "me.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "t-online.de",
        "mail.com",
        "mail.ru",
        "yandex.ru",
        "yandex.com",
        "orange.fr",
        "free.fr",
        "laposte.net",
        "libero.it",
        "virgilio.it",
        "wp.pl",
        "o2.pl",
        "seznam.cz",
        "qq.com",
        "163.com",
        "126.com",
        "naver.com",
        "uol.com.br",
    ]
)

# Reads the newest links of an address, each origin by its key: counting stops as soon as the answer is known, and never
# turns to all accounts, whatever the planner believes. The kind of such a link is that of its target.
CROWDED_SQL = """
SELECT thing.id FROM signals_entity thing WHERE NOT thing.hub AND thing.id = ANY(%s::bigint[]) AND (
  SELECT count(*) FROM (
    SELECT FROM (
      SELECT l.origin_id FROM signals_link l WHERE l.target_id = thing.id AND l.kind = thing.kind
      ORDER BY l.first_seen_at DESC LIMIT %s) newest
    WHERE (SELECT o.kind FROM signals_entity o WHERE o.id = newest.origin_id) = 'account' LIMIT %s) seen) > %s"""


def is_hub_by_name(key: Key) -> bool:
    """Tell whether an entity is a hub before anybody was seen with it."""
    return key[0] == "domain" and key[1] in FREE_MAIL


def crowded(entity_ids: Collection[int]) -> set[int]:
    """Return those of these addresses and domains that have become hubs and are not marked yet."""
    if not entity_ids:
        return set()
    terms = [array(sorted(entity_ids)), MOST_LINKS, MOST_ACCOUNTS + 1, MOST_ACCOUNTS]
    return {pk for (pk,) in prepared(CROWDED_SQL, terms)}
