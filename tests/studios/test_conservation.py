"""The same law over real rows: random lives of an award through the actions, beside the double-entry book."""

from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as RolledBack
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from studios.actions import grant, recovery
from studios.actions import studio as studios
from studios.models import Instalment, RecoveryOrder, Studio
from studios.queries.recovery import money_of_award
from tests import factories
from tests.studios.award import Book
from workflow import clock
from workflow.actor import SYSTEM
from workflow.errors import Refused

pytestmark = pytest.mark.once

REASON = "随机履历：按规定办理本事项。"
NUMBERS = st.integers(0, 2)
CENTS = st.integers(1, 3_000_000)
_voucher = count(1)


def yuan(cents):
    return Decimal(cents).scaleb(-2)


class Life(RuleBasedStateMachine):
    """One studio: what the actions do and refuse is what the book does and refuses."""

    @initialize()
    def begin(self):
        self.frozen = clock.frozen(factories.NOON)
        self.frozen.__enter__()
        self.studio = factories.studio()
        lead = self.studio.lead
        self.who = {"request": lead, "approve": factories.user("manager"), "pay": factories.user("finance")}
        self.who |= {"withhold": self.who["approve"], "release": self.who["approve"]}
        self.who["cancel"] = self.leader = factories.user("leader")
        self.book = Book([2_500_000, 1_500_000, 1_000_000])
        for number in (2, 3):
            self.waive_all(number)

    def waive_all(self, number):
        """The money's way is what is tried here: conditions that are no money are waived beforehand."""
        part = self.studio.instalments.get(number=number)
        for code in ("report_missing", "spent_too_little", "grade_too_low", "too_many_overdue"):
            part.waivers.create(code=code, reason=REASON, waived_by=self.leader)

    def did(self, act, *args, **given):
        try:
            act(*args, **given)
        except Refused:
            return False
        return True

    @rule(number=NUMBERS, step=st.sampled_from(["request", "approve", "pay"]))
    def goes_on(self, number, step):
        self.step(number, step)

    @precondition(lambda self: self.book.foreseen)
    @rule(times=st.integers(1, 3))
    def goes_on_as_foreseen(self, times):
        for _n in range(times):
            if foreseen := self.book.foreseen:
                self.step(*foreseen)

    @rule(number=NUMBERS, step=st.sampled_from(["withhold", "release", "cancel"]))
    def is_turned(self, number, step):
        self.step(number, step)

    def step(self, number, step):
        given = {
            "request": {}, "approve": {}, "pay": {"voucher": f"记-{next(_voucher)}"},
        }.get(step, {"reason": REASON})  # fmt: skip
        part = Instalment.objects.get(studio=self.studio, number=number + 1)
        done = self.did(getattr(grant, step), part, by=self.who[step], **given)
        assert done == self.book.step(number, step)

    @rule(cents=CENTS)
    def spends(self, cents):
        factories.spent(self.studio, str(yuan(cents)))
        self.book.spend(cents)

    @rule(cents=CENTS, of_all=st.booleans())
    def is_asked_back(self, cents, of_all):
        ground = "misuse" if of_all else "terminated"
        given = {"amount": yuan(cents), "ground": ground, "reason": REASON}
        studio = Studio.objects.get(pk=self.studio.pk)
        assert self.did(recovery.order, studio, by=self.leader, **given) == self.book.order(cents, of_all)

    @precondition(lambda self: self.book.orders)
    @rule(data=st.data(), cents=CENTS)
    def gives_back(self, data, cents):
        number = data.draw(st.integers(0, len(self.book.orders) - 1))
        order = RecoveryOrder.objects.filter(studio=self.studio).order_by("pk")[number]
        given = {"amount": yuan(cents), "on": date(2026, 9, 1), "voucher": f"收-{next(_voucher)}"}
        assert self.did(recovery.repay, order, by=self.who["pay"], **given) == self.book.repay(number, cents)

    @precondition(lambda self: self.book.orders)
    @rule(data=st.data())
    def is_written_off(self, data):
        number = data.draw(st.integers(0, len(self.book.orders) - 1))
        order = RecoveryOrder.objects.filter(studio=self.studio).order_by("pk")[number]
        done = self.did(recovery.write_off, order, by=self.leader, reason=REASON)
        assert done == self.book.write_off(number)

    @precondition(lambda self: not self.book.ended)
    @rule(throw=st.integers(0, 4))
    def is_terminated(self, throw):
        if throw:
            return  # once in five
        talent = self.studio.recognition
        type(talent).objects.filter(pk=talent.pk).update(revoked_on=date(2026, 9, 1))
        studios.terminate(Studio.objects.get(pk=self.studio.pk), by=SYSTEM, reason=REASON)
        self.book.terminate()

    @invariant()
    def every_cent_is_somewhere(self):
        if not hasattr(self, "book"):
            return
        money = money_of_award(Studio.objects.get(pk=self.studio.pk))
        places = self.book.places
        assert not money.faults()
        assert money.award == money.used + money.recoverable + money.unpaid + money.given_up
        assert money.given_up == yuan(places["cancelled"] + places["back"])
        assert money.owed == yuan(places["owed"])
        assert money.paid_net == yuan(places["kept"] + places["owed"])

    def teardown(self):
        if hasattr(self, "frozen"):
            self.frozen.__exit__(None, None, None)


class TestLife(RolledBack, Life.TestCase):
    settings = settings(
        max_examples=15,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
