"""A studio's two years in the demo's clock, and another one that ends before its term.

What decides is done on pages: the money by three persons, the station's confirmation, the report that is late, the
confirmed assessment, what is put right, the end. What lies between is done by the same acts without a browser.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from selection.actions import revocation
from selection.models import Bar
from studios import tasks
from studios.actions import activity as activities
from studios.actions import assessment as assessments
from studios.actions import grant
from studios.actions import report as reports
from studios.models import Assessment, Exit, RecoveryOrder, Rectification, Studio
from studios.queries import month as months
from studios.queries.monitor import in_sight
from studios.rules.programme import default
from tests import factories
from tests.journeys import cast, stages
from workflow.clock import ZONE
from workflow.models import Message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MARKS = {
    "system": 10,
    "money": 12,
    "service": 24,
    "mentoring": 10,
    "society": 6,
    "publicity": 3,
}  # 65: qualified it is not
WORDS = dict.fromkeys(MARKS, "据实评分。")
ITEMS = "补齐三次督导的站点确认"
REASON = "整改事项已全部通过，同意拨付第二期。"


def at(year, month, day, hour=9):
    return datetime(year, month, day, hour, tzinfo=ZONE)


@pytest.fixture
def people(set_clock):
    """Everybody, on the day after the talent was recognised for two years."""
    set_clock(at(2024, 11, 18))
    return cast.gather()


@pytest.fixture
def desks(people, sign_in):
    """A browser for everybody, signed in when first needed."""
    opened = {}

    def desk(name):
        if name not in opened:
            opened[name] = sign_in(people.everybody[name])
        return opened[name]

    return desk


def talent_of(people, *, until):
    """A talent of the year 2024."""
    batch = factories.round_("published", published_on=date(2024, 11, 10))
    row = factories.nomination("recognised", round=batch, orgs=people.orgs)
    return factories.recognition(row, recognised_on=date(2024, 11, 1), expires_on=until)


def page(studio):
    return f"/studios/{studio.pk}/"


def fresh(studio):
    return Studio.objects.get(pk=studio.pk)


# The first year ------------------------------------------------------------------------------------------------------


def pay(desks, studio, number, voucher):
    """The lead asks, the manager approves, finance pays."""
    part = studio.instalments.get(number=number)
    lead, manager, finance = desks("lead"), desks("manager"), desks("finance")
    lead.open(page(studio)).follow(f"申请第{number}期").fill(note="用于培训督导和服务活动。")
    lead.press("申请拨款").reads("已办理：申请拨款")
    own = reverse("instalment_detail", args=[part.pk])
    manager.open(own).take("批准拨款")
    finance.open(own).take("登记支付", voucher=voucher)
    assert studio.instalments.get(number=number).state == "paid"


def picture(shade):
    out = BytesIO()
    Image.new("RGB", (40, 30), (shade, 90, 70)).save(out, "JPEG")
    return out.getvalue()


def held(studio, day, shade):
    """An activity that was recorded and handed in."""
    values = {
        "kind": "community", "title": f"邻里议事会{shade}", "field": "community", "held_on": day, "starts_at": datetime.min.time().replace(hour=9),
        "ends_at": datetime.min.time().replace(hour=11), "place": "社区活动室", "station_name": "东街社工站", "attendances": 30 + shade, "faces_masked": True,
    }  # fmt: skip
    return activities.record(
        studio,
        by=studio.lead,
        values=values,
        people=activities.People(),
        photos=[picture(shade)],
        submit=True,
    )


def cosigned_by_the_station(visit, studio):
    """One confirmed by the station on its phone, one by the act alone."""
    by_hand, other = held(studio, date(2025, 3, 1), 1), held(studio, date(2025, 3, 2), 2)
    station = visit("合作站点", width=390)
    token = activities.issue_link(by_hand, by=studio.lead)
    station.open(f"/cosign/{token}/").reads("请确认下列活动").press("确认属实", exact=True).reads("已确认")
    token = activities.issue_link(other, by=studio.lead)
    activities.cosign(other, token=token, by=activities.station_of(other))
    assert set(studio.activities.values_list("state", flat=True)) == {"cosigned"}
    assert months.differing() == {}


def hand_in(studio, until, *, but=""):
    """Every report that has fallen due, in time, accepted; but one kind."""
    for row in studio.reports.filter(due_on__lte=until, state="due").exclude(kind=but):
        sent = reports.submit(
            row, by=studio.lead, activities_held=2, people_served=63, mentees=0, spent=Decimal(0), results="按计划开展督导。",
            problems="", next_steps="继续开展督导。", difference="按台账填报。",
        )  # fmt: skip
        reports.accept(sent, by=factories.user("manager"), remarks="予以通过。")


def year_of_money_and_activities(desks, visit, set_clock, studio):
    pay(desks, studio, 1, "记-1216-01")
    desks("lead").open(page(studio)).reads("已支付 ¥25,000.00，共 ¥50,000.00")
    set_clock(at(2025, 3, 3))
    cosigned_by_the_station(visit, studio)
    factories.spent(studio, "20500.00", spent_on=date(2025, 5, 6), approved_at=at(2025, 5, 8))
    for moment in (at(2025, 1, 10), at(2025, 4, 10), at(2025, 7, 10), at(2025, 10, 14), at(2025, 12, 1)):
        set_clock(moment)
        tasks.remind_of_reports()
        hand_in(studio, moment.date() + timedelta(days=20), but="annual")


def annual_report_late_until_the_city_is_told(desks, set_clock, studio, people):
    """Ten working days after 10 December 2025 the light is orange; the studio then hands in, the manager accepts."""
    set_clock(at(2025, 12, 24))
    for _again in range(3):
        tasks.remind_of_reports()
    told = Message.objects.filter(recipient_id=str(people["city"].pk), subject__contains="年度报告（2025）")
    assert told.count() == 1
    city, lead, manager = desks("city"), desks("lead"), desks("manager")
    city.open("/office/studios/monitoring/?light=orange").reads(studio.name).reads("逾期1份")
    lead.open(page(studio)).reads("年度报告（2025）逾期10个工作日").follow("提交报告")
    lead.fill(results="两年计划按期推进。", next_steps="继续开展督导。").press("提交报告", exact=True).reads(
        "已办理：提交报告"
    )
    annual = studio.reports.get(kind="annual", period="2025")
    manager.open(reverse("report_detail", args=[studio.pk, annual.pk])).take("审核通过", remarks="情况属实。")
    city.open("/office/studios/monitoring/?light=orange").reads("没有符合条件的工作室")


# The second year -----------------------------------------------------------------------------------------------------


def assessed_as_barely_qualified(desks, set_clock, studio, people):
    """Two reviewers give 65; the studio has nothing to say; the manager confirms with what must be put right."""
    set_clock(at(2026, 1, 12))
    tasks.remind_of_reports()
    hand_in(studio, date(2026, 1, 31))
    reviewers = [people["reviewer1"], people["reviewer2"]]
    assessments.schedule("annual", 2025, by=people["manager"], reviewers=reviewers)
    row = Assessment.objects.get(studio=studio, year=2025)
    row = assessments.self_score(row, by=studio.lead, marks=_full(), words=WORDS)
    for reviewer in reviewers:
        row = assessments.score_sheet(
            row, by=reviewer, marks={k: Decimal(v) for k, v in MARKS.items()}, words=WORDS
        )
    assert (row.score, row.grade) == (Decimal("65.00"), "basic")
    assessments.waive_statement(row, by=studio.lead)
    manager = desks("manager")
    manager.open(reverse("assessment_detail", args=[studio.pk, row.pk])).take("确认考核结果", items=ITEMS)
    manager.open(page(studio)).reads("整改中")
    assert fresh(studio).state == "rectifying"


def _full():
    return {dimension.code: Decimal(dimension.points) for dimension in default().dimensions}


def put_right(desks, set_clock, studio):
    """The lead reports what was done, the manager accepts: the studio runs again."""
    set_clock(at(2026, 1, 26))
    row = Rectification.objects.get(studio=studio)
    own = reverse("rectification_detail", args=[studio.pk, row.pk])
    desks("lead").open(own).take("报送整改情况", evidence="三次督导的站点确认单已全部补齐并上传。")
    desks("manager").open(own).take("整改事项通过", remarks="材料齐全。")
    desks("lead").open(page(studio)).reads("运行中")


def second_instalment(desks, studio):
    """Locked by the grade alone; the leader lets it pass, with the reason; then three persons again."""
    second = studio.instalments.get(number=2)
    desks("lead").open(page(studio)).reads("尚未满足")
    leader = desks("leader")
    leader.open(reverse("instalment_detail", args=[second.pk])).follow("豁免拨款条件")
    leader.fill(condition="grade_too_low", reason=REASON).press("豁免拨款条件", exact=True).reads(
        "已办理：豁免拨款条件"
    )
    pay(desks, studio, 2, "记-0126-02")


def concluded(desks, set_clock, studio):
    """The term is over: what was never asked for is cancelled, the award is accounted for to the cent."""
    for moment in (at(2026, 4, 10), at(2026, 6, 10), at(2026, 7, 10), at(2026, 9, 20), at(2026, 10, 15)):
        set_clock(moment)
        tasks.remind_of_reports()
        hand_in(studio, moment.date() + timedelta(days=15))
    set_clock(at(2026, 11, 2))
    desks("manager").open(page(studio)).take("期满结项")
    desks("leader").open(page(studio)).reads("期满结项").reads("已取消 ¥10,000.00")
    parts = dict(studio.instalments.values_list("number", "state"))
    assert parts == {1: "paid", 2: "paid", 3: "cancelled"}


def test_two_years_of_a_studio_from_its_agreement_to_its_end(people, desks, visit, set_clock):
    talent = talent_of(people, until=date(2026, 11, 1))
    studio = factories.studio("preparing", talent=talent, lead=people["lead"])
    manager = desks("manager")
    manager.open(page(studio)).take(
        "登记协议", number="领军工作室〔2024〕01号", signed_by_province="冯志远", signed_by_host="李主任",
        site="西湖区青禾服务中心二楼，约四十平方米", goals="两年带教社会工作者不少于十名。",
    )  # fmt: skip
    set_clock(at(2024, 12, 16))
    manager.open(page(studio)).take("开始运行").reads("第1年，共2年")
    studio = fresh(studio)
    year_of_money_and_activities(desks, visit, set_clock, studio)
    annual_report_late_until_the_city_is_told(desks, set_clock, studio, people)
    assessed_as_barely_qualified(desks, set_clock, studio, people)
    put_right(desks, set_clock, fresh(studio))
    second_instalment(desks, studio)
    concluded(desks, set_clock, studio)
    assert in_sight(people["manager"]).get().state == "concluded"


# The one that ends before its term -----------------------------------------------------------------------------------


def test_a_studio_that_misused_its_money_ends_gives_it_back_and_its_talent_is_barred(
    people, desks, set_clock
):
    """Notice, statement, decision; what is unpaid is cancelled, all that was paid asked back, a new dossier refused."""
    studio = factories.studio("active", talent=talent_of(people, until=date(2027, 11, 1)), lead=people["lead"], active_from=date(2024, 12, 2))  # fmt: skip
    set_clock(at(2025, 3, 3))
    asked = grant.request(studio.instalments.get(number=1), by=people["lead"])
    grant.pay(grant.approve(asked, by=people["manager"]), by=people["finance"], voucher="记-0303-01")
    set_clock(at(2025, 9, 1))
    manager, leader = desks("manager"), desks("leader")
    manager.open(reverse("exit_new", args=[studio.pk])).fill(
        ground="misuse", facts="挪用资助资金二万元用于与工作室无关的支出。"
    )
    manager.leave(
        manager.page.locator("main form button.btn-primary, main form button.btn-danger").first.click
    )
    found = Exit.objects.get(studio=studio)
    own = reverse("exit_detail", args=[studio.pk, found.pk])
    manager.open(own).take("记录陈述申辩", statement="承认挪用，愿意全部退回。")
    set_clock(at(2025, 9, 15))
    leader.open(own).reads("¥25,000.00").take(
        "作出决定", minute_number="纪要〔2025〕9号", document_number="浙民慈〔2025〕18号", reason="事实清楚，终止工作室并追回资金。",
    )  # fmt: skip
    leader.open(page(studio)).reads("已终止")
    order = RecoveryOrder.objects.get(studio=studio)
    assert (order.amount, order.due_on) == (Decimal("25000.00"), date(2025, 10, 15))
    assert set(studio.instalments.values_list("number", "state")) == {
        (1, "paid"),
        (2, "cancelled"),
        (3, "cancelled"),
    }
    bar = Bar.objects.get(person_hash=studio.recognition.nominee.person_key)
    assert (bar.from_on, bar.until_on) == (date(2025, 9, 15), date(2028, 9, 15))
    title_revoked(people, studio.recognition, set_clock)
    barred_from_the_next_round(desks, studio.recognition.nominee, set_clock)


def title_revoked(people, recognition, set_clock):
    """The title goes too: while she held it, nobody could nominate her anyway."""
    set_clock(at(2025, 9, 16))
    found = factories.revocation(
        recognition.nomination, "heard", heard_on=date(2025, 9, 12), statement_due=date(2025, 9, 12)
    )
    revocation.decide(
        found, by=people["leader"], minute_number="纪要〔2025〕10号", document_number="浙民慈〔2025〕19号", reason="挪用资助资金，撤销称号。",
    )  # fmt: skip
    tasks.follow_revocations()


def barred_from_the_next_round(desks, nominee, set_clock):
    """In a later round her unit cannot so much as begin a dossier: the page says until when."""
    set_clock(factories.NOON)
    later = factories.round_()
    clerk = desks("clerk").follow("申报推荐", within=stages.NAV).follow("新建申报")
    clerk.fill(name=nominee.name, id_number=nominee.id_number, route="county", **stages.ELIGIBLE)
    clerk.page.locator("main").get_by_role("button", name="建立申报").click()
    clerk.reads("2028-09-16前不能再次申报")
    clerk.complaints.clear()  # the browser remarks that the form was not taken: that is what is asked here
    assert not nominee.nominations.filter(round=later).exists()
