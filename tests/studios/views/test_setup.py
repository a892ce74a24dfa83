"""The pages of a studio's set-up: plan, agreement, the rules for studios."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken
from studios.actions import agreement as agreements
from studios.actions import plan as plans
from studios.models import AgreementVersion, ProgrammeProposal, ProgrammeVersion, StudioPlan
from studios.rules.programme import default
from tests import factories
from tests.studios.actions.test_agreement import given, picture
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Any:
    return factories.studio("preparing")


def signed_in(client: Client, user: Any) -> Client:
    client.force_login(user)
    return client


def asked(client: Client, user: Any, path: str) -> Any:
    """What the API answers to this person."""
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=user, digest=ApiToken.digest_of(token), expires_at=clock.now() + timedelta(days=1)
    )
    return client.get(f"/api/v1/{path}", HTTP_AUTHORIZATION=f"Bearer {token}").json()


def filled(plan: Any) -> dict[str, Any]:
    """A plan's form as its page sends it."""
    data: dict[str, Any] = {
        "goals_0_text": "带教社工十五名", "goals_0_measure": "五名取得证书", "goals_0_by_year": "2028",
        "stations_0_name": "东街社工站", "stations_1_name": "山前乡社工站", "stations_1_weaker_area": "on",
    }  # fmt: skip
    for number, name in enumerate(("甲一", "乙二", "丙三")):
        data |= {f"team_{number}_name": name, f"team_{number}_post": "督导"}
    for row in plan.content["tasks"]:
        data[f"task_{row['year']}_{row['code']}"] = row["target"]
    return data


def empty_plan(home: Any) -> Any:
    plan = plans.begin(home)
    factories.mentees(home)
    return plan


def test_the_lead_writes_the_plan_and_submits_it(client: Client, home: Any) -> None:
    plan = empty_plan(home)
    signed_in(client, home.lead)
    page = client.get(reverse("plan_edit", args=[home.pk, 1]))
    assert page.status_code == 200 and "团队应不少于3人" in page.content.decode()
    sent = client.post(reverse("plan_edit", args=[home.pk, 1]), filled(plan))
    assert sent.status_code == 302
    shown = client.get(sent.headers["Location"]).content.decode()
    assert "带教社工十五名" in shown and "山前乡社工站" in shown and "提交计划" in shown
    client.post(reverse("step", args=["studio-plans", plan.pk, "submit"]))
    assert StudioPlan.objects.get(pk=plan.pk).state == "submitted"
    assert client.get(reverse("plan_edit", args=[home.pk, 1])).status_code == 302


def test_a_fault_of_the_form_is_said_at_its_field(client: Client, home: Any) -> None:
    plan = empty_plan(home)
    data = filled(plan) | {"goals_0_by_year": "", "team_0_post": ""}
    page = signed_in(client, home.lead).post(reverse("plan_edit", args=[home.pk, 1]), data)
    assert page.status_code == 422
    assert {"goals_0_by_year", "team_0_post"} == set(page.context["form"].errors)


def test_the_city_endorses_and_the_province_approves_by_page_and_by_api(client: Client, home: Any) -> None:
    plan = plans.submit(factories.plan(home=home), by=home.lead)
    signed_in(client, factories.user("bureau_officer", organisation=home.city))
    client.post(reverse("step", args=["studio-plans", plan.pk, "endorse"]), {"opinion": "同意，请批准。"})
    manager = factories.user("manager")
    signed_in(client, manager)
    found = asked(client, manager, f"studio-plans/{plan.pk}")
    assert (found["state"], found["opinion"]) == ("endorsed", "同意，请批准。")
    client.post(reverse("step", args=["studio-plans", plan.pk, "approve"]))
    page = client.get(reverse("studio_agreement", args=[home.pk])).content.decode()
    assert "按批准的计划" in page and "山前乡社工站" in page


