"""A file of expenses: read by cells, weighed row by row as if each were recorded after the one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from selection.documents.workbook import Sheet, Workbook
from selection.errors import BadFile
from selection.forms.cells import CellReader
from selection.queries.sheets import Column
from selection.rules.privacy import exposures
from selection.rules.sheets import Fault, column_letter
from studios.actions.spending_words import said
from studios.models import Activity, Expense, Studio
from studios.queries import budget
from studios.queries import spending_sheets as sheets
from studios.rules import spending as rules

MOST_AMOUNT = Decimal(10) ** 10
MOST_ITEMS = 9_999


class ExpenseUploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(".xlsx模板，不超过20 MB、2,000行。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        try:
            Workbook(sent.name, sent.file)
        except BadFile as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return sent


@dataclass
class Intake:
    """What was read: rows as the act takes them, and every fault with its cell."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read: int = 0
    total: Decimal = Decimal(0)


def read(book: Workbook, studio: Studio, at: Callable[[int], None] = lambda n: None) -> Intake:
    """All of the file, for this studio. Raises `BadFile`."""
    found = next((sheet for sheet in book.sheets() if sheet.name.strip() in sheets.NAMES), None)
    if found is None:
        raise BadFile(_("文件中没有“支出”工作表，请使用下载的模板。"), code="no_sheet")
    if len(found.rows) - 1 > sheets.MOST_ROWS:
        raise BadFile(_("一次最多导入2,000行，请分成几个文件。"), code="too_many")
    intake = Intake()
    _Reader(book, intake, studio).into(found, at)
    return intake


class _Reader(CellReader):
    lead = sheets.SHEET

    def __init__(self, book: Workbook, intake: Intake, studio: Studio) -> None:
        super().__init__(book, lambda _sheet, row, column, reason: self._note(row, column, reason))
        self.intake, self.studio = intake, studio
        self.columns = sheets.columns(studio.programme)
        self.key = tuple(column.name for column in self.columns if column.needed)
        self.headings = {column.name: column.heading for column in self.columns}
        self.letters: dict[str, str] = {}
        self.books = budget.books_of(studio)
        self.taken = _Taken(studio)

    def _note(self, row: int, column: str, reason: Any) -> None:
        """A fault with its cell: E12（金额）."""
        letter = self.letters.get(column)
        where = f"{letter}{row}（{column}）" if letter and row else column
        self.intake.faults.append(Fault(sheets.SHEET, row, where, str(reason)))

    def into(self, sheet: Sheet, at: Callable[[int], None]) -> None:
        """Read every row of the sheet."""
        self._place(sheet)
        layout = self.layout_of(sheet, sheets.SHEET, self.columns)
        if layout is None:
            return
        for number, row in sheet.rows[1:]:
            self.intake.read += 1
            self._row(number, self.cells_of(sheets.SHEET, number, row, layout))
            at(self.intake.read)

    def _place(self, sheet: Sheet) -> None:
        headings = set(self.headings.values())
        for place, cell in enumerate(sheet.rows[0][1] if sheet.rows else ()):
            name = str(cell or "").strip().rstrip("*＊").strip()
            if name in headings:
                self.letters.setdefault(name, column_letter(place + 1))

    def _row(self, number: int, cells: dict[str, Any]) -> None:
        bad = set(cells.pop("", ()))

        def fault(name: str, reason: Any) -> None:
            bad.add(name)
            self._note(number, self.headings.get(name, name), reason)

        for name in self.key:
            if name not in bad and not cells.get(name):
                fault(name, _("没有填写。"))
        for name, reason in longest_faults(self.columns, cells):
            fault(name, reason)
        given = _typed(cells, bad, fault)
        if not bad:
            self._weigh(number, given, fault)
        if not bad:
            self.intake.rows.append(given)
            self.intake.total += given["amount"]

    def _weigh(self, number: int, given: dict[str, Any], fault: Callable[[str, Any], None]) -> None:
        """By the rules, with what the rows before it have filled."""
        for name in ("purpose", "payee"):
            if exposures({name: given[name]}):
                fault(name, _("疑似含身份证号、手机号或银行卡号，请删去。"))
        self._find_activity(given, fault)
        claim = rules.Claim(
            *(given[name] for name in ("head", "amount", "items", "spent_on", "purpose", "payee"))
        )
        for found in rules.faults(claim, self.studio.programme, self.books):
            fault(found.where, said(found))
        reason = self.taken.why(given["invoice_code"], given["invoice_number"], number)
        if reason:
            fault("invoice_number", reason)
        used = {**self.books.committed}
        used[claim.head] = used.get(claim.head, rules.NOTHING) + claim.amount
        self.books = replace(self.books, committed=used)

    def _find_activity(self, given: dict[str, Any], fault: Callable[[str, Any], None]) -> None:
        number = given["activity"]
        given["activity"] = None
        if number:
            one = (
                Activity.objects.filter(studio=self.studio, pk=number).first() if number.isdecimal() else None
            )
            given["activity"] = one
            if one is None:
                fault("activity", _("不是本工作室的活动编号。"))


class _Taken:
    """Which invoices are used, here or anywhere: of another studio nothing is said."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.seen: dict[str, int] = {}

    def why(self, code: str, number: str, row: int) -> str:
        """Why this invoice cannot be used, or nothing."""
        key = rules.invoice_key(code, number)
        if not key:
            return ""
        if key in self.seen:
            return _("与第%(row)s行是同一张发票。") % {"row": self.seen[key]}
        self.seen[key] = row
        there = Expense.objects.filter(invoice_key=key).exclude(state="voided")
        found = there.values_list("studio_id", "spent_on").first()
        if found is None:
            return ""
        if found[0] == self.studio.pk:
            return _("这张发票已于%(day)s在本工作室登记。") % {"day": found[1].isoformat()}
        return _("这张发票在本系统中已经登记过，不能重复列支。")


def _typed(cells: Mapping[str, Any], bad: set[str], fault: Callable[[str, Any], None]) -> dict[str, Any]:
    """Cells as the act takes them."""
    given: dict[str, Any] = {"account": "unit", "method": "transfer", "invoice_code": "", "invoice_number": "", "activity": ""}  # fmt: skip
    given |= {name: value for name, value in cells.items() if name not in ("amount", "items", "spent_on")}
    if "spent_on" in cells:
        given["spent_on"] = date.fromisoformat(cells["spent_on"])
    if "amount" in cells and "amount" not in bad:
        given["amount"] = _amount(str(cells["amount"]), fault)
    given["items"] = _items(str(cells.get("items") or "1"), fault)
    return given


def _amount(text: str, fault: Callable[[str, Any], None]) -> Decimal:
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        found = Decimal(0)
    if not found.is_finite() or not 0 < found < MOST_AMOUNT or found != round(found, 2):
        fault("amount", _("请填写大于0的金额，最多两位小数。"))
        return Decimal(0)
    return round(found, 2)


def _items(text: str, fault: Callable[[str, Any], None]) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_ITEMS):
        fault("items", _("请填写1至9999的整数。"))
        return 1
    return int(text)


def longest_faults(columns: Sequence[Column], cells: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The cells that are longer than their field."""
    words = gettext_lazy("不超过%(n)s个字。")
    return [
        (column.name, str(words) % {"n": column.longest})
        for column in columns
        if column.longest and len(str(cells.get(column.name) or "")) > column.longest
    ]
