from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from studios.actions import report as actions
from studios.actions import studio as studio_actions
from studios.models import ProgressReport
from studios.queries.report import owed_by, reports_visible_to
from tests import factories
from workflow import calendar, clock, ledger
from workflow.actor import SYSTEM
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

FILLED = {
    "activities_held": 6, "people_served": 240, "mentees": 5, "spent": Decimal("8000.50"),
    "results": "开展督导六次。", "problems": "", "next_steps": "继续督导。",
}  # fmt: skip
DUE = date(2026, 10, 20)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, 0, tzinfo=clock.ZONE)


def test_a_report_is_submitted_returned_submitted_again_and_accepted():
    manager = factories.user("manager")
    report = factories.report()
    lead = report.studio.lead
    sent = actions.submit(report, by=lead, **FILLED)
    assert (sent.state, sent.submitted_by, sent.spent) == ("submitted", lead, Decimal("8000.50"))
    returned = actions.return_for_changes(sent, by=manager, remarks="请补充支出的凭证目录。")
    assert (returned.state, returned.remarks, returned.due_on) == ("returned", "请补充支出的凭证目录。", DUE)
    again = actions.submit(returned, by=lead, **{**FILLED, "problems": "凭证已补。"})
    assert actions.accept(again, by=manager).state == "accepted"
    kinds = Message.objects.filter(recipient_id=str(lead.pk)).values_list("kind", flat=True)
    assert sorted(kinds) == ["report.accepted", "report.returned"]
    assert Message.objects.filter(kind="report.submitted", recipient_id=str(manager.pk)).exists()
    assert ledger.entries_of(report).count() == 4


def test_a_member_of_the_host_hands_in_and_a_stranger_does_not():
    report = factories.report()
    stranger = factories.user("studio_member", organisation=factories.organisation())
    with pytest.raises(NotPermitted):
        actions.submit(report, by=stranger, **FILLED)
    member = factories.user("studio_member", organisation=report.studio.host)
    assert actions.submit(report, by=member, **FILLED).state == "submitted"


def test_a_return_needs_its_remarks():
    report = factories.report("submitted")
    with pytest.raises(StepRefused) as refusal:
        actions.return_for_changes(report, by=factories.user("manager"), remarks=" ")
    assert refusal.value.code == "reason_required"


def test_a_suspended_studio_hands_in_nothing():
    report = factories.report(home=factories.studio("suspended"))
    with pytest.raises(StepRefused) as refusal:
        actions.submit(report, by=report.studio.lead, **FILLED)
    assert refusal.value.code == "studio_not_running"


def test_a_years_reports_are_added_when_its_calendar_is_loaded():
    studio = studio_actions.activate(factories.studio("agreed"), by=factories.user("manager"))
    assert actions.plan_due_reports() == 0
    calendar.load({"years": [2027], "off_ranges": [], "makeup_workdays": []}, by=SYSTEM)
    assert actions.plan_due_reports() == 3
    assert actions.plan_due_reports() == 0
    added = studio.reports.filter(due_on__year=2027).values_list("period", flat=True)
    assert list(added) == ["2026Q4", "2027Q1", "2027Q2"]


def told(person):
    rows = Message.objects.filter(kind="report.reminded", recipient_id=str(person.pk))
    return sorted(int(key.split(":")[2]) for key in rows.values_list("key", flat=True))


def test_the_ladder_tells_each_level_once_however_often_it_runs():
    report = factories.report()
    city = factories.user("bureau_officer", organisation=report.studio.city)
    other_city = factories.user("bureau_officer", organisation=factories.organisation("city"))
    manager = factories.user("manager")
    lead = report.studio.lead
    day = date(2026, 10, 1)
    while day < date(2026, 12, 1):
        for _again in range(2):
            with clock.frozen(at(day)):
                actions.send_due_reminders()
        day += timedelta(days=1)
    assert told(lead) == [-5, -2, 0, 1, 10, 20]
    assert told(city) == [10, 20]
    assert told(manager) == [20]
    assert told(other_city) == []


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (date(2026, 10, 12), None), (date(2026, 10, 13), -5), (date(2026, 10, 16), -2), (DUE, 0),
        (date(2026, 10, 21), 1), (date(2026, 11, 2), 1), (date(2026, 11, 3), 10), (date(2026, 11, 17), 20),
    ],
)  # fmt: skip
def test_a_clock_that_jumps_tells_the_level_reached_and_none_below(day, level):
    report = factories.report()
    with clock.frozen(at(day)):
        assert actions.send_due_reminders() == (level is not None)
        assert actions.send_due_reminders() == 0
    assert told(report.studio.lead) == ([] if level is None else [level])


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_what_was_handed_in_reminds_nobody(state):
    factories.report(state)
    with clock.frozen(at(date(2026, 11, 17))):
        assert actions.send_due_reminders() == 0


@pytest.mark.parametrize("state", ["suspended", "terminated", "concluded"])
def test_a_studio_that_cannot_hand_in_is_not_reminded(state):
    factories.report(home=factories.studio(state))
    with clock.frozen(at(date(2026, 11, 17))):
        assert actions.send_due_reminders() == 0


def test_a_returned_report_goes_on_where_it_stood():
    report = factories.report("returned", reminded=10)
    with clock.frozen(at(date(2026, 11, 4))):
        assert actions.send_due_reminders() == 0
    with clock.frozen(at(date(2026, 11, 17))):
        assert actions.send_due_reminders() == 1
    assert told(report.studio.lead) == [20]


def test_a_missing_calendar_reminds_nobody_and_stops_nobody_elses_reminder():
    late = factories.report(due_on=date(2026, 12, 31))
    with clock.frozen(at(date(2027, 1, 5))):
        assert actions.send_due_reminders() == 0
    with clock.frozen(at(date(2026, 12, 31))):
        assert actions.send_due_reminders() == 1
    assert told(late.studio.lead) == [0]


def test_whoever_is_reminded_finds_the_report_on_a_page():
    report = factories.report()
    member = factories.user("studio_member", organisation=report.studio.host)
    people = [report.studio.lead, member, factories.user("manager")]
    people.append(factories.user("bureau_officer", organisation=report.studio.city))
    with clock.frozen(at(date(2026, 11, 17))):
        actions.send_due_reminders()
    recipients = set(Message.objects.filter(kind="report.reminded").values_list("recipient_id", flat=True))
    assert recipients == {str(person.pk) for person in people}
    assert all(report in reports_visible_to(person) for person in people)
    assert list(owed_by(member)) == list(owed_by(report.studio.lead)) == [report]


def test_an_account_out_of_use_is_not_written_to():
    report = factories.report()
    type(report.studio.lead).objects.filter(pk=report.studio.lead_id).update(is_active=False)
    with clock.frozen(at(DUE)):
        actions.send_due_reminders()
    assert told(report.studio.lead) == []


def test_letters_are_written_in_the_readers_language_with_the_link():
    report = factories.report()
    with clock.frozen(at(DUE)):
        actions.send_due_reminders()
    letter = Message.objects.get(kind="report.reminded")
    assert "今天到期" in letter.subject
    assert letter.body.endswith(f"/studios/{report.studio_id}/reports/{report.pk}/")
    assert ProgressReport.objects.get().reminded == 0
