"""A rule that is generally so: the nominator asks to be released from it, the province decides."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.nomination import Nomination
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

before_conclusion = Guard(
    "concluded_already",
    _("该申报已有初审结论，不再办理放宽。"),
    lambda waiver: waiver.nomination.state in Nomination.WAIVABLE,
)


class Waiver(Machine):
    """One request to release one nominee from one soft rule, with the nominator's reason."""

    class State(models.TextChoices):
        ASKED = "asked", _("待核准")
        APPROVED = "approved", _("已核准放宽")
        REFUSED = "refused", _("不予放宽")

    STATE_TONES = {
        "asked": ("warn", "clock"),
        "approved": ("ok", "circle-check"),
        "refused": ("bad", "circle-x"),
    }
    LOCK_WITH = ("nomination__round", "nomination__nominee")

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="waivers")
    rule = models.CharField(_("规则"), max_length=10)  # its id in the round's rulebook
    reason = models.CharField(_("放宽理由"), max_length=2000)
    state = StateField(_("状态"), choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"), default=clock.now)
    remark = models.CharField(_("核准意见"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("核准时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("条件放宽")
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("nomination", "rule"),
                condition=models.Q(state__in=("asked", "approved")),
                name="one_waiver_in_force_a_rule",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("asked", "approved", "refused")), name="waiver_state_known"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="no_waiver_without_reason"),
        )

    def __str__(self) -> str:
        return f"{self.nomination.code} {self.rule}"

    @property
    def chain_key(self) -> str:
        return self.nomination.chain_key

    @property
    def rules_version(self) -> str:
        return self.nomination.rules_version

    @step(
        state,
        source=State.ASKED,
        target=State.APPROVED,
        label=_("核准放宽"),
        by=policies.may_decide_waiver,
        needs=(before_conclusion,),
        consequence=_("该人选可按合格处理，专家评审时标明放宽。"),
    )
    def approve(self, *, remark: str, decided_by: Any, at: Any) -> None:
        self.remark, self.decided_by, self.decided_at = remark, decided_by, at

    @step(
        state,
        source=State.ASKED,
        target=State.REFUSED,
        label=_("不予放宽"),
        by=policies.may_decide_waiver,
        needs=(before_conclusion,),
        tone="danger",
        reason_required=True,
        consequence=_("理由告知推荐单位和申报单位；该人选不能作出合格结论。"),
    )
    def refuse(self, *, remark: str, decided_by: Any, at: Any) -> None:
        self.remark, self.decided_by, self.decided_at = remark, decided_by, at
