"""What the records say, in words: beside each dimension of an assessment, and on the page of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studios.rules.programme import Programme


def in_language(row: Any) -> str:
    """The name of a dimension, a task or a head in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str(row.name_en if english and row.name_en else row.name)


def evidence(code: str, facts: Mapping[str, Any], programme: Programme) -> str:
    """What the records say to one dimension; empty where they say nothing."""
    return "；".join(_SAYS[code](facts, programme)) if facts and code in _SAYS else ""


def _reports(facts: Mapping[str, Any], _rules: Programme) -> Iterator[str]:
    reports = facts.get("reports") or {}
    if reports.get("owed"):
        yield _("应交报告%(owed)s份，按期%(on_time)s份，逾期%(late)s份，其中红灯%(red)s份") % reports


def _money(facts: Mapping[str, Any], _rules: Programme) -> Iterator[str]:
    if Decimal(facts.get("paid") or 0):
        yield _("累计拨付¥%(paid)s，已审批支出¥%(spent)s，支出率%(share)s%%") % {
            "paid": f"{Decimal(facts['paid']):,.2f}",
            "spent": f"{Decimal(facts['spent_in_all']):,.2f}",
            "share": facts["spent_share"],
        }


def _service(facts: Mapping[str, Any], rules: Programme) -> Iterator[str]:
    if "activities_held" in facts:
        yield _("已确认活动%(n)s场，服务%(times)s人次") % {
            "n": facts["activities_held"],
            "times": facts["people_served"],
        }
    yield from task_lines(facts, rules, leaving_out=("satisfaction", "mentees"))


def _mentoring(facts: Mapping[str, Any], rules: Programme) -> Iterator[str]:
    if "mentees" in facts:
        yield _("带教学员%(n)s人") % {"n": facts["mentees"]}
    yield from task_lines(facts, rules, only=("mentees",))


def _society(facts: Mapping[str, Any], rules: Programme) -> Iterator[str]:
    yield from task_lines(facts, rules, only=("satisfaction",))


_SAYS: dict[str, Any] = {
    "system": _reports,
    "money": _money,
    "service": _service,
    "mentoring": _mentoring,
    "society": _society,
}


def task_lines(
    facts: Mapping[str, Any], rules: Programme, *, only: Sequence[str] = (), leaving_out: Sequence[str] = ()
) -> Iterator[str]:
    """The annual tasks, each with what was reached."""
    names = {task.code: (in_language(task), task.unit) for task in rules.tasks}
    for task in facts.get("tasks", ()):
        code = task["code"]
        if (only and code not in only) or code in leaving_out:
            continue
        name, unit = names.get(code, (task.get("name") or code, task.get("unit") or ""))
        yield _("%(name)s %(reached)s / %(target)s%(unit)s") % {
            "name": name, "reached": task["reached"], "target": task["target"], "unit": unit,
        }  # fmt: skip
