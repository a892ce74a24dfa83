"""An official document as PDF: fonts embedded, tagged, fit for an archive (PDF/A-2a, PDF/UA-1)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from workflow.documents import qr
from workflow.documents.fonts import Fonts, installed
from workflow.documents.official import Official

TEMPLATE = Path(__file__).with_name("official.typ")
MEDIA = "application/pdf"
_OF_THE_TEMPLATE = "— 1234567890 —附件："


def pdf_of(document: Official, *, at: datetime, fonts: Fonts | None = None) -> bytes:
    """The finished file; refuses characters that no font draws, by name."""
    fonts = fonts or installed()
    fonts.require([*document.texts(), _OF_THE_TEMPLATE])
    code = qr.svg(document.address) if document.address else ""
    return typeset(TEMPLATE, document.as_data() | {"qr": code}, at=at, fonts=fonts)


def typeset(template: Path, data: dict[str, Any], *, at: datetime, fonts: Fonts) -> bytes:
    """Run the typesetter: texts go in as data, so that nothing in them is markup."""
    parts = [at.year, at.month, at.day, at.hour, at.minute, at.second]
    given = data | {"serif": fonts.serif, "sans": fonts.sans, "at": parts}
    made: bytes = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=fonts.loaded,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(at.timestamp()),
    )
    return made
