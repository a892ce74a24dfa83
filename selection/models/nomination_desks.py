"""What the unit, the county and the nominator do with a dossier until the province has it complete."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from selection import policies
from selection.models.attachment_kinds import attachments_complete, missing_originals
from selection.models.deadlines import desk_due
from selection.models.nomination_base import NominationBase
from selection.models.nomination_guards import (
    ROW_PARTS,
    after_closing,
    before_correction_due,
    before_the_draw,
    board_in_term,
    category_chosen,
    declarations_made,
    dossier_complete,
    eligible,
    in_window,
    nominator_not_barred,
    not_an_officer,
    not_barred,
    not_corrected_yet,
    people_left_to_name,
    quota_left,
    somebody_waits,
    unit_notice_done,
)
from workflow.machine import step

State = NominationBase.State
WAIVABLE = NominationBase.WAIVABLE
BEFORE_DRAW = NominationBase.BEFORE_DRAW


class DeskSteps(NominationBase):
    """The steps from the draft to the province."""

    class Meta:
        abstract = True

    def _first_desk(self) -> str:
        return self.State.COUNTY_REVIEW if self.route == self.Route.COUNTY else self.State.NOMINATOR_REVIEW

    @step(
        "state",
        source=(State.DRAFT, State.RETURNED),
        target=GET_STATE(
            lambda self, **given: self._first_desk(), states=[State.COUNTY_REVIEW, State.NOMINATOR_REVIEW]
        ),
        label=_("提交申报"),
        by=policies.may_submit,
        needs=(
            in_window, not_barred, nominator_not_barred, dossier_complete, category_chosen, declarations_made, eligible,
            unit_notice_done, attachments_complete, not_an_officer,
        ),
        consequence=_("提交后不能修改，由审核单位退回后方可补充。"),
    )  # fmt: skip
    def submit(self, *, at: Any) -> None:
        self.submitted_at, self.requests = at, []
        self.originals_checked, self.originals, self.dishonesty_checked_on = False, {}, None
        self.due_on = desk_due(self.round, self._first_desk())

    @step(
        "state",
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
        "state",
        source=State.COUNTY_REVIEW,
        target=State.NOMINATOR_REVIEW,
        label=_("同意并上报"),
        by=policies.may_endorse,
        needs=(in_window, not_barred),  # whether the nominator may nominate is asked when it does
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
        "state",
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
        "state",
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
        "state",
        source=State.NOMINATOR_REVIEW,
        target=State.NOMINATED,
        label=_("推荐到省"),
        by=policies.may_nominate,
        needs=(in_window, not_barred, nominator_not_barred, board_in_term, not_an_officer, quota_left),
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
        "state",
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
        "state",
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
        "state",
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
        "state",
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
        "state",
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
