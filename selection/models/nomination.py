"""A nominee's dossier on its way through the offices of one round."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField

from accounts.models import Organisation, User
from selection import policies
from selection.models.nomination_guards import IN_LIST as IN_LIST
from selection.models.nomination_guards import (
    REQUIRED,
    after_closing,
    assignments_drawn,
    at_or_above_line,
    before_correction_due,
    declarations_made,
    determined,
    dossier_complete,
    draw_not_frozen,
    eligible,
    found_disqualified,
    found_qualified,
    in_window,
    no_material_objection,
    no_undecided_objection,
    not_barred,
    not_corrected_yet,
    not_on_hold,
    notice_stands,
    objection_upheld,
    period_over,
    quota_left,
    result_computed,
    unit_notice_done,
    within_ceiling,
)
from selection.models.nomination_guards import RULE_NAMES as RULE_NAMES
from selection.models.round import Round
from selection.rules.dossier import Facts, Finding, findings
from workflow import clock, crypto
from workflow.fields import EncryptedTextField
from workflow.machine import Machine, step


class Nominee(models.Model):
    """A person who is put forward: one row a person, whatever the round or the route."""

    person_key = models.CharField(max_length=64, unique=True)  # keyed hash of the identity number
    id_number = EncryptedTextField(_("身份证号"))
    name = models.CharField(_("姓名"), max_length=40)
    name_key = models.CharField(max_length=40, db_index=True)  # without spaces: 秦　芸 and 秦芸 are one

    class Meta:
        verbose_name = _("人选")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def key_of(id_number: str) -> str:
        """How an identity number is found again."""
        return crypto.keyed_hash(id_number.strip().upper(), "person")


def plain_name(name: str) -> str:
    """A name without the spaces that print puts into it (U+3000 among them)."""
    return "".join(name.split())


class Nomination(Machine):
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
    LOCK_WITH = ("round", "nominee")

    class Route(models.TextChoices):
        COUNTY = "county", _("县级推荐")
        CITY = "city", _("市级推荐")
        DIRECT = "direct", _("省级直接推荐")

    class Gender(models.TextChoices):
        FEMALE = "female", _("女")
        MALE = "male", _("男")

    class Level(models.TextChoices):
        ASSISTANT = "assistant", _("助理社会工作师")
        INTERMEDIATE = "intermediate", _("社会工作师")
        SENIOR = "senior", _("高级社会工作师")

    class Field(models.TextChoices):
        CHILDREN = "children", _("儿童服务")
        ELDERLY = "elderly", _("养老服务")
        COMMUNITY = "community", _("社区治理")
        RELIEF = "relief", _("社会救助")
        MEDICAL = "medical", _("医务社会工作")
        JUSTICE = "justice", _("司法矫治")
        DISABILITY = "disability", _("残障康复")
        TRAINING = "training", _("教育培训")

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
    state = FSMField(_("状态"), choices=State.choices, default=State.DRAFT, protected=True)

    # The dossier: what is essential
    title = models.CharField(_("职务"), max_length=80, blank=True)
    other_affiliation = models.CharField(_("兼任单位及职务"), max_length=120, blank=True)
    field = models.CharField(_("服务领域"), max_length=20, choices=Field.choices, blank=True)
    gender = models.CharField(_("性别"), max_length=10, choices=Gender.choices, blank=True)
    born_on = models.DateField(_("出生日期"), null=True, blank=True)
    phone = EncryptedTextField(_("手机"), blank=True)
    certificate_level = models.CharField(_("证书级别"), max_length=20, choices=Level.choices, blank=True)
    certificate_number = models.CharField(_("证书编号"), max_length=60, blank=True)
    certified_on = models.DateField(_("证书批准日期"), null=True, blank=True)
    practice_since = models.DateField(_("从事社会工作起始日期"), null=True, blank=True)
    province_since = models.DateField(_("在本省从业起始日期"), null=True, blank=True)
    achievements = models.TextField(_("主要事迹"), max_length=2000, blank=True)
    summary = models.CharField(_("公示简介"), max_length=200, blank=True)
    studio_plan = models.TextField(_("工作室建设设想"), max_length=2000, blank=True)
    unit_opinion = models.CharField(_("单位意见"), max_length=500, blank=True)
    unit_notice_from = models.DateField(_("单位公示开始"), null=True, blank=True)
    unit_notice_until = models.DateField(_("单位公示结束"), null=True, blank=True)
    unit_notice_proof = models.CharField(_("单位公示证明"), max_length=300, blank=True)
    truth_declared_at = models.DateTimeField(_("真实性承诺"), null=True, blank=True)
    conflict_declared_at = models.DateTimeField(_("利益冲突声明"), null=True, blank=True)
    privacy_read_at = models.DateTimeField(_("隐私告知"), null=True, blank=True)
    publication_consent_at = models.DateTimeField(_("公示单独同意"), null=True, blank=True)

    # What the offices add
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("创建时间"), default=clock.now)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    originals_checked = models.BooleanField(_("已核对原件"), default=False)
    county_opinion = models.CharField(_("县级意见"), max_length=500, blank=True)
    nominator_opinion = models.CharField(_("推荐单位意见"), max_length=500, blank=True)
    background_opinion = models.CharField(_("背景审查意见"), max_length=500, blank=True)
    rank_in_nominator = models.PositiveSmallIntegerField(_("推荐排序"), null=True, blank=True)
    nominated_at = models.DateTimeField(_("推荐时间"), null=True, blank=True)
    place_freed = models.BooleanField(_("名额已释放"), default=False)
    requests = models.JSONField(_("要求修改的栏目"), default=list, blank=True)  # [{"field", "reason"}]
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
        )
        indexes = (models.Index(fields=("round", "state", "nominator"), name="nominations_by_desk"),)

    def __str__(self) -> str:
        return f"{self.code} {self.nominee.name}"

    @property
    def chain_key(self) -> str:
        return self.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.round.rules_version

    @property
    def missing_fields(self) -> list[str]:
        """Names of the required fields that are empty."""
        return [name for name in REQUIRED if not getattr(self, name)]

    @property
    def reference_date(self) -> date:
        """The day at which eligibility is judged."""
        return self.round.rulebook.reference_date

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The automatic outcome of every eligibility rule."""
        return findings(
            Facts(
                self.nominee.id_number,
                self.born_on,
                self.certificate_level,
                self.certified_on,
                self.practice_since,
                self.province_since,
            ),
            self.reference_date,
        )

    @property
    def affiliations(self) -> list[str]:
        """Units and titles as they are printed."""
        return [
            f"{self.unit.name}{self.title}",
            *([self.other_affiliation] if self.other_affiliation else []),
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
        needs=(in_window, dossier_complete, declarations_made, eligible, not_barred, unit_notice_done),
        consequence=_("提交后不能修改，由审核单位退回后方可补充。"),
    )
    def submit(self, *, at: Any) -> None:
        self.submitted_at, self.requests, self.originals_checked = at, [], False

    @step(
        state,
        source=State.COUNTY_REVIEW,
        target=State.NOMINATOR_REVIEW,
        label=_("同意并上报"),
        by=policies.may_endorse,
        needs=(in_window,),
        consequence=_("上报市级民政局审核。"),
    )
    def endorse(self, *, opinion: str, originals_checked: bool) -> None:
        self.county_opinion, self.originals_checked = opinion, originals_checked

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
        self.requests = requests

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
        needs=(in_window, quota_left),
        consequence=_("占用本单位一个推荐名额。"),
    )
    def nominate(self, *, at: Any, rank: int, opinion: str, background: str, originals_checked: bool) -> None:
        self.nominated_at, self.rank_in_nominator = at, rank
        self.nominator_opinion, self.background_opinion = opinion, background
        self.originals_checked = originals_checked or self.originals_checked

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
        self.requests, self.correction_due = requests, due

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
        for name, value in values.items():
            setattr(self, name, value)

    @step(
        state,
        source=State.NOMINATED,
        target=State.QUALIFIED,
        label=_("初审合格"),
        by=policies.may_qualify,
        needs=(after_closing, found_qualified),
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
        self.grounds, self.reason, self.ruling = grounds, reason, ruling

    @step(
        state,
        source=State.DISQUALIFIED,
        target=State.NOMINATED,
        label=_("复核恢复"),
        by=policies.may_reinstate,
        needs=(
            after_closing,
            draw_not_frozen,
        ),
        tone="quiet",
        reason_required=True,
        consequence=_("复核成立，重新进入资格初审。"),
    )
    def reinstate(self, *, reason: str) -> None:
        self.grounds, self.reason, self.ruling = [], reason, ""

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
        target=State.PROPOSED,
        label=_("列入拟认定名单"),
        by=policies.may_propose,
        needs=(at_or_above_line, within_ceiling),
    )
    def propose(self, *, deviation_reason: str = "") -> None:
        self.deviation_reason = deviation_reason

    @step(
        state,
        source=State.SCORED,
        target=State.NOT_SELECTED,
        label=_("不列入名单"),
        by=policies.may_propose,
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
        source=State.RECOGNISED,
        target=State.REVOKED,
        label=_("撤销认定"),
        by=policies.may_decide,
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("称号撤销，证书查验页显示已撤销，未付资金取消。"),
    )
    def revoke(self, *, reason: str) -> None:
        self.reason = reason
