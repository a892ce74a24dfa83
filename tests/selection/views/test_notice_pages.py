from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from selection.actions import erratum, notice, notice_file, outage
from selection.models import Outage, PublicNotice
from tests.factories import user
from tests.selection.actions.test_notice import OVER, POSTED, composed, posted, proposed_round
from tests.selection.actions.test_notice_more import docx, hiding_xlsx
from tests.selection.ways import token_of
from workflow import clock

pytestmark = pytest.mark.django_db


def draft() -> tuple[PublicNotice, dict[str, Any]]:
    row, _people, who = proposed_round()
    return composed(row, who), who


def sent(name: str, data: bytes) -> dict[str, Any]:
    return {"files": [SimpleUploadedFile(name, data)]}


def test_files_come_and_go_on_their_page_and_a_refused_one_is_named(client) -> None:
    made, who = draft()
    client.force_login(who["manager"])
    url = reverse("notice_files", args=[made.pk])
    assert client.post(url, sent("名单.docx", docx())).status_code == 302
    refused = client.post(url, sent("名单.docx", docx()[:900]))
    assert refused.status_code == 422 and "损坏" in refused.content.decode()
    assert "名单.docx" in client.get(url).content.decode()
    assert client.post(reverse("notice_file_remove", args=[made.pk, 1])).status_code == 302
    assert not made.files.exists()
    client.force_login(who["publisher"])
    assert client.get(url).status_code == 404


def test_the_public_takes_a_file_once_it_is_posted_and_only_as_a_download(client) -> None:
    made, who = draft()
    notice_file.attach(made, by=who["manager"], name="名单.docx", data=docx())
    address = reverse("notice_file", args=[made.number, 1])
    assert client.get(address).status_code == 404
    assert client.get(reverse("office_notice_file", args=[made.pk, 1])).status_code == 302  # to the sign-in
    with clock.frozen(POSTED):
        made = notice.post(notice.scan(made, by=who["publisher"]), by=who["publisher"])
        page = client.get(reverse("notice_public", args=[made.number])).content.decode()
    assert address in page and "名单.docx" in page
    response = client.get(address)
    assert response.status_code == 200 and b"".join(response.streaming_content) == docx_bytes(made)
    assert (
        response["Content-Disposition"].startswith("attachment; ")
        and "%E5%90%8D" in response["Content-Disposition"]
    )
    assert response["X-Content-Type-Options"] == "nosniff" and not response.cookies


def docx_bytes(made: PublicNotice) -> bytes:
    with made.files.get().file.open("rb") as file:
        return bytes(file.read())


def test_the_office_reads_where_a_number_hides(client) -> None:
    made, who = draft()
    notice_file.attach(made, by=who["manager"], name="名单.xlsx", data=hiding_xlsx())
    notice.scan(made, by=who["publisher"])
    client.force_login(who["publisher"])
    page = client.get(reverse("office_notice", args=[made.pk])).content.decode()
    assert "名单.xlsx 工作表“附表” 隐藏列 D 第7行" in page and "身份证号码" in page


def test_a_time_is_set_on_the_steps_page_and_read_on_the_notices(client) -> None:
    made, who = draft()
    with clock.frozen(POSTED):
        notice.scan(made, by=who["publisher"])
        client.force_login(who["publisher"])
        url = reverse("step", args=["notices", made.pk, "approve"])
        assert "发布时间" in client.get(url).content.decode()
        assert client.post(url, {"post_at": "2026-09-28T09:00"}).status_code == 409
        assert client.post(url, {"post_at": "2026-09-29T14:30"}).status_code == 302
        page = client.get(reverse("office_notice", args=[made.pk])).content.decode()
    made.refresh_from_db()
    assert made.post_at == datetime(2026, 9, 29, 14, 30, tzinfo=clock.ZONE)
    assert "2026年9月29日 14:30自动发布" in page.replace("\u00a0", " ") and "撤回审定" in page


def test_what_is_missing_stands_on_the_page(client) -> None:
    row, _people, who = proposed_round()
    made = composed(row, who, basis="", email="")
    client.force_login(who["manager"])
    page = client.get(reverse("office_notice", args=[made.pk])).content.decode()
    assert "缺少：依据文件、电子邮箱" in page


