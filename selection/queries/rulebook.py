"""A rulebook in words: what each parameter is called, and how it reads."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.models import Expert
from selection.models.attachment_kinds import Kind
from selection.queries.groups import bounds_under
from selection.queries.result import link_name
from selection.rules.rulebook import Criterion, Rulebook
from selection.rules.scoring import FULL_MARK
from workflow import clock
from workflow.errors import Sentence
from workflow.wording import days, hours, listed, working_days, years

LABELS: dict[str, Any] = {
    "opens_at": _("申报开始"),
    "closes_at": _("申报截止"),
    "reference_date": _("资格条件基准日"),
    "ceiling": _("认定上限"),
    "pass_line": _("入选分数线"),
    "criteria": _("评分指标"),
    "tie_criterion": _("同分时先比的指标"),
    "tie_chain": _("同分次序"),
    "caps": _("最多人数"),
    "floors": _("最少人数"),
    "ballot": _("评审组表决"),
    "second_stage": _("进入第二阶段的人数"),
    "method": _("得分算法"),
    "min_sheets": _("每份申报至少有效评分表"),
    "min_sheets_for_trim": _("去最高最低所需评分表"),
    "per_nominee": _("每份申报的评审专家"),
    "panel_size": _("评审组人数"),
    "strata": _("专家类别构成"),
    "strata_mode": _("类别构成的填法"),
    "panel_caps": _("评审组构成上限"),
    "panel_cap_unit": _("同一单位的专家上限"),
    "panel_cap_city": _("同一设区市的专家上限"),
    "consecutive_rounds": _("连续参加评审的上限"),
    "conflict_years": _("回避年限"),
    "same_city": _("同设区市回避"),
    "expert_names_published": _("公布后公开专家姓名"),
    "shortlist": _("抽取时的候选专家范围"),
    "notice_days": _("公示期"),
    "notice_mode": _("公示期计算方式"),
    "outage_hours": _("公示页面中断的上限"),
    "correction_days": _("补正期限"),
    "unit_notice_days": _("单位公示期"),
    "scoring_days": _("评分期限"),
    "recheck_days": _("申请复核期限"),
    "recheck_answer_days": _("复核答复期限"),
    "county_days": _("县级审核期限"),
    "nominator_days": _("推荐单位审核期限"),
    "screening_days": _("资格初审期限"),
    "award": _("资助金额"),
    "instalment_shares": _("各期拨付比例"),
    "management_years": _("管理期"),
    "quotas": _("推荐名额"),
    "categories": _("推荐类别"),
    "quotas_by_category": _("分类名额"),
    "max_file_mb": _("每个附件上限"),
    "max_dossier_mb": _("每份申报附件合计上限"),
    "required_attachments": _("必须上传的附件"),
    "bands": _("评分等次"),
    "comment_at_least": _("须写评语的高分"),
    "comment_below": _("须写评语的低分"),
    "blind": _("匿名评审"),
    "eligibility": _("资格条件"),
}
METHODS = (
    ("trimmed_mean", _("去掉一个最高分和一个最低分后的平均分")),
    ("mean", _("平均分")),
    ("median", _("中位数")),
)
STRATA_MODES = (
    ("seats", _("各类人数")),
    ("shares", _("各类百分比，按最大余数法取整")),
    ("pool", _("按专家库各类人数的比例，按最大余数法取整")),
)
NOTICE_MODES = (("working_days", _("按工作日计算")), ("calendar_days", _("按自然日计算")))

Row = tuple[Sentence, Any]


def groups(rules: Rulebook) -> list[tuple[Sentence, list[Row]]]:
    """Every parameter but criteria and quotas, in groups, as a reader reads them."""
    return [
        (_("日期与资格"), _dates(rules)),
        (_("评分"), _scoring(rules)),
        (_("名单产生"), _selection(rules)),
        (_("评审专家"), _panel(rules)),
        (_("期限"), _periods(rules)),
        (_("资助与管理"), _money(rules)),
        (_("附件"), _attachments(rules)),
    ]


def _row(name: str, pattern: Sentence, value: Any) -> Row:
    return LABELS[name], str(pattern) % {"n": value}


def _when(moment: Any) -> str:
    return str(moment.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M"))


def _dates(rules: Rulebook) -> list[Row]:
    return [
        (LABELS["opens_at"], _when(rules.opens_at)),
        (LABELS["closes_at"], _when(rules.closes_at)),
        (LABELS["reference_date"], rules.reference_date.isoformat()),
        _row("ceiling", _("%(n)s名"), rules.ceiling),
    ]


def _scoring(rules: Rulebook) -> list[Row]:
    return [
        _row("pass_line", _("%(n)s分"), rules.pass_line),
        (LABELS["method"], dict(METHODS).get(rules.method, rules.method)),
        (LABELS["tie_criterion"], rules.tie_criterion),
        _row("min_sheets", _("%(n)s份"), rules.min_sheets),
        _row("min_sheets_for_trim", _("%(n)s份"), rules.min_sheets_for_trim),
        *_marks(rules),
    ]


def _marks(rules: Rulebook) -> list[Row]:
    high, low = rules.comment_at_least <= FULL_MARK, rules.comment_below > 0
    none = gettext("不要求")
    return [
        (LABELS["bands"], " / ".join(bands_in_words(rules))),
        (
            LABELS["comment_at_least"],
            gettext("%(n)s分以上") % {"n": rules.comment_at_least} if high else none,
        ),
        (LABELS["comment_below"], gettext("不满%(n)s分") % {"n": rules.comment_below} if low else none),
        (LABELS["blind"], gettext("隐去人选的姓名、单位和地区") if rules.blind else gettext("否")),
    ]


def bands_in_words(rules: Rulebook) -> list[str]:
    """The four bands of a mark, from the lowest: name and range."""
    high, middle, low = rules.bands
    return [
        gettext("差 不满%(n)s") % {"n": low},
        gettext("中 %(n)s–%(m)s") % {"n": low, "m": middle - 1},
        gettext("良 %(n)s–%(m)s") % {"n": middle, "m": high - 1},
        gettext("优 %(n)s以上") % {"n": high},
    ]


def _selection(rules: Rulebook) -> list[Row]:
    chain = " → ".join(str(link_name(link)) for link in rules.tie_chain)
    bounds = "；".join(" ".join(filter(None, row)) for row in bounds_under(rules))
    ballot = gettext("拟认定人选须经评审组无记名表决通过") if rules.ballot else gettext("不表决")
    return [
        (LABELS["second_stage"], _second_stage(rules)),
        (LABELS["tie_chain"], chain),
        (_("人数上下限"), bounds or gettext("无")),
        (LABELS["ballot"], ballot),
    ]


def _second_stage(rules: Rulebook) -> str:
    if not rules.second_stage:
        return gettext("不设第二阶段")
    return gettext("前%(n)s名（与末位同分的一并），由全体评审专家重新评分") % {"n": rules.second_stage}


def _panel(rules: Rulebook) -> list[Row]:
    caps, without = rules.panel_caps, gettext("不限")
    return [
        _row("panel_size", _("%(n)s人"), rules.panel_size),
        (LABELS["strata"], _strata(rules)),
        *(
            (LABELS[f"panel_cap_{kind}"], gettext("%(n)s人") % {"n": caps[kind]} if kind in caps else without)
            for kind in ("unit", "city")
        ),
        (LABELS["consecutive_rounds"], _consecutive(rules)),
        _row("per_nominee", _("%(n)s人"), rules.per_nominee),
        _row("shortlist", _("%(n)s人"), rules.shortlist),
        _row("conflict_years", _("%(n)s年"), rules.conflict_years),
        (LABELS["same_city"], gettext("是") if rules.same_city else gettext("否")),
        (LABELS["expert_names_published"], gettext("是") if rules.expert_names_published else gettext("否")),
    ]


def _strata(rules: Rulebook) -> str:
    if rules.strata_mode == "pool":
        return str(dict(STRATA_MODES)["pool"])
    names = dict(Expert.Category.choices)
    pattern = "%(name)s%(n)s%%" if rules.strata_mode == "shares" else gettext("%(name)s%(n)s人")
    return listed(pattern % {"name": names.get(name, name), "n": n} for name, n in rules.strata.items())


def _consecutive(rules: Rulebook) -> str:
    if not rules.consecutive_rounds:
        return gettext("不限")
    return gettext("连续参加%(n)s批后停一批") % {"n": rules.consecutive_rounds}


IN_WORKING_DAYS = (
    "county_days", "nominator_days", "screening_days", "correction_days", "recheck_days", "recheck_answer_days",
    "scoring_days",
)  # fmt: skip


def _periods(rules: Rulebook) -> list[Row]:
    in_working_days = rules.notice_mode == "working_days"
    notice_days = working_days(rules.notice_days) if in_working_days else days(rules.notice_days)
    mode = dict(NOTICE_MODES).get(rules.notice_mode, rules.notice_mode)
    return [
        (LABELS["notice_days"], notice_days),
        (LABELS["notice_mode"], mode),
        (LABELS["outage_hours"], hours(rules.outage_hours)),
        (LABELS["unit_notice_days"], working_days(rules.unit_notice_days)),
        *((LABELS[name], working_days(getattr(rules, name))) for name in IN_WORKING_DAYS),
    ]


def _money(rules: Rulebook) -> list[Row]:
    return [
        (LABELS["award"], f"¥{rules.award:,.2f}"),
        (LABELS["instalment_shares"], " / ".join(f"{share}%" for share in rules.instalment_shares)),
        (LABELS["management_years"], years(rules.management_years)),
    ]


def _attachments(rules: Rulebook) -> list[Row]:
    names = listed(str(Kind(kind).label) for kind in rules.required_attachments)
    return [
        _row("max_file_mb", _("%(n)s MB"), rules.max_file_mb),
        _row("max_dossier_mb", _("%(n)s MB"), rules.max_dossier_mb),
        (LABELS["required_attachments"], names or gettext("无")),
    ]


def named(criterion: Criterion) -> str:
    """A criterion's name in the reader's language."""
    english = (get_language() or "").startswith("en")
    return criterion.name_en if english and criterion.name_en else criterion.name


def criteria(rules: Rulebook) -> list[dict[str, Any]]:
    """The criteria with names in the reader's language."""
    return [{"code": c.code, "name": named(c), "weight": c.weight} for c in rules.criteria]


def quota_names(rules: Rulebook) -> list[tuple[str, list[int], int]]:
    """The places by the nominators' names, in the order of their codes: those of each category, and their sum."""
    grants = rules.grants
    names = dict(Organisation.objects.filter(code__in=grants).values_list("code", "name"))
    kinds = [category.code for category in rules.categories] if rules.divided else []
    return [
        (names.get(code, code), [row.get(kind, 0) for kind in kinds], sum(row.values()))
        for code, row in sorted(grants.items())
        if any(row.values())
    ]


def category_names(rules: Rulebook) -> list[str]:
    """The categories in the reader's language; none where all share the places."""
    english = (get_language() or "").startswith("en")
    return [c.name_en if english and c.name_en else c.name for c in rules.categories if rules.divided]
