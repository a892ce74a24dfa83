"""What a studio sets out to do: its plan with goals, annual tasks, team and partner stations, endorsed and approved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.models.network import ServicePoint
from studios.models.plan_words import sentence_of
from studios.models.studio import Studio
from studios.rules import plan as rules
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField


class StudioGoal(models.Model):
    """One goal of the period, with what shows that it is reached."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="goal_rows")
    text = models.CharField(_("目标"), max_length=200)
    measure = models.CharField(_("衡量方式"), max_length=200, blank=True)
    by_year = models.PositiveSmallIntegerField(_("完成年份"))

    class Meta:
        verbose_name = _("工作室目标")
        ordering = ("by_year", "pk")

    def __str__(self) -> str:
        return self.text


class StudioTask(models.Model):
    """One annual task of a studio: how many of what in that year."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="tasks")
    year = models.PositiveSmallIntegerField(_("年度"))
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("任务"), max_length=60)
    target = models.DecimalField(_("目标值"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("单位"), max_length=10)

    class Meta:
        verbose_name = _("年度任务")
        ordering = ("year", "pk")
        constraints = (
            models.UniqueConstraint(fields=("studio", "year", "code"), name="one_target_a_task_and_year"),
            models.CheckConstraint(condition=Q(target__gte=0), name="task_target_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.name}"


class TeamMember(models.Model):
    """Somebody of a studio's team, from when to when."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="team")
    name = models.CharField(_("姓名"), max_length=40)
    post = models.CharField(_("分工"), max_length=60)
    certificate = models.CharField(_("证书等级"), max_length=40, blank=True)
    since = models.DateField(_("加入"))
    until = models.DateField(_("离开"), null=True, blank=True)

    class Meta:
        verbose_name = _("团队成员")
        ordering = ("until", "since", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="membership_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=("studio", "name"), condition=Q(until=None), name="one_present_member_of_a_name"
            ),
        )

    def __str__(self) -> str:
        return self.name


