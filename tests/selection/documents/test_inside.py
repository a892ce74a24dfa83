from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from docx import Document
from docx.oxml import OxmlElement
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText

from selection.documents.inside import DOCX, PDF, PNG, XLSX, look_inside
from selection.queries.notice_scan import file_place
from selection.rules.upload import Unfit
from tests.factories import id_number

PHONE, CARD, OLD_ID = "13800001111", "6222021234567890128", "330106850102123"


def places(data: bytes) -> set[tuple[str, str]]:
    return {(found.kind, file_place(found.where)) for found in look_inside(data).findings}


# Word ----------------------------------------------------------------------------------------------------------------


def saved(document: Any) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def clean_docx() -> Any:
    document = Document()
    document.add_paragraph("经会议研究，现予公示。咨询电话0571-87050000，2026年9月29日。")
    return document


def raw(xml: str) -> Any:
    element = OxmlElement("w:r")
    tag, _space, text = xml.partition(" ")
    inner = OxmlElement(tag)
    inner.text = text
    element.append(inner)
    return element


def test_a_clean_document_holds_nothing() -> None:
    inside = look_inside(saved(clean_docx()))
    assert (inside.mime, inside.findings) == (DOCX, [])


def test_a_word_document_is_read_in_all_its_places() -> None:
    document = clean_docx()
    document.sections[0].header.paragraphs[0].text = f"联系人{PHONE}"
    document.sections[0].footer.paragraphs[0].text = f"卡号{CARD}"
    body = document.add_paragraph("身份证")
    number = id_number()
    for part in (number[:3], number[3:9], number[9:]):  # three runs, one number
        body.add_run(part)
    document.core_properties.comments = f"经办人{PHONE}"
    found = places(saved(document))
    assert {("phone", "页眉第1段"), ("bank_card", "页脚第1段"), ("id_number", "正文第2段")} <= found
    assert ("phone", "文档属性“description”") in found


def test_what_was_deleted_hidden_or_boxed_is_still_in_the_file() -> None:
    document = clean_docx()
    gone = document.add_paragraph("原文")._p
    deleted = OxmlElement("w:del")
    deleted.append(raw(f"w:delText {PHONE}"))
    gone.append(deleted)
    document.add_paragraph().add_run(OLD_ID).font.hidden = True
    holder = document.add_paragraph()._p
    box, inner = OxmlElement("w:txbxContent"), OxmlElement("w:p")
    inner.append(raw(f"w:t {CARD}"))
    box.append(inner)
    holder.append(box)
    assert places(saved(document)) == {
        ("phone", "正文第2段（已删除的修订文字）"), ("id_number", "正文第3段（隐藏文字）"), ("bank_card", "文本框第5段"),
    }  # fmt: skip


def test_a_form_with_a_box_for_each_digit_is_read_along_the_row() -> None:
    document = clean_docx()
    number = id_number()
    table = document.add_table(rows=1, cols=18)
    for cell, digit in zip(table.rows[0].cells, number, strict=True):
        cell.text = digit
    assert ("id_number", "正文第1行（表格方格）") in places(saved(document))


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def test_footnotes_comments_custom_properties_and_unknown_parts_are_read() -> None:
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    note = f"<w:p><w:r><w:t>{PHONE}</w:t></w:r></w:p>"
    data = saved(clean_docx())
    for name in ("footnotes", "endnotes"):
        data = with_part(data, f"word/{name}.xml", f"<w:x {ns}>{note}</w:x>".encode())
    data = with_part(data, "word/comments1.xml", f"<w:comments {ns}>{note}</w:comments>".encode())
    data = with_part(
        data, "docProps/custom.xml", f'<P><property name="电话"><v>{PHONE}</v></property></P>'.encode()
    )
    data = with_part(data, "customXml/item9.xml", f'<a b="{CARD}"/>'.encode())
    found = places(data)
    assert {("phone", "脚注第1段"), ("phone", "尾注第1段"), ("phone", "批注第1段")} <= found
    assert ("phone", "文档属性“电话”") in found and (
        "bank_card",
        "文件内部数据（customXml/item9.xml）",
    ) in found


# Sheets --------------------------------------------------------------------------------------------------------------


