"""A round of selection and its frozen rulebook."""

from __future__ import annotations

import json
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.round_guards import (
    all_concluded,
    closing_still_ahead,
    closing_time_passed,
    decisions_published,
    determination_confirmed,
    list_fixed,
    no_recheck_pending,
    no_sheet_missing,
    nobody_left_cleared,
    nobody_pending,
    nothing_decided,
    notice_over,
    notice_posted,
    opening_asked,
    panel_drawn,
    record_exported,
    rulebook_complete,
    second_stage_due,
    somebody_scored,
)
from selection.models.round_guards import cleared_and_free as cleared_and_free
from selection.models.round_guards import second_stage_held as second_stage_held
from selection.rules.rulebook import Category, Fault, Rulebook, faults_in
from workflow import calendar
from workflow.machine import Machine, step
from workflow.state_field import StateField


class Round(Machine):
    """One selection, from its announcement to its archive."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        OPEN = "open", _("申报")
        SCREENING = "screening", _("初审")
        REVIEW = "review", _("评审")
        DELIBERATION = "deliberation", _("评议")
        NOTICE = "notice", _("公示")
        DETERMINATION = "determination", _("认定")
        PUBLISHED = "published", _("已公布")
        ARCHIVED = "archived", _("已归档")
        CANCELLED = "cancelled", _("已取消")

    STATE_TONES = {
        "draft": ("mut", "pencil"),
        "open": ("brand", "send"),
        "screening": ("brand", "clipboard-check"),
        "review": ("violet", "users-group"),
        "deliberation": ("violet", "scale"),
        "notice": ("warn", "speakerphone"),
        "determination": ("brand", "certificate"),
        "published": ("ok", "circle-check"),
        "archived": ("mut", "archive"),
        "cancelled": ("bad", "ban"),
    }

    code = models.SlugField(_("编号"), max_length=30, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    title_en = models.CharField(_("英文名称"), max_length=160, blank=True)
    organiser = models.CharField(_("主办单位"), max_length=120)
    document_prefix = models.CharField(_("发文代字"), max_length=40, help_text=_("例如：浙民慈"))
    call = models.TextField(_("申报通知"), blank=True)
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFT)
    historical = models.BooleanField(_("历史批次"), default=False)
    announced_at = models.DateTimeField(_("启动时间"), null=True, blank=True)
    closes_at = models.DateTimeField(_("申报截止"), null=True, blank=True)
    rulebook_stamp = models.CharField(
        max_length=64, blank=True, editable=False
    )  # names the newest rules: see `_stamped`
    published_on = models.DateField(_("公布日期"), null=True, blank=True)
    stage = models.PositiveSmallIntegerField(_("评审阶段"), default=1)  # of the scoring that runs or ran last
    operator = models.ForeignKey(
        User,
        verbose_name=_("提出启封的人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("选拔批次")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state__in=(
                        "draft",
                        "open",
                        "screening",
                        "review",
                        "deliberation",
                        "notice",
                        "determination",
                        "published",
                        "archived",
                        "cancelled",
                    )
                ),
                name="round_state_known",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """The title in the reader's language."""
        return self.title_en if get_language() == "en" and self.title_en else self.title

    @property
    def chain_key(self) -> str:
        return f"round:{self.code}"

    @property
    def rules_version(self) -> str:
        version = self.rulebook_version
        return f"{self.code}/v{version.version}" if version else ""

    @cached_property
    def rulebook_version(self) -> RulebookVersion | None:
        """The newest version of the rulebook; no statement where the versions were prefetched or are known by stamp."""
        if self.rulebook_stamp:
            return _stamped(self.pk, self.rulebook_stamp)
        return max(self.rulebook_versions.all(), key=lambda row: row.version, default=None)

    @property
    def rulebook(self) -> Rulebook:
        """The rules in force: the newest version."""
        version = self.rulebook_version
        return version.rules if version else Rulebook.from_dict({})

    @property
    def opened_stage(self) -> int:
        """The last stage of scoring whose sheets were opened; 0 before the first opening."""
        before = ("draft", "open", "screening", "review")
        return self.stage - 1 if self.state in before else self.stage

    @property
    def rulebook_faults(self) -> list[Fault]:
        """Why the newest version, perhaps unfinished, may not be announced."""
        version = self.rulebook_version
        return faults_in(version.content if version else {}, calendar_years=calendar.loaded_years())

    @property
    def categories(self) -> list[tuple[str, str]]:
        """The categories with places of their own, named in the reader's language; none where all share theirs."""
        rules = None if self.rulebook_version is None else self.rulebook_version.content.get("categories")
        found = [Category.from_dict(item) for item in rules or ()]
        english = get_language() == "en"
        return [(c.code, c.name_en if english and c.name_en else c.name) for c in found if len(found) > 1]

    def category_code(self, text: str) -> str:
        """The code of a category named by its code or by either of its names; nothing where there is none such."""
        rows = (self.rulebook_version.content.get("categories") if self.rulebook_version else None) or ()
        return next((row["code"] for row in rows if len(rows) > 1 and text and text in row.values()), "")

    def category_name(self, code: str) -> str:
        """What a category is called."""
        return dict(self.categories).get(code, code) if code else ""

    @step(
        state,
        source=State.DRAFT,
        target=State.OPEN,
        label=_("启动申报"),
        by=policies.may_manage_round,
        needs=(rulebook_complete, closing_still_ahead),
        irreversible=True,
        consequence=_("规则书即行冻结并公布摘要，申报通知向社会公开。此后修改规则须另出版本。"),
    )
    def announce(self, *, at: Any, closes_at: Any) -> None:
        self.announced_at, self.closes_at = at, closes_at

    @step(
        state,
        source=State.OPEN,
        target=State.SCREENING,
        label=_("截止申报"),
        by=policies.may_close_round,
        needs=(closing_time_passed,),
        consequence=_("截止后不再受理申报和推荐。"),
    )
    def close(self) -> None:
        pass

    @step(
        state,
        source=State.SCREENING,
        target=State.REVIEW,
        label=_("开始评审"),
        by=policies.may_manage_round,
        needs=(all_concluded, no_recheck_pending, panel_drawn),
        consequence=_("初审合格的申报全部送专家评审，评分标准不再变动。"),
    )
    def begin_review(self) -> None:
        pass

    @step(
        state,
        source=State.REVIEW,
        target=State.REVIEW,
        label=_("提出启封"),
        by=policies.may_manage_round,
        needs=(no_sheet_missing,),
        consequence=_("须由监督员另行确认，两人到齐方可启封评分。"),
    )
    def ask_opening(self, *, operator: User) -> None:
        self.operator = operator

    @step(
        state,
        source=State.REVIEW,
        target=State.DELIBERATION,
        label=_("见证启封"),
        by=policies.may_witness_opening,
        needs=(no_sheet_missing, opening_asked),
        irreversible=True,
        consequence=_("先公布存证链头，再启封全部评分表并计算得分。启封后不能再改评分。"),
    )
    def open_scores(self) -> None:
        pass

    @step(
        state,
        source=State.DELIBERATION,
        target=State.REVIEW,
        label=_("开始第二阶段评审"),
        by=policies.may_manage_round,
        needs=(second_stage_due, nothing_decided, somebody_scored),
        irreversible=True,
        consequence=_(
            "名次在规定人数之内的人选（与末位同分的一并）由全体评审专家重新评分，须回避的除外；入围名单写入存证，第一阶段的得分留存。"
        ),
    )
    def begin_second_stage(self) -> None:
        self.stage, self.operator = self.stage + 1, None

    @step(
        state,
        source=State.DELIBERATION,
        target=State.NOTICE,
        label=_("进入公示"),
        by=policies.may_give_notice,
        needs=(list_fixed, notice_posted),
    )
    def post_notice(self) -> None:
        pass

    @step(
        state,
        source=State.NOTICE,
        target=State.DETERMINATION,
        label=_("结束公示"),
        by=policies.by_system,
        needs=(notice_over,),
    )
    def end_notice(self) -> None:
        pass

    @step(
        state,
        source=State.DETERMINATION,
        target=State.PUBLISHED,
        label=_("公布结果"),
        by=policies.may_publish,
        needs=(determination_confirmed, nobody_left_cleared),
        irreversible=True,
        consequence=_("认定名单和文号向社会公布，公布后不能撤回，只能更正。"),
    )
    def publish(self, *, on: Any) -> None:
        self.published_on = on

    @step(
        state,
        source=State.PUBLISHED,
        target=State.ARCHIVED,
        label=_("归档"),
        by=policies.may_manage_round,
        needs=(nobody_pending, decisions_published, record_exported),
        tone="quiet",
    )
    def archive(self) -> None:
        pass

    @step(
        state,
        source=(
            State.DRAFT, State.OPEN, State.SCREENING, State.REVIEW, State.DELIBERATION, State.NOTICE, State.DETERMINATION,
        ),
        target=State.CANCELLED,
        label=_("取消本轮"),
        by=policies.may_cancel_round,
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("本轮选拔终止并向社会更正，不能恢复。"),
    )  # fmt: skip
    def cancel(self) -> None:
        pass


