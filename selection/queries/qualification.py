"""Dossiers under screening: the queue, who has concluded, and what may be seen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.models import Nomination, QualificationReview, RecheckRequest, Round
from selection.queries.deadlines import Dues, due_expression, dues, recheck_due
from workflow import calendar, clock
from workflow.errors import Sentence
from workflow.rules.calendar import CalendarMissing, WorkCalendar, working_days_between
from workflow.wording import listed

READERS = frozenset({Role.REVIEWER, Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
REVIEWERS_NEEDED = 2

ASKED_AGAIN = RecheckRequest.objects.filter(state="requested").values("nomination")
UNDER_SCREENING = Q(state="nominated", round__state="screening")
# tab: label, which dossiers; the first three are a reviewer's own view
TABS: dict[str, tuple[Sentence, Q]] = {
    "open": (_("待受理"), UNDER_SCREENING & Q(taken__lt=REVIEWERS_NEEDED, mine=0)),
    "mine": (_("我正在审"), UNDER_SCREENING & Q(mine=1, mine_done=0)),
    "second": (_("等待另一人"), UNDER_SCREENING & Q(mine_done=1, concluded__lt=REVIEWERS_NEEDED)),
    "running": (_("初审中"), UNDER_SCREENING & Q(concluded__lt=REVIEWERS_NEEDED)),
    "differing": (_("结论不一致"), UNDER_SCREENING & Q(well__gt=0, badly__gt=0)),
    "correction": (_("补正中"), Q(state="correction", round__state="screening")),
    "recheck": (_("复核中"), Q(state="disqualified", pk__in=ASKED_AGAIN)),
    "done": (_("已有结论"), ~Q(state__in=("nominated", "correction"))),
}
_OWN = ("open", "mine", "second")


def dossiers_screened_for(user: Any) -> QuerySet[Nomination]:
    """Dossiers that have come to the province, for whoever screens or oversees it, with the state of their reviews."""
    if not user.roles & READERS:
        return Nomination.objects.none()
    standing = Q(reviews__set_aside_at=None)
    done = standing & Q(reviews__state="concluded")
    own = standing & Q(reviews__reviewer=user.pk)
    return (
        Nomination.objects.filter(nominated_at__isnull=False, round__historical=False)
        .exclude(round__state__in=("draft", "open"))
        .select_related("round", "nominee", "unit", "nominator", "county")
        .annotate(
            taken=Count("reviews", filter=standing),
            concluded=Count("reviews", filter=done),
            well=Count("reviews", filter=done & Q(reviews__verdict="qualified")),
            badly=Count("reviews", filter=done & Q(reviews__verdict="disqualified")),
            mine=Count("reviews", filter=own),
            mine_done=Count("reviews", filter=own & Q(reviews__state="concluded")),
        )
    )


def tabs_for(user: Any) -> list[str]:
    """The tabs of the queue for this person."""
    hidden = {"running"} if user.holds(Role.REVIEWER) else set(_OWN)
    return [tab for tab in TABS if tab not in hidden]


def queue(user: Any, tab: str, found: Dues | None = None) -> QuerySet[Nomination]:
    """One tab, the most urgent first: by deadline, then those that wait for one conclusion only, then by arrival."""
    rows: Any = dossiers_screened_for(user).filter(TABS[tab][1])  # ordered by what was counted, too
    rows = rows.annotate(recheck_due=recheck_due(), due=due_expression(found or dues()))
    ordered: QuerySet[Nomination] = rows.order_by(
        F("due").asc(nulls_last=True), "-concluded", "nominated_at", "code"
    )
    return ordered


FIRST_TABS = (
    "mine",
    "open",
    "differing",
    "recheck",
    "running",
)  # where the work of a reviewer, of a manager begins
LONGEST = 1000


def worklist(user: Any, tab: str) -> list[int]:
    """The dossiers to go through one after another, by id: those of a tab, or all that wait for this person."""
    tabs = [tab] if tab in tabs_for(user) else [name for name in FIRST_TABS if name in tabs_for(user)]
    found = dues()
    ids = [pk for name in tabs for pk in queue(user, name, found).values_list("pk", flat=True)[:LONGEST]]
    return list(dict.fromkeys(ids))


def neighbours(ids: Sequence[int], pk: int) -> tuple[int | None, int | None]:
    """The one before and the one after; whoever has just left the list goes on at its beginning."""
    if pk not in ids:
        return None, next(iter(ids), None)
    here = ids.index(pk)
    return (ids[here - 1] if here else None), (ids[here + 1] if here + 1 < len(ids) else None)


@dataclass(frozen=True)
class Progress:
    """How far the screening of a round is."""

    round: Round
    total: int
    done: int
    due: date | None
    left: int | None  # working days; negative when overdue

    @property
    def share(self) -> str:
        return f"{self.done * 100 / self.total:.0f}%" if self.total else "0%"


def progress() -> list[Progress]:
    """The rounds under screening."""
    found, days = dues(), calendar.current()
    rounds = Round.objects.filter(pk__in=found.screening).annotate(
        total=Count("nominations", filter=CAME),
        done=Count("nominations", filter=CAME & ~Q(nominations__state__in=("nominated", "correction"))),
    )
    return [
        Progress(row, row.total, row.done, due := found.screening[row.pk], _left(due, days))
        for row in rounds.order_by("pk")
    ]


CAME = Q(nominations__nominated_at__isnull=False) & ~Q(nominations__state="withdrawn")


def _left(due: date, days: WorkCalendar) -> int | None:
    try:
        return working_days_between(clock.today(), due, days)
    except CalendarMissing:
        return None


def tab_counts(user: Any) -> dict[str, int]:
    """How many dossiers stand under each tab."""
    tabs = tabs_for(user)
    wanted = {f"tab_{tab}": Count("pk", filter=TABS[tab][1]) for tab in tabs}
    found = dossiers_screened_for(user).aggregate(
        **wanted
    )  # an alias of its own: a tab may be named as a column
    return {tab: found[f"tab_{tab}"] for tab in tabs}


def reviews_visible_to(user: Any) -> QuerySet[QualificationReview]:
    """A reviewer's own, and those of dossiers on which both have concluded; whoever oversees sees that they exist."""
    rows = QualificationReview.objects.select_related("nomination__round", "nomination__nominee", "reviewer")
    rows = rows.prefetch_related("nomination__reviews")
    if user.roles & (READERS - {Role.REVIEWER}):
        return rows
    if user.holds(Role.REVIEWER):
        return rows.filter(Q(reviewer=user.pk) | Q(nomination__in=_concluded_by_both()))
    return rows.none()


