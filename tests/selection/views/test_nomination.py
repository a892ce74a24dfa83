"""The pages of the dossiers, for each who opens them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from selection.models import Nomination
from tests import factories
from workflow import clock, todo

pytestmark = pytest.mark.django_db

LIST = reverse("nomination_list")


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def text(response):
    return response.content.decode()


def page(nomination, name="nomination_detail", *args):
    return reverse(name, args=[nomination.pk, *args])


def step(nomination, name):
    return reverse("step", args=["nominations", nomination.pk, name])


def signed_in(client, *roles, organisation=None):
    person = factories.user(*roles, organisation=organisation)
    client.force_login(person)
    return person


def clerk_of(client, nomination):
    return signed_in(client, "unit_clerk", organisation=nomination.unit)


# who sees what


@pytest.mark.parametrize(
    "role", ["reviewer", "manager", "leader", "publisher", "supervisor", "finance", "audit_admin"]
)
def test_the_province_reads_the_list_and_the_dossier(client, role):
    row = factories.nomination("nominated", background_opinion="无不良记录")
    signed_in(client, role)
    assert row.nominee.name in text(client.get(LIST))
    found = client.get(page(row))
    assert found.status_code == 200
    for words in (row.achievements, row.unit.name, "无不良记录", "资格条件"):
        assert words in text(found)


@pytest.mark.parametrize("role", ["expert", "studio_lead", "system_admin", "security_admin"])
def test_whoever_has_no_part_in_it_finds_nothing(client, role):
    row = factories.nomination("nominated")
    signed_in(client, role, organisation=row.unit)
    assert row.nominee.name not in text(client.get(LIST))
    assert client.get(page(row)).status_code == 404


def test_one_city_cannot_read_another(client):
    ours, theirs = factories.nomination("nominator_review"), factories.nomination("nominator_review")
    signed_in(client, "bureau_officer", organisation=ours.nominator)
    assert client.get(page(ours)).status_code == 200
    missing = client.get(page(theirs))
    assert missing.status_code == client.get(reverse("nomination_detail", args=[999999])).status_code == 404
    assert client.get(step(theirs, "nominate")).status_code == 404
    found = text(client.get(LIST))
    assert (ours.unit.name in found, theirs.code in found) == (True, False)


def test_one_county_cannot_read_another_of_its_city(client):
    orgs = factories.tree()
    sister = factories.organisation("county", name="余杭区民政局", parent=orgs["city"])
    row = factories.nomination("county_review", orgs=orgs)
    signed_in(client, "bureau_officer", organisation=sister)
    assert client.get(page(row)).status_code == 404


def test_the_unit_does_not_read_the_background_opinion(client):
    row = factories.nomination("nominated", background_opinion="公安查询无记录", nominator_opinion="排序第一")
    clerk_of(client, row)
    found = text(client.get(page(row)))
    assert row.achievements in found
    assert "公安查询无记录" not in found
    assert "排序第一" not in found


@pytest.mark.parametrize(
    "state", ["draft", "returned", "county_review", "nominated", "correction", "recognised"]
)
@pytest.mark.parametrize("role", ["unit_clerk", "bureau_officer", "reviewer", "manager", "supervisor"])
def test_no_page_holds_the_identity_number_or_the_phone(client, state, role):
    requests = [{"field": "phone", "reason": "空号"}]
    row = factories.nomination(state, phone="13912345678", requests=requests, correction_due=date(2026, 9, 8))
    place = {"unit_clerk": row.unit, "bureau_officer": row.nominator}.get(role)
    signed_in(client, role, organisation=place)
    addresses = [LIST, page(row), page(row, "nomination_check"), page(row, "nomination_correction")]
    addresses += [
        page(row, "nomination_edit", "basic"),
        step(row, "return_for_completion"),
        step(row, "correct"),
    ]
    opened = [client.get(address) for address in addresses]
    assert opened[1].status_code == 200
    for found in opened:
        assert row.nominee.id_number not in text(found)
        assert "13912345678" not in text(found)
    masked = f"{row.nominee.id_number[:3]}***********{row.nominee.id_number[-4:]}"
    assert masked in text(opened[1])


# the list


def queries_of(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("role", ["manager", "bureau_officer", "unit_clerk"])
def test_the_list_asks_the_database_as_often_for_one_row_as_for_three(client, role):
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 5)
    place = {"bureau_officer": orgs["city"], "unit_clerk": orgs["unit"]}.get(role)
    signed_in(client, role, organisation=place)
    factories.nomination("nominator_review", round=round_, orgs=orgs)
    one = queries_of(client, LIST)
    factories.nomination("nominated", round=round_, orgs=orgs)
    factories.nomination("correction", round=round_, orgs=orgs, correction_due=date(2026, 9, 8))
    assert queries_of(client, LIST) == one <= 15


def test_the_list_is_paginated(client):
    round_, orgs = factories.round_(), factories.tree()
    for number in range(27):
        factories.nomination("nominated", round=round_, orgs=orgs, code=f"2026-{number:04d}")
    signed_in(client, "manager")
    first, second = text(client.get(LIST)), text(client.get(f"{LIST}?page=2"))
    assert ("2026-0024" in first, "2026-0025" in first, "2026-0026" in second) == (True, False, True)
    assert client.get(f"{LIST}?page=nonsense").status_code == 200


@pytest.mark.parametrize("typed", ["秦芸", "秦　芸"])
def test_the_list_finds_a_name_with_or_without_the_printed_space(client, typed):
    found = factories.nomination("nominated", nominee=factories.nominee("秦　芸"))
    other = factories.nomination("nominated")
    signed_in(client, "manager")
    shown = text(client.get(LIST, {"q": typed}))
    assert shown.count(page(found)) == 1
    assert page(other) not in shown


def test_a_filtered_list_without_rows_offers_to_clear_the_filter(client):
    factories.nomination("nominated")
    signed_in(client, "manager")
    assert "清除筛选" in text(client.get(LIST, {"q": "无此人"}))


def test_an_officer_reads_the_places_left(client):
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 3)
    factories.nomination("nominated", round=round_, orgs=orgs)
    signed_in(client, "bureau_officer", organisation=orgs["city"])
    assert "名额3个，已用1个，剩余2个" in text(client.get(LIST))


def test_a_hold_shows_to_the_province_alone(client):
    from selection.models import Objection, PublicNotice

    row = factories.nomination("on_notice")
    author = factories.user("publisher")
    notice = PublicNotice.objects.create(
        round=row.round, number="G-1", title="公示", body="公示", contact="处室", days=5, composed_by=author
    )
    Objection.objects.create(
        notice=notice, nomination=row, code="Q-1", kind="lead", facts="事实", lodged_at=factories.NOON,
        admit_due=date(2026, 9, 4), state="admitted",
    )  # fmt: skip
    signed_in(client, "manager")
    assert "异议未结" in text(client.get(LIST))
    assert "异议未结" in text(client.get(page(row)))
    clerk_of(client, row)
    assert "异议未结" not in text(client.get(LIST)) + text(client.get(page(row)))


def test_the_unit_is_told_the_issue_of_an_admitted_objection_and_nothing_of_who_objects(client):
    row = factories.nomination("on_notice")
    objection = factories.admitted_objection(row)
    objection.neutral_issue, objection.objector_name = "从业经历需要核实。", "不应出现的人"
    objection.save()
    clerk_of(client, row)
    found = text(client.get(page(row)))
    assert "从业经历需要核实。" in found
    assert "不应出现的人" not in found
    assert "材料不实" not in found


# to nominate in three clicks: to-do, step, confirmation


def test_a_ready_dossier_is_nominated_in_three_clicks(client):
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 2)
    row = factories.nomination("nominator_review", round=round_, orgs=orgs, originals_checked=True)
    officer = signed_in(client, "bureau_officer", organisation=orgs["city"])
    waits = {str(item.title): item.url for item in todo.waiting_for(officer)}
    assert waits["审核并推荐到省"] == page(row)
    assert step(row, "nominate") in text(client.get(page(row)))
    form = client.get(step(row, "nominate")).context["form"]
    typed = {
        "rank": form["rank"].initial,
        "originals_checked": "on",
        "opinion": "同意推荐。",
        "background": "无。",
    }
    done = client.post(step(row, "nominate"), typed)
    row.refresh_from_db()
    assert (done.status_code, done.url, row.state, row.rank_in_nominator) == (302, page(row), "nominated", 1)


def test_several_ready_dossiers_stand_behind_one_to_do_with_the_act_in_the_row(client):
    orgs, round_ = factories.tree(), factories.round_()
    rows = [factories.nomination("nominator_review", round=round_, orgs=orgs) for _ in range(2)]
    officer = signed_in(client, "bureau_officer", organisation=orgs["city"])
    item = next(item for item in todo.waiting_for(officer) if str(item.title) == "审核并推荐到省")
    assert item.count == 2
    shown = text(client.get(item.url))
    assert all(step(row, "nominate") in shown for row in rows)


def test_a_refused_nomination_keeps_what_was_typed_and_says_why(client):
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 1)
    factories.nomination("nominated", round=round_, orgs=orgs)
    row = factories.nomination("nominator_review", round=round_, orgs=orgs, originals_checked=True)
    signed_in(client, "bureau_officer", organisation=orgs["city"])
    typed = {"rank": 2, "originals_checked": "on", "opinion": "写了很久的意见。", "background": "无。"}
    found = client.post(step(row, "nominate"), typed)
    assert found.status_code == 409
    assert "名额1个已用完" in text(found)
    assert "写了很久的意见。" in text(found)


def test_a_return_needs_a_reason_at_a_field(client):
    row = factories.nomination("county_review")
    signed_in(client, "bureau_officer", organisation=row.county)
    assert client.post(step(row, "return_for_completion"), {"reason_posts": " "}).status_code == 422
    done = client.post(
        step(row, "return_for_completion"), {"reason_posts": "请写全称", "reason_phone": "空号"}
    )
    row.refresh_from_db()
    assert (done.status_code, row.state) == (302, "returned")
    assert row.requests == [{"field": "phone", "reason": "空号"}, {"field": "posts", "reason": "请写全称"}]


def test_what_is_typed_is_never_markup(client):
    row = factories.nomination("county_review", title="<b>总干事</b>", achievements="<script>x</script>")
    signed_in(client, "bureau_officer", organisation=row.county)
    for address in (page(row), step(row, "return_for_completion"), LIST):
        found = text(client.get(address))
        assert "<b>总干事</b>" not in found
        assert "<script>x" not in found


# what waits


def test_what_waits_for_each(client):
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 2)
    for state in ("draft", "returned", "county_review", "nominator_review"):
        factories.nomination(state, round=round_, orgs=orgs)
    factories.nomination(
        "correction", round=factories.round_("screening"), orgs=orgs, correction_due=date(2026, 9, 3)
    )
    found = {
        role: [str(item.title) for item in todo.waiting_for(factories.user(role, organisation=orgs[place]))]
        for role, place in (("unit_clerk", "unit"), ("bureau_officer", "city"), ("expert", "unit"))
    }
    assert found["unit_clerk"][0] == "补正沈雨晴的申报材料"
    assert sorted(found["unit_clerk"][1:]) == ["填写沈雨晴的申报材料", "补充沈雨晴的申报材料"]
    assert sorted(found["bureau_officer"]) == ["审核并推荐到省", "还有2个推荐名额"]
    assert found["expert"] == []


def test_the_number_of_statements_for_what_waits_does_not_grow(client):
    orgs, round_ = factories.tree(), factories.round_()
    clerk = factories.user("unit_clerk", organisation=orgs["unit"])
    counts = []
    for _ in range(3):
        factories.nomination("draft", round=round_, orgs=orgs)
        with CaptureQueriesContext(connection) as captured:
            todo.waiting_for(clerk)
        counts.append(len(captured))
    assert counts[1] == counts[2]


def test_the_collection_shows_no_number_and_no_sealed_opinion_to_the_unit():
    from workflow import collections

    row = factories.nomination("nominated", phone="13912345678", background_opinion="查询无记录")
    home = collections.named("nominations")
    clerk = factories.user("unit_clerk", organisation=row.unit)
    manager = factories.user("manager")
    shown = home.represent(home.visible_to(clerk).get(), clerk)
    assert "background_opinion" not in shown
    assert home.represent(row, manager)["background_opinion"] == "查询无记录"
    assert row.nominee.id_number not in str(shown)
    assert "13912345678" not in str(home.represent(row, manager))


def test_every_step_of_the_offices_has_a_page(client):
    from workflow import collections
    from workflow.machine import steps_of

    declared = {one.name for one in steps_of(Nomination)}
    ours = {
        "submit",
        "endorse",
        "return_for_completion",
        "decline",
        "nominate",
        "correct",
        "withdraw",
    }
    assert ours <= set(collections.named("nominations").forms) <= declared


def test_an_officer_orders_the_nominees_on_a_page(client):
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 3)
    first, second = (
        factories.nomination("nominated", round=round_, orgs=orgs, rank_in_nominator=rank) for rank in (1, 2)
    )
    signed_in(client, "bureau_officer", organisation=orgs["city"])
    address = reverse("nomination_rank")
    assert address in text(client.get(LIST))
    twice = client.post(address, {f"rank_{first.pk}": 1, f"rank_{second.pk}": 1})
    assert (twice.status_code, "第1位重复" in text(twice)) == (422, True)
    assert client.post(address, {f"rank_{first.pk}": 2, f"rank_{second.pk}": 1}).status_code == 302
    second.refresh_from_db()
    assert second.rank_in_nominator == 1


def test_who_has_no_places_orders_nobody(client):
    orgs = factories.tree()
    factories.quota(factories.round_(), orgs["city"], 3)
    signed_in(client, "bureau_officer", organisation=orgs["county"])
    assert client.get(reverse("nomination_rank")).status_code == 404
