"""Seats that fall vacant and what is drawn anew: submitted sheets stand, nobody else moves, every redraw can be replayed."""

import json

import pytest

from selection.actions import assignment, panel, redraw, seat
from selection.errors import DrawInfeasible
from selection.models import Assignment, Panelist, Recusal, Redraw
from selection.queries.draw import lists_now
from selection.queries.draw_story import record_of
from selection.rules.draw import Shortfall, redraw_seed
from selection.rules.draw import redraw as solve
from tests import factories
from tests.selection import stage as stages
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    with clock.frozen(stages.SCREENING):
        found = stages.in_review(4)
    with clock.frozen(stages.REVIEW):
        yield found


def pairs(round_):
    rows = Assignment.objects.filter(round=round_, state__in=("drawn", "accepted"))
    return set(rows.values_list("nomination__code", "expert__code"))


def seat_of(duty):
    return Panelist.objects.get(panel__round=duty.round_id, expert=duty.expert_id)


def entry(stage, kind):
    return json.loads(ledger.entries_of(stage.round.panels.get()).filter(kind=kind).latest("seq").payload)


def test_a_replaced_expert_s_submitted_sheets_stand_and_the_rest_is_drawn_anew(stage):
    duty = stage.duty()
    sheet = stages.submitted(duty, "80")
    other = Assignment.objects.filter(expert=duty.expert, state="drawn").select_related("expert__user")[0]
    draft = stages.accepted(other)
    before, chair = pairs(stage.round), seat_of(duty)
    successor = seat.replace(chair, by=stage.manager, how="illness", reason="住院治疗，不能继续评审")
    gone = {(n, e) for n, e in before if e == duty.expert.code} - {(duty.nomination.code, duty.expert.code)}
    after = pairs(stage.round)
    assert before - after == gone and len(after) == len(before) == 20
    sheet.refresh_from_db(), draft.refresh_from_db(), chair.refresh_from_db()
    assert (sheet.state, draft.state, chair.left_how) == ("submitted", "voided", "illness")
    assert successor.stratum == chair.stratum and successor.number == 8
    assert {n for n, _e in after - before} == {n for n, _e in gone}
    told = Message.objects.filter(kind="panel.left", recipient_id=str(stage.supervisor.pk)).get().body
    assert "住院治疗" in told and successor.expert.name in told
    left = entry(stage, "panel.leave")
    assert left["kept"] == [duty.nomination.code] and left["released"] == sorted(n for n, _e in gone)


def test_the_successor_is_the_next_of_the_stratum_in_drawn_order(stage):
    chair = seat_of(stage.duty())
    waiting = Panelist.objects.filter(panel=chair.panel, stratum=chair.stratum, number=None)
    expected = waiting.order_by("position")[0]
    assert seat.replace(chair, by=stage.manager, how="silence", reason="三次联系未回复") == expected


def test_an_expert_declines_before_the_review_begins_without_moving_anybody():
    with clock.frozen(stages.SCREENING):
        stage = stages.drawn(4)
    with clock.frozen(stages.DRAW_AT):
        chair = seat_of(stage.duty())
        before = pairs(stage.round)
        seat.decline(chair, by=chair.expert.user, reason="评审期间出国访问")
        after = pairs(stage.round)
    assert {pair for pair in before if pair[1] != chair.expert.code} < after and len(after) == len(before)
    assert not Message.objects.filter(kind="assignment.drawn").exists()


def test_only_the_manager_replaces_and_only_the_expert_declines(stage):
    chair = seat_of(stage.duty())
    for by in (stage.supervisor, chair.expert.user):
        with pytest.raises(NotPermitted):
            seat.replace(chair, by=by, how="other", reason="其他原因")
    with pytest.raises(NotPermitted):
        seat.decline(chair, by=stage.manager, reason="代为退出")
    with pytest.raises(StepRefused):
        seat.replace(chair, by=stage.manager, how="other", reason=" ")


def test_nobody_leaves_twice_or_after_the_opening(stage):
    chair = seat_of(stage.duty())
    seat.decline(chair, by=chair.expert.user, reason="身体原因")
    with pytest.raises(StepRefused) as refusal:
        seat.decline(chair, by=chair.expert.user, reason="身体原因")
    assert refusal.value.code == "not_seated"
    type(stage.round).objects.filter(pk=stage.round.pk).update(state="deliberation")
    rest = Panelist.objects.filter(panel=chair.panel, number__isnull=False, left_at=None)[0]
    with pytest.raises(StepRefused) as refusal:
        seat.replace(rest, by=stage.manager, how="other", reason="其他原因")
    assert refusal.value.code == "wrong_state"


def test_every_redraw_is_replayed_from_its_own_record(stage):
    for n in range(3):
        duty = Assignment.objects.filter(state="drawn").select_related("expert__user").order_by("pk")[n]
        assignment.recuse(duty, by=duty.expert.user, reason="近三年曾与该人选同单位工作")
    seat.replace(seat_of(stage.duty(9)), by=stage.manager, how="illness", reason="因病住院")
    drawn = stage.round.panels.get()
    record = json.loads(json.dumps(record_of(drawn)))
    assert [one["number"] for one in record["redraws"]] == list(range(1, drawn.redraws + 1))
    assert drawn.redraws == Redraw.objects.count() >= 4
    for one in record["redraws"]:
        found = solve(bytes.fromhex(record["seed"]), one["number"], Shortfall.from_dict(one["inputs"]))
        assert one["seed"] == redraw_seed(bytes.fromhex(record["seed"]), one["number"]).hex()
        assert one["outcome"]["added"] == [[n, e] for n, on in sorted(found.added.items()) for e in on]
        assert one["outcome"]["total_weight"] == found.total_weight
    assert entry(stage, "panel.redraw")["inputs"] == record["redraws"][-1]["inputs"]


