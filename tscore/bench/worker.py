"""The Celery app of a measured worker: the console's own, with a hundred rules."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")

import django

django.setup()

from tscore.bench import rules  # noqa: E402  (they need what was set up above)
from tscore.celery import app  # noqa: E402

rules.fill_up(100)

__all__ = ["app"]
