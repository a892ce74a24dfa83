"""The yearly report of the whole programme."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from studios.actions import month
from studios.actions import studio as actions
from studios.models import Assessment, Expense
from studios.queries import yearly as queries
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db
URL = "/office/studios/yearly/2026/"
LATE_NOON = factories.NOON.replace(month=11, day=5)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(LATE_NOON):
        yield


def worked(name):
    """A studio with a paid instalment, activities, an expense, a late and a punctual report, a grade; suspended at last."""
    studio = factories.studio(name=name)
    factories.instalment("paid", home=studio, voucher=f"记-{studio.pk}", paid_at=factories.NOON)
    factories.activity(
        "cosigned", home=studio, held_on=date(2026, 8, 20), field="children", volunteer_hours=Decimal("2.5")
    )
    factories.activity("verified", home=studio, held_on=date(2026, 9, 3), kind="training", field="elderly")
    factories.activity("cosigned", home=studio, held_on=date(2025, 9, 3))
    Expense.objects.create(
        studio=studio, state="approved", spent_on=date(2026, 9, 4), head="training", payee="某培训中心", purpose="培训",
        amount=Decimal("1200.50"), claimant=studio.lead, recorded_by=studio.lead,
    )  # fmt: skip
    factories.report(home=studio)
    factories.report("accepted", home=studio, period="2026Q2", due_on=date(2026, 7, 14))
    factories.report("accepted", home=studio, period="2026Q1", due_on=date(2026, 11, 1))
    Assessment.objects.create(studio=studio, kind="annual", year=2026, state="confirmed", grade="excellent")
    month.rebuild()
    return studio


def test_a_past_year_has_the_money_of_its_end_in_the_cities_too():
    worked("甲工作室")
    before = queries.year_of(2025)
    assert (before.purse.paid, sum(city.paid for city in before.cities)) == (Decimal(0), Decimal(0))
    assert before.purse.planned == sum(city.planned for city in before.cities)


def test_the_report_is_what_the_rows_come_to():
    first, second = worked("甲工作室"), worked("乙工作室")
    actions.suspend(first, by=factories.user("manager"), reason="依托单位变更未备案。")
    found = queries.year_of(2026)
    assert (found.served.activities, found.served.attendances, found.served.hours) == (4, 148, Decimal("5.0"))
    assert {kind: one.activities for kind, one in found.kinds.items()} == {"community": 2, "training": 2}
    assert {name: one.activities for name, one in found.fields.items()} == {"children": 2, "elderly": 2}
    purse = found.purse
    assert (purse.planned, purse.paid, purse.spent) == (Decimal(100_000), Decimal(50_000), Decimal("2401.00"))
    assert purse.paid_by_month[factories.NOON.month - 1] == Decimal(50_000)
    assert purse.spent_by_month[8] == Decimal("2401.00")
    assert found.heads == {"training": Decimal("2401.00")}
    assert dict(found.reports["quarterly"]) == {"on_time": 2, "late": 2, "owed": 2}
    assert dict(found.grades) == {"excellent": 2}
    training = next(task for task in found.tasks if task.name == "培训与沙龙")
    assert (training.studios, training.met, training.mean) == (2, 0, Decimal("25.0"))
    assert sum(city.served.attendances for city in found.cities) == found.served.attendances
    assert sum(city.paid for city in found.cities) == purse.paid
    assert sum(city.spent for city in found.cities) == purse.spent
    assert [(one.studio, one.kind, one.reason) for one in found.stopped] == [
        (first, "studio.suspend", "依托单位变更未备案。")
    ]
    assert queries.year_of(2025).served.activities == 2
    assert second.state == "active"


def test_the_page_has_every_table_and_the_paper_prints_them(client):
    studio = worked("甲工作室")
    actions.suspend(studio, by=factories.user("manager"), reason="依托单位变更未备案。")
    client.force_login(factories.user("leader"))
    body = client.get(URL).content.decode()
    for words in (
        "各市比较",
        "年度任务",
        "考核等次",
        "报告按期情况",
        "培训督导",
        "依托单位变更未备案。",
        "儿童福利",
        "¥25,000.00",
    ):
        assert words in body, words
    answer = client.get(URL.rstrip("/") + ".pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    for words in ("年度社会工作领军人才工作室报告", "各市比较", "25,000.00", "依托单位变更未备案"):
        assert words in text.replace("\n", ""), words


def test_the_report_takes_as_many_statements_for_many_studios_as_for_one(client):
    worked("甲工作室")
    client.force_login(factories.user("manager"))
    client.get(URL)

    def statements():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(URL).status_code == 200
        return len(caught)

    one = statements()
    worked("乙工作室")
    worked("丙工作室")
    assert statements() == one <= 45


def test_an_empty_year_a_year_to_come_and_other_readers(client):
    client.force_login(factories.user("finance"))
    assert "本年没有数据。" in client.get("/office/studios/yearly/2024/").content.decode()
    assert client.get("/office/studios/yearly/2024.pdf").status_code == 200
    assert client.get("/office/studios/yearly/2027/").status_code == 404
    for role in ("bureau_officer", "studio_lead", "expert"):
        client.force_login(factories.user(role))
        assert client.get(URL).status_code == 403
        assert client.get("/office/studios/yearly/2026.pdf").status_code == 403
