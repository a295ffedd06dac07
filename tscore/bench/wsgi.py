"""The entry point of the web server while it is measured."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")
settings.ROOT_URLCONF = "tscore.bench.urls"
settings.MIDDLEWARE = ["tscore.bench.timing.ServerTime", *settings.MIDDLEWARE]

from tscore.wsgi import application  # noqa: E402, F401  (it loads what was set above)

if many := os.environ.get("BENCH_RULES"):
    from tscore.bench import rules  # it reads the registry, which needs the apps that the line above loads

    rules.fill_up(int(many))
