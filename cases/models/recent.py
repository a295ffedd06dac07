"""What a person opened last, to offer it again."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tscore.core.models import User


class Recent(models.Model):
    """The latest things one person opened, newest first: `case:812`, `entity:1234`. Never more than a dozen."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="+")
    things = ArrayField(models.CharField(max_length=28), default=list)

    def __str__(self) -> str:
        return f"{len(self.things)} things of {self.user_id}"
