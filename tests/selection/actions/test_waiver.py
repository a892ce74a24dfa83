"""A nominee above the age that is generally the limit: submitted, asked for with a reason, decided, shown to experts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from selection.actions import nomination as dossiers
from selection.actions import qualification
from selection.actions import waiver as actions
from selection.models import Nomination, QualificationReview, Waiver
from selection.queries import expert_view
from selection.queries.dossier import rules
from selection.rules.rulebook import DEFAULT_RULEBOOK
from tests import factories
from tests.selection import stage as stages
from workflow import clock, ledger, todo
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

REASON = "该人选扎根山区二十年，带出本县全部持证社会工作者。"
FIFTY_SIX, FIFTY_FIVE = date(1970, 10, 10), date(1970, 10, 11)  # on the reference date, 2026-10-10


@pytest.fixture(autouse=True)
def screening_time():
    with clock.frozen(stages.SCREENING):
        yield


def aged(born: date = FIFTY_SIX, **rules: Any) -> stages.Stage:
    stage = stages.screening(**rules)
    Nomination.objects.update(born_on=born)
    stage.nominations = list(Nomination.objects.all())
    return stage


def officer(stage: stages.Stage) -> Any:
    return factories.user("bureau_officer", organisation=stage.nominations[0].nominator)


def asked(stage: stages.Stage) -> Waiver:
    return actions.ask(stage.nominations[0], by=officer(stage), rule="E07", reason=REASON)


def test_fifty_five_needs_no_waiver():
    stage = aged(FIFTY_FIVE)
    stages.concluded(stage, 0, "qualified")
    stages.concluded(stage, 1, "qualified")
    assert Nomination.objects.get().state == "qualified"
    with pytest.raises(StepRefused) as refused:
        asked(stages.Stage(stage.round, stage.manager, stage.supervisor, stage.reviewers, [_back(stage)]))
    assert refused.value.code == "waiver_not_needed"


def _back(stage: stages.Stage) -> Nomination:
    Nomination.objects.update(state="nominated")
    return Nomination.objects.get()


def test_fifty_six_is_submitted_but_not_found_qualified_without_a_waiver():
    with clock.frozen(factories.NOON):
        row = factories.nomination(born_on=FIFTY_SIX)
        clerk = factories.user("unit_clerk", organisation=row.unit)
        assert dossiers.submit(row, by=clerk).state == "county_review"
    stage = aged()
    stage.nominations = list(Nomination.objects.filter(state="nominated"))
    stages.concluded(stage, 0, "qualified", E07="pass")
    with pytest.raises(StepRefused) as refused:
        stages.concluded(stage, 1, "qualified", E07="pass")
    assert refused.value.code == "waiver_missing"
    sentence = str(refused.value)
    assert "E07" in sentence and "56周岁" in sentence and "1970-10-11及以后" in sentence
    assert Nomination.objects.get(pk=stage.nominations[0].pk).state == "nominated"


def test_a_waiver_without_a_reason_is_refused_and_nothing_stands():
    stage = aged()
    for reason in ("", "   "):
        with pytest.raises(StepRefused) as refused:
            actions.ask(stage.nominations[0], by=officer(stage), rule="E07", reason=reason)
        assert refused.value.code == "reason_required"
    assert not Waiver.objects.exists()
    assert ledger.entries_of(stage.nominations[0]).filter(kind="refused").count() == 2


def test_the_database_too_wants_a_reason():
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.waiver(aged().nominations[0], reason="")


def test_asked_approved_qualified_and_shown_to_experts_as_a_waiver_of_age():
    stage = aged()
    waiver = asked(stage)
    assert (waiver.state, waiver.reason) == ("asked", REASON)
    approved = actions.approve(waiver, by=stage.manager, remark="同意放宽。")
    assert (approved.state, approved.decided_by, approved.remark) == ("approved", stage.manager, "同意放宽。")
    stages.concluded(
        stage, 0, "qualified"
    )  # no reason is asked for where the province has released the nominee
    stages.concluded(stage, 1, "qualified")
    row = Nomination.objects.get()
    assert row.state == "qualified"
    shown = [value for section in expert_view.shown_to_expert(row) for _label, value in section.facts]
    assert "年龄放宽" in shown
    assert REASON not in str(shown)


def test_refused_the_nominee_is_not_qualified_and_may_be_asked_for_once_more():
    stage = aged()
    with pytest.raises(StepRefused):
        actions.refuse(asked(stage), by=stage.manager, reason=" ")
    waiver = actions.refuse(Waiver.objects.get(), by=stage.manager, reason="理由不充分，未附业绩证明。")
    assert waiver.state == "refused"
    stages.concluded(stage, 0, "disqualified", E07="fail")
    stages.concluded(stage, 1, "disqualified", E07="fail")
    assert Nomination.objects.get().grounds == ["E07"]


def test_one_waiver_in_force_a_rule():
    stage = aged()
    asked(stage)
    with pytest.raises(StepRefused) as refused:
        asked(stage)
    assert refused.value.code == "waiver_standing"
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.waiver(stage.nominations[0])


def test_after_a_refusal_another_reason_may_be_given():
    stage = aged()
    actions.refuse(asked(stage), by=stage.manager, reason="理由不充分，未附业绩证明。")
    assert asked(stage).state == "asked"


def test_only_the_nominator_asks_and_only_the_manager_decides():
    stage = aged()
    row = stage.nominations[0]
    others = [factories.user("bureau_officer", organisation=row.county), *stage.reviewers, stage.manager]
    others.append(factories.user("unit_clerk", organisation=row.unit))
    for person in others:
        with pytest.raises(NotPermitted):
            actions.ask(row, by=person, rule="E07", reason=REASON)
    waiver = asked(stage)
    for person in [*others[:-2], officer(stage), stage.supervisor]:
        with pytest.raises(NotPermitted):
            actions.approve(waiver, by=person)


@pytest.mark.parametrize("rule", ["E04", "E99", ""])
def test_a_hard_rule_has_no_waiver(rule):
    stage = aged()
    Nomination.objects.update(certified_on=date(2024, 1, 1))
    row = Nomination.objects.get()
    with pytest.raises(StepRefused) as refused:
        actions.ask(row, by=officer(stage), rule=rule, reason=REASON)
    assert refused.value.code == "waiver_not_needed"


def test_a_waiver_is_not_decided_after_the_conclusion():
    stage = aged()
    waiver = asked(stage)
    Nomination.objects.update(state="disqualified")
    with pytest.raises(StepRefused) as refused:
        actions.approve(waiver, by=stage.manager)
    assert refused.value.code == "concluded_already"


def test_everybody_concerned_is_told_once_and_the_ledger_has_both():
    stage = aged()
    clerk = factories.user("unit_clerk", organisation=stage.nominations[0].unit)
    bureau = officer(stage)
    qualification.start(stage.nominations[0], by=stage.reviewers[0])
    waiver = actions.ask(stage.nominations[0], by=bureau, rule="E07", reason=REASON)
    told = Message.objects.filter(kind="waiver.asked")
    assert [message.recipient_id for message in told] == [str(stage.manager.pk)]
    assert REASON in told.get().body and "E07 年龄一般不超过55周岁" in told.get().body
    actions.approve(waiver, by=stage.manager)
    heard = set(Message.objects.filter(kind="waiver.decided").values_list("recipient_id", flat=True))
    assert heard == {str(person.pk) for person in (bureau, clerk, stage.reviewers[0])}
    kinds = list(ledger.entries_of(waiver).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["waiver.open", "waiver.approve"]


def test_it_waits_for_the_nominator_then_for_the_manager_then_for_nobody():
    stage = aged()
    bureau = officer(stage)

    def titles(person: Any) -> list[str]:
        return [str(item.title) for item in todo.waiting_for(person)]

    assert "为人选0号申请年龄放宽" in titles(bureau)
    assert "核准条件放宽" not in titles(stage.manager)
    waiver = actions.ask(stage.nominations[0], by=bureau, rule="E07", reason=REASON)
    assert "为人选0号申请年龄放宽" not in titles(bureau)
    assert "核准条件放宽" in titles(stage.manager)
    actions.approve(waiver, by=stage.manager)
    assert "核准条件放宽" not in titles(stage.manager)


def test_a_round_may_set_another_age_or_make_it_hard():
    content = [dict(rule) for rule in DEFAULT_RULEBOOK["eligibility"]]
    content[6] = {**content[6], "params": {**content[6]["params"], "years": 60}}
    stage = aged(eligibility=content)
    assert stage.nominations[0].waivable == []
    content[6] = {**content[6], "force": "hard", "params": {**content[6]["params"], "years": 50}}
    assert aged_hard(content) == "ineligible"


def aged_hard(content: list[dict[str, Any]]) -> str:
    with clock.frozen(factories.NOON):
        open_round = factories.round_(rules=factories.rulebook(eligibility=content))
        row = factories.nomination(round=open_round, born_on=FIFTY_SIX)
        with pytest.raises(StepRefused) as refused:
            dossiers.submit(row, by=factories.user("unit_clerk", organisation=row.unit))
    assert "E07：年龄一般不超过50周岁不符合" in str(refused.value)
    return refused.value.code


# What is kept with a conclusion, what a refusal says ------------------------------------------------------------------


def test_a_certificate_one_day_too_young_is_refused_naming_rule_inputs_and_day():
    with clock.frozen(factories.NOON):
        row = factories.nomination(certified_on=date(2023, 10, 11))
        with pytest.raises(StepRefused) as refused:
            dossiers.submit(row, by=factories.user("unit_clerk", organisation=row.unit))
        assert refused.value.code == "ineligible"
        for words in ("E04", "证书持有满3年", "2023-10-11", "截至2026-10-10满2年", "满足日期为2026-10-11"):
            assert words in str(refused.value)
        Nomination.objects.update(certified_on=date(2023, 10, 10))
        moved = dossiers.submit(
            Nomination.objects.get(), by=factories.user("unit_clerk", organisation=row.unit)
        )
    assert moved.state == "county_review"


def test_a_conclusion_keeps_each_rule_with_version_inputs_both_results_and_who():
    stage = aged(FIFTY_FIVE)
    review = qualification.start(stage.nominations[0], by=stage.reviewers[0])
    given = stages.findings(stage.nominations[0], E04="fail")
    given[3] |= {"note": "证书批准日期与登记系统不符。", "evidence": ["证书扫描件"]}
    qualification.conclude(
        review,
        by=stage.reviewers[0],
        verdict="disqualified",
        findings=given,
        reason="证书日期不实，不予认定。",
    )
    kept = {item["rule"]: item for item in QualificationReview.objects.get().findings}
    assert list(kept) == [f"E{n:02d}" for n in range(1, 18)]
    assert kept["E04"] == {
        "rule": "E04", "version": 1, "kind": "held_full_years", "force": "hard", "automatic": "pass",
        "inputs": {"certified_on": "2018-09-20", "years": 8, "needed": 3, "on": "2026-10-10"}, "passes_on": None,
        "human": "fail", "note": "证书批准日期与登记系统不符。", "evidence": ["证书扫描件"], "waived": False,
        "reviewer": stage.reviewers[0].name,
    }  # fmt: skip
    assert kept["E08"]["automatic"] == "person" and kept["E08"]["human"] == "pass"


def test_the_snapshot_does_not_change_with_the_dossier():
    stage = aged(FIFTY_FIVE)
    stages.concluded(stage, 0, "qualified")
    Nomination.objects.update(certified_on=date(2020, 1, 1))
    kept = {item["rule"]: item["inputs"] for item in QualificationReview.objects.get().findings}
    assert kept["E04"]["certified_on"] == "2018-09-20"


def test_a_warning_neither_blocks_nor_must_be_judged():
    stage = aged(FIFTY_FIVE)
    Nomination.objects.update(registered_until=date(2026, 1, 1))
    row = stage.nominations[0] = Nomination.objects.get()
    shown = {rule.get("rule"): rule for rule in rules(row)}
    assert (shown["E15"]["state"], "不影响提交" in shown["E15"]["advice"]) == ("wait", True)
    review = qualification.start(row, by=stage.reviewers[0])
    judged = [item for item in stages.findings(row) if item["rule"] not in ("E15", "E16", "E17")]
    qualification.conclude(review, by=stage.reviewers[0], verdict="qualified", findings=judged)
    assert QualificationReview.objects.get().findings[14]["human"] == ""


@pytest.mark.parametrize(("state", "shown"), [("asked", "person"), ("approved", "pass"), ("refused", "fail")])
def test_the_rule_on_a_page_follows_the_waiver(state, shown):
    row = aged().nominations[0]
    assert next(rule["state"] for rule in rules(row) if rule.get("rule") == "E07") == "person"
    factories.waiver(row, state, remark="不同意放宽。")
    again = Nomination.objects.get()
    assert next(rule["state"] for rule in rules(again) if rule.get("rule") == "E07") == shown


@pytest.mark.parametrize(
    ("checked", "outcome"),
    [
        (None, "person"),
        (date(2026, 9, 10), "person"),
        (date(2026, 9, 9), "fail"),
        (date(2026, 10, 12), "person"),
    ],
)
def test_the_look_up_of_dishonesty_lists_is_at_most_thirty_days_old(checked, outcome):
    row = factories.nomination(dishonesty_checked_on=checked)
    assert next(found.outcome for found in row.findings if found.rule == "E10") == outcome


def test_the_nominator_dates_the_look_up():
    with clock.frozen(factories.NOON):
        row = factories.nomination("nominator_review")
        factories.quota(row.round, row.nominator)
        bureau = factories.user("bureau_officer", organisation=row.nominator)
        done = dossiers.nominate(
            row, by=bureau, rank=1, opinion="同意推荐。", background="无记录。", originals_checked=True,
            dishonesty_checked_on=date(2026, 8, 30),
        )  # fmt: skip
    assert done.dishonesty_checked_on == date(2026, 8, 30)
    assert (
        next(f.outcome for f in done.findings if f.rule == "E10") == "fail"
    )  # 41 days before the reference date
