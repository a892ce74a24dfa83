"""A certificate as PDF, with a QR code that leads to the page where anybody checks it. No seal is drawn."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from workflow.documents import qr
from workflow.documents.fonts import Fonts, installed
from workflow.documents.form import printable
from workflow.documents.official_pdf import typeset

TEMPLATE = Path(__file__).with_name("certificate.typ")


@dataclass(frozen=True)
class Certificate:
    """What stands on it."""

    title: str
    name: str
    words: str
    affiliations: str  # one a line
    facts: str  # number, batch, term: one a line
    signer: str
    day: str
    address: str

    def __post_init__(self) -> None:
        for name, text in asdict(self).items():
            object.__setattr__(self, name, printable(text))


def pdf_of(certificate: Certificate, *, at: datetime, fonts: Fonts | None = None) -> bytes:
    """The finished file; refuses characters that no font draws, by name."""
    fonts = fonts or installed()
    fonts.require([*asdict(certificate).values(), "："])
    return typeset(TEMPLATE, asdict(certificate) | {"qr": qr.svg(certificate.address)}, at=at, fonts=fonts)


def shown_day(day: date) -> str:
    """2026年11月25日."""
    return f"{day.year}年{day.month}月{day.day}日"
