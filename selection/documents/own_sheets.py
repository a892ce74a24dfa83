"""An expert's own scores as a file to take along, and such a file read back. Headings are part of the format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from selection.documents.table import write_xlsx
from selection.documents.workbook import Workbook
from selection.errors import BadFile
from selection.rules.marks import fault_of, read_mark
from selection.rules.rulebook import Rulebook

CODE, NAME, UNIT, OVERALL, STATE = "编号", "人选", "单位", "总评", "状态"
COMMENT = "%s评语"


@dataclass(frozen=True)
class Line:
    """One row of a file that was sent: its number in the sheet, the dossier, what its cells say."""

    number: int
    code: str
    marks: Mapping[str, str]
    comments: Mapping[str, str]
    overall: str


def head_of(rules: Rulebook) -> list[str]:
    """The headings. In a blind round nobody is named."""
    who = [CODE] if rules.blind else [CODE, NAME, UNIT]
    columns = [heading for criterion in rules.criteria for heading in _headings(criterion)]
    return [*who, *columns, OVERALL, STATE]


def _headings(criterion: Any) -> tuple[str, str]:
    mark = f"{criterion.code} {criterion.name}"
    return mark, COMMENT % criterion.code


def write(target: IO[bytes], rules: Rulebook, rows: Iterable[Any]) -> None:
    """The own sheets of a round (rows: `queries.own_sheets.Duty`), as they stand."""
    write_xlsx(target, head_of(rules), (_cells(rules, duty) for duty in rows))


def _cells(rules: Rulebook, duty: Any) -> list[Any]:
    content = duty.sheet.content
    who = [duty.face.code] if rules.blind else [duty.face.code, duty.face.name, duty.face.unit]
    cells: list[Any] = []
    for criterion in rules.criteria:
        typed = content["marks"].get(criterion.code, "")
        mark = read_mark(typed)
        cells += [mark if mark is not None else typed, content["comments"].get(criterion.code, "")]
    return [*who, *cells, content["overall"], str(duty.label)]


def read(name: str, content: IO[bytes], rules: Rulebook) -> list[Line]:
    """The rows of a file. Raises `BadFile` with what is wrong with the file as a whole."""
    book = Workbook(name, content)
    if book.formulas:
        cells = "、".join(next(iter(book.formulas.values()))[:5])
        raise BadFile(_("单元格%(cells)s是公式，请改为数值后再上传。") % {"cells": cells}, code="formula")
    sheet = next(book.sheets(), None)
    if sheet is None or not sheet.rows:
        raise BadFile(_("文件是空的。"), code="empty")
    (_number, head), *rows = sheet.rows
    places = {_text(cell): place for place, cell in enumerate(head) if _text(cell)}
    wanted = [CODE, *(mark for criterion in rules.criteria for mark in _headings(criterion)[:1])]
    if lacking := [heading for heading in wanted if heading not in places]:
        raise BadFile(_("表头缺少“%(name)s”。请使用从本页下载的表格。") % {"name": lacking[0]}, code="shape")
    return [_line(number, row, places, rules) for number, row in rows]


def _line(number: int, row: Sequence[Any], places: Mapping[str, int], rules: Rulebook) -> Line:
    def cell(heading: str) -> str:
        place = places.get(heading)
        return _text(row[place]) if place is not None and place < len(row) else ""

    columns = {criterion.code: _headings(criterion) for criterion in rules.criteria}
    return Line(
        number,
        cell(CODE),
        {code: cell(mark) for code, (mark, _c) in columns.items()},
        {code: cell(comment) for code, (_m, comment) in columns.items()},
        cell(OVERALL),
    )


def _text(cell: Any) -> str:
    """A cell as it is typed: 88.0 is 88."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell if cell is not None else "").strip()


def fault_in(text: str) -> str:
    """Why a mark in a cell cannot stand; empty if it can, or if the cell is empty."""
    return fault_of(read_mark(text)) if text else ""
