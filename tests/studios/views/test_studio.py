from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import PROVINCIAL
from studios.models import Studio
from studios.queries.studio import lights_today
from studios.rules.reports import light
from tests import factories
from workflow import calendar, clock

pytestmark = pytest.mark.django_db

LATE_NOON = factories.NOON.replace(month=11, day=5)  # twelve working days after 20 October


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def statements(client, url):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page = client.get(url)
    assert page.status_code == 200
    return len(caught)


def readers(studio):
    """Everyone who may see the studio, by role."""
    found = {role: factories.user(role) for role in PROVINCIAL}
    found["studio_lead"] = studio.lead
    found["studio_member"] = factories.user("studio_member", organisation=studio.host)
    found["unit_clerk"] = factories.user("unit_clerk", organisation=studio.host)
    found["city"] = factories.user("bureau_officer", organisation=studio.city)
    found["county"] = factories.user("bureau_officer", organisation=studio.county)
    return found


def strangers():
    other = factories.organisation("city")
    return [
        *(
            factories.user(role, organisation=other)
            for role in ("studio_lead", "studio_member", "unit_clerk")
        ),
        factories.user("bureau_officer", organisation=other),
        factories.user("bureau_officer"),
        factories.user("unit_clerk"),
        factories.user("expert"),
        factories.user("system_admin"),
        factories.user("security_admin"),
    ]


def pages_of(studio):
    instalment, report = studio.instalments.get(number=2), studio.reports.get()
    return [
        reverse("studio_detail", args=[studio.pk]),
        reverse("instalment_detail", args=[instalment.pk]),
        reverse("report_detail", args=[studio.pk, report.pk]),
    ]


def test_each_reader_opens_every_page_of_a_studio_in_sight(client):
    studio = factories.studio()
    factories.report("accepted", home=studio)
    lists = [reverse(name) for name in ("studio_list", "instalment_list", "report_list")]
    for role, person in readers(studio).items():
        client.force_login(person)
        for url in [*lists, *pages_of(studio)]:
            page = client.get(url)
            assert (page.status_code, studio.name in page.content.decode()) == (200, True), (role, url)


def test_for_everyone_else_it_is_not_there(client):
    studio = factories.studio()
    factories.report(home=studio)
    steps = [
        reverse("step", args=["studios", studio.pk, "suspend"]),
        reverse("step", args=["instalments", studio.instalments.get(number=1).pk, "request"]),
        reverse("step", args=["reports", studio.reports.get().pk, "submit"]),
    ]
    for person in strangers():
        client.force_login(person)
        for url in [*pages_of(studio), *steps]:
            assert client.get(url).status_code == 404, (person.role_names, url)
        for name in ("studio_list", "instalment_list", "report_list"):
            assert studio.name not in client.get(reverse(name)).content.decode()


def test_a_report_stands_under_its_own_studio_only(client):
    report, other = factories.report(), factories.studio()
    client.force_login(factories.user("manager"))
    assert client.get(reverse("report_detail", args=[other.pk, report.pk])).status_code == 404


@pytest.mark.parametrize("name", ["studio_list", "instalment_list", "report_list"])
@pytest.mark.parametrize("role", ["manager", "bureau_officer"])
def test_a_list_takes_as_many_statements_for_three_rows_as_for_one(client, name, role):
    first = factories.studio(name="甲工作室")
    factories.report(home=first)
    client.force_login(factories.user(role, organisation=first.city))
    with clock.frozen(LATE_NOON):
        one = statements(client, reverse(name))
        for _more in range(2):
            factories.report(home=factories.studio(city=first.city))
        assert statements(client, reverse(name)) == one <= 15


def test_the_page_of_a_studio_takes_as_many_statements_for_many_reports_as_for_one(client):
    studio = factories.studio()
    factories.report(home=studio)
    client.force_login(factories.user("manager"))
    one = statements(client, reverse("studio_detail", args=[studio.pk]))
    for quarter in (1, 2, 4):
        factories.report("accepted", home=studio, period=f"2026Q{quarter}")
    assert statements(client, reverse("studio_detail", args=[studio.pk])) == one <= 30


