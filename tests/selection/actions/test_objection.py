from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from selection.actions import evidence
from selection.actions import objection as actions
from selection.actions import objection_case as case
from selection.actions.reminders import send_due_reminders
from selection.errors import BadFile, ConflictOfInterest
from selection.models import Evidence, Nomination, Objection, QualificationReview
from selection.queries.objection import investigators_for, objections_visible_to, to_revoke
from tests.factories import (
    NOON,
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
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
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


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (9, 9), "navy").save(out, "PNG")
    return out.getvalue()


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


# The case ------------------------------------------------------------------------------------------------------------


def concluded(state: str = "dismissed") -> tuple[Objection, dict[str, Any]]:
    """A real-name objection on which the manager has concluded at the end of the period."""
    person, who = on_notice()
    said = lodged(person)
    with clock.frozen(END):
        said = heard(actions.admit(said, by=who["manager"], investigators=pair(), neutral_issue="任职年限"))
        act = actions.dismiss if state == "dismissed" else actions.uphold
        said = act(said, by=who["manager"], conclusion="经核查，任职年限符合规定。")
    return said, who


def test_a_manager_who_judged_the_candidate_neither_sees_nor_concludes() -> None:
    person, who = on_notice()
    said = objection(person, "admitted")
    judge = user("manager")
    QualificationReview.objects.create(nomination=person, reviewer=judge)
    assert not objections_visible_to(judge).exists()
    with pytest.raises(NotPermitted), clock.frozen(END):
        actions.dismiss(said, by=judge, conclusion="经核查，任职年限符合规定。")
    with clock.frozen(END):
        assert actions.dismiss(said, by=who["manager"], conclusion="经核查，符合规定。").state == "dismissed"


def test_one_investigator_is_not_enough() -> None:
    person, who = on_notice()
    said = lodged(person)
    with pytest.raises(StepRefused, match="两名"), clock.frozen(END):
        actions.admit(said, by=who["manager"], investigators=[user("reviewer")], neutral_issue="任职年限")


def test_an_investigator_who_steps_aside_sees_nothing_and_another_is_needed() -> None:
    person, who = on_notice()
    said = objection(person, "admitted")
    first = said.investigators.order_by("pk")[0]
    case.declare_interest(said, by=first, reason="与人选系亲属关系，申请回避。")
    assert not objections_visible_to(first).exists()
    with pytest.raises(StepRefused, match="两名"), clock.frozen(END):
        actions.dismiss(said, by=who["manager"], conclusion="经核查，任职年限符合规定。")
    assert first not in investigators_for(person)


def test_nothing_is_concluded_before_the_candidate_is_heard() -> None:
    person, who = on_notice()
    said = objection(person, "admitted", statement_at=None, statement="")
    with pytest.raises(StepRefused, match="陈述"), clock.frozen(NOON):
        actions.dismiss(said, by=who["manager"], conclusion="经核查，任职年限符合规定。")
    with pytest.raises(StepRefused, match="期限未满"), clock.frozen(NOON):
        actions.note_silence(said, by=who["manager"])
    with clock.frozen(NOON):
        case.give_statement(said, by=who["unit_clerk"], text="任职情况属实，附合同。")
        assert actions.dismiss(said, by=who["manager"], conclusion="经核查，符合规定。").state == "dismissed"


def test_an_objection_is_lodged_without_next_years_calendar_and_its_day_is_counted_later() -> None:
    from workflow.models import CalendarYear

    person, who = on_notice()
    year = CalendarYear.objects.filter(year=2026)
    kept = list(year)
    year.delete()
    said = lodged(person)
    assert (said.kind, said.admit_due) == ("real_name", None)
    with clock.frozen(END):
        said = actions.admit(said, by=who["manager"], investigators=pair(), neutral_issue="任职年限")
    assert said.conclude_due is None and case.count_open_days() == 0
    CalendarYear.objects.bulk_create(kept)
    assert case.count_open_days() == 2
    said.refresh_from_db()
    assert str(said.conclude_due) == "2026-10-27"


def test_a_letter_is_as_early_as_its_postmark() -> None:
    person, who = on_notice()
    last, late = (END - timedelta(days=1)).date(), END.date()
    given = {"channel": "letter", "facts": "来信所述事实。"}
    entry = person.notice_entries.get()
    with clock.frozen(END + timedelta(days=2)):
        made = actions.lodge(entry, by=who["manager"], kind="lead", postmarked_on=last, **given)
        after = actions.lodge(
            entry, by=who["manager"], kind="real_name", name="某人", postmarked_on=late, **given
        )
    assert (made.kind, made.entered_by, after.kind) == ("lead", who["manager"], "complaint")


def test_the_period_is_extended_once_to_thirty_working_days() -> None:
    person, who = on_notice()
    said = lodged(person)
    with clock.frozen(datetime(2026, 10, 12, 10, 0, tzinfo=clock.ZONE)):
        said = actions.admit(said, by=who["manager"], investigators=pair(), neutral_issue="任职年限")
        said = actions.extend(said, by=who["manager"], reason="需要到外省核实任职经历。")
        assert str(said.conclude_due) == "2026-11-23"
        with pytest.raises(StepRefused, match="一次"):
            actions.extend(said, by=who["manager"], reason="还需要更多的时间核实。")


