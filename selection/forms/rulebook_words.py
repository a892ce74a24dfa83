"""What the form of a rulebook says: units, groups of the page, and the sentences of what is wrong."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from selection.forms import rulebook_categories, rulebook_rules, rulebook_selection
from selection.queries.rulebook import LABELS
from selection.rules.rulebook import Fault
from workflow.errors import Sentence

INSTANTS = ("opens_at", "closes_at")
DATES = (*INSTANTS, "reference_date")
WHOLE = {  # name -> unit of the hint
    "ceiling": _("名"),
    "min_sheets": _("份评分表"),
    "min_sheets_for_trim": _("份评分表"),
    "per_nominee": _("人"),
    "panel_size": _("人"),
    "shortlist": _("人"),
    "conflict_years": _("年，离开单位、结束合作未满此年限的须回避"),
    "panel_cap_unit": _("人，填0的不限"),
    "panel_cap_city": _("人，填0的不限"),
    "consecutive_rounds": _("批，连续评过这么多批的不再抽取；填0的不限"),
    "notice_days": _("天"),
    "outage_hours": _("小时，公示页面累计中断超过此数的延长1个工作日"),
    "correction_days": _("个工作日"),
    "unit_notice_days": _("个工作日"),
    "scoring_days": _("个工作日"),
    "recheck_days": _("个工作日"),
    "recheck_answer_days": _("个工作日"),
    "county_days": _("个工作日"),
    "nominator_days": _("个工作日"),
    "screening_days": _("个工作日"),
    "management_years": _("年"),
    "second_stage": _("名，由全体评审专家再评一次；填0的不设第二阶段"),
    "comment_at_least": _("分，填101的不要求"),
    "comment_below": _("分，填0的不要求"),
    "max_file_mb": _("MB"),
    "max_dossier_mb": _("MB"),
}

CAPS = {"panel_cap_unit": "unit", "panel_cap_city": "city"}
PERIODS = (
    "unit_notice_days", "county_days", "nominator_days", "screening_days", "correction_days", "recheck_days",
    "recheck_answer_days", "scoring_days", "notice_days", "notice_mode", "outage_hours",
)  # fmt: skip
SEATS = (
    "panel_cap_unit",
    "panel_cap_city",
    "consecutive_rounds",
    "conflict_years",
    "same_city",
    "expert_names_published",
    "strata_mode",
)
GROUPS: tuple[tuple[Sentence, tuple[str, ...]], ...] = (
    (_("日期与资格"), ("opens_at", "closes_at", "reference_date", "ceiling")),
    (
        _("评分"),
        (
            "pass_line",
            "method",
            "tie_criterion",
            "min_sheets",
            "min_sheets_for_trim",
            "second_stage",
            "bands",
            "comment_at_least",
            "comment_below",
            "blind",
        ),
    ),
    (_("评审专家"), ("per_nominee", "shortlist", *SEATS, "panel_size")),
    (
        _("期限"),
        PERIODS,
    ),
    (_("资助与管理"), ("award", "instalment_shares", "management_years")),
    (_("附件"), ("max_file_mb", "max_dossier_mb", "required_attachments")),
)

SENTENCES: dict[str, Sentence] = {
    "missing": _("请填写%(label)s"),
    "unknown": _("规则书中没有%(label)s这一项"),
    "malformed": _("%(label)s的格式不符"),
    "closes_before_opening": _("申报截止应晚于申报开始"),
    "reference_after_closing": _("资格条件基准日不得晚于申报截止日%(closing_day)s"),
    "calendar_missing": _("%(year)s年工作日历未导入，无法计算期限，请先导入该年日历"),
    "below_minimum": _("%(label)s不得少于%(minimum)s"),
    "out_of_range": _("%(label)s应在%(minimum)s至%(maximum)s之间"),
    "unknown_choice": _("%(label)s的选项%(value)s不存在"),
    "weights_not_100": _("各指标权重合计应为100，现为%(total)s"),
    "weight_not_positive": _("指标%(criterion)s的权重应大于0"),
    "criterion_twice": _("指标代号%(criterion)s重复"),
    "unknown_criterion": _("评分指标中没有代号%(criterion)s"),
    "more_than_panel": _("每份申报的评审专家不得多于评审组人数%(panel_size)s"),
    "more_than_drawn": _("有效评分表的下限不得多于每份申报的评审专家%(per_nominee)s人"),
    "strata_not_100": _("各类专家的百分比合计应为100，现为%(total)s"),
    "strata_not_panel": _("各类专家合计%(total)s人，应等于评审组人数%(panel_size)s人"),
    "negative": _("%(label)s不得为负数"),
    "shares_not_100": _("各期拨付比例合计应为100，现为%(total)s"),
    "bands_not_three": _("评分等次应为三个界限，在1至99之间，例如“90, 75, 60”"),
    "bands_not_falling": _("评分等次的界限应由高到低"),
    "no_quotas": _("请至少为一个推荐单位分配名额"),
    **rulebook_rules.SENTENCES,
    **rulebook_categories.SENTENCES,
    **rulebook_selection.SENTENCES,
}

shares_format = RegexValidator(
    r"^\s*\d{1,3}(\s*[,，/、]\s*\d{1,3})*\s*$", _("请按“50, 30, 20”的样式填写各期比例")
)


def whole_numbers(text: str) -> list[int]:
    """The numbers of a list as people write it."""
    for mark in "，/、":
        text = text.replace(mark, ",")
    return [int(part) for part in text.split(",")]


def sentence_of(fault: Fault) -> str:
    """What is wrong, in words."""
    label = LABELS.get(fault.field, fault.field)
    return str(SENTENCES.get(fault.code, SENTENCES["malformed"])) % {"label": label, **fault.arguments}
