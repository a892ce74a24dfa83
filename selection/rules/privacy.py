"""Finding what a public text must not hold: identity numbers, mobile phones, bank cards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from selection.rules.eligibility import valid_id_number

# Digits may be set in groups: one space or hyphen between them hides nothing.
_ID = re.compile(r"(?<!\d)\d{6}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[ -]?[\dXx](?![\dXx])")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")
_SHOWN = 3  # characters of a finding that are repeated at each end


@dataclass(frozen=True)
class Exposure:
    """What was found ("id_number", "phone", "bank_card"), where, in which line of the text, masked."""

    kind: str
    place: str
    line: int
    excerpt: str


def exposures(texts: Mapping[str, str]) -> list[Exposure]:
    """Everything that must not be published, in the order of the texts."""
    return [found for place, text in texts.items() for found in _in_text(place, text)]


def _in_text(place: str, text: str) -> Iterator[Exposure]:
    """Full-width figures are figures: each character is read in its plain form."""
    for number, line in enumerate(text.splitlines(), start=1):
        plain = "".join(unicodedata.normalize("NFKC", c)[:1] or c for c in line)
        taken: list[tuple[int, int]] = []
        for kind, pattern, is_one in _KINDS:
            for match in pattern.finditer(plain):
                digits = re.sub(r"[^0-9Xx]", "", match.group()).upper()
                if is_one(digits) and not _overlaps(match.span(), taken):
                    taken.append(match.span())
                    yield Exposure(kind, place, number, masked(digits))


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def masked(digits: str) -> str:
    """The first and last three characters, the rest as asterisks."""
    return digits[:_SHOWN] + "*" * (len(digits) - 2 * _SHOWN) + digits[-_SHOWN:]


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a payment card (ISO/IEC 7812)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("id_number", _ID, valid_id_number),
    ("phone", _PHONE, lambda digits: True),
    ("bank_card", _CARD, lambda digits: digits.isdigit() and passes_luhn(digits)),
)
