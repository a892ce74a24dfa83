"""Refusals of the selection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from workflow.errors import Refused


class QuotaExceeded(Refused):
    """The nominator's places are used up."""

    code = "quota_exceeded"


class ConflictOfInterest(Refused):
    """This person may not act on this candidate."""

    code = "conflict_of_interest"


class BoardRefused(Refused):
    """A board's term cannot be recorded so."""

    code = "board_refused"


class ExpertRefused(Refused):
    """The pool of experts cannot be changed so."""

    code = "expert_refused"


class SecondRoute(Refused):
    """The person stands in this round already."""

    code = "second_route"


class RulebookIncomplete(Refused):
    """The rulebook lacks something or contradicts itself."""

    code = "rulebook_incomplete"


class DrawInfeasible(Refused):
    """The experts do not suffice for these nominees."""

    code = "draw_infeasible"


class BadMark(Refused):
    """A mark is missing or outside its range."""

    code = "bad_mark"


class ListMismatch(Refused):
    """The list is not the set it must equal."""

    code = "list_mismatch"


class BadFile(Refused):
    """A file cannot be read as what it should be."""

    code = "bad_file"


class DeviationUnexplained(Refused):
    """The list departs from the order of the results without a minuted reason."""

    code = "deviation_unexplained"


class CeilingReached(Refused):
    """More persons than the round may recognise."""

    code = "ceiling_reached"


class BallotRefused(Refused):
    """A ballot cannot be held or filled in so, or has not passed somebody."""

    code = "ballot_refused"


class FloorsInfeasible(Refused):
    """The minimums of the rulebook cannot be met whoever is chosen."""

    code = "floors_infeasible"

    def __init__(self, floors: str) -> None:
        super().__init__(
            _("分数线以上的人选无法同时满足规则规定的最低人数：%(floors)s。须另出规则书版本后再确定名单。")
            % {"floors": floors}
        )
        self.floors = floors


class TooManyRequests(Refused):
    """The same address asks too often."""

    code = "too_many_requests"


class ReviewIncomplete(Refused):
    """A conclusion or a request lacks something, or contradicts itself."""

    code = "review_incomplete"


class SealBroken(Refused):
    """A score sheet is not what was committed to."""

    code = "seal_broken"


class BulkRefused(Refused):
    """Of many that should take a step together, some refuse: none has taken it."""

    code = "bulk_refused"

    def __init__(self, refused: Sequence[Sequence[Any]]) -> None:
        names = "、".join(str(row[2]) for row in refused[:20])
        super().__init__(
            _("%(n)s份不能办理，全部没有办理：%(names)s。") % {"n": len(refused), "names": names}
        )
        self.refused = refused  # [id, code, name, why] each


class BarRefused(Refused):
    """A bar of the integrity register that cannot be."""

    code = "bad_bar"
