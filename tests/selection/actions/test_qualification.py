"""Two reviewers, each alone; the manager where they differ; corrections in time or not."""

import json
from datetime import date, timedelta

import pytest

from accounts.models import RoleGrant, User
from selection.actions import qualification, recheck
from selection.collections.qualification import represent
from selection.errors import ReviewIncomplete
from selection.models import Nomination, Panel, QualificationReview
from selection.queries.qualification import conclusions_of, reviews_visible_to
from tests import factories
from tests.selection import stage as stages
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_closing():
    with clock.frozen(stages.SCREENING):
        yield


def state_of(nomination):
    return Nomination.objects.get(pk=nomination.pk).state


def test_two_who_agree_qualify_at_once():
    stage = stages.screening()
    stages.concluded(stage, 0, "qualified")
    assert state_of(stage.nominations[0]) == "nominated"
    stages.concluded(stage, 1, "qualified")
    assert state_of(stage.nominations[0]) == "qualified"
    entry = ledger.entries_of(stage.nominations[0]).get(kind="nomination.qualify")
    assert entry.actor_name == stage.reviewers[1].name
    assert [r["verdict"] for r in json.loads(entry.payload)["reviews"]] == ["qualified", "qualified"]


def test_two_who_agree_disqualify_and_unit_and_nominator_are_told_the_rules_and_the_reason():
    stage = stages.screening()
    nomination = stage.nominations[0]
    clerk = factories.user("unit_clerk", organisation=nomination.unit)
    officer = factories.user("bureau_officer", organisation=nomination.nominator)
    stranger = factories.user("unit_clerk", organisation=factories.organisation("employer"))
    stages.concluded(stage, 0, "disqualified", E04="fail")
    stages.concluded(stage, 1, "disqualified", E04="fail", E05="fail")
    nomination.refresh_from_db()
    assert (nomination.state, nomination.grounds) == ("disqualified", ["E04", "E05"])
    told = Message.objects.filter(kind="nomination.disqualified")
    assert {m.recipient_id for m in told} == {str(clerk.pk), str(officer.pk)}
    assert str(stranger.pk) not in {m.recipient_id for m in told}
    body = told[0].body
    assert "E04" in body and "E05" in body and "理由由第1位初审员写明" in body


def test_two_who_differ_leave_it_to_the_manager():
    stage = stages.screening()
    nomination = stage.nominations[0]
    stages.concluded(stage, 0, "qualified")
    stages.concluded(stage, 1, "disqualified", E04="fail")
    assert state_of(nomination) == "nominated"
    assert [m.recipient_id for m in Message.objects.filter(kind="nomination.differing")] == [
        str(stage.manager.pk)
    ]
    with pytest.raises(NotPermitted):
        qualification.qualify(nomination, by=stage.reviewers[0], reason="由初审员自行决定")
    ruled = qualification.rule(
        nomination, by=stage.manager, verdict="qualified", reason="证书日期以登记表为准。"
    )
    assert (ruled.state, ruled.ruling) == ("qualified", "qualified")


def test_a_ruling_needs_a_reason():
    stage = stages.screening()
    stages.concluded(stage, 0, "qualified")
    stages.concluded(stage, 1, "disqualified", E04="fail")
    with pytest.raises(StepRefused) as refusal:
        qualification.rule(stage.nominations[0], by=stage.manager, verdict="qualified", reason=" ")
    assert refusal.value.code == "reason_required"


def test_a_ruling_may_disqualify():
    stage = stages.screening()
    stages.concluded(stage, 0, "qualified")
    stages.concluded(stage, 1, "disqualified", E04="fail")
    ruled = qualification.rule(
        stage.nominations[0],
        by=stage.manager,
        verdict="disqualified",
        grounds=["E04"],
        reason="证书未满三年，核对无误。",
    )
    assert (ruled.state, ruled.ruling, ruled.grounds) == ("disqualified", "disqualified", ["E04"])


