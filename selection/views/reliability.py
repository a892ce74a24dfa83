"""The reliability report beside the ranking."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from selection.documents.reliability import context as drawn
from selection.queries import reliability as queries
from selection.queries.deliberation import rounds_with_results
from selection.rules.signs import Signal


@require_safe
def reliability(request: HttpRequest, code: str) -> HttpResponse:
    """What the sheets say about their own reliability, for who may read the ranking; it decides nothing."""
    user: Any = request.user
    round_ = get_object_or_404(rounds_with_results(user), code=code)
    supervises = queries.sees_signals(user)
    report = queries.report_of(round_, for_supervisor=supervises)
    context = {
        "round": round_, "report": report, "lacking": _lacking(report.why), "figures": _figures(report),
        "deviations": _deviations(report), "supervises": supervises, "signals": _gathered(report),
        **drawn(report),
    }  # fmt: skip
    return render(request, "selection/reliability_report.html", context)


def _lacking(why: str) -> str:
    return {
        "few_nominees": _("数据不足：人选少于%(n)s人，不能估计专家宽严和名次区间。")
        % {"n": queries.FEWEST_NOMINEES},
        "few_experts": _("数据不足：专家少于%(n)s人，不能估计专家宽严和名次区间。")
        % {"n": queries.FEWEST_EXPERTS},
        "few_sheets": _("数据不足：评分表太少，不能估计专家宽严和名次区间。"),
        "disconnected": _("数据不足：人选与专家分成互不相交的几组，各组之间的宽严无从比较。"),
        "no_variance": _("数据不足：评分表不能区分人选的高低，不作名次区间。"),
    }.get(why, "")


def _figures(report: queries.Report) -> list[tuple[str, str, str]]:
    """Each figure of agreement with its value and, where it has none, the reason; no words of praise."""
    found = report.agreement
    rows = [
        ("ICC(2,1)", found.icc_2_1, found.reasons.get("icc_2_1", "")),
        ("ICC(2,k)", found.icc_2_k, found.reasons.get("icc_2_k", "")),
        ("ICC(3,k)", found.icc_3_k, found.reasons.get("icc_3_k", "")),
        ("Kendall W", found.kendall_w, found.reasons.get("kendall_w", "")),
        (_("Krippendorff α（区间）"), found.alpha_interval, found.reasons.get("alpha_interval", "")),
        (_("平均分的信度（原始）"), report.reliability[0], report.why),
        (_("平均分的信度（除去专家宽严）"), report.reliability[1], report.why),
    ]
    return [(name, "" if value is None else f"{value:.2f}", _undefined(why)) for name, value, why in rows]


def _deviations(report: queries.Report) -> str:
    """Of nominees, experts and the rest, in points."""
    model = report.model
    if model is None:
        return ""
    return " · ".join(
        f"{variance**0.5:.1f}" for variance in (model.var_nominee, model.var_expert, model.var_error)
    )


def _undefined(why: str) -> str:
    if not why:
        return ""
    return {
        "incomplete": _("不是人人评人人，不作计算"),
        "no_variance": _("得分没有差异，不作计算"),
    }.get(why, _("数据不足"))


def _sign(code: str) -> str:
    """A sign in words: what was seen, and no more."""
    return {
        "far": _("一份评分表与该人选的中位数相差超过15分"),
        "lenient": _("平均给分与全体相差超过8分"),
        "flat": _("给各人选的总分几乎相同"),
        "quick": _("打开材料到提交不足3分钟"),
        "home": _("给本市人选的评分明显偏高"),
        "alike": _("与另一专家的评分几乎一致，且评语相同"),
        "late": _("在评分期限之后提交"),
    }[code]


def _gathered(report: queries.Report) -> list[tuple[str, list[int], list[str], float]]:
    """One line for each sign and expert: in words, whose, of which nominees, and the figure farthest out."""
    found: dict[tuple[str, tuple[str, ...]], list[Signal]] = {}
    for signal in report.signals:
        found.setdefault((signal.code, signal.experts), []).append(signal)
    return [
        (
            _sign(code),
            [report.numbers.get(expert) or 0 for expert in experts],
            [nominee for signal in rows for nominee in signal.nominees],
            _farthest(code, rows),
        )
        for (code, experts), rows in found.items()
    ]


def _farthest(code: str, rows: list[Signal]) -> float:
    values = [signal.value for signal in rows]
    return min(values) if code == "quick" else max(values, key=abs)
