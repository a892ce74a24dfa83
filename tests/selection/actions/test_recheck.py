"""A disqualification looked at again: asked in time by the unit, answered by a manager who did not review."""

from datetime import datetime

import pytest

from selection.actions import panel, qualification, recheck
from selection.models import Nomination, Panel, QualificationReview, RecheckRequest
from tests import factories
from tests.selection import stage as stages
from workflow import clock, door, ledger, todo
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db
WHY = "E04 的日期以登记表为准，请复核。"


def at(day, hour=9):
    return clock.frozen(datetime(2026, 10, day, hour, tzinfo=clock.ZONE))


@pytest.fixture
def scene():
    """A dossier found disqualified on Monday 12 October."""
    with clock.frozen(stages.SCREENING):
        stage = stages.screening()
        stages.concluded(stage, 0, "disqualified", E04="fail")
        stages.concluded(stage, 1, "disqualified", E04="fail")
    stage.clerk = factories.user("unit_clerk", organisation=stage.nominations[0].unit)
    return stage


def offered(stage):
    return RecheckRequest.objects.get(nomination=stage.nominations[0])


def asked(stage, day=13):
    with at(day):
        return recheck.request(offered(stage), by=stage.clerk, statement=WHY)


def test_a_disqualification_offers_the_re_check_for_three_working_days(scene):
    row = offered(scene)
    assert (row.state, row.request_due.isoformat(), row.grounds) == ("offered", "2026-10-15", ["E04"])


@pytest.mark.parametrize(("day", "hour", "open_still"), [(13, 9, True), (15, 23, True), (16, 0, False)])
def test_it_may_be_asked_for_until_the_day_is_over(scene, day, hour, open_still):
    with at(day, hour):
        if open_still:
            assert recheck.request(offered(scene), by=scene.clerk, statement=WHY).state == "requested"
        else:
            with pytest.raises(StepRefused) as refused:
                recheck.request(offered(scene), by=scene.clerk, statement=WHY)
            assert refused.value.code == "outside_window"
            assert ledger.entries_of(offered(scene)).filter(kind="refused").count() == 1


def test_the_managers_are_told_and_have_it_to_do_with_its_deadline(scene):
    row = asked(scene)
    assert row.answer_due.isoformat() == "2026-10-20"
    told = Message.objects.get(kind="recheck.requested")
    assert told.recipient_id == str(scene.manager.pk) and WHY in told.body
    with at(13):
        waits = {str(item.title): item for item in todo.waiting_for(scene.manager)}
        item = waits["答复人选0号的复核申请"]
        assert (item.due.isoformat(), item.tone) == ("2026-10-21T00:00:00+08:00", "")
    with at(21):
        assert next(i for i in todo.waiting_for(scene.manager) if "复核" in str(i.title)).tone == "bad"


def test_only_the_unit_s_own_clerk_asks(scene):
    stranger = factories.user("unit_clerk", organisation=factories.organisation())
    with at(13), pytest.raises(NotPermitted):
        recheck.request(offered(scene), by=stranger, statement=WHY)
    with at(13), pytest.raises(StepRefused):
        recheck.request(offered(scene), by=scene.clerk, statement="  ")


def test_upheld_reinstates_in_the_same_act_for_two_fresh_conclusions(scene):
    row = asked(scene)
    with at(14):
        done = recheck.uphold(row, by=scene.manager, reason="登记表日期无误，原认定有误。")
        nomination = Nomination.objects.get()
        assert (done.state, done.answered_by, nomination.state) == ("upheld", scene.manager, "nominated")
        assert not QualificationReview.objects.filter(set_aside_at=None).exists()
        stages.concluded(scene, 0, "qualified")
        stages.concluded(scene, 1, "qualified")
    assert Nomination.objects.get().state == "qualified"
    told = Message.objects.get(kind="recheck.answered")
    assert told.recipient_id == str(scene.clerk.pk) and "复核成立" in told.body


def test_refused_leaves_it_disqualified_for_good(scene):
    row = asked(scene)
    with at(14):
        recheck.refuse(row, by=scene.manager, reason="所附材料不能证明，维持结论。")
        assert Nomination.objects.get().state == "disqualified"
        with pytest.raises(StepRefused):
            recheck.request(offered(scene), by=scene.clerk, statement=WHY)
        with pytest.raises(StepRefused):
            recheck.uphold(row, by=scene.manager, reason="事后改变主意，不应办理。")
    assert "维持" in Message.objects.get(kind="recheck.answered").body


def test_a_manager_who_reviewed_the_dossier_neither_answers_nor_is_asked(scene):
    both = factories.user("manager", "reviewer")
    QualificationReview.objects.create(
        nomination=scene.nominations[0], reviewer=both, state="concluded", set_aside_at=clock.now()
    )
    row = asked(scene)
    with at(14):
        for act in (recheck.uphold, recheck.refuse):
            with pytest.raises(NotPermitted):
                act(row, by=both, reason="自己审过，不应自己复核。")
        assert not [i for i in todo.waiting_for(both) if "复核" in str(i.title)]
    assert str(both.pk) not in Message.objects.values_list("recipient_id", flat=True)
    assert row.state == "requested" and Nomination.objects.get().state == "disqualified"


def test_the_review_of_experts_does_not_begin_while_a_re_check_may_change_the_list(scene):
    with at(14), pytest.raises(StepRefused) as refused:
        panel.begin_review(scene.round, by=scene.manager)
    assert refused.value.code == "recheck_pending"
    with at(16), pytest.raises(StepRefused) as refused:
        panel.begin_review(scene.round, by=scene.manager)
    assert refused.value.code == "panel_not_drawn"
    asked(scene)
    with at(19), pytest.raises(StepRefused) as refused:
        panel.begin_review(scene.round, by=scene.manager)
    assert refused.value.code == "recheck_pending"


def test_the_draw_is_not_frozen_while_a_re_check_may_change_the_list(scene):
    draw = Panel.objects.create(round=scene.round)
    with at(14), pytest.raises(StepRefused) as refused:
        door.take(draw, "freeze", by=scene.manager)
    assert refused.value.code == "recheck_pending"


def test_a_correction_that_ran_out_may_be_looked_at_again_too():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening()
        requests = [{"field": "phone", "reason": "少一位"}]
        qualification.request_correction(stage.nominations[0], by=stage.reviewers[0], requests=requests)
    with at(20):
        qualification.disqualify_overdue_corrections()
    assert offered(stage).request_due.isoformat() == "2026-10-23"


def test_reinstated_twice_there_are_two_rights_to_ask(scene):
    with at(13):
        row = recheck.request(offered(scene), by=scene.clerk, statement=WHY)
        recheck.uphold(row, by=scene.manager, reason="登记表日期无误，原认定有误。")
        stages.concluded(scene, 0, "disqualified", E05="fail")
        stages.concluded(scene, 1, "disqualified", E05="fail")
    states = RecheckRequest.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["upheld", "offered"]
