"""Training tables for the pages that list and show them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from signals.models import DatasetVersion
from signals.services.datasets import FILES
from tscore.core import ids
from tscore.core.errors import Missing
from tscore.core.pagination import Keyset

_FORMS = {"data.parquet": "application/vnd.apache.parquet", "data.csv": "text/csv", "card.md": "text/markdown",
          "manifest.json": "application/json"}  # fmt: skip


class FilesGone(Missing):
    """The files of this table are no longer where they were built. Build it again: the hash will be the same."""


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """One page of tables, the newest build first."""

    rows: list[DatasetVersion]
    next_cursor: str | None


def dataset_page(*, cursor: str | None = None) -> DatasetPage:
    """Return one page of training tables."""
    versions = DatasetVersion.objects.select_related("abuse_type", "built_by").defer("spec", "manifest")
    page = Keyset(order=("-id",)).page(versions, cursor)
    return DatasetPage(page.items, page.next_cursor)


def dataset_for(ref: str) -> DatasetVersion:
    """Return one training table, or raise Missing."""
    pk = ids.parse_row_ref("ds", ref)
    version = DatasetVersion.objects.filter(pk=pk).select_related("abuse_type", "built_by").first() if pk else None
    if version is None:
        raise Missing
    return version


def built_in(folder: str) -> DatasetVersion | None:
    """Return the table that was built from the page into a folder, if it was recorded."""
    return DatasetVersion.objects.filter(folder=folder).first()


def file_of(version: DatasetVersion, name: str) -> tuple[Path, str]:
    """Return where a file of a table lies and its media type."""
    path = folder_of(version) / name
    if name not in FILES:
        raise Missing
    if not path.is_file():
        raise FilesGone
    return path, _FORMS[name]


def folder_of(version: DatasetVersion) -> Path:
    """Return the folder of a table; those built by command lie wherever they were asked to."""
    return store() / version.folder


def store() -> Path:
    """Return the folder under DATA in which tables built from the page lie."""
    return Path(settings.DATA) / "datasets"


def card_of(version: DatasetVersion) -> str:
    """Return the card as text, empty where the files are gone."""
    path = folder_of(version) / "card.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
