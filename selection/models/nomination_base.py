"""The states of a dossier, and what the offices write beside what the dossier itself holds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from selection.models.nomination_fields import Dossier
from selection.models.nominee import Nominee
from selection.models.round import Round
from workflow import clock
from workflow.machine import Machine
from workflow.state_field import StateField


class NominationBase(Dossier, Machine):
    """One nominee in one round: its columns."""

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
        abstract = True

    @property
    def chain_key(self) -> str:
        return self.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.round.rules_version
