"""The panel drawn from the pool, and who scores whom."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.conflict import all_requests_decided
from selection.models.expert import Expert
from selection.models.nomination import Nomination
from selection.models.round import Round
from selection.models.round_guards import no_recheck_pending as rechecks_settled
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

no_recheck_pending = Guard(  # whoever is reinstated later would have no experts
    rechecks_settled.code, rechecks_settled.sentence, lambda p: rechecks_settled.holds(p.round)
)
inputs_named = Guard(
    "public_value_unnamed",
    _("须先指明公共随机值的来源和公布时间。"),
    lambda p: bool(p.public_source and p.public_at),
)
round_screened = Guard(
    "not_concluded",
    _("资格初审尚未全部作出结论，不能冻结抽取名单。"),
    lambda p: (
        p.round.state == "screening"
        and p.round.nominations.filter(state="qualified").exists()
        and not p.round.nominations.filter(state__in=("nominated", "correction")).exists()
    ),
)
public_value_due = Guard(
    "too_early",
    _("公共随机值的公布时间未到。"),
    lambda p: p.public_at is not None and clock.now() >= p.public_at,
)


class Panel(Machine):
    """The draw of one round: frozen inputs, a public value named in advance, and what follows from both."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("筹备")
        FROZEN = "frozen", _("名单已冻结")
        DRAWN = "drawn", _("已抽取")

    STATE_TONES = {
        "preparing": ("mut", "pencil"),
        "frozen": ("violet", "lock"),
        "drawn": ("ok", "circle-check"),
    }
    LOCK_WITH = ("round",)

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="panels")
    state = StateField(_("状态"), choices=State.choices, default=State.PREPARING)
    public_source = models.CharField(_("公共随机值来源"), max_length=200, blank=True)
    public_at = models.DateTimeField(_("公共随机值公布时间"), null=True, blank=True)
    inputs = models.JSONField(_("冻结的名单"), default=dict, blank=True)
    inputs_digest = models.CharField(_("名单摘要"), max_length=64, blank=True)
    frozen_at = models.DateTimeField(_("冻结时间"), null=True, blank=True)
    operator = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    public_value = models.CharField(_("公共随机值"), max_length=200, blank=True)
    seed = models.CharField(_("种子"), max_length=64, blank=True)
    witness = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(_("抽取时间"), null=True, blank=True)
    outcome = models.JSONField(_("抽取结果"), default=dict, blank=True)
    scoring_due = models.DateField(_("评分截止"), null=True, blank=True)
    redraws = models.PositiveSmallIntegerField(_("补抽次数"), default=0)

    class Meta:
        verbose_name = _("评审抽取")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=("round",), name="one_panel_per_round"),
            models.CheckConstraint(
                condition=Q(state__in=("preparing", "frozen", "drawn")), name="panel_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id} {self.state}"

    @property
    def chain_key(self) -> str:
        return self.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.round.rules_version

    @step(
        state,
        source=State.PREPARING,
        target=State.FROZEN,
        label=_("冻结抽取名单"),
        by=policies.may_operate_draw,
        needs=(no_recheck_pending, round_screened, all_requests_decided),
        irreversible=True,
        consequence=_("人选、专家、回避和负荷即行冻结，摘要写入存证并公布；公共随机值须在此之后产生。"),
    )
    def freeze(
        self, *, inputs: dict[str, Any], digest: str, source: str, value_at: Any, operator: User, at: Any
    ) -> None:
        self.inputs, self.inputs_digest, self.operator, self.frozen_at = inputs, digest, operator, at
        self.public_source, self.public_at = source, value_at

    @step(
        state,
        source=State.FROZEN,
        target=State.DRAWN,
        label=_("见证抽取"),
        by=policies.may_witness_draw,
        needs=(inputs_named, public_value_due),
        irreversible=True,
        consequence=_("由监督员录入公布的随机值，系统据此抽取，任何人可以复算，不能重抽。"),
    )
    def draw(self, *, public_value: str, seed: str, outcome: dict[str, Any], witness: User, at: Any) -> None:
        self.public_value, self.seed, self.outcome = public_value, seed, outcome
        self.witness, self.drawn_at = witness, at


class Panelist(models.Model):
    """An expert drawn onto the panel, or a reserve in drawn order."""

    class Leaving(models.TextChoices):
        DECLINED = "declined", _("专家婉拒")
        ILLNESS = "illness", _("因病")
        SILENCE = "silence", _("逾期未响应")
        OTHER = "other", _("其他")

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="panelists")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="seats")
    stratum = models.CharField(_("类别"), max_length=20)
    position = models.PositiveSmallIntegerField(_("抽取顺序"))
    number = models.PositiveSmallIntegerField(_("匿名号"), null=True, blank=True)  # null for a reserve
    called_at = models.DateTimeField(_("递补时间"), null=True, blank=True)
    left_at = models.DateTimeField(
        _("退出时间"), null=True, blank=True
    )  # the number stays: sheets stand under it
    left_how = models.CharField(_("退出方式"), max_length=10, choices=Leaving.choices, blank=True, default="")
    left_reason = models.CharField(_("退出理由"), max_length=300, blank=True, default="")

    class Meta:
        ordering = ("panel", "number", "position")
        constraints = (
            models.UniqueConstraint(fields=("panel", "expert"), name="one_seat_per_expert"),
            models.UniqueConstraint(fields=("panel", "number"), name="one_seat_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.panel_id} {self.expert_id}"


class Redraw(models.Model):
    """One redraw with all that lets it be done again: what was missing, who could supply it, and what came of it."""

    class Cause(models.TextChoices):
        RECUSED = "recused", _("专家回避")
        LEFT = "left", _("专家退出评审组")
        ASKED = "asked", _("补足缺额")

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="redrawings")
    number = models.PositiveSmallIntegerField(_("补抽序号"))
    cause = models.CharField(_("起因"), max_length=10, choices=Cause.choices)
    expert = models.ForeignKey(Expert, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(_("种子"), max_length=64)
    inputs = models.JSONField(_("缺额与余量"))  # rules.draw.Shortfall, as it was solved
    outcome = models.JSONField(_("补抽结果"))
    at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        verbose_name = _("补抽")
        ordering = ("panel", "number")
        constraints = (models.UniqueConstraint(fields=("panel", "number"), name="one_redraw_per_number"),)

    def __str__(self) -> str:
        return f"{self.panel_id} {self.number}"


before_the_opening = Guard(
    "opened",
    _("评分已启封，不能更换专家。"),
    lambda a: a.round.state in ("screening", "review") and a.stage == a.round.stage,
)
round_in_review = Guard(
    "not_in_review",
    _("本轮不在专家评审中。"),
    lambda a: a.round.state == "review" and a.stage == a.round.stage,
)


class Assignment(Machine):
    """One expert's duty to score one nominee."""

    class State(models.TextChoices):
        DRAWN = "drawn", _("待声明")
        ACCEPTED = "accepted", _("已受理")
        RECUSED = "recused", _("已回避")
        RELEASED = "released", _("已解除")

    STATE_TONES = {
        "drawn": ("warn", "clock"),
        "accepted": ("ok", "circle-check"),
        "recused": ("mut", "user-minus"),
        "released": ("mut", "user-minus"),
    }
    LOCK_WITH = ("round", "expert", "nomination")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assignments")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="assignments")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="assignments")
    state = StateField(_("状态"), choices=State.choices, default=State.DRAWN)
    draw_number = models.PositiveSmallIntegerField(
        _("抽取批次"), default=0
    )  # 0: the draw; r: the r-th redraw
    stage = models.PositiveSmallIntegerField(_("评审阶段"), default=1)
    answered_at = models.DateTimeField(_("声明时间"), null=True, blank=True)
    reason = models.CharField(_("回避理由"), max_length=300, blank=True)
    declaration = models.JSONField(_("声明"), default=dict, blank=True)  # text, version, digest, grounds

    class Meta:
        verbose_name = _("评审任务")
        ordering = ("expert", "nomination")
        constraints = (
            models.UniqueConstraint(
                fields=("nomination", "expert", "stage"),
                name="one_assignment_per_expert_nomination_and_stage",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("drawn", "accepted", "recused", "released")),
                name="assignment_state_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.expert_id}"

    @property
    def chain_key(self) -> str:
        return self.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.round.rules_version

    @step(
        state,
        source=State.DRAWN,
        target=State.ACCEPTED,
        label=_("无回避情形，打开材料"),
        by=policies.may_answer_assignment,
        needs=(round_in_review,),
        consequence=_("本人声明与该人选及其单位无利害关系，愿意独立评审并保守秘密。"),
    )
    def accept(self, *, at: Any, declaration: dict[str, Any] | None = None) -> None:
        self.declaration, self.answered_at = declaration or {}, at

    @step(
        state,
        source=(State.DRAWN, State.ACCEPTED),
        target=State.RECUSED,
        label=_("申请回避"),
        by=policies.may_answer_assignment,
        needs=(round_in_review,),
        tone="quiet",
        reason_required=True,
        consequence=_("材料即行关闭，已填的评分作废留存，系统另行补抽专家。"),
    )
    def recuse(self, *, reason: str, at: Any, declaration: dict[str, Any] | None = None) -> None:
        self.reason, self.declaration, self.answered_at = reason, declaration or {}, at

    @step(
        state,
        source=(State.DRAWN, State.ACCEPTED),
        target=State.RECUSED,
        label=_("责令回避"),
        by=policies.may_bar_expert,
        needs=(round_in_review,),
        tone="danger",
        reason_required=True,
        consequence=_("核实存在回避情形：材料即行关闭，已填的评分作废留存，系统另行补抽专家。"),
    )
    def bar(self, *, reason: str, at: Any) -> None:
        self.reason, self.answered_at = reason, at

    @step(
        state,
        source=(State.DRAWN, State.ACCEPTED),
        target=State.RELEASED,
        label=_("解除评审任务"),
        by=policies.by_system,
        needs=(before_the_opening,),
        tone="quiet",
        reason_required=True,
        consequence=_("专家退出评审组，未提交的评审任务解除，另行补抽；已提交的评分表仍然有效。"),
    )
    def release(self, *, reason: str, at: Any) -> None:
        self.reason, self.answered_at = reason, at