def book(write: Any) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        write(workbook)
    return out.getvalue()


def test_a_clean_sheet_holds_nothing() -> None:
    def write(workbook: Any) -> None:
        sheet = workbook.add_worksheet("名单")
        sheet.write_row(0, 0, ["序号", "姓名", "分数", "日期"])
        sheet.write_row(1, 0, [1, "沈雨晴", 92.35, 46294])

    inside = look_inside(book(write))
    assert (inside.mime, inside.findings) == (XLSX, [])


def test_what_a_workbook_hides_is_found_and_named() -> None:
    def write(workbook: Any) -> None:
        first = workbook.add_worksheet("名单")
        first.write("A1", "沈雨晴")
        first.write_number("B2", int(PHONE))
        first.write_comment("A1", f"电话{PHONE}")
        first.set_header(f"&C{OLD_ID}")
        second = workbook.add_worksheet("附表")
        second.set_column("D:D", 10, None, {"hidden": True})
        second.write("D7", id_number())
        second.set_row(8, None, None, {"hidden": True})
        second.write("A9", CARD)
        workbook.add_worksheet("底稿").hide()
        workbook.get_worksheet_by_name("底稿").write("A1", PHONE)
        workbook.define_name("联系", f'="{PHONE}"')
        workbook.set_properties({"company": PHONE})

    found = places(book(write))
    assert {
        ("id_number", "工作表“附表” 隐藏列 D 第7行"),
        ("bank_card", "工作表“附表” 列 A 第9行（隐藏行）"),
        ("phone", "工作表“底稿”（隐藏的工作表） 列 A 第1行"),
        ("phone", "工作表“名单” 列 B 第2行"),
        ("phone", "工作表“名单” 批注A1"),
        ("id_number", "工作表“名单” 页眉页脚、提示或链接"),
        ("phone", "定义的名称“联系”"),
    } <= found
    assert any(place.startswith("文档属性") for _kind, place in found)


def test_long_numbers_that_a_sheet_rounded_and_strings_no_cell_shows_are_found() -> None:
    data = book(lambda workbook: workbook.add_worksheet("名单").write_number("C3", 330106199001011234))
    assert places(data) == {("id_number", "工作表“名单” 列 C 第3行")}
    shown = book(lambda workbook: workbook.add_worksheet("名单").write("A1", PHONE))
    with zipfile.ZipFile(BytesIO(shown)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    cleared = rewritten(shown, "xl/worksheets/sheet1.xml", sheet.replace('t="s"', "").replace("<v>0</v>", ""))
    assert places(cleared) == {("phone", "共享字符串（表中已不显示）")}


def rewritten(data: bytes, name: str, content: str | bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return out.getvalue()


# PDF -----------------------------------------------------------------------------------------------------------------


def typeset_pdf(text: str) -> bytes:
    """A PDF with a text layer, by the compiler that the product prints with."""
    import typst

    return typst.compile(text.encode())


def test_the_text_layer_the_remarks_and_the_properties_of_a_pdf_are_read() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(typeset_pdf(f"tel {PHONE}"))))
    writer.add_annotation(0, FreeText(text=f"see {CARD}", rect=(50, 550, 200, 650)))
    writer.add_metadata({"/Subject": OLD_ID})
    out = BytesIO()
    writer.write(out)
    found = places(out.getvalue())
    assert {("phone", "第1页文字层"), ("bank_card", "第1页批注"), ("id_number", "文档属性“Subject”")} <= found


def test_an_earlier_version_inside_a_pdf_is_read_and_a_clean_one_passes() -> None:
    first = typeset_pdf(f"tel {PHONE}")
    writer = PdfWriter(BytesIO(first), incremental=True)
    writer.pages[0].get_contents()
    blank = writer.pages[0]
    blank["/Contents"].get_object().set_data(b"")
    out = BytesIO()
    writer.write(out)
    assert ("phone", "第1页文字层（较早保存的第1个版本）") in places(out.getvalue())
    inside = look_inside(typeset_pdf("tel 0571-87050000"))
    assert (inside.mime, inside.findings) == (PDF, [])


# Pictures ------------------------------------------------------------------------------------------------------------


