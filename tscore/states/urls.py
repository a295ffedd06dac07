"""The address of the gallery; without the setting STATES it is not there."""

from typing import Final

from django.urls import path

from tscore.core.access import Rule, SignedIn
from tscore.states import page

app_name = "states"
urlpatterns = [path("dev/states/", page.gallery, name="gallery")]
ACCESS: Final[dict[str, dict[str, Rule]]] = {"states:gallery": {"GET": SignedIn()}}
