"""Recusals asked for, decided by two persons, and binding every way in; those found late; the words that were signed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from selection.actions import assignment, conflict, panel
from selection.errors import ConflictOfInterest
from selection.models import Assignment, Expert, ExpertLink, Recusal, RecusalRequest, ScoreSheet
from selection.rules.declarations import TEXTS, digest_of
from tests import factories
from tests.selection import stage as stages
from workflow import clock, ledger, todo
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

REASON = "与人选有公开的学术争议，见2024年报道。"


@pytest.fixture(autouse=True)
def screening_time():
    with clock.frozen(stages.SCREENING):
        yield


def clerk(stage: stages.Stage) -> Any:
    return factories.user("unit_clerk", organisation=stage.nominations[0].unit)


def named(stage: stages.Stage, name: str = "钱老师", **given: Any) -> RecusalRequest:
    return conflict.name_unsuitable(stage.nominations[0], by=clerk(stage), name=name, reason=REASON, **given)


def upheld(stage: stages.Stage, expert: Expert) -> RecusalRequest:
    request = named(stage, expert.name)
    request = conflict.propose(
        request, by=stage.manager, verdict="uphold", opinion="情况属实。", expert=expert
    )
    return conflict.confirm(request, by=stage.supervisor)


def freeze(stage: stages.Stage) -> Any:
    return panel.freeze(
        panel.prepare(stage.round, by=stage.manager), by=stage.manager, source="双色球第2026120期",
        value_at=stages.DRAW_AT,
    )  # fmt: skip


def refused_by_database(row: Assignment) -> None:
    with pytest.raises((IntegrityError, InternalError), match="conflict_of_interest"), transaction.atomic():
        row.save(force_insert=row.pk is None)


# Asked and decided ---------------------------------------------------------------------------------------------------


def test_two_persons_uphold_a_request_and_it_binds_the_draw():
    stage = stages.screening(1, state="qualified")
    experts = stages.pool(5, 5, 3)
    meant = experts[0]
    request = named(stage, meant.name, id_number=factories.id_number())
    assert request.person_hash and Message.objects.filter(kind="recusal.asked").count() == 1
    assert [t.count for t in todo.waiting_for(stage.manager) if "回避申请" in str(t.title)] == [1]
    proposed = conflict.propose(
        request, by=stage.manager, verdict="uphold", opinion="情况属实。", expert=meant
    )
    assert not Recusal.objects.exists()
    assert [t.count for t in todo.waiting_for(stage.supervisor) if "复核" in str(t.title)] == [1]
    done = conflict.confirm(proposed, by=stage.supervisor, remark="同意。")
    assert done.state == "upheld"
    assert Recusal.objects.get().ground == "unsuitable"
    frozen = freeze(stage)
    assert [stage.nominations[0].code, meant.code] in frozen.inputs["recusals"]


def test_nobody_decides_alone():
    stage = stages.screening(1, state="qualified")
    both = factories.user("manager", "supervisor")
    request = conflict.propose(named(stage), by=both, verdict="dismiss", opinion="没有依据。")
    with pytest.raises(NotPermitted):
        conflict.confirm(request, by=both)
    assert conflict.confirm(request, by=stage.supervisor).state == "dismissed"
    assert not Recusal.objects.exists()


def test_a_supervisor_who_does_not_agree_sends_it_back():
    stage = stages.screening(1, state="qualified")
    request = conflict.propose(named(stage), by=stage.manager, verdict="dismiss", opinion="没有依据。")
    back = conflict.send_back(request, by=stage.supervisor, reason="请核实2024年的报道再议。")
    assert (back.state, back.verdict) == ("requested", "")
    assert Message.objects.filter(kind="recusal.sent_back").exists()


def test_three_people_at_most_and_each_once():
    stage = stages.screening(1, state="qualified")
    first = named(stage, "甲")
    with pytest.raises(StepRefused) as twice:
        named(stage, " 甲 ")
    assert twice.value.code == "named_already"
    named(stage, "乙")
    named(stage, "丙")
    with pytest.raises(StepRefused) as fourth:
        named(stage, "丁")
    assert fourth.value.code == "three_named"
    conflict.withdraw(first, by=clerk(stage))
    assert named(stage, "丁").state == "requested"


def test_only_the_nominees_side_asks():
    stage = stages.screening(1, state="qualified")
    for person in (stage.manager, factories.user("unit_clerk", organisation=factories.organisation())):
        with pytest.raises(NotPermitted):
            conflict.name_unsuitable(stage.nominations[0], by=person, name="甲", reason=REASON)
    officer = factories.user("bureau_officer", organisation=stage.nominations[0].nominator)
    assert conflict.name_unsuitable(stage.nominations[0], by=officer, name="甲", reason=REASON)


def test_the_freezing_waits_for_open_requests_and_ends_asking():
    stage = stages.screening(1, state="qualified")
    stages.pool(4, 4, 2)
    request = named(stage)
    with pytest.raises(StepRefused) as waits:
        freeze(stage)
    assert waits.value.code == "requests_pending"
    conflict.withdraw(request, by=clerk(stage))
    freeze(stage)
    with pytest.raises(StepRefused) as late:
        named(stage, "乙")
    assert late.value.code == "draw_frozen"


# Every way in --------------------------------------------------------------------------------------------------------


def test_the_draw_never_pairs_who_conflict():
    stage = stages.screening(3, state="qualified")
    experts = stages.pool(6, 6, 3)
    for number, expert in enumerate(experts[:3]):
        row = stage.nominations[number]
        ExpertLink.objects.create(
            expert=expert, kind="kin", person_hash=row.nominee.person_key, person_name="某人"
        )
    frozen = freeze(stage)
    pairs = {tuple(pair) for pair in frozen.inputs["recusals"]}
    assert pairs == {(stage.nominations[n].code, experts[n].code) for n in range(3)}
    with clock.frozen(stages.DRAW_AT):
        panel.draw(frozen, by=stage.supervisor, public_value=stages.VALUE)
    drawn = set(Assignment.objects.values_list("nomination__code", "expert__code"))
    assert drawn and not drawn & pairs


def test_the_database_refuses_a_recused_pair():
    stage = stages.screening(2, state="qualified")
    row, other = stage.nominations
    expert = factories.expert()
    Recusal.objects.create(nomination=row, expert=expert, kind="declared", reason="亲属")
    refused_by_database(Assignment(round=stage.round, nomination=row, expert=expert))
    given_up = factories.assignment(row, expert, "recused")
    given_up.__class__.objects.filter(pk=given_up.pk).update(reason="亲属")
    duty = factories.assignment(other, expert)
    duty.nomination = row
    Assignment.objects.filter(pk=given_up.pk).delete()
    refused_by_database(duty)


def test_the_database_lets_no_recusal_be_undone_by_the_state():
    stage = stages.screening(1, state="qualified")
    expert = factories.expert()
    given_up = factories.assignment(stage.nominations[0], expert, "recused")
    Recusal.objects.create(nomination=stage.nominations[0], expert=expert, kind="declared", reason="亲属")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Assignment.objects.filter(pk=given_up.pk).update(state="drawn")


@pytest.mark.postgres
def test_postgresql_refuses_many_at_once():
    assert connection.vendor == "postgresql"
    stage = stages.screening(1, state="qualified")
    expert = factories.expert()
    Recusal.objects.create(nomination=stage.nominations[0], expert=expert, kind="declared", reason="亲属")
    rows = [
        Assignment(round=stage.round, nomination=stage.nominations[0], expert=one)
        for one in (factories.expert(), expert)
    ]
    with pytest.raises(IntegrityError, match="conflict_of_interest"), transaction.atomic():
        Assignment.objects.bulk_create(rows)
    assert not Assignment.objects.exists()


# After the draw ------------------------------------------------------------------------------------------------------


def kin(duty: Assignment) -> ExpertLink:
    return ExpertLink.objects.create(
        expert=duty.expert, kind="kin", person_hash=duty.nomination.nominee.person_key, person_name="某人",
        recorded_at=clock.now(),
    )  # fmt: skip


def test_a_dossier_does_not_open_where_a_conflict_is_known_by_now():
    stage = stages.in_review(2)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        kin(duty)
        with pytest.raises(ConflictOfInterest, match="近亲属") as refused:
            assignment.accept(duty, by=duty.expert.user, declared=True)
    assert refused.value.code == "conflict_of_interest"
    assert Assignment.objects.get(pk=duty.pk).state == "drawn"
    assert not ScoreSheet.objects.filter(assignment=duty).exists()


def test_in_a_blind_round_the_refusal_names_no_unit():
    stage = stages.in_review(2, blind=True)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        Expert.objects.filter(pk=duty.expert_id).update(unit=duty.nomination.unit)
        with pytest.raises(ConflictOfInterest) as refused:
            assignment.accept(stage.duty(), by=duty.expert.user, declared=True)
    assert "同单位" in str(refused.value)
    assert duty.nomination.unit.name not in str(refused.value)


def test_a_conflict_found_late_takes_the_duty_away_and_another_expert_is_drawn():
    stage = stages.in_review(3)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        stages.submitted(duty, "90")
        before = set(Assignment.objects.exclude(pk=duty.pk).values_list("nomination", "expert"))
        assert not [t for t in todo.waiting_for(stage.manager) if "评审中发现" in str(t.title)]
        with clock.frozen(stages.LATER):
            kin(duty)
            assert [t.count for t in todo.waiting_for(stage.manager) if "评审中发现" in str(t.title)] == [1]
            (barred,) = conflict.bar_found(stage.round, by=stage.manager)
    assert (barred.pk, barred.state, barred.reason) == (duty.pk, "recused", "近亲属")
    assert ScoreSheet.objects.get(assignment=duty).state == "voided"
    assert Recusal.objects.get(nomination=duty.nomination_id, expert=duty.expert_id).ground == "kin"
    after = set(Assignment.objects.exclude(pk=duty.pk).values_list("nomination", "expert"))
    assert before < after and len(after) == len(before) + 1
    assert Message.objects.filter(kind="recusal.barred").count() == 2
    with pytest.raises(ConflictOfInterest):
        conflict.bar_found(stage.round, by=stage.manager)


def test_the_manager_bars_with_a_ground_of_their_own():
    stage = stages.in_review(2)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        with pytest.raises(NotPermitted):
            conflict.bar(duty, by=duty.expert.user, reason="经核实为近姻亲关系，有户籍证明。", ground="kin")
        conflict.bar(duty, by=stage.manager, reason="经核实为近姻亲关系，有户籍证明。", ground="kin")
    recusal = Recusal.objects.get(nomination=duty.nomination_id, expert=duty.expert_id)
    assert (recusal.ground, recusal.kind) == ("kin", "derived")


def test_what_was_signed_is_kept_with_its_words_version_and_time():
    stage = stages.in_review(2)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        stages.accepted(duty)
        now = clock.now().isoformat()
    kept = Assignment.objects.get(pk=duty.pk).declaration
    text = TEXTS["no_conflict"]["2026-1"]["zh-hans"]
    assert kept == {
        "version": "2026-1", "language": "zh-hans", "digest": digest_of("no_conflict"), "text": text, "at": now,
    }  # fmt: skip
    entry = ledger.entries_of(duty).get(kind="assignment.accept")
    assert json.loads(entry.payload)["declaration"]["digest"] == digest_of("no_conflict")


def test_an_expert_gives_up_naming_the_ground():
    stage = stages.in_review(2)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        assignment.recuse(
            duty, by=duty.expert.user, reason="人选是我的博士研究生。", grounds=["student", "co_author"]
        )
    recusal = Recusal.objects.get(nomination=duty.nomination_id, expert=duty.expert_id)
    assert (recusal.ground, recusal.kind) == ("student", "declared")
    assert Assignment.objects.get(pk=duty.pk).declaration == {"grounds": ["student", "co_author"]}
