from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from selection.actions.round import stamp
from tests import factories
from workflow import clock, door, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def submitted_and_clerk():
    draft = factories.nomination("draft")
    return draft, factories.user("unit_clerk", organisation=draft.unit)


def test_a_step_moves_the_object_and_stands_on_the_ledger():
    draft, clerk = submitted_and_clerk()
    moved = door.take(draft, "submit", by=clerk, at=clock.now())
    assert moved.state == "county_review"
    entry = ledger.entries_of(moved).get()
    assert (entry.kind, entry.actor_role, entry.actor_name) == ("nomination.submit", "unit_clerk", clerk.name)


def test_a_step_by_the_wrong_role_changes_nothing_and_is_audited():
    draft, _clerk = submitted_and_clerk()
    reviewer = factories.user("reviewer")
    with pytest.raises(NotPermitted):
        door.take(draft, "submit", by=reviewer, at=clock.now())
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert [e.kind for e in ledger.entries_of(draft)] == ["refused"]


def test_a_step_whose_guard_fails_names_the_guard():
    draft, clerk = submitted_and_clerk()
    type(draft).objects.filter(pk=draft.pk).update(truth_declared_at=None)
    with pytest.raises(StepRefused) as refusal:
        door.take(draft, "submit", by=clerk, at=clock.now())
    assert refusal.value.code == "not_declared"


def test_a_stale_page_learns_who_moved_the_object():
    draft, clerk = submitted_and_clerk()
    door.take(draft, "submit", by=clerk, at=clock.now())
    with pytest.raises(StepRefused) as refusal:
        door.take(draft, "submit", by=clerk, at=clock.now())
    assert refusal.value.code == "wrong_state"
    assert clerk.name in str(refusal.value)


def test_the_closing_second_is_too_late():
    draft, clerk = submitted_and_clerk()
    with clock.frozen(factories.CLOSES_AT), pytest.raises(StepRefused) as refusal:
        door.take(draft, "submit", by=clerk, at=clock.now())
    assert refusal.value.code == "outside_window"
    with clock.frozen(factories.CLOSES_AT - timedelta(seconds=1)):
        assert door.take(draft, "submit", by=clerk, at=clock.now()).state == "county_review"


def test_an_act_that_fails_halfway_leaves_nothing_but_the_refusal():
    first, clerk = submitted_and_clerk()
    second = factories.nomination("county_review", round=first.round)

    @door.act
    def both(one, other, *, by):
        door.take(one, "submit", by=by, at=clock.now())
        door.take(other, "submit", by=by, at=clock.now())

    with pytest.raises(NotPermitted):
        both(first, second, by=clerk)
    first.refresh_from_db()
    assert first.state == "draft"
    assert list(Entry.objects.values_list("kind", flat=True)) == ["refused"]


def statements(step, obj, by, **given):
    assert by.roles
    stamp(obj.round, obj.round.rulebook_version)  # as an announced round's: its rules are read once a process
    assert obj.round.rulebook
    ledger.append(by, chain=obj.chain_key, kind="opened", subject="x", payload={})
    with CaptureQueriesContext(connection) as caught:
        door.take(obj, step, by=by, **given)
    return [query["sql"] for query in caught]


def test_one_guarded_step_takes_at_most_ten_statements():
    row = factories.nomination("county_review")
    officer = factories.user("bureau_officer", organisation=row.county)
    found = statements("endorse", row, officer, opinion="同意推荐。", originals=["id"])
    assert len(found) <= 10, "\n".join(found)


def test_a_submission_reads_each_table_of_the_dossier_and_little_else():
    draft, clerk = submitted_and_clerk()
    found = statements("submit", draft, clerk, at=clock.now())
    assert len(found) <= 21, "\n".join(found)