def test_a_slip_and_a_restarted_period_stand_on_the_public_page(client) -> None:
    made, people, who = posted()
    erratum.note_erratum(
        made, by=who["publisher"], place="body", before="现予", after="现予以", reason="漏字"
    )
    page = client.get(reverse("notice_public", args=[made.number])).content.decode()
    assert "正文中“现予”更正为“现予以”（漏字）" in page and "公示期自" not in page
    with clock.frozen(datetime(2026, 10, 9, 10, tzinfo=clock.ZONE)):
        notice.supersede(made, by=who["publisher"], reason="第1名单位名称有误，予以更正。")
        copy = PublicNotice.objects.get(corrects=made)
        entry = copy.entries.get(nomination=people[0])
        notice.revise_line(entry, by=who["manager"], affiliation="杭州青禾社会工作服务中心理事长")
        copy = notice.post(notice.scan(copy, by=who["publisher"]), by=who["publisher"])
        page = client.get(reverse("notice_public", args=[copy.number])).content.decode()
    assert page.count("因更正，公示期自2026年10月9日重新计算") == 1
    assert page.count("公示期至2026年10月12日 24:00止") == 1


def test_the_publisher_corrects_a_slip_on_its_page(client) -> None:
    made, _people, who = posted()
    url = reverse("notice_erratum", args=[made.pk])
    client.force_login(who["publisher"])
    typed = {"place": "body", "before": "没有这句", "after": "有", "reason": "笔误一处"}
    refused = client.post(url, typed)
    assert refused.status_code == 422 and "没有这句" in refused.content.decode()
    assert client.post(url, {**typed, "before": "现予"}).status_code == 302 and made.errata.count() == 1
    client.force_login(who["manager"])
    assert client.get(url).status_code == 404


def test_outages_are_read_over_the_api_by_the_office_and_by_whoever_records_them(client) -> None:
    since = clock.now() - timedelta(hours=2)
    recorder = user("system_admin")
    outage.record(by=recorder, since=since, until=since + timedelta(minutes=75), evidence="运维工单1号。")
    found = {}
    for person in (recorder, user("supervisor"), user("unit_clerk")):
        answer = client.get("/api/v1/outages", headers={"Authorization": f"Bearer {token_of(person)}"})
        found[person] = [(item["minutes"], item["evidence"]) for item in answer.json()["items"]]
    assert list(found.values()) == [[(75, "运维工单1号。")], [(75, "运维工单1号。")], []]


def test_an_outage_is_recorded_on_its_page_and_stands_on_the_notice(client) -> None:
    made, _people, who = posted()
    url = reverse("outage_list")
    with clock.frozen(datetime(2026, 10, 9, 18, tzinfo=clock.ZONE)):
        client.force_login(user("system_admin"))
        typed = {
            "since": "2026-10-09T09:00",
            "until": "2026-10-09T14:00",
            "evidence": "监控告警记录第17号，工单已附。",
        }
        assert client.post(url, typed).status_code == 302 and Outage.objects.count() == 1
        assert client.post(url, typed).status_code == 422
        page = client.get(reverse("notice_public", args=[made.number])).content.decode()
        assert "公示页面累计中断超过4小时，公示期延长1个工作日" in page
        client.force_login(who["leader"])
        assert "登记一次中断" not in client.get(url).content.decode()
        client.force_login(user("expert"))
        assert client.get(url).status_code == 404
    made.refresh_from_db()
    assert made.ends_at == OVER + timedelta(days=1)


def test_the_preview_shows_what_the_public_will_read(client) -> None:
    made, who = draft()
    notice_file.attach(made, by=who["manager"], name="名单.docx", data=docx())
    client.force_login(who["publisher"])
    page = client.get(reverse("notice_preview", args=[made.pk])).content.decode()
    assert "预览" in page and "名单.docx" in page and "机关纪委，0571-00000001" in page


def test_the_api_shows_files_and_periods_line_by_line(client) -> None:
    made, who = draft()
    notice_file.attach(made, by=who["manager"], name="名单.docx", data=docx())
    with clock.frozen(POSTED):
        made = notice.post(notice.scan(made, by=who["publisher"]), by=who["publisher"])
    from selection.collections.notice import represent

    shown = represent(made, who["publisher"])
    assert shown["files"][0]["url"] == reverse("notice_file", args=[made.number, 1])
    assert shown["entries"][0]["began_at"] == POSTED.isoformat() and shown["missing"] == []


@pytest.mark.parametrize("name", ["office_notice", "notice_files"])
def test_a_page_costs_the_same_for_one_file_and_three(
    client, django_assert_max_num_queries, name: str
) -> None:
    made, who = draft()
    client.force_login(who["manager"])
    notice_file.attach(made, by=who["manager"], name="1.docx", data=docx("一"))
    url = reverse(name, args=[made.pk])
    with django_assert_max_num_queries(20) as first:
        client.get(url)
    for text in ("二", "三"):
        notice_file.attach(made, by=who["manager"], name="x.docx", data=docx(text))
    with django_assert_max_num_queries(20) as third:
        client.get(url)
    assert len(first) == len(third)
