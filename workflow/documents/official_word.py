"""An official document as a Word file in the layout of GB/T 9704-2012, for the office's own finishing and seal.

The fonts are named, not carried: 方正小标宋 and 仿宋_GB2312 where the office has them, else what its Word puts in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION_START
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from workflow.documents import qr
from workflow.documents.official import Block, Official, Part, Roll
from workflow.documents.word import MEDIA as MEDIA

TITLE, BODY, HEI, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
ALTERNATIVES = {
    TITLE: "华文中宋;宋体;Noto Serif CJK SC",
    BODY: "仿宋;FangSong;Noto Serif CJK SC",
    KAI: "楷体;KaiTi;Noto Serif CJK SC",
    HEI: "SimHei;Noto Sans CJK SC",
    SONG: "SimSun;Noto Serif CJK SC",
}
SIZE, LINE = Pt(16), Pt(28.95)  # 3号; 22 lines in 225 mm
GRID_LINE, CLOSER = 579, -5  # twentieths of a point: the grid's lines; so that 28 characters stand in 156 mm
RED = RGBColor(0xC0, 0, 0)
TYPE_WIDTH = 156  # mm
FONTS_PART = "/word/fontTable.xml"


def word_of(document: Official, *, at: datetime) -> bytes:
    """The finished file."""
    paper: Any = Document()
    _page(paper)
    _facts(paper, document, at)
    _name_fonts(paper)
    _head(paper, document)
    _title(paper, document.title)
    if document.number and not document.head:
        _line(paper, document.number, centred=True)
    _line(paper, "")
    if document.recipient:
        _line(paper, f"{document.recipient}：")
    _parts(paper, document.parts)
    _annex_names(paper, document.annex_names)
    _signature(paper, document)
    _notes(paper, document)
    for number, annex in enumerate(document.annexes, start=1):
        label = "附件" if len(document.annexes) == 1 else f"附件{number}"
        _line(paper, label, font=HEI).paragraph_format.page_break_before = True
        _line(paper, "")
        _title(paper, annex.title)
        _line(paper, "")
        _parts(paper, annex.parts)
    kept = BytesIO()
    paper.save(kept)
    return kept.getvalue()


def _page(paper: Any) -> None:
    section = paper.sections[0]
    section.start_type = WD_SECTION_START.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.bottom_margin, section.right_margin = Mm(35), Mm(26)
    section.footer_distance = Mm(25)  # 7 mm below the type area
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for name, value in (("type", "lines"), ("linePitch", GRID_LINE)):
        grid.set(qn(f"w:{name}"), str(value))
    normal = paper.styles["Normal"]
    normal.font.size = SIZE
    properties = normal.element.get_or_add_rPr()
    _font(properties, BODY)
    properties.append(_closer(CLOSER))
    paper.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _closer(twentieths: int) -> Any:
    """How far characters stand from each other."""
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(twentieths))
    return spacing


def _page_number(footer: Any, side: Any) -> None:
    """— 1 — in 4号, one character from the edge."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    _run(paragraph, "— ", size=14, font=SONG)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    run = _run(paragraph, "1", size=14, font=SONG)
    field.append(run._r)
    _run(paragraph, " —", size=14, font=SONG)


def _facts(paper: Any, document: Official, at: datetime) -> None:
    facts = paper.core_properties
    facts.title = " ".join(document.title.split())
    facts.author = facts.last_modified_by = facts.comments = ""
    facts.language = "zh-CN"
    facts.created = facts.modified = at.astimezone(UTC).replace(tzinfo=None)


def _name_fonts(paper: Any) -> None:
    """Say in the table of fonts what stands in where a computer lacks one."""
    for part in paper.part.package.iter_parts():
        if str(part.partname) == FONTS_PART:
            table = parse_xml(part.blob)
            for name, others in ALTERNATIVES.items():
                font = OxmlElement("w:font")
                font.set(qn("w:name"), name)
                other = OxmlElement("w:altName")
                other.set(qn("w:val"), others.replace(";", ","))
                font.append(other)
                table.append(font)
            part._blob = serialize_part_xml(table)


