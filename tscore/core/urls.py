"""Addresses of the floor."""

from typing import Final

from django.urls import path

from tscore.core.access import Public, Rule, SignedIn
from tscore.core.web.profile import profile
from tscore.core.web.sessions import again, login, logout
from tscore.core.web.shortcuts import page_of_keys

app_name = "core"
urlpatterns = [
    path("login/", login, name="login"),
    path("login/again/", again, name="again"),
    path("logout/", logout, name="logout"),
    path("me/display/", profile, name="profile"),
    path("me/shortcuts/", page_of_keys, name="shortcuts"),
]
ACCESS: Final[dict[str, dict[str, Rule]]] = {
    "core:login": {"GET": Public(), "POST": Public()},
    "core:again": {"GET": Public(), "POST": Public()},
    "core:logout": {"POST": Public()},
    "core:profile": {"GET": SignedIn(), "POST": SignedIn()},
    "core:shortcuts": {"GET": SignedIn(), "POST": SignedIn()},
}
