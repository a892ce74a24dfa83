"""The versions of the rules for studios, each with the document that it comes from."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.rules.programme import Programme, default
from workflow import clock
from workflow.machine import Machine, step
from workflow.state_field import StateField


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


class ProgrammeProposal(Machine):
    """A new version as the manager proposes it; it holds once somebody else has adopted it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待批准")
        ADOPTED = "adopted", _("已发布")
        DECLINED = "declined", _("未获批准")
        WITHDRAWN = "withdrawn", _("已撤回")

    STATE_TONES = {
        "proposed": ("warn", "clock"),
        "adopted": ("ok", "circle-check"),
        "declined": ("bad", "circle-x"),
        "withdrawn": ("mut", "arrow-back"),
    }

    state = StateField(_("状态"), choices=State.choices, default=State.PROPOSED)
    content = models.JSONField(_("内容"), default=dict)
    digest = models.CharField(_("摘要"), max_length=64)
    basis = models.CharField(_("依据文件"), max_length=200)
    reason = models.CharField(_("修改理由"), max_length=2000)
    effective_from = models.DateField(_("施行日期"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"), default=clock.now)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    remarks = models.CharField(_("意见"), max_length=2000, blank=True)
    version = models.OneToOneField(
        ProgrammeVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )

    class Meta:
        verbose_name = _("管理办法修改")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("proposed", "adopted", "declined", "withdrawn")),
                name="programme_proposal_state_known",
            ),
        )

    def __str__(self) -> str:
        return self.basis

    @property
    def chain_key(self) -> str:
        return "studios"

    @cached_property
    def rules(self) -> Programme:
        """The content as rules."""
        return _read(json.dumps(self.content, sort_keys=True))

    @property
    def before(self) -> Programme:
        """What it changes: the version before it, or the one in force while it waits."""
        if self.version is None:
            return rules_of(in_force())
        return rules_of(ProgrammeVersion.objects.filter(version__lt=self.version.version).first())

    @step(
        state,
        source=State.PROPOSED,
        target=State.ADOPTED,
        label=_("批准并发布"),
        by=policies.may_adopt_programme,
        irreversible=True,
        consequence=_("成为新版本，自施行日期起用于之后签订的协议；已签协议仍按原版本。"),
    )
    def adopt(self, *, leader: User, at: datetime) -> None:
        self.decided_by, self.decided_at = leader, at

    @step(
        state,
        source=State.PROPOSED,
        target=State.DECLINED,
        label=_("不予批准"),
        by=policies.may_adopt_programme,
        tone="danger",
        reason_required=True,
    )
    def decline(self, *, leader: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.remarks = leader, at, reason

    @step(
        state,
        source=State.PROPOSED,
        target=State.WITHDRAWN,
        label=_("撤回修改"),
        by=policies.may_withdraw_programme,
        tone="quiet",
    )
    def withdraw(self) -> None:
        pass


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