def test_a_manager_who_was_one_of_the_two_reviewers_does_not_rule():
    stage = stages.screening()
    stages.concluded(stage, 0, "qualified")
    stages.concluded(stage, 1, "disqualified", E04="fail")
    both_roles = User.objects.get(pk=stage.reviewers[0].pk)
    RoleGrant.objects.create(user=both_roles, role="manager", since=date(2020, 1, 1), granted_by="测试")
    with pytest.raises(NotPermitted):
        qualification.rule(
            stage.nominations[0], by=both_roles, verdict="qualified", reason="维持本人所作的结论。"
        )
    assert state_of(stage.nominations[0]) == "nominated"


def test_the_manager_does_not_rule_before_both_have_concluded():
    stage = stages.screening()
    stages.concluded(stage, 0, "qualified")
    with pytest.raises(StepRefused) as refusal:
        qualification.rule(
            stage.nominations[0], by=stage.manager, verdict="qualified", reason="先行裁定不应成立。"
        )
    assert refusal.value.code == "reviews_open"


def test_one_person_is_not_both_reviewers_and_a_third_comes_too_late():
    stage = stages.screening()
    nomination = stage.nominations[0]
    first = qualification.start(nomination, by=stage.reviewers[0])
    assert qualification.start(nomination, by=stage.reviewers[0]) == first
    qualification.start(nomination, by=stage.reviewers[1])
    with pytest.raises(StepRefused) as refusal:
        qualification.start(nomination, by=factories.user("reviewer"))
    assert refusal.value.code == "two_reviewers"
    assert QualificationReview.objects.count() == 2


def test_nobody_but_a_reviewer_takes_a_dossier_up():
    stage = stages.screening()
    with pytest.raises(NotPermitted):
        qualification.start(stage.nominations[0], by=stage.manager)


def test_a_conclusion_is_seen_by_nobody_else_before_both_are_there():
    stage = stages.screening()
    marker = "只有本人可见的理由甲"
    nomination = stage.nominations[0]
    review = qualification.start(nomination, by=stage.reviewers[0])
    qualification.conclude(
        review, by=stage.reviewers[0], verdict="disqualified",
        findings=stages.findings(nomination, E04="fail"), reason=marker,
    )  # fmt: skip
    qualification.start(nomination, by=stage.reviewers[1])
    other, manager = stage.reviewers[1], stage.manager
    assert conclusions_of(nomination) == []
    assert [r.reviewer_id for r in reviews_visible_to(other)] == [other.pk]
    seen = [represent(r, manager) for r in reviews_visible_to(manager)]
    assert [r["verdict"] for r in seen] == [None, None]
    assert marker not in json.dumps(seen, ensure_ascii=False)
    assert not any(marker in e.payload or "disqualified" in e.payload for e in Entry.objects.all())
    own = represent(reviews_visible_to(stage.reviewers[0]).get(), stage.reviewers[0])
    assert (own["verdict"], own["reason"]) == ("disqualified", marker)
    stages.concluded(stage, 1, "disqualified", E04="fail")
    assert {represent(r, other)["verdict"] for r in reviews_visible_to(other)} == {"disqualified"}


@pytest.mark.parametrize(
    ("verdict", "human", "reason"),
    [
        ("qualified", {"E04": "fail"}, "不应成立"),
        ("disqualified", {}, "没有一条不符合"),
        ("disqualified", {"E04": "fail"}, " "),
        ("", {}, ""),
        ("qualified", {"E04": "?"}, ""),
    ],
)
def test_a_conclusion_that_contradicts_itself_is_refused(verdict, human, reason):
    stage = stages.screening()
    nomination = stage.nominations[0]
    review = qualification.start(nomination, by=stage.reviewers[0])
    with pytest.raises(ReviewIncomplete):
        qualification.conclude(
            review,
            by=stage.reviewers[0],
            verdict=verdict,
            findings=stages.findings(nomination, **human),
            reason=reason,
        )
    review.refresh_from_db()
    assert review.state == "open"


