"""How long a tie keeps an expert away from a nominee."""

from __future__ import annotations

from datetime import date

FOR_EVER = frozenset({"kin", "mentor", "student"})  # these ties do not lapse
EVENTS = frozenset({"co_author"})  # known by the day on which it happened: without an end it is over that day
INVERSE = {"mentor": "student", "student": "mentor"}


def first_day_that_counts(on: date, years: int) -> date:
    """What ended on this day or later is still within so many years of `on`; what ended the day before is not.

    A period of years ends on the corresponding day (Civil Code art. 202): three years after 2023-05-10 is 2026-05-10,
    and on that day the tie still counts.
    """
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February of a year that has none: what ended on 28 February lapsed on 28 February
        return date(on.year - years, 3, 1)


def counts(kind: str, since: date | None, until: date | None, *, on: date, years: int) -> bool:
    """Whether a link between two persons keeps one from judging the other on that day."""
    if kind in FOR_EVER:
        return True
    last = until or (since if kind in EVENTS else None)
    return (since is None or since <= on) and (last is None or last >= first_day_that_counts(on, years))
