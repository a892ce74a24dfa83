"""Official documents: the measures of GB/T 9704-2012 in PDF and Word, every character drawn or named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pypdf
import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.workflow.documents.test_fonts import needs_noto
from tests.workflow.documents.test_form import fonts_of, read
from workflow.clock import ZONE
from workflow.documents import official_pdf, official_word, qr
from workflow.documents.fonts import CharactersMissing, found_in
from workflow.documents.official import Annex, Block, Official, Roll, file_name, text_of

AT = datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)
POINTS = 72 / 25.4
RARE = "沈𬭩㛃靐"


def document(**changes: Any) -> Official:
    given = Official(
        title="拟认定名单公示",
        parts=[
            Block("甲" * 80), Block("一、拟认定名单", "first"), Roll(("序号", "姓名"), [("1", "秦\u3000芸")], (1, 4)),
            Block("末段。"),
        ],
        signer="浙江省民政厅", day=date(2026, 11, 5), recipient="各市民政局",
    )  # fmt: skip
    return replace(given, **changes)


def pages(content: bytes) -> list[Any]:
    return list(pypdf.PdfReader(BytesIO(content)).pages)


def test_a_page_is_a4_and_a_line_holds_twenty_eight_characters() -> None:
    (page, *_rest) = pages(official_pdf.pdf_of(document(), at=AT))
    assert [round(float(side) / POINTS) for side in page.mediabox[2:]] == [210, 297]
    lines = [line.strip() for line in page.extract_text().splitlines() if line.strip().strip("甲") == ""]
    assert [len(line) for line in lines if line] == [26, 28, 26]  # the first is indented by two


def test_a_page_holds_twenty_two_lines() -> None:
    texts = [Block("行" * 26) for _ in range(60)]
    second = pages(official_pdf.pdf_of(document(parts=texts), at=AT))[1].extract_text()
    assert second.count("行" * 26) == 22


def test_the_number_of_the_page_stands_in_dashes() -> None:
    for number, page in enumerate(
        pages(official_pdf.pdf_of(document(parts=[Block("行" * 26)] * 40), at=AT)), 1
    ):
        assert f"— {number} —" in " ".join(page.extract_text().split())


def test_the_date_is_in_figures_and_everything_is_said() -> None:
    text = read(
        official_pdf.pdf_of(document(number="浙民慈〔2026〕5号", head="浙江省民政厅"), at=AT)
    ).replace(" ", "")
    for words in ("2026年11月5日", "各市民政局：", "一、拟认定名单", "浙民慈〔2026〕5号"):
        assert words in text


def test_the_attachment_is_named_and_stands_on_a_page_of_its_own() -> None:
    made = document(annexes=[Annex("认定名单", [Roll(("序号", "姓名"), [("1", "秦芸")], (1, 4))])])
    found = pages(official_pdf.pdf_of(made, at=AT))
    assert "附件：" in found[0].extract_text().replace(" ", "").replace(":", "：")
    assert "秦芸" in found[-1].extract_text() and "浙江省民政厅" not in found[-1].extract_text()


@needs_noto
def test_rare_characters_of_names_are_drawn_with_embedded_fonts() -> None:
    content = official_pdf.pdf_of(document(parts=[Block(RARE)]), at=AT)
    assert RARE in read(content) and all(fonts_of(content).values())


def test_a_character_that_no_font_draws_is_named_before_anything_is_printed() -> None:
    with pytest.raises(CharactersMissing, match="“沈𬭩㛃靐”"):
        official_pdf.pdf_of(document(parts=[Block(RARE)]), at=AT, fonts=found_in([]))


def test_markup_is_printed_as_it_was_written() -> None:
    text = '#panic("x") $x$ </w:t> {{ x }}'
    made = document(title=text, parts=[Block(text), Roll((text,), [(text,)], (1,))])
    assert read(official_pdf.pdf_of(made, at=AT)).count("#panic") == 4
    assert text in [p.text for p in Document(BytesIO(official_word.word_of(made, at=AT))).paragraphs]


def word(**changes: Any) -> Any:
    return Document(BytesIO(official_word.word_of(document(**changes), at=AT)))


def test_the_word_file_has_the_margins_the_grid_and_the_fonts() -> None:
    made = word()
    section = made.sections[0]
    margins = (section.top_margin, section.left_margin, section.bottom_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 28, 35, 26]
    assert section._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")) == "579"
    fonts = [run._r.rPr.rFonts.get(qn("w:eastAsia")) for p in made.paragraphs for run in p.runs]
    assert {"方正小标宋简体", "仿宋_GB2312", "黑体"} <= set(fonts)
    sizes = {run.font.size.pt for p in made.paragraphs for run in p.runs}
    assert sizes == {22, 16}


def test_the_word_file_indents_by_characters_and_numbers_both_sides() -> None:
    made = word()
    body = next(p for p in made.paragraphs if p.text.startswith("甲"))
    day = next(p for p in made.paragraphs if p.text == "2026年11月5日")
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert day._p.pPr.ind.get(qn("w:rightChars")) == "400"
    for footer in (made.sections[0].footer, made.sections[0].even_page_footer):
        assert "PAGE" in footer._element.xml and "— " in footer.paragraphs[0].text


def test_the_code_leads_to_the_address_in_both() -> None:
    address = "https://example.gov.cn/notices/2026-3/"
    made = document(address=address)
    assert address in read(official_pdf.pdf_of(made, at=AT))
    assert len(Document(BytesIO(official_word.word_of(made, at=AT))).inline_shapes) == 1
    assert qr.svg(address).startswith("<svg") and qr.png(address).startswith(b"\x89PNG")
    assert qr.svg(address) != qr.svg(address + "x")


def test_headings_are_told_from_paragraphs() -> None:
    kinds = [
        block.kind for block in text_of("一、范围\n（一）对象\n一、这是一个以句号结尾的段落。\n普通段落\n")
    ]
    assert kinds == ["first", "second", "text", "text"]


def test_a_date_not_yet_known_is_left_to_be_filled_in() -> None:
    assert document(day=None).shown_day == "\u3000\u3000年\u3000月\u3000日"


def test_a_file_name_holds_nothing_that_a_system_refuses() -> None:
    said = file_name("草稿-关于/公布“名单”\r\n的通知", "pdf")
    assert "\n" not in said and "%2F" not in said and said.startswith('attachment; filename="document.pdf"')
