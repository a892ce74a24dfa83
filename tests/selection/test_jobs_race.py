"""Two workers reach for one job, two confirm one list, a withdrawal meets a bulk step: one waits for the other."""

from __future__ import annotations

import pytest

from selection.actions import bulk as actions
from selection.collections.bulk import carry_out
from selection.models import BulkRun, Nomination
from selection.queries.bulk import preview
from tests import factories
from tests.selection.test_lock_order import withdrawal
from tests.selection.test_races import race
from workflow import clock, jobs, ledger
from workflow.machine import step_named
from workflow.models import Job

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def prepared():
    """A confirmed list of twelve for the panel, with who confirmed it."""
    with clock.frozen(factories.NOON):
        manager, round_, expert = factories.user("manager"), factories.round_("review"), factories.expert()
        rows = [factories.nomination("qualified", round=round_) for _n in range(12)]
        for row in rows:
            factories.assignment(row, expert)
        step = step_named(Nomination, "send_to_panel")
        run = actions.freeze(
            by=manager, step=step.name, chosen=list(preview(manager, step, [row.pk for row in rows]))
        )
        return manager, run, rows


@pytest.mark.parametrize("turn", range(3))
def test_a_bulk_step_and_a_withdrawal_of_one_of_them(prepared, turn):
    manager, run, rows = prepared
    with clock.frozen(factories.NOON):
        actions.confirm(run, by=manager)
    race(lambda: carry_out(run, manager), withdrawal(rows[-1]), at=factories.NOON)
    states = {Nomination.objects.get(pk=row.pk).state for row in rows[:-1]}
    assert Nomination.objects.get(pk=rows[-1].pk).state == "withdrawn"
    run.refresh_from_db()
    assert states == ({"in_review"} if run.taken else {"qualified"})
    assert bool(run.taken) != bool(run.refused)
    assert ledger.verify() == []


@pytest.mark.parametrize("turn", range(3))
def test_two_who_confirm_one_list_at_once_are_one_confirmation(prepared, turn):
    manager, run, _rows = prepared
    firsts = []

    def confirm():
        firsts.append(actions.confirm(run, by=manager)[1])

    assert race(confirm, confirm, at=factories.NOON) == ["won", "won"]
    assert sorted(firsts) == [False, True]
    assert BulkRun.objects.get().confirmed_at == factories.NOON


@pytest.mark.parametrize("turn", range(3))
def test_two_workers_do_one_job_once(prepared, turn, monkeypatch):
    manager, run, rows = prepared
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    with clock.frozen(factories.NOON):
        actions.confirm(run, by=manager)
    assert race(jobs.run_waiting, jobs.run_waiting, at=factories.NOON) == ["won", "won"]
    job = Job.objects.get()
    assert (job.status, job.attempts) == ("done", 1)
    assert {Nomination.objects.get(pk=row.pk).state for row in rows} == {"in_review"}
    assert ledger.verify() == []
