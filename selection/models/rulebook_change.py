"""A change of the rules after the announcement: proposed, seconded, approved; then a version of its own."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.round import Round
from selection.rules.rulebook import Rulebook
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

still_the_newest = Guard(
    "changed_meanwhile",
    _("提出后规则书已另出版本，请撤回后按现行版本重新提出。"),
    lambda change: _newest(change) == change.base,
)


def _newest(change: Any) -> int:
    version = change.round.rulebook_version
    return version.version if version else 0


class RulebookChange(Machine):
    """What a manager wants to be different in the frozen rules of a round, and why. The rules in force stay untouched
    until two others have agreed; then the whole becomes the next version."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待复核")
        SECONDED = "seconded", _("待批准")
        APPROVED = "approved", _("已生效")
        DECLINED = "declined", _("未予同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    STATE_TONES = {
        "proposed": ("warn", "clock"),
        "seconded": ("warn", "clock"),
        "approved": ("ok", "circle-check"),
        "declined": ("bad", "circle-x"),
        "withdrawn": ("mut", "arrow-back"),
    }
    OPEN = (State.PROPOSED, State.SECONDED)
    LOCK_WITH = ("round",)

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="rulebook_changes")
    base = models.PositiveSmallIntegerField(_("原版本"))
    content = models.JSONField(_("内容"), default=dict)  # the whole rulebook as it shall be
    reason = models.CharField(_("修改理由"), max_length=2000)
    state = StateField(_("状态"), choices=State.choices, default=State.PROPOSED)
    version = models.PositiveSmallIntegerField(_("新版本"), null=True, blank=True)  # what it has become
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"), default=clock.now)
    seconded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seconded_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    remark = models.CharField(_("意见"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("规则修改")
        ordering = ("round", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("round",),
                condition=models.Q(state__in=("proposed", "seconded")),
                name="one_open_change_a_round",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("proposed", "seconded", "approved", "declined", "withdrawn")),
                name="rulebookchange_state_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.round.code} {self._meta.verbose_name} {self.pk}"

    @property
    def chain_key(self) -> str:
        return self.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.round.rules_version

    @property
    def before(self) -> Rulebook:
        """The rules that it starts from."""
        return self.round.rulebook_versions.get(version=self.base).rules

    @property
    def after(self) -> Rulebook:
        """The rules as they shall be."""
        return Rulebook.from_dict(self.content)

    @step(
        state,
        source=State.PROPOSED,
        target=State.SECONDED,
        label=_("复核同意"),
        by=policies.may_second_change,
        needs=(still_the_newest,),
        consequence=_("报厅领导批准；批准前仍按现行规则办理。"),
    )
    def second(self, *, person: Any, at: Any) -> None:
        self.seconded_by, self.seconded_at = person, at

    @step(
        state,
        source=State.SECONDED,
        target=State.APPROVED,
        label=_("批准修改"),
        by=policies.may_approve_change,
        needs=(still_the_newest,),
        irreversible=True,
        consequence=_("规则书即出新版本并向社会公开更正；此前按原版本作出的决定不变。"),
    )
    def approve(self, *, person: Any, at: Any, version: int) -> None:
        self.decided_by, self.decided_at, self.version = person, at, version

    @step(
        state,
        source=OPEN,
        target=State.DECLINED,
        label=_("不予同意"),
        by=policies.may_decline_change,
        tone="danger",
        reason_required=True,
        consequence=_("规则不变，理由告知提出人。"),
    )
    def decline(self, *, person: Any, at: Any, remark: str) -> None:
        self.decided_by, self.decided_at, self.remark = person, at, remark

    @step(
        state,
        source=OPEN,
        target=State.WITHDRAWN,
        label=_("撤回修改"),
        by=policies.may_withdraw_change,
        tone="quiet",
        consequence=_("规则不变。"),
    )
    def withdraw(self) -> None:
        pass
