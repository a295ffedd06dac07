"""The entry point of the web server."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tscore.core import heap

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
import_module("tscore.core.work").get_ready()  # imported only here: it reads models, which are there from now on
heap.settle()
