"""The draw: frozen before its public value exists, witnessed, reproducible, and redrawn without moving anybody else."""

import json
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from selection.actions import assignment, panel, scoring
from selection.errors import ConflictOfInterest, DrawInfeasible
from selection.models import Assignment, Panelist, QualificationReview, Recusal, Round
from selection.rules.draw import draw_assignments, draw_panel, draw_seed, redraw_seed
from tests import factories
from tests.selection import stage as stages
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.models import Message, PublishedHead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    with clock.frozen(stages.SCREENING):
        yield


def pairs(round_):
    rows = Assignment.objects.filter(round=round_, state__in=("drawn", "accepted"))
    return set(rows.values_list("nomination__code", "expert__code"))


def test_a_panel_is_prepared_once_and_only_by_the_manager():
    stage = stages.screening()
    first = panel.prepare(stage.round, by=stage.manager)
    assert panel.prepare(stage.round, by=stage.manager) == first
    assert ledger.entries_of(first).filter(kind="panel.prepare").count() == 1
    with pytest.raises(NotPermitted):
        panel.prepare(stage.round, by=stage.supervisor)


def test_freezing_puts_the_digest_on_the_ledger_and_publishes_it():
    stage = stages.frozen()
    entry = ledger.entries_of(stage.panel).get(kind="panel.freeze")
    assert (
        json.loads(entry.payload)["digest"]
        == stage.panel.inputs_digest
        == panel.digest_of(stage.panel.inputs)
    )
    assert PublishedHead.objects.get().occasion == f"panel.freeze {stage.round.code}"
    assert Message.objects.filter(kind="panel.frozen", recipient_id=str(stage.supervisor.pk)).exists()


def test_freezing_waits_for_every_conclusion():
    stage = stages.screening(2, state="qualified")
    stage.nominations[1].__class__.objects.filter(pk=stage.nominations[1].pk).update(state="nominated")
    stages.pool(4, 4, 2)
    prepared = panel.prepare(stage.round, by=stage.manager)
    with pytest.raises(StepRefused) as refusal:
        panel.freeze(prepared, by=stage.manager, source="双色球", value_at=stages.DRAW_AT)
    assert refusal.value.code == "not_concluded"


def test_a_public_value_that_exists_already_is_refused():
    stage = stages.screening(1, state="qualified")
    stages.pool(4, 4, 2)
    prepared = panel.prepare(stage.round, by=stage.manager)
    with pytest.raises(StepRefused) as refusal:
        panel.freeze(
            prepared, by=stage.manager, source="昨日开奖", value_at=stages.SCREENING - timedelta(hours=1)
        )
    assert refusal.value.code == "public_value_past"


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-12:00", "2028-01-01T00:00:00+08:00"])
def test_a_public_value_beyond_a_year_is_refused(text):
    stage = stages.screening(1, state="qualified")
    prepared = panel.prepare(stage.round, by=stage.manager)
    with pytest.raises(StepRefused) as refusal:
        panel.freeze(prepared, by=stage.manager, source="双色球", value_at=datetime.fromisoformat(text))
    assert refusal.value.code == "public_value_far"


def test_drawing_before_the_public_value_is_due_is_refused():
    stage = stages.frozen()
    with pytest.raises(StepRefused) as refusal:
        panel.draw(stage.panel, by=stage.supervisor, public_value=stages.VALUE)
    assert refusal.value.code == "too_early"
    assert not Assignment.objects.exists() and not Panelist.objects.exists()


def test_the_operator_does_not_witness():
    stage = stages.frozen()
    factories.RoleGrant.objects.create(
        user=stage.manager, role="supervisor", since=date(2020, 1, 1), granted_by="测试"
    )
    both = stage.manager.__class__.objects.get(pk=stage.manager.pk)
    with clock.frozen(stages.DRAW_AT), pytest.raises(NotPermitted):
        panel.draw(stage.panel, by=both, public_value=stages.VALUE)