class PartnerStation(models.Model):
    """A station that works with a studio: where its activities take place and who co-signs them."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="stations")
    point = models.ForeignKey(
        ServicePoint, verbose_name=_("登记的站点"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="partners",
    )  # fmt: skip
    name = models.CharField(_("站点名称"), max_length=80)
    weaker_area = models.BooleanField(_("薄弱地区"), default=False)
    since = models.DateField(_("开始"))
    until = models.DateField(_("结束"), null=True, blank=True)

    class Meta:
        verbose_name = _("合作站点")
        ordering = ("until", "since", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("studio", "name"), condition=Q(until=None), name="one_present_station_of_a_name"
            ),
        )

    def __str__(self) -> str:
        return self.name


# The plan ------------------------------------------------------------------------------------------------------------


def faults_of(plan: StudioPlan) -> list[rules.Fault]:
    """What a plan still lacks, asked of its content and of the mentees that the studio has registered."""
    mentees = plan.studio.mentorships.filter(until=None).values("person_key").distinct().count()
    return rules.faults(plan.content, plan.studio.programme, mentees=mentees)


def _first_fault(plan: Any) -> str:
    found = faults_of(plan)
    return sentence_of(found[0]) if found else gettext("计划不完整。")


complete = Guard("plan_incomplete", _first_fault, lambda plan: not faults_of(plan))
studio_lives = Guard(
    "studio_ended", _("工作室已结束。"), lambda plan: plan.studio.state in Studio.LIVING, applies=True
)


class StudioPlan(Machine):
    """One version of a studio's plan. What is approved holds; an amendment is the next version."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("起草中")
        SUBMITTED = "submitted", _("待市级审核")
        ENDORSED = "endorsed", _("待省级批准")
        RETURNED = "returned", _("退回修改")
        APPROVED = "approved", _("已批准")
        REPLACED = "replaced", _("已被替代")

    STATE_TONES = {
        "drafted": ("mut", "pencil"),
        "submitted": ("warn", "clock"),
        "endorsed": ("brand", "building"),
        "returned": ("orange", "arrow-back-up"),
        "approved": ("ok", "circle-check"),
        "replaced": ("mut", "history"),
    }
    LOCK_WITH = (
        "studio__recognition__round",
        "studio__lead",
        "studio__city",
        "studio__county",
        "studio__host",
    )
    WRITABLE = (State.DRAFTED, State.RETURNED)
    OPEN = (State.DRAFTED, State.RETURNED, State.SUBMITTED, State.ENDORSED)

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFTED)
    content = models.JSONField(_("内容"), default=dict)
    amendment_reason = models.CharField(_("变更理由"), max_length=2000, blank=True)
    drafted_at = models.DateTimeField(_("起草时间"), default=clock.now)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    endorsed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    endorsed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    opinion = models.CharField(_("市级意见"), max_length=2000, blank=True)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    remarks = models.CharField(_("退回意见"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("工作室计划")
        ordering = ("studio", "-version")
        constraints = (
            models.UniqueConstraint(fields=("studio", "version"), name="one_plan_a_version"),
            models.UniqueConstraint(
                fields=("studio",), condition=Q(state="approved"), name="one_approved_plan_a_studio"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("drafted", "submitted", "endorsed", "returned", "approved", "replaced")
                ),
                name="studio_plan_state_known",
            ),
        )

    def __str__(self) -> str:
        return gettext("%(studio)s计划第%(version)s版") % {
            "studio": self.studio.name,
            "version": self.version,
        }

    @property
    def chain_key(self) -> str:
        return "studios"

    @step(
        state,
        source=WRITABLE,
        target=State.SUBMITTED,
        label=_("提交计划"),
        by=policies.may_write_plan,
        needs=(studio_lives, complete),
        consequence=_("提交后由设区市民政部门审核，退回前不能修改。"),
    )
    def submit(self, *, at: datetime) -> None:
        self.submitted_at, self.remarks = at, ""

    @step(
        state,
        source=State.SUBMITTED,
        target=State.ENDORSED,
        label=_("同意并报省级"),
        by=policies.may_endorse_plan,
        needs=(studio_lives, complete),
        consequence=_("写明市级意见，计划报省级批准。"),
    )
    def endorse(self, *, officer: User, at: datetime, opinion: str) -> None:
        self.endorsed_by, self.endorsed_at, self.opinion = officer, at, opinion

    @step(
        state,
        source=State.SUBMITTED,
        target=State.RETURNED,
        label=_("退回修改"),
        by=policies.may_return_plan,
        tone="quiet",
        reason_required=True,
        consequence=_("写明要修改什么，由领军人才修改后重新提交。"),
    )
    def send_back(self, *, reason: str) -> None:
        self.remarks = reason

    @step(
        state,
        source=State.ENDORSED,
        target=State.RETURNED,
        label=_("省级退回修改"),
        by=policies.may_approve_plan,
        tone="quiet",
        reason_required=True,
        consequence=_("写明要修改什么，修改后重新经市级审核。"),
    )
    def send_back_from_province(self, *, reason: str) -> None:
        self.remarks, self.opinion = reason, ""
        self.endorsed_by = self.endorsed_at = None

    @step(
        state,
        source=State.ENDORSED,
        target=State.APPROVED,
        label=_("批准计划"),
        by=policies.may_approve_plan,
        needs=(studio_lives, complete),
        consequence=_("批准后目标、年度任务、团队和合作站点生效；原版本被替代。"),
    )
    def approve(self, *, approver: User, at: datetime) -> None:
        self.approved_by, self.approved_at = approver, at

    @step(
        state,
        source=State.APPROVED,
        target=State.REPLACED,
        label=_("被新版本替代"),
        by=policies.may_replace,
        tone="quiet",
    )
    def replace(self) -> None:
        pass