def _font(properties: Any, font: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def _run(paragraph: Any, text: str, *, size: float = 16, font: str = BODY, colour: Any = None) -> Any:
    run = paragraph.add_run(text)  # as text: nothing in it is markup
    run.font.size = Pt(size)
    run.font.color.rgb = colour or RGBColor(0, 0, 0)
    _font(run._r.get_or_add_rPr(), font)
    return run


def _line(paper: Any, text: str, *, font: str = BODY, centred: bool = False, indented: bool = False) -> Any:
    """One paragraph on the grid."""
    paragraph = paper.add_paragraph()
    _spaced(paragraph, LINE)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indented:
        _indent(paragraph, firstLineChars="200")
    if text:
        _run(paragraph, text, font=font)
    return paragraph


def _spaced(paragraph: Any, line: Any) -> None:
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line


def _indent(paragraph: Any, **characters: str) -> None:
    """Indentation counted in characters, as Word's own dialogue does; in points for programs that do not count."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name, value in characters.items():
        indent.set(qn(f"w:{name}"), value)
        indent.set(qn(f"w:{name.removesuffix('Chars')}"), str(int(value) * 16 * 20 // 100))


def _head(paper: Any, document: Official) -> None:
    """版头: the issuer in red, the number, a red line."""
    if not document.head:
        return
    large = min(48.0, TYPE_WIDTH / 25.4 * 72 / (len(document.head) * 1.15))
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Mm(30), LINE
    run = _run(paragraph, document.head, size=large, font=TITLE, colour=RED)
    run._r.get_or_add_rPr().append(_closer(int(large * 3)))
    number = _line(paper, document.number, centred=True)
    border = OxmlElement("w:pBdr")
    rule = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", "C00000")):
        rule.set(qn(f"w:{name}"), value)
    border.append(rule)
    properties = number._p.get_or_add_pPr()
    properties.insert_element_before(border, "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr")
    _line(paper, "")
    _line(paper, "")


def _title(paper: Any, title: str) -> None:
    for line in title.splitlines() or [""]:
        paragraph = paper.add_paragraph(style="Title")
        borders = paper.styles["Title"].element.pPr.find(qn("w:pBdr"))
        if borders is not None:  # the rule below a title of the built-in style
            paper.styles["Title"].element.pPr.remove(borders)
        _spaced(paragraph, Pt(33))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = _run(paragraph, line, size=22, font=TITLE)
        run.bold = False


def _parts(paper: Any, parts: Sequence[Part]) -> None:
    fonts = {"first": HEI, "second": KAI, "text": BODY, "plain": BODY}
    for part in parts:
        if isinstance(part, Roll):
            _roll(paper, part)
        else:
            paragraph = _line(paper, part.text, font=fonts[part.kind], indented=part.kind != "plain")
            paragraph.paragraph_format.keep_with_next = part.kind in ("first", "second")
            _level(paragraph, part)


def _level(paragraph: Any, part: Block) -> None:
    """Headings are found by the outline, without Word's own styles."""
    if part.kind in ("first", "second"):
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), "0" if part.kind == "first" else "1")
        paragraph._p.get_or_add_pPr().append(level)


def _roll(paper: Any, roll: Roll) -> None:
    """A table whose head comes again on every page and whose rows do not break."""
    table = paper.add_table(rows=1 + len(roll.rows), cols=len(roll.heads))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    widths = [Mm(TYPE_WIDTH * width / sum(roll.widths)) for width in roll.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for number, (row, texts) in enumerate(zip(table.rows, (roll.heads, *roll.rows), strict=True)):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        cells = row.cells
        for place, (cell, text, width) in enumerate(zip(cells, texts, widths, strict=True)):
            cell.width = width
            paragraph = cell.paragraphs[0]
            _spaced(paragraph, Pt(22))
            if number == 0 or place == 0:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _run(paragraph, text, size=14, font=HEI if number == 0 else BODY)


def _annex_names(paper: Any, names: Sequence[str]) -> None:
    """附件说明: one line below the text, two characters in."""
    if names:
        _line(paper, "")
    for number, name in enumerate(names):
        paragraph = _line(paper, ("附件：" if number == 0 else "　　　") + name)
        _indent(paragraph, leftChars="500", hangingChars="300")


def _signature(paper: Any, document: Official) -> None:
    """The issuer centred above the date, the date four characters from the right edge; nothing where several sign."""
    if not document.signer:
        return
    _line(paper, "").paragraph_format.keep_with_next = True
    _line(paper, "").paragraph_format.keep_with_next = True
    wide, wide_day = _width(document.signer), _width(document.shown_day)
    edge = max(0.0, 4 + (wide_day - wide) / 2)
    for text, characters in ((document.signer, edge), (document.shown_day, 4.0)):
        paragraph = _line(paper, text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_with_next = text == document.signer
        _indent(paragraph, rightChars=str(round(characters * 100)))


def _width(text: str) -> float:
    """In characters: figures and Latin letters take half of one."""
    return sum(0.5 if letter.isascii() else 1.0 for letter in text)


def _notes(paper: Any, document: Official) -> None:
    """The code of the permanent address, and what stands beside it."""
    if document.address:
        paragraph = paper.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(24)
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(BytesIO(qr.png(document.address)), width=Mm(24))
        shape._inline.docPr.set("descr", document.address)
    for text in (*document.notes, document.address):
        if text:
            paragraph = paper.add_paragraph()
            _spaced(paragraph, Pt(16))
            _run(paragraph, text, size=10.5)