def test_anybody_draws_the_same_from_the_same_inputs():
    stage = stages.drawn(4)
    inputs = stage.panel.inputs
    seed = draw_seed(bytes.fromhex(stage.panel.inputs_digest), stages.VALUE.encode())
    chosen = draw_panel(seed, inputs["pool"], inputs["sizes"])
    again = draw_assignments(
        seed, inputs["nominees"], sorted(e for s in chosen.values() for e in s), per_nominee=5,
        recusals={tuple(pair) for pair in inputs["recusals"]}, shortlist=inputs["shortlist"],
    )  # fmt: skip
    assert stage.panel.seed == seed.hex()
    assert pairs(stage.round) == {(n, e) for n, on in again.sheets.items() for e in on}
    assert stage.panel.outcome["total_weight"] == again.total_weight
    payload = json.loads(ledger.entries_of(stage.panel).get(kind="panel.draw").payload)
    assert (payload["seed"], payload["public_value"]) == (seed.hex(), stages.VALUE)
    assert payload["outcome"]["sheets"] == stage.panel.outcome["sheets"]
    seats = Panelist.objects.filter(panel=stage.panel)
    assert Counter(seats.filter(number__isnull=False).values_list("stratum", flat=True)) == {
        "scholar": 3, "practice": 3, "association": 1,
    }  # fmt: skip
    assert sorted(seats.exclude(number=None).values_list("number", flat=True)) == list(range(1, 8))
    assert seats.filter(number=None).count() == 3


def test_inputs_changed_after_the_freezing_are_noticed():
    stage = stages.frozen()
    inputs = {**stage.panel.inputs, "nominees": stage.panel.inputs["nominees"][:1]}
    type(stage.panel).objects.filter(pk=stage.panel.pk).update(inputs=inputs)
    with clock.frozen(stages.DRAW_AT), pytest.raises(StepRefused) as refusal:
        panel.draw(stage.panel, by=stage.supervisor, public_value=stages.VALUE)
    assert refusal.value.code == "inputs_changed"


def test_an_expert_of_the_nominees_unit_or_bureau_is_recused_by_the_records():
    stage = stages.screening(1, state="qualified")
    nomination = stage.nominations[0]
    stages.pool(4, 4, 2)
    colleague = factories.expert("scholar", unit=nomination.unit)
    official = factories.expert("practice", unit=nomination.nominator)
    prepared = panel.prepare(stage.round, by=stage.manager)
    frozen = panel.freeze(prepared, by=stage.manager, source="双色球", value_at=stages.DRAW_AT)
    assert frozen.inputs["recusals"] == sorted(
        [[nomination.code, colleague.code], [nomination.code, official.code]]
    )
    assert set(Recusal.objects.values_list("expert", "kind")) == {
        (colleague.pk, "derived"),
        (official.pk, "derived"),
    }
    with clock.frozen(stages.DRAW_AT):
        panel.draw(frozen, by=stage.supervisor, public_value=stages.VALUE)
    assert not {colleague.code, official.code} & {expert for _n, expert in pairs(stage.round)}


def test_a_draw_that_might_fail_is_not_frozen_and_names_the_nominee():
    stage = stages.screening(1, state="qualified")
    nomination = stage.nominations[0]
    stages.pool(2, 3, 1)
    factories.expert("scholar", unit=nomination.unit)
    blocked = [factories.expert("practice", unit=nomination.unit) for _i in range(2)]
    prepared = panel.prepare(stage.round, by=stage.manager)
    with pytest.raises(DrawInfeasible) as refusal:
        panel.freeze(prepared, by=stage.manager, source="双色球", value_at=stages.DRAW_AT)
    assert f"{nomination.code} {nomination.nominee.name}" in str(refusal.value)
    assert "“实务”类至多2人" in str(refusal.value)
    frozen = panel.freeze(
        prepared, by=stage.manager, source="双色球", value_at=stages.DRAW_AT, set_aside=True
    )
    assert frozen.state == "frozen"
    assert frozen.inputs["left_out"] == [[min(expert.code for expert in blocked), "recused"]]


def test_a_pool_too_small_names_the_category():
    stage = stages.screening(1, state="qualified")
    stages.pool(3, 3, 0)
    prepared = panel.prepare(stage.round, by=stage.manager)
    with pytest.raises(DrawInfeasible, match="行业组织与管理"):
        panel.freeze(prepared, by=stage.manager, source="双色球", value_at=stages.DRAW_AT)


def test_the_review_begins_with_every_qualified_nominee_and_a_deadline():
    stage = stages.in_review(2)
    assert stage.round.state == "review"
    assert {n.state for n in stage.round.nominations.all()} == {"in_review"}
    assert stage.round.panels.get().scoring_due == date(2026, 10, 30)
    told = set(Message.objects.filter(kind="review.begun").values_list("recipient_id", flat=True))
    assert told == {str(pk) for pk in Assignment.objects.values_list("expert__user", flat=True)}


def test_the_review_does_not_begin_without_a_draw():
    stage = stages.frozen()
    with pytest.raises(StepRefused) as refusal:
        panel.begin_review(stage.round, by=stage.manager)
    assert refusal.value.code == "panel_not_drawn"
    assert Round.objects.get(pk=stage.round.pk).state == "screening"


