"""What a workbook says: every cell of every sheet, hidden or not, comments, names, strings that no cell shows any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from selection.documents.inside_office import Package, everything, leftovers, properties
from selection.documents.inside_passage import Passage
from selection.documents.inside_word import single_digits
from selection.rules.privacy import spelt

STRINGS = "xl/sharedStrings.xml"
STYLES = ("xl/styles.xml", "xl/theme/theme1.xml")


@dataclass(frozen=True)
class _Sheet:
    name: str
    hidden: bool
    part: str


def sheet_passages(package: Package) -> Iterator[Passage]:
    """Every text of a workbook, with its place."""
    done, used = {STRINGS, *STYLES}, set[int]()
    strings = _strings(package)
    for sheet in _sheets(package):
        done.add(sheet.part)
        yield Passage(sheet.name, {"what": "sheet", "sheet": sheet.name})
        yield from _sheet(package, sheet, strings, used)
        for part in package.related(sheet.part).values():
            if part in package.names and "comment" in part.lower():
                done.add(part)
                yield from _comments(package.xml(part), sheet)
    for number, text in enumerate(strings):
        if number not in used:
            yield Passage(text, {"what": "unused"})
    yield from _names(package)
    yield from properties(package)
    yield from leftovers(package, done)


def _strings(package: Package) -> list[str]:
    if STRINGS not in package.names:
        return []
    return ["".join(item.itertext()) for item in package.xml(STRINGS).iter("si")]


def _workbook(package: Package) -> str:
    return next((name for name in package.names if name.endswith("xl/workbook.xml")), "xl/workbook.xml")


def _sheets(package: Package) -> list[_Sheet]:
    book = _workbook(package)
    parts = package.related(book)
    found = [
        _Sheet(
            item.get("name", ""), item.get("state", "visible") != "visible", parts.get(item.get("id", ""), "")
        )
        for item in package.xml(book).iter("sheet")
    ]
    return [sheet for sheet in found if sheet.part in package.names]


def _names(package: Package) -> Iterator[Passage]:
    for item in package.xml(_workbook(package)).iter("definedName"):
        where = {"what": "name", "name": item.get("name", "")}
        yield Passage(f"{item.get('name', '')} {item.text or ''} {item.get('comment', '')}", where)


def _sheet(package: Package, sheet: _Sheet, strings: list[str], used: set[int]) -> Iterator[Passage]:
    root = package.xml(sheet.part)
    columns = _hidden_columns(root)
    for number, row in enumerate(root.iter("row"), start=1):
        at = row.get("r") or str(number)
        row_hidden = _is_true(row.get("hidden")) or row.get("ht") == "0"
        texts = []
        for place, cell in enumerate(row.iter("c"), start=1):
            letters = (cell.get("r") or "").rstrip("0123456789") or letters_of(place)
            how = _how(sheet, number_of(letters) in columns, row_hidden)
            where = {"what": "cell", "sheet": sheet.name, "column": letters, "row": at, **how}
            text, is_number = _value(cell, strings, used)
            texts.append(text.strip())
            if text:
                yield Passage(text, where, number=is_number)
            if formula := (cell.findtext("f") or "").strip():
                yield Passage(formula, where)
        yield from single_digits(texts, {"what": "cell", "sheet": sheet.name, "column": "", "row": at})
    yield from _around(root, sheet)


def _how(sheet: _Sheet, column_hidden: bool, row_hidden: bool) -> dict[str, str]:
    hidden = [
        name
        for name, is_so in (("sheet", sheet.hidden), ("column", column_hidden), ("row", row_hidden))
        if is_so
    ]
    return {"hidden": " ".join(hidden)} if hidden else {}


def _value(cell: Element, strings: list[str], used: set[int]) -> tuple[str, bool]:
    """The text of a cell, and whether it is stored as a number."""
    kind, stored = cell.get("t", "n"), cell.findtext("v") or ""
    if kind == "s":
        number = int(stored) if stored.isdigit() else -1
        used.add(number)
        return (strings[number] if 0 <= number < len(strings) else ""), False
    if kind == "inlineStr":
        return "".join("".join(item.itertext()) for item in cell.iter("is")), False
    return (spelt(stored), True) if kind == "n" and stored else (stored, False)


def _around(root: Element, sheet: _Sheet) -> Iterator[Passage]:
    """Headers and footers for print, hints for input, links: all that is no cell."""
    for part in root:
        if part.tag != "sheetData":
            yield from everything(part, {"what": "margin", "sheet": sheet.name})


def _comments(root: Element, sheet: _Sheet) -> Iterator[Passage]:
    for item in root.iter():
        if item.tag in ("comment", "threadedComment"):
            where = {"what": "comment", "sheet": sheet.name, "cell": item.get("ref", "")}
            yield Passage("".join(item.itertext()), where)
    for author in root.iter("author"):
        yield Passage(author.text or "", {"what": "comment", "sheet": sheet.name, "cell": ""})


def _hidden_columns(root: Element) -> set[int]:
    found: set[int] = set()
    for col in root.iter("col"):
        if _is_true(col.get("hidden")) or col.get("width") == "0":
            first, last = int(col.get("min", "0")), int(col.get("max", "0"))
            found |= set(range(first, min(last, 16384) + 1))
    return found


def _is_true(value: str | None) -> bool:
    return value in ("1", "true", "on")


def number_of(letters: str) -> int:
    """A = 1, AA = 27."""
    total = 0
    for letter in letters.upper():
        total = total * 26 + ord(letter) - 64
    return total


def letters_of(number: int) -> str:
    """1 = A, 27 = AA."""
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found