def test_someone_elses_review_is_not_concluded():
    stage = stages.screening()
    nomination = stage.nominations[0]
    review = qualification.start(nomination, by=stage.reviewers[0])
    with pytest.raises(NotPermitted):
        qualification.conclude(
            review, by=stage.reviewers[1], verdict="qualified", findings=stages.findings(nomination)
        )


def test_a_correction_is_due_after_working_days_and_sets_conclusions_aside():
    stage = stages.screening()
    nomination = stage.nominations[0]
    clerk = factories.user("unit_clerk", organisation=nomination.unit)
    stages.concluded(stage, 0, "qualified")
    asked = [{"field": "certificate_number", "reason": "与证书扫描件不一致"}]
    moved = qualification.request_correction(nomination, by=stage.reviewers[1], requests=asked)
    assert (moved.state, moved.correction_due, moved.requests) == ("correction", date(2026, 10, 19), asked)
    assert conclusions_of(moved) == [] and not moved.reviews.filter(set_aside_at=None).exists()
    told = Message.objects.get(kind="nomination.correction", recipient_id=str(clerk.pk))
    assert "与证书扫描件不一致" in told.body and "2026-10-19" in told.body


def test_a_correction_is_asked_for_once():
    stage = stages.screening()
    nomination = stage.nominations[0]
    asked = [{"field": "phone", "reason": "少一位"}]
    qualification.request_correction(nomination, by=stage.reviewers[0], requests=asked)
    Nomination.objects.filter(pk=nomination.pk).update(state="nominated")
    with pytest.raises(StepRefused) as refusal:
        qualification.request_correction(nomination, by=stage.reviewers[0], requests=asked)
    assert refusal.value.code == "corrected_once"


def test_an_overdue_correction_is_disqualified_once():
    stage = stages.screening(2)
    late, other = stage.nominations
    qualification.request_correction(
        late, by=stage.reviewers[0], requests=[{"field": "phone", "reason": "少一位"}]
    )
    with clock.frozen(stages.SCREENING + timedelta(days=7)):  # the due day itself
        assert qualification.disqualify_overdue_corrections() == 0
    with clock.frozen(stages.SCREENING + timedelta(days=8)):
        assert qualification.disqualify_overdue_corrections() == 1
        assert qualification.disqualify_overdue_corrections() == 0
    assert (state_of(late), state_of(other)) == ("disqualified", "nominated")
    assert ledger.entries_of(late).filter(kind="nomination.disqualify").get().actor_role == "system"
    assert not Entry.objects.filter(kind="refused").exists()


def test_a_reinstated_dossier_is_screened_by_fresh_conclusions():
    stage = stages.screening()
    nomination = stage.nominations[0]
    stages.concluded(stage, 0, "disqualified", E04="fail")
    stages.concluded(stage, 1, "disqualified", E04="fail")
    with pytest.raises(StepRefused, match="没有成立的复核"):
        qualification.reinstate(nomination, by=stage.manager, reason="没有人申请过复核。")
    clerk = factories.user("unit_clerk", organisation=nomination.unit)
    asked = recheck.request(nomination.rechecks.get(), by=clerk, statement="证书日期以登记表为准，请复核。")
    recheck.uphold(asked, by=stage.manager, reason="复核成立，证书日期更正。")
    with pytest.raises(StepRefused):
        qualification.disqualify(nomination, by=stage.manager, grounds=["E04"], reason="旧结论不应再用。")
    stages.concluded(stage, 0, "qualified")
    stages.concluded(stage, 1, "qualified")
    assert state_of(nomination) == "qualified"


def test_nobody_comes_back_into_screening_after_the_draw_is_frozen():
    row = factories.nomination("disqualified", round=factories.round_("screening"))
    Panel.objects.create(round=row.round, state="frozen")
    with pytest.raises(StepRefused) as refusal:
        qualification.reinstate(row, by=factories.user("manager"), reason="复核成立，材料齐全有效")
    assert refusal.value.code == "draw_frozen"
