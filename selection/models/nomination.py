"""A nominee's dossier on its way through the offices of one round."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from accounts.models import Organisation, User
from selection import policies
from selection.models.attachment_kinds import Kind, attachments_complete, missing_originals
from selection.models.deadlines import desk_due, due_in
from selection.models.eligibility import facts_of, other_routes, register_facts
from selection.models.nomination_fields import Dossier
from selection.models.nomination_guards import IN_LIST as IN_LIST
from selection.models.nomination_guards import ROW_PARTS as ROW_PARTS
from selection.models.nomination_guards import (
    after_closing,
    assignments_drawn,
    at_or_above_line,
    before_correction_due,
    before_the_draw,
    board_in_term,
    category_chosen,
    declarations_made,
    determined,
    dossier_complete,
    draw_not_frozen,
    eligible,
    found_disqualified,
    found_qualified,
    in_window,
    left_behind,
    no_material_objection,
    no_undecided_objection,
    not_an_officer,
    not_barred,
    not_corrected_yet,
    not_on_hold,
    notice_stands,
    objection_upheld,
    on_the_shortlist,
    people_left_to_name,
    period_over,
    quota_left,
    recheck_upheld,
    result_computed,
    second_stage_over,
    softness_waived,
    somebody_waits,
    statement_heard,
    unit_notice_done,
    within_ceiling,
)
from selection.models.nominee import Nominee as Nominee
from selection.models.nominee import plain_name as plain_name
from selection.models.round import Round
from selection.rules.eligibility_rules import Finding, evaluate, soft_failures
from workflow import clock
from workflow.machine import Machine, step
from workflow.state_field import StateField
from workflow.wording import listed


class Nomination(Dossier, Machine):
    """One nominee in one round."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        RETURNED = "returned", _("退回补充")
        COUNTY_REVIEW = "county_review", _("县级审核")
        NOMINATOR_REVIEW = "nominator_review", _("推荐单位审核")
        DECLINED = "declined", _("不予推荐")
        NOMINATED = "nominated", _("已推荐到省")
        CORRECTION = "correction", _("补正中")
        QUALIFIED = "qualified", _("初审合格")
        DISQUALIFIED = "disqualified", _("初审不合格")
        IN_REVIEW = "in_review", _("专家评审中")
        SCORED = "scored", _("已评分")
        PROPOSED = "proposed", _("拟认定")
        NOT_SELECTED = "not_selected", _("未入选")
        ON_NOTICE = "on_notice", _("公示中")
        CLEARED = "cleared", _("公示通过")
        REMOVED = "removed", _("公示后取消")
        RECOGNISED = "recognised", _("已认定")
        WITHDRAWN = "withdrawn", _("已撤回")
        REVOKED = "revoked", _("已撤销")

    STATE_TONES = {
        "draft": ("mut", "pencil"),
        "returned": ("orange", "arrow-back-up"),
        "county_review": ("brand", "building-community"),
        "nominator_review": ("brand", "building"),
        "declined": ("bad", "circle-x"),
        "nominated": ("brand", "send"),
        "correction": ("warn", "file-pencil"),
        "qualified": ("ok", "circle-check"),
        "disqualified": ("bad", "ban"),
        "in_review": ("violet", "users-group"),
        "scored": ("violet", "calculator"),
        "proposed": ("brand", "file-text"),
        "not_selected": ("mut", "minus"),
        "on_notice": ("warn", "speakerphone"),
        "cleared": ("ok", "checks"),
        "removed": ("bad", "user-minus"),
        "recognised": ("solid", "certificate"),
        "withdrawn": ("mut", "arrow-back"),
        "revoked": ("red", "certificate-off"),
    }
    WAIVABLE = (
        State.NOMINATOR_REVIEW,
        State.NOMINATED,
        State.CORRECTION,
    )  # while a waiver may be asked for and given
    BEFORE_DRAW = (
        State.DRAFT, State.RETURNED, State.COUNTY_REVIEW, State.NOMINATOR_REVIEW, State.NOMINATED, State.CORRECTION,
        State.QUALIFIED,
    )  # fmt: skip
    LOCK_WITH = ("round", "nominee")

    class Route(models.TextChoices):
        COUNTY = "county", _("县级推荐")
        CITY = "city", _("市级推荐")
        DIRECT = "direct", _("省级直接推荐")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="nominations")
    code = models.CharField(_("编号"), max_length=20)
    nominee = models.ForeignKey(Nominee, on_delete=models.PROTECT, related_name="nominations")
    route = models.CharField(_("推荐渠道"), max_length=10, choices=Route.choices)
    unit = models.ForeignKey(
        Organisation, verbose_name=_("工作单位"), on_delete=models.PROTECT, related_name="dossiers"
    )
    county = models.ForeignKey(
        Organisation, verbose_name=_("县级民政局"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="county_dossiers",
    )  # fmt: skip
    nominator = models.ForeignKey(
        Organisation, verbose_name=_("推荐单位"), on_delete=models.PROTECT, related_name="nominated_dossiers"
    )
    category = models.CharField(_("推荐类别"), max_length=20, blank=True, default="")  # of the rulebook
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFT)

    # What the offices add
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("创建时间"), default=clock.now)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    originals_checked = models.BooleanField(_("已核对原件"), default=False)
    originals = models.JSONField(_("核对过的原件"), default=dict, blank=True)  # {"county": ["id", …]}
    county_opinion = models.CharField(_("县级意见"), max_length=500, blank=True)
    nominator_opinion = models.CharField(_("推荐单位意见"), max_length=500, blank=True)
    background_opinion = models.CharField(_("背景审查意见"), max_length=500, blank=True)
    dishonesty_checked_on = models.DateField(_("失信查询日期"), null=True, blank=True)  # person and unit
    rank_in_nominator = models.PositiveSmallIntegerField(_("推荐排序"), null=True, blank=True)
    nominated_at = models.DateTimeField(_("推荐时间"), null=True, blank=True)
    place_freed = models.BooleanField(_("名额已释放"), default=False)
    requests = models.JSONField(_("要求修改的栏目"), default=list, blank=True)  # [{"field", "reason"}]
    times_returned = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    due_on = models.DateField(
        _("办理期限"), null=True, blank=True
    )  # of the desk, the correction or the re-check
    correction_due = models.DateField(_("补正期限"), null=True, blank=True)
    ruling = models.CharField(_("裁定"), max_length=20, blank=True)
    grounds = models.JSONField(_("不合格的规则"), default=list, blank=True)
    reason = models.CharField(_("理由"), max_length=2000, blank=True)
    deviation_reason = models.CharField(_("偏离名次的理由"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("申报")
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(fields=("round", "code"), name="one_code_per_round"),
            models.UniqueConstraint(
                fields=("round", "nominee"),
                condition=~Q(state__in=("withdrawn", "declined")),
                name="one_live_nomination_per_person_and_round",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "draft",
                        "returned",
                        "county_review",
                        "nominator_review",
                        "declined",
                        "nominated",
                        "correction",
                        "qualified",
                        "disqualified",
                        "in_review",
                        "scored",
                        "proposed",
                        "not_selected",
                        "on_notice",
                        "cleared",
                        "removed",
                        "recognised",
                        "withdrawn",
                        "revoked",
                    )
                ),
                name="nomination_state_known",
            ),
            models.CheckConstraint(
                condition=Q(place_freed=False) | Q(state="withdrawn", nominated_at__isnull=False),
                name="only_a_withdrawn_nominee_frees_a_place",
            ),
        )
        indexes = (
            models.Index(fields=("round", "state", "nominator"), name="nominations_by_desk"),
            models.Index(fields=("state", "due_on"), name="nominations_by_deadline"),
            models.Index(fields=("-round", "code"), name="nominations_newest_round"),
            models.Index(fields=("certificate_number",), name="nominations_by_certificate"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.nominee.name}"

    @property
    def chain_key(self) -> str:
        return self.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.round.rules_version

    @cached_property
    def register_facts(self) -> dict[str, Any]:
        """What the register and the round know about the person; looked up once a row read."""
        return {**register_facts(self.nominee), "other_routes": other_routes(self)}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The automatic outcome of every eligibility rule of the round."""
        return evaluate(self.round.rulebook.eligibility, facts_of(self), self.reference_date)

    @property
    def category_name(self) -> str:
        """The category whose places the nominee takes; nothing where the round has but one."""
        return self.round.category_name(self.category)

    @property
    def waived(self) -> set[str]:
        """The rules from which the province has released this person."""
        return {waiver.rule for waiver in self.waivers.all() if waiver.state == "approved"}

    @property
    def waivable(self) -> list[Finding]:
        """What goes beyond a rule that is generally so, and for which nobody has asked yet."""
        found = soft_failures(self.findings)
        asked = (
            {waiver.rule for waiver in self.waivers.all() if waiver.state != "refused"} if found else set()
        )
        return [one for one in found if one.rule not in asked]

    @property
    def originals_seen(self) -> list[tuple[Any, str]]:
        """Which office has held which papers in its hand, in words."""
        offices = {"county": self.county, "nominator": self.nominator}
        return [
            (offices[office], listed(dict(Kind.choices).get(kind, kind) for kind in kinds))
            for office, kinds in self.originals.items()
        ]

    @property
    def on_hold(self) -> bool:
        """An admitted objection is open."""
        return not not_on_hold.holds(self)

    def _first_desk(self) -> str:
        return self.State.COUNTY_REVIEW if self.route == self.Route.COUNTY else self.State.NOMINATOR_REVIEW

    @step(
        state,
        source=(State.DRAFT, State.RETURNED),
        target=GET_STATE(
            lambda self, **given: self._first_desk(), states=[State.COUNTY_REVIEW, State.NOMINATOR_REVIEW]
        ),
        label=_("提交申报"),
        by=policies.may_submit,
        needs=(
            in_window, dossier_complete, category_chosen, declarations_made, eligible, not_barred, unit_notice_done,
            attachments_complete, not_an_officer,
        ),
        consequence=_("提交后不能修改，由审核单位退回后方可补充。"),
    )  # fmt: skip
    def submit(self, *, at: Any) -> None:
        self.submitted_at, self.requests = at, []
        self.originals_checked, self.originals, self.dishonesty_checked_on = False, {}, None
        self.due_on = desk_due(self.round, self._first_desk())

    @step(
        state,
        source=(State.DRAFT, State.RETURNED),
        target=GET_STATE(lambda self, **given: self.state, states=[State.DRAFT, State.RETURNED]),
        label=_("选择推荐类别"),
        by=policies.may_choose_category,
        needs=(in_window,),
        tone="quiet",
        consequence=_("推荐时占用推荐单位该类别的名额。"),
    )
    def choose_category(self, *, category: str) -> None:
        self.category = category

    @step(
        state,
        source=State.COUNTY_REVIEW,
        target=State.NOMINATOR_REVIEW,
        label=_("同意并上报"),
        by=policies.may_endorse,
        needs=(in_window,),
        consequence=_("上报市级民政局审核。"),
    )
    def endorse(self, *, opinion: str, originals: list[str]) -> None:
        self.county_opinion = opinion
        self.due_on = desk_due(self.round, self.State.NOMINATOR_REVIEW)
        self._saw("county", originals)

    def _saw(self, office: str, originals: list[str]) -> None:
        """Keep which papers an office has seen; what the county has seen the city need not see again."""
        if originals:
            self.originals = {**self.originals, office: list(originals)}
            self.originals_checked = not missing_originals(originals)

    @step(
        state,
        source=(State.COUNTY_REVIEW, State.NOMINATOR_REVIEW),
        target=State.RETURNED,
        label=_("退回补充"),
        by=policies.may_return,
        tone="quiet",
        consequence=_("退回申报单位，逐栏说明需要补充的内容。"),
    )
    def return_for_completion(self, *, requests: list[dict[str, str]]) -> None:
        self.requests, self.due_on = requests, None
        self.times_returned += 1

    @step(
        state,
        source=State.NOMINATOR_REVIEW,
        target=State.DECLINED,
        label=_("不予推荐"),
        by=policies.may_nominate,
        tone="danger",
        reason_required=True,
        consequence=_("本轮不再推荐该人选。"),
    )
    def decline(self, *, reason: str) -> None:
        self.reason = reason

    @step(
        state,
        source=State.NOMINATOR_REVIEW,
        target=State.NOMINATED,
        label=_("推荐到省"),
        by=policies.may_nominate,
        needs=(in_window, board_in_term, not_an_officer, quota_left),
        consequence=_("占用本单位一个推荐名额。"),
    )
    def nominate(
        self,
        *,
        at: Any,
        rank: int,
        opinion: str,
        background: str,
        originals: list[str],
        dishonesty_checked_on: date | None = None,
    ) -> None:
        self.nominated_at, self.rank_in_nominator, self.due_on = at, rank, None
        self.dishonesty_checked_on = dishonesty_checked_on
        self.nominator_opinion, self.background_opinion = opinion, background
        if not self.originals_checked:
            self._saw("nominator", originals)

    @step(
        state,
        source=State.NOMINATED,
        target=State.WITHDRAWN,
        label=_("替换人选"),
        by=policies.may_nominate,
        needs=(in_window, somebody_waits),
        tone="quiet",
        reason_required=True,
        consequence=_("撤回该人选，由另一人接替其名额和排序，一次办结；撤回后不能恢复。"),
    )
    def substitute(self, *, reason: str) -> None:
        self.reason, self.place_freed = reason, True

    @step(
        state,
        source=WAIVABLE,
        target=GET_STATE(lambda self, **given: self.state, states=list(WAIVABLE)),
        label=_("申请放宽"),
        by=policies.may_ask_waiver,
        tone="quiet",
        reason_required=True,
        consequence=_("由省级处室负责人核准；核准前不能作出合格结论。"),
    )
    def ask_waiver(self) -> None:
        pass

    @step(
        state,
        source=BEFORE_DRAW,
        target=GET_STATE(lambda self, **given: self.state, states=list(BEFORE_DRAW)),
        label=_("申请专家回避"),
        by=policies.may_name_unsuitable,
        needs=(before_the_draw, people_left_to_name),
        tone="quiet",
        reason_required=True,
        consequence=_("最多三人，须说明理由；由处室负责人提出意见、监督员复核，抽取名单冻结前办结。"),
    )
    def name_unsuitable(self) -> None:
        pass

    @step(
        state,
        source=State.NOMINATED,
        target=State.CORRECTION,
        label=_("要求补正"),
        by=policies.may_request_correction,
        needs=(after_closing, not_corrected_yet),
        tone="quiet",
        consequence=_("一次列明全部形式缺陷，只要求一次；逾期未补正的，按初审不合格处理。"),
    )
    def request_correction(self, *, requests: list[dict[str, str]], due: date) -> None:
        self.requests, self.correction_due, self.due_on = requests, due, due

    @step(
        state,
        source=State.CORRECTION,
        target=State.NOMINATED,
        label=_("提交补正"),
        by=policies.may_submit,
        needs=(before_correction_due, dossier_complete),
        consequence=_("只能提交一次，修改前后的内容一并留存。"),
    )
    def correct(self, *, values: dict[str, Any]) -> None:
        self.due_on = None
        for name, value in values.items():
            if name not in ROW_PARTS:  # their lines are rows of their own
                setattr(self, name, value)

    @step(
        state,
        source=State.NOMINATED,
        target=State.QUALIFIED,
        label=_("初审合格"),
        by=policies.may_qualify,
        needs=(after_closing, found_qualified, softness_waived),
    )
    def qualify(self, *, ruling: str = "") -> None:
        self.grounds, self.reason, self.ruling = [], "", ruling

    @step(
        state,
        source=(State.NOMINATED, State.CORRECTION),
        target=State.DISQUALIFIED,
        label=_("初审不合格"),
        by=policies.may_disqualify,
        needs=(after_closing, found_disqualified),
        tone="danger",
        reason_required=True,
        consequence=_("结论和理由告知申报单位，可在规定期限内申请复核。"),
    )
    def disqualify(self, *, grounds: list[str], reason: str, ruling: str = "") -> None:
        self.grounds, self.reason, self.ruling, self.due_on = grounds, reason, ruling, None

    @step(
        state,
        source=State.DISQUALIFIED,
        target=State.NOMINATED,
        label=_("复核恢复"),
        by=policies.may_reinstate,
        needs=(after_closing, draw_not_frozen, recheck_upheld),
        tone="quiet",
        reason_required=True,
        consequence=_("复核成立，重新进入资格初审。"),
    )
    def reinstate(self, *, reason: str) -> None:
        self.grounds, self.reason, self.ruling = [], reason, ""
        self.due_on = due_in(self.round.rulebook.recheck_answer_days)  # a fresh screening takes its time

    @step(
        state,
        source=State.QUALIFIED,
        target=State.IN_REVIEW,
        label=_("送专家评审"),
        by=policies.may_send_to_panel,
        needs=(assignments_drawn,),
    )
    def send_to_panel(self) -> None:
        pass

    @step(
        state,
        source=State.IN_REVIEW,
        target=State.SCORED,
        label=_("计算得分"),
        by=policies.by_system,
        needs=(result_computed,),
    )
    def complete_scoring(self) -> None:
        pass

    @step(
        state,
        source=State.SCORED,
        target=State.IN_REVIEW,
        label=_("进入第二阶段评审"),
        by=policies.by_system,
        needs=(on_the_shortlist,),
    )
    def go_on(self) -> None:
        pass

    @step(
        state,
        source=State.SCORED,
        target=State.PROPOSED,
        label=_("列入拟认定名单"),
        by=policies.may_propose,
        needs=(second_stage_over, at_or_above_line, within_ceiling),
    )
    def propose(self, *, deviation_reason: str = "") -> None:
        self.deviation_reason = deviation_reason

    @step(
        state,
        source=State.SCORED,
        target=State.NOT_SELECTED,
        label=_("不列入名单"),
        by=policies.may_propose,
        needs=(second_stage_over,),
        tone="quiet",
        reason_required=True,
    )
    def pass_over(self, *, reason: str) -> None:
        self.reason = reason

    @step(
        state,
        source=State.PROPOSED,
        target=State.ON_NOTICE,
        label=_("列入公示"),
        by=policies.may_give_notice,
        needs=(notice_stands,),
    )
    def give_notice(self) -> None:
        pass

    @step(
        state,
        source=State.ON_NOTICE,
        target=State.CLEARED,
        label=_("公示通过"),
        by=policies.may_clear,
        needs=(period_over, not_on_hold, no_undecided_objection, no_material_objection),
    )
    def clear(self) -> None:
        pass

    @step(
        state,
        source=(State.ON_NOTICE, State.CLEARED),
        target=State.REMOVED,
        label=_("取消人选"),
        by=policies.may_decide,
        needs=(objection_upheld,),
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("该人选不再认定，不能恢复。"),
    )
    def remove(self, *, reason: str) -> None:
        self.reason = reason

    @step(
        state,
        source=State.CLEARED,
        target=State.RECOGNISED,
        label=_("认定"),
        by=policies.may_decide,
        needs=(not_on_hold, no_undecided_objection, no_material_objection, determined),
        irreversible=True,
    )
    def recognise(self) -> None:
        pass

    @step(
        state,
        source=(
            State.DRAFT, State.RETURNED, State.COUNTY_REVIEW, State.NOMINATOR_REVIEW, State.NOMINATED, State.CORRECTION,
            State.QUALIFIED, State.IN_REVIEW, State.SCORED, State.PROPOSED, State.ON_NOTICE, State.CLEARED,
        ),
        target=State.WITHDRAWN,
        label=_("撤回"),
        by=policies.may_withdraw,
        tone="danger",
        reason_required=True,
        consequence=_("撤回后不能恢复；只有在申报截止前撤回，才释放推荐名额。"),
    )  # fmt: skip
    def withdraw(self, *, reason: str, frees_place: bool) -> None:
        self.reason, self.place_freed = reason, frees_place

    @step(
        state,
        source=(State.ON_NOTICE, State.CLEARED),
        target=State.NOT_SELECTED,
        label=_("不再认定"),
        by=policies.may_decide,
        needs=(left_behind,),
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("结果公布后仍未能认定的人选，本轮资格即行终止，不能恢复。"),
    )
    def lapse(self, *, reason: str) -> None:
        self.reason = reason

    @step(
        state,
        source=State.RECOGNISED,
        target=State.REVOKED,
        label=_("撤销认定"),
        by=policies.may_decide,
        needs=(statement_heard,),
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("称号撤销，证书查验页显示已撤销，未付资金取消。"),
    )
    def revoke(self, *, reason: str) -> None:
        self.reason = reason