def _concluded_by_both() -> QuerySet[Any, Any]:
    done = Q(reviews__state="concluded", reviews__set_aside_at=None)
    both = Nomination.objects.annotate(both=Count("reviews", filter=done)).filter(both__gte=REVIEWERS_NEEDED)
    return both.order_by().values("pk")


def standing_reviews(nomination: Nomination) -> QuerySet[QualificationReview]:
    """The reviews that count now: those before a correction or a reinstatement are set aside."""
    return nomination.reviews.filter(set_aside_at=None).select_related("reviewer")


def conclusions_of(nomination: Nomination) -> list[QualificationReview]:
    """Both conclusions, or none at all: nobody reads one while the other person still judges."""
    standing = [review for review in nomination.reviews.all() if review.set_aside_at is None]
    done = [review for review in standing if review.state == QualificationReview.State.CONCLUDED]
    return done if len(done) >= REVIEWERS_NEEDED else []


def said_of(finding: Mapping[str, Any]) -> str:
    """A reviewer's note on one rule, with what it rests on."""
    evidence = listed(finding.get("evidence") or [])
    note = str(finding.get("note") or "").strip()
    if not evidence:
        return note
    words = gettext("依据：%(evidence)s") % {"evidence": evidence}
    return gettext("%(note)s（%(evidence)s）") % {"note": note, "evidence": words} if note else words


def notes_of(both: Sequence[QualificationReview]) -> list[dict[str, Any]]:
    """What the reviewers said of single rules: who, which rule, met or not, what."""
    return [
        {"review": review, "rule": item["rule"], "human": item["human"], "said": said}
        for review in both
        for item in review.findings
        if (said := said_of(item))
    ]


def failing_notes(nomination: Nomination) -> list[str]:
    """What was said of the rules that were found not to be met, each once and without a name, in their order."""
    lines = [
        f"{item['rule']}：{said}"
        for review in conclusions_of(nomination)
        for item in review.findings
        if item["human"] == "fail" and (said := said_of(item))
    ]
    return sorted(dict.fromkeys(lines))


def side_by_side(both: Sequence[QualificationReview], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rules on which the reviewers differ, or of which one of them says something, both beside each other."""
    kept = [{item["rule"]: item for item in review.findings} for review in both]
    rows = []
    for rule in dict.fromkeys(rule for findings in kept for rule in findings):
        items = [findings.get(rule, {}) for findings in kept]
        cells = [
            {"reviewer": review.reviewer.name, "human": item.get("human", ""), "said": said_of(item)}
            for review, item in zip(both, items, strict=True)
        ]
        differs = len({cell["human"] for cell in cells}) > 1
        if differs or any(cell["said"] for cell in cells):
            rows.append({"rule": rule, "name": names.get(rule, ""), "cells": cells, "differs": differs})
    return rows


def is_open_to(review: QualificationReview, actor: Any) -> bool:
    """Whether this actor may read the review's conclusion: its author at once, others when both have concluded."""
    if review.reviewer_id == actor.id or review.set_aside_at is not None:
        return True
    return review in conclusions_of(review.nomination)


def overdue_corrections() -> QuerySet[Nomination]:
    """Corrections whose last day is over, in rounds still under screening."""
    return Nomination.objects.filter(
        state="correction", round__state="screening", correction_due__lt=clock.today()
    ).order_by("pk")
