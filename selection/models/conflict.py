"""Who may not score whom: what was found, declared or asked for, and how a request to leave somebody out is decided."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from accounts.models import User
from selection import policies
from selection.models.expert import Expert
from selection.models.nomination import Nomination
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField


class Recusal(models.Model):
    """An expert who may not score a nomination, and why. The database refuses to assign such a pair."""

    class Kind(models.TextChoices):
        DERIVED = "derived", _("系统判定")
        DECLARED = "declared", _("专家申报")
        REQUESTED = "requested", _("申请回避")

    class Ground(models.TextChoices):
        """In the order in which the first is named for a pair that has several."""

        SAME_PERSON = "same_person", _("专家就是人选本人")
        FELLOW_NOMINEE = "fellow_nominee", _("本轮人选不得担任专家")
        KIN = "kin", _("近亲属")
        SAME_UNIT = "same_unit", _("同单位")
        FORMER_UNIT = "former_unit", _("曾同单位")
        BOARD = "board", _("在人选单位担任理事、监事或实际控制人")
        OFFICER = "officer", _("联合会理事会成员")
        NOMINATOR = "nominator", _("在推荐单位任职")
        MENTOR = "mentor", _("人选是专家的导师")
        STUDENT = "student", _("人选是专家的学生")
        CO_AUTHOR = "co_author", _("论文合作")
        CO_PROJECT = "co_project", _("课题合作")
        MONEY = "money", _("经济往来")
        DISPUTE = "dispute", _("纠纷")
        UNSUITABLE = "unsuitable", _("申请回避成立")
        SAME_CITY = "same_city", _("同设区市")
        DECLARED = "declared", _("专家声明回避")

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="recusals")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="recusals")
    kind = models.CharField(_("来源"), max_length=10, choices=Kind.choices)
    ground = models.CharField(_("情形"), max_length=20, choices=Ground.choices, default=Ground.DECLARED)
    reason = models.CharField(_("理由"), max_length=300)
    since = models.DateField(_("自"), null=True, blank=True)
    until = models.DateField(_("至"), null=True, blank=True)
    at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        verbose_name = _("回避")
        ordering = ("nomination", "expert")
        constraints = (
            models.UniqueConstraint(
                fields=("nomination", "expert"), name="one_recusal_per_expert_and_nomination"
            ),
        )

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.expert_id}"


def draw_open(round_: Any) -> bool:
    """Nothing has been frozen: who may not score whom can still enter the draw."""
    return not round_.panels.exclude(state="preparing").exists()


before_the_draw = Guard(
    "draw_frozen",
    _("抽取名单已冻结，不再受理回避申请。"),
    lambda request: draw_open(request.nomination.round),
)
all_requests_decided = Guard(
    "requests_pending",
    _("还有回避申请没有办结，不能冻结抽取名单。"),
    lambda panel: not RecusalRequest.pending().filter(nomination__round=panel.round_id).exists(),
)


class RecusalRequest(Machine):
    """A person whom the nominee's side asks to leave out. The manager proposes, the supervisor confirms."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("待处理")
        PROPOSED = "proposed", _("待复核")
        UPHELD = "upheld", _("成立")
        DISMISSED = "dismissed", _("不成立")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Verdict(models.TextChoices):
        UPHOLD = "uphold", _("成立，该专家不评审该人选")
        DISMISS = "dismiss", _("不成立")

    STATE_TONES = {
        "requested": ("warn", "clock"),
        "proposed": ("violet", "clock"),
        "upheld": ("ok", "circle-check"),
        "dismissed": ("mut", "circle-x"),
        "withdrawn": ("mut", "arrow-back-up"),
    }
    OPEN = ("requested", "proposed")
    LOCK_WITH = ("nomination__round", "nomination__nominee")

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="recusal_requests")
    name = models.CharField(_("申请回避的人"), max_length=40)
    name_key = models.CharField(max_length=40)  # without spaces
    unit_name = models.CharField(_("其单位"), max_length=120, blank=True, default="")
    person_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    reason = models.CharField(_("理由"), max_length=2000)
    state = StateField(_("状态"), choices=State.choices, default=State.REQUESTED)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"), default=clock.now)
    expert = models.ForeignKey(
        Expert,
        verbose_name=_("对应的专家"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="recusal_requests",
    )
    verdict = models.CharField(_("处理意见"), max_length=10, choices=Verdict.choices, blank=True, default="")
    opinion = models.CharField(_("意见说明"), max_length=2000, blank=True, default="")
    proposed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出意见时间"), null=True, blank=True)
    remark = models.CharField(_("复核意见"), max_length=2000, blank=True, default="")
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("复核时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("回避申请")
        ordering = ("asked_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("requested", "proposed", "upheld", "dismissed", "withdrawn")),
                name="recusal_request_state_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="no_recusal_request_without_reason"),
        )

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.name}"

    @classmethod
    def pending(cls) -> models.QuerySet[RecusalRequest]:
        """Requests nobody has decided, of nominees who are still in the round."""
        gone = ("withdrawn", "declined", "disqualified")
        return cls.objects.filter(state__in=cls.OPEN).exclude(nomination__state__in=gone)

    @property
    def chain_key(self) -> str:
        return self.nomination.chain_key

    @property
    def rules_version(self) -> str:
        return self.nomination.rules_version

    @step(
        state,
        source=State.REQUESTED,
        target=State.PROPOSED,
        label=_("提出处理意见"),
        by=policies.may_propose_recusal,
        needs=(before_the_draw,),
        consequence=_("意见须经监督员复核，两人办理后生效。"),
    )
    def propose(
        self, *, verdict: str, opinion: str, expert: Expert | None, proposed_by: Any, at: Any
    ) -> None:
        self.verdict, self.opinion, self.expert = verdict, opinion, expert
        self.proposed_by, self.proposed_at = proposed_by, at

    @step(
        state,
        source=State.PROPOSED,
        target=GET_STATE(
            lambda self, **given: "upheld" if self.verdict == "uphold" else "dismissed",
            states=["upheld", "dismissed"],
        ),
        label=_("复核确认"),
        by=policies.may_confirm_recusal,
        needs=(before_the_draw,),
        irreversible=True,
        consequence=_("照处理意见办结并告知申请人；成立的，抽取时不再为该人选抽到此人。"),
    )
    def confirm(self, *, remark: str, confirmed_by: Any, at: Any) -> None:
        self.remark, self.confirmed_by, self.decided_at = remark, confirmed_by, at

    @step(
        state,
        source=State.PROPOSED,
        target=State.REQUESTED,
        label=_("退回重议"),
        by=policies.may_confirm_recusal,
        needs=(before_the_draw,),
        tone="quiet",
        reason_required=True,
        consequence=_("退回处室负责人重新提出意见。"),
    )
    def send_back(self, *, remark: str) -> None:
        self.remark, self.verdict = remark, ""

    @step(
        state,
        source=(State.REQUESTED, State.PROPOSED),
        target=State.WITHDRAWN,
        label=_("撤回申请"),
        by=policies.may_withdraw_recusal,
        needs=(before_the_draw,),
        tone="quiet",
        consequence=_("撤回后可以另行申请，仍以三人为限。"),
    )
    def withdraw(self) -> None:
        pass
