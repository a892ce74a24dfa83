"""What a studio reports, and by when."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.models.studio import Studio
from studios.rules.reports import Light, light
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.rules.calendar import WorkCalendar
from workflow.state_field import StateField

studio_running = Guard(
    "studio_not_running",
    _("工作室未在运行，不能提交报告。"),
    lambda r: r.studio.state in Studio.RUNNING,
)


class ProgressReport(Machine):
    """One report that is owed: submitted, then accepted or returned with remarks."""

    class State(models.TextChoices):
        DUE = "due", _("待提交")
        SUBMITTED = "submitted", _("已提交")
        ACCEPTED = "accepted", _("已通过")
        RETURNED = "returned", _("退回修改")

    STATE_TONES = {
        "due": ("warn", "clock"),
        "submitted": ("brand", "send"),
        "accepted": ("ok", "circle-check"),
        "returned": ("orange", "arrow-back-up"),
    }
    LOCK_WITH = ("studio__recognition", "studio__lead")
    OWED = (State.DUE, State.RETURNED)

    class Kind(models.TextChoices):
        QUARTERLY = "quarterly", _("季度报告")
        ANNUAL = "annual", _("年度报告")
        MID_TERM = "mid_term", _("中期报告")
        FINAL = "final", _("结项报告")

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    period = models.CharField(_("所属期"), max_length=20)  # 2026Q3, 2026
    due_on = models.DateField(_("应交日期"))
    state = StateField(_("状态"), choices=State.choices, default=State.DUE)
    activities_held = models.PositiveSmallIntegerField(_("开展活动（场）"), null=True, blank=True)
    people_served = models.PositiveIntegerField(_("服务（人次）"), null=True, blank=True)
    mentees = models.PositiveSmallIntegerField(_("带教（人）"), null=True, blank=True)
    spent = models.DecimalField(_("本期支出（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    results = models.TextField(_("工作成效"), max_length=4000, blank=True)
    problems = models.TextField(_("存在问题"), max_length=2000, blank=True)
    next_steps = models.TextField(_("下一步安排"), max_length=2000, blank=True)
    submitted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    judged_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    remarks = models.CharField(_("审核意见"), max_length=2000, blank=True)
    field_remarks = models.JSONField(_("逐项意见"), default=dict, blank=True)  # field -> what to change
    prefilled = models.JSONField(
        _("从记录带出"), default=dict, blank=True
    )  # what the records said when handed in
    difference = models.CharField(_("与记录不一致的说明"), max_length=1000, blank=True)
    tasks = models.JSONField(_("年度任务"), default=list, blank=True)  # code, reached, target when handed in
    reminded = models.SmallIntegerField(_("已提醒到"), null=True, blank=True)  # the last level of the ladder

    class Meta:
        verbose_name = _("工作室报告")
        ordering = ("due_on", "pk")
        constraints = (
            models.UniqueConstraint(fields=("studio", "kind", "period"), name="one_report_per_period"),
            models.CheckConstraint(
                condition=models.Q(state__in=("due", "submitted", "accepted", "returned")),
                name="report_state_known",
            ),
        )
        indexes = (models.Index(fields=("state", "due_on"), name="reports_due"),)

    def __str__(self) -> str:
        return f"{self.studio.name} {self.title}"

    @property
    def title(self) -> str:
        """Its kind and period: 季度报告（2026Q3）."""
        return gettext("%(kind)s（%(period)s）") % {"kind": self.get_kind_display(), "period": self.period}

    @property
    def chain_key(self) -> str:
        return "studios"

    def light_on(self, today: date, calendar: WorkCalendar) -> Light:
        """How late this report is, as long as it is owed."""
        if self.state in (self.State.SUBMITTED, self.State.ACCEPTED):
            return "on_time"
        return light(self.due_on, today, calendar)

    @step(
        state,
        source=OWED,
        target=State.SUBMITTED,
        label=_("提交报告"),
        by=policies.may_submit_report,
        needs=(studio_running,),
        consequence=_("提交后由省级处室审核，退回后方可修改。"),
    )
    def submit(self, *, sender: User, at: Any, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.submitted_by, self.submitted_at = sender, at
        self.field_remarks = {}

    @step(
        state,
        source=State.SUBMITTED,
        target=State.ACCEPTED,
        label=_("审核通过"),
        by=policies.may_judge_report,
    )
    def accept(self, *, at: Any, remarks: str) -> None:
        self.judged_at, self.remarks = at, remarks

    @step(
        state,
        source=State.SUBMITTED,
        target=State.RETURNED,
        label=_("退回修改"),
        by=policies.may_judge_report,
        tone="quiet",
        reason_required=True,
        consequence=_("退回工作室修改，原应交日期不变。"),
    )
    def return_for_changes(self, *, at: Any, remarks: str, asked: dict[str, str]) -> None:
        self.judged_at, self.remarks, self.field_remarks = at, remarks, asked


class ReportVersion(models.Model):
    """One version as it was handed in, with what was remarked of it: what a later one is compared with."""

    report = models.ForeignKey(ProgressReport, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    values = models.JSONField(_("内容"))
    difference = models.CharField(_("与记录不一致的说明"), max_length=1000, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("提交时间"))
    remarks = models.CharField(_("审核意见"), max_length=2000, blank=True)
    field_remarks = models.JSONField(_("逐项意见"), default=dict, blank=True)

    class Meta:
        verbose_name = _("报告版本")
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("report", "number"), name="one_version_per_number"),)

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"


class ReportFile(models.Model):
    """What is attached to a report, or to what was put right."""

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    report = models.ForeignKey(
        ProgressReport, null=True, blank=True, on_delete=models.CASCADE, related_name="files"
    )
    rectification: Any = models.ForeignKey(
        "studios.Rectification", null=True, blank=True, on_delete=models.CASCADE, related_name="files"
    )
    name = models.CharField(_("文件名"), max_length=120)
    file = models.FileField(_("文件"), max_length=200)
    mime = models.CharField(_("格式"), max_length=80)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), default=clock.now)

    class Meta:
        verbose_name = _("报告附件")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(report__isnull=False) ^ models.Q(rectification__isnull=False),
                name="file_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return self.name
