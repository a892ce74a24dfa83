"""A form on paper: the same boxes in PDF and Word, every text as it was written and none of it markup."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pypdf
import pytest
from docx import Document

from workflow.clock import ZONE
from workflow.documents import pdf, word
from workflow.documents.fonts import CharactersMissing, found_in
from workflow.documents.form import Cell, Form, Grid, printable, title

AT = datetime(2026, 9, 1, 12, 0, tzinfo=ZONE)
MARKUP = (
    '#panic("x")', "#let x = 1", "$x^2$", "@ref", "\\", "\\u{41}", "*粗*", "_斜_", "]", "[", ")", '"', "'", "`code`",
    "<label>", "= 标题", "// 注释", "/* 块", "- 列表", "~", "---", "#sys.inputs", "{{ x }}", "</w:t>", "&amp;", "{%",
)  # fmt: skip


def form(*texts: str, **changes: Any) -> Form:
    rows = [title("一、部分", 2), *([Cell("标签", "label"), Cell(text, "text")] for text in texts)]
    given = {
        "title": "测试表", "subtitle": "副题", "above": ["编号：1"], "note": "说明", "footer": ["页脚一", "页脚二"],
        "grids": [Grid([1, 3], rows, heads=1)],
    }  # fmt: skip
    return Form(**{**given, **changes})


def read(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def words(content: bytes) -> str:
    document = Document(BytesIO(content))
    found = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        found += [cell.text for row in table.rows for cell in row.cells]
    return "\n".join(found + [line.text for line in document.sections[0].footer.paragraphs])


def fonts_of(content: bytes) -> dict[str, bool]:
    """Every font of a PDF and whether its program is in the file."""
    found: dict[str, bool] = {}
    for page in pypdf.PdfReader(BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            found[str(inner["/BaseFont"])] = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    return found


@pytest.mark.parametrize("text", MARKUP)
def test_what_looks_like_markup_is_printed_as_it_was_written(text: str) -> None:
    made = form(f"前{text}后")
    assert f"前{text}后".replace(" ", "") in read(pdf.pdf_of(made, at=AT)).replace(" ", "").replace("\n", "")
    assert f"前{text}后" in words(word.word_of(made, at=AT))


def test_markup_in_every_place_at_once_is_harmless() -> None:
    text = " ".join(MARKUP)
    made = form(text, title=text, subtitle=text, above=[text, text], note=text, footer=[text])
    assert "#panic" in read(pdf.pdf_of(made, at=AT))
    assert "#panic" in words(word.word_of(made, at=AT))


def test_every_font_is_in_the_file() -> None:
    found = fonts_of(pdf.pdf_of(form("中文 ABC 123"), at=AT))
    assert found
    assert all(found.values())


def test_a_machine_without_fonts_prints_with_the_one_of_the_code() -> None:
    content = pdf.pdf_of(form("领军人才"), at=AT, fonts=found_in([]))
    assert "领军人才" in read(content)
    assert [name.split("+")[1] for name in fonts_of(content)] == [
        "NotoSansSCThin-Regular"
    ]  # its name, not its weight


def test_a_character_without_a_font_is_refused_before_anything_is_printed() -> None:
    with pytest.raises(CharactersMissing, match="U\\+2CB69"):
        pdf.pdf_of(form("沈𬭩"), at=AT, fonts=found_in([]))


def test_word_takes_every_character() -> None:
    assert "沈𬭩㛃靐" in words(word.word_of(form("沈𬭩㛃靐"), at=AT))


def test_control_characters_are_left_out() -> None:
    assert printable("甲\x00乙\x07丙\u202e丁\ud800戊\r\n己\x0b庚\uffff") == "甲乙丙丁戊\n己\n庚"
    made = form("甲\x00乙\x1b丙\ud800丁\ufffe")
    assert "甲乙丙丁" in read(pdf.pdf_of(made, at=AT))
    assert "甲乙丙丁" in words(word.word_of(made, at=AT))


def test_pages_are_a4_and_numbered() -> None:
    content = pdf.pdf_of(form(*["很长的一段文字。" * 40] * 12), at=AT)
    pages = pypdf.PdfReader(BytesIO(content)).pages
    assert len(pages) > 1
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]
    last = "".join(pages[-1].extract_text().split())
    assert f"第{len(pages)}页/共{len(pages)}页" in last
    assert "页脚二" in last
    assert "一、部分" in last  # the heading of a part comes again


def test_word_is_a4_counts_its_pages_and_names_no_author() -> None:
    content = word.word_of(form("文字"), at=AT)
    document = Document(BytesIO(content))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    footer = ZipFile(BytesIO(content)).read("word/footer1.xml").decode()
    assert 'w:instr="PAGE"' in footer
    assert 'w:instr="NUMPAGES"' in footer
    assert document.core_properties.author == ""


def test_a_cell_over_several_rows_leaves_the_others_their_columns() -> None:
    rows = [[Cell("甲"), Cell("照片", rows=2)], [Cell("乙")], [Cell("丙", span=2)]]
    made = form(grids=[Grid([1, 1], rows)])
    table = Document(BytesIO(word.word_of(made, at=AT))).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["甲", "照片"],
        ["乙", "照片"],
        ["丙", "丙"],
    ]
    assert "照片" in read(pdf.pdf_of(made, at=AT))


def test_a_long_word_breaks_and_is_still_found() -> None:
    address = "a.very.long.address.of.somebody@subdomain.of.an.organisation.example.cn" * 3
    assert address in read(pdf.pdf_of(form(address), at=AT)).replace("\n", "")
