"""A nominee's dossier on its way through the offices of one round."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.models.attachment_kinds import Kind
from selection.models.deadlines import due_in
from selection.models.eligibility import facts_of, other_routes, register_facts
from selection.models.nomination_desks import DeskSteps
from selection.models.nomination_guards import IN_LIST as IN_LIST
from selection.models.nomination_guards import ROW_PARTS as ROW_PARTS
from selection.models.nomination_guards import (
    after_closing,
    assignments_drawn,
    at_or_above_line,
    determined,
    draw_not_frozen,
    found_disqualified,
    found_qualified,
    left_behind,
    no_material_objection,
    no_undecided_objection,
    not_on_hold,
    notice_stands,
    objection_upheld,
    on_the_shortlist,
    period_over,
    recheck_upheld,
    result_computed,
    second_stage_over,
    softness_waived,
    statement_heard,
    within_ceiling,
)
from selection.models.nominee import Nominee as Nominee
from selection.models.nominee import plain_name as plain_name
from selection.rules.eligibility_rules import Finding, evaluate, soft_failures
from workflow.machine import step
from workflow.wording import listed

State = DeskSteps.State


class Nomination(DeskSteps):
    """One nominee in one round."""

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

    @step(
        "state",
        source=State.NOMINATED,
        target=State.QUALIFIED,
        label=_("初审合格"),
        by=policies.may_qualify,
        needs=(after_closing, found_qualified, softness_waived),
    )
    def qualify(self, *, ruling: str = "") -> None:
        self.grounds, self.reason, self.ruling = [], "", ruling

    @step(
        "state",
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
        "state",
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
        "state",
        source=State.QUALIFIED,
        target=State.IN_REVIEW,
        label=_("送专家评审"),
        by=policies.may_send_to_panel,
        needs=(assignments_drawn,),
    )
    def send_to_panel(self) -> None:
        pass

    @step(
        "state",
        source=State.IN_REVIEW,
        target=State.SCORED,
        label=_("计算得分"),
        by=policies.by_system,
        needs=(result_computed,),
    )
    def complete_scoring(self) -> None:
        pass

    @step(
        "state",
        source=State.SCORED,
        target=State.IN_REVIEW,
        label=_("进入第二阶段评审"),
        by=policies.by_system,
        needs=(on_the_shortlist,),
    )
    def go_on(self) -> None:
        pass

    @step(
        "state",
        source=State.SCORED,
        target=State.PROPOSED,
        label=_("列入拟认定名单"),
        by=policies.may_propose,
        needs=(second_stage_over, at_or_above_line, within_ceiling),
    )
    def propose(self, *, deviation_reason: str = "") -> None:
        self.deviation_reason = deviation_reason

    @step(
        "state",
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
        "state",
        source=State.PROPOSED,
        target=State.ON_NOTICE,
        label=_("列入公示"),
        by=policies.may_give_notice,
        needs=(notice_stands,),
    )
    def give_notice(self) -> None:
        pass

    @step(
        "state",
        source=State.ON_NOTICE,
        target=State.CLEARED,
        label=_("公示通过"),
        by=policies.may_clear,
        needs=(period_over, not_on_hold, no_undecided_objection, no_material_objection),
    )
    def clear(self) -> None:
        pass

    @step(
        "state",
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
        "state",
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
        "state",
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
        "state",
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
        "state",
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
