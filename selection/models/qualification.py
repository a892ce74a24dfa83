"""Two reviewers' conclusions on one nomination."""

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

nomination_under_screening = Guard(
    "not_under_screening",
    _("该申报不在资格初审中。"),
    lambda review: (
        review.nomination.state == "nominated"
        and review.nomination.round.state == "screening"
        and review.set_aside_at is None
    ),
)


class QualificationReview(Machine):
    """One reviewer's independent conclusion. Nobody else sees it before both have concluded."""

    class State(models.TextChoices):
        OPEN = "open", _("审核中")
        CONCLUDED = "concluded", _("已作结论")

    STATE_TONES = {"open": ("brand", "clipboard-check"), "concluded": ("ok", "circle-check")}
    LOCK_WITH = ("nomination__round",)

    class Verdict(models.TextChoices):
        QUALIFIED = "qualified", _("合格")
        DISQUALIFIED = "disqualified", _("不合格")

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="qualification_reviews")
    state = StateField(_("状态"), choices=State.choices, default=State.OPEN)
    verdict = models.CharField(_("结论"), max_length=20, choices=Verdict.choices, blank=True)
    findings = models.JSONField(_("逐项审核"), default=list, blank=True)  # [{"rule", "automatic", "human"}]
    grounds = models.JSONField(_("不合格的规则"), default=list, blank=True)
    reason = models.CharField(_("理由"), max_length=2000, blank=True)
    started_at = models.DateTimeField(_("开始时间"), default=clock.now)
    concluded_at = models.DateTimeField(_("结论时间"), null=True, blank=True)
    set_aside_at = models.DateTimeField(_("重新初审时间"), null=True, blank=True)  # the dossier changed since

    class Meta:
        verbose_name = _("资格初审")
        ordering = ("nomination", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("nomination", "reviewer"),
                condition=models.Q(set_aside_at=None),
                name="one_review_per_person_and_nomination",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("open", "concluded")), name="review_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.reviewer_id}"

    @property
    def chain_key(self) -> str:
        return self.nomination.chain_key

    @property
    def rules_version(self) -> str:
        return self.nomination.rules_version

    @step(
        state,
        source=State.OPEN,
        target=State.CONCLUDED,
        label=_("提交初审结论"),
        by=policies.may_conclude_review,
        needs=(nomination_under_screening,),
        consequence=_("提交后不能修改；两人结论一致即生效，不一致由处室负责人裁定。"),
    )
    def conclude(
        self, *, verdict: str, findings: list[dict[str, str]], grounds: list[str], remark: str, at: Any
    ) -> None:
        self.verdict, self.findings, self.grounds = verdict, findings, grounds
        self.reason, self.concluded_at = remark, at
