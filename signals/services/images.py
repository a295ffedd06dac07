"""Copies of pictures: asked for when somebody wants to see one, fetched and drawn anew by a worker, forgotten in time.

The web process neither speaks to the outside nor reads what comes from there (docs/untrusted.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import quote

from django.conf import settings

from signals.enums import ImageState
from signals.models import Entity, ImageCopy
from tscore.core import db, egress, pictures, work
from tscore.core.crashpoints import crashpoint

LARGEST_KEPT: Final = 2 * 2**20  # what a picture of at most 1,600 pixels a side needs, and far more
_FORGET: Final = """
WITH aged AS (
  SELECT id, asked_at, sum(length(content)) OVER (ORDER BY asked_at DESC, id DESC) AS total FROM signals_imagecopy),
old AS (
  SELECT id FROM aged WHERE asked_at < %(before)s OR total > %(most)s ORDER BY asked_at LIMIT %(limit)s)
DELETE FROM signals_imagecopy copy USING old WHERE copy.id = old.id RETURNING 1"""


def ask(*, entity_id: int, now: datetime) -> ImageCopy:
    """Return the copy of a picture, which a worker will fetch if there is none yet."""
    found = ImageCopy.objects.filter(entity=entity_id).first()
    if found is not None:
        return found
    copy, made = ImageCopy.objects.get_or_create(
        entity_id=entity_id, defaults={"state": ImageState.WANTED, "asked_at": now}
    )
    if made:
        work.wake("pictures")
    return copy


def fetch_wanted(*, limit: int, now: datetime) -> int:
    """Fetch pictures that were asked for; return how many."""
    wanted = ImageCopy.objects.filter(state=ImageState.WANTED)
    held = work.lease(wanted, limit=limit, now=now)
    named = dict(Entity.objects.filter(pk__in=[copy.entity_id for copy in held]).values_list("pk", "external_id"))
    for copy in held:
        _fetch(copy, named.get(copy.entity_id, ""))
    return len(held)


def _fetch(copy: ImageCopy, name: str) -> None:
    try:
        body = egress.fetch(address_of(name), allowed=allowed(), limit=pictures.MOST_BYTES)
        drawn = pictures.draw_anew(body)
    except (egress.NotFetched, pictures.NotDrawn) as refusal:
        _settle(copy, state=ImageState.REFUSED, refusal=refusal.code)
        return
    crashpoint("pictures.after_fetch")
    if len(drawn.content) > LARGEST_KEPT:
        _settle(copy, state=ImageState.REFUSED, refusal="too_large")
        return
    _settle(copy, state=ImageState.KEPT, content=drawn.content, sha256=drawn.digest)


def _settle(copy: ImageCopy, **fields: object) -> None:
    """Write what became of a picture, unless another worker took it over meanwhile."""
    mine = ImageCopy.objects.filter(pk=copy.pk, fence=copy.fence)
    mine.update(leased_until=None, **fields)


def address_of(name: str) -> str:
    """Return where a picture lies: its id where that is an address, else below `IMAGE_BASE_URL`."""
    if "://" in name or not settings.IMAGE_BASE_URL:
        return name
    return f"{settings.IMAGE_BASE_URL.rstrip('/')}/{quote(name, safe='/.-_~').lstrip('/')}"


def allowed() -> egress.Allowed:
    """Return from where pictures may be fetched: from nowhere, unless whoever runs the console named it."""
    return egress.Allowed(hosts=tuple(settings.IMAGE_HOSTS), origins=settings.IMAGE_ORIGINS)


def forget_old(*, limit: int, now: datetime) -> int:
    """Delete the oldest copies beyond `IMAGES_MOST_MB`, and those asked for too long ago; return how many."""
    terms = {"before": now - settings.IMAGES_KEPT, "most": settings.IMAGES_MOST_MB * 2**20, "limit": limit}
    return len(db.in_transaction(lambda: db.rows(_FORGET, terms)))
