"""People with an account. A user is an `Actor`: the roles granted now decide what may be done."""

from __future__ import annotations

import hashlib
import secrets
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation
from accounts.roles import Role
from workflow import clock
from workflow.outbox import Recipient
from workflow.wording import listed


class UserManager(BaseUserManager["User"]):
    """Creation by command and by tests; people are invited through an action."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. Identity stays, roles come and go."""

    username = models.CharField(_("账号"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("邮箱"), blank=True)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("所在机构"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("创建时间"), default=clock.now)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        verbose_name = _("用户")
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles in force now."""
        today = clock.today()
        rows = self.grants.filter(Q(until=None) | Q(until__gt=today), since__lte=today)
        return frozenset(rows.values_list("role", flat=True))

    def holds(self, role: str) -> bool:
        """Whether this role is in force."""
        return role in self.roles

    @property
    def role_names(self) -> str:
        """The roles as the header shows them."""
        return listed(Role(role).label for role in Role.values if role in self.roles)

    @property
    def recipient(self) -> Recipient:
        """Where messages to this person go."""
        return Recipient(str(self.pk), self.name, self.email, self.language)

    # The admin asks these; it is read-only for anything with a state.
    @property
    def is_staff(self) -> bool:
        return self.holds(Role.SYSTEM_ADMIN)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.holds(Role.SYSTEM_ADMIN) and perm.split(".")[-1].startswith("view_")

    def has_module_perms(self, app_label: str) -> bool:
        return self.holds(Role.SYSTEM_ADMIN)


class RoleGrant(models.Model):
    """A role given to a person, from a day until a day (exclusive)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    granted_by = models.CharField(_("授予人"), max_length=60)

    class Meta:
        verbose_name = _("角色授予")
        ordering = ("user", "role")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role"), condition=Q(until=None), name="one_open_grant_per_person_and_role"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class ApiToken(models.Model):
    """A bearer token of the API. Only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.user_id} {self.expires_at:%Y-%m-%d}"

    @staticmethod
    def digest_of(token: str) -> str:
        """What is stored of a token."""
        return hashlib.sha256(token.encode()).hexdigest()

    @staticmethod
    def new_token() -> str:
        """A fresh token of 256 random bits."""
        return secrets.token_urlsafe(32)