def test_no_reserve_is_seated_by_a_redraw_that_fails():
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1, experts=(4, 3, 1), per_nominee=7)
    with clock.frozen(stages.REVIEW):
        reserve = Panelist.objects.get(number=None)
        Recusal.objects.create(nomination=stage.nominations[0], expert=reserve.expert, reason="同单位")
        duty = stage.duty()
        assignment.recuse(duty, by=duty.expert.user, reason="与该人选有师生关系，申请回避")
    reserve.refresh_from_db()
    assert reserve.number is None
    kinds = [e.kind for e in ledger.entries_of(stage.round.panels.get())]
    assert kinds.count("panel.redraw_failed") == 1 and "panel.promote" not in kinds


def test_what_could_not_be_drawn_is_drawn_when_a_reserve_can_come_again():
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1, experts=(4, 3, 1), per_nominee=7)
    reserve = Panelist.objects.get(number=None)
    pool = type(reserve.expert).objects.filter(pk=reserve.expert_id)
    pool.update(available=False)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        assignment.recuse(duty, by=duty.expert.user, reason="与该人选有师生关系，申请回避")
        assert redraw.fill_gaps(stage.round.panels.get(), by=stage.manager) == []
        pool.update(available=True)
        (added,) = redraw.fill_gaps(stage.round.panels.get(), by=stage.manager)
    assert added.expert == reserve.expert and len(pairs(stage.round)) == 7
    with pytest.raises(NotPermitted):
        redraw.fill_gaps(stage.round.panels.get(), by=stage.supervisor)


# --- caps, shares, and who sat too often


def frozen(stage, **given):
    prepared = panel.prepare(stage.round, by=stage.manager)
    return panel.freeze(prepared, by=stage.manager, source="双色球", value_at=stages.DRAW_AT, **given)


def test_a_unit_sends_no_more_experts_than_the_rules_allow():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening(1, state="qualified", panel_caps={"unit": 1})
        shared = factories.organisation("expert_unit")
        for category in ("scholar", "scholar", "practice", "association"):
            factories.expert(category, unit=shared)
        stages.pool(3, 3, 1)
        found = frozen(stage)
    assert set(found.inputs["groups"][found.inputs["pool"]["scholar"][0]]) == {"unit"}
    assert shared.code not in json.dumps(found.inputs)
    with clock.frozen(stages.DRAW_AT):
        drawn = panel.draw(found, by=stage.supervisor, public_value="红 3 9 17 21 28 33 蓝 7")
    assert drawn.public_value == stages.VALUE
    seated = Panelist.objects.filter(number__isnull=False, expert__unit=shared)
    assert seated.count() <= 1 and not drawn.outcome["despite"]
    assert Panelist.objects.filter(number__isnull=False).count() == 7


def test_a_pool_of_one_unit_is_not_frozen_and_the_refusal_says_how_many_to_find():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening(1, state="qualified", panel_caps={"unit": 1})
        shared = factories.organisation("expert_unit")
        for _n in range(4):
            factories.expert("scholar", unit=shared)
        stages.pool(0, 3, 1)
        with pytest.raises(
            DrawInfeasible, match=r"“高校学者”类按“同一单位不超过1人”最多可抽出1人，需要3人.*至少2人"
        ):
            frozen(stage)


@pytest.mark.parametrize(
    ("mode", "strata", "expected"),
    [
        ("shares", {"scholar": 45, "practice": 45, "association": 10}, {"association": 1, "practice": 3, "scholar": 3}),
        ("pool", {}, {"association": 1, "practice": 2, "scholar": 4}),
    ],
)  # fmt: skip
def test_seats_follow_shares_or_the_pool_by_largest_remainder(mode, strata, expected):
    with clock.frozen(stages.SCREENING):
        stage = stages.screening(1, state="qualified", strata_mode=mode, strata=strata)
        stages.pool(8, 4, 2)
        assert frozen(stage).inputs["sizes"] == expected


def test_who_sat_in_two_rounds_in_a_row_is_left_out_with_the_reason():
    with clock.frozen(stages.SCREENING):
        first = stages.drawn(1, experts=(3, 3, 1))
        second = stages.screening(1, state="qualified")
        second.panel = frozen(second)
    with clock.frozen(stages.DRAW_AT):
        panel.draw(second.panel, by=second.supervisor, public_value=stages.VALUE)
        third = stages.screening(1, state="qualified")
        assert first.panel.outcome["panel"].keys() == {"association", "practice", "scholar"}
        lists = lists_now(third.round, on=clock.today())
    assert lists.codes == {"association": [], "practice": [], "scholar": []}
    assert {why for _code, why in lists.left_out} == {"consecutive_rounds"} and len(lists.left_out) == 7


@pytest.mark.parametrize("value", ["03 09 17 21 28 34 + 07", "3.14", "33 28 21 17 09 03 + 07"])
def test_a_value_that_the_source_cannot_have_published_is_refused(value):
    with clock.frozen(stages.SCREENING):
        stage = stages.frozen()
    with clock.frozen(stages.DRAW_AT), pytest.raises(StepRefused) as refusal:
        panel.draw(stage.panel, by=stage.supervisor, public_value=value)
    assert refusal.value.code == "public_value_implausible"
    assert not Panelist.objects.exists()
