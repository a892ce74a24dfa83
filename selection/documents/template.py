"""The template of an import: headings, notes, drop-downs, and a sheet that says how to fill it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_range_abs

from selection.queries import sheets
from selection.queries.sheets import Column

LAST_ROW = 20_000
WIDE = 40
LIST_LIMIT = 255  # characters of a drop-down written into the cell; longer ones stand on a sheet of their own


Sheets = Sequence[tuple[str, Sequence[Column]]]


def write_template(target: IO[bytes]) -> None:
    """Write the empty template of an import of nominations."""
    write_sheets(target, all_sheets(), title=_("申报导入模板填写说明"), guide=_guide_lines())


def write_sheets(target: IO[bytes], found: Sheets, *, title: str, guide: Sequence[str]) -> None:
    """Write an empty template: the guide, then each sheet with its headings; the first of them lies open."""
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    look = _Look(book)
    _guide(book, look, title, guide)
    lists = _Lists(book)
    for name, columns in found:
        _sheet(book, look, lists, name, columns, kept=2 if name == found[0][0] else 1)
    book.get_worksheet_by_name(found[0][0]).activate()
    book.close()


def all_sheets() -> list[tuple[str, tuple[Column, ...]]]:
    """Every sheet with its columns, in order."""
    found = [(sheets.PEOPLE, sheets.people_columns())]
    return found + [(sheets.sheet_name(part), sheets.part_columns(part)) for part in sheets.parts()]


class _Look:
    def __init__(self, book: Any) -> None:
        head = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center"}
        self.needed = book.add_format({**head, "bg_color": "#10546A", "font_color": "#FFFFFF"})
        self.optional = book.add_format({**head, "bg_color": "#E4EFF2"})
        self.text = book.add_format(
            {"num_format": "@"}
        )  # or eighteen digits become a number and lose the last three
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})


class _Lists:
    """Long lists of choices, on a hidden sheet."""

    def __init__(self, book: Any) -> None:
        self.book, self.column = book, 0
        self.sheet: Any = None

    def source(self, labels: Sequence[str]) -> Any:
        """What a drop-down points at."""
        if len(",".join(labels)) <= LIST_LIMIT:
            return list(labels)
        if self.sheet is None:
            self.sheet = self.book.add_worksheet("选项")
            self.sheet.hide()
        for row, label in enumerate(labels):
            self.sheet.write_string(row, self.column, label)
        place = xl_range_abs(0, self.column, len(labels) - 1, self.column)
        self.column += 1
        return f"=选项!{place}"


def _guide(book: Any, look: _Look, title: str, lines: Sequence[str]) -> None:
    sheet = book.add_worksheet(sheets.GUIDE)
    sheet.set_column(0, 0, 100, look.wrapped)
    sheet.write_string(0, 0, title, look.title)
    for row, line in enumerate(lines, start=2):
        sheet.write_string(row, 0, line)


def _guide_lines() -> tuple[str, ...]:
    return (
        _("一、“人员”每人一行；其他工作表每条经历一行，用身份证号指明是谁的。"),
        _(
            "二、深色列名为提交申报前必须填写的栏目；导入后是草稿，可在系统中继续填写，声明须由本人和单位在系统中作出。"
        ),
        _("三、身份证号、手机、编号等各列已设为文本格式，请用“选择性粘贴—数值”粘贴，不要改为数值格式。"),
        _("四、日期写成2018-09-20的样式；有下拉的栏目只能从下拉中选择；“是/否”栏目填“是”或“否”。"),
        _("五、文字不得以“=”“+”“-”“@”开头，不得使用公式、宏、外部链接和打开密码。"),
        _(
            "六、一个文件最多5,000人、20 MB。上传后先核对：逐条列出问题所在的工作表、行、列和原因，确认之前不导入任何内容。"
        ),
    )


def _sheet(book: Any, look: _Look, lists: _Lists, name: str, columns: Sequence[Column], *, kept: int) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, kept)
    sheet.set_row(0, 32)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.heading, look.needed if column.needed else look.optional)
        cells = look.day if column.kind == "day" else None if column.kind == "number" else look.text
        sheet.set_column(place, place, WIDE if column.longest > 200 else 20, cells)
        if rule := _validation(column, lists):
            sheet.data_validation(1, place, LAST_ROW, place, rule)


def _validation(column: Column, lists: _Lists) -> dict[str, Any]:
    """The drop-down or the bound of a column, with its note shown beside the cell."""
    note = str(column.note or _note(column))
    shown = {"input_title": column.heading[:32], "input_message": note[:255]} if note else {}
    if column.kind in ("choice", "truth"):
        labels = [label for _value, label in column.choices] or ["是", "否"]
        return {"validate": "list", "source": lists.source(labels), "ignore_blank": True, **shown}
    if column.kind == "text" and column.longest:
        return {
            "validate": "length", "criteria": "<=", "value": column.longest, "ignore_blank": True,
            "error_title": column.heading[:32], "error_message": note[:255], **shown,
        }  # fmt: skip
    return {"validate": "any", **shown} if shown else {}


def _note(column: Column) -> str:
    if column.kind == "day":
        return _("写成2018-09-20的样式。")
    if column.kind == "text" and column.longest:
        return _("不超过%(n)s字。") % {"n": column.longest}
    return ""
