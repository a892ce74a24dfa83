"""What was posted and published, for readers of the feed and for search engines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from selection.queries.determination import public_rounds
from selection.queries.notice import public_notices
from workflow import clock
from workflow.templatetags.lx import day as worded

LATEST = 50


@dataclass(frozen=True)
class Item:
    """One entry: a notice or a result."""

    title: str
    path: str
    words: str
    author: str
    at: datetime  # when it appeared
    updated: datetime


def items() -> list[Item]:
    """The latest notices and results, the newest first."""
    found = [*_notices(), *_results()]
    return sorted(found, key=lambda item: item.updated, reverse=True)[:LATEST]


def _notices() -> list[Item]:
    rows = []
    notices: Any = public_notices()[:LATEST]
    for notice in notices:
        assert notice.posted_at is not None
        ended = notice.state == "ended" and notice.ends_at is not None
        until = worded(notice.last_day) if notice.last_day else ""
        words = _("%(state)s。名单%(n)s人，至%(until)s 24:00止。") % {
            "state": notice.get_state_display(), "n": notice.lines, "until": until,
        }  # fmt: skip
        rows.append(
            Item(
                notice.title, reverse("notice_public", args=[notice.number]), words, notice.round.organiser,
                notice.posted_at, notice.ends_at if ended and notice.ends_at else notice.posted_at,
            )
        )  # fmt: skip
    return rows


def _results() -> list[Item]:
    rounds: Any = public_rounds()[:LATEST]
    return [
        Item(
            _("%(batch)s认定结果") % {"batch": round_.shown_title}, reverse("result_public", args=[round_.code]),
            _("认定%(n)s人。") % {"n": round_.people}, round_.organiser, at, at,
        )
        for round_ in rounds
        if round_.published_on
        for at in [datetime.combine(round_.published_on, time(), tzinfo=clock.ZONE)]
    ]  # fmt: skip


# What other apps publish: each answers with paths and the days on which they last changed.
SOURCES: list[Callable[[], Iterable[tuple[str, str]]]] = []


def addresses() -> list[tuple[str, str]]:
    """Every permanent page: its path, and the day on which it last changed as far as that is known."""
    found = [
        (reverse(name), "")
        for name in ("public_home", "notice_list", "result_list_public", "roll", "public_ledger")
    ]
    for notice in public_notices().order_by("pk").only("number", "posted_at", "round_id"):
        found.append((reverse("notice_public", args=[notice.number]), f"{notice.posted_at:%Y-%m-%d}"))
    for round_ in public_rounds().order_by("pk"):
        day = round_.published_on.isoformat() if round_.published_on else ""
        found.append((reverse("result_public", args=[round_.code]), day))
    for source in SOURCES:
        found.extend(source())
    return found
