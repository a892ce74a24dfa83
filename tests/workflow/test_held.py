"""A row that an act has locked is not read again for the step that follows, unless something may have changed it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from selection.models import Nomination, Nominee, Round
from tests import factories
from workflow import clock, door, held
from workflow.errors import StepRefused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(factories.NOON):
        yield


@door.act
def submit(
    draft: Nomination, *, by: User, between: Callable[[Nomination], Any] = lambda row: None
) -> tuple[Nomination, Nomination]:
    """Lock, do something, take a step; the row as it was locked and as it came back."""
    row = door.locked(draft)
    between(row)
    return row, door.take(row, "submit", by=by, at=clock.now())


def draft_and_clerk() -> tuple[Nomination, User]:
    draft = factories.nomination("draft")
    return draft, factories.user("unit_clerk", organisation=draft.unit)


def readings(act: Callable[[], Any]) -> int:
    """How often the act reads the row to be moved, with its round."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    wide = [q["sql"] for q in captured if q["sql"].startswith("SELECT") and '"county_opinion"' in q["sql"]]
    return len(wide)


def test_a_row_just_locked_is_read_once() -> None:
    draft, clerk = draft_and_clerk()
    assert readings(lambda: submit(draft, by=clerk)) == 1
    assert Nomination.objects.get(pk=draft.pk).state == "county_review"


def test_plain_reading_in_between_changes_nothing() -> None:
    draft, clerk = draft_and_clerk()
    looked = readings(lambda: submit(draft, by=clerk, between=lambda row: list(row.posts.all())))
    assert looked == 1


WRITES = {
    "the row": lambda row: Nomination.objects.filter(pk=row.pk).update(background_opinion="另有人写"),
    "another row": lambda row: Nominee.objects.filter(pk=row.nominee_id).update(name="更名"),
    "a lock": lambda row: list(Round.objects.select_for_update().filter(pk=row.round_id).values_list("pk")),
}


@pytest.mark.parametrize("between", WRITES.values(), ids=WRITES)
def test_after_a_write_or_another_lock_it_is_read_again(between: Callable[[Nomination], Any]) -> None:
    if between is WRITES["a lock"] and not connection.features.has_select_for_update:
        locks_nothing = 1  # SQLite has one writer at a time and no lock of a row
        draft, clerk = draft_and_clerk()
        assert readings(lambda: submit(draft, by=clerk, between=between)) == locks_nothing
        return
    draft, clerk = draft_and_clerk()
    assert readings(lambda: submit(draft, by=clerk, between=between)) == 2


def test_what_was_written_in_between_is_not_written_over() -> None:
    draft, clerk = draft_and_clerk()
    _row, moved = submit(draft, by=clerk, between=WRITES["the row"])
    assert moved.background_opinion == "另有人写"
    assert Nomination.objects.get(pk=draft.pk).background_opinion == "另有人写"


def test_what_is_left_unsaved_on_the_locked_row_is_not_saved_with_the_step() -> None:
    draft, clerk = draft_and_clerk()

    def scribble(row: Nomination) -> None:
        row.background_opinion = "未保存"
        row.originals["county"] = ["id"]
        row.round.title = "别的名称"
        row.nominee.name = "别的人"

    row, moved = submit(draft, by=clerk, between=scribble)
    kept = Nomination.objects.get(pk=draft.pk)
    assert (kept.background_opinion, kept.originals) == ("", {})
    assert (moved.round.title, moved.nominee.name) == (draft.round.title, draft.nominee.name)
    assert (row.state, moved.state) == ("draft", "county_review")  # the caller's row stays as it was


def test_a_row_is_given_out_once() -> None:
    draft, _clerk = draft_and_clerk()
    with transaction.atomic(), held.watching():
        row = door.locked(draft)
        assert held.taken(row) == row
        assert held.taken(row) is None


def test_what_a_savepoint_took_back_is_not_held() -> None:
    draft, _clerk = draft_and_clerk()
    with transaction.atomic(), held.watching():
        with pytest.raises(LookupError), transaction.atomic():
            door.locked(draft)
            raise LookupError
        assert held.taken(draft) is None  # its lock went with the savepoint


def test_nothing_is_held_outside_an_act_or_from_one_act_to_the_next() -> None:
    draft, clerk = draft_and_clerk()
    with transaction.atomic():
        door.locked(draft)
        assert held.taken(draft) is None
        looked = readings(lambda: door.take(draft, "submit", by=clerk, at=clock.now()))
    assert looked == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_lock_and_submit_the_second_waits_and_sees_what_the_first_has_done() -> None:
    draft, clerk = draft_and_clerk()
    first_holds, outcomes = threading.Event(), []

    def run(between: Callable[[Nomination], Any]) -> None:
        try:
            with clock.frozen(factories.NOON):
                submit(Nomination.objects.get(pk=draft.pk), by=clerk, between=between)
            outcomes.append("won")
        except StepRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    def wait_for_the_other(_row: Nomination) -> None:
        first_holds.set()
        second.join(0.3)  # it is at the lock by then, and stays there

    second = threading.Thread(target=lambda: first_holds.wait(10) and run(lambda row: None))
    first = threading.Thread(target=run, args=(wait_for_the_other,))
    for thread in (second, first):
        thread.start()
    for thread in (first, second):
        thread.join(20)
    assert outcomes == ["won", "wrong_state"]
