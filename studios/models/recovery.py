"""Money that a studio must give back: ordered, repaid in parts, settled or written off."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from accounts.models import User
from studios import policies
from studios.models.studio import Studio
from workflow import clock
from workflow.machine import Machine, step
from workflow.state_field import StateField


def _after_repayment(order: Any, *, repaid: Decimal, **_given: Any) -> str:
    return str(RecoveryOrder.State.SETTLED if repaid == order.amount else RecoveryOrder.State.ORDERED)


class RecoveryOrder(Machine):
    """An order to give money back by a day."""

    class State(models.TextChoices):
        ORDERED = "ordered", _("待退回")
        SETTLED = "settled", _("已退清")
        WRITTEN_OFF = "written_off", _("已核销")

    class Ground(models.TextChoices):
        UNSPENT = "unspent", _("期满结余")
        TERMINATED = "terminated", _("工作室终止")
        MISUSE = "misuse", _("挪用资金")
        FRAUD = "fraud", _("弄虚作假取消称号")

    STATE_TONES = {
        "ordered": ("orange", "receipt"),
        "settled": ("ok", "circle-check"),
        "written_off": ("mut", "circle-minus"),
    }
    LOCK_WITH = ("studio__recognition", "studio__lead", "studio__host")
    OF_ALL_PAID = (Ground.MISUSE, Ground.FRAUD)  # grounds on which what was spent is asked back too

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="recovery_orders")
    amount = models.DecimalField(_("应退金额"), max_digits=12, decimal_places=2)
    ground = models.CharField(_("事由"), max_length=12, choices=Ground.choices)
    reason = models.CharField(_("理由"), max_length=2000)
    ordered_on = models.DateField(_("通知日期"))
    due_on = models.DateField(_("退回期限"))
    ordered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = StateField(_("状态"), choices=State.choices, default=State.ORDERED)
    repaid = models.DecimalField(_("已退回"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    note = models.CharField(_("核销理由"), max_length=2000, blank=True)
    reminded = models.SmallIntegerField(_("已提醒到"), null=True, blank=True)  # the last level of the ladder

    class Meta:
        verbose_name = _("退回通知")
        ordering = ("due_on", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_is_positive"),
            models.CheckConstraint(
                condition=Q(repaid__gte=0, repaid__lte=F("amount")), name="recovery_never_repaid_beyond"
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(repaid=F("amount")), name="recovery_settled_in_full"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("ordered", "settled", "written_off")), name="recovery_state_known"
            ),
        )
        indexes = (models.Index(fields=("state", "due_on"), name="recoveries_due"),)

    def __str__(self) -> str:
        return gettext("%(studio)s退回%(amount)s元") % {
            "studio": self.studio.name,
            "amount": f"{self.amount:,.2f}",
        }

    @property
    def chain_key(self) -> str:
        return "studios"

    @property
    def written_off(self) -> Decimal:
        """What was given up of it."""
        return self.amount - self.repaid if self.state == self.State.WRITTEN_OFF else Decimal("0.00")

    @property
    def outstanding(self) -> Decimal:
        """What is still to be given back."""
        return self.amount - self.repaid - self.written_off

    @property
    def overdue(self) -> bool:
        """Not given back by its day."""
        return self.state == self.State.ORDERED and clock.today() > self.due_on

    @step(
        state,
        source=State.ORDERED,
        target=GET_STATE(_after_repayment, states=(State.ORDERED, State.SETTLED)),
        label=_("登记退回"),
        by=policies.may_record_repayment,
        consequence=_("可以分次登记，凭证号不可重复；退清后自动办结。"),
    )
    def repay(self, *, repaid: Decimal, at: Any) -> None:
        self.repaid = repaid
        self.closed_at = at if repaid == self.amount else None

    @step(
        state,
        source=State.ORDERED,
        target=State.WRITTEN_OFF,
        label=_("核销余额"),
        by=policies.may_write_off_recovery,
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("未退回的余额不再追缴，不能恢复。"),
    )
    def write_off(self, *, at: Any, reason: str) -> None:
        self.closed_at, self.note = at, reason


class Repayment(models.Model):
    """One part that came back. Never edited."""

    order = models.ForeignKey(RecoveryOrder, on_delete=models.PROTECT, related_name="repayments")
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    on = models.DateField(_("到账日期"))
    voucher = models.CharField(_("凭证号"), max_length=60, unique=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)

    class Meta:
        verbose_name = _("退回登记")
        ordering = ("on", "pk")
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="repayment_is_positive"),)

    def __str__(self) -> str:
        return self.voucher
