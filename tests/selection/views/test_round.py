"""The pages of the rounds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from selection.models import Round
from tests import factories
from workflow import clock, todo

pytestmark = pytest.mark.django_db

LIST = reverse("round_list")


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def text(response):
    return response.content.decode()


def page(round_, name="round_detail"):
    return reverse(name, args=[round_.code])


def signed_in(client, role, organisation=None):
    person = factories.user(role, organisation=organisation)
    client.force_login(person)
    return person


def opened():
    orgs = factories.tree()
    round_ = factories.round_(rules=factories.rulebook(quotas={orgs["city"].code: 3}))
    factories.quota(round_, orgs["city"], 3)
    factories.nomination("nominated", round=round_, orgs=orgs)
    return round_, orgs


PROVINCE = ["reviewer", "manager", "leader", "publisher", "supervisor", "finance", "audit_admin"]


@pytest.mark.parametrize("role", PROVINCE)
def test_every_role_of_the_province_reads_list_dashboard_and_rules(client, role):
    round_, _orgs = opened()
    signed_in(client, role)
    assert round_.title in text(client.get(LIST))
    found = text(client.get(page(round_)))
    for words in ("距申报截止", "各市名额使用", "杭州", "1名已推荐", "查看数据"):
        assert words in found
    rules = text(client.get(page(round_, "round_rulebook")))
    for words in ("认定上限", "20名", "服务年限与实绩", "30.00", "杭州市民政局", "去掉一个最高分"):
        assert words in rules


@pytest.mark.parametrize("role", ["unit_clerk", "bureau_officer", "expert"])
def test_whoever_takes_part_reads_the_rules_but_not_the_dashboard(client, role):
    round_, orgs = opened()
    draft = factories.round_("draft")
    signed_in(client, role, orgs["unit"])
    assert client.get(page(round_, "round_rulebook")).status_code == 200
    assert client.get(page(draft, "round_rulebook")).status_code == 404
    assert client.get(page(round_)).status_code == 404
    assert round_.title not in text(client.get(LIST))


@pytest.mark.parametrize("state", [value for value in Round.State.values if value != "draft"])
def test_the_dashboard_opens_in_every_state(client, state):
    round_ = factories.round_(state)
    signed_in(client, "manager")
    assert client.get(page(round_)).status_code == 200


def test_no_score_stands_on_the_dashboard(client):
    from selection.models import Result

    round_, _orgs = opened()
    row = factories.nomination("scored", round=round_)
    Result.objects.create(
        nomination=row, score="87.31", sheets=5, rank=1, order=1, computed_at=factories.NOON
    )
    signed_in(client, "manager")
    assert "87.31" not in text(client.get(page(round_)))


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_asks_the_database_as_often_for_one_row_as_for_three(client):
    signed_in(client, "manager")
    factories.round_()
    one = queries_of(client, LIST)
    factories.round_("screening")
    factories.round_("draft")
    assert queries_of(client, LIST) == one <= 15


def test_the_dashboard_asks_the_database_as_often_for_many_dossiers(client):
    round_, orgs = opened()
    signed_in(client, "supervisor")
    one = queries_of(client, page(round_))
    factories.nomination("nominated", round=round_, orgs=orgs)
    factories.quota(round_, factories.organisation("city"), 1)
    assert queries_of(client, page(round_)) == one <= 20


# from the first line to the announcement


PAPERS = {
    "code": "2026",
    "title": "第二批",
    "organiser": "浙江省民政厅",
    "document_prefix": "浙民慈",
    "call": "现启动申报。",
}


def rules_as_typed(client, round_, **changes):
    """What a browser would send back of the rules as the page shows them."""
    form = client.get(page(round_, "round_rulebook")).context["form"]
    typed = {bound.name: bound.value() for bound in form if bound.value() is not None}
    typed |= {"opens_at": "2026-08-24T09:00", "closes_at": "2026-10-10T17:30", "reference_date": "2026-10-10"}
    return typed | changes


def test_a_manager_drafts_fills_in_and_announces_a_round(client):
    city = factories.organisation("city", name="杭州市民政局")
    manager = signed_in(client, "manager")
    made = client.post(reverse("round_create"), PAPERS)
    round_ = Round.objects.get()
    assert made.url == page(round_, "round_rulebook")
    assert [str(item.title) for item in todo.waiting_for(manager)] == ["完善规则书并启动申报"]
    saved = client.post(made.url, rules_as_typed(client, round_, **{f"quota_{city.pk}": 4, "ceiling": 18}))
    assert saved.url == page(round_)
    announce = reverse("step", args=["rounds", round_.pk, "announce"])
    assert announce in text(client.get(page(round_)))
    client.post(announce)
    round_ = Round.objects.get()
    assert (round_.state, round_.rulebook.ceiling) == ("open", 18)
    assert round_.rulebook.closes_at == factories.CLOSES_AT
    assert list(round_.quotas.values_list("nominator__name", "places")) == [("杭州市民政局", 4)]
    assert len(round_.rulebook_version.digest) == 64
    assert round_.rulebook_version.digest in text(client.get(page(round_, "round_rulebook")))


def test_what_the_rules_lack_is_said_at_its_field(client):
    factories.organisation("city", name="杭州市民政局")
    signed_in(client, "manager")
    client.post(reverse("round_create"), PAPERS)
    round_ = Round.objects.get()
    typed = rules_as_typed(
        client, round_, closes_at="2026-08-01T09:00", criterion_0_weight="16.00", panel_size=9, instalment_shares="50，30",
    )  # fmt: skip
    assert client.post(page(round_, "round_rulebook"), typed).status_code == 302
    found = client.get(page(round_, "round_rulebook"))
    errors = {name: str(problem) for name, problem in found.context["form"].errors.items()}
    for field, words in {
        "closes_at": "申报截止应晚于申报开始",
        "criterion_0_weight": "各指标权重合计应为100，现为101.00",
        "stratum_scholar": "各类专家合计7人，应等于评审组人数9人",
        "instalment_shares": "各期拨付比例合计应为100，现为80",
    }.items():
        assert words in errors[field]
        assert text(found).count(words) >= 2
    assert any("请至少为一个推荐单位分配名额" in problem for problem in errors.values())
    assert 'value="16.00"' in text(found)


def test_a_malformed_rule_is_not_saved_and_what_was_typed_stays(client):
    signed_in(client, "manager")
    client.post(reverse("round_create"), PAPERS)
    round_ = Round.objects.get()
    typed = rules_as_typed(client, round_, ceiling="许多", instalment_shares="一半一半", tie_criterion="ZZ")
    found = client.post(page(round_, "round_rulebook"), typed)
    assert found.status_code == 422
    assert "许多" in text(found)
    assert "一半一半" in text(found)
    assert Round.objects.get().rulebook_version.content["ceiling"] == 20


def test_a_criterion_is_added_and_another_taken_away(client):
    signed_in(client, "manager")
    client.post(reverse("round_create"), PAPERS)
    round_ = Round.objects.get()
    changes = {
        "criterion_5_code": "", "criterion_5_name": "", "criterion_5_name_en": "", "criterion_5_weight": "",
        "criterion_6_code": "g", "criterion_6_name": "示范", "criterion_6_weight": "10",
    }  # fmt: skip
    client.post(page(round_, "round_rulebook"), rules_as_typed(client, round_, **changes))
    stored = Round.objects.get().rulebook_version.content["criteria"]
    assert [(item["code"], item["weight"]) for item in stored][-2:] == [("E", "15.00"), ("G", "10.00")]


@pytest.mark.parametrize("role", ["leader", "supervisor", "reviewer"])
def test_others_read_what_only_the_manager_writes(client, role):
    round_ = factories.round_("draft")
    signed_in(client, role)
    assert client.get(reverse("round_create")).status_code == 403
    assert client.get(page(round_, "round_edit")).status_code == 403
    assert "form" not in client.get(page(round_, "round_rulebook")).context
    assert client.post(page(round_, "round_rulebook"), {}).status_code == 403
    round_.refresh_from_db()
    assert round_.rulebook_versions.get().content == factories.rulebook()


def test_the_papers_of_a_draft_are_edited_and_those_of_an_open_round_are_not(client):
    signed_in(client, "manager")
    draft, running = factories.round_("draft"), factories.round_()
    changed = {key: value for key, value in PAPERS.items() if key != "code"}
    assert client.post(page(draft, "round_edit"), changed).status_code == 302
    refused = client.post(page(running, "round_edit"), changed)
    assert "本轮已启动" in text(refused)
    titles = dict(Round.objects.values_list("pk", "title"))
    assert (titles[draft.pk], titles[running.pk]) == ("第二批", running.title)


def test_a_used_code_is_named(client):
    factories.round_(code="2026")
    signed_in(client, "manager")
    found = client.post(reverse("round_create"), PAPERS)
    assert "编号2026已被其他批次使用。" in text(found)
    assert "现启动申报。" in text(found)


def test_cancelling_needs_the_leader_and_a_reason(client):
    round_, _orgs = opened()
    cancel = reverse("step", args=["rounds", round_.pk, "cancel"])
    signed_in(client, "manager")
    assert client.get(cancel).status_code == 403
    signed_in(client, "leader")
    assert client.post(cancel, {"reason": "短"}).status_code == 422
    assert client.post(cancel, {"reason": "政策调整，本轮选拔终止。"}).status_code == 302
    assert Round.objects.get(pk=round_.pk).state == "cancelled"


def test_the_collection_shows_the_rules_in_force():
    from workflow import collections

    _round, _orgs = opened()
    home = collections.named("rounds")
    clerk = factories.user("unit_clerk")
    with CaptureQueriesContext(connection) as captured:
        shown = [home.represent(row, clerk) for row in home.visible_to(clerk)]
    assert shown[0]["rulebook"]["content"]["ceiling"] == 20
    assert shown[0]["closes_at"] == factories.CLOSES_AT.isoformat()
    assert len(captured) <= 3
    assert {"announce", "close", "cancel", "archive"} <= set(home.forms)
