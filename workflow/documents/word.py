"""A form as a Word file, to be filled in further by hand: the same boxes, in the fonts of an office's computer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from workflow.documents.form import Cell, Form, Grid

MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SONG, HEI = "宋体", "黑体"
WIDTH = 170  # mm between the margins
SHADES = {"title": "E8E8E8", "label": "F7F7F7", "head": "F7F7F7"}
CENTRED = ("label", "head", "centre", "empty")


def word_of(form: Form, *, at: datetime) -> bytes:
    """The finished file."""
    document: Any = Document()
    _page(document)
    _facts(document, form, at)
    _line(document.add_paragraph(style="Title"), form.title, size=22, bold=True, font=SONG, centred=True)
    if form.subtitle:
        _line(document.add_paragraph(), form.subtitle, size=12, centred=True)
    _line(document.add_paragraph(), "　　".join(form.above), size=10.5)
    for number, grid in enumerate(form.grids):
        if number:
            _seam(document.add_paragraph())
        _table(document, grid)
    if form.note:
        _line(document.add_paragraph(), form.note, size=9)
    _footer(document, form)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin, section.footer_distance = Mm(22), Mm(25), Mm(10)
    style = document.styles["Normal"]
    style.font.size = Pt(10.5)
    _font(style.element.get_or_add_rPr(), SONG)
    borders = document.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if borders is not None:  # the blue rule below a title of the built-in style
        document.styles["Title"].element.pPr.remove(borders)


def _facts(document: Any, form: Form, at: datetime) -> None:
    """What the file says of itself; the library's own author and comment go."""
    facts = document.core_properties
    facts.title, facts.author, facts.last_modified_by, facts.comments = form.title, "", "", ""
    facts.language = "zh-CN"
    facts.created = facts.modified = at.astimezone(UTC).replace(tzinfo=None)


def _font(properties: Any, font: str) -> None:
    """One font for Chinese and Latin letters alike."""
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def _line(
    paragraph: Any, text: str, *, size: float, bold: bool = False, font: str = SONG, centred: bool = False
) -> None:
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, size=size, bold=bold, font=font)


def _run(paragraph: Any, text: str, *, size: float, bold: bool = False, font: str = SONG) -> None:
    run = paragraph.add_run(text)  # as text: nothing in it is markup, a line break is one
    run.font.size, run.bold = Pt(size), bold
    run.font.color.rgb = None
    _font(run._r.get_or_add_rPr(), font)
    colour = OxmlElement("w:color")
    colour.set(qn("w:val"), "000000")
    run._r.get_or_add_rPr().append(colour)


def _seam(paragraph: Any) -> None:
    """The least that keeps two tables apart: side by side Word makes one of them, with one set of columns."""
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)


# Tables --------------------------------------------------------------------------------------------------------------


def _table(document: Any, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=len(grid.widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    widths = [Mm(WIDTH * width / sum(grid.widths)) for width in grid.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    boxes = [list(row.cells) for row in table.rows]  # read once: looked up one by one they take a second
    taken: set[tuple[int, int]] = set()
    for number, (row, cells) in enumerate(zip(table.rows, grid.rows, strict=True)):
        row.height, row.height_rule = Mm(8), WD_ROW_HEIGHT_RULE.AT_LEAST
        _mark(row, heading=number < grid.heads, whole=not grid.may_break)
        _cells(boxes, number, cells, widths, taken)


def _mark(row: Any, *, heading: bool, whole: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    for wanted, name in ((whole, "w:cantSplit"), (heading, "w:tblHeader")):
        if wanted:
            properties.append(OxmlElement(name))


def _cells(
    boxes: Sequence[Sequence[Any]],
    number: int,
    cells: Sequence[Cell],
    widths: Sequence[Any],
    taken: set[tuple[int, int]],
) -> None:
    """Put the cells into the columns that no cell from above reaches into."""
    column = 0
    for cell in cells:
        while (number, column) in taken:
            column += 1
        box = boxes[number][column]
        if cell.span > 1 or cell.rows > 1:
            box = box.merge(boxes[number + cell.rows - 1][column + cell.span - 1])
        taken |= {(number + down, column + right) for down in range(cell.rows) for right in range(cell.span)}
        box.width = sum(widths[column : column + cell.span])
        _fill(box, cell)
        column += cell.span


def _fill(box: Any, cell: Cell) -> None:
    top = cell.kind == "text"
    box.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP if top else WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = box.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    if cell.kind in CENTRED:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if cell.image:
        _picture(paragraph, cell)
        return
    if cell.kind == "number":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.keep_with_next = cell.kind == "title"
    heading = cell.kind in SHADES
    _run(paragraph, cell.text, size=10.5, bold=cell.kind == "title", font=HEI if heading else SONG)
    if heading:
        _shade(box, SHADES[cell.kind])
    if cell.foot:
        _foot(box, cell)


PICTURE = (Mm(24), Mm(30))  # the most that the box of a photograph holds


def _picture(paragraph: Any, cell: Cell) -> None:
    """As large as the box allows, in its own proportions, with words for those who do not see it."""
    shape = paragraph.add_run().add_picture(BytesIO(cell.image))
    scale = min(PICTURE[0] / shape.width, PICTURE[1] / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    shape._inline.docPr.set("descr", cell.text)


def _shade(box: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    box._tc.get_or_add_tcPr().append(shade)


def _foot(box: Any, cell: Cell) -> None:
    for number, line in enumerate(cell.foot.split("\n")):
        paragraph = box.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.space_before = Pt((40 if cell.text else 60) if number == 0 else 3)
        _run(paragraph, line, size=10.5)


# The foot of the page ------------------------------------------------------------------------------------------------


def _footer(document: Any, form: Form) -> None:
    footer = document.sections[0].footer
    paragraph = footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for text, code in (("第 ", "PAGE"), (" 页 / 共 ", "NUMPAGES"), (" 页", "")):
        _run(paragraph, text, size=7.5)
        if code:
            _field(paragraph, code)
    for line in form.footer:
        _run(footer.add_paragraph(), line, size=7.5)
    for each in footer.paragraphs:
        each.paragraph_format.space_after = Pt(0)


def _field(paragraph: Any, code: str) -> None:
    """A figure that Word counts itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)
    run = paragraph.add_run("1")
    run.font.size = Pt(7.5)
    _font(run._r.get_or_add_rPr(), SONG)
    field.append(run._r)
