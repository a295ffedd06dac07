"""The worker of a storm: the ordinary app, with the bug that was asked for."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")

import django

django.setup()

from tests.storm import bugs  # noqa: E402  (it patches what was set up above)
from tscore.celery import app  # noqa: E402

bugs.install()

__all__ = ["app"]
