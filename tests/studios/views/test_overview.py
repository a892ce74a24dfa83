"""The page of one studio: its year in weeks, its tasks beside the line of today, its spending beside the caps."""

from datetime import date
from decimal import Decimal

import pytest

from studios.rules.activity import Task
from studios.views.overview import cells, task_line
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db
LATE_NOON = factories.NOON.replace(month=11, day=3)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(LATE_NOON):
        yield


def page(client, studio, reader):
    client.force_login(reader)
    answer = client.get(f"/studios/{studio.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_year_stands_in_weeks_and_as_a_table(client):
    studio = factories.studio()
    for day in (date(2026, 3, 2), date(2026, 3, 3), date(2026, 8, 20)):
        factories.activity("cosigned", home=studio, held_on=day, volunteer_hours=Decimal("1.5"))
    factories.activity("submitted", home=studio, held_on=date(2026, 10, 30))
    factories.activity("drafted", home=studio, held_on=date(2026, 10, 31))
    body = page(client, studio, factories.user("manager"))
    for words in (
        "2026年活动", "4场，已确认3场", "服务99人、111人次 · 志愿服务4.5小时", "2026年上半年每周活动场数，合计2场",
        "<title>第9周 2场</title>", '<th scope="row">第9周</th><td class="num">2</td>',
    ):  # fmt: skip
        assert words in body, words
    assert body.count('class="fut"') == 8


def test_tasks_stand_beside_the_line_of_today(client):
    studio = factories.studio(active_from=date(2025, 3, 1))
    for day in range(1, 7):
        factories.activity("cosigned", home=studio, kind="training", held_on=date(2026, 5, day))
    body = page(client, studio, studio.lead)
    assert "黑线为2026年11月3日应达进度84.1%" in body
    assert "培训与沙龙" in body and "快于进度" in body and "慢于进度" in body


@pytest.mark.parametrize(
    ("task", "word"),
    [
        (Task("cases", Decimal(6), Decimal(4), unit="例"), "慢于进度"),
        (Task("groups", Decimal(100), Decimal(84), unit="个"), "合乎进度"),
        (Task("training", Decimal(4), Decimal(5), unit="次"), "快于进度"),
        (Task("satisfaction", Decimal(85), Decimal("91.2"), unit="%"), "达标"),
        (Task("satisfaction", Decimal(85), Decimal(80), unit="%"), "未达标"),
    ],
)
def test_the_words_of_a_pace(task, word):
    assert str(task_line(task, Decimal("84.1")).pace.label) == word


def test_the_bar_ends_at_120_per_cent_and_its_line_stands_on_the_same_scale():
    line = task_line(Task("training", Decimal(4), Decimal(9), unit="次"), Decimal(84))
    assert (line.width, line.mark) == ("100.0%", "70.0%")
    assert task_line(Task("satisfaction", Decimal(85), Decimal(90), unit="%"), Decimal(10)).mark == "83.3%"


def test_squares_after_today_are_still_to_come():
    assert [(cell.count, cell.coming) for cell in cells([3, 0, 0], begun=2)] == [
        (3, False),
        (0, False),
        (0, True),
    ]


def test_what_is_late_says_what_follows(client):
    studio = factories.studio()
    factories.report(home=studio)  # due on 20 October: ten working days ago
    body = page(client, studio, studio.lead)
    assert "季度报告（2026Q3）逾期10个工作日" in body
    assert "已告知市局；再逾期10个工作日将停止拨款。" in body
    draft = factories.activity("drafted", home=studio, title="返岗社工督导会", held_on=date(2026, 10, 1))
    assert "“返岗社工督导会”" in page(client, studio, studio.lead)
    assert draft.title not in page(client, studio, factories.user("manager"))


def test_spending_stands_beside_the_caps(client):
    studio = factories.instalment("paid", paid_at=LATE_NOON, voucher="记-1").studio
    factories.spent(studio, "3000.00", head="publicity")
    body = page(client, studio, factories.user("finance"))
    assert "支出与科目上限" in body
    assert "¥3,000.00，占已拨12.0%" in body
    assert "6% / 5%" in body


def test_the_page_says_the_year_of_the_term(client):
    talent = factories.recognition(recognised_on=date(2024, 12, 16), expires_on=date(2027, 12, 16))
    assert "第2年，共3年" in page(client, factories.studio(talent=talent), factories.user("leader"))
