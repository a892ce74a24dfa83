"""Reminders: each level once, only to those with something to do."""

from datetime import date, timedelta

import pytest

from selection.actions.qualification import request_correction
from selection.actions.reminders import send_due_reminders
from tests import factories
from tests.selection import stage as stages
from workflow import clock
from workflow.models import Message

pytestmark = pytest.mark.django_db


def at(day, hour=9):
    return clock.frozen(stages.SCREENING.replace(year=day.year, month=day.month, day=day.day, hour=hour))


def told(kind):
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("recipient_id", flat=True))


def test_clerks_with_drafts_and_officers_with_dossiers_are_reminded_before_the_closing_once_a_level():
    orgs = factories.tree()
    row = factories.round_("open")
    factories.nomination("draft", round=row, orgs=orgs)
    factories.nomination("county_review", round=row, orgs=orgs)
    clerk = factories.user("unit_clerk", organisation=orgs["unit"])
    county = factories.user("bureau_officer", organisation=orgs["county"])
    factories.user("bureau_officer", organisation=orgs["city"])
    factories.user("unit_clerk", organisation=factories.organisation("employer"))
    with at(date(2026, 9, 1)):
        send_due_reminders()
        assert told("reminder.closing") == []
    # the closing, Saturday 10 October 2026, is a make-up workday: the 9th, the 8th, then before the holiday the 30th …
    for day, expected in ((date(2026, 9, 30), 2), (date(2026, 10, 9), 4), (date(2026, 10, 10), 6)):
        with at(day):
            send_due_reminders()
            send_due_reminders()
            assert len(told("reminder.closing")) == expected, day
    assert set(told("reminder.closing")) == {str(clerk.pk), str(county.pk)}
    with at(date(2026, 10, 10), hour=18):
        send_due_reminders()
    assert len(told("reminder.closing")) == 6


def test_a_due_correction_is_reminded_of():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening()
        clerk = factories.user("unit_clerk", organisation=stage.nominations[0].unit)
        request_correction(
            stage.nominations[0], by=stage.reviewers[0], requests=[{"field": "phone", "reason": "少一位"}]
        )
        send_due_reminders()
        send_due_reminders()
    assert told("reminder.correction") == [str(clerk.pk)]


def test_experts_with_missing_sheets_are_reminded_and_nobody_else():
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1)
    with clock.frozen(stages.REVIEW):
        for n in range(4):
            stages.submitted(stage.duty(n), "80")
        late = stage.duty(4).expert.user
    with clock.frozen(stages.REVIEW + timedelta(days=1)):
        send_due_reminders()
    assert told("scoring.reminder") == []
    for day in (
        date(2026, 10, 23),
        date(2026, 10, 26),
        date(2026, 10, 28),
        date(2026, 10, 30),
        date(2026, 10, 31),
    ):
        with at(day):
            send_due_reminders()
            send_due_reminders()
    assert told("scoring.reminder") == [str(late.pk)] * 3
