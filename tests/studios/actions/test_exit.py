"""A studio on its way out: told, heard, decided; what is unpaid, what comes back, who is barred."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from selection.models import Bar
from studios.actions import exit as actions
from studios.actions import studio as studios
from studios.errors import ExitRefused
from studios.models import Exit, Studio
from studios.queries.exit import exits_visible_to, to_decide, to_hear
from studios.rules.exit import GROUNDS
from tests import factories
from tests.selection.ways import WAYS
from workflow import clock, ledger
from workflow.actor import SYSTEM
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

FACTS = "2025、2026年度考核均为不合格，经两次约谈仍未改进。"
REASON = "经厅办公会研究，决定终止工作室。"
DECISION = {
    "minute_number": "厅办公会纪要〔2026〕31号",
    "document_number": "浙民慈〔2026〕31号",
    "reason": REASON,
}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def on(day: date):
    return clock.frozen(datetime(day.year, day.month, day.day, 12, tzinfo=clock.ZONE))


def paid_studio(*, paid: int = 1) -> Studio:
    home = factories.studio()
    for number in range(1, paid + 1):
        factories.instalment(
            "paid", number=number, home=home, paid_at=factories.NOON, voucher=f"记-{home.pk}-{number}"
        )
    for year in (2024, 2025):  # what the ground "unqualified" rests on
        factories.graded(home, "unqualified", year=year)
    return Studio.objects.get(pk=home.pk)


def decided(ground: str, home: Studio | None = None) -> Exit:
    """An exit on this ground, from the notice to the decision."""
    home = home or paid_studio()
    found = actions.start(home, by=factories.user("manager"), ground=ground, facts=FACTS)
    if not found.blames:
        return actions.decide(found, by=factories.user("leader"), **DECISION)
    with on(date(2026, 9, 9)):
        found = actions.hear(found, by=factories.user("manager"))
        return actions.decide(found, by=factories.user("leader"), **DECISION)


def test_a_studio_that_is_blamed_has_five_working_days_for_its_statement():
    found = actions.start(paid_studio(), by=factories.user("manager"), ground="unqualified", facts=FACTS)
    assert found.statement_due == date(2026, 9, 8)
    assert set(Message.objects.filter(kind="exit.started").values_list("subject", flat=True))

    with pytest.raises(StepRefused) as refused:
        actions.hear(found, by=factories.user("manager"))  # nothing was said, and the period runs
    assert refused.value.code == "statement_period_running"
    heard = actions.hear(found, by=factories.user("manager"), statement="已调换负责人，请再给一年。")
    with pytest.raises(StepRefused, match="2026-09-08"):
        actions.decide(heard, by=factories.user("leader"), **DECISION)


def test_nobody_is_terminated_without_having_been_heard():
    found = actions.start(paid_studio(), by=factories.user("manager"), ground="unqualified", facts=FACTS)
    with on(date(2026, 9, 20)), pytest.raises(StepRefused) as refused:
        actions.decide(found, by=factories.user("leader"), **DECISION)
    assert refused.value.code == "statement_period_running"


def test_the_decision_ends_the_studio_cancels_what_is_unpaid_and_asks_back_what_is_unspent():
    found = decided("unqualified")
    home = Studio.objects.get(pk=found.studio_id)
    assert home.state == "terminated"
    assert dict(home.instalments.values_list("number", "state")) == {
        1: "paid",
        2: "cancelled",
        3: "cancelled",
    }
    order = home.recovery_orders.get()
    assert (order.amount, order.ground, order.due_on) == (
        Decimal("25000.00"),
        "terminated",
        date(2026, 10, 9),
    )
    assert found.recovered == Decimal("25000.00")
    assert not Bar.objects.exists()
    assert "exit.decided" in set(Message.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(("ground", "bar"), [("misuse", "misuse"), ("fraud", "fraud"), ("ethics", "ethics")])
def test_who_misused_or_cheated_is_barred_for_the_years_of_the_programme(ground, bar):
    found = decided(ground)
    entered = Bar.objects.get()
    assert (entered.ground, entered.source, entered.capacity) == (bar, "termination", "both")
    assert (entered.from_on, entered.until_on) == (date(2026, 9, 9), date(2029, 9, 9))
    assert entered.document_number == found.document_number
    assert found.studio.recovery_orders.get().ground == GROUNDS[ground].recovery


@pytest.mark.parametrize("ground", ["left_field", "left_province", "resigned", "death", "health"])
def test_withdrawal_blames_nobody_and_waits_for_no_statement(ground):
    found = decided(ground)
    assert (found.blames, found.statement_due, found.studio.exits.get().state) == (False, None, "decided")
    assert not Bar.objects.exists()
    with pytest.raises(StepRefused):
        actions.hear(found, by=factories.user("manager"), statement="无")


def test_nothing_paid_nothing_to_give_back():
    found = decided("host_failed", paid_studio(paid=0))
    assert found.recovered is None
    assert not found.studio.recovery_orders.exists()


def test_a_studio_is_terminated_only_by_an_exit_or_after_a_revocation():
    home = paid_studio()
    with pytest.raises(StepRefused) as refused:
        studios.terminate(home, by=factories.user("leader"), reason=REASON)
    assert refused.value.code == "no_exit_decided"


def test_one_procedure_at_a_time_by_the_office_while_the_studio_lives():
    home = paid_studio()
    with pytest.raises(NotPermitted):
        actions.start(home, by=factories.user("leader"), ground="unqualified", facts=FACTS)
    found = actions.start(home, by=factories.user("manager"), ground="unqualified", facts=FACTS)
    with pytest.raises(ExitRefused) as refused:
        actions.start(home, by=factories.user("manager"), ground="host_failed", facts=FACTS)
    assert refused.value.code == "already_started"
    dropped = actions.drop(found, by=factories.user("leader"), reason="整改到位，不再办理终止。")
    assert dropped.state == "dropped"
    assert Studio.objects.get(pk=home.pk).state == "active"
    ended = decided("host_failed", home).studio
    with pytest.raises(ExitRefused) as refused:
        actions.start(ended, by=factories.user("manager"), ground="unqualified", facts=FACTS)
    assert refused.value.code == "studio_ended"


def test_unqualified_once_is_no_ground_for_termination():
    home = factories.studio()
    factories.graded(home, "unqualified")
    with pytest.raises(ExitRefused) as refused:
        actions.start(home, by=factories.user("manager"), ground="unqualified", facts=FACTS)
    assert refused.value.code == "not_unqualified_twice"
    factories.graded(home, "unqualified", year=2024)
    assert (
        actions.start(home, by=factories.user("manager"), ground="unqualified", facts=FACTS).state
        == "noticed"
    )


@pytest.mark.parametrize("day", [date(2026, 8, 31), date(2026, 9, 2)])
def test_a_statement_comes_between_the_notice_and_today(day):
    found = actions.start(paid_studio(), by=factories.user("manager"), ground="unqualified", facts=FACTS)
    with pytest.raises(ExitRefused) as refused:
        actions.hear(found, by=factories.user("manager"), statement="情况说明如下。", on=day)
    assert refused.value.code == "bad_day"


def test_what_waits_for_whom():
    found = actions.start(paid_studio(), by=factories.user("manager"), ground="unqualified", facts=FACTS)
    rows = exits_visible_to(factories.user("leader"))
    assert (to_hear(rows), to_decide(rows)) == ([], [])
    with on(date(2026, 9, 9)):
        assert (to_hear(rows), to_decide(rows)) == ([found], [])
        actions.hear(found, by=factories.user("manager"))
        assert (to_hear(rows), to_decide(rows)) == ([], [found])


def test_a_neighbour_sees_no_exit():
    found = decided("unqualified")
    assert exits_visible_to(found.studio.lead).count() == 1
    assert not exits_visible_to(
        factories.user("bureau_officer", organisation=factories.organisation("city"))
    ).exists()


# After a revocation --------------------------------------------------------------------------------------------------


def _revoked(ground: str) -> Studio:
    home = paid_studio()
    nomination = home.recognition.nomination
    factories.revocation(nomination, "revoked", ground=ground, document_number="浙民慈〔2026〕18号")
    type(home.recognition).objects.filter(pk=home.recognition_id).update(
        revoked_on=date(2026, 9, 1), revocation_number="浙民慈〔2026〕18号"
    )
    return home


@pytest.mark.parametrize(("ground", "recovery"), [("fraud", "fraud"), ("ethics", "terminated")])
def test_a_revocation_ends_the_studio_by_itself_and_once(ground, recovery):
    home = _revoked(ground)
    assert actions.follow_revocations() == 1
    assert actions.follow_revocations() == 0
    home = Studio.objects.get(pk=home.pk)
    assert (home.state, home.reason[:5]) == ("terminated", "认定已撤销")
    assert set(home.instalments.values_list("state", flat=True)) == {"paid", "cancelled"}
    order = home.recovery_orders.get()
    assert (order.ground, order.due_on) == (recovery, date(2026, 10, 1))
    assert ledger.entries_of(home).filter(kind="studio.terminate").get().actor_name == SYSTEM.name


def test_an_exit_under_way_ends_with_the_revocation():
    home = _revoked("fraud")
    open_exit = factories.studio_exit(home)
    actions.follow_revocations()
    assert Exit.objects.get(pk=open_exit.pk).state == "dropped"


def test_a_title_that_stands_ends_nothing():
    home = paid_studio()
    assert actions.follow_revocations() == 0
    assert Studio.objects.get(pk=home.pk).state == "active"


# Another term --------------------------------------------------------------------------------------------------------


def _concluded(grade: str) -> Studio:
    from studios.models import Assessment

    home = factories.studio("concluded")
    if grade:
        Assessment.objects.create(
            studio=home, kind="final", year=2026, state="confirmed", score="88.00", grade=grade
        )
    return home


@pytest.mark.parametrize(
    ("grade", "allowed"), [("excellent", True), ("qualified", True), ("basic", False), ("", False)]
)
def test_another_term_needs_a_good_final_grade(grade, allowed):
    home, leader = _concluded(grade), factories.user("leader")
    if not allowed:
        with pytest.raises(ExitRefused) as refused:
            actions.reappoint(home, by=leader, granted=True, note="工作扎实，同意续聘。")
        assert refused.value.code == "grade_too_low"
    made = actions.reappoint(home, by=leader, granted=allowed, note="依期满考核结果办理。")
    assert (made.grade, made.granted) == (grade, allowed)
    with pytest.raises(ExitRefused):
        actions.reappoint(home, by=leader, granted=False, note="重复作出的意见。")


def test_the_note_waits_for_the_conclusion():
    with pytest.raises(ExitRefused) as refused:
        actions.reappoint(
            factories.studio(), by=factories.user("leader"), granted=False, note="依期满考核结果办理。"
        )
    assert refused.value.code == "not_concluded"


@pytest.mark.parametrize("way", WAYS)
def test_page_api_and_command_refuse_a_decision_before_the_hearing(way):
    found = factories.studio_exit(paid_studio())
    told = WAYS[way](factories.user("leader"), "exits", found, "decide", DECISION)
    assert "终止工作室须先告知事实和依据并记录陈述申辩。" in told
    assert Exit.objects.get(pk=found.pk).state == "noticed"
