"""What a Word document says: body, headers, footers, notes, comments, text boxes, what was deleted, what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from selection.documents.inside_office import Package, everything, leftovers, properties
from selection.documents.inside_passage import Passage

PLACES = ("document", "header", "footer", "footnotes", "endnotes", "comments")
_SHOWN = ("t", "instrText", "sym")
_DELETED = ("delText", "delInstrText")
_BREAKS = ("tab", "br", "cr", "noBreakHyphen")


def word_passages(package: Package) -> Iterator[Passage]:
    """Every text of a Word document, with its place."""
    done: set[str] = set()
    for name in package.parts():
        if name.startswith("word/") and "/" not in name[5:] and (place := _place_of(name)):
            done.add(name)
            root = package.xml(name)
            yield from _paragraphs(root, place)
            yield from _rows(root, place)
            yield from _attributes(root, place)
    yield from properties(package)
    yield from leftovers(package, done)


def _place_of(name: str) -> str:
    """header2.xml is a header; "" for parts that are no running text."""
    stem = name.rpartition("/")[2].removesuffix(".xml")
    return next((place for place in PLACES if stem.rstrip("0123456789") == place), "")


@dataclass
class _Said:
    shown: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def _paragraphs(root: Element, place: str) -> Iterator[Passage]:
    """Each paragraph as one text however many runs it was typed in; a paragraph in a box is one of its own."""
    boxed = {id(inner) for box in root.iter("txbxContent") for inner in box.iter("p")}
    for number, paragraph in enumerate(root.iter("p"), start=1):
        said = _Said()
        _gather(paragraph, said, hidden=False)
        what = "textbox" if id(paragraph) in boxed else place
        where = {"what": what, "n": str(number)}
        for text, how in ((said.shown, ""), (said.deleted, "deleted"), (said.hidden, "hidden")):
            if text:
                yield Passage("".join(text), {**where, "how": how} if how else where)


def _gather(item: Element, said: _Said, *, hidden: bool) -> None:
    for child in item:
        if child.tag == "p":
            continue
        if child.tag in _BREAKS:
            said.shown.append(" ")
        elif child.tag in _DELETED:
            said.deleted.append(child.text or "")
        elif child.tag in _SHOWN:
            (said.hidden if hidden else said.shown).append(child.text or "")
        else:
            _gather(child, said, hidden=hidden or (child.tag == "r" and _vanishes(child)))


def _vanishes(run: Element) -> bool:
    mark = run.find("rPr/vanish")
    return mark is not None and mark.get("val", "true") not in ("0", "false", "off")


def _rows(root: Element, place: str) -> Iterator[Passage]:
    """A form with one box for each digit: the boxes of a row read together."""
    for number, row in enumerate(root.iter("tr"), start=1):
        cells = ["".join(cell.itertext()).strip() for cell in row.iter("tc")]
        yield from single_digits(cells, {"what": place, "how": "boxes", "n": str(number)})


def single_digits(cells: list[str], where: dict[str, str]) -> Iterator[Passage]:
    """What cells of one character each spell."""
    spelt = "".join(cell if len(cell) == 1 else "|" for cell in cells)
    for run in spelt.split("|"):
        if len(run) > 10:
            yield Passage(run, where)


def _attributes(root: Element, place: str) -> Iterator[Passage]:
    yield from everything(root, {"what": place, "how": "attribute"}, read=(*_SHOWN, *_DELETED))
