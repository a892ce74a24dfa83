"""A studio's assessment: scored by itself and by two reviewers, rated, heard, confirmed; and what must be put right."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from accounts.models import User
from studios import policies
from studios.models.assessment_guards import (
    excellent_place,
    limit_reached,
    may_be_scored,
    not_yet_stated,
    two_reviewers,
    window_over,
)
from studios.models.studio import Studio
from workflow.machine import Machine, step
from workflow.state_field import StateField


class Assessment(Machine):
    """One assessment of one studio: of a year, at the middle of its term, or at its end."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("待评分")
        RATED = "rated", _("已评分，待确认")
        CONFIRMED = "confirmed", _("已确认")

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("年度考核")
        MID_TERM = "mid_term", _("中期考核")
        FINAL = "final", _("期满考核")

    class Grade(models.TextChoices):
        EXCELLENT = "excellent", _("优秀")
        QUALIFIED = "qualified", _("合格")
        BASIC = "basic", _("基本合格")
        UNQUALIFIED = "unqualified", _("不合格")

    class Cap(models.TextChoices):
        VETO = "veto", _("一票否决")
        TWO_REDS = "two_reds", _("考核期内两次红灯，最高评为基本合格")
        AT_LIMIT = "at_limit", _("优秀名额已满，评为合格")

    STATE_TONES = {
        "scheduled": ("warn", "clock"),
        "rated": ("brand", "clipboard-check"),
        "confirmed": ("ok", "circle-check"),
    }
    GRADE_TONES = {
        "excellent": ("ok", "award"),
        "qualified": ("brand", "circle-check"),
        "basic": ("orange", "alert-triangle"),
        "unqualified": ("red", "circle-x"),
    }
    LOCK_WITH = ("studio__recognition", "studio__lead", "studio__agreement__programme")

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="assessments")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    year = models.PositiveSmallIntegerField(_("年度"))
    state = StateField(_("状态"), choices=State.choices, default=State.SCHEDULED)
    scheduled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    self_due_on = models.DateField(_("自评截止"), null=True, blank=True)
    self_marks = models.JSONField(_("自评分"), default=dict, blank=True)  # code -> points as text
    self_words = models.JSONField(_("自评说明"), default=dict, blank=True)
    self_scored_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    self_scored_at = models.DateTimeField(_("自评时间"), null=True, blank=True)
    facts = models.JSONField(_("评分依据"), default=dict, blank=True)  # of the period, as they were then
    points = models.JSONField(_("各维度平均分"), default=dict, blank=True)
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2, null=True, blank=True)
    grade = models.CharField(_("等次"), max_length=12, choices=Grade.choices, blank=True)
    cap = models.CharField(_("等次限制"), max_length=12, choices=Cap.choices, blank=True)
    reds = models.PositiveSmallIntegerField(_("红灯（次）"), default=0)
    vetoes = models.JSONField(_("一票否决事项"), default=list, blank=True)
    veto_reason = models.CharField(_("否决理由"), max_length=2000, blank=True)
    rated_at = models.DateTimeField(_("评定时间"), null=True, blank=True)
    statement_until = models.DateTimeField(_("陈述截止"), null=True, blank=True)
    statement = models.TextField(_("工作室陈述"), max_length=4000, blank=True)
    stated_at = models.DateTimeField(_("陈述时间"), null=True, blank=True)
    statement_waived = models.BooleanField(_("无陈述意见"), default=False)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("工作室考核")
        ordering = ("-year", "studio", "pk")
        constraints = (
            models.UniqueConstraint(fields=("studio", "kind", "year"), name="one_assessment_per_year"),
            models.CheckConstraint(
                condition=models.Q(state__in=("scheduled", "rated", "confirmed")),
                name="assessment_state_known",
            ),
        )
        indexes = (models.Index(fields=("year", "kind", "state"), name="assessments_of_a_year"),)

    def __str__(self) -> str:
        return f"{self.studio.name} {self.title}"

    @property
    def title(self) -> str:
        """Its year and kind: 2026年年度考核."""
        return gettext("%(year)s年%(kind)s") % {"year": self.year, "kind": self.get_kind_display()}

    @property
    def chain_key(self) -> str:
        return "studios"

    @property
    def open_sheets(self) -> list[AssessmentSheet]:
        """The sheets in use, with those fetched ahead asked no more of the database."""
        return [sheet for sheet in self.sheets.all() if sheet.superseded_at is None]

    @property
    def sheets_in(self) -> int:
        """How many of them were handed in."""
        return sum(sheet.submitted_at is not None for sheet in self.open_sheets)

    @property
    def grade_tone(self) -> tuple[str, str]:
        """How its grade's chip looks."""
        return self.GRADE_TONES.get(self.grade, ("line", "circle-dashed"))

    @property
    def told(self) -> bool:
        """The studio knows its score by now."""
        return bool(self.state != self.State.SCHEDULED)

    @step(
        state,
        source=State.SCHEDULED,
        target=State.SCHEDULED,
        label=_("指定评审员"),
        by=policies.may_run_assessment,
        tone="quiet",
        consequence=_("两名评审员分别评分，两份都提交前互不可见；已提交的评分表不能更换。"),
    )
    def assign(self) -> None:
        pass

    @step(
        state,
        source=State.SCHEDULED,
        target=State.SCHEDULED,
        label=_("提交自评"),
        by=policies.may_score_own_studio,
        needs=(not_yet_stated,),
        consequence=_("评审员开始评分前可以修改。"),
    )
    def self_score(
        self, *, scorer: User, at: datetime, marks: dict[str, str], words: dict[str, str], facts: Any
    ) -> None:
        self.self_scored_by, self.self_scored_at = scorer, at
        self.self_marks, self.self_words, self.facts = marks, words, facts

    @step(
        state,
        source=State.SCHEDULED,
        target=GET_STATE(
            lambda self, outcome, **given: "rated" if outcome else "scheduled",
            states=(State.SCHEDULED, State.RATED),
        ),
        label=_("提交评分"),
        by=policies.may_score_studio,
        needs=(two_reviewers, may_be_scored),
        consequence=_("提交后不能修改。两份评分表都提交后取平均分，通知工作室。"),
    )
    def score_sheet(self, *, outcome: dict[str, Any] | None) -> None:
        """`outcome` is what both sheets come to; None while the other one is missing."""
        self._rate(outcome or {})

    @step(
        state,
        source=(State.SCHEDULED, State.RATED),
        target=State.RATED,
        label=_("一票否决"),
        by=policies.may_confirm_assessment,
        tone="danger",
        reason_required=True,
        consequence=_("等次定为不合格，通知工作室，陈述期重新起算。"),
    )
    def veto(self, *, reason: str, vetoes: list[str], outcome: dict[str, Any]) -> None:
        self.vetoes, self.veto_reason = vetoes, reason
        self._rate(outcome)

    def _rate(self, outcome: dict[str, Any]) -> None:
        for name, value in outcome.items():
            setattr(self, name, value)
        if outcome:
            self.statement, self.stated_at, self.statement_waived = "", None, False

    @step(
        state,
        source=State.RATED,
        target=State.RATED,
        label=_("提交陈述"),
        by=policies.may_score_own_studio,
        tone="quiet",
        consequence=_("陈述期内可以再次提交，以最后一次为准；陈述期满后由省级处室确认。"),
    )
    def make_statement(self, *, statement: str, at: datetime) -> None:
        self.statement, self.stated_at, self.statement_waived = statement, at, False

    @step(
        state,
        source=State.RATED,
        target=State.RATED,
        label=_("无陈述意见"),
        by=policies.may_score_own_studio,
        tone="quiet",
        consequence=_("表示对评定结果没有意见，省级处室可以即时确认。"),
    )
    def waive_statement(self, *, at: datetime) -> None:
        self.statement_waived, self.stated_at = True, at

    @step(
        state,
        source=State.RATED,
        target=State.SCHEDULED,
        label=_("退回重新评分"),
        by=policies.may_confirm_assessment,
        tone="quiet",
        reason_required=True,
        consequence=_("两份评分表作废存档，由评审员重新评分。"),
    )
    def score_again(self) -> None:
        self.score, self.grade, self.cap = None, "", ""
        self.rated_at = self.statement_until = None
        self.vetoes, self.veto_reason = [], ""

    @step(
        state,
        source=State.RATED,
        target=State.CONFIRMED,
        label=_("确认考核结果"),
        by=policies.may_confirm_assessment,
        needs=(window_over, excellent_place),
        irreversible=True,
        consequence=_("等次自确认起生效，作为拨款、整改和续聘的依据。"),
    )
    def confirm(self, *, confirmer: User, at: datetime) -> None:
        self.confirmed_by, self.confirmed_at = confirmer, at

    @step(
        state,
        source=State.RATED,
        target=State.CONFIRMED,
        label=_("按优秀限额确认为合格"),
        by=policies.may_confirm_assessment,
        needs=(window_over, limit_reached),
        irreversible=True,
        consequence=_("得分达到优秀，但当年优秀名额已满，等次确认为合格。"),
    )
    def confirm_at_limit(self, *, confirmer: User, at: datetime) -> None:
        self.confirmed_by, self.confirmed_at = confirmer, at
        self.grade, self.cap = self.Grade.QUALIFIED, self.Cap.AT_LIMIT


class AssessmentSheet(models.Model):
    """One reviewer's marks and words. A sheet that is scored anew stays, out of use."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="sheets")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField(_("评分"), default=dict)
    words = models.JSONField(_("评语"), default=dict)
    assigned_at = models.DateTimeField(_("指定时间"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("作废时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("考核评分表")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "reviewer"),
                condition=models.Q(superseded_at=None),
                name="one_sheet_per_reviewer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.reviewer_id}"

    @property
    def points(self) -> dict[str, Decimal]:
        """The marks as numbers."""
        return {code: Decimal(mark) for code, mark in self.marks.items()}
