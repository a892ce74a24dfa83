"""What a studio must put right, by a day: ordered, reported, accepted."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.models.assessment import Assessment
from studios.models.report import ProgressReport
from studios.models.studio import Studio
from workflow.machine import Machine, step
from workflow.state_field import StateField


class Rectification(Machine):
    """One thing that a studio must put right, by a day: after an assessment, or for a report that went red."""

    class State(models.TextChoices):
        ORDERED = "ordered", _("待整改")
        FILED = "filed", _("已报送")
        ACCEPTED = "accepted", _("已通过")

    STATE_TONES = {
        "ordered": ("orange", "tool"),
        "filed": ("brand", "send"),
        "accepted": ("ok", "circle-check"),
    }
    LOCK_WITH = ("studio__recognition", "studio__lead", "assessment")

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="rectifications")
    assessment = models.ForeignKey(
        Assessment, null=True, blank=True, on_delete=models.PROTECT, related_name="rectifications"
    )
    report = models.OneToOneField(
        ProgressReport,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rectification",
    )
    item = models.CharField(_("整改事项"), max_length=500)
    state = StateField(_("状态"), choices=State.choices, default=State.ORDERED)
    ordered_on = models.DateField(_("下达日期"))
    due_on = models.DateField(
        _("整改期限"), null=True, blank=True
    )  # none until its year's calendar is loaded
    evidence = models.TextField(_("整改情况"), max_length=4000, blank=True)
    filed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    remarks = models.CharField(_("审核意见"), max_length=2000, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("通过时间"), null=True, blank=True)
    reminded = models.SmallIntegerField(_("已提醒到"), null=True, blank=True)

    class Meta:
        verbose_name = _("整改事项")
        ordering = ("ordered_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("ordered", "filed", "accepted")),
                name="rectification_state_known",
            ),
        )
        indexes = (models.Index(fields=("state", "due_on"), name="rectifications_due"),)

    def __str__(self) -> str:
        return f"{self.studio.name} {self.item}"

    @property
    def chain_key(self) -> str:
        return "studios"

    @step(
        state,
        source=State.ORDERED,
        target=State.FILED,
        label=_("报送整改情况"),
        by=policies.may_submit_report,
        consequence=_("报送后由省级处室审核。"),
    )
    def file(self, *, filer: User, at: datetime, evidence: str) -> None:
        self.filed_by, self.filed_at, self.evidence = filer, at, evidence

    @step(
        state,
        source=State.FILED,
        target=State.ACCEPTED,
        label=_("整改事项通过"),
        by=policies.may_accept_rectification,
        consequence=_("考核整改事项全部通过后，工作室恢复运行。"),
    )
    def accept(self, *, accepter: User, at: datetime, remarks: str) -> None:
        self.accepted_by, self.accepted_at, self.remarks = accepter, at, remarks

    @step(
        state,
        source=State.FILED,
        target=State.ORDERED,
        label=_("退回继续整改"),
        by=policies.may_accept_rectification,
        tone="quiet",
        reason_required=True,
        consequence=_("整改期限不变。"),
    )
    def send_back(self, *, reason: str) -> None:
        self.remarks = reason

    def overdue(self, today: date) -> bool:
        """Whether its day has passed and nothing was accepted."""
        return self.state != self.State.ACCEPTED and self.due_on is not None and self.due_on < today