def test_an_appeal_holds_again_and_is_decided_by_another() -> None:
    said, who = concluded()
    other = user("manager")
    with clock.frozen(END + timedelta(days=1)):
        appeal = case.appeal(said, by=PUBLIC, reason="结论没有回应工资单的问题。")
        assert not said.nomination.on_hold
        with pytest.raises(NotPermitted):
            case.admit_appeal(appeal, by=who["manager"])
        appeal = case.admit_appeal(appeal, by=other)
        assert said.nomination.on_hold
        appeal = case.uphold_appeal(appeal, by=other, answer="任职年限不足，部分属实。", outcome="partly")
        with pytest.raises(OutsideWindow):
            case.appeal(said, by=PUBLIC, reason="再次申请复查。")
    said = Objection.objects.get(pk=said.pk)
    assert (appeal.state, said.state, said.partly, said.nomination.on_hold) == (
        "upheld",
        "upheld",
        True,
        False,
    )


def test_an_appeal_that_changes_nothing_leaves_the_conclusion() -> None:
    said, who = concluded()
    with clock.frozen(END + timedelta(days=1)):
        appeal = case.admit_appeal(
            case.appeal(said, by=PUBLIC, reason="结论没有回应工资单的问题。"), by=who["leader"]
        )
        assert (
            case.dismiss_appeal(appeal, by=who["leader"], answer="经复查，维持原结论。").state == "dismissed"
        )
    said = Objection.objects.get(pk=said.pk)
    assert (said.state, said.concluded_by) == ("dismissed", who["manager"])


def test_an_appeal_comes_within_five_working_days() -> None:
    said, _who = concluded()
    assert str(said.appeal_due) == "2026-10-20"
    with pytest.raises(OutsideWindow, match="期限已过"), clock.frozen(END + timedelta(days=8)):
        case.appeal(said, by=PUBLIC, reason="结论没有回应工资单的问题。")


def test_the_same_text_again_is_one_objection_and_another_signs_for_themselves() -> None:
    person, _who = on_notice()
    lodged(person, facts="附工资单 一份。")
    with pytest.raises(StepRefused, match="已经登记"):
        lodged(person, facts="附工资单一份。")
    assert lodged(person, name="举报乙").kind == "real_name"


def test_a_complaint_holds_nobody_and_can_lead_to_a_revocation() -> None:
    person, who = on_notice()
    late = lodged(person, END)
    assert not person.on_hold
    with clock.frozen(END):
        actions.verify(late, by=who["manager"], conclusion="经核查属实，影响认定。", material=True)
    Nomination.objects.filter(pk=person.pk).update(state="recognised")
    assert list(to_revoke()) == [person]


def test_each_reminder_comes_once_and_the_superior_hears_on_the_third_day() -> None:
    person, who = on_notice()
    lodged(person, datetime(2026, 10, 9, 10, 0, tzinfo=clock.ZONE))
    for day in (13, 13, 14, 14, 16, 16):  # due on the 13th
        with clock.frozen(datetime(2026, 10, day, 9, 0, tzinfo=clock.ZONE)):
            send_due_reminders()
    kind = Message.objects.filter(kind="reminder.objection_admit")
    assert kind.filter(recipient_id=str(who["manager"].pk)).count() == 2
    assert kind.filter(recipient_id=str(who["leader"].pk)).count() == 1


def test_evidence_is_encrypted_and_each_opening_recorded() -> None:
    from django.core.files.storage import default_storage

    person, who = on_notice()
    data = picture()
    evidence.stage("f1", name="工资单.png", data=data, by=PUBLIC)
    said = lodged(person, form_key="f1")
    row = said.evidence.get()
    assert (row.state, row.source, row.mime) == ("clean", "objector", "image/png")
    with default_storage.open(row.place, "rb") as file:
        assert b"PNG" not in file.read()[:64]
    assert evidence.read(row, by=who["manager"]).startswith(b"\x89PNG")
    assert Entry.objects.filter(kind="objection.evidence_viewed").count() == 1
    with pytest.raises(NotPermitted):
        evidence.read(row, by=who["leader"])


def test_files_of_a_form_never_accepted_are_gone_after_a_day() -> None:
    row = evidence.stage("f1", name="工资单.png", data=picture(), by=PUBLIC)
    assert evidence.stage("f1", name="工资单.png", data=picture(), by=PUBLIC).pk == row.pk
    with pytest.raises(BadFile):
        evidence.stage("f1", name="a.exe", data=b"MZ" + b"\0" * 99, by=PUBLIC)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert evidence.drop_unclaimed() >= 1
    assert not Evidence.objects.filter(pk=row.pk).exists()


def test_more_is_said_once() -> None:
    person, _who = on_notice()
    said = lodged(person)
    actions.supplement(said, by=PUBLIC, text="另附考勤记录一份。")
    with pytest.raises(StepRefused, match="一次"):
        actions.supplement(said, by=PUBLIC, text="另附考勤记录二份。")
