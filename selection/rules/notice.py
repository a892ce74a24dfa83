"""What a notice must say, how long its page may be away, and which corrections leave its periods alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from selection.rules.roll import SPACE

_PHONE = re.compile(r"\d{3,4}[ -]?\d{4}[ -]?\d{3,4}|\d{7,8}|\d{5}")
# What must be there; the first name is the field that holds it.
NEEDED = (
    "title",
    "body",
    "basis",
    "contact",
    "contact_phone",
    "discipline",
    "discipline_phone",
    "address",
    "email",
)


def missing(
    said: Mapping[str, str], lines: Iterable[tuple[int, str, str]], days: int
) -> list[tuple[str, int]]:
    """What is not said: (code, line), line 0 where it is no line of the list.

    `lines` are the ordinals, names and posts of the list.
    """
    absent = [(code, 0) for code in NEEDED if not _says(said, code)]
    rows = list(lines)
    absent += [
        ("unit_and_title", ordinal) for ordinal, name, post in rows if not (name.strip() and post.strip())
    ]
    absent += [] if rows else [("list", 0)]
    return absent + ([] if days >= 1 else [("days", 0)])


def _says(said: Mapping[str, str], code: str) -> bool:
    field, _dash, aspect = code.partition("_")
    words = said.get(field, "").strip()
    return bool(_PHONE.search(words)) if aspect == "phone" and words else bool(words)


# Outages ------------------------------------------------------------------------------------------------------------


def away(outages: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> timedelta:
    """How long the page was away within a period; what two records both say counts once."""
    total, reached = timedelta(), start
    for since, until in sorted(outages):
        first, last = max(since, reached), min(until, end)
        if last > first:
            total += last - first
            reached = last
    return total


# Corrections of a slip ----------------------------------------------------------------------------------------------


def slip_fault(text: str, before: str, after: str, names: Collection[str]) -> str:
    """Why a change of words is more than the correction of a slip; "" if it is none.

    "absent": the words are not in the text; "same"; "name": it touches a name on the list; "figure": it changes a figure.
    """
    if not before or before not in text:
        return "absent"
    if before == after:
        return "same"
    changed = text.replace(before, after)
    if any(_counted(text, name) != _counted(changed, name) for name in names):
        return "name"
    return "figure" if Counter(re.findall(r"\d+", before)) != Counter(re.findall(r"\d+", after)) else ""


def _counted(text: str, name: str) -> int:
    return text.replace(SPACE, "").count(name.replace(SPACE, ""))
