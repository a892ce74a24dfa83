"""Whether an .xlsx may be opened at all: asked of the raw archive, piece by piece, before anything parses it.

Sizes are taken twice, as the archive declares them and as its streams unpack: either alone can lie.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext_lazy as _

from selection.errors import BadFile
from selection.rules.sheets import column_number

MOST_BYTES = 200 * 1024 * 1024  # unpacked, all parts together
MOST_MEMBERS = 1000
MOST_RATIO = 200  # unpacked to packed; real sheets stay under 30
RATIO_COUNTS_FROM = 20 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 60_000, 200
PIECE = 1 << 18
KEPT = 1 << 12  # carried over from piece to piece, so that nothing hides on the border
LOCAL_HEADER = struct.Struct("<4s22xHH")

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))
_CELL = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,4})([0-9]{1,8})"[^<>]*?(/?)>')
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,4}[0-9]{1,8})"[^<>]*?>\s*<(?:\w+:)?f[\s/>]')
_ANY_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")

FOREIGN_PARTS = (
    ("vbaproject", "macro", _("文件含有宏，不能导入。请另存为不含宏的.xlsx后再上传。")),
    ("xl/macrosheets/", "macro", _("文件含有宏，不能导入。请另存为不含宏的.xlsx后再上传。")),
    ("xl/externallinks/", "external_link", _("文件引用了其他工作簿，不能导入。请断开外部链接后再上传。")),
    ("xl/connections", "external_link", _("文件含有外部数据连接，不能导入。请删除连接后再上传。")),
    ("xl/querytables/", "external_link", _("文件含有外部数据连接，不能导入。请删除连接后再上传。")),
    ("xl/embeddings/", "embedded", _("文件嵌有其他对象，不能导入。请删除嵌入对象后再上传。")),
    ("xl/activex/", "embedded", _("文件嵌有其他对象，不能导入。请删除嵌入对象后再上传。")),
)
TOO_LARGE = BadFile(_("文件解压后超过200 MB，不能导入。"), code="too_large")


@dataclass
class Looked:
    """What the archive holds: formulas by part (`xl/worksheets/sheet1.xml`), with the cells they stand in."""

    formulas: dict[str, list[str]] = field(default_factory=dict)


def look_into(content: IO[bytes]) -> Looked:
    """Everything that must be known before parsing. Raises `BadFile`."""
    content.seek(0)
    head = content.read(8)
    if head == OLE:
        raise _ole(content)
    try:
        with ZipFile(content) as archive:
            members = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as fault:
        raise BadFile(_("文件不是有效的.xlsx工作簿，或已损坏。"), code="not_a_workbook") from fault
    _require_plain(members)
    looked, unpacked = Looked(), 0
    for member in members:
        unpacked = _look_at(content, member, unpacked, looked)
    return looked


def _ole(content: IO[bytes]) -> BadFile:
    content.seek(0)
    head = content.read(1 << 20)
    if any(mark in head for mark in _ENCRYPTED):
        return BadFile(_("文件有打开密码，不能导入。请去除密码后再上传。"), code="password")
    return BadFile(_("这是旧格式（.xls）的文件。请另存为.xlsx后再上传。"), code="old_format")


def _require_plain(members: list[ZipInfo]) -> None:
    names = [member.filename.lower().replace("\\", "/") for member in members]
    if len(members) > MOST_MEMBERS:
        raise TOO_LARGE
    if any(member.flag_bits & 1 for member in members):
        raise BadFile(_("文件有打开密码，不能导入。请去除密码后再上传。"), code="password")
    for part, code, sentence in FOREIGN_PARTS:
        if any(part in name for name in names):
            raise BadFile(sentence, code=code)
    if "xl/workbook.xml" not in names or len(set(names)) != len(names):
        raise BadFile(_("文件不是有效的.xlsx工作簿，或已损坏。"), code="not_a_workbook")
    _require_size(sum(member.file_size for member in members), sum(m.compress_size for m in members))


def _require_size(unpacked: int, packed: int) -> None:
    if unpacked > MOST_BYTES:
        raise TOO_LARGE
    if unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * max(packed, 1):
        raise BadFile(_("文件的压缩比异常，不能导入。"), code="ratio")


def _look_at(content: IO[bytes], member: ZipInfo, before: int, looked: Looked) -> int:
    """Unpack one part without keeping it; the total so far."""
    name, size, last = member.filename, 0, b""
    is_sheet = name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml")
    for piece in _unpacked(content, member):
        if not size:
            _require_utf8(name, piece)
        size += len(piece)
        _require_size(before + size, max(member.compress_size, 1) if size > RATIO_COUNTS_FROM else MOST_BYTES)
        text = last + piece
        if is_sheet:
            _look_at_cells(name, text, looked)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise BadFile(_("文件不是有效的.xlsx工作簿，或已损坏。"), code="not_a_workbook")
        last = text[-KEPT:]
    return before + size


def _require_utf8(name: str, piece: bytes) -> None:
    """XML in another encoding would say things that this look does not see."""
    if name.lower().endswith((".xml", ".rels")):
        declared = re.match(rb"\xef\xbb\xbf|\s*", piece)
        head = piece[declared.end() if declared else 0 :][:200].lower()
        named = re.match(rb"<\?xml[^>]*encoding=[\"']([^\"']+)", head)
        if not head.startswith(b"<") or b"\0" in head or (named and named[1] not in (b"utf-8", b"us-ascii")):
            raise BadFile(_("文件不是有效的.xlsx工作簿，或已损坏。"), code="not_a_workbook")
        if b"macroenabled" in piece.lower():
            raise BadFile(FOREIGN_PARTS[0][2], code="macro")


def _look_at_cells(name: str, text: bytes, looked: Looked) -> None:
    for found in _CELL.finditer(text):
        if found[3]:
            continue  # formatted, but empty
        if int(found[2]) > MOST_ROWS or column_number(found[1].decode()) > MOST_COLUMNS:
            raise BadFile(
                _("单元格%(cell)s超出范围。请删除表格以外的内容后再上传。")
                % {"cell": (found[1] + found[2]).decode()},
                code="out_of_range",
            )
    if _ANY_FORMULA.search(text):
        cells = looked.formulas.setdefault(name, [])
        seen = set(cells)
        cells.extend(dict.fromkeys(c for m in _FORMULA.finditer(text) if (c := m[1].decode()) not in seen))


def _unpacked(content: IO[bytes], member: ZipInfo) -> Iterator[bytes]:
    """The part as its stream unpacks, whatever size it declares."""
    content.seek(member.header_offset)
    header = content.read(LOCAL_HEADER.size)
    broken = BadFile(_("文件不是有效的.xlsx工作簿，或已损坏。"), code="not_a_workbook")
    if len(header) < LOCAL_HEADER.size or member.compress_type not in (0, 8):
        raise broken
    magic, name_length, extra_length = LOCAL_HEADER.unpack(header)
    if magic != b"PK\3\4":
        raise broken
    content.seek(name_length + extra_length, 1)
    inflate = zlib.decompressobj(-15) if member.compress_type == 8 else None
    left = member.compress_size
    while left > 0 and (packed := content.read(min(PIECE, left))):
        left -= len(packed)
        try:
            yield from _inflated(inflate, packed)
        except zlib.error as fault:
            raise broken from fault


def _inflated(inflate: zlib._Decompress | None, packed: bytes) -> Iterator[bytes]:
    if inflate is None:
        yield packed
        return
    while packed:
        piece = inflate.decompress(packed, PIECE)
        packed = inflate.unconsumed_tail
        if piece:
            yield piece
        elif not packed or inflate.eof:
            return
