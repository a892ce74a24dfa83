"""A recognised talent's studio."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from accounts.models import Organisation, User
from selection.models import Recognition
from studios import policies
from studios.models.programme import in_force, rules_of
from studios.rules.programme import Programme
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField


def recognition_stands(recognition: Recognition, day: date) -> bool:
    """Not revoked."""
    return recognition.status_on(day) != "revoked"


def held(recognition: Recognition) -> bool:
    """An admitted objection to the talent is open."""
    nomination = recognition.nomination
    return nomination is not None and any(found.state == "admitted" for found in nomination.objections.all())


recognised = Guard(
    "recognition_revoked",
    _("该人才的认定已撤销。"),
    lambda s: recognition_stands(s.recognition, clock.today()),
)
not_on_hold = Guard(
    "on_hold", _("该人才有已受理异议，结论作出前不能办理。"), lambda s: not held(s.recognition)
)
lead_named = Guard("no_lead", _("尚未指定领军人才的账号。"), lambda s: s.lead_id is not None)
agreement_recorded = Guard("no_agreement", _("尚未登记协议。"), lambda s: hasattr(s, "agreement"))
plan_approved = Guard(
    "plan_not_approved",
    _("工作室计划尚未获省级批准。"),
    # A studio that was established before plans were asked for has none, and goes on without one.
    lambda s: not s.plans.exists() or s.plans.filter(state="approved").exists(),
)
way_out = Guard(
    "no_exit_decided",
    _("终止工作室须先经退出或者终止程序作出决定；认定撤销的，由系统随之终止。"),
    lambda s: (
        s.exits.filter(state="decided").exists() or not recognition_stands(s.recognition, clock.today())
    ),
)
rectified = Guard(
    "rectification_open",
    _("考核提出的整改事项尚未全部通过，请逐项审核。"),
    lambda s: not s.rectifications.filter(assessment__isnull=False).exclude(state="accepted").exists(),
)
term_over = Guard(
    "term_running",
    _("管理期未满。"),
    lambda s: s.ends_on is not None and clock.today() >= s.ends_on,
)


def _recoverable(studio: Any) -> bool:
    """Something was paid that no order asks back yet."""
    paid = sum(i.amount for i in studio.instalments.all() if i.state == "paid")
    return bool(paid > sum(order.amount for order in studio.recovery_orders.all()))


nothing_pending = Guard(
    "payment_pending",
    _("有拨款已申请或已批准，请先办结、暂缓或取消。"),
    lambda s: all(i.state not in ("requested", "approved") for i in s.instalments.all()),
)
something_paid = Guard("nothing_recoverable", _("没有可以追回的资金。"), _recoverable, applies=True)


class Studio(Machine):
    """A studio from its recognition to its end."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("筹建")
        AGREED = "agreed", _("已签协议")
        ACTIVE = "active", _("运行中")
        RECTIFYING = "rectifying", _("整改中")
        SUSPENDED = "suspended", _("已暂停")
        CONCLUDED = "concluded", _("期满结项")
        TERMINATED = "terminated", _("已终止")

    LIVING = (State.PREPARING, State.AGREED, State.ACTIVE, State.RECTIFYING, State.SUSPENDED)
    RUNNING = (State.ACTIVE, State.RECTIFYING)  # reports are owed and taken

    # money may have reached it
    ENTRUSTED = (State.ACTIVE, State.RECTIFYING, State.SUSPENDED, State.CONCLUDED, State.TERMINATED)

    STATE_TONES = {
        "preparing": ("mut", "tool"),
        "agreed": ("brand", "signature"),
        "active": ("ok", "player-play"),
        "rectifying": ("orange", "refresh-alert"),
        "suspended": ("bad", "player-pause"),
        "concluded": ("solid", "flag-check"),
        "terminated": ("red", "square-x"),
    }
    LOCK_WITH = ("recognition__nomination__round", "recognition__round")

    recognition = models.OneToOneField(
        Recognition, verbose_name=_("认定"), on_delete=models.PROTECT, related_name="studio"
    )
    name = models.CharField(_("名称"), max_length=120)
    host = models.ForeignKey(
        Organisation, verbose_name=_("依托单位"), on_delete=models.PROTECT, related_name="hosted_studios"
    )
    city = models.ForeignKey(
        Organisation,
        verbose_name=_("设区市"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="city_studios",
    )
    county = models.ForeignKey(
        Organisation,
        verbose_name=_("县（市、区）"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="county_studios",
    )
    lead = models.ForeignKey(
        User,
        verbose_name=_("领军人才"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="led_studios",
    )
    state = StateField(_("状态"), choices=State.choices, default=State.PREPARING)
    site = models.CharField(_("场所"), max_length=200, blank=True)
    goals = models.TextField(_("三年目标"), blank=True)
    established_at = models.DateTimeField(_("设立时间"), default=clock.now)
    active_from = models.DateField(_("开始运行"), null=True, blank=True)
    ends_on = models.DateField(_("管理期届满"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=2000, blank=True)
    plaque_number = models.CharField(_("铭牌编号"), max_length=60, null=True, blank=True, unique=True)
    plaque_year = models.PositiveSmallIntegerField(null=True, blank=True)
    plaque_serial = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("工作室")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state__in=(
                        "preparing",
                        "agreed",
                        "active",
                        "rectifying",
                        "suspended",
                        "concluded",
                        "terminated",
                    )
                ),
                name="studio_state_known",
            ),
            models.UniqueConstraint(fields=("plaque_year", "plaque_serial"), name="one_plaque_a_number"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def chain_key(self) -> str:
        return "studios"

    @property
    def programme(self) -> Programme:
        """The rules that hold for this studio: those of its agreement, before it those in force today."""
        signed = getattr(self, "agreement", None)
        return rules_of(signed.programme if signed else in_force())

    @step(
        state,
        source=LIVING,
        target=GET_STATE(lambda self, **given: self.state, states=LIVING),
        label=_("指定领军人才账号"),
        by=policies.may_run_studio,
        tone="quiet",
        consequence=_("该账号可以申请拨款、提交报告；更换后原账号不能再办理。"),
    )
    def name_lead(self, *, lead: User) -> None:
        self.lead = lead

    @step(
        state,
        source=LIVING,
        target=GET_STATE(lambda self, **given: self.state, states=LIVING),
        label=_("变更依托单位"),
        by=policies.may_change_host,
        tone="quiet",
        reason_required=True,
        consequence=_("此后的资金拨付至新的依托单位，协议另行修订。"),
    )
    def change_host(self, *, host: Organisation) -> None:
        self.host = host

    @step(
        state,
        source=State.PREPARING,
        target=State.AGREED,
        label=_("登记协议"),
        by=policies.may_record_agreement,
        needs=(recognised, not_on_hold, plan_approved),
        consequence=_("登记三方协议和资助金额，按规则书比例生成拨款计划。"),
    )
    def agree(self, *, site: str, goals: str, ends_on: date) -> None:
        self.site, self.goals, self.ends_on = site, goals, ends_on

    @step(
        state,
        source=State.AGREED,
        target=State.ACTIVE,
        label=_("开始运行"),
        by=policies.may_run_studio,
        needs=(recognised, lead_named, agreement_recorded, not_on_hold),
        consequence=_("工作室开始运行，生成各期报告任务。"),
    )
    def activate(self, *, day: date) -> None:
        self.active_from = day

    @step(
        state,
        source=State.ACTIVE,
        target=State.RECTIFYING,
        label=_("要求整改"),
        by=policies.may_run_studio,
        tone="danger",
        reason_required=True,
        consequence=_("整改期间暂停拨款。"),
    )
    def require_rectification(self, *, reason: str) -> None:
        self.reason = reason

    @step(
        state,
        source=State.RECTIFYING,
        target=State.ACTIVE,
        label=_("整改通过"),
        by=policies.may_run_studio,
        tone="quiet",
        needs=(rectified,),
        reason_required=True,
    )
    def accept_rectification(self, *, reason: str) -> None:
        self.reason = ""

    @step(
        state,
        source=(State.ACTIVE, State.RECTIFYING),
        target=State.SUSPENDED,
        label=_("暂停"),
        by=policies.may_stop_studio,
        tone="danger",
        reason_required=True,
        consequence=_("暂停期间停止拨款和活动登记。"),
    )
    def suspend(self, *, reason: str) -> None:
        self.reason = reason

    @step(
        state,
        source=State.SUSPENDED,
        target=State.ACTIVE,
        label=_("恢复运行"),
        by=policies.may_suspend_studio,
        tone="quiet",
        needs=(recognised,),
        reason_required=True,
    )
    def resume(self, *, reason: str) -> None:
        self.reason = ""

    @step(
        state,
        source=State.ACTIVE,
        target=State.CONCLUDED,
        label=_("期满结项"),
        by=policies.may_run_studio,
        needs=(term_over, nothing_pending),
        irreversible=True,
        consequence=_("管理期届满，尚未申请的各期资金取消。"),
    )
    def conclude(self) -> None:
        pass

    @step(
        state,
        source=LIVING,
        target=State.TERMINATED,
        label=_("终止"),
        by=policies.may_terminate_studio,
        needs=(way_out,),
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("工作室终止，未付的各期资金取消，不能恢复。"),
    )
    def terminate(self, *, reason: str) -> None:
        self.reason = reason

    @step(
        state,
        source=ENTRUSTED,
        target=GET_STATE(lambda self, **given: self.state, states=ENTRUSTED),
        label=_("通知退回资金"),
        by=policies.may_order_recovery,
        tone="danger",
        needs=(something_paid,),
        reason_required=True,
        consequence=_("向依托单位发出退回通知，自通知之日起按管理办法的期限退回。"),
    )
    def order_recovery(self) -> None:
        pass
