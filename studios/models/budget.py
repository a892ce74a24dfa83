"""A studio's budget by heads, what is moved between them, and what became of the rest."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.models.studio import Studio
from studios.rules.spending import CENT, NOTHING, spread, within_share
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField


def agreed_budget(studio: Any) -> dict[str, Decimal]:
    """The budget as agreed; where none was written down, the award spread over the heads by their caps."""
    lines = dict(BudgetLine.objects.filter(studio_id=studio.pk).values_list("head", "amount"))
    signed = getattr(studio, "agreement", None)
    return lines or spread(Decimal(signed.award) if signed else NOTHING, studio.programme.heads)


def is_small(move: Any) -> bool:
    """Within the share of the head that is moved without approval, all that was recorded before counted."""
    rows = BudgetAdjustment.objects.filter(studio_id=move.studio_id, source=move.source, state="recorded")
    recorded = rows.aggregate(sum=Sum("amount"))["sum"] or NOTHING
    agreed = agreed_budget(move.studio).get(move.source, NOTHING)
    return within_share(move.amount, recorded.quantize(CENT), agreed, move.studio.programme.adjustment_share)


def _needs_approval(move: Any) -> str:
    return gettext("累计调出超过该科目预算的%(share)s%%，须由省级主管部门批准。") % {
        "share": move.studio.programme.adjustment_share
    }


within_own_share = Guard("needs_approval", _needs_approval, is_small, applies=True)


class BudgetLine(models.Model):
    """What of the award was planned for one head, as agreed; what is moved later stands in the adjustments."""

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="budget_lines")
    head = models.CharField(_("科目"), max_length=40)
    amount = models.DecimalField(_("预算"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("预算")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("studio", "head"), name="one_budget_per_head"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.head} {self.amount}"


class BudgetAdjustment(Machine):
    """Money moved from one head to another: a small part recorded by the lead, more of it approved by the manager."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("待批准")
        RECORDED = "recorded", _("已备案")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")
        WITHDRAWN = "withdrawn", _("已撤回")

    STATE_TONES = {
        "requested": ("warn", "clock"),
        "recorded": ("ok", "book"),
        "approved": ("ok", "circle-check"),
        "refused": ("bad", "circle-x"),
        "withdrawn": ("mut", "arrow-back-up"),
    }
    LOCK_WITH = ("studio__recognition", "studio__lead", "studio__agreement__programme")
    IN_EFFECT = (State.RECORDED, State.APPROVED)

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="adjustments")
    state = StateField(_("状态"), choices=State.choices, default=State.REQUESTED)
    source = models.CharField(_("调出科目"), max_length=40)
    target = models.CharField(_("调入科目"), max_length=40)
    amount = models.DecimalField(
        _("金额"), max_digits=12, decimal_places=2, validators=[MinValueValidator(CENT)]
    )
    purpose = models.CharField(_("调整理由"), max_length=500)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("申请时间"), default=clock.now)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("预算调整")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("requested", "recorded", "approved", "refused", "withdrawn")),
                name="adjustment_state_known",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="adjustment_is_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="adjustment_between_two"),
        )
        indexes = (models.Index(fields=("state",), name="adjustments_by_state"),)

    def __str__(self) -> str:
        return gettext("%(studio)s预算调整%(amount)s元") % {
            "studio": self.studio.name, "amount": f"{self.amount:,.2f}",
        }  # fmt: skip

    @property
    def chain_key(self) -> str:
        return "studios"

    @step(
        state,
        source=State.REQUESTED,
        target=State.RECORDED,
        label=_("备案调整"),
        by=policies.may_adjust_budget,
        needs=(within_own_share,),
        consequence=_("在自行调整比例以内，备案即生效。"),
    )
    def record(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(
        state,
        source=State.REQUESTED,
        target=State.APPROVED,
        label=_("批准调整"),
        by=policies.may_approve_adjustment,
    )
    def approve(self, *, decider: User, at: datetime) -> None:
        self.decided_by, self.decided_at = decider, at

    @step(
        state,
        source=State.REQUESTED,
        target=State.REFUSED,
        label=_("不批准调整"),
        by=policies.may_approve_adjustment,
        tone="danger",
        reason_required=True,
    )
    def refuse(self, *, decider: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.reason = decider, at, reason

    @step(
        state,
        source=State.REQUESTED,
        target=State.WITHDRAWN,
        label=_("撤回申请"),
        by=policies.may_adjust_budget,
        tone="quiet",
    )
    def withdraw(self) -> None:
        pass


class Settlement(models.Model):
    """What became of the money that a studio had not spent when its term was over. Written once."""

    class Way(models.TextChoices):
        NOTHING = "nothing", _("无结余")
        RETURNED = "returned", _("退回")
        CARRIED = "carried", _("结转下一管理期")

    studio = models.OneToOneField(Studio, on_delete=models.PROTECT, related_name="settlement")
    paid = models.DecimalField(_("已拨付"), max_digits=12, decimal_places=2)
    spent = models.DecimalField(_("已支出"), max_digits=12, decimal_places=2)
    unspent = models.DecimalField(_("结余"), max_digits=12, decimal_places=2)
    way = models.CharField(_("处理方式"), max_length=10, choices=Way.choices)
    reason = models.CharField(_("理由"), max_length=2000, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(_("办理时间"), default=clock.now)

    class Meta:
        verbose_name = _("结余处理")
        constraints = (models.CheckConstraint(condition=Q(unspent__gte=0), name="unspent_not_negative"),)

    def __str__(self) -> str:
        return gettext("%(studio)s结余%(amount)s元") % {
            "studio": self.studio.name, "amount": f"{self.unspent:,.2f}",
        }  # fmt: skip
