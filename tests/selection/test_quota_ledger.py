"""Whatever units and officers do, in whatever order: the account of the places is that of the rows, and stays within it."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from selection.actions import nomination as actions
from selection.actions import quota as places
from selection.models import Nomination, Quota
from selection.queries.quota import totals
from selection.queries.round import quotas_with_use
from selection.rules.quota import Account, PlaceTaken, account
from tests import factories
from workflow import clock, ledger
from workflow.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.long]

GRANTED = 2  # in each category
KINDS = ("community", "medical")
REASON = "因工作安排调整，退出本轮申报。"
OPINIONS = {"opinion": "同意推荐。", "background": "无不良记录。"}
AFTER = factories.CLOSES_AT
BEFORE = factories.CLOSES_AT - timedelta(seconds=1)
ANY = st.integers(0, 99)


def somebody(*states: str) -> Any:
    """Only where somebody stands there: a rule without anybody to act on would be a step wasted."""
    return precondition(lambda self: bool(self._rows(*states)))


class Places(RuleBasedStateMachine):
    """One city with two places in each of two categories. Beside the system runs a plain account of who took a place and when it came back."""

    seen: ClassVar[Counter[str]] = Counter()  # over all runs: what the runs have come upon

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.now = factories.NOON
        self.taken: dict[int, PlaceTaken] = {}
        self.kinds: dict[int, str] = {}
        with clock.frozen(self.now):
            self.orgs = factories.tree()
            named = [{"code": kind, "name": kind} for kind in KINDS]
            self.round = factories.round_(rules=factories.rulebook(categories=named))
            for kind in KINDS:
                factories.quota(self.round, self.orgs["city"], GRANTED, kind)
            self.clerk = factories.user("unit_clerk", organisation=self.orgs["unit"])
            self.county = factories.user("bureau_officer", organisation=self.orgs["county"])
            self.city = factories.user("bureau_officer", organisation=self.orgs["city"])
        for kind in (*KINDS * 2, KINDS[0], KINDS[0]):
            self.file(kind)
        for _ in range(GRANTED):
            self.nominate(0)

    def teardown(self) -> None:
        assert ledger.verify() == []
        transaction.set_rollback(True)
        self.stack.close()

    # What may be tried ------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.round.nominations.count() < 11)
    @rule(kind=st.sampled_from(KINDS))
    def file(self, kind: str) -> None:
        with clock.frozen(factories.NOON):
            factories.nomination(
                "nominator_review", round=self.round, orgs=self.orgs, originals_checked=True, category=kind
            )

    @somebody("nominator_review")
    @rule(which=ANY)
    def nominate(self, which: int) -> None:
        row = self._one(which, "nominator_review")
        if row is not None:
            rank = 1 + max(self._ranks(), default=0)
            done = self._tried(lambda: actions.nominate(row, by=self.city, rank=rank, **OPINIONS))
            assert done == ("" if self._open and self._held(row.category) < GRANTED else self._refusal)
            self.seen[done or "nominated"] += 1
            if not done:
                self._take(row)

    @somebody("nominated")
    @rule(which=ANY, by_unit=st.booleans())
    def withdraw_a_nominee(self, which: int, by_unit: bool) -> None:
        self._withdraw(self._one(which, "nominated"), by_unit)

    @somebody("nominator_review", "returned")
    @rule(which=ANY, by_unit=st.booleans())
    def withdraw_another(self, which: int, by_unit: bool) -> None:
        self._withdraw(self._one(which, "nominator_review", "returned", "county_review"), by_unit)

    def _withdraw(self, row: Nomination | None, by_unit: bool) -> None:
        if row is not None:
            by = self.clerk if by_unit else self.city
            assert self._tried(lambda: actions.withdraw(row, by=by, reason=REASON)) == ""
            self._release(row)

    @somebody("nominator_review")
    @rule(which=ANY, other=ANY)
    def substitute(self, which: int, other: int) -> None:
        row, successor = self._one(which, "nominated"), self._one(other, "nominator_review")
        if row is not None and successor is not None:
            done = self._tried(
                lambda: places.substitute(row, by=self.city, successor=successor, reason=REASON, **OPINIONS)
            )
            same = row.category == successor.category
            if same or not self._open:
                assert done == ("" if self._open else "outside_window")
            else:
                assert done in ("no_successor", "no_such_successor")
                self.seen["another category"] += 1
            if not done:
                assert Nomination.objects.get(pk=successor.pk).rank_in_nominator == row.rank_in_nominator
                self._release(row)
                self._take(successor)
                self.seen["substituted"] += 1

    @somebody("nominated")
    @rule(which=ANY, other=ANY)
    def substitute_one_who_does_not_wait(self, which: int, other: int) -> None:
        row, successor = self._one(which, "nominated"), self._one(other, "nominated", "withdrawn", "returned")
        if row is not None and successor is not None and row != successor:
            done = self._tried(
                lambda: places.substitute(row, by=self.city, successor=successor, reason=REASON, **OPINIONS)
            )
            assert done  # and nothing of it is left: the invariants look

    @somebody("nominator_review")
    @rule(which=ANY)
    def return_for_completion(self, which: int) -> None:
        row = self._one(which, "nominator_review", "nominated")
        if row is not None:
            asked = [{"field": "summary", "reason": "过短，请补充"}]
            done = self._tried(lambda: actions.return_for_completion(row, by=self.city, requests=asked))
            assert bool(done) == (row.state == "nominated")

    @somebody("returned")
    @rule(which=ANY)
    def send_again_and_endorse(self, which: int) -> None:
        row = self._one(which, "returned")
        if row is not None and self._open:
            with clock.frozen(self.now):
                sent = actions.submit(row, by=self.clerk)
                actions.endorse(sent, by=self.county, opinion="同意上报。", originals_checked=True)

    @somebody("nominator_review")
    @rule(which=ANY)
    def decline(self, which: int) -> None:
        row = self._one(which, "nominator_review")
        if row is not None:
            assert self._tried(lambda: actions.decline(row, by=self.city, reason=REASON)) == ""

    @rule(shift=ANY)
    def reorder(self, shift: int) -> None:
        rows = [row.pk for row in self._rows("nominated")]
        turned = rows[shift % len(rows) :] + rows[: shift % len(rows)] if rows else []
        done = self._tried(lambda: places.reorder(self.round, by=self.city, order=turned))
        assert done == ("" if self._open else "outside_window")

    @precondition(lambda self: self.now < AFTER)
    @rule()
    def time_passes(self) -> None:
        """To the last second, then to the closing."""
        self.now = BEFORE if self.now < BEFORE else AFTER

    # What always holds ------------------------------------------------------------------------------------------------

    @invariant()
    def the_page_the_rows_and_the_plain_account_agree(self) -> None:
        whole = account(GRANTED * len(KINDS), self.taken.values(), closes_at=AFTER)
        assert totals(quotas_with_use(self.round.quotas.all())) == whole
        for kind in KINDS:
            wanted = account(GRANTED, self._of(kind), closes_at=AFTER)
            found: Any = quotas_with_use(Quota.objects.filter(round=self.round, category=kind)).get()
            assert Account(found.places, found.used, found.returned) == wanted
            assert found.left == wanted.left == found.places - found.used
            assert 0 <= wanted.used <= wanted.granted

    @invariant()
    def whoever_is_with_the_province_holds_a_place(self) -> None:
        rows = self.round.nominations.filter(nominated_at__isnull=False)
        assert set(rows.values_list("pk", flat=True)) == set(self.taken)
        freed = {pk for pk, place in self.taken.items() if place.released_at and place.released_at < AFTER}
        assert set(rows.filter(place_freed=True).values_list("pk", flat=True)) == freed
        assert not rows.filter(place_freed=True).exclude(state="withdrawn").exists()

    @invariant()
    def no_two_nominees_share_a_rank(self) -> None:
        ranks = self._ranks()
        assert len(ranks) == len(set(ranks))

    # ------------------------------------------------------------------------------------------------------------------

    @property
    def _open(self) -> bool:
        return self.now < AFTER

    def _of(self, kind: str) -> list[PlaceTaken]:
        """The plain account of one category."""
        return [place for pk, place in self.taken.items() if self.kinds[pk] == kind]

    def _held(self, kind: str) -> int:
        return account(GRANTED, self._of(kind), closes_at=AFTER).used

    def _take(self, row: Nomination) -> None:
        self.taken[row.pk], self.kinds[row.pk] = PlaceTaken(), row.category

    @property
    def _refusal(self) -> str:
        return "quota_exceeded" if self._open else "outside_window"

    def _rows(self, *states: str) -> list[Nomination]:
        return list(self.round.nominations.filter(state__in=states).order_by("rank_in_nominator", "pk"))

    def _one(self, which: int, *states: str) -> Nomination | None:
        rows = self._rows(*states)
        return rows[which % len(rows)] if rows else None

    def _ranks(self) -> list[int]:
        return [row.rank_in_nominator or 0 for row in self._rows("nominated")]

    def _release(self, row: Nomination) -> None:
        if row.pk in self.taken:
            self.taken[row.pk] = PlaceTaken(released_at=self.now)
            self.seen["freed" if self._open else "given up too late"] += 1

    def _tried(self, act: Any) -> str:
        """Nothing, or the code of the refusal."""
        try:
            with clock.frozen(self.now):
                act()
        except Refused as refusal:
            return refusal.code
        return ""


def test_no_order_of_acts_breaks_the_account_of_the_places() -> None:
    bounds = settings(
        max_examples=25, stateful_step_count=20, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],  # a failure is told at once, not made smaller first
    )  # fmt: skip
    run_state_machine_as_test(Places, settings=bounds)
    assert set(Places.seen) == {
        "nominated", "quota_exceeded", "outside_window", "substituted", "another category", "freed", "given up too late",
    }  # fmt: skip
