"""The ladders of every office: five and two working days before and on the day to whoever must act, one after it to the
same, three after it to the superior; each once, and nobody who has nothing to do."""

from datetime import date, datetime

import pytest

from accounts.models import User
from selection.actions import nomination as offices
from selection.actions import qualification, recheck
from selection.actions.reminders import send_due_reminders
from selection.models import Nomination, RecheckRequest
from tests import factories
from tests.selection import stage as stages
from workflow import clock, todo
from workflow.models import Message

pytestmark = pytest.mark.django_db


def at(day, hour=9):
    return clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=clock.ZONE))


def run(*days):
    """The job, three times on each of these days."""
    for day in days:
        with at(day):
            for _ in range(3):
                send_due_reminders()


def told(kind, before=0):
    """Who was told, in order, since so many messages."""
    names = dict(User.objects.values_list("pk", "username"))
    rows = Message.objects.filter(kind=kind).order_by("pk").values_list("recipient_id", flat=True)
    return [names[int(pk)] for pk in rows][before:]


def people_of(orgs):
    """One of each office, and one beside it who has nothing to do."""
    factories.user("bureau_officer", organisation=factories.organisation("county"), username="stranger")
    return {
        "clerk": factories.user("unit_clerk", organisation=orgs["unit"], username="clerk"),
        "county": factories.user("bureau_officer", organisation=orgs["county"], username="county"),
        "city": factories.user("bureau_officer", organisation=orgs["city"], username="city"),
        "manager": factories.user("manager", username="manager"),
        "leader": factories.user("leader", username="leader"),
    }


def test_the_desk_s_days_are_counted_from_the_arrival():
    orgs = factories.tree()
    people = people_of(orgs)
    row = factories.nomination("draft", orgs=orgs)
    with at(date(2026, 9, 1)):
        row = offices.submit(row, by=people["clerk"])
    assert (row.state, row.due_on) == ("county_review", date(2026, 9, 8))
    with at(date(2026, 9, 4)):
        item = next(i for i in todo.waiting_for(people["county"]) if str(i.title) == "审核申报材料")
        assert item.due.isoformat() == "2026-09-09T00:00:00+08:00"
        asked = [{"field": "summary", "reason": "请补充。"}]
        row = offices.return_for_completion(row, by=people["county"], requests=asked)
    assert (row.due_on, row.times_returned) == (None, 1)
    with at(date(2026, 9, 28)):
        row = offices.submit(row, by=people["clerk"])
    assert row.due_on == date(2026, 10, 10)  # five working days end with the closing at the latest


def test_a_county_s_ladder_ends_with_its_city():
    orgs = factories.tree()
    people_of(orgs)
    due = date(2026, 9, 8)  # a Tuesday
    factories.nomination("county_review", orgs=orgs, due_on=due)
    factories.nomination("county_review", orgs=orgs, due_on=due, round=Nomination.objects.get().round)
    for day, expected in (
        (date(2026, 8, 31), []),
        (date(2026, 9, 1), ["county"]),
        (date(2026, 9, 2), ["county"]),
        (date(2026, 9, 4), ["county"] * 2),
        (date(2026, 9, 8), ["county"] * 3),
        (date(2026, 9, 9), ["county"] * 4),
        (date(2026, 9, 10), ["county"] * 4),
        (date(2026, 9, 11), ["county"] * 4 + ["city"]),
        (date(2026, 9, 18), ["county"] * 4 + ["city"]),
    ):
        run(day)
        assert told("reminder.desk") == expected, day
    last = Message.objects.filter(kind="reminder.desk").order_by("pk").last()
    assert last.subject.startswith("督办") and "有2份" in last.body and "已逾期3个工作日" in last.body


def test_a_city_s_ladder_ends_with_the_manager():
    orgs = factories.tree()
    people_of(orgs)
    factories.nomination("nominator_review", orgs=orgs, due_on=date(2026, 9, 8))
    run(date(2026, 9, 1), date(2026, 9, 4), date(2026, 9, 8), date(2026, 9, 9), date(2026, 9, 11))
    assert told("reminder.desk") == ["city"] * 4 + ["manager"]


def test_a_desk_that_was_cleared_hears_no_more():
    orgs = factories.tree()
    people_of(orgs)
    row = factories.nomination("county_review", orgs=orgs, due_on=date(2026, 9, 8))
    run(date(2026, 9, 1))
    Nomination.objects.filter(pk=row.pk).update(state="nominated")
    run(date(2026, 9, 4), date(2026, 9, 8), date(2026, 9, 9), date(2026, 9, 11))
    assert told("reminder.desk") == ["county"]


def test_after_the_closing_no_desk_has_anything_to_do():
    orgs = factories.tree()
    people_of(orgs)
    factories.nomination(
        "county_review", orgs=orgs, round=factories.round_("screening"), due_on=date(2026, 9, 8)
    )
    run(date(2026, 9, 9), date(2026, 9, 11))
    assert told("reminder.desk") == []


def test_a_weekend_after_the_day_is_not_yet_overdue():
    orgs = factories.tree()
    people_of(orgs)
    factories.nomination("county_review", orgs=orgs, due_on=date(2026, 9, 11))  # a Friday
    run(date(2026, 9, 12), date(2026, 9, 13))
    assert told("reminder.desk") == []
    run(date(2026, 9, 14))
    assert told("reminder.desk") == ["county"]


