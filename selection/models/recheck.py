"""The right to have a disqualification looked at again, and what came of it."""

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

still_disqualified = Guard(
    "not_disqualified",
    _("该申报现不是“初审不合格”，不能办理复核。"),
    lambda r: r.nomination.state == "disqualified",
)
round_screening = Guard(
    "screening_over",
    _("本轮资格初审已经结束，不能办理复核。"),
    lambda r: r.nomination.round.state == "screening",
)


def _in_time(recheck: Any) -> bool:
    return bool(recheck.request_due is None or clock.today() <= recheck.request_due)


before_request_due = Guard("outside_window", _("申请复核的期限已过。"), _in_time)


class RecheckRequest(Machine):
    """One disqualification: the unit may ask for a re-check until a day; a manager who did not review answers."""

    class State(models.TextChoices):
        OFFERED = "offered", _("可申请复核")
        REQUESTED = "requested", _("复核中")
        UPHELD = "upheld", _("复核成立")
        REFUSED = "refused", _("维持原结论")

    STATE_TONES = {
        "offered": ("mut", "clock"),
        "requested": ("warn", "scale"),
        "upheld": ("ok", "circle-check"),
        "refused": ("bad", "circle-x"),
    }
    LOCK_WITH = ("nomination__round",)

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="rechecks")
    state = StateField(_("状态"), choices=State.choices, default=State.OFFERED)
    offered_at = models.DateTimeField(_("告知时间"), default=clock.now)
    request_due = models.DateField(_("申请期限"), null=True, blank=True)
    grounds = models.JSONField(_("不合格的规则"), default=list, blank=True)
    finding = models.CharField(_("不合格的理由"), max_length=2000, blank=True)
    statement = models.CharField(_("申请复核的理由"), max_length=2000, blank=True)
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("申请时间"), null=True, blank=True)
    answer_due = models.DateField(_("答复期限"), null=True, blank=True)
    answer = models.CharField(_("复核意见"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("复核")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("nomination",),
                condition=models.Q(state__in=("offered", "requested")),
                name="one_open_recheck_per_nomination",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("offered", "requested", "upheld", "refused")),
                name="recheck_state_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.state}"

    @property
    def chain_key(self) -> str:
        return self.nomination.chain_key

    @property
    def rules_version(self) -> str:
        return self.nomination.rules_version

    @step(
        state,
        source=State.OFFERED,
        target=State.REQUESTED,
        label=_("申请复核"),
        by=policies.may_request_recheck,
        needs=(before_request_due, still_disqualified, round_screening),
        consequence=_("只能申请一次，由未参加初审的处室负责人复核并书面答复。"),
    )
    def request(self, *, statement: str, requested_by: User, due: Any) -> None:
        self.statement, self.requested_by, self.requested_at = statement, requested_by, clock.now()
        self.answer_due = due

    @step(
        state,
        source=State.REQUESTED,
        target=State.UPHELD,
        label=_("复核成立"),
        by=policies.may_answer_recheck,
        needs=(still_disqualified, round_screening),
        reason_required=True,
        consequence=_("原结论撤销，申报即行恢复，由两名初审员重新作出结论。"),
    )
    def uphold(self, *, reason: str, answered_by: User) -> None:
        self.answer, self.answered_by, self.answered_at = reason, answered_by, clock.now()

    @step(
        state,
        source=State.REQUESTED,
        target=State.REFUSED,
        label=_("维持原结论"),
        by=policies.may_answer_recheck,
        tone="danger",
        reason_required=True,
        consequence=_("维持初审不合格的结论，理由告知申报单位，不再复核。"),
    )
    def refuse(self, *, reason: str, answered_by: User) -> None:
        self.answer, self.answered_by, self.answered_at = reason, answered_by, clock.now()
