"""The versions of the rules for studios, each with the document that it comes from."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios.rules.programme import Programme, default
from workflow import clock


class ProgrammeVersion(models.Model):
    """The rules from a day on. Never edited: a change is a new version, and holds for agreements signed under it."""

    version = models.PositiveSmallIntegerField(_("版本"), unique=True)
    effective_from = models.DateField(_("施行日期"))
    basis = models.CharField(_("依据"), max_length=200)  # the document's name and number
    content = models.JSONField(_("内容"), default=dict)
    digest = models.CharField(_("摘要"), max_length=64)
    reason = models.CharField(_("修改理由"), max_length=2000, blank=True)
    adopted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField(_("发布时间"), default=clock.now)

    class Meta:
        verbose_name = _("管理办法版本")
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"v{self.version}"

    @cached_property
    def rules(self) -> Programme:
        """The content as rules; read once a process."""
        return _read(json.dumps(self.content, sort_keys=True))


@lru_cache(maxsize=32)
def _read(content: str) -> Programme:
    return Programme.from_dict(json.loads(content))


def in_force(day: date | None = None) -> ProgrammeVersion | None:
    """The version in force on a day, today if none is said; None before the first."""
    rows = ProgrammeVersion.objects.filter(effective_from__lte=day or clock.today())
    return rows.order_by("-effective_from", "-version").first()


def rules_of(version: ProgrammeVersion | None) -> Programme:
    """The rules of a version; those of the house where there is none."""
    return version.rules if version is not None else default()
