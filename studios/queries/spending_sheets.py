"""The columns of a file of expenses: of the template, of what is imported, of what is exported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import translation

from selection.queries.sheets import FORMAT_LANGUAGE, Column
from studios.models import Expense
from studios.rules.programme import Programme

SHEET = "支出"  # part of the file format: not translated
NAMES = (SHEET, "Sheet1", "")  # of the template, of an export, of a .csv
MOST_ROWS = 2_000
EXPORTED = (
    "工作室", "依托单位", "支出日期", "科目", "收款方", "收款账户", "用途", "金额", "件数", "付款方式", "发票代码", "发票号码",
    "对应活动", "状态", "报账人", "审批人", "审批时间", "提示",
)  # fmt: skip


def _choices(kind: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(label)) for value, label in kind.choices)


def columns(programme: Programme) -> tuple[Column, ...]:
    """In the order of the template, in the language of files whatever the reader's is."""
    with translation.override(FORMAT_LANGUAGE):
        return (
            Column("spent_on", "支出日期", "day", needed=True, note="写成2026-03-20的样式。"),
            Column("head", "科目", "choice", tuple((head.code, head.name) for head in programme.heads), needed=True),
            Column("payee", "收款方", "text", needed=True, longest=120),
            Column("account", "收款账户", "choice", _choices(Expense.Account), note="不填为单位账户。"),
            Column("purpose", "用途", "text", needed=True, longest=200),
            Column("amount", "金额", "number", needed=True, note="单位：元，最多两位小数。"),
            Column("items", "件数", "number", note="购买设备时填写，不填为1。"),
            Column("method", "付款方式", "choice", _choices(Expense.Method), note="不填为转账。"),
            Column("invoice_code", "发票代码", "text", longest=40),
            Column("invoice_number", "发票号码", "text", longest=40, note="一张发票在全省只能列支一次。"),
            Column("activity", "活动编号", "text", longest=12, note="活动记录网址末尾的数字，可不填。"),
        )  # fmt: skip


def lines(expenses: QuerySet[Expense], names: Any, words: Any) -> Iterator[list[Any]]:
    """Each expense as an exported row; `names` gives a head's name by code, `words` a flag's."""
    for row in expenses.iterator(chunk_size=2000):
        yield [
            row.studio.name, row.studio.host.name, row.spent_on, names.get(row.head, row.head), row.payee,
            row.get_account_display(), row.purpose, row.amount, row.items, row.get_method_display(), row.invoice_code,
            row.invoice_number, row.activity.title if row.activity else "", row.get_state_display(),
            row.claimant.name, row.approver.name if row.approver else "", row.approved_at or "",
            "；".join(str(words[code]) for code in row.flag_codes if code in words),
        ]  # fmt: skip
