from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from selection.actions import objection as actions
from selection.errors import ConflictOfInterest
from selection.models import Nomination, Objection, QualificationReview
from selection.queries.objection import investigators_for, objections_visible_to
from tests.factories import (
    assignment,
    expert,
    nomination,
    objection,
    office,
    public_notice,
    round_,
    tree,
    user,
)
from workflow import clock
from workflow.actor import PUBLIC
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db
END = datetime(2026, 10, 13, 0, 0, tzinfo=clock.ZONE)
SECRET = ("举报甲", "0571-12345678", "工资单")


def on_notice() -> tuple[Nomination, dict[str, Any]]:
    row, orgs = round_("notice"), tree()
    person = nomination("on_notice", round=row, orgs=orgs)
    public_notice(row, [person], "posted", ends_at=END)
    clerk = user("unit_clerk", organisation=orgs["unit"])
    officer = user("bureau_officer", organisation=orgs["city"])
    return person, {**office(), "unit_clerk": clerk, "bureau_officer": officer}


def lodged(person: Nomination, at: datetime = END - timedelta(days=1), **given: Any) -> Objection:
    entry = person.notice_entries.get()
    with clock.frozen(at):
        return actions.lodge(
            entry,
            by=PUBLIC,
            **{
                "kind": "real_name",
                "facts": "附工资单一份。",
                "name": SECRET[0],
                "contact": SECRET[1],
                **given,
            },
        )


def pair() -> list[Any]:
    """Two people who have no part in anything."""
    return [user("reviewer"), user("reviewer")]


def heard(said: Objection) -> Objection:
    """The candidate has spoken."""
    Objection.objects.filter(pk=said.pk).update(statement_at=END)
    return Objection.objects.get(pk=said.pk)


def test_the_last_second_is_in_time_and_midnight_is_not() -> None:
    person, _who = on_notice()
    assert lodged(person, END - timedelta(seconds=1)).kind == "real_name"
    assert lodged(person, END, facts="另附考勤记录一份。").kind == "complaint"


def test_a_complaint_is_never_admitted() -> None:
    person, who = on_notice()
    late = lodged(person, END)
    with pytest.raises(StepRefused, match="举报"), clock.frozen(END):
        actions.admit(late, by=who["manager"], investigators=pair(), neutral_issue="任职年限")
    actions.refuse(late, by=who["manager"], ground="out_of_time")


def test_one_form_sent_twice_is_one_objection() -> None:
    person, _who = on_notice()
    assert lodged(person, form_key="k1").pk == lodged(person, form_key="k1").pk
    assert Objection.objects.count() == 1


def test_admission_names_an_uninvolved_person_and_ten_working_days() -> None:
    person, who = on_notice()
    said = lodged(person)
    QualificationReview.objects.create(nomination=person, reviewer=who["reviewer"])
    judge = expert()
    assignment(person, judge)
    involved = (who["reviewer"], judge.user, who["bureau_officer"], who["leader"])
    assert not set(involved) & set(investigators_for(person))
    with pytest.raises(ConflictOfInterest):
        actions.admit(
            said, by=who["manager"], investigators=[who["reviewer"], *pair()], neutral_issue="任职年限"
        )
    with clock.frozen(datetime(2026, 10, 12, 10, 0, tzinfo=clock.ZONE)):
        said = actions.admit(said, by=who["manager"], investigators=pair(), neutral_issue="任职年限")
    assert (said.state, str(said.conclude_due)) == ("admitted", "2026-10-26")
    assert person.on_hold


def test_nobody_but_manager_supervisor_and_investigators_sees_it() -> None:
    person, who = on_notice()
    said = objection(person, "admitted")
    for reader in (who["manager"], who["supervisor"], *said.investigators.all()):
        assert list(objections_visible_to(reader)) == [said]
    for role in ("leader", "publisher", "reviewer", "unit_clerk", "bureau_officer"):
        assert not objections_visible_to(who[role]).exists()


def test_every_view_of_the_objector_is_recorded() -> None:
    person, who = on_notice()
    said = lodged(person)
    for _view in range(2):
        actions.view_identity(said, by=who["manager"], reason="核对身份以便书面答复。")
    assert Entry.objects.filter(kind="objection.identity_viewed").count() == 2
    with pytest.raises(NotPermitted):
        actions.view_identity(said, by=who["leader"], reason="想知道是谁提出的。")


def test_neither_record_nor_messages_give_the_objector_away() -> None:
    person, who = on_notice()
    said = lodged(person)
    with clock.frozen(END):
        said = heard(actions.admit(said, by=who["manager"], investigators=pair(), neutral_issue="任职年限"))
        actions.view_identity(said, by=who["manager"], reason="核对身份以便书面答复。")
        said = actions.uphold(said, by=who["manager"], conclusion="任职年限不足，属实。", material=True)
        actions.remove(person, by=who["leader"], reason="任职年限不足，取消人选资格。")
    written = " ".join(
        [*Entry.objects.values_list("payload", flat=True)]
        + [f"{m.subject} {m.body} {m.recipient_name} {m.address}" for m in Message.objects.all()]
    )
    assert Message.objects.filter(recipient_id=str(who["unit_clerk"].pk)).count() == 3
    assert not [word for word in (*SECRET, said.code) if word in written]
    assert Nomination.objects.get(pk=person.pk).state == "removed"


def test_an_upheld_material_objection_leaves_the_case_to_the_leader() -> None:
    person, who = on_notice()
    objection(person, "upheld", material=True)
    with pytest.raises(StepRefused, match="厅领导"), clock.frozen(END):
        from selection.actions.notice import clear

        clear(person, by=who["manager"])
    with pytest.raises(NotPermitted):
        actions.remove(person, by=who["manager"], reason="任职年限不足，取消人选资格。")


def test_a_candidate_without_an_upheld_objection_cannot_be_removed() -> None:
    person, who = on_notice()
    objection(person, "dismissed")
    with pytest.raises(StepRefused):
        actions.remove(person, by=who["leader"], reason="任职年限不足，取消人选资格。")


def test_whoever_holds_the_code_may_withdraw() -> None:
    person, _who = on_notice()
    said = objection(person, "admitted")
    assert actions.withdraw(said, by=PUBLIC).state == "withdrawn"
    assert not person.on_hold


def test_identity_and_facts_are_not_in_clear_in_the_database() -> None:
    from django.db import connection

    person, _who = on_notice()
    said = lodged(person)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objector_name, objector_contact, facts FROM selection_objection WHERE id = %s", [said.pk]
        )
        row = " ".join(cursor.fetchone())
    assert not [word for word in SECRET if word in row]