def picture(form: str, **saving: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, form, **saving)
    return out.getvalue()


def exif(text: str, tag: int = 0x9286) -> bytes:
    found = Image.Exif()
    if tag == 0x9286:
        found.get_ifd(0x8769)[tag] = b"UNICODE\0" + text.encode("utf-16-be")
    else:
        found[tag] = text
    return found.tobytes()


def test_what_is_written_beside_a_picture_is_read() -> None:
    assert ("phone", "图片EXIF信息") in places(picture("JPEG", exif=exif(PHONE)))
    assert ("id_number", "图片EXIF信息") in places(picture("JPEG", exif=exif(id_number(), 0x010E)))
    assert ("phone", "图片注释") in places(picture("JPEG", comment=PHONE.encode()))
    info = PngInfo()
    info.add_text("Comment", f"卡号{CARD}", zip=True)
    info.add_itxt("Title", PHONE, zip=True)
    found = places(picture("PNG", pnginfo=info))
    assert found == {("bank_card", "图片文字信息"), ("phone", "图片文字信息")}
    assert ("phone", "图片末尾的附加数据") in places(picture("PNG") + PHONE.encode())
    assert look_inside(picture("PNG")).findings == [] and look_inside(picture("JPEG")).mime == "image/jpeg"
    assert look_inside(picture("PNG")).mime == PNG


def test_a_picture_inside_a_document_is_read_too() -> None:
    document = clean_docx()
    document.add_picture(BytesIO(picture("JPEG", exif=exif(PHONE))))
    assert any("内嵌图片" in place for _kind, place in places(saved(document)))


# What is refused -----------------------------------------------------------------------------------------------------


def code_of(data: bytes) -> str:
    with pytest.raises(Unfit) as refused:
        look_inside(data)
    return refused.value.code


def test_what_cannot_be_looked_through_is_refused_with_its_reason() -> None:
    plain = saved(clean_docx())
    sealed = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert code_of(sealed) == "locked_office"
    assert code_of(sealed[:400]) == "old_office"
    assert code_of(plain[: len(plain) // 2]) == "broken_office"
    assert code_of(b"") == "empty" and code_of(b"hello") == "wrong_type"
    assert code_of(with_part(plain, "word/vbaProject.bin", b"x")) == "macro"
    assert code_of(with_part(plain, "word/embeddings/book.xlsx", b"x")) == "embedded"
    assert code_of(with_part(plain, "word/data.bin", b"x")) == "embedded"
    assert code_of(rewritten(plain, "word/document.xml", "<w:document")) == "broken_office"


def test_a_locked_pdf_and_one_that_carries_files_are_refused() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(typeset_pdf("text"))))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = BytesIO()
    writer.write(locked)
    assert code_of(locked.getvalue()) == "locked"
    carrying = PdfWriter(clone_from=PdfReader(BytesIO(typeset_pdf("text"))))
    carrying.add_attachment("list.csv", b"1")
    out = BytesIO()
    carrying.write(out)
    assert code_of(out.getvalue()) == "active"
    assert code_of(typeset_pdf("text")[:300]) == "broken"


def test_bombs_and_entities_are_refused_before_they_unpack() -> None:
    plain = saved(clean_docx())
    assert code_of(with_part(plain, "word/media/big.xml", b" " * 60_000_000)) == "bomb"
    assert code_of(with_part(plain, "word/big.xml", b" " * 5_000_000)) == "bomb"
    lies = with_part(plain, "word/lies.xml", zlib.compress(b"x"))
    assert code_of(lies) == "broken_office"
    laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert code_of(rewritten(plain, "word/document.xml", laughs)) == "broken_office"
    deep = "<a>" * 5000 + "</a>" * 5000
    assert code_of(rewritten(plain, "word/document.xml", deep)) == "broken_office"


def test_a_member_with_a_password_is_refused() -> None:
    plain = bytearray(saved(clean_docx()))
    at = plain.find(b"PK\x01\x02")
    flags = struct.unpack_from("<H", plain, at + 8)[0]
    struct.pack_into("<H", plain, at + 8, flags | 1)
    assert code_of(bytes(plain)) == "locked_office"
