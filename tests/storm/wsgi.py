"""The web server of a storm: the ordinary application with the bug asked for; files are served as they lie."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}

from tests.storm import bugs  # noqa: E402  (after the settings were changed)
from tscore.wsgi import application  # noqa: E402, F401

bugs.install()