def test_another_studios_lead_sees_no_plan(client: Client, home: Any) -> None:
    factories.plan(home=home)
    signed_in(client, factories.studio().lead)
    for name, args in (
        ("studio_plan", [home.pk]),
        ("plan_detail", [home.pk, 1]),
        ("studio_agreement", [home.pk]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404


def test_only_the_lead_writes(client: Client, home: Any) -> None:
    factories.plan(home=home)
    signed_in(client, factories.user("manager"))
    assert client.get(reverse("plan_edit", args=[home.pk, 1])).status_code == 403
    assert "继续填写" not in client.get(reverse("plan_detail", args=[home.pk, 1])).content.decode()


def test_the_lead_begins_an_amendment(client: Client, home: Any) -> None:
    factories.plan("approved", home=home)
    sent = signed_in(client, home.lead).post(
        reverse("studio_plan", args=[home.pk]), {"reason": "新增站点两个。"}
    )
    assert sent.headers["Location"] == reverse("plan_edit", args=[home.pk, 2])


def test_the_list_and_the_agreement_ask_the_same_however_many_rows(client: Client, home: Any, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    factories.plan("approved", home=home)
    signed_in(client, factories.user("manager"))
    client.get(reverse("studio_agreement", args=[home.pk]))
    with django_assert_max_num_queries(30):
        client.get(reverse("studio_agreement", args=[home.pk]))


def test_the_manager_draws_up_and_records_signatures_and_the_scan(client: Client, home: Any) -> None:
    factories.plan("approved", home=home)
    signed_in(client, factories.user("manager"))
    wrong = client.post(reverse("agreement_new", args=[home.pk]), given(home, account_name="沈雨晴"))
    assert wrong.status_code == 409 and "account_name" in wrong.context["form"].errors
    client.post(
        reverse("agreement_new", args=[home.pk]), given(home, account_number="6217 0000 1000 1234 417")
    )
    version = AgreementVersion.objects.get()
    assert version.account_number == "6217000010001234417"
    day = clock.today().isoformat()
    for party, name in (("province", "张"), ("host", "李"), ("talent", "沈")):
        sent = client.post(
            reverse("step", args=["agreements", version.pk, "sign"]),
            {"party": party, "name": name, "signed_on": day},
        )
        assert sent.status_code == 302
    page = client.get(reverse("studio_agreement", args=[home.pk])).content.decode()
    assert "三方已签齐" in page and "**** 4417" in page and "6217000010001234417" not in page
    form = client.get(reverse("step", args=["studios", home.pk, "agree"])).content.decode()
    assert version.agreement_number in form and 'value="李"' in form
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.post(
        reverse("agreement_scan", args=[home.pk, 1]), {"scan": SimpleUploadedFile("签字页.png", picture())}
    )
    scan = version.scans.get()
    got = client.get(reverse("agreement_scan_file", args=[home.pk, scan.pk]))
    assert got.status_code == 200 and got.headers["Content-Disposition"].startswith("attachment")
    signed_in(client, factories.user("bureau_officer", organisation=home.city))
    assert client.get(reverse("agreement_scan_file", args=[home.pk, scan.pk])).status_code == 404


@pytest.mark.parametrize("extension", ["pdf", "docx"])
def test_the_paper_shows_the_whole_account_only_to_whose_it_is(
    client: Client, home: Any, extension: str
) -> None:
    factories.plan("approved", home=home)
    agreements.draw_up(home, by=factories.user("manager"), **given(home))
    signed_in(client, home.lead)
    got = client.get(reverse("agreement_paper", args=[home.pk, 1, extension]))
    assert got.status_code == 200 and got.content[:2] == (b"%P" if extension == "pdf" else b"PK")


def test_the_api_masks_the_account(client: Client, home: Any) -> None:
    factories.plan("approved", home=home)
    version = agreements.draw_up(home, by=factories.user("manager"), **given(home))
    found = asked(client, home.lead, f"agreements/{version.pk}")
    assert found["account"]["number"] == "**** 4417"


# The rules for studios ----------------------------------------------------------------------------------------------


def typed(page: Any) -> dict[str, Any]:
    """The form as its page shows it, to be sent again."""
    form = page.context["form"]
    found: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if value is True:
            found[bound.name] = "on"
        elif value not in (None, False):
            found[bound.name] = str(value)
    return found | {
        "basis": "浙民慈〔2026〕5号",
        "reason": "按试行情况调整。",
        "effective_from": clock.today().isoformat(),
    }


def test_the_manager_proposes_the_leader_adopts(client: Client) -> None:
    signed_in(client, factories.user("manager"))
    page = client.get(reverse("programme_new"))
    assert page.status_code == 200
    data = typed(page) | {"record_days": "7", "heads_0_cap": "90", "gates_1_spent_share": "70"}
    sent = client.post(reverse("programme_new"), data)
    assert sent.status_code == 302, sent.context["form"].errors
    proposal = ProgrammeProposal.objects.get()
    shown = client.get(reverse("programme_proposal", args=[proposal.pk])).content.decode()
    assert "活动登记期限" in shown and "批准并发布" not in shown
    leader = factories.user("leader")
    signed_in(client, leader)
    client.post(reverse("step", args=["programme-proposals", proposal.pk, "adopt"]))
    rules = ProgrammeVersion.objects.get().rules
    assert (rules.record_days, rules.heads[0].cap, rules.gates[1].spent_share) == (7, 90, 70)
    assert rules.tasks == default().tasks and rules.clauses == default().clauses
    assert "现行" in client.get(reverse("programme_list")).content.decode()
    assert asked(client, leader, "programmes")["items"][0]["in_force"] is True


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dimensions_0_points": "16"}, "dimensions_0_points"),
        ({"heads_1_code": "training"}, "heads_0_code"),
        ({"grades_0_least": "50"}, "grades_0_least"),
        ({"plaque_pattern": "第{number}号"}, "plaque_pattern"),
        ({"clauses_2_text": "{nobody}"}, "clauses_2_text"),
        ({"tasks_0_name": ""}, "tasks_0_name"),
        ({"effective_from": "2020-01-01"}, "effective_from"),
    ],
)
def test_a_fault_of_the_rules_is_said_at_its_field(
    client: Client, change: dict[str, str], field: str
) -> None:
    signed_in(client, factories.user("manager"))
    data = typed(client.get(reverse("programme_new"))) | {"record_days": "7"} | change
    page = client.post(reverse("programme_new"), data)
    assert page.status_code in (409, 422) and field in page.context["form"].errors
    assert not ProgrammeProposal.objects.exists()


def test_who_may_not_propose_reads_the_rules_all_the_same(client: Client, home: Any) -> None:
    signed_in(client, home.lead)
    page = client.get(reverse("programme_list"))
    assert page.status_code == 200 and "提出修改" not in page.content.decode()
    assert client.get(reverse("programme_new")).status_code == 403


def test_the_list_and_the_to_do_name_the_agreements_that_can_be_recorded(client: Client) -> None:
    from studios.collections.studio import waiting

    manager = factories.user("manager")
    old, ready, open_ = (factories.studio("preparing") for _n in range(3))
    factories.plan("approved", home=ready)
    factories.plan("submitted", home=open_)
    signed_in(client, manager)

    def listed(wanting: str) -> set[int]:
        page = client.get(reverse("studio_list"), {"wanting": wanting})
        return {studio.pk for studio, _light in page.context["rows"]}

    assert listed("record") == {old.pk, ready.pk}
    assert listed("plan") == {open_.pk}
    (todo,) = [todo for todo in waiting(manager) if "wanting=record" in todo.url]
    assert todo.count == 2


def test_the_form_of_an_amendment_does_not_show_the_account_and_keeps_it(client: Client) -> None:
    from studios.models import Agreement

    home, manager = factories.studio(), factories.user("manager")
    first = agreements.draw_up(home, by=manager, **given(home), amendment_reason="补登账户。")
    for party in ("province", "host", "talent"):
        agreements.sign(first, by=manager, party=party, name="某", signed_on=clock.today())
    address = reverse("agreement_new", args=[home.pk])
    page = signed_in(client, manager).get(address).content.decode()
    assert "6217000010001234417" not in page and "**** 4417" in page and "data-draft" not in page
    number = Agreement.objects.get(studio=home).number
    data = given(home, account_number="", site="新场所", agreement_number=number) | {
        "amendment_reason": "场所搬迁。"
    }
    assert client.post(address, data).status_code == 302
    assert home.agreement_versions.get(number=3).account_number == "6217000010001234417"
    type(home).objects.filter(pk=home.pk).update(host=factories.organisation(name="新依托单位"))
    agreements.withdraw(home.agreement_versions.get(number=3), by=manager, reason="依托单位已经变更，重拟。")
    refused = client.post(address, data | {"account_name": "新依托单位"})
    assert refused.status_code == 422 and "account_number" in refused.context["form"].errors