def test_a_dossier_opens_only_after_the_declaration():
    stage = stages.in_review(1)
    duty = stage.duty()
    with clock.frozen(stages.REVIEW):
        with pytest.raises(ConflictOfInterest):
            assignment.accept(duty, by=duty.expert.user, declared=False)
        with pytest.raises(NotPermitted):
            assignment.accept(duty, by=stage.manager, declared=True)
        assert assignment.accept(duty, by=duty.expert.user, declared=True).sheet.state == "draft"


def test_a_late_recusal_voids_the_sheet_and_moves_nobody_else():
    stage = stages.in_review(4)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        sheet = stages.submitted(duty, "80")
        before = pairs(stage.round)
        assignment.recuse(duty, by=duty.expert.user, reason="近三年曾与该人选同单位工作")
    sheet.refresh_from_db()
    assert (sheet.state, bool(sheet.sealed)) == ("voided", True)
    gone = (duty.nomination.code, duty.expert.code)
    after = pairs(stage.round)
    assert before - after == {gone}
    ((nominee, newcomer),) = after - before
    assert nominee == duty.nomination.code and newcomer != duty.expert.code
    drawn = stage.round.panels.get()
    assert drawn.redraws == 1
    payload = json.loads(ledger.entries_of(drawn).get(kind="panel.redraw").payload)
    assert payload["seed"] == redraw_seed(bytes.fromhex(drawn.seed), 1).hex()
    assert payload["added"] == [[nominee, newcomer]]
    added = Assignment.objects.get(nomination__code=nominee, expert__code=newcomer)
    assert added.draw_number == 1
    assert Message.objects.filter(kind="assignment.recused", recipient_id=str(stage.manager.pk)).count() == 1
    assert Message.objects.get(kind="assignment.drawn").recipient_id == str(added.expert.user_id)
    assert Recusal.objects.get(expert=duty.expert).kind == "declared"


def test_a_reserve_is_called_up_where_the_panel_does_not_suffice():
    stage = stages.in_review(1, experts=(4, 3, 1))
    with clock.frozen(stages.REVIEW):
        for _i in range(3):
            duty = Assignment.objects.filter(state="drawn").order_by("pk")[0]
            assignment.recuse(duty, by=duty.expert.user, reason="与该人选有师生关系，申请回避")
    kinds = [e.kind for e in ledger.entries_of(stage.round.panels.get()).order_by("seq")]
    assert kinds.count("panel.promote") == 1 and kinds.count("panel.redraw") == 3
    assert len(pairs(stage.round)) == 5
    assert not Panelist.objects.filter(number=None).exists()


def test_a_recusal_stands_even_if_nobody_is_left_to_draw():
    stage = stages.in_review(1, experts=(3, 3, 1), per_nominee=7)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        assert (
            assignment.recuse(duty, by=duty.expert.user, reason="与该人选有师生关系，申请回避").state
            == "recused"
        )
    assert len(pairs(stage.round)) == 6
    assert ledger.entries_of(stage.round.panels.get()).filter(kind="panel.redraw_failed").count() == 1
    assert "没有可补抽的专家" in Message.objects.get(kind="assignment.recused").body


def test_a_withdrawn_nominee_does_not_hold_the_opening_up():
    stage = stages.in_review(2)
    with clock.frozen(stages.REVIEW):
        for duty in stage.nominations[0].assignments.select_related("expert__user"):
            stages.submitted(duty, "80")
        type(stage.nominations[1]).objects.filter(pk=stage.nominations[1].pk).update(state="withdrawn")
        assert scoring.ask_opening(stage.round, by=stage.manager).operator == stage.manager


def test_who_reviewed_in_the_round_and_became_an_expert_does_not_score():
    stage = stages.in_review(1)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        QualificationReview.objects.create(nomination=duty.nomination, reviewer=duty.expert.user)
        with pytest.raises(ConflictOfInterest):
            assignment.accept(duty, by=duty.expert.user, declared=True)
        assert Assignment.objects.get(pk=duty.pk).state == "drawn"
        assert assignment.recuse(duty, by=duty.expert.user, reason="曾任本轮初审员。").state == "recused"


def test_who_nominated_somebody_and_became_an_expert_does_not_score_them():
    stage = stages.in_review(1)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        ledger.append(
            duty.expert.user, chain=duty.chain_key, kind="nomination.nominate", payload={},
            subject=subject_of(duty.nomination),
        )  # fmt: skip
        with pytest.raises(ConflictOfInterest):
            assignment.accept(duty, by=duty.expert.user, declared=True)
