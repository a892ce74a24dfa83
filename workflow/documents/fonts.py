"""The fonts a PDF is set in, and whether they draw what is to be printed.

Debian's fonts-noto-cjk where it is installed; behind it the one font that comes with the code, which draws what
offices write but not every rare character of a name. A character that none of them has is named before anything is
printed: nobody finds a box where a name should be.
"""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import IO

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from workflow.errors import Refused
from workflow.wording import listed

SYSTEM_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local" / "share" / "fonts",
    Path.home() / ".fonts",
    Path("/Library/Fonts"),
)
SERIF = ("Noto Serif CJK SC", ("NotoSerifCJK-Regular.ttc", "NotoSerifCJKsc-Regular.otf"))
SANS = ("Noto Sans CJK SC", ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf"))
CARRIED = ("Noto Sans SC", ("NotoSansSC-Regular.ttf",))
NEAR = 4  # characters on each side by which the reader finds a missing one again
SHOWN = 5  # missing characters that are named; the rest are counted


class CharactersMissing(Refused):
    """No font at hand draws these characters."""

    code = "characters_missing"


@dataclass(frozen=True)
class Face:
    """One family, the file with its regular weight, and which characters that draws."""

    family: str
    file: Path

    @cached_property
    def characters(self) -> CharacterMap:
        """Its character map, read once."""
        with self.file.open("rb") as font:
            return CharacterMap(_cmap_of(font, self.family))


@dataclass(frozen=True)
class Fonts:
    """The families in the order in which they are tried."""

    faces: tuple[Face, ...]

    @property
    def serif(self) -> list[str]:
        """Families for titles and texts."""
        return [face.family for face in self.faces]

    @property
    def sans(self) -> list[str]:
        """Families for headings: the sans first."""
        return sorted(self.serif, key=lambda family: (family != SANS[0], family == SERIF[0]))

    @cached_property
    def loaded(self) -> typst.Fonts:
        """The same for the typesetter; it sees no other font."""
        folders = [str(folder) for folder in sorted({face.file.parent for face in self.faces})]
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))

    def draws(self, character: str) -> bool:
        """Whether some family has it; what has no shape of its own needs none."""
        return shapeless(character) or any(ord(character) in face.characters for face in self.faces)

    def missing(self, texts: Iterable[str]) -> dict[str, str]:
        """Every character that cannot be drawn, with the words around the first place where it stands."""
        found: dict[str, str] = {}
        for text in texts:
            for character in set(text) - found.keys():
                if not self.draws(character):
                    at = text.index(character)
                    found[character] = " ".join(text[max(at - NEAR, 0) : at + NEAR + 1].split())
        return found

    def require(self, texts: Iterable[str]) -> None:
        """Refuse, by name, what cannot be drawn."""
        found = self.missing(texts)
        if not found:
            return
        named = listed(
            _("“%(near)s”中的“%(character)s”（U+%(code)s）")
            % {"near": near, "character": character, "code": f"{ord(character):04X}"}
            for character, near in list(found.items())[:SHOWN]
        )
        words = _("字体中没有以下字符，不能打印PDF：%(named)s。") % {"named": named}
        if len(found) > SHOWN:
            words = _("字体中没有以下%(n)s个字符，不能打印PDF：%(named)s等。") % {
                "n": len(found),
                "named": named,
            }
        raise CharactersMissing(
            words + _("可改用Word格式，或请系统管理员安装Noto CJK字体（fonts-noto-cjk）。")
        )


def shapeless(character: str) -> bool:
    """Spaces, breaks, joiners and the selectors of a variant."""
    return unicodedata.category(character) in ("Zs", "Cc", "Cf") or unicodedata.name(
        character, ""
    ).startswith("VARIATION SELECTOR")


@cache
def installed() -> Fonts:
    """What this machine has: serif, sans, and the font that comes with the code."""
    return found_in(SYSTEM_FOLDERS)


def found_in(folders: Iterable[Path]) -> Fonts:
    """The same for other folders."""
    files = {file.name: file for folder in folders for file in _files(folder)}
    faces = [
        Face(family, next(files[name] for name in names if name in files))
        for family, names in (SERIF, SANS)
        if any(name in files for name in names)
    ]
    return Fonts((*faces, Face(CARRIED[0], carried_folder() / CARRIED[1][0])))


