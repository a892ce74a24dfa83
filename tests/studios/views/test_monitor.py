"""The province's page of all studios, the city's view of its own, the same as a file."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from studios.actions import month
from studios.models import Assessment, Expense, Instalment, Studio
from studios.queries import monitor as queries
from studios.queries.studio import lights_today
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db
LATE_NOON = factories.NOON.replace(month=11, day=5)  # twelve working days after 20 October
URL = "/office/studios/monitoring/"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(LATE_NOON):
        yield


def busy(name, **fields):
    """A studio with a paid instalment, two activities, an approved expense and a grade."""
    studio = factories.studio(name=name, **fields)
    factories.instalment("paid", home=studio, voucher=f"记-{studio.pk}")
    for held_on in (date(2026, 8, 20), date(2026, 9, 3)):
        factories.activity("cosigned", home=studio, held_on=held_on)
    Expense.objects.create(
        studio=studio, state="approved", spent_on=date(2026, 9, 4), head="training", payee="某培训中心", purpose="培训",
        amount=Decimal("1200.50"), claimant=studio.lead, recorded_by=studio.lead,
    )  # fmt: skip
    Assessment.objects.create(studio=studio, kind="annual", year=2025, state="confirmed", grade="qualified")
    month.rebuild()
    return studio


def page(client, query=""):
    answer = client.get(URL + query)
    assert answer.status_code == 200
    return answer.content.decode()


def statements(client, query=""):
    with CaptureQueriesContext(connection) as caught:
        page(client, query)
    return len(caught)


def test_the_page_says_where_every_studio_stands(client):
    late = busy("甲工作室")
    factories.report(home=late)
    busy("乙工作室")
    factories.studio("suspended", name="丙工作室")
    client.force_login(factories.user("manager"))
    shown = page(client)
    for words in (
        "全省工作室监测",
        "甲工作室",
        "橙灯",
        "逾期1份",
        "¥50,000.00",
        "合格",
        "已暂停",
        "¥2,401.00",
        "2场，74人次",
    ):
        assert words in shown
    assert shown.index("甲工作室") < shown.index("乙工作室")


def test_the_figures_are_what_the_rows_come_to():
    late = busy("甲工作室")
    factories.report(home=late)
    busy("乙工作室")
    factories.studio("terminated", name="丙工作室")
    seen = queries.in_sight(factories.user("manager"))
    overdue = queries.overdue_of(seen)
    states = [studio.state for studio in seen]
    found = queries.figures(seen, states, 2026, lights_today(), overdue)
    rows = queries.rows_of(seen, 2026, overdue)
    assert (found.studios, found.running) == (3, 2)
    assert (found.lights["on_time"], found.lights["orange"]) == (1, 1)
    for name in ("planned", "paid", "spent", "activities", "attendances", "people"):
        assert getattr(found, name) == sum(getattr(row, name) for row in rows), name
    assert found.paid == sum(i.amount for i in Instalment.objects.filter(state="paid")) == Decimal(50_000)
    assert queries.figures(seen, states, 2025, lights_today(), overdue).activities == 0
    assert next(row.months for row in rows) == [0] * 7 + [1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "甲乙丙"), ("?light=orange", "甲"), ("?light=late", "甲"), ("?light=on_time", "乙"), ("?light=red", ""),
        ("?state=suspended", "丙"), ("?q=乙", "乙"), ("?field=nonsense", "甲乙丙"), ("?year=1990", "甲乙丙"),
        ("?page=99", "甲乙丙"), ("?sort=name", "甲乙丙"), ("?sort=activities", "甲乙丙"), ("?sort=paid", "甲乙丙"),
        ("?sort=spent", "甲乙丙"), ("?sort=ends", "甲乙丙"), ("?sort=city", "甲乙丙"), ("?sort=wrong", "甲乙丙"),
    ],
)  # fmt: skip
def test_the_page_narrows_and_sorts(client, query, shown):
    factories.report(home=factories.studio(name="甲工作室"))
    factories.studio(name="乙工作室")
    factories.studio("suspended", name="丙工作室")
    client.force_login(factories.user("leader"))
    body = page(client, query)
    assert "".join(name for name in "甲乙丙" if f"{name}工作室</a>" in body) == shown


def test_the_page_narrows_by_city_batch_and_field_and_sorts_by_what_was_done(client):
    idle, here = factories.studio(name="甲工作室"), busy("乙工作室")
    client.force_login(factories.user("finance"))
    field = here.recognition.nomination.field
    assert "甲工作室</a>" not in page(client, f"?city={here.city_id}")
    assert "甲工作室</a>" not in page(client, f"?batch={here.recognition.round_id}")
    assert "乙工作室</a>" in page(client, f"?field={field}")
    for sort in ("activities", "paid", "spent"):
        body = page(client, f"?sort={sort}")
        assert body.index("乙工作室</a>") < body.index("甲工作室</a>")
    assert idle.name in page(client)


def test_a_city_sees_its_own_and_others_are_refused(client):
    here, there = busy("甲工作室"), busy("乙工作室")
    client.force_login(factories.user("bureau_officer", organisation=here.city))
    body = page(client)
    assert "本地工作室监测" in body
    assert here.name in body
    assert there.name not in body
    assert there.name not in client.get("/office/studios/monitoring.csv").content.decode()
    for role in ("studio_lead", "unit_clerk", "expert", "system_admin"):
        client.force_login(factories.user(role))
        assert client.get(URL).status_code == 403
        assert client.get("/office/studios/monitoring.xlsx").status_code == 403


@pytest.mark.parametrize("query", ["", "?light=late", "?sort=activities", "?sort=paid&year=2025"])
def test_the_page_takes_as_many_statements_for_many_studios_as_for_one(client, query):
    factories.report(home=busy("甲工作室"))
    client.force_login(factories.user("manager"))
    page(client, query)
    one = statements(client, query)
    for name in ("乙工作室", "丙工作室"):
        factories.report(home=busy(name))
    assert statements(client, query) == one <= 20


def test_the_file_has_every_studio_with_its_months(client):
    busy("甲工作室")
    busy("=乙工作室")
    client.force_login(factories.user("supervisor"))
    lines = list(
        csv.reader(StringIO(client.get("/office/studios/monitoring.csv").content.decode("utf-8-sig")))
    )
    assert lines[0][:3] == ["工作室", "依托单位", "设区市"]
    assert len(lines) == 3
    assert {line[0] for line in lines[1:]} == {"甲工作室", "'=乙工作室"}
    first = dict(zip(lines[0], lines[1], strict=True))
    assert (first["已拨（元）"], first["支出（元）"], first["8月活动（场）"], first["全年活动（场）"]) == (
        "25000.00",
        "1200.50",
        "1",
        "2",
    )
    content = BytesIO(client.get("/office/studios/monitoring.xlsx").content)
    assert len(CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()) == 3
    assert client.get("/office/studios/monitoring.pdf").status_code == 404


def test_a_studio_without_money_tasks_or_city_stands_in_the_list(client):
    Studio.objects.filter(pk=factories.studio("preparing", name="甲工作室").pk).update(
        city=None, county=None, lead=None
    )
    client.force_login(factories.user("manager"))
    assert "甲工作室</a>" in page(client)
    assert "甲工作室" in client.get("/office/studios/monitoring.csv").content.decode()


def test_english_readers_find_the_page_too(client):
    busy("甲工作室")
    client.cookies["django_language"] = "en"
    client.force_login(factories.user("manager"))
    assert "甲工作室" in page(client)
    assert reverse("monitor") == URL
