"""A form as PDF: A4, fonts embedded, tagged for readers of the screen, fit for an archive (PDF/A-2a, PDF/UA-1).

The typesetter gets the texts as data. None of them becomes part of the template: what looks like markup is printed.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import typst

from workflow.documents.fonts import Fonts, installed
from workflow.documents.form import Form

TEMPLATE = Path(__file__).with_name("form.typ")
MEDIA = "application/pdf"


def pdf_of(form: Form, *, at: datetime, fonts: Fonts | None = None, template: Path = TEMPLATE) -> bytes:
    """The finished file; refuses characters that no font draws."""
    fonts = fonts or installed()
    fonts.require([*form.texts(), _OF_THE_TEMPLATE])
    data = form.as_data() | {"serif": fonts.serif, "sans": fonts.sans, "at": _parts(at)}
    made: bytes = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=fonts.loaded,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(at.timestamp()),
    )
    return made


_OF_THE_TEMPLATE = "第 1234567890 页 / 共 页"


def _parts(at: datetime) -> list[int]:
    return [at.year, at.month, at.day, at.hour, at.minute, at.second]
