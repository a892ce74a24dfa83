"""The conditions of a gate in words: what each asks, how it stands now, and why it is locked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studios.models.assessment import Assessment
from studios.rules.gate import Condition
from workflow import calendar, clock


def money(amount: Decimal) -> str:
    """¥3,600.00."""
    return f"¥{amount:,.2f}"


def _grade(code: str) -> str:
    return str(dict(Assessment.Grade.choices).get(code, code))


def _spending_now(condition: Condition) -> str:
    share = _("现为%(share)s%%") % {"share": condition.numbers["share"]}
    if condition.holds:
        return share
    return share + _("，还差%(gap)s") % {"gap": money(condition.numbers["gap"])}


def _grade_now(condition: Condition) -> str:
    grade = condition.numbers["grade"]
    return _("现为%(grade)s") % {"grade": _grade(grade)} if grade else _("尚无已确认的考核")


def _overdue_now(condition: Condition) -> str:
    count = condition.numbers["overdue"]
    return ngettext("现为%(n)s份", "现为%(n)s份", count) % {"n": count}


_NOW: dict[str, Callable[[Condition], str]] = {
    "spent_too_little": _spending_now,
    "grade_too_low": _grade_now,
    "too_many_overdue": _overdue_now,
}


def asked(condition: Condition) -> str:
    """What the condition asks for, said whether it holds or not."""
    numbers = condition.numbers
    return {
        "no_agreement": lambda: _("三方协议已签订"),
        "title_revoked": lambda: _("认定有效"),
        "on_hold": lambda: _("无未结异议"),
        "studio_stopped": lambda: _("工作室在运行，无整改、暂停"),
        "earlier_unpaid": lambda: _("前面各期均已支付"),
        "report_missing": lambda: _("前一期支付后有报告通过审核"),
        "spent_too_little": lambda: _("前期拨款支出达%(share)s%%") % {"share": numbers["asked"]},
        "grade_too_low": lambda: _("最近一次考核%(grade)s以上") % {"grade": _grade(numbers["asked"])},
        "too_many_overdue": lambda: _("逾期报告少于%(n)s份") % {"n": numbers["most"]},
        "report_overdue": lambda: _("没有逾期满20个工作日的报告"),
    }[condition.code]()


def now(condition: Condition) -> str:
    """How it stands, where a number says it; nothing for the plain ones."""
    return _NOW[condition.code](condition) if condition.code in _NOW else ""


def why_not(condition: Condition, instalment: Any) -> str:
    """The sentence of a condition that is locked."""
    studio = instalment.studio
    said: dict[str, Callable[[], str]] = {
        "no_agreement": lambda: _("尚未登记协议，不能拨款。"),
        "title_revoked": lambda: _("该人才的认定已撤销。"),
        "on_hold": lambda: _("该人才有已受理异议，结论作出前不能拨款。"),
        "studio_stopped": lambda: (
            _("工作室现为“%(state)s”，不能拨款。") % {"state": studio.get_state_display()}
        ),
        "earlier_unpaid": lambda: _("第%(number)s期尚未支付。") % {"number": condition.numbers["unpaid"][0]},
        "report_missing": lambda: _("前一期支付后尚无通过审核的报告。"),
        "report_overdue": lambda: _red(studio),
    }
    if condition.code in said:
        return said[condition.code]()
    return _("%(asked)s：%(now)s。") % {"asked": asked(condition), "now": now(condition)}


def _red(studio: Any) -> str:
    """A report is red; or the calendar is missing by which one could say."""
    today: date = clock.today()
    late = [r for r in studio.reports.all() if r.state in r.OWED and r.due_on < today]
    years = {year for report in late for year in range(report.due_on.year, today.year + 1)}
    unknown = sorted(years - calendar.loaded_years())
    if unknown:
        return _("%(year)s年工作日历未导入，无法计算报告逾期的工作日数，停止拨款。") % {"year": unknown[0]}
    return _("有报告逾期满20个工作日，停止拨款。")
