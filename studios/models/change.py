"""What a studio has to report: a change of its unit, its talent or its host, within the days of the programme."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from studios import policies
from studios.models.studio import Studio
from studios.rules.changes import KINDS
from workflow import clock
from workflow.machine import Machine, step
from workflow.state_field import StateField


class ReportedChange(Machine):
    """One change: filed, then acknowledged with what follows from it, or set aside."""

    class State(models.TextChoices):
        FILED = "filed", _("已报告")
        ACKNOWLEDGED = "acknowledged", _("已备案")
        SET_ASIDE = "set_aside", _("不予备案")

    STATE_TONES = {
        "filed": ("warn", "clock"),
        "acknowledged": ("ok", "circle-check"),
        "set_aside": ("mut", "arrow-back"),
    }
    LOCK_WITH = ("studio",)

    class Kind(models.TextChoices):
        UNIT = "unit", _("工作单位变动")
        LEFT_PROVINCE = "left_province", _("调离本省")
        LEFT_FIELD = "left_field", _("离开社会工作领域")
        LONG_LEAVE = "long_leave", _("离岗超过6个月")
        CERTIFICATE = "certificate", _("职业资格证书失效或者被撤销")
        HOST_LEGAL_PERSON = "host_legal_person", _("依托单位法定代表人变更")
        HOST_INSPECTION = "host_inspection", _("依托单位年检不合格")
        HOST_DEREGISTERED = "host_deregistered", _("依托单位注销登记")
        INVESTIGATION = "investigation", _("被立案调查")

    class Effect(models.TextChoices):
        RECORD = "record", _("备案，工作室不变")
        SUSPEND = "suspend", _("暂停工作室")
        CHANGE_HOST = "change_host", _("变更依托单位")
        EXIT = "exit", _("启动退出程序")

    studio = models.ForeignKey(
        Studio, verbose_name=_("工作室"), on_delete=models.PROTECT, related_name="changes"
    )
    kind = models.CharField(_("变更事项"), max_length=18, choices=Kind.choices)
    happened_on = models.DateField(_("发生日期"))
    due_on = models.DateField(_("应报告日期"))
    told = models.CharField(_("情况说明"), max_length=2000)
    new_host = models.ForeignKey(
        Organisation, verbose_name=_("新单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # fmt: skip
    leave_until = models.DateField(_("离岗至"), null=True, blank=True)
    state = StateField(_("状态"), choices=State.choices, default=State.FILED)
    filed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("报告时间"), default=clock.now)
    suspended_at_once = models.BooleanField(_("随报告暂停"), default=False)
    effect = models.CharField(_("处理"), max_length=12, choices=Effect.choices, blank=True, default="")
    remarks = models.CharField(_("处理意见"), max_length=2000, blank=True, default="")
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("变更报告")
        ordering = ("-filed_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("filed", "acknowledged", "set_aside")),
                name="change_state_known",
            ),
        )
        indexes = (models.Index(fields=("state", "studio"), name="changes_by_state"),)

    def __str__(self) -> str:
        return gettext("%(studio)s：%(kind)s") % {"studio": self.studio.name, "kind": self.get_kind_display()}

    @property
    def chain_key(self) -> str:
        return "studios"

    @property
    def late_days(self) -> int:
        """How many days after the last it was reported; 0 where it was in time."""
        day = self.filed_at.astimezone(clock.ZONE).date()
        return max(0, (day - self.due_on).days)

    @property
    def effects(self) -> tuple[str, ...]:
        """What may follow from it, the usual first."""
        return KINDS[self.kind].effects

    @step(
        state,
        source=State.FILED,
        target=State.ACKNOWLEDGED,
        label=_("备案并处理"),
        by=policies.may_settle_change,
        consequence=_("按所选处理即行办理：暂停、变更依托单位或者启动退出程序。"),
    )
    def acknowledge(self, *, effect: str, remarks: str, actor: User, at: Any) -> None:
        self.effect, self.remarks, self.settled_by, self.settled_at = effect, remarks, actor, at

    @step(
        state,
        source=State.FILED,
        target=State.SET_ASIDE,
        label=_("不予备案"),
        by=policies.may_settle_change,
        tone="quiet",
        reason_required=True,
        consequence=_("报告有误或者重复，留存但不作处理；随报告暂停的工作室须另行恢复。"),
    )
    def set_aside(self, *, reason: str, actor: User, at: Any) -> None:
        self.remarks, self.settled_by, self.settled_at = reason, actor, at
