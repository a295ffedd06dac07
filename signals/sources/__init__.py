"""Loaders that turn public data sets, files of others and our own lines into events; pure, they know no database."""

from signals.sources.base import BadSource, Item, Loader, Truth
from signals.sources.loaders import LOADERS
from signals.sources.opening import NAMES, Opened, open_source, source_of

__all__ = ["LOADERS", "NAMES", "BadSource", "Item", "Loader", "Opened", "Truth", "open_source", "source_of"]
