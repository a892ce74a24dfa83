"""Words put together in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, ngettext

from workflow.errors import Sentence


def listed(parts: Iterable[Sentence]) -> str:
    """甲、乙、丙; in English with commas."""
    return gettext("、").join(str(part) for part in parts)


def working_days(n: int) -> str:
    """5个工作日."""
    return ngettext("%(n)s个工作日", "%(n)s个工作日", n) % {"n": n}


def days(n: int) -> str:
    """5天."""
    return ngettext("%(n)s天", "%(n)s天", n) % {"n": n}


def hours(n: int) -> str:
    """4小时."""
    return ngettext("%(n)s小时", "%(n)s小时", n) % {"n": n}


def years(n: int) -> str:
    """3年."""
    return ngettext("%(n)s年", "%(n)s年", n) % {"n": n}
