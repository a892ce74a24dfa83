"""Why an expense, a budget or an adjustment is refused, in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studios.errors import ExpenseRefused
from studios.queries.budget import head_name
from studios.rules.programme import Head
from studios.rules.spending import Fault
from workflow.errors import Sentence

SENTENCES: dict[str, Sentence] = {
    "nothing_paid": gettext_lazy("尚未收到第一期拨款，不能登记支出。"),
    "before_payment": gettext_lazy("早于第一期拨款到账日%(day)s，不能列支。"),
    "in_future": gettext_lazy("支出日期不能晚于今天。"),
    "after_end": gettext_lazy("晚于管理期届满日%(day)s，不能列支。"),
    "prohibited": gettext_lazy("含有不得列支的内容“%(word)s”。资助经费不得用于此项。"),
    "unknown_head": gettext_lazy("本工作室的管理办法没有这个科目。"),
    "item_limit": gettext_lazy("单件%(price)s元，超过单件设备限额%(limit)s元。"),
    "over_cap": gettext_lazy("“%(head)s”不得超过资助总额的%(cap)s%%，最多还可列%(left)s元。"),
    "over_budget": gettext_lazy(
        "“%(head)s”的预算还剩%(left)s元，不够列支。可先在“预算”页申请从其他科目调入，再登记这笔支出。"
    ),
    "not_free": gettext_lazy("“%(head)s”未列支的预算只有%(left)s元，不能调出更多。"),
    "same_head": gettext_lazy("调出和调入须为两个科目。"),
    "bad_sum": gettext_lazy("各科目合计%(sum)s元，须等于资助总额%(award)s元。"),
}
FLAGS: dict[str, Sentence] = {
    "cash": gettext_lazy("现金超过限额"),
    "personal": gettext_lazy("付至个人账户"),
    "related": gettext_lazy("收款方为本人或依托单位"),
    "round": gettext_lazy("整千元"),
    "splitting": gettext_lazy("多笔接近单件限额"),
    "over_paid": gettext_lazy("支出超过已拨付"),
    "same_number": gettext_lazy("发票号码另有登记"),
    "same_scan": gettext_lazy("凭证文件与其他支出相同"),
}


def said(fault: Fault) -> str:
    """The sentence of a fault."""
    return str(SENTENCES[fault.code]) % {name: _shown(value) for name, value in fault.says.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return head_name(value) if isinstance(value, Head) else value


def refuse(found: Sequence[Fault]) -> None:
    """Raise the first fault, if there is one."""
    if found:
        refusal = ExpenseRefused(said(found[0]), code=found[0].code)
        refusal.where = found[0].where
        raise refusal


def invoice_taken(day: str = "") -> ExpenseRefused:
    """The invoice is used: of another studio nothing is said."""
    words = (
        _("这张发票已于%(day)s在本工作室登记，不能重复列支。") % {"day": day}
        if day
        else _("这张发票在本系统中已经登记过，不能重复列支。如有疑问，请联系省级主管部门核实。")
    )
    refusal = ExpenseRefused(words, code="invoice_taken")
    refusal.where = "invoice_number"
    return refusal
