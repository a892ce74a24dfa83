"""The cells of an imported sheet, by a table of columns: every fault by sheet, row, column and reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from selection.documents.workbook import Sheet, Workbook
from selection.errors import BadFile
from selection.queries.sheets import Column
from selection.rules.sheets import BadCell, column_letter, day_of, is_blank, text_of, truth_of
from workflow.errors import Sentence

FaultNote = Callable[[str, int, str, str], None]  # sheet, row, column, reason
_WORDS: dict[str, Sentence] = {
    "formula": gettext_lazy("以“=”“+”“-”“@”开头，可能被当作公式执行，不能导入。请改为普通文字。"),
    "digits_lost": gettext_lazy("号码被存成了数值，末几位已经丢失。请把单元格设为文本格式后重新填写。"),
    "control": gettext_lazy("含有不可见字符，请重新填写。"),
    "day": gettext_lazy("日期有误，请写成2018-09-20的样式。"),
    "truth": gettext_lazy("请填写“是”或“否”。"),
}


class CellReader:
    """Reads rows of a workbook by columns and tells what is wrong. `lead` is the sheet that must be there; `key` are
    the columns without which a sheet is not read."""

    lead = ""
    key: tuple[str, ...] = ("name", "id_number")

    def __init__(self, book: Workbook, fault: FaultNote) -> None:
        self.book, self._fault = book, fault

    def layout_of(self, sheet: Sheet, name: str, columns: Sequence[Column]) -> dict[int, Column] | None:
        """Which column stands where; None where one that must be there is not."""
        if not sheet.rows:
            if name == self.lead:
                raise BadFile(_("“%(sheet)s”工作表是空的。") % {"sheet": name}, code="empty")
            return {}
        known = {column.heading: column for column in columns}
        layout: dict[int, Column] = {}
        for place, cell in enumerate(sheet.rows[0][1]):
            heading = str(cell or "").strip().rstrip("*＊").strip()
            column = known.get(heading)
            if column is not None and column not in layout.values():
                layout[place] = column
            elif heading:
                words = _("列名重复。") if column else _("不认识的列，未读取。")
                self._fault(name, sheet.rows[0][0], heading[:40], words)
        self._require_known(layout, known)
        return layout if self._has_needed(name, layout, columns) else None

    def _require_known(self, layout: dict[int, Column], known: Mapping[str, Column]) -> None:
        if not layout and self.book.is_csv:
            raise BadFile(
                _("没有认出任何列名，文件的编码可能不对。请另存为UTF-8编码的CSV，或使用.xlsx模板。"),
                code="encoding",
            )

    def _has_needed(self, name: str, layout: dict[int, Column], columns: Sequence[Column]) -> bool:
        wanted = [c for c in columns if c.name in self.key and c not in layout.values()]
        for column in wanted:
            self._fault(name, 0, column.heading, _("缺少这一列。"))
        return not wanted

    def cells_of(self, sheet: str, number: int, row: list[Any], layout: dict[int, Column]) -> dict[str, Any]:
        """Field to text; under "" the fields whose cell could not be read."""
        formulas = self._formulas(sheet, number)
        found: dict[str, Any] = {}
        bad: set[str] = set()
        for place, column in layout.items():
            value = row[place] if place < len(row) else ""
            letter = f"{column_letter(place + 1)}{number}"
            if letter in formulas:
                bad.add(column.name)
                self._fault(sheet, number, column.heading, _("单元格是公式，请改为数值或文字。"))
            elif not is_blank(value):
                try:
                    found[column.name] = _read_cell(column, value)
                except BadCell as fault:
                    bad.add(column.name)
                    self._fault(sheet, number, column.heading, _say(fault, column))
        return {**found, **({"": bad} if bad else {})}

    def _formulas(self, sheet: str, number: int) -> set[str]:
        if not hasattr(self, "_formula_cells"):
            self._formula_cells: dict[tuple[str, int], set[str]] = {}
            for name, cells in self.book.formulas.items():
                for cell in cells:
                    digits = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
                    self._formula_cells.setdefault((name, int(digits)), set()).add(cell)
        return self._formula_cells.get((sheet, number), set())


def _say(fault: BadCell, column: Column) -> str:
    if fault.code == "choice":
        return _("请从下列各项中选择：%(choices)s。") % {
            "choices": "、".join(label for _value, label in column.choices)
        }
    return str(_WORDS[fault.code])


def _read_cell(column: Column, value: Any) -> Any:
    """A cell as the form of the page would be sent it."""
    if column.kind == "day":
        return day_of(value).isoformat()
    if column.kind == "truth":
        return truth_of(value)
    text = text_of(value)
    if column.kind != "choice":
        return text
    for known, label in column.choices:
        if text in (known, label):
            return known
    raise BadCell("choice")