def carried_folder() -> Path:
    """Where the font of the code lies."""
    return Path(settings.BASE_DIR) / "config" / "fonts"


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("Noto*") if file.is_file()] if folder.is_dir() else []


# The file of a font --------------------------------------------------------------------------------------------------


class CharacterMap:
    """Which code points a `cmap` table draws: its subtables of format 12 (all of Unicode) and 4 (its first plane)."""

    def __init__(self, table: bytes) -> None:
        (count,) = struct.unpack_from(">H", table, 2)
        places = {struct.unpack_from(">I", table, 8 + 8 * n)[0] for n in range(count)}
        self.runs: list[
            tuple[list[int], list[int]]
        ] = []  # per subtable: first and last code points, ascending
        for place in sorted(places):
            (kind,) = struct.unpack_from(">H", table, place)
            if kind in _READERS:
                self.runs.append(_READERS[kind](table, place))

    def __contains__(self, point: int) -> bool:
        return any(
            (n := bisect_left(lasts, point)) < len(lasts) and firsts[n] <= point
            for firsts, lasts in self.runs
        )


def _format_12(table: bytes, place: int) -> tuple[list[int], list[int]]:
    (count,) = struct.unpack_from(">I", table, place + 12)
    groups = list(struct.iter_unpack(">III", table[place + 16 : place + 16 + 12 * count]))
    return [group[0] for group in groups], [group[1] for group in groups]


def _format_4(table: bytes, place: int) -> tuple[list[int], list[int]]:
    """Its segments may hold gaps (glyph 0): every code point is looked up."""
    (double,) = struct.unpack_from(">H", table, place + 6)
    size = double // 2

    def row(number: int) -> tuple[int, ...]:
        gap = 2 if number else 0  # a reserved pair of bytes follows the first row
        return struct.unpack_from(f">{size}H", table, place + 14 + number * double + gap)

    lasts, firsts, deltas, offsets = (row(number) for number in range(4))
    base = place + 16 + 3 * double  # of the row of offsets
    points = []
    for n in range(size):
        for point in range(firsts[n], min(lasts[n], 0xFFFE) + 1):
            glyph = point
            if offsets[n]:
                (glyph,) = struct.unpack_from(
                    ">H", table, base + 2 * n + offsets[n] + 2 * (point - firsts[n])
                )
            if glyph and (glyph + deltas[n]) % 0x10000:
                points.append(point)
    return points, points


_READERS = {12: _format_12, 4: _format_4}


def _cmap_of(font: IO[bytes], family: str) -> bytes:
    """The character map of a family; in a collection, that of the face which bears its name."""
    starts = _faces_at(font)
    tables = [_tables(font, start) for start in starts]
    chosen = next((found for found in tables if family in _names(_read(font, found["name"]))), tables[0])
    return _read(font, chosen["cmap"])


def _faces_at(font: IO[bytes]) -> list[int]:
    head = font.read(12)
    if head[:4] != b"ttcf":
        return [0]
    (count,) = struct.unpack_from(">I", head, 8)
    return list(struct.unpack(f">{count}I", font.read(4 * count)))


def _tables(font: IO[bytes], start: int) -> dict[str, tuple[int, int]]:
    font.seek(start)
    (count,) = struct.unpack(">4xH6x", font.read(12))
    records = struct.iter_unpack(">4s4xII", font.read(16 * count))
    return {tag.decode("latin-1"): (place, size) for tag, place, size in records}


def _read(font: IO[bytes], table: tuple[int, int]) -> bytes:
    font.seek(table[0])
    return font.read(table[1])


def _names(table: bytes) -> set[str]:
    """The family names (1 and 16) that Windows reads."""
    count, texts = struct.unpack_from(">HH", table, 2)
    records = struct.iter_unpack(">HHHHHH", table[6 : 6 + 12 * count])
    return {
        table[texts + place : texts + place + size].decode("utf-16-be")
        for platform, _encoding, _language, kind, size, place in records
        if platform == 3 and kind in (1, 16)
    }