def test_a_job_that_stood_still_sends_what_is_still_true():
    orgs = factories.tree()
    people_of(orgs)
    factories.nomination("county_review", orgs=orgs, due_on=date(2026, 9, 8))
    run(date(2026, 9, 15))
    assert told("reminder.desk") == ["county", "city"]


def screening():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening(2)
    stage.reviewers[0].username, stage.reviewers[1].username = "r1", "r2"
    stage.manager.username = "manager"
    for person in (*stage.reviewers, stage.manager):
        person.save(update_fields=["username"])
    factories.user("leader", username="leader")
    factories.user("supervisor", username="supervisor")
    return stage


def test_reviewers_are_reminded_while_something_waits_for_them_and_then_the_manager():
    stage = screening()  # closed on 10 October: ten working days end on the 23rd
    with clock.frozen(stages.SCREENING):
        for number in (0, 1):
            stages.concluded(stage, 0, "qualified", on=number)  # r1 has done everything
    run(date(2026, 10, 13))
    assert told("reminder.screening") == []
    for day, expected in (
        (date(2026, 10, 16), 1), (date(2026, 10, 21), 2), (date(2026, 10, 23), 3), (date(2026, 10, 26), 4),
        (date(2026, 10, 27), 4),
    ):  # fmt: skip
        run(day)
        assert told("reminder.screening") == ["r2"] * expected, day
    run(date(2026, 10, 28))
    assert told("reminder.screening") == ["r2"] * 4 + ["manager"]
    with at(date(2026, 10, 28)):
        for number in (0, 1):
            stages.concluded(stage, 1, "qualified", on=number)
    run(date(2026, 10, 29))
    assert len(told("reminder.screening")) == 5


def test_a_ruling_is_the_manager_s_and_then_the_leader_s():
    stage = screening()
    with clock.frozen(stages.SCREENING):
        for number in (0, 1):
            stages.concluded(stage, 0, "disqualified", on=number, E04="fail")
            stages.concluded(stage, 1, "qualified", on=number)
    run(date(2026, 10, 16), date(2026, 10, 21), date(2026, 10, 23), date(2026, 10, 26), date(2026, 10, 28))
    assert told("reminder.ruling") == ["manager"] * 4 + ["leader"]
    assert told("reminder.screening") == []


def test_a_re_check_is_the_manager_s_and_then_the_leader_s():
    stage = screening()
    with clock.frozen(stages.SCREENING):
        stages.concluded(stage, 0, "disqualified", E04="fail")
        stages.concluded(stage, 1, "disqualified", E04="fail")
        stages.concluded(stage, 0, "qualified", on=1)
        stages.concluded(stage, 1, "qualified", on=1)
        clerk = factories.user("unit_clerk", organisation=stage.nominations[0].unit)
        recheck.request(
            RecheckRequest.objects.get(), by=clerk, statement="日期以登记表为准，请复核。"
        )  # due on the 19th
    run(date(2026, 10, 12), date(2026, 10, 15), date(2026, 10, 19), date(2026, 10, 20), date(2026, 10, 22))
    assert told("reminder.recheck") == ["manager"] * 4 + ["leader"]
    with at(date(2026, 10, 22)):
        recheck.refuse(RecheckRequest.objects.get(), by=stage.manager, reason="所附材料不能证明，维持结论。")
    run(date(2026, 10, 23))
    assert len(told("reminder.recheck")) == 5


def test_a_correction_is_reminded_of_until_its_day_is_over_and_not_after():
    stage = screening()
    clerk = factories.user("unit_clerk", organisation=stage.nominations[0].unit, username="clerk")
    with clock.frozen(stages.SCREENING):
        requests = [{"field": "phone", "reason": "少一位"}]
        qualification.request_correction(stage.nominations[0], by=stage.reviewers[0], requests=requests)
    run(date(2026, 10, 12), date(2026, 10, 15), date(2026, 10, 19), date(2026, 10, 20), date(2026, 10, 22))
    assert told("reminder.correction") == [clerk.username] * 3


def test_experts_who_are_late_and_then_the_manager():
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1)
    with clock.frozen(stages.REVIEW):
        for number in range(4):
            stages.submitted(stage.duty(number), "80")
    late = stage.duty(4).expert.user
    run(date(2026, 10, 23), date(2026, 10, 28), date(2026, 10, 30))
    run(date(2026, 11, 2), date(2026, 11, 3))
    assert told("reminder.scoring") == [late.username]
    run(date(2026, 11, 4), date(2026, 11, 5))
    assert told("reminder.scoring") == [late.username, stage.manager.username]


def test_nobody_is_told_twice_on_one_day_about_the_same_desk():
    orgs = factories.tree()
    people_of(orgs)
    factories.nomination("county_review", orgs=orgs, due_on=date(2026, 10, 10))  # the closing, too
    run(date(2026, 10, 9), date(2026, 10, 10))
    assert told("reminder.desk") == ["county"] * 2
    assert told("reminder.closing") == []
