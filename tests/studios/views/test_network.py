"""The pages of the service network: what each reader sees, a row entered, a file there and back."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import BoardOfficer, BoardTerm
from accounts.roles import Role
from studios.actions import network as actions
from studios.models import ServicePoint
from tests import factories as make
from tests.studios import network as here
from workflow import jobs
from workflow.models import Entry, Job

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {
    "level": "point", "place": "urban_community", "code": "330106001001", "division": "邻里社区", "name": "邻里社工点",
    "status": "in_use", "status_on": "2026-01-05", "agencies": 0, "assistant": 1, "intermediate": 0, "senior": 0,
    "professionals": 2,
}  # fmt: skip


def _statements(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_a_county_sees_its_own_a_city_its_counties_the_province_all(client: Any) -> None:
    _province, city, county = here.area()
    _p, _c, sister = here.area("330105")
    _p, _c, far = here.area("330203", "330200")
    for unit in (county, sister, far):
        here.point(unit, f"{unit.code}001001", division=f"在{unit.code}")
    for person, seen in ((here.officer(county), 1), (here.officer(city), 2), (make.user(Role.MANAGER), 3)):
        client.force_login(person)
        page = client.get(reverse("network_list")).content.decode()
        assert [f"在{unit.code}" in page for unit in (county, sister, far)] == [seen > 0, seen > 1, seen > 2]
    stranger = ServicePoint.objects.get(county=far)
    client.force_login(here.officer(city))
    for name in ("network_detail", "network_edit"):
        assert client.get(reverse(name, args=[stranger.pk])).status_code == 404


def test_the_list_asks_as_much_for_three_rows_and_filters(client: Any) -> None:
    _province, _city, county = here.area()
    client.force_login(make.user(Role.MANAGER))
    here.point(county, "330106001001", operator="启善", assistant=3)
    client.get(reverse("network_list"))
    first = _statements(client, reverse("network_list"))
    for n in (2, 3):
        here.point(county, f"33010600100{n}", status="closed", weak_area=True)
    assert _statements(client, reverse("network_list")) == first <= 15
    here.plan()
    for query, count in (("q=启善", 1), ("status=closed", 2), ("weak_area=1", 2), ("place=village", 0),
                         (f"failing={here.part('J03').pk}", 2), ("failing=0", 0)):  # fmt: skip
        assert client.get(reverse("network_list") + "?" + query).context["page"].paginator.count == count


def test_a_row_is_entered_and_changed_by_page(client: Any) -> None:
    _province, _city, county = here.area()
    client.force_login(here.officer(county))
    answer = client.post(reverse("network_new"), {**FORM, "county": county.pk, "parent_code": "999"})
    assert answer.status_code == 422 and not ServicePoint.objects.exists()
    client.post(reverse("network_new"), {**FORM, "county": county.pk, "parent_code": ""})
    point = ServicePoint.objects.get()
    edit = reverse("network_edit", args=[point.pk])
    assert client.post(edit, {**FORM, "professionals": 0}).status_code == 422
    client.post(edit, {**FORM, "status": "closed", "status_on": "2026-02-01"})
    point.refresh_from_db()
    assert (point.status, point.status_on, point.records.count()) == ("closed", date(2026, 2, 1), 2)
    page = client.get(reverse("network_detail", args=[point.pk])).content.decode()
    assert "邻里社工点" in page and "已关闭" in page


@pytest.mark.parametrize("name", ["network_new", "network_import", "network_import_template"])
def test_who_keeps_nothing_is_refused(client: Any, name: str) -> None:
    client.force_login(make.user(Role.FINANCE))
    assert client.get(reverse(name)).status_code == 403


def test_an_export_can_be_imported_again(client: Any) -> None:
    _province, city, county = here.area()
    person = here.officer(county)
    station = actions.register(
        county, by=person, level="station", place="street", code="330106001", division="白杨街道",
        name="社工站", status="built", status_on=here.DAY,
    )  # fmt: skip
    here.point(county, "330106001001", parent=station, assistant=2, weak_area=True)
    client.force_login(person)
    file = b"".join(client.get(reverse("network_export")).streaming_content)
    assert Entry.objects.filter(kind=actions.EXPORTED).count() == 1
    ServicePoint.objects.update(parent=None)
    ServicePoint.objects.all().delete()
    _sent(client, file)
    check = Job.objects.get(kind=actions.CHECK)
    assert (check.status, check.result["faults"], check.result["clean"]) == ("done", [], 2)
    result = reverse("network_import_result", args=[check.pk])
    assert client.get(result).status_code == 200 and not ServicePoint.objects.exists()
    client.post(result)
    jobs.run_waiting()
    point = ServicePoint.objects.get(code="330106001001")
    assert (point.parent and point.parent.code, point.assistant, point.weak_area) == ("330106001", 2, True)
    client.force_login(here.officer(city))
    assert client.get(result).status_code == 404


def _sent(client: Any, content: bytes) -> None:
    client.post(reverse("network_import"), {"file": SimpleUploadedFile("站点.xlsx", content)})
    jobs.run_waiting()


def test_every_fault_of_a_file_is_told_by_row_and_column(client: Any) -> None:
    from selection.documents.table import write_xlsx
    from studios.queries.network import headings

    _province, _city, county = here.area()
    here.area("330105")
    good = [
        "330106",
        "村（社区）社工点（室）",
        "村",
        "330106001201",
        "一村",
        "",
        "",
        "未建",
        here.DAY,
        "",
        "",
        "否",
        "否",
        0,
        0,
        0,
        0,
        0,
    ]
    rows = [
        good, good, [*good[:3], "330106", *good[4:]], ["330105", *good[1:]], [*good[:14], "三", *good[15:]],
        [*good[:4], "", *good[5:]], [*good[:2], "街道", *good[3:]],
    ]  # fmt: skip
    content = io.BytesIO()
    write_xlsx(content, headings(), rows)
    client.force_login(here.officer(county))
    _sent(client, content.getvalue())
    job = Job.objects.get(kind=actions.CHECK)
    assert job.status == "done", str(job.__dict__)[-1500:]
    result = job.result
    assert result["clean"] == 1
    found = {(row, column) for _sheet, row, column, _why in result["faults"]}
    assert {
        (3, "区划代码"),
        (4, "区划代码"),
        (5, "县（市、区）代码"),
        (6, "助理社会工作师"),
        (7, "区划名称"),
        (8, "区划类型"),
    } <= found


def test_the_template_opens_and_summary_and_federations_are_shown(client: Any) -> None:
    _province, city, county = here.area()
    here.ten_communities(county)
    union = make.organisation("federation", name="某市社会工作联合会")
    term = BoardTerm.objects.create(
        organisation=union,
        ordinal=1,
        since=date(2025, 1, 1),
        until=date(2030, 1, 1),
        document="d",
        recorded_by="r",
    )
    BoardOfficer.objects.create(term=term, role="会长", name="夏知秋", name_key="夏知秋")
    client.force_login(make.user(Role.MANAGER))
    assert client.get(reverse("network_import_template")).status_code == 200
    page = client.get(reverse("network_summary") + f"?city={city.pk}").content.decode()
    assert "0 / 10" in page
    page = client.get(reverse("federation_list")).content.decode()
    assert "夏知秋" in page and "第1届" in page
