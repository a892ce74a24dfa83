"""What is in a file decides, not what it is called; what comes out carries nothing but itself."""

from __future__ import annotations

import struct
import zlib
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.actions import JavaScript

from selection.rules.upload import Unfit, received
from tests.factories import pdf, picture


def code_of(data: bytes) -> str:
    with pytest.raises(Unfit) as refused:
        received(data)
    return refused.value.code


def written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def blank() -> PdfWriter:
    writer = PdfWriter()
    writer.add_blank_page(210, 297)
    return writer


def png(width: int, height: int, *, pixels: bytes = b"") -> bytes:
    """A PNG that says this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


# PDF


def test_a_pdf_stays_as_it_was_sent() -> None:
    data = pdf(3)
    got = received(data)
    assert (got.mime, got.pages, got.content) == ("application/pdf", 3, data)
    assert got.sha256 == got.source_sha256 == sha256(data).hexdigest()


def test_a_pdf_that_opens_without_a_password_is_taken() -> None:
    assert received(pdf(owner="secret")).pages == 1


def test_a_pdf_behind_a_password_is_refused() -> None:
    assert code_of(pdf(password="secret")) == "locked"


@pytest.mark.parametrize("cut", [1, 30, 200, 400])
def test_a_pdf_cut_off_on_its_way_is_refused(cut: int) -> None:
    data = pdf(3)
    assert code_of(data[: -cut - 6]) == "broken"


def test_a_pdf_of_nothing_is_refused() -> None:
    assert code_of(b"%PDF-1.7\nnothing\n%%EOF\n") == "broken"
    assert code_of(written(PdfWriter())) == "broken"


def test_a_pdf_with_a_script_or_a_file_inside_is_refused() -> None:
    scripted, carrying = blank(), blank()
    scripted.add_open_action(JavaScript("app.alert(1)"))
    carrying.add_attachment("virus.exe", b"MZ")
    assert code_of(written(scripted)) == "active"
    assert code_of(written(carrying)) == "active"


# Pictures


@pytest.mark.parametrize(
    ("orientation", "size", "left_is_blue"),
    [(0, (60, 40), True), (3, (60, 40), False), (6, (40, 60), None), (8, (40, 60), None)],
)
def test_a_photograph_stands_upright(
    orientation: int, size: tuple[int, int], left_is_blue: bool | None
) -> None:
    image = Image.open(BytesIO(received(picture(orientation=orientation)).content))
    assert image.size == size
    if left_is_blue is not None:
        assert (image.getpixel((5, 20))[2] > 150) is left_is_blue  # type: ignore[index]


def test_turned_by_a_quarter_the_blue_half_is_on_top() -> None:
    image = Image.open(BytesIO(received(picture(orientation=6)).content))
    assert image.getpixel((20, 5))[2] > 150  # type: ignore[index]
    assert image.getpixel((20, 55))[2] < 100  # type: ignore[index]


def test_nothing_of_place_camera_or_comment_is_left_in_a_picture() -> None:
    sent = picture(orientation=1)
    got = received(sent)
    assert b"secret place" in sent
    assert b"secret place" not in got.content
    assert dict(Image.open(BytesIO(got.content)).getexif()) == {}
    assert (got.source_sha256, got.sha256) == (sha256(sent).hexdigest(), sha256(got.content).hexdigest())


def test_nothing_is_left_in_a_png_either() -> None:
    notes, out = PngInfo(), BytesIO()
    notes.add_text("Author", "secret author")
    Image.new("RGBA", (20, 10), (1, 2, 3, 100)).save(out, "PNG", pnginfo=notes, dpi=(300, 300))
    got = received(out.getvalue())
    assert got.mime == "image/png"
    assert b"secret author" not in got.content
    assert Image.open(BytesIO(got.content)).getpixel((0, 0)) == (1, 2, 3, 100)


def test_what_was_hidden_behind_a_picture_is_gone() -> None:
    assert b"<script>" not in received(picture() + b"<script>alert(1)</script>").content


@pytest.mark.parametrize("quality", [40, 75, 95])
def test_a_picture_does_not_grow_on_its_way(quality: int) -> None:
    out = BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(out, "JPEG", quality=quality)
    assert len(received(out.getvalue()).content) < len(out.getvalue()) * 1.05


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_way_of_writing_colours_is_read(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (20, 10)).save(out, "JPEG")
    assert received(out.getvalue()).mime == "image/jpeg"


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_picture_cut_off_on_its_way_is_refused(share: float) -> None:
    data = picture(size=(400, 300))
    assert code_of(data[: int(len(data) * share)]) == "broken"


@pytest.mark.parametrize("size", [(60_000, 60_000), (8_000, 8_000)])
def test_a_small_file_that_unpacks_to_billions_of_pixels_is_refused_unopened(size: tuple[int, int]) -> None:
    data = png(*size, pixels=b"\0" * 1000)
    assert len(data) < 200
    assert code_of(data) == "too_many_pixels"


# Anything else


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"<html><script>alert(1)</script></html>", "HTML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        (b"GIF89a\1\0\1\0", "GIF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    ],
)
def test_another_kind_of_file_is_refused_by_its_name(data: bytes, found: str) -> None:
    with pytest.raises(Unfit) as refused:
        received(data)
    assert (refused.value.code, refused.value.arguments) == ("wrong_type", {"found": found})


@pytest.mark.parametrize(
    "data", [b"MZ\x90\0", b"PK\x03\x04aaaa", b"just words", b"\0" * 100, b"<html>%PDF-1.4 %%EOF"]
)
def test_what_is_none_of_the_three_is_refused(data: bytes) -> None:
    assert code_of(data) == "wrong_type"


def test_nothing_is_refused_as_nothing() -> None:
    assert code_of(b"") == "empty"
