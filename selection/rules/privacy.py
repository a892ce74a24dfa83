"""Finding what a public text must not hold: identity numbers, mobile phones, bank cards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from selection.rules.eligibility import valid_credit_code, valid_id_number

# Digits may be set in groups, or each by itself: one space, hyphen or stop between two hides nothing. Where a check
# digit proves a number any grouping will do, elsewhere only the usual ones: 1985.01-2026.1 is no telephone number.
_GAP = r"[ \t._·‐-―-]?"
_ID = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}[\dXx](?![\dXx])")
_OLD_ID = re.compile(rf"(?<!\d)\d{{6}}{_GAP}\d{{6}}{_GAP}\d{{3}}(?!\d)")
_PHONE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?(?:1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|1[3-9]\d{_GAP}\d{{3}}{_GAP}\d{{5}}"
    rf"|1[3-9]\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}|1(?P<gap>[ \t._·-])[3-9](?:(?P=gap)\d){{9}})(?!\d)"
)
_CARD = re.compile(
    rf"(?<!\d)(?:\d{{4}}{_GAP}){{3}}\d{{3,4}}(?:{_GAP}\d{{1,3}})?(?!\d)|(?<!\d)\d{{6}}{_GAP}\d{{9,13}}(?!\d)"
)
_HAN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_HAN_RUN = re.compile(r"[〇零○一二三四五六七八九]{11,}")
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)
_CARD_STARTS = "34569"  # networks of payment cards; 62 is UnionPay's
_SHOWN = 3  # characters of a finding that are repeated at each end
_EXACT = 15  # digits that a spreadsheet keeps of a number


@dataclass(frozen=True)
class Exposure:
    """What was found ("id_number", "phone", "bank_card"), where, in which line of the text, masked."""

    kind: str
    place: str
    line: int
    excerpt: str


def exposures(texts: Mapping[str, str]) -> list[Exposure]:
    """Everything that must not be published, in the order of the texts."""
    return [found for place, text in texts.items() for found in in_text(place, text)]


def in_text(place: str, text: str) -> Iterator[Exposure]:
    """What one text holds, line by line."""
    for number, line in enumerate(text.splitlines(), start=1):
        for kind, digits in found_in(line):
            yield Exposure(kind, place, number, masked(digits))


def found_in(line: str) -> Iterator[tuple[str, str]]:
    """Kind and digits of what a line holds: figures of any width, written in Chinese, or set apart."""
    plain = _plain(line)
    yield from _matches(plain)
    for run in _HAN_RUN.finditer(plain):
        yield from _matches(run.group().translate(_HAN_DIGITS))


def _plain(line: str) -> str:
    """Full-width figures are figures; characters that cannot be seen separate nothing."""
    seen = (c for c in line if unicodedata.category(c) != "Cf")
    return "".join(unicodedata.normalize("NFKC", c)[:1] or c for c in seen)


def _matches(plain: str) -> Iterator[tuple[str, str]]:
    taken: list[tuple[int, int]] = []
    for kind, pattern, is_one in _KINDS:
        for match in pattern.finditer(plain):
            digits = re.sub(r"[^0-9Xx]", "", match.group()).upper()
            if is_one(digits) and not _overlaps(match.span(), taken):
                taken.append(match.span())
                yield kind, digits


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def masked(digits: str) -> str:
    """The first and last three characters, the rest as asterisks."""
    return digits[:_SHOWN] + "*" * (len(digits) - 2 * _SHOWN) + digits[-_SHOWN:]


def old_id_number(digits: str) -> bool:
    """Whether fifteen digits are an identity number as issued before 1999: a province, a birth date of the century."""
    return len(digits) == 15 and digits[:2] in _PROVINCES and _is_date("19" + digits[6:12])


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a payment card (ISO/IEC 7812)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_card(digits: str) -> bool:
    plausible = digits.isdigit() and len(digits) >= 15 and digits[0] in _CARD_STARTS
    return plausible and passes_luhn(digits) and not valid_credit_code(digits)


_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("id_number", _ID, valid_id_number),
    ("id_number", _OLD_ID, old_id_number),
    ("phone", _PHONE, lambda digits: True),
    ("bank_card", _CARD, _is_card),
)


# Numbers of a spreadsheet -------------------------------------------------------------------------------------------


def spelt(stored: str) -> str:
    """A number as a spreadsheet stores it, in plain digits: 1.3800001111E10 is a telephone number."""
    try:
        number = Decimal(stored)
    except InvalidOperation:
        return stored
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return stored
    return f"{number:f}".removesuffix(".0") if number == number.to_integral_value() else stored


def rounded(digits: str) -> str:
    """The kind of a long number of which a spreadsheet has kept the first digits only, so that no check digit holds; or ""."""
    if not digits.isdigit() or len(digits) <= _EXACT:
        return ""
    if (
        len(digits) == 18
        and digits[:2] in _PROVINCES
        and digits[6:8] in ("19", "20")
        and _is_date(digits[6:14])
    ):
        return "id_number"
    return "bank_card" if digits.startswith("62") and len(digits) <= 19 else ""
