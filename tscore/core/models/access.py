"""People who sign in and keys that machines sign in with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from guardian.mixins import GuardianUserMixin

from tscore.core import ids


class Theme(models.TextChoices):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(models.TextChoices):
    COMPACT = "compact"
    STANDARD = "standard"
    COMFORTABLE = "comfortable"


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(GuardianUserMixin, AbstractBaseUser, PermissionsMixin):
    """A person of the team. Outside the console they appear only as `pseudonym`."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    pseudonym = models.CharField(max_length=24, unique=True, default=ids.new_pseudonym)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    theme = models.CharField(max_length=12, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(max_length=12, choices=Density, default=Density.STANDARD)
    text_size = models.PositiveSmallIntegerField(default=100)
    time_zone = models.CharField(max_length=64, default="UTC")
    reduce_motion = models.BooleanField(default=False)
    shortcuts = models.JSONField(default=dict)  # as `tscore.core.shortcuts` writes it
    hidden_columns = ArrayField(models.CharField(max_length=16), default=list, db_default=[], blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A machine's key: the prefix is shown, the secret kept as a hash. `source` is the only sender it may name."""

    prefix = models.CharField(max_length=24, unique=True)
    secret_hash = models.BinaryField(max_length=32)
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=200)
    scopes = ArrayField(models.CharField(max_length=32), default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"


class SignInTries(models.Model):
    """How often signing in failed lately, by name or by address: `subject` is the token of one of them."""

    subject = models.CharField(max_length=40, unique=True)
    failures = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    paused_until = models.DateTimeField(null=True)
