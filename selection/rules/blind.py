"""Free text of a blind round: what is known of person, unit and place is replaced. What is not known stays."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

PERSON, UNIT, PLACE = "〔人选〕", "〔单位〕", "〔地区〕"
SHORTEST = 2  # a single character would be found in half of all words
_OFFICE = re.compile(r"(民政局|社会工作部|人民政府|街道办事处)$")
_AREA = re.compile(r"(省|市|县|区|自治县|新区)$")


@dataclass(frozen=True)
class Secrets:
    """Names that tell who somebody is."""

    person: tuple[str, ...]
    units: tuple[str, ...]
    places: tuple[str, ...]


def masked(text: str, secrets: Secrets) -> str:
    """The text with each name replaced, the longest first, so that no part of a name is left over."""
    words = {
        **dict.fromkeys(_spellings(secrets.places), PLACE),
        **dict.fromkeys(_named(secrets.units), UNIT),
        **dict.fromkeys(_named(secrets.person), PERSON),
    }
    if not words:
        return text
    pattern = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.sub(pattern, lambda found: words[found.group()], text)


def _named(names: Iterable[str | None]) -> set[str]:
    return {name.strip() for name in names if name and len(name.strip()) >= SHORTEST}


def _spellings(places: Iterable[str | None]) -> set[str]:
    """A bureau's name, the place it is of, and the place as people say it: 杭州市民政局, 杭州市, 杭州."""
    found = _named(places)
    found |= {_OFFICE.sub("", name) for name in found}
    found |= {part for name in found for part in re.findall(r".+?(?:自治县|新区|省|市|县|区)", name)}
    found |= {_AREA.sub("", name) for name in found}
    return _named(found)
