"""The pages of exits, reported changes and care."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from studios.models import CareMeasure, Exit, ReportedChange, Studio
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db

FACTS = "2025、2026年度考核均为不合格，经两次约谈仍未改进。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def step(collection: str, pk: int, name: str) -> str:
    return reverse("step", args=[collection, pk, name])


def test_from_the_notice_to_the_decision_on_pages(client):
    home = factories.instalment("paid", paid_at=factories.NOON, voucher="记-1").studio
    client.force_login(factories.user("manager"))
    assert (
        reverse("exit_new", args=[home.pk])
        in client.get(reverse("studio_changes", args=[home.pk])).content.decode()
    )
    assert (
        client.post(reverse("exit_new", args=[home.pk]), {"ground": "misuse", "facts": "短"}).status_code
        == 422
    )
    client.post(reverse("exit_new", args=[home.pk]), {"ground": "misuse", "facts": FACTS})
    found = Exit.objects.get()
    page = client.get(reverse("exit_detail", args=[home.pk, found.pk])).content.decode()
    assert "25,000.00，30日内退还" in page and "限制申报和担任评审专家至" in page
    assert (
        client.post(step("exits", found.pk, "hear"), {"statement": "资金用于场地维修。"}).status_code == 302
    )
    with clock.frozen(factories.NOON.replace(day=9)):
        client.force_login(factories.user("leader"))
        given = {
            "minute_number": "纪要31",
            "document_number": "浙民慈〔2026〕31号",
            "reason": "事实清楚，决定终止工作室。",
        }
        assert client.post(step("exits", found.pk, "decide"), given).status_code == 302
        page = client.get(reverse("exit_detail", args=[home.pk, found.pk])).content.decode()
    assert Studio.objects.get(pk=home.pk).state == "terminated"
    assert "浙民慈〔2026〕31号" in page and "25,000.00" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_statements_whatever_their_length(client, rows, django_assert_max_num_queries):
    for _n in range(rows):
        home = factories.studio()
        factories.studio_exit(home)
        factories.reported_change(home, filed_by=home.lead)
    client.force_login(factories.user("manager"))
    for name in ("exit_list", "change_list"):
        client.get(reverse(name))
        with django_assert_max_num_queries(14):
            assert client.get(reverse(name)).status_code == 200


def test_what_a_revocation_will_bring_is_shown_to_the_office(client):
    home = factories.instalment("paid", paid_at=factories.NOON, voucher="记-1").studio
    factories.revocation(home.recognition.nomination)
    client.force_login(factories.user("manager"))
    page = client.get(reverse("exit_list")).content.decode()
    assert home.name in page and "25,000.00" in page
    client.force_login(home.lead)
    assert home.name not in client.get(reverse("exit_list")).content.decode()


def test_the_lead_reports_and_the_office_settles(client):
    home, unit = factories.studio(), factories.organisation(name="宁波清波社会工作服务中心")
    client.force_login(home.lead)
    given = {"kind": "unit", "happened_on": "2026-08-20", "told": "调入宁波清波社会工作服务中心工作。"}
    assert client.post(reverse("change_new", args=[home.pk]), given).status_code == 422
    client.post(reverse("change_new", args=[home.pk]), {**given, "new_host": unit.name})
    found = ReportedChange.objects.get()
    client.force_login(factories.user("manager"))
    assert "1件变更报告待处理" in client.get(reverse("home")).content.decode()
    assert client.post(step("changes", found.pk, "acknowledge"), {"effect": "change_host"}).status_code == 302
    assert Studio.objects.get(pk=home.pk).host == unit
    page = client.get(reverse("change_detail", args=[home.pk, found.pk])).content.decode()
    assert "协议须随之修订" in page


def test_a_late_report_is_marked_in_the_list(client):
    home = factories.studio()
    factories.reported_change(home, due_on=date(2026, 8, 29), filed_by=home.lead)
    client.force_login(factories.user("manager"))
    assert "逾期3天" in client.get(reverse("change_list"), {"late": "late"}).content.decode()


def test_others_find_neither(client):
    home = factories.studio()
    found = factories.studio_exit(home)
    change = factories.reported_change(home)
    client.force_login(factories.user("bureau_officer", organisation=factories.organisation("city")))
    for page in (
        reverse("exit_detail", args=[home.pk, found.pk]), reverse("change_detail", args=[home.pk, change.pk]),
        reverse("studio_changes", args=[home.pk]), reverse("change_new", args=[home.pk]), reverse("exit_new", args=[home.pk]),
    ):  # fmt: skip
        assert client.get(page).status_code == 404


def test_the_leader_notes_another_term_on_the_page(client):
    from studios.models import Assessment

    home = factories.studio("concluded")
    Assessment.objects.create(
        studio=home, kind="final", year=2026, state="confirmed", score="92.00", grade="excellent"
    )
    client.force_login(factories.user("leader"))
    assert "可以续聘" in client.get(reverse("studio_changes", args=[home.pk])).content.decode()
    client.post(
        reverse("studio_reappoint", args=[home.pk]), {"granted": "yes", "note": "工作扎实，同意续聘一届。"}
    )
    assert home.reappointment.granted
    assert "同意续聘一届" in client.get(reverse("studio_changes", args=[home.pk])).content.decode()


# Care ----------------------------------------------------------------------------------------------------------------


def test_an_officer_writes_a_measure_and_goes_on_to_the_next(client):
    home = factories.studio()
    client.force_login(factories.user("bureau_officer", organisation=home.city))
    given = {
        "recognition": home.recognition_id, "kind": "visit", "given_on": "2026-08-28", "note": "走访工作室，座谈需求。",
        "again": "1",
    }  # fmt: skip
    assert client.post(reverse("care_new"), given).headers["Location"] == reverse("care_new")
    made = CareMeasure.objects.get()
    assert "走访工作室" in client.get(reverse("care_list")).content.decode()
    client.post(reverse("care_take_back", args=[made.pk]), {"reason": "日期有误，撤回后重新登记。"})
    made.refresh_from_db()
    assert made.taken_back_at is not None


def test_the_province_sees_each_city_by_kind_and_who_did_nothing(client):
    home, _idle = factories.studio(), factories.studio()
    officer = factories.user("bureau_officer", organisation=home.city)
    CareMeasure.objects.create(
        recognition=home.recognition, office=home.city, city=home.city, kind="training", given_on=date(2026, 3, 1),
        note="研修名额", recorded_by=officer,
    )  # fmt: skip
    client.force_login(factories.user("manager"))
    page = client.get(reverse("care_summary")).content.decode()
    assert "1个市有人才而没有登记任何措施" in page and "没有措施" in page
    answer = client.get(reverse("care_export"))
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert len(rows) == 2
    client.force_login(officer)
    assert client.get(reverse("care_summary")).status_code == 404


@pytest.mark.parametrize("role", ["unit_clerk", "expert", "system_admin"])
def test_care_is_for_bureaus_and_the_province(client, role):
    client.force_login(factories.user(role))
    for name in ("care_list", "care_new", "care_summary", "care_export"):
        assert client.get(reverse(name)).status_code == 404