class RulebookVersion(models.Model):
    """The rules of a round in one version. Frozen at announcement; later changes are new versions."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="rulebook_versions")
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    content = models.JSONField(_("内容"), default=dict)
    digest = models.CharField(_("摘要"), max_length=64, blank=True)
    frozen_at = models.DateTimeField(_("冻结时间"), null=True, blank=True)

    class Meta:
        ordering = ("round", "version")
        constraints = (models.UniqueConstraint(fields=("round", "version"), name="one_rulebook_per_version"),)

    def __str__(self) -> str:
        return f"{self.round_id} v{self.version}"

    @cached_property
    def rules(self) -> Rulebook:
        """The content as rules. Raises `Malformed` for what is not finished."""
        return Rulebook.from_dict(self.content)

    @property
    def stamp(self) -> str:
        """A name of everything in this row: equal stamps, equal rules."""
        frozen = self.frozen_at.isoformat() if self.frozen_at else ""
        text = json.dumps(
            [self.version, self.content, self.digest, frozen], sort_keys=True, ensure_ascii=False
        )
        return sha256(text.encode()).hexdigest()


@lru_cache(maxsize=64)
def _stamped(round_id: int, stamp: str) -> RulebookVersion | None:
    """The rules that a round's stamp names. They are asked for in every guard; the stamp on the locked row says whether
    what this process read before is still the newest."""
    return RulebookVersion.objects.filter(round=round_id).order_by("-version").first()
