"""The agreement and the instalments of its award."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from accounts.models import User
from studios import policies
from studios.models.gate import GATE, waivable
from studios.models.programme import ProgrammeVersion
from studios.models.studio import Studio
from workflow.machine import Machine, step
from workflow.state_field import StateField


class Agreement(models.Model):
    """What province, host unit and talent signed."""

    studio = models.OneToOneField(Studio, on_delete=models.PROTECT, related_name="agreement")
    number = models.CharField(_("协议编号"), max_length=60, unique=True)
    award = models.DecimalField(_("资助金额"), max_digits=12, decimal_places=2)
    shares = models.JSONField(_("各期比例"))
    signed_on = models.DateField(_("签订日期"))
    signed_by_province = models.CharField(_("省级签署人"), max_length=60)
    signed_by_host = models.CharField(_("依托单位签署人"), max_length=60)
    signed_by_talent = models.CharField(_("领军人才签署"), max_length=60)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The rules that hold for this studio to its end; none: those in force before the first version was adopted.
    programme = models.ForeignKey(
        ProgrammeVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("协议")
        constraints = (models.CheckConstraint(condition=Q(award__gt=0), name="award_is_positive"),)

    def __str__(self) -> str:
        return self.number


class Instalment(Machine):
    """One part of an award: asked for, approved and paid by three persons."""

    class State(models.TextChoices):
        PLANNED = "planned", _("计划")
        REQUESTED = "requested", _("已申请")
        APPROVED = "approved", _("已批准")
        PAID = "paid", _("已支付")
        WITHHELD = "withheld", _("暂缓")
        CANCELLED = "cancelled", _("已取消")

    STATE_TONES = {
        "planned": ("mut", "calendar"),
        "requested": ("brand", "send"),
        "approved": ("brand", "circle-check"),
        "paid": ("ok", "coin"),
        "withheld": ("orange", "player-pause"),
        "cancelled": ("mut", "circle-x"),
    }
    LOCK_WITH = (
        "studio__recognition__nomination__round",
        "studio__recognition__round",
        "studio__lead",
        "studio__agreement__programme",
    )
    OPEN = (State.PLANNED, State.REQUESTED, State.APPROVED)  # on the way to payment
    UNPAID = (*OPEN, State.WITHHELD)

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField(_("期次"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    state = StateField(_("状态"), choices=State.choices, default=State.PLANNED)
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("申请时间"), null=True, blank=True)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    paid_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    paid_at = models.DateTimeField(_("支付时间"), null=True, blank=True)
    voucher = models.CharField(_("凭证号"), max_length=60, null=True, blank=True, unique=True)
    note = models.CharField(_("说明"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("拨款")
        ordering = ("studio", "number")
        constraints = (
            models.UniqueConstraint(fields=("studio", "number"), name="one_instalment_per_number"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="instalment_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=("planned", "requested", "approved", "paid", "withheld", "cancelled")),
                name="instalment_state_known",
            ),
        )

    def __str__(self) -> str:
        return gettext("%(studio)s第%(number)s期资助") % {"studio": self.studio.name, "number": self.number}

    @property
    def chain_key(self) -> str:
        return "studios"

    @step(
        state,
        source=State.PLANNED,
        target=State.REQUESTED,
        label=_("申请拨款"),
        by=policies.may_request_instalment,
        needs=GATE,
    )
    def request(self, *, requester: User, at: Any, note: str) -> None:
        self.requested_by, self.requested_at, self.note = requester, at, note

    @step(
        state,
        source=State.REQUESTED,
        target=State.APPROVED,
        label=_("批准拨款"),
        by=policies.may_approve_instalment,
        needs=GATE,
        consequence=_("批准后由财务支付；申请、批准、支付须为三人。"),
    )
    def approve(self, *, approver: User, at: Any) -> None:
        self.approved_by, self.approved_at = approver, at

    @step(
        state,
        source=State.APPROVED,
        target=State.PAID,
        label=_("登记支付"),
        by=policies.may_pay_instalment,
        needs=GATE,
        irreversible=True,
        consequence=_("款项付至依托单位账户，凭证号不可重复。"),
    )
    def pay(self, *, payer: User, at: Any, voucher: str) -> None:
        self.paid_by, self.paid_at, self.voucher = payer, at, voucher

    @step(
        state,
        source=OPEN,
        target=State.WITHHELD,
        label=_("暂缓拨款"),
        by=policies.may_withhold_instalment,
        tone="quiet",
        reason_required=True,
    )
    def withhold(self, *, reason: str) -> None:
        self.note = reason

    @step(
        state,
        source=State.WITHHELD,
        target=State.PLANNED,
        label=_("恢复拨款"),
        by=policies.may_withhold_instalment,
        tone="quiet",
        reason_required=True,
        consequence=_("回到计划状态，须重新申请和批准。"),
    )
    def release(self, *, reason: str) -> None:
        self.note = reason
        self.requested_by = self.requested_at = self.approved_by = self.approved_at = None

    @step(
        state,
        source=UNPAID,
        target=State.CANCELLED,
        label=_("取消拨款"),
        by=policies.may_cancel_instalment,
        tone="danger",
        irreversible=True,
        reason_required=True,
    )
    def cancel(self, *, reason: str) -> None:
        self.note = reason

    @step(
        state,
        source=OPEN,
        target=GET_STATE(lambda self, **given: self.state, states=OPEN),
        label=_("豁免拨款条件"),
        by=policies.may_waive_condition,
        tone="quiet",
        needs=(waivable,),
        reason_required=True,
        consequence=_("只对本期有效，不能撤回；协议、异议、整改、暂停和撤销不能豁免。"),
    )
    def waive(self) -> None:
        pass
