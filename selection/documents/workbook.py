"""Sheets that people send: .xlsx and .csv, opened only after a look from outside, read row by row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from zipfile import ZipFile

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from selection.documents.archive import look_into
from selection.errors import BadFile

MOST_UPLOADED = 20 * 1024 * 1024
_REFUSED = {
    ".xlsm": ("macro", _("启用宏的工作簿（.xlsm）不能导入。请另存为不含宏的.xlsx后再上传。")),
    ".xltm": ("macro", _("启用宏的工作簿（.xlsm）不能导入。请另存为不含宏的.xlsx后再上传。")),
    ".xls": ("old_format", _("这是旧格式（.xls）的文件。请另存为.xlsx后再上传。")),
    ".xlsb": ("old_format", _("二进制工作簿（.xlsb）不能导入。请另存为.xlsx后再上传。")),
}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, and its rows, each with its number as the spreadsheet shows it."""

    name: str
    rows: list[tuple[int, list[Any]]]


class Workbook:
    """A file that may be read. `formulas`: sheet name to the cells that hold one."""

    def __init__(self, name: str, content: IO[bytes]) -> None:
        """Look at it from outside. Raises `BadFile` with the reason for which it is not opened."""
        self.content = content
        ending = name[name.rfind(".") :].lower() if "." in name else ""
        content.seek(0, 2)
        if content.tell() > MOST_UPLOADED:
            raise BadFile(_("文件超过20 MB，不能导入。请分成几个文件。"), code="too_large")
        if content.tell() == 0:
            raise BadFile(_("文件是空的。"), code="empty")
        if ending in _REFUSED:
            code, sentence = _REFUSED[ending]
            raise BadFile(sentence, code=code)
        if ending not in (".xlsx", ".csv"):
            raise BadFile(_("只能导入.xlsx或.csv文件。"), code="not_a_workbook")
        self.is_csv = ending == ".csv"
        self.formulas: dict[str, list[str]] = {}
        if self.is_csv:
            self.encoding = _encoding_of(content)
        else:
            self._look()

    def _look(self) -> None:
        looked = look_into(self.content)
        if looked.formulas:
            names = _names_of_parts(self.content)
            self.formulas = {names.get(part, part): cells for part, cells in looked.formulas.items()}

    def sheets(self) -> Iterator[Sheet]:
        """The visible sheets, one in memory at a time. A .csv is one sheet without a name."""
        self.content.seek(0)
        if self.is_csv:
            yield Sheet("", list(self._csv_rows()))
            return
        try:
            book = CalamineWorkbook.from_filelike(self.content)
            for found in book.sheets_metadata:
                if found.typ == SheetTypeEnum.WorkSheet and found.visible == SheetVisibleEnum.Visible:
                    yield Sheet(found.name, _rows_of(book, found.name))
        except (CalamineError, OSError, ValueError) as fault:
            raise BadFile(_("文件不是有效的.xlsx工作簿，或已损坏。"), code="not_a_workbook") from fault

    def _csv_rows(self) -> Iterator[tuple[int, list[Any]]]:
        text = io.TextIOWrapper(self.content, encoding=self.encoding, newline="")
        try:
            reader = csv.reader(text, strict=True)
            line = 1
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield line, list(row)
                line = reader.line_num + 1
        except csv.Error as fault:
            raise BadFile(
                _("第%(line)s行：列数与表头不符，或引号不成对。") % {"line": reader.line_num}, code="shape"
            ) from fault
        finally:
            text.detach()


def _rows_of(book: CalamineWorkbook, name: str) -> list[tuple[int, list[Any]]]:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return []
    pad = [""] * sheet.start[1]  # columns left of the first used one are not given, rows above it are
    rows = ((number, pad + row) for number, row in enumerate(sheet.iter_rows(), start=1))
    return [(number, row) for number, row in rows if any(cell not in ("", None) for cell in row)]


def _names_of_parts(content: IO[bytes]) -> dict[str, str]:
    """`xl/worksheets/sheet1.xml` to the sheet's name, as far as the workbook says it plainly."""
    with ZipFile(content) as archive:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        rels = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", rels):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        targets[given.get("Id", "")] = "xl/" + given.get("Target", "").removeprefix("/xl/")
    names = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        name, rel = re.search(r'\bname="([^"]*)"', tag), re.search(r'r:id="([^"]*)"', tag)
        if name and rel:
            names[targets.get(rel[1], "")] = name[1]
    return names


def _encoding_of(content: IO[bytes]) -> str:
    """UTF-8 with or without its mark, or GB18030; nothing else is guessed."""
    content.seek(0)
    head = content.read(4)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        raise BadFile(
            _("文件是UTF-16编码，不能导入。请另存为UTF-8编码的CSV，或使用.xlsx模板。"), code="encoding"
        )
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(content, encoding):
            return encoding
    raise BadFile(_("无法识别文件的编码。请另存为UTF-8编码的CSV，或使用.xlsx模板。"), code="encoding")


def _decodes(content: IO[bytes], encoding: str) -> bool:
    """Whether all of it is text in this encoding, of the characters that people write."""
    content.seek(0)
    text = io.TextIOWrapper(content, encoding=encoding, newline="")
    try:
        pieces = iter(lambda: text.read(1 << 16), "")
        return not any(_is_odd(piece) for piece in pieces)
    except UnicodeDecodeError:
        return False
    finally:
        text.detach()


def _is_odd(piece: str) -> bool:
    """Control and private-use characters: what Latin or Japanese bytes become when they are read as GB18030."""
    return any(
        (char < " " and char not in "\t\r\n") or "\x7f" <= char < "\xa0" or "\ue000" <= char <= "\uf8ff"
        for char in piece
    )
