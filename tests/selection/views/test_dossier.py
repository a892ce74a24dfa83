"""A clerk begins a dossier, fills it in, checks it, sends it, and corrects it."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from selection.models import Nomination
from selection.queries.dossier import SECTIONS
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db

NEW = reverse("nomination_new")


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def draft(client):
    row = factories.nomination("draft", phone="13912345678")
    client.force_login(factories.user("unit_clerk", organisation=row.unit))
    return row


def text(response):
    return response.content.decode()


def page(row, name="nomination_detail", *args):
    return reverse(name, args=[row.pk, *args])


def edit(row, section):
    return page(row, "nomination_edit", section)


BASIC = {
    "gender": "female",
    "born_on": "1985-03-15",
    "phone": "139****5678",
    "ethnicity": "畲族",
}
ELIGIBLE = {
    "setting": "community", "civil_status": "none", "certificate_level": "intermediate", "certified_on": "2018-09-20",
    "practice_since": "2014-07-01", "province_since": "2016-07-01",
}  # fmt: skip


def test_a_clerk_begins_a_dossier(client):
    orgs, round_ = factories.tree(), factories.round_()
    client.force_login(factories.user("unit_clerk", organisation=orgs["unit"]))
    assert "西湖区民政局" in text(client.get(NEW))
    typed = {"round": round_.pk, "name": "沈雨晴", "id_number": factories.id_number(), "route": "county"}
    done = client.post(NEW, typed | ELIGIBLE)
    row = Nomination.objects.get()
    assert (done.status_code, done.url) == (302, page(row))
    assert (row.nominator, row.county, row.unit) == (orgs["city"], orgs["county"], orgs["unit"])
    assert (row.setting, row.certified_on, row.posts.get().unit) == (
        "community",
        date(2018, 9, 20),
        row.unit.name,
    )
    assert [(each.started, each.ended, each.in_province) for each in row.intervals.all()] == [
        (date(2014, 7, 1), date(2016, 6, 30), False),
        (date(2016, 7, 1), None, True),
    ]


def test_what_would_fail_is_said_before_anything_long_and_when_it_would_pass(client):
    round_ = factories.round_()
    client.force_login(factories.user("unit_clerk", organisation=factories.tree()["unit"]))
    typed = {
        "round": round_.pk,
        "name": "沈雨晴",
        "id_number": factories.id_number(),
        "route": "county",
    } | ELIGIBLE
    late = typed | {"certified_on": "2023-10-12", "civil_status": "servant"}
    told = client.post(NEW, late)
    assert (told.status_code, Nomination.objects.count()) == (200, 0)
    assert {found["sentence"][:3] for found in told.context["fails"]} == {"E02", "E04"}
    assert "满足日期为2026-10-12" in text(told)
    assert 'value="沈雨晴"' in text(told)
    assert client.post(NEW, late | {"told": "1"}).status_code == 302


def test_an_age_above_the_limit_needs_approval_and_is_told(client):
    round_ = factories.round_()
    client.force_login(factories.user("unit_clerk", organisation=factories.tree()["unit"]))
    old = factories.id_number(date(1965, 1, 1))
    told = client.post(
        NEW, {"round": round_.pk, "name": "沈雨晴", "id_number": old, "route": "county"} | ELIGIBLE
    )
    assert [found["state"] for found in told.context["fails"]] == ["person"]
    assert "须经核准" in text(told)


def test_a_wrong_identity_number_is_named_and_what_was_typed_stays(client):
    round_ = factories.round_()
    client.force_login(factories.user("unit_clerk", organisation=factories.tree()["unit"]))
    typed = {"round": round_.pk, "name": "沈雨晴", "id_number": "330106198503150000", "route": "county"}
    found = client.post(NEW, typed | ELIGIBLE)
    assert found.status_code == 422
    assert text(found).count("身份证号有误，请核对18位号码。") == 2
    assert 'value="沈雨晴"' in text(found)
    assert "<title>错误：" in text(found)


def test_a_second_route_shows_no_trace_of_the_first(client):
    number = factories.id_number()
    first = factories.nomination("county_review", nominee=factories.nominee(id_number=number))
    client.force_login(factories.user("unit_clerk", organisation=factories.tree()["unit"]))
    typed = {"round": first.round.pk, "name": "沈雨晴", "id_number": number, "route": "county"}
    found = client.post(NEW, typed | ELIGIBLE)
    assert "该人选在本轮已有申报" in text(found)
    assert first.code not in text(found)
    assert Nomination.objects.count() == 1


def test_without_an_open_round_the_page_says_so(client):
    factories.round_("screening")
    client.force_login(factories.user("unit_clerk", organisation=factories.tree()["unit"]))
    assert "现在没有受理申报的批次" in text(client.get(NEW))


@pytest.mark.parametrize("role", ["bureau_officer", "manager", "expert"])
def test_nobody_else_begins_a_dossier(client, role):
    client.force_login(factories.user(role, organisation=factories.tree()["unit"]))
    assert client.get(NEW).status_code == 403


def test_the_task_list_names_what_is_missing_with_links(client, draft):
    Nomination.objects.filter(pk=draft.pk).update(summary="", certified_on=date(2023, 10, 12))
    draft.intervals.all().delete()
    found = text(client.get(page(draft)))
    for words in (
        "基本信息",
        "已填好",
        "填写中",
        "未开始",
        "需修改",
        "未提交",
        "满足日期为2026-10-12",
        "还差3项",
    ):
        assert words in found
    assert edit(draft, "studio") in found


def test_the_task_list_asks_the_database_seldom(client, draft):
    with CaptureQueriesContext(connection) as captured:
        client.get(page(draft))
    assert len(captured) <= 23  # a dossier is nine tables, and objections may hold it


@pytest.mark.parametrize("section", [section.slug for section in SECTIONS])
def test_every_section_opens_with_its_draft_key(client, draft, section):
    found = client.get(edit(draft, section))
    assert found.status_code == 200
    assert f":{draft.pk}:{section}:" in text(found)


def test_an_unknown_section_is_not_found(client, draft):
    assert client.get(edit(draft, "nothing")).status_code == 404


def test_a_saved_section_returns_to_the_task_list_and_an_untouched_phone_stays(client, draft):
    done = client.post(edit(draft, "basic"), BASIC)
    assert (done.status_code, done.url) == (302, page(draft))
    draft.refresh_from_db()
    assert (draft.ethnicity, draft.phone) == ("畲族", "13912345678")


def test_a_section_opened_from_the_check_page_returns_there(client, draft):
    assert client.post(edit(draft, "basic"), {**BASIC, "back": "check"}).url == page(
        draft, "nomination_check"
    )


def test_a_draft_may_have_gaps(client, draft):
    assert client.post(edit(draft, "story"), {"achievements": "", "summary": ""}).status_code == 302
    draft.refresh_from_db()
    assert draft.achievements == ""


@pytest.mark.parametrize(
    ("section", "typed", "sentence"),
    [
        ("basic", {**BASIC, "phone": "12"}, "手机号码应为11位数字"),
        ("basic", {**BASIC, "born_on": "1985-03-16"}, "出生日期与身份证号不一致"),
        ("certificate", {"certified_on": "2027-01-01"}, "证书批准日期不得晚于今天"),
        ("certificate", {"certified_on": "1820-01-01"}, "请核对年份"),
        ("practice", {"intervals-rows": "1", "intervals-0-started": "1820-01-01"}, "请核对年份"),
        (
            "practice",
            {"intervals-rows": "1", "intervals-0-started": "2020-01-01", "intervals-0-ended": "2019-01-01"},
            "结束日期不得早于开始日期",
        ),
        (
            "posts",
            {
                "posts-rows": "2",
                "posts-0-unit": "甲中心",
                "posts-0-primary": "on",
                "posts-1-unit": "乙中心",
                "posts-1-primary": "on",
            },
            "主要任职只能有一项",
        ),
        (
            "unit",
            {"unit_notice_from": "2026-08-20", "unit_notice_until": "2026-08-10"},
            "单位公示结束不得早于开始",
        ),
        ("unit", {"unit_notice_from": "2036-08-20"}, "2036年工作日历未导入"),
    ],
)
def test_a_wrong_value_is_named_and_everything_typed_stays(client, draft, section, typed, sentence):
    found = client.post(edit(draft, section), typed)
    assert found.status_code == 422
    assert text(found).count(sentence) == 2
    for value in (v for v in typed.values() if v not in ("female", "elderly")):
        assert value in text(found)


def test_what_was_typed_into_a_closed_round_is_refused_and_stays(client, draft):
    with clock.frozen(factories.CLOSES_AT):
        found = client.post(edit(draft, "studio"), {"studio_plan": "写了一个晚上的设想"})
    assert "申报已于2026-10-10 17:30截止" in text(found)
    assert "写了一个晚上的设想" in text(found)


def test_a_submitted_section_offers_no_form(client, draft):
    Nomination.objects.filter(pk=draft.pk).update(state="county_review")
    found = text(client.get(edit(draft, "studio")))
    assert "现在不能修改" in found
    assert "<textarea" not in found


def test_the_pages_of_writing_are_the_own_clerks_alone(client, draft):
    client.force_login(factories.user("bureau_officer", organisation=draft.county))
    for address in (
        edit(draft, "basic"),
        page(draft, "nomination_check"),
        page(draft, "nomination_correction"),
    ):
        assert client.get(address).status_code == 404
    client.force_login(factories.user("unit_clerk", organisation=factories.organisation("employer")))
    assert client.get(edit(draft, "basic")).status_code == 404


def test_the_reason_of_a_return_stands_at_its_field(client, draft):
    Nomination.objects.filter(pk=draft.pk).update(
        state="returned", requests=[{"field": "ethnicity", "reason": "请写<全称>"}]
    )
    found = text(client.get(edit(draft, "basic")))
    assert "退回意见：请写&lt;全称&gt;" in found
    assert "请写&lt;全称&gt;" in text(client.get(page(draft)))


def test_declarations_are_signed_one_by_one(client, draft):
    Nomination.objects.filter(pk=draft.pk).update(publication_consent_at=None)
    names = ("truth_declared_at", "conflict_declared_at", "privacy_read_at")
    client.post(edit(draft, "declarations"), dict.fromkeys(names, "on"))
    draft.refresh_from_db()
    assert (draft.truth_declared_at, draft.publication_consent_at) == (factories.OPENS_AT, None)


def test_checked_and_sent(client, draft):
    checked = text(client.get(page(draft, "nomination_check")))
    assert "139****5678" in checked
    submit = reverse("step", args=["nominations", draft.pk, "submit"])
    assert submit in checked
    done = client.post(submit)
    draft.refresh_from_db()
    assert (done.status_code, done.url, draft.state) == (302, page(draft), "county_review")
    assert client.get(page(draft, "nomination_check")).status_code == 302


def test_an_incomplete_dossier_is_checked_but_not_sent(client, draft):
    Nomination.objects.filter(pk=draft.pk).update(summary="")
    assert "尚未填写：公示简介。" in text(client.get(page(draft, "nomination_check")))
    refused = client.post(reverse("step", args=["nominations", draft.pk, "submit"]))
    draft.refresh_from_db()
    assert (refused.status_code, draft.state) == (409, "draft")


REQUESTS = [{"field": "certificate_number", "reason": "与原件不一致"}, {"field": "summary", "reason": "过短"}]


@pytest.fixture
def asked(client):
    row = factories.nomination(
        "correction", round=factories.round_("screening"), requests=REQUESTS, correction_due=date(2026, 9, 8),
        certificate_number="2018000",
    )  # fmt: skip
    client.force_login(factories.user("unit_clerk", organisation=row.unit))
    return row


def test_the_correction_shows_old_beside_new_of_the_listed_fields_alone(client, asked):
    found = client.get(page(asked, "nomination_correction"))
    assert list(found.context["form"].fields) == ["certificate_number", "summary"]
    for words in ("与原件不一致", "2018000", "提交补正"):
        assert words in text(found)


def test_files_asked_for_are_replaced_on_the_page_of_the_correction(client):
    requests = [{"field": "attachment_practice", "reason": "缺单位盖章"}]
    row = factories.nomination(
        "correction", round=factories.round_("screening"), requests=requests, correction_due=date(2026, 9, 8),
        submitted_at=factories.OPENS_AT,
    )  # fmt: skip
    client.force_login(factories.user("unit_clerk", organisation=row.unit))
    sent = factories.attachment(row, "practice", number=1, uploaded_at=factories.OPENS_AT)
    found = text(client.get(page(row)))
    assert "缺单位盖章" in found and f'href="{page(row, "nomination_correction")}"' in found
    found = text(client.get(page(row, "nomination_correction")))
    assert all(words in found for words in ("附件“从业证明”", "缺单位盖章", "从业证明 1", "尚未上传"))
    refused = client.post(page(row, "nomination_correction"), {})
    assert (refused.status_code, "请先上传要求补正的附件" in text(refused)) == (422, True)
    file = SimpleUploadedFile("新证明.pdf", factories.pdf(2))
    done = client.post(page(row, "nomination_attachments"), {"kind": "practice", "files": [file]})
    assert done.url == page(row, "nomination_correction")
    client.post(reverse("attachment_remove", args=[sent.key]))
    found = text(client.get(done.url))
    assert "从业证明 2" in found and "已替换，旧文件留存" in found
    client.post(page(row, "nomination_correction"), {})
    row.refresh_from_db()
    assert row.state == "nominated"


def test_a_correction_is_sent(client, asked):
    typed = {"certificate_number": "2018001", "summary": "更长的简介。", "title": "混入"}
    done = client.post(page(asked, "nomination_correction"), typed)
    asked.refresh_from_db()
    assert (done.status_code, asked.state, asked.certificate_number) == (302, "nominated", "2018001")
    assert asked.title == "总干事"


def test_a_correction_with_a_gap_stays_on_the_page(client, asked):
    found = client.post(
        page(asked, "nomination_correction"), {"certificate_number": "2018001", "summary": ""}
    )
    asked.refresh_from_db()
    assert (found.status_code, asked.state) == (422, "correction")
    assert "2018001" in text(found)


def test_a_late_correction_says_so_and_keeps_the_text(client, asked):
    typed = {"certificate_number": "2018001", "summary": "更长的简介。"}
    with clock.frozen(factories.NOON.replace(day=9)):
        found = client.post(page(asked, "nomination_correction"), typed)
    assert "补正期限已过" in text(found)
    assert "更长的简介。" in text(found)


def test_without_a_request_there_is_no_correction(client, draft):
    assert client.get(page(draft, "nomination_correction")).url == page(draft)


def test_of_two_clerks_in_one_section_the_second_sees_what_the_first_wrote(client, draft):
    address = edit(draft, "studio")
    seen = client.get(address).context["seen"]
    client.post(address, {"studio_plan": "甲写的设想", "seen": seen})
    second = client.post(address, {"studio_plan": "乙写的设想", "seen": seen})
    assert "他人已作修改" in text(second)
    assert "现有内容：甲写的设想" in text(second)
    assert "乙写的设想" in text(second)
    assert (
        client.post(address, {"studio_plan": "乙写的设想", "seen": second.context["seen"]}).status_code == 302
    )
    draft.refresh_from_db()
    assert draft.studio_plan == "乙写的设想"
