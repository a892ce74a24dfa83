"""QR codes, made here: no service outside hears which address is printed."""

from __future__ import annotations

from io import BytesIO

import segno


def svg(address: str) -> str:
    """A QR code as SVG, black on white with its quiet zone, fit to stand in a page or a PDF."""
    kept = BytesIO()
    _code(address).save(kept, kind="svg", scale=4, border=4, xmldecl=False, light="#fff", omitsize=True)
    return kept.getvalue().decode()


def png(address: str) -> bytes:
    """The same as a picture, for a Word file."""
    kept = BytesIO()
    _code(address).save(kept, kind="png", scale=10, border=4)
    return kept.getvalue()


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)
