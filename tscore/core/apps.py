"""The floor: people, audit, work, errors."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "tscore.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
