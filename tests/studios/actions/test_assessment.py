"""Assessments: scheduled, scored without seeing each other, heard, confirmed within the limit, put right."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from studios.actions import assessment as actions
from studios.actions import rectification
from studios.actions import studio as studio_actions
from studios.models import Assessment, Rectification
from studios.queries import assessment as queries
from studios.rules.programme import default
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db
D = default().dimensions
FULL = {d.code: Decimal(d.points) for d in D}
WORDS = {d.code: "有据可查。" for d in D}
AFTER = factories.NOON + timedelta(days=9)  # five working days later


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def sheet(total: str) -> dict[str, Decimal]:
    """Marks of this sum: what is missing is taken from the service, then from the money."""
    lack = 100 - Decimal(total)
    first = min(lack, Decimal(35))
    second = min(lack - first, Decimal(20))
    rest = lack - first - second
    return {**FULL, "service": 35 - first, "money": 20 - second, "system": 15 - rest}


def scored(first: str, second: str | None = None, **given):
    """An assessment rated with two sheets of these sums."""
    row = factories.assessment(**given)
    one, two = (s.reviewer for s in row.open_sheets)
    row = actions.score_sheet(row, by=one, marks=sheet(first), words=WORDS)
    return actions.score_sheet(row, by=two, marks=sheet(second or first), words=WORDS)


def confirmed(row, manager, **given):
    with clock.frozen(AFTER):
        return actions.confirm(row, by=manager, **given)


def kinds(person):
    return set(Message.objects.filter(recipient_id=str(person.pk)).values_list("kind", flat=True))


# Scheduling


def test_a_year_is_scheduled_in_one_act_for_whoever_ran_in_it_and_once():
    manager = factories.user("manager")
    running, suspended = factories.studio(), factories.studio("suspended")
    factories.studio("agreed")
    factories.studio("terminated")
    factories.studio(active_from=date(2027, 1, 4))
    one, two = factories.user("reviewer"), factories.user("manager")
    rows = actions.schedule("annual", 2026, by=manager, self_due_on=date(2026, 12, 20), reviewers=[one, two])
    assert {row.studio for row in rows} == {running, suspended}
    assert [len(row.open_sheets) for row in rows] == [2, 2]
    assert actions.schedule("annual", 2026, by=manager) == []
    assert "assessment.scheduled" in kinds(running.lead)
    assert Message.objects.filter(kind="assessment.assigned").count() == 2  # one letter a reviewer
    assert ledger.entries_of(rows[0]).get().kind == "assessment.schedule"


def test_another_year_and_another_kind_are_no_hindrance():
    home = factories.studio()
    factories.assessment(home=home, year=2025)
    factories.assessment(home=home, kind="mid_term")
    assert [row.studio for row in actions.schedule("annual", 2026, by=factories.user("manager"))] == [home]


def test_the_middle_and_the_end_are_scheduled_in_their_year():
    manager = factories.user("manager")
    begun = factories.studio(active_from=date(2025, 2, 1), ends_on=date(2028, 1, 5))
    ending = factories.studio(active_from=date(2023, 2, 1), ends_on=date(2026, 11, 5))
    assert [row.studio for row in actions.schedule("mid_term", 2026, by=manager)] == [begun]
    assert [row.studio for row in actions.schedule("final", 2026, by=manager)] == [ending]


def test_only_the_manager_schedules():
    with pytest.raises(NotPermitted):
        actions.schedule("annual", 2026, by=factories.user("reviewer"))


def test_reviewers_are_two_hold_the_role_and_stand_on_no_side():
    manager, row = factories.user("manager"), factories.assessment(reviewers=[])
    good, other = factories.user("reviewer"), factories.user("reviewer")
    of_city = factories.user("reviewer", organisation=row.studio.city)
    of_host = factories.user("manager", organisation=row.studio.host)
    for pair, code in (
        ((good, good), "two_reviewers"), ((good, of_city), "unfit_reviewer"), ((of_host, good), "unfit_reviewer"),
        ((good, factories.user("finance")), "unfit_reviewer"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            actions.assign(row, by=manager, first=pair[0], second=pair[1])
        assert refusal.value.code == code
    row = actions.assign(row, by=manager, first=good, second=other)
    assert {s.reviewer for s in row.open_sheets} == {good, other}
    rows = actions.schedule("final", 2029, by=manager, reviewers=[good, of_city])
    assert [[s.reviewer for s in row.open_sheets] for row in rows] == [[good]]  # the other one is left out


def test_whoever_has_handed_in_is_not_replaced():
    manager, row = factories.user("manager"), factories.assessment()
    one, two = (s.reviewer for s in row.open_sheets)
    actions.score_sheet(row, by=one, marks=FULL, words=WORDS)
    third = factories.user("reviewer")
    with pytest.raises(Refused) as refusal:
        actions.assign(row, by=manager, first=two, second=third)
    assert refusal.value.code == "sheet_in"
    row = actions.assign(row, by=manager, first=one, second=third)
    assert {s.reviewer for s in row.open_sheets} == {one, third}


# Scoring


def test_the_lead_scores_with_the_facts_beside_and_may_until_a_sheet_is_in():
    row = factories.assessment(self_due_on=date(2026, 12, 20))
    lead, one = row.studio.lead, row.open_sheets[0].reviewer
    with pytest.raises(StepRefused) as refusal:
        actions.score_sheet(row, by=one, marks=FULL, words=WORDS)
    assert refusal.value.code == "self_score_awaited"
    row = actions.self_score(row, by=lead, marks=sheet("91.5"), words=WORDS)
    assert (row.state, row.self_marks["service"], row.facts["from"]) == ("scheduled", "26.5", "2026-02-01")
    actions.self_score(row, by=lead, marks=sheet("90"), words=WORDS)
    actions.score_sheet(row, by=one, marks=FULL, words=WORDS)
    with pytest.raises(StepRefused) as refusal:
        actions.self_score(row, by=lead, marks=FULL, words=WORDS)
    assert refusal.value.code == "scoring_begun"


def test_whoever_does_not_score_itself_is_scored_after_the_day():
    row = factories.assessment(self_due_on=date(2026, 8, 31))
    assert actions.score_sheet(row, by=row.open_sheets[0].reviewer, marks=FULL, words=WORDS)


def test_two_sheets_make_the_average_half_up_and_neither_is_seen_before():
    row = factories.assessment()
    one, two = (s.reviewer for s in row.open_sheets)
    row = actions.score_sheet(row, by=one, marks=sheet("84.1"), words=WORDS)
    assert (row.state, row.score, row.grade) == ("scheduled", None, "")
    seen = queries.assessments_visible_to(two).get()
    assert queries.sheets_shown(seen, two) == []
    assert [s.reviewer for s in queries.sheets_shown(seen, one)] == [one]
    said = ledger.entries_of(row).get(kind="assessment.score_sheet").payload
    assert "marks" not in said
    row = actions.score_sheet(row, by=two, marks=sheet("84.2"), words=WORDS)
    assert (row.state, row.score, row.grade) == ("rated", Decimal("84.15"), "qualified")
    assert len(queries.sheets_shown(queries.assessments_visible_to(two).get(), row.studio.lead)) == 2
    assert row.points["service"] == "19.15"
    assert "assessment.rated" in kinds(row.studio.lead)


def test_nobody_scores_twice_nor_without_a_sheet():
    row = factories.assessment()
    one = row.open_sheets[0].reviewer
    actions.score_sheet(row, by=one, marks=FULL, words=WORDS)
    for person in (one, factories.user("reviewer"), factories.user("manager")):
        with pytest.raises(NotPermitted):
            actions.score_sheet(row, by=person, marks=FULL, words=WORDS)


def test_a_mark_above_its_points_is_refused_by_name():
    row = factories.assessment()
    with pytest.raises(Refused, match="经费管理"):
        actions.score_sheet(
            row, by=row.open_sheets[0].reviewer, marks={**FULL, "money": Decimal("20.5")}, words=WORDS
        )


def test_a_veto_makes_it_unqualified_and_begins_the_statement_anew():
    manager, row = factories.user("manager"), scored("92")
    with pytest.raises(Refused) as refusal:
        actions.veto(row, by=manager, vetoes=["迟到"], reason="不在管理办法所列事项之内")
    assert refusal.value.code == "bad_veto"
    with clock.frozen(factories.NOON + timedelta(days=1)):
        row = actions.veto(row, by=manager, vetoes=["挪用资金"], reason="审计查明将资助款用于单位日常开支。")
    assert (row.grade, row.cap, row.score) == ("unqualified", "veto", Decimal("92.00"))
    assert row.statement_until == datetime(2026, 9, 10, tzinfo=clock.ZONE)
    early = actions.veto(
        factories.assessment(), by=manager, vetoes=["弄虚作假"], reason="活动记录经查证系编造。"
    )
    assert (early.state, early.score, early.grade) == ("rated", None, "unqualified")


def test_two_red_reports_of_the_year_cap_the_grade():
    home = factories.studio()
    for quarter, due in ((1, date(2026, 4, 15)), (2, date(2026, 7, 14))):
        factories.report(home=home, period=f"2026Q{quarter}", due_on=due, reminded=20)
    row = scored("93", home=home)
    assert (row.grade, row.cap, row.reds) == ("basic", "two_reds", 2)
    other = factories.studio()
    factories.report(home=other, period="2025Q1", due_on=date(2025, 4, 15), reminded=20)
    factories.report(home=other, period="2026Q1", due_on=date(2026, 4, 15), reminded=20)
    assert scored("93", home=other).grade == "excellent"  # one of them fell due before the year


# The statement


def test_confirming_waits_for_the_end_of_the_statement_unless_there_is_nothing_to_say():
    manager, row = factories.user("manager"), scored("80")
    assert row.statement_until == datetime(2026, 9, 9, tzinfo=clock.ZONE)
    lead = row.studio.lead
    row = actions.make_statement(row, by=lead, statement="督导场次有三场未计入，附站点证明。")
    for at in (factories.NOON, datetime(2026, 9, 8, 23, 59, 59, tzinfo=clock.ZONE)):
        with clock.frozen(at), pytest.raises(StepRefused) as refusal:
            actions.confirm(row, by=manager)
        assert refusal.value.code == "statement_window"
    with clock.frozen(datetime(2026, 9, 9, tzinfo=clock.ZONE)):
        with pytest.raises(StepRefused) as refusal:
            actions.make_statement(row, by=lead, statement="又有一场未计入，请一并核对。")
        assert refusal.value.code == "statement_late"
        assert actions.confirm(row, by=manager).grade == "qualified"
    other = actions.waive_statement(scored("80"), by=Assessment.objects.latest("pk").studio.lead)
    assert actions.confirm(other, by=manager).state == "confirmed"


def test_after_a_statement_the_same_two_may_score_anew():
    manager, row = factories.user("manager"), scored("70")
    before = {s.reviewer for s in row.open_sheets}
    row = actions.score_again(row, by=manager, reason="陈述属实，三场督导应予计入。")
    assert (row.state, row.score, row.grade) == ("scheduled", None, "")
    assert {s.reviewer for s in row.open_sheets} == before
    assert row.sheets.exclude(superseded_at=None).count() == 2  # the first ones stay
    for person in before:
        row = actions.score_sheet(row, by=person, marks=sheet("76"), words=WORDS)
    assert row.grade == "qualified"


def test_whoever_scored_does_not_confirm():
    manager = factories.user("manager")
    row = scored("80", reviewers=[manager, factories.user("reviewer")])
    with clock.frozen(AFTER), pytest.raises(NotPermitted):
        actions.confirm(row, by=manager)


# The limit of the excellent


def year_of(*totals: str):
    return [scored(total) for total in totals]


def test_the_excellent_are_confirmed_within_the_share_in_the_order_of_their_scores():
    manager = factories.user("manager")
    rows = year_of("95", "93", "92", "80", "80", "80", "80", "80", "80", "80")
    with clock.frozen(AFTER):
        with pytest.raises(StepRefused) as refusal:
            actions.confirm(rows[2], by=manager)
        assert refusal.value.code == "excellent_limit"
        assert str(refusal.value) == "今年可评优秀2个，已评0个，其余名额按得分属于排在前面的工作室。"
        with pytest.raises(StepRefused) as refusal:
            actions.confirm_at_limit(rows[0], by=manager)
        assert refusal.value.code == "place_left"
        actions.confirm(rows[1], by=manager)
        actions.confirm(rows[0], by=manager)
        with pytest.raises(StepRefused, match="今年可评优秀2个，已评2个。"):
            actions.confirm(rows[2], by=manager)
        row = actions.confirm_at_limit(rows[2], by=manager)
    assert (row.state, row.grade, row.cap, row.score) == (
        "confirmed",
        "qualified",
        "at_limit",
        Decimal("92.00"),
    )
    assert queries.grade_of(row.studio) == "qualified"
    sums = queries.year_of(Assessment.objects.all(), 20)
    assert (sums.places, sums.taken, sums.confirmed, sums.rated) == (2, 2, 3, 7)


def test_equal_in_everything_at_the_last_place_it_goes_to_whoever_is_confirmed_first():
    manager = factories.user("manager")
    rows = year_of("95", "95", "80", "80", "80")
    with clock.frozen(AFTER):
        assert actions.confirm(rows[1], by=manager).grade == "excellent"
        with pytest.raises(StepRefused, match="今年可评优秀1个，已评1个。"):
            actions.confirm(rows[0], by=manager)


def test_no_place_is_given_away_while_somebody_of_the_year_is_not_rated():
    manager = factories.user("manager")
    rows = year_of("95", "80", "80", "80")
    waiting = factories.assessment()
    with clock.frozen(AFTER):
        with pytest.raises(StepRefused, match="今年还有1个工作室未评定"):
            actions.confirm(rows[0], by=manager)
        studio_actions.suspend(waiting.studio, by=manager, reason="负责人接受调查，暂停运行。")
        assert actions.confirm(rows[0], by=manager).grade == "excellent"


def test_where_fewer_than_five_are_assessed_nobody_is_excellent():
    manager, row = factories.user("manager"), scored("99")
    with clock.frozen(AFTER):
        with pytest.raises(StepRefused, match="今年可评优秀0个，已评0个。"):
            actions.confirm(row, by=manager)
        assert actions.confirm_at_limit(row, by=manager).grade == "qualified"


# What must be put right


def test_a_basic_grade_asks_for_items_moves_the_studio_and_lets_it_go_on():
    manager, row = factories.user("manager"), scored("66")
    with pytest.raises(Refused) as refusal:
        confirmed(row, manager)
    assert refusal.value.code == "items_missing"
    row = confirmed(row, manager, items=["补齐三次督导的站点签字", "清理未附凭证的支出"])
    home = row.studio
    home.refresh_from_db()
    first, second = Rectification.objects.all()
    assert (home.state, first.due_on) == (
        "rectifying",
        date(2026, 10, 28),
    )  # 30 working days after 10 September
    with clock.frozen(AFTER):
        with pytest.raises(StepRefused) as refusal:
            studio_actions.accept_rectification(home, by=manager, reason="口头说明已经整改完毕。")
        assert refusal.value.code == "rectification_open"
        for item in (first, second):
            rectification.file(item, by=home.lead, evidence="已逐项补齐，材料附后。")
        rectification.accept(first, by=manager)
        rectification.send_back(second, by=manager, reason="凭证缺两张发票，请补充。")
        home.refresh_from_db()
        assert home.state == "rectifying"
        second = rectification.file(second, by=home.lead, evidence="两张发票已补齐，材料附后。")
        rectification.accept(second, by=manager, remarks="整改到位。")
    home.refresh_from_db()
    assert home.state == "active"
    assert {"rectification.accepted", "rectification.sent_back", "rectification.done"} <= kinds(home.lead)


def test_without_the_next_years_calendar_the_day_is_counted_when_it_is_there():
    from workflow import calendar
    from workflow.actor import SYSTEM

    row = factories.rectification(ordered_on=date(2026, 12, 20), due_on=None)
    with clock.frozen(datetime(2026, 12, 21, 8, tzinfo=clock.ZONE)):
        rectification.send_due_alerts()
        row.refresh_from_db()
        assert row.due_on is None
        calendar.load({"years": [2027], "off_ranges": [], "makeup_workdays": []}, by=SYSTEM)
        rectification.send_due_alerts()
    row.refresh_from_db()
    assert row.due_on is not None and row.due_on.year == 2027


def test_an_overdue_rectification_is_told_of_each_level_once():
    row = factories.rectification()
    manager = factories.user("manager")
    city = factories.user("bureau_officer", organisation=row.studio.city)
    day = date(2026, 10, 10)
    while day < date(2026, 11, 20):
        with clock.frozen(datetime(day.year, day.month, day.day, 8, tzinfo=clock.ZONE)):
            rectification.send_due_alerts()
            assert rectification.send_due_alerts() == 0
        day += timedelta(days=1)

    def levels(person):
        keys = Message.objects.filter(kind="rectification.reminded", recipient_id=str(person.pk))
        return sorted(int(key.split(":")[2]) for key in keys.values_list("key", flat=True))

    assert levels(row.studio.lead) == [-5, -2, 0, 1, 10, 20]
    assert levels(manager) == [1, 10, 20]
    assert levels(city) == [10, 20]


# What others go by


def test_the_newest_confirmed_grade_counts():
    home = factories.studio()
    for year, grade, state in (
        (2024, "unqualified", "confirmed"),
        (2025, "unqualified", "confirmed"),
        (2026, "basic", "rated"),
    ):
        factories.assessment(
            state, home=home, year=year, grade=grade, reviewers=[], confirmed_at=factories.NOON
        )
    assert queries.grade_of(home) == "unqualified"
    assert queries.grade_of(home, 2026) == ""
    assert queries.grades_of([home.pk]) == {home.pk: "unqualified"}
    assert queries.unqualified_times(home) == 2
    assert queries.grade_of(factories.studio()) == ""
