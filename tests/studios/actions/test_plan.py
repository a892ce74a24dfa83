"""A studio's plan goes from the lead to the city to the province; what is approved holds, and an amendment replaces it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from studios.actions import plan as actions
from studios.actions import studio as studios
from studios.errors import PersonalData
from studios.models import Studio, StudioPlan
from studios.queries import activity as activities
from studios.queries.plan import waiting_for
from tests import factories
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Any:
    return factories.studio("preparing")


def officer(home: Any) -> Any:
    return factories.user("bureau_officer", organisation=home.city)


def approve(home: Any, plan: Any) -> Any:
    plan = actions.submit(plan, by=home.lead)
    plan = actions.endorse(plan, by=officer(home), opinion="同意，请省厅批准。")
    return actions.approve(plan, by=factories.user("manager"))


def test_a_plan_goes_to_the_city_and_to_the_province_and_then_holds(home: Any) -> None:
    plan = approve(home, factories.plan(home=home))
    assert (plan.state, plan.opinion) == ("approved", "同意，请省厅批准。")
    assert [goal.text for goal in home.goal_rows.all()] == ["带教社工十五名"]
    assert home.tasks.count() == 21 and home.team.count() == 3
    assert [(s.name, s.weaker_area) for s in home.stations.all()] == [
        ("东街社工站", False),
        ("山前乡社工站", True),
    ]
    kinds = Entry.objects.filter(subject=f"studios.studioplan:{plan.pk}").values_list("kind", flat=True)
    assert [kind.rpartition(".")[2] for kind in kinds.order_by("pk")] == ["submit", "endorse", "approve"]


def test_each_is_told_what_waits_for_them(home: Any) -> None:
    city, manager = officer(home), factories.user("manager")
    plan = factories.plan(home=home)
    assert list(waiting_for(home.lead)) == [plan] and not waiting_for(city).exists()
    plan = actions.submit(plan, by=home.lead)
    assert list(waiting_for(city)) == [plan] and not waiting_for(home.lead).exists()
    plan = actions.endorse(plan, by=city, opinion="同意上报。")
    assert list(waiting_for(manager)) == [plan]
    actions.approve(plan, by=manager)
    told = Message.objects.filter(kind__startswith="studio.plan_").values_list("kind", "recipient_id")
    assert ("studio.plan_submitted", str(city.pk)) in told
    assert ("studio.plan_endorsed", str(manager.pk)) in told
    assert ("studio.plan_approved", str(home.lead.pk)) in told


def test_a_plan_that_lacks_something_is_not_submitted(home: Any) -> None:
    plan = factories.plan(home=home, content={**factories.plan_content(home), "team": []})
    with pytest.raises(StepRefused, match="团队应不少于3人") as refused:
        actions.submit(plan, by=home.lead)
    assert refused.value.code == "plan_incomplete"


def test_the_mentees_are_those_that_the_studio_registered(home: Any) -> None:
    plan = factories.plan(home=home)
    home.mentorships.first().delete()
    with pytest.raises(StepRefused, match="不少于一组5人，现登记4人"):
        actions.submit(plan, by=home.lead)


def test_city_and_province_return_it_with_remarks(home: Any) -> None:
    city, manager = officer(home), factories.user("manager")
    plan = actions.submit(factories.plan(home=home), by=home.lead)
    plan = actions.send_back(plan, by=city, reason="请补充山区站点的督导安排。")
    assert (plan.state, plan.remarks) == ("returned", "请补充山区站点的督导安排。")
    plan = actions.write(plan, by=home.lead, content=factories.plan_content(home))
    plan = actions.endorse(actions.submit(plan, by=home.lead), by=city, opinion="同意上报。")
    with pytest.raises(StepRefused):
        actions.send_back(plan, by=city, reason="市里不能再退回已上报的计划。")
    plan = actions.send_back_from_province(plan, by=manager, reason="年度任务与目标不相称，请调整。")
    assert (plan.state, plan.opinion, plan.endorsed_by) == ("returned", "", None)


def test_only_the_city_of_the_studio_endorses(home: Any) -> None:
    plan = actions.submit(factories.plan(home=home), by=home.lead)
    with pytest.raises(NotPermitted):
        actions.endorse(
            plan,
            by=factories.user("bureau_officer", organisation=factories.organisation("city")),
            opinion="同意。",
        )
    with pytest.raises(NotPermitted):
        actions.endorse(plan, by=factories.user("manager"), opinion="同意。")


def test_the_province_endorses_where_no_office_looks_after_the_studio(home: Any) -> None:
    Studio.objects.filter(pk=home.pk).update(city=None, county=None)
    home.refresh_from_db()
    plan = actions.submit(factories.plan(home=home), by=home.lead)
    assert actions.endorse(plan, by=factories.user("manager"), opinion="同意。").state == "endorsed"


def test_a_new_studio_has_a_plan_to_write_and_no_agreement_before_it_is_approved() -> None:
    factories.recognition()
    studios.establish_due_studios()
    home = Studio.objects.get()
    plan = home.plans.get()
    assert (plan.version, plan.state, len(plan.content["tasks"])) == (1, "drafted", 21)
    given = {
        "number": "协1号", "award": Decimal(50000), "signed_on": date(2026, 10, 14), "signed_by_province": "张",
        "signed_by_host": "李", "signed_by_talent": "沈", "site": "二楼", "goals": "目标",
    }  # fmt: skip
    with pytest.raises(StepRefused) as refused:
        studios.agree(home, by=factories.user("manager"), **given)
    assert refused.value.code == "plan_not_approved"
    factories.plan("approved", home=home)
    assert studios.agree(home, by=factories.user("manager"), **given).state == "agreed"


def test_a_studio_from_before_goes_on_without_a_plan(home: Any) -> None:
    moved = studios.agree(
        home, by=factories.user("manager"), number="协2号", award=Decimal(50000), signed_on=date(2026, 10, 14),
        signed_by_province="张", signed_by_host="李", signed_by_talent="沈", site="二楼", goals="目标",
    )  # fmt: skip
    assert moved.state == "agreed" and not moved.plans.exists()


def test_the_tasks_of_a_year_are_those_of_the_plan_else_those_of_the_rules(home: Any) -> None:
    other = factories.studio()
    content = factories.plan_content(home)
    content["tasks"] = [{**row, "target": "9"} if row["code"] == "cases" else row for row in content["tasks"]]
    approve(home, factories.plan(home=home, content=content))

    def cases(studio: Any, year: int) -> Decimal:
        found = activities.tasks_of([home.pk, other.pk], year)[studio.pk]
        return next(task.target for task in found if task.code == "cases")

    assert (cases(home, 2026), cases(home, 2031), cases(other, 2026)) == (9, 6, 6)


def test_an_amendment_is_a_version_that_replaces_the_one_before(home: Any) -> None:
    first = approve(home, factories.plan(home=home))
    second = actions.amend(home, by=home.lead, reason="新增两个山区站点。")
    assert (second.version, second.content) == (2, first.content)
    stations = [{"point": "", "name": "山前乡社工站", "weaker_area": True}, {"point": "", "name": "岛前社工站", "weaker_area": True}]  # fmt: skip
    team = [{"name": n, "post": "督导", "certificate": ""} for n in ("甲一", "乙二", "丁四")]
    second = actions.write(
        second, by=home.lead, content={**second.content, "stations": stations, "team": team}
    )
    second = approve(home, second)
    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "approved")
    present = home.stations.filter(until=None).values_list("name", flat=True)
    assert set(present) == {"山前乡社工站", "岛前社工站"} and home.stations.count() == 3
    assert set(home.team.filter(until=None).values_list("name", flat=True)) == {"甲一", "乙二", "丁四"}
    assert home.team.get(name="丙三").until is not None


def test_a_year_that_is_over_keeps_its_tasks(home: Any) -> None:
    content = factories.plan_content(home)
    content["tasks"] = [{**row, "year": row["year"] - 1} for row in content["tasks"]]
    approve(home, factories.plan(home=home, content={**content, "first_year": 2025, "goals": [{"text": "带教", "measure": "", "by_year": 2026}]}))  # fmt: skip
    second = actions.amend(home, by=home.lead, reason="任务加码。")
    more = [{**row, "target": "100"} for row in second.content["tasks"]]
    approve(home, actions.write(second, by=home.lead, content={**second.content, "tasks": more}))
    targets = {(t.year, t.code): t.target for t in home.tasks.all()}
    assert (targets[2025, "training"], targets[2026, "training"]) == (4, 100)


def test_one_version_at_a_time_and_only_by_the_lead(home: Any) -> None:
    factories.plan(home=home)
    with pytest.raises(StepRefused, match="正在办理"):
        actions.amend(home, by=home.lead, reason="再来一版。")
    with pytest.raises(NotPermitted):
        actions.amend(home, by=factories.user("manager"), reason="处室不代拟。")


def test_a_submitted_plan_is_not_changed_and_holds_no_numbers_of_persons(home: Any) -> None:
    plan = factories.plan(home=home)
    content = factories.plan_content(home)
    content["team"][0]["post"] = "联系13800138000"
    with pytest.raises(PersonalData):
        actions.write(plan, by=home.lead, content=content)
    plan = actions.submit(plan, by=home.lead)
    with pytest.raises(StepRefused, match="已提交"):
        actions.write(plan, by=home.lead, content=factories.plan_content(home))
    assert StudioPlan.objects.get(pk=plan.pk).content == plan.content
