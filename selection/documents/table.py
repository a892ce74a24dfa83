"""A table as a file, row by row: .xlsx in constant memory, .csv with the mark that spreadsheets want. No cell runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter

from selection.rules.sheets import harmless
from workflow import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
MEDIA = {"xlsx": XLSX, "csv": CSV}


class _Line:
    """What csv writes into: gives the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A .csv line by line: UTF-8 with its mark."""
    writer = csv.writer(_Line())
    yield "\ufeff".encode() + writer.writerow(head).encode()
    for row in rows:
        yield writer.writerow([_plain(cell) for cell in row]).encode()


def _plain(cell: Any) -> Any:
    """A cell as text that no spreadsheet runs; numbers stay numbers."""
    if isinstance(cell, datetime):
        return cell.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell) if isinstance(cell, str) else cell


def write_csv(target: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the table as .csv."""
    for line in csv_lines(head, rows):
        target.write(line)


def write_xlsx(target: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the table as .xlsx: every text as text, so that nothing is taken for a formula or a link."""
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for place, heading in enumerate(head):
        sheet.write_string(0, place, heading, bold)
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            value = _plain(cell)
            if isinstance(value, str):
                if value:
                    sheet.write_string(number, place, value)
            elif value is not None:
                sheet.write_number(number, place, value)
    book.close()


WRITERS = {"xlsx": write_xlsx, "csv": write_csv}
