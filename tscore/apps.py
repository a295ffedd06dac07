"""Composition: commands and checks that know every app; no models."""

from django.apps import AppConfig


class TscoreConfig(AppConfig):
    name = "tscore"

    def ready(self) -> None:
        """Register the system checks that span apps."""
        from tscore import checks  # noqa: F401  (registration is the purpose)
