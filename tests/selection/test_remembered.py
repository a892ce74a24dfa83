"""A stage that is put back is the stage that was brought about."""

from __future__ import annotations

import pytest
from django.db import transaction

from selection.models import Assignment, Nomination
from tests import factories, remembered
from tests.selection import stage as stages
from workflow import clock, ledger

pytestmark = pytest.mark.django_db


class Undone(Exception):
    pass


def in_order(rows: remembered.Rows) -> dict[str, tuple[tuple[str, ...], list[str]]]:
    """A database gives rows in the order in which it has them, which an update may change."""
    return {table: (columns, sorted(map(repr, found))) for table, (columns, found) in rows.items()}


def test_every_row_is_there_again_and_the_stage_goes_on_from_it() -> None:
    found = []
    for _time in range(2):
        try:
            with clock.frozen(stages.REVIEW), transaction.atomic():
                stage = stages.in_review(2)
                rows = in_order(remembered._all_rows())
                stages.scored(stage, [["80"] * 5, ["70"] * 5])
                stages.opened(stage)
                ranks = list(Nomination.objects.order_by("pk").values_list("result__rank", flat=True))
                found.append((rows, ranks, ledger.verify()))
                raise Undone
        except Undone:
            continue
    first, again = found
    assert first == again
    assert first[1:] == ([1, 2], [])


def test_over_anything_else_it_is_brought_about_anew() -> None:
    with clock.frozen(stages.REVIEW):
        factories.user("manager")
        stage = stages.in_review(2)
        assert Assignment.objects.filter(round=stage.round).count() == 10


@pytest.mark.django_db(transaction=True)
def test_it_is_put_back_where_every_statement_is_kept_at_once_too() -> None:
    with clock.frozen(stages.REVIEW):
        with pytest.raises(Undone), transaction.atomic():
            stages.in_review(1)
            raise Undone
        stage = stages.in_review(1)
    assert Assignment.objects.filter(round=stage.round).count() == 5


def test_whoever_changes_what_is_given_changes_it_for_nobody_else() -> None:
    with clock.frozen(stages.REVIEW):
        names = []
        for _time in range(2):
            try:
                with transaction.atomic():
                    stage = stages.in_review(2)
                    names.append(stage.round.title)
                    stage.round.title = "别的名称"
                    raise Undone
            except Undone:
                continue
    assert names[0] == names[1]