def test_the_page_shows_each_gate_locked_with_its_reason(client):
    studio = factories.studio("rectifying", reason="须补齐财务凭证。")
    client.force_login(studio.lead)
    page = client.get(reverse("studio_detail", args=[studio.pk])).content.decode()
    for words in (
        "¥25,000.00",
        "尚未满足",
        "工作室现为“整改中”，不能拨款。",
        "第1期尚未支付。",
        "须补齐财务凭证。",
    ):
        assert words in page


def test_a_preparing_studio_says_what_comes_next(client):
    studio = factories.studio("preparing")
    Studio.objects.filter(pk=studio.pk).update(lead=None)
    client.force_login(factories.user("manager"))
    page = client.get(reverse("studio_detail", args=[studio.pk])).content.decode()
    for words in ("还没有拨款计划", "尚未登记协议。", "登记协议", "指定领军人才账号"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "甲乙丙"), ("?light=late", "甲乙"), ("?light=orange", "甲"), ("?light=yellow", "乙"), ("?light=red", ""),
        ("?state=suspended", "丙"), ("?wanting=lead", ""), ("?wanting=agreement", ""), ("?q=甲", "甲"),
        ("?state=nonsense", "甲乙丙"), ("?city=999999", "甲乙丙"), ("?page=99", "甲乙丙"),
    ],
)  # fmt: skip
def test_the_list_narrows_by_state_city_and_light(client, query, shown):
    late = factories.studio(name="甲工作室")
    factories.report(home=late)
    slightly = factories.studio(name="乙工作室")
    factories.report(home=slightly, due_on=date(2026, 11, 3))
    factories.report(home=factories.studio("suspended", name="丙工作室"))
    client.force_login(factories.user("leader"))
    with clock.frozen(LATE_NOON):
        page = client.get(reverse("studio_list") + query).content.decode()
    assert "".join(name for name in "甲乙丙" if f"{name}工作室" in page) == shown


def test_the_list_narrows_by_city(client):
    here, there = factories.studio(name="甲工作室"), factories.studio(name="乙工作室")
    client.force_login(factories.user("manager"))
    page = client.get(f"{reverse('studio_list')}?city={here.city_id}").content.decode()
    assert here.name in page
    assert there.name not in page


def test_lights_by_query_are_the_lights_of_the_rule():
    work_days = calendar.current()
    for today in (date(2026, 10, 8), date(2026, 10, 9), date(2026, 11, 5), date(2026, 12, 31)):
        with clock.frozen(factories.NOON.replace(month=today.month, day=today.day)):
            lights = lights_today()
        days = (date.fromordinal(today.toordinal() - back) for back in range(-3, 60))
        assert all(lights.of(day) == light(day, today, work_days) for day in days)


def test_a_year_without_a_calendar_is_said_not_guessed(client):
    report = factories.report(due_on=date(2026, 12, 10))
    client.force_login(factories.user("manager"))
    with clock.frozen(factories.NOON.replace(year=2027, month=2)):
        urls = (reverse("studio_list"), *pages_of(report.studio))
        pages = [client.get(url) for url in urls]
    assert [page.status_code for page in pages] == [200] * 4
    assert all("日历未导入" in page.content.decode() for page in (pages[0], pages[1], pages[3]))


def test_english_readers_find_the_pages_too(client):
    studio = factories.studio()
    factories.report(home=studio)
    client.cookies["django_language"] = "en"
    client.force_login(factories.user("manager"))
    assert all(client.get(url).status_code == 200 for url in pages_of(studio))


def test_a_studio_that_no_county_or_no_city_stands_over_is_listed_and_opens(client):
    """Its talent came by the city's route, or by the direct one."""
    for offices in ({"county": None}, {"city": None, "county": None}):
        home = factories.studio(**offices)
        client.force_login(factories.user("manager"))
        assert home.name in client.get(reverse("studio_list")).text
        assert client.get(reverse("studio_detail", args=[home.pk])).status_code == 200
