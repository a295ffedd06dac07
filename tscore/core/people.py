"""Who may sign in, and stay signed in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from tscore.core import demo
from tscore.core.models import User


class People(ModelBackend):
    """Lets active people in by password; those of a demo world only there, with a session of earlier times neither."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Tell whether the person is active and belongs here."""
        return super().user_can_authenticate(user) and not demo.may_not_sign_in(user)


def hide_columns(user: User, names: list[str]) -> None:
    """Remember which columns of lists a person does not want to see."""
    User.objects.filter(pk=user.pk).update(hidden_columns=names)
