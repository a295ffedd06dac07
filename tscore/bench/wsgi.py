"""The entry point of the web server while it is measured."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")
settings.ROOT_URLCONF = "tscore.bench.urls"
settings.MIDDLEWARE = ["tscore.bench.timing.ServerTime", *settings.MIDDLEWARE]
application = get_wsgi_application()
