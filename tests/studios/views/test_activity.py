"""The pages of activities: the record on a phone, the station's one click, the office's calls, the certificate's check."""

import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from studios.actions import activity_check
from studios.collections import activity as activity_todo
from studios.models import Activity, ActivityPerson, ActivitySample, HoursCertificate
from tests import factories
from tests.studios.actions.test_activity import jpeg
from workflow import clock, collections

pytestmark = pytest.mark.django_db

GIVEN = {
    "kind": "community", "title": "世界儿童日主题活动", "held_on": "2026-08-30", "starts_at": "09:00", "ends_at": "11:00",
    "place": "盘城街道社工站", "station_name": "盘城街道社工站", "attendances": "46", "faces_masked": "on", "field": "children",
    "leads": "沈雨晴、陈一", "volunteer_list": "王芳 2.5\n李雷 2", "volunteers_agree": "on", "send": "1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def home(client):
    studio = factories.studio()
    client.force_login(studio.lead)
    return studio


def page(name, *args):
    return reverse(name, args=args)


def send(client, studio, **changes):
    given = {**GIVEN, "photos": SimpleUploadedFile("p.jpg", jpeg(), "image/jpeg"), **changes}
    return client.post(page("activity_new", studio.pk), {k: v for k, v in given.items() if v is not None})


def test_nine_fields_and_a_tick_are_open_and_the_rest_is_folded_away(client, home):
    text = client.get(page("activity_new", home.pk)).content.decode()
    before, after = text.split('<details class="lx-field full"')
    assert before.count('class="lx-field') == 10
    assert "data-draft" in before
    assert 'value="2026-09-01"' in before  # today, as a browser's own field of a date reads it
    assert 'name="people"' in after


def test_recorded_linked_and_confirmed_by_the_station_with_one_click(client, home):
    answer = send(client, home)
    row = Activity.objects.get()
    assert answer.url == page("activity_detail", home.pk, row.pk)
    assert (row.state, row.volunteers, str(row.volunteer_hours)) == ("submitted", 2, "4.5")
    shown = client.post(page("activity_link", home.pk, row.pk)).content.decode()
    address = "/cosign/" + shown.split("/cosign/")[1].split("/")[0] + "/"
    client.logout()
    seen = client.get(address)
    assert "确认属实" in seen.content.decode()
    assert seen.headers["Referrer-Policy"] == "no-referrer"
    assert Activity.objects.get().state == "submitted"  # a look confirms nothing
    assert "已确认" in client.post(address).content.decode()
    assert Activity.objects.get().state == "cosigned"
    assert "不必再次确认" in client.get(address).content.decode()
    assert client.post(address).status_code == 410


def test_the_studio_cannot_confirm_its_own_activity(client, home):
    send(client, home)
    row = Activity.objects.get()
    shown = client.post(page("activity_link", home.pk, row.pk)).content.decode()
    address = "/cosign/" + shown.split("/cosign/")[1].split("/")[0] + "/"
    assert client.post(address).status_code == 403
    assert Activity.objects.get().state == "submitted"


def test_a_station_that_says_no_questions_the_record(client, home):
    send(client, home)
    row = Activity.objects.get()
    shown = client.post(page("activity_link", home.pk, row.pk)).content.decode()
    address = "/cosign/" + shown.split("/cosign/")[1].split("/")[0] + "/"
    client.logout()
    assert client.post(address, {"dispute": "1", "reason": ""}).status_code == 422
    client.post(address, {"dispute": "1", "reason": "当天没有这场活动"})
    row.refresh_from_db()
    assert (row.state, row.reason) == ("questioned", "当天没有这场活动")


def test_an_unknown_link_tells_nothing(client):
    assert client.get("/cosign/unknown/").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("ends_at", "08:00", "结束须晚于开始"),
        ("held_on", "2026-09-02", "活动尚未举行"),
        ("people", "47", "人数不能多于人次"),
        ("title", "电话13812345678", "疑似含身份证号"),
        ("volunteers_agree", None, "须经本人同意"),
        ("volunteer_list", "王芳两小时", "看不懂这一行"),
        ("photos", None, "至少上传一张照片"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(client, home, field, value, words):
    answer = send(client, home, **{field: value})
    assert answer.status_code in (409, 422)
    assert words in answer.content.decode()
    assert not Activity.objects.exists()


def test_a_case_needs_a_code_and_no_name(client, home):
    assert "不写姓名" in send(client, home, kind="case").content.decode()
    assert send(client, home, kind="case", case_code="GA-2026-03").status_code == 302


def test_a_program_in_the_page_is_told_where_to_go(client, home):
    given = {**GIVEN, "photos": SimpleUploadedFile("p.jpg", jpeg(), "image/jpeg")}
    answer = client.post(page("activity_new", home.pk), given, headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.json() == {"next": page("activity_detail", home.pk, Activity.objects.get().pk)}


def test_a_draft_is_gone_on_with_and_its_photo_is_shown_and_removed(client, home):
    send(client, home, send=None, draft="1")
    row = Activity.objects.get()
    assert row.state == "drafted"
    edit = page("activity_edit", home.pk, row.pk)
    assert "王芳 2.5" in client.get(edit).content.decode()
    photo = row.photos.get()
    shown = client.get(page("activity_photo", photo.key))
    assert shown.headers["Content-Type"] == "image/jpeg"
    b"".join(shown.streaming_content)
    client.force_login(factories.user("studio_lead"))
    assert client.get(page("activity_photo", photo.key)).status_code == 404
    client.force_login(home.lead)
    client.post(page("activity_photo_remove", photo.key))
    assert not row.photos.exists()


def test_the_list_shows_the_tasks_of_the_year_in_constant_statements(
    client, home, django_assert_max_num_queries
):
    for _n in range(3):
        factories.activity("cosigned", home=home)
    with django_assert_max_num_queries(16):
        text = client.get(page("activity_list", home.pk)).content.decode()
    assert "邻里议事会" in text
    assert "年度任务" in text
    assert client.get(page("activity_list", home.pk) + "?year=99999").status_code == 200


def test_a_group_is_planned_and_its_rates_are_shown(client, home):
    given = {"name": "情绪小组", "goals": "学会表达", "members_planned": "8", "sessions_planned": "4"}
    assert client.post(page("group_list", home.pk), given).status_code == 302
    group = home.groups.get()
    factories.activity(
        "submitted", home=home, kind="group", group=group, session_number=1, attendances=6, people=6
    )
    text = client.get(page("group_list", home.pk)).content.decode()
    assert "25.0%" in text
    assert "75.0%" in text
    assert client.post(page("group_list", home.pk), given).status_code == 422


def test_the_office_draws_calls_and_sees_what_is_odd(client):
    row = factories.activity("cosigned", attendances=50, venue_capacity=40, station_phone="057188880000")
    client.force_login(factories.user("manager"))
    with clock.frozen(factories.NOON.replace(month=10, day=9)):
        answer = client.post(page("activity_samples"), {"quarter": "2026Q3", "seed": "20261008期"})
        assert row.title in client.get(answer.url).content.decode()
        item = ActivitySample.objects.get().items.get()
        assert "057188880000" in client.get(page("activity_call", item.pk)).content.decode()
        client.post(page("activity_call", item.pk), {"result": "confirmed", "note": "站点确认属实"})
        row.refresh_from_db()
        assert row.state == "verified"
        text = client.get(page("activity_odd") + "?quarter=2026Q3").content.decode()
    assert "人次超过场地容纳" in text
    for quarter in ("x", "1Q1", "2026Q5", "99999Q1"):
        assert client.get(page("activity_odd") + f"?quarter={quarter}").status_code == 404


def test_a_city_sees_its_own_samples_and_no_others(client):
    row, other = factories.activity("cosigned"), factories.activity("cosigned")
    officer = factories.user("bureau_officer", organisation=row.studio.city)
    with clock.frozen(factories.NOON.replace(month=10, day=9)):
        made = activity_check.draw_sample(by=factories.user("manager"), quarter="2026Q3", seed="种子种子种子")
        made.items.all().delete()
        items = [made.items.create(activity=a, position=n) for n, a in enumerate((row, other), start=1)]
        client.force_login(officer)
        assert client.get(page("activity_call", items[0].pk)).status_code == 200
        assert client.get(page("activity_call", items[1].pk)).status_code == 404
        assert client.get(page("activity_sample", made.pk)).content.decode().count("邻里议事会") == 1


def test_a_studio_does_not_reach_the_office_pages(client, home):
    assert client.get(page("activity_samples")).status_code == 403
    assert client.get(page("activity_odd")).status_code == 403


def test_hours_are_certified_checked_by_anybody_and_taken_out_for_a_time_bank(client, home):
    row = factories.activity("cosigned", home=home)
    ActivityPerson.objects.create(activity=row, part="volunteer", name="王芳", hours="2.50")
    assert "王芳" in client.get(page("volunteer_list", home.pk)).content.decode()
    client.post(page("volunteer_list", home.pk), {"name": "王芳"})
    made = HoursCertificate.objects.get()
    sheet = client.get(page("volunteer_file", home.pk, "xlsx")).content
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "王芳"
    assert rows[1][4] == 2.5
    assert "王芳,2026-08-20" in client.get(page("volunteer_file", home.pk, "csv")).content.decode()
    client.logout()
    text = client.get(page("hours_certificate", made.number)).content.decode()
    assert made.number in text
    assert "王芳" in text
    assert row.title not in text
    assert client.get(page("hours_certificate", "ZY2026-00000000")).status_code == 404


def test_names_of_volunteers_are_for_the_studio_alone(client, home):
    row = factories.activity("cosigned", home=home)
    ActivityPerson.objects.create(activity=row, part="volunteer", name="王小芳", hours=2)
    client.force_login(factories.user("manager"))
    assert client.get(page("volunteer_list", home.pk)).status_code == 403
    assert "王小芳" not in client.get(page("activity_detail", home.pk, row.pk)).content.decode()


def test_programs_read_activities_in_one_statement_without_names_or_telephones(django_assert_num_queries):
    for _n in range(2):
        row = factories.activity("cosigned", station_phone="057188880000")
        ActivityPerson.objects.create(activity=row, part="volunteer", name="王小芳", hours=2)
    manager, found = factories.user("manager"), collections.named("activities")
    assert manager.roles
    with django_assert_num_queries(1):
        written = json.dumps(
            [found.represent(row, manager) for row in found.visible_to(manager)], ensure_ascii=False
        )
    assert "邻里议事会" in written
    assert "057188880000" not in written
    assert "王小芳" not in written


def test_a_step_is_taken_on_its_page_and_the_stations_step_has_none(client, home):
    row = factories.activity("cosigned", home=home)
    client.force_login(factories.user("manager"))
    given = {"reason": "实地走访站点，情况属实。"}
    assert client.post(page("step", "activities", row.pk, "verify"), given).status_code == 302
    row.refresh_from_db()
    assert row.state == "verified"
    assert client.get(page("step", "activities", row.pk, "cosign")).status_code == 404


def test_what_waits_is_named_to_the_studio_and_to_the_office():
    home, manager = factories.studio(), factories.user("manager")
    for state in ("drafted", "submitted", "questioned"):
        factories.activity(state, home=home)
    titles = [found.title for found in activity_todo.waiting(home.lead)]
    assert titles == ["1条活动记录待提交", "1场活动待站点确认", "1场活动存疑，待说明"]
    factories.activity("cosigned", home=home)
    assert list(activity_todo.waiting(manager)) == []
    with clock.frozen(factories.NOON.replace(month=10, day=9)):
        activity_check.draw_sample(by=manager, quarter="2026Q3", seed="20261008期")
        assert [found.title for found in activity_todo.waiting(manager)] == ["1场抽查活动待回访"]


def test_a_partner_station_is_chosen_and_another_one_written(client, home):
    station = home.stations.create(name="山前乡社工站", since="2026-01-05", weaker_area=True)
    home.stations.create(name="旧站", since="2025-01-05", until="2026-01-05")
    text = client.get(page("activity_new", home.pk)).content.decode()
    first = text.split('<details class="lx-field full"')[0]
    assert "山前乡社工站" in first and "旧站" not in first and 'name="station_name"' not in first
    send(client, home, station=station.pk, station_name="")
    row = Activity.objects.get()
    assert (row.station, row.station_name) == (station, "山前乡社工站")
    send(client, home, station="", station_name="岛前社工站", title="又一场")
    assert Activity.objects.get(title="又一场").station_name == "岛前社工站"
    refused = send(client, home, station="", station_name="")
    assert refused.status_code == 422 and "station" in refused.context["form"].errors


def test_a_case_has_its_days_its_contacts_and_whether_its_goal_was_reached(client, home):
    case = {"kind": "case", "case_code": "GA-01", "case_opened_on": "2026-08-01", "case_contacts": "4"}
    refused = send(client, home, **case, case_closed_on="2026-07-01")
    assert {"case_closed_on", "case_goal_reached"} == set(refused.context["form"].errors)
    send(client, home, **case, case_closed_on="2026-08-30", case_goal_reached="true")
    row = Activity.objects.get()
    assert (row.case_contacts, row.case_goal_reached, row.case_closed_on.day) == (4, True, 30)
    text = client.get(page("activity_detail", home.pk, row.pk)).content.decode()
    assert "个案起止" in text and "达成" in text
    send(client, home, title="不是个案", case_opened_on="2026-08-01", case_contacts="4")
    assert Activity.objects.get(title="不是个案").case_contacts is None


def test_a_group_is_closed_on_its_page_where_its_rates_stand(client, home):
    from studios.actions import activity as actions

    group = actions.plan_group(
        home, by=home.lead, name="情绪小组", goals="识别情绪", members_planned=10, sessions_planned=4
    )
    for number in (1, 2, 3):
        factories.activity(
            "cosigned", home=home, kind="group", group=group, session_number=number, attendances=8, people=8
        )
    address = page("group_detail", home.pk, group.pk)
    text = client.get(address).content.decode()
    assert "75.0%" in text and "80.0%" in text and "小组结案" in text
    assert client.post(address, {"closing": "短"}).status_code == 422
    client.post(address, {"closing": "八成组员能说出自己的情绪。", "goals_reached": "no"})
    text = client.get(address).content.decode()
    assert "目标未达成" in text and "小组结案" not in text
    client.force_login(factories.studio().lead)
    assert client.get(address).status_code == 404
