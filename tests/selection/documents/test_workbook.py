"""What is asked of a file before anything parses it, and how its rows are read."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
import xlsxwriter

from selection.documents import archive
from selection.documents.workbook import Workbook
from selection.errors import BadFile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def xlsx(write=lambda book, sheet: sheet.write(0, 0, "姓名")):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    write(book, book.add_worksheet("人员"))
    book.close()
    return content.getvalue()


def with_part(name, data=b"x", compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO(xlsx())
    with zipfile.ZipFile(content, "a", compression) as book:
        book.writestr(name, data)
    return content.getvalue()


def replaced(part, text):
    """A workbook with one of its parts written anew."""
    source, target = zipfile.ZipFile(io.BytesIO(xlsx())), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for item in source.infolist():
            book.writestr(item.filename, text if item.filename == part else source.read(item.filename))
    return target.getvalue()


def sheet_xml(cells, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return f'{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'


def refusal(name, data):
    with pytest.raises(BadFile) as refused:
        list(Workbook(name, io.BytesIO(data)).sheets())
    return refused.value.code


def bomb(size, lies=False):
    """A workbook with a part of so many zeros; `lies` makes the archive declare a hundred bytes."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(deflate.compress(bytes(1 << 20)) for _ in range(size >> 20)) + deflate.flush()
    content = io.BytesIO(xlsx())
    old = content.getvalue()
    end = old.rfind(b"PK\5\6")
    count, size_of_directory, start = struct.unpack("<HII", old[end + 10 : end + 20])
    name, declared, crc = b"xl/media/image1.bin", 100 if lies else size, 0
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(packed), declared, len(name), 0)
        + name
    )
    entry = (
        struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, len(packed), declared, len(name), 0, 0, 0, 0, 0, start
        )
        + name
    )  # fmt: skip
    directory = old[start : start + size_of_directory] + entry
    body = old[:start] + local + packed
    tail = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count + 1, count + 1, len(directory), len(body), 0)
    return body + directory + tail


# refused from outside


def test_a_zip_bomb_of_a_gigabyte_is_refused_by_what_it_declares():
    data = bomb(1 << 30)
    assert len(data) < 2 << 20
    assert refusal("x.xlsx", data) == "too_large"


def test_a_zip_bomb_that_declares_a_hundred_bytes_is_refused_by_what_it_unpacks():
    assert refusal("x.xlsx", bomb(64 << 20, lies=True)) == "ratio"


def test_what_unpacks_to_too_much_is_refused_even_at_a_modest_ratio(monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 1 << 20)
    assert refusal("x.xlsx", with_part("xl/media/a.bin", bytes(2 << 20))) == "too_large"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("x.xlsm", xlsx(), "macro"),
        ("x.xlsx", with_part("xl/vbaProject.bin"), "macro"),
        ("x.xlsx", with_part("xl/macrosheets/sheet1.xml", "<a/>"), "macro"),
        ("x.xlsx", with_part("xl/externalLinks/externalLink1.xml", "<a/>"), "external_link"),
        ("x.xlsx", with_part("xl/connections.xml", "<a/>"), "external_link"),
        ("x.xlsx", with_part("xl/embeddings/oleObject1.bin"), "embedded"),
        ("x.xls", OLE + bytes(600), "old_format"),
        ("x.xlsx", OLE + bytes(600), "old_format"),
        ("x.xlsx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("x.xlsx", b"PK\3\4 nothing more", "not_a_workbook"),
        ("x.xlsx", b"%PDF-1.7", "not_a_workbook"),
        ("x.docx", xlsx(), "not_a_workbook"),
        ("x.xlsx", b"", "empty"),
    ],
)
def test_what_is_no_plain_workbook_is_refused_by_name(name, data, code):
    assert refusal(name, data) == code


def test_a_content_type_of_macros_is_refused_whatever_the_ending():
    kinds = '<?xml version="1.0" encoding="UTF-8"?><Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    assert refusal("x.xlsx", replaced("[Content_Types].xml", kinds)) == "macro"


def test_a_lone_cell_at_the_far_corner_is_refused_before_it_fills_the_memory():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal("x.xlsx", replaced("xl/worksheets/sheet1.xml", sheet_xml(cells))) == "out_of_range"


def test_an_empty_formatted_cell_far_away_is_no_matter():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576" s="1"/></row>'
    data = replaced("xl/worksheets/sheet1.xml", sheet_xml(cells))
    assert [sheet.rows for sheet in Workbook("x.xlsx", io.BytesIO(data)).sheets()] == [[(1, [1.0])]]


@pytest.mark.parametrize(
    "text",
    [
        sheet_xml("").replace("<worksheet", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet", 1),
        sheet_xml("<row/>").encode("utf-16"),
        sheet_xml("<row/>", '<?xml version="1.0" encoding="UTF-7"?>'),
    ],
    ids=["doctype", "utf-16", "utf-7"],
)
def test_xml_that_could_hide_something_is_refused(text):
    assert refusal("x.xlsx", replaced("xl/worksheets/sheet1.xml", text)) == "not_a_workbook"


def test_a_file_of_more_than_twenty_megabytes_is_refused():
    assert refusal("x.csv", bytes(20 * 1024 * 1024 + 1)) == "too_large"


# formulas


def test_formulas_are_found_with_their_cells():
    def write(book, sheet):
        sheet.write(0, 0, "姓名")
        sheet.write_formula(4, 2, "=cmd|' /C calc'!A0", None, "算")

    assert Workbook("x.xlsx", io.BytesIO(xlsx(write))).formulas == {"人员": ["C5"]}


# rows


def test_rows_keep_the_numbers_that_the_spreadsheet_shows():
    def write(book, sheet):
        sheet.write(0, 1, "姓名")
        sheet.write(3, 1, "沈雨晴")
        book.add_worksheet("空")
        book.add_worksheet("藏").hide()

    found = {sheet.name: sheet.rows for sheet in Workbook("x.xlsx", io.BytesIO(xlsx(write))).sheets()}
    assert found == {"人员": [(1, ["", "姓名"]), (4, ["", "沈雨晴"])], "空": []}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_that_offices_write(encoding):
    data = '姓名,说明\r\n\r\n沈雨晴,"两行\n文字"\r\n陆沐言,一\r\n'.encode(encoding)
    (sheet,) = Workbook("x.csv", io.BytesIO(data)).sheets()
    assert sheet.rows == [(1, ["姓名", "说明"]), (3, ["沈雨晴", "两行\n文字"]), (5, ["陆沐言", "一"])]


@pytest.mark.parametrize(
    "data",
    [
        "姓名".encode("utf-16"),
        b"\x00\x01\x02",
        b"name,\xff\xff\n",
        "氏名ｱｲｳ\x80".encode("shift-jis", "replace") + b"\x80\x81",
    ],
    ids=["utf-16", "binary", "no encoding", "shift-jis"],
)
def test_another_encoding_is_refused(data):
    assert refusal("x.csv", data) == "encoding"


def test_a_quote_that_never_closes_is_refused_with_its_line():
    assert refusal("x.csv", '姓名\n"沈雨晴\n'.encode()) == "shape"
