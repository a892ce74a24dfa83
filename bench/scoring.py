"""An expert opens a scoring page and saves the sheet, with ten thousand nominations in the database.

The request goes through the whole stack, middleware and session included. Beside each median stands how many times
faster that is than what pretalx and Hypha need for the same work on the same kind of machine (10,000 rows).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from django.test import Client
from django.urls import reverse

from bench.figure import Figure, statements, timings
from bench.lists import SIZES, signed_in
from bench.pages import visit
from config import scale
from selection.models import Assignment, Expert, Nomination, Panel, Round, ScoreSheet
from workflow import clock

TIMES = 60
DUTIES = 35  # of one expert, as in a round of fifty nominees
CODES = "ABCDEF"
PRETALX = {"scoring_open": 683, "scoring_save": 497}  # ms
HYPHA = {"scoring_open": 100, "scoring_save": 66}


def nominations() -> list[Nomination]:
    """The nominations of one round out of the ten thousand, now under review."""
    missing = SIZES[-1] - Nomination.objects.count()
    if missing > 0:
        scale.fill(rounds=1, nominations=missing, experts=40, studios=10)
    round_ = Round.objects.filter(historical=False, nominations__isnull=False).distinct().first()
    assert round_ is not None
    newest = round_.rulebook_versions.latest("version")
    Round.objects.filter(pk=round_.pk).update(
        state="review", rulebook_stamp=newest.stamp
    )  # as announcing leaves it
    rows = list(round_.nominations.order_by("pk")[:DUTIES])
    Nomination.objects.filter(pk__in=[row.pk for row in rows]).update(state="in_review")
    return rows


def duties() -> list[Assignment]:
    """One expert's duties, all declared, half of the sheets filled in."""
    rows = nominations()
    expert = Expert.objects.exclude(user=None).order_by("-pk").first()
    assert expert is not None
    round_ = rows[0].round
    due = clock.today() + timedelta(days=14)
    Panel.objects.get_or_create(round=round_, defaults={"state": "drawn", "scoring_due": due})
    made = Assignment.objects.bulk_create(
        Assignment(round=round_, nomination=row, expert=expert, state="accepted", answered_at=clock.now())
        for row in rows
    )
    full = json.dumps({"marks": dict.fromkeys(CODES, "84.5"), "comments": {"A": "有据"}, "overall": "同意"})
    ScoreSheet.objects.bulk_create(
        ScoreSheet(assignment=duty, sealed=full if n % 2 else "", revision=n % 2)
        for n, duty in enumerate(made)
    )
    return made


def save(client: Client, address: str, marks: Iterator[int], revisions: Iterator[int]) -> None:
    """One autosave of a changed sheet; anything but saved is an error."""
    mark = 60 + next(marks) % 30
    data = {f"mark_{code}": str(mark) for code in CODES} | {"revision": str(next(revisions))}
    answer = client.post(address, data)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def figures() -> Iterator[Figure]:
    """Medians, statements, and the ratios to the two peers."""
    mine = duties()
    person = mine[0].expert.user
    assert person is not None
    client = signed_in(person)
    page: Callable[[], None] = partial(visit, client, reverse("scoring_sheet", args=[mine[1].pk]))
    act: Callable[[], None] = partial(
        save, client, reverse("scoring_save", args=[mine[0].pk]), itertools.count(), itertools.count()
    )
    for name, call in (("scoring_open", page), ("scoring_save", act)):
        call()
        yield statements(name, call)
        for figure in timings(name, [call] * TIMES):
            yield figure
            if figure.name.endswith("_median"):
                yield Figure(f"{name}_times_pretalx", round(PRETALX[name] / figure.value, 1), "times")
                yield Figure(f"{name}_times_hypha", round(HYPHA[name] / figure.value, 1), "times")
    inbox: Callable[[], None] = partial(visit, client, reverse("panel_inbox"))
    inbox()
    yield statements("scoring_inbox", inbox)
    yield from timings("scoring_inbox", [inbox] * TIMES)
