"""The pages of the calendar: looked at before it is loaded, kept in versions, and never against a running notice."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.forms.calendar import ranges_in, read_csv
from tests import factories
from workflow import calendar, clock, deadlines
from workflow.actor import SYSTEM
from workflow.models import CalendarYear, Entry

pytestmark = pytest.mark.django_db

NEXT_YEAR: dict[str, Any] = {
    "years": [2027],
    "notice": "国务院办公厅关于2027年部分节假日安排的通知",
    "off_ranges": [["2027-01-01", "2027-01-03"]],
    "makeup_workdays": ["2027-02-20"],
}
TYPED = {
    "year": "2027",
    "off": "2027年1月1日 至 2027年1月3日\n2027-02-05~2027-02-13",
    "makeup": "2027-01-31、2027-02-20",
    "notice": "国务院办公厅关于2027年部分节假日安排的通知",
    "number": "国办发明电〔2026〕9号",
    "issued_on": "2026-11-04",
}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def signed_in(client: Any, *roles: str) -> Any:
    person = factories.user(*roles, organisation=factories.organisation("province"))
    client.force_login(person)
    return person


def upload(data: Any, name: str = "2027.json") -> dict[str, Any]:
    content = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    return {"file": SimpleUploadedFile(name, content)}


def confirmed(client: Any, data: dict[str, Any], **more: Any) -> Any:
    return client.post(reverse("calendar_load"), {"content": json.dumps(data), **more}, follow=True)


def test_the_calendar_marks_days_off_and_make_up_days_in_words(client):
    signed_in(client, "manager")
    page = client.get(reverse("calendar"), {"year": "2026"}).content.decode()
    assert "2026年工作日历" in page
    assert '<td class="off"><time datetime="2026-10-01">1</time><small>休</small>' in page
    assert "<small>班</small>" in page
    assert page.count('<table class="lx-month">') == 12
    assert reverse("calendar_load") not in page


def test_typed_ranges_are_previewed_and_loaded_only_when_confirmed(client):
    signed_in(client, "system_admin")
    assert reverse("calendar_load") in client.get(reverse("calendar")).content.decode()
    answer = client.post(reverse("calendar_load"), TYPED)
    page = answer.content.decode()
    assert answer.status_code == 200 and page.count('<table class="lx-month">') == 12
    assert '<td class="off"><time datetime="2027-02-13">13</time><small>休</small>' in page
    assert not CalendarYear.objects.filter(year=2027).exists()
    content = answer.context["content"]
    scan = SimpleUploadedFile("通知.pdf", factories.pdf())
    page = confirmed(client, content, scan=scan).content.decode()
    assert "已导入2027年工作日历" in page and "国办发明电〔2026〕9号" in page
    row = CalendarYear.objects.get(year=2027)
    assert (row.version, row.number, row.issued_on) == (1, "国办发明电〔2026〕9号", date(2026, 11, 4))
    assert row.off_ranges == [["2027-01-01", "2027-01-03"], ["2027-02-05", "2027-02-13"]]
    assert row.makeup_workdays == ["2027-01-31", "2027-02-20"]
    payload = json.loads(Entry.objects.get(kind="calendar.loaded").payload)
    assert (payload["number"], payload["scan"]) == ("国办发明电〔2026〕9号", row.scan_sha256)
    answer = client.get(reverse("calendar_scan", args=[row.pk]))
    assert (
        b"".join(answer.streaming_content).startswith(b"%PDF-")
        and "attachment" in answer["Content-Disposition"]
    )


def test_a_file_names_its_years_and_a_second_version_shows_what_differs(client):
    signed_in(client, "system_admin")
    confirmed(client, NEXT_YEAR)
    later = {**NEXT_YEAR, "off_ranges": [["2027-01-01", "2027-01-04"]], "makeup_workdays": []}
    page = client.post(reverse("calendar_load"), upload(later)).content.decode()
    assert "与现行版本比较" in page and "工作日 → 放假" in page and "调休上班 → 周末休息" in page
    assert "<small>休改</small>" in page and "<small>改</small>" in page
    confirmed(client, later)
    page = client.get(reverse("calendar"), {"year": "2027"}).content.decode()
    assert "第2版" in page and "第1版" in page and 'datetime="2027-01-04">4</time><small>休' in page
    older = client.get(reverse("calendar"), {"year": "2027", "version": "1"}).content.decode()
    assert "这是以前的版本" in older and 'datetime="2027-01-04">4</time></td>' in older


def test_a_table_is_read_too(client):
    signed_in(client, "system_admin")
    table = "起,止,类别\n2027-01-01,2027-01-03,休\n2027/2/5,2027/2/13,放假\n2027-02-20,班\n"
    answer = client.post(reverse("calendar_load"), {**upload(table.encode(), "2027.csv"), "notice": "通知"})
    assert answer.context["content"]["makeup_workdays"] == ["2027-02-20"]
    assert [one["year"] for one in answer.context["years"]] == [2027]


@pytest.mark.parametrize("table", ["2027-01-01,2027-01-03,大概", "没有日期", "2027-02-30,班"])
def test_a_table_that_is_none_is_refused(table):
    with pytest.raises(ValueError):
        read_csv(table)


@pytest.mark.parametrize("line", ["元旦", "2027-01-01 2027-01-02 2027-01-03", "2027-13-01"])
def test_a_line_that_is_no_range_is_refused(line):
    with pytest.raises(ValueError):
        ranges_in(line)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"not json", "不能读取日历文件"),
        (b"\xff\xfe", "不能读取日历文件"),
        ([], "日历文件应为一个JSON对象"),
        ({**NEXT_YEAR, "notice": ""}, "没有写明依据文件"),
        ({**NEXT_YEAR, "off_ranges": [["2027-01-03", "2027-01-01"]]}, "日历文件格式不符"),
        ({**NEXT_YEAR, "off_ranges": [["2027-02-19", "2027-02-21"]]}, "日历文件格式不符"),
        ({"notice": "x"}, "日历文件格式不符"),
        ({**NEXT_YEAR, "off_ranges": 5}, "日历文件格式不符"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_before_the_preview(client, data, sentence):
    signed_in(client, "system_admin")
    answer = client.post(reverse("calendar_load"), upload(data))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize("content", ["[]", "{}", "nonsense", '{"years": [2027]}'])
def test_what_was_never_previewed_is_not_loaded(client, content):
    signed_in(client, "system_admin")
    client.post(reverse("calendar_load"), {"content": content})
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_scan_that_is_none_is_refused_and_the_preview_stays(client):
    signed_in(client, "system_admin")
    scan = SimpleUploadedFile("通知.pdf", b"MZ\x90\x00")
    answer = client.post(reverse("calendar_load"), {"content": json.dumps(NEXT_YEAR), "scan": scan})
    assert answer.status_code == 422 and "扫描件应为PDF" in answer.content.decode()
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize("role", ["manager", "leader", "publisher", "security_admin"])
def test_nobody_else_loads_a_year(client, role):
    signed_in(client, role)
    assert client.get(reverse("calendar_load")).status_code == 403
    client.post(reverse("calendar_load"), {"content": json.dumps(NEXT_YEAR)})
    assert not CalendarYear.objects.filter(year=2027).exists()


# What a later version moves


def changed_2026() -> dict[str, Any]:
    """The year as loaded, with two more days off: Thursday and Friday, 3 and 4 September."""
    row = CalendarYear.objects.get(year=2026)
    return {
        "years": [2026],
        "notice": "更正通知",
        "off_ranges": [*row.off_ranges, ["2026-09-03", "2026-09-04"]],
        "makeup_workdays": row.makeup_workdays,
    }


def case() -> tuple[Any, Any]:
    """An objection to be admitted by 4 September, against somebody on a notice that runs until 10 September."""
    row = factories.round_("notice")
    person = factories.nomination("on_notice", round=row)
    notice = factories.public_notice(
        row, [person], "posted", ends_at=datetime(2026, 9, 10, tzinfo=clock.ZONE)
    )
    return factories.objection(person, "lodged", admit_due=date(2026, 9, 4)), notice


def test_open_deadlines_are_listed_and_move_only_when_confirmed(client):
    signed_in(client, "system_admin")
    objection, _notice = case()
    answer = client.post(reverse("calendar_load"), upload(changed_2026()))
    assert [(str(m.label), m.old, m.new, m.count) for m in answer.context["moves"]] == [
        ("异议受理期限", date(2026, 9, 4), date(2026, 9, 8), 1)
    ]
    page = answer.content.decode()
    assert "异议受理期限" in page and objection.code not in page
    confirmed(client, changed_2026())
    objection.refresh_from_db()
    assert objection.admit_due == date(2026, 9, 4)
    assert not Entry.objects.filter(kind="calendar.deadlines_moved").exists()


def test_confirmed_they_move_and_the_record_says_from_where_to_where(client):
    signed_in(client, "system_admin")
    objection, _notice = case()
    confirmed(client, changed_2026(), move="on")
    objection.refresh_from_db()
    assert objection.admit_due == date(2026, 9, 8)
    (line,) = json.loads(Entry.objects.get(kind="calendar.deadlines_moved").payload)["moved"]
    assert line == {"what": "异议受理期限", "old": "2026-09-04", "new": "2026-09-08", "count": 1}


@pytest.mark.parametrize("move", [True, False])
@pytest.mark.parametrize("longer", [True, False])
def test_a_running_notice_keeps_its_end_whatever_the_new_version_says(move, longer):
    _objection, notice = case()
    data = changed_2026()
    if not longer:  # every weekend and holiday until the end would be worked
        data["off_ranges"], data["makeup_workdays"] = [], ["2026-09-05", "2026-09-06"]
    ends = (notice.ends_at, [entry.ends_at for entry in notice.entries.all()])
    calendar.load(data, by=SYSTEM, move=move)
    notice.refresh_from_db()
    assert (notice.ends_at, [entry.ends_at for entry in notice.entries.all()]) == ends
    assert not {kept.model.__name__ for kept in deadlines._kept} & {"PublicNotice", "NoticeEntry"}


def test_the_time_to_speak_is_not_cut_short():
    nomination = factories.recognition().nomination
    revocation = factories.revocation(nomination, statement_due=date(2026, 9, 8))
    row = CalendarYear.objects.get(year=2026)
    data = {
        "years": [2026], "notice": "更正", "off_ranges": row.off_ranges,
        "makeup_workdays": [*row.makeup_workdays, "2026-09-05", "2026-09-06"],
    }  # fmt: skip
    calendar.load(data, by=SYSTEM, move=True)
    revocation.refresh_from_db()
    assert revocation.statement_due == date(2026, 9, 8)


def test_a_quarterly_report_is_counted_from_its_quarter_and_an_annual_one_stays():
    home = factories.studio()
    quarterly = factories.report(home=home, period="2026Q3", due_on=date(2026, 10, 21))
    annual = factories.report(home=home, kind="annual", period="2026", due_on=date(2026, 12, 10))
    row = CalendarYear.objects.get(year=2026)
    data = {
        "years": [2026], "notice": "更正", "off_ranges": [*row.off_ranges, ["2026-09-02", "2026-09-02"], ["2026-10-12", "2026-10-12"]],
        "makeup_workdays": row.makeup_workdays,
    }  # fmt: skip
    calendar.load(data, by=SYSTEM, move=True)
    quarterly.refresh_from_db()
    annual.refresh_from_db()
    assert (quarterly.due_on, annual.due_on) == (date(2026, 10, 22), date(2026, 12, 10))


# A year that is not loaded


def test_a_year_not_loaded_says_what_to_load_and_where(client):
    signed_in(client, "system_admin")
    page = client.get(reverse("calendar"), {"year": "2027"}).content.decode()
    assert "2027年工作日历未导入" in page and f"{reverse('calendar_load')}?year=2027" in page
    form = client.get(reverse("calendar_load"), {"year": "2027"}).content.decode()
    assert 'value="2027"' in form


@pytest.mark.parametrize(
    ("roles", "target"), [(("publisher",), "calendar"), (("publisher", "system_admin"), "calendar_load")]
)
def test_a_notice_into_such_a_year_is_not_posted_and_the_page_leads_to_the_calendar(client, roles, target):
    person = signed_in(client, *roles)
    row = factories.round_("deliberation")
    proposed = factories.nomination("proposed", round=row)
    from selection.actions import notice as actions
    from selection.models import Proposal

    Proposal.objects.create(round=row, minute_number="1", fixed_at=factories.NOON, fixed_by=person)
    made = factories.public_notice(row, [proposed], "drafted")
    actions.scan(made, by=person)
    with clock.frozen(datetime(2026, 12, 29, 9, tzinfo=clock.ZONE)):
        answer = client.post(reverse("step", args=["notices", made.pk, "post"]))
    page = answer.content.decode()
    assert answer.status_code == 409 and "2027年工作日历未导入" in page and "国务院办公厅" in page
    assert f"{reverse(target)}?year=2027" in page
    made.refresh_from_db()
    assert made.state == "scanned"
