"""Ten studios of the earlier round in their second year: most of them well, some not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from accounts.roles import Role
from config.demo import assessments, exits, recoveries, setup, spending
from config.demo.days import on
from config.demo.world import World
from selection.models import Round
from studios.actions import grant, report, studio
from studios.models import Instalment, ProgressReport, Studio
from studios.queries.report import from_records

AGREED, BEGUN = date(2024, 11, 18), date(2024, 12, 2)
FIRST_PAID, SECOND_PAID = date(2024, 12, 12), date(2026, 1, 22)
LATE = (3, 4)  # places of the studios whose last report is missing
RECTIFYING, SUSPENDED = 5, 6
BY_THE_BOOK = "2025年12月起活动才在系统登记，此前按纸质台账填报。"
RESULTS = "完成服务活动{activities}场，服务{people}人次；带教社工{mentees}人，其中2人通过社会工作师考试；与结对社工站共同开展督导{activities}次。"


def run(world: World, round_: Round, until: date, meanwhile: Callable[[], None]) -> None:
    """From their establishment until the day on which the demo stands; `meanwhile` is what they did."""
    setup.rules(world)
    with on(date(2024, 10, 29)):
        studio.establish_due_studios()
    rows = list(Studio.objects.filter(recognition__round=round_).order_by("pk"))
    for number, row in enumerate(rows):
        _begin(world, row, number)
    for day in (date(2025, 6, 2), date(2025, 12, 22), date(2026, 6, 1), until):
        if day <= until:
            with on(day):
                report.plan_due_reports()
    rows = list(Studio.objects.filter(recognition__round=round_).order_by("pk"))  # each with its lead
    meanwhile()
    spending.first_year(world, rows)
    assessments.last_year(world, rows)
    for number, row in enumerate(rows):
        _report(world, row, number, until)
        _second_instalment(world, row, number)
    spending.second_year(world, rows, until)
    spending.latest(world, rows[0], until)
    _trouble(world, rows)
    _third_instalments(world, rows, until)


def _begin(world: World, row: Studio, number: int) -> None:
    manager = world.staff["manager"]
    lead = world.person(
        "lead" if number == 0 else f"lead{number + 1}", Role.STUDIO_LEAD, row.host, row.recognition.name_key
    )
    with on(setup.WRITTEN, 8, number):
        row = studio.name_lead(row, by=manager, lead=lead)
    setup.planned(world, row, number)
    serial, award = f"领军工作室〔2024〕{number + 1:02d}号", Decimal("50000.00")
    site = f"{row.host.area}{row.host.name}二楼，约{30 + number * 5}平方米"
    with on(AGREED, 10, number):
        setup.drawn_up(world, row, number, serial=serial, award=award, site=site)
        row = studio.agree(
            row, by=manager, number=serial, award=award, signed_on=AGREED,
            signed_by_province=world.staff["leader"].name, signed_by_host=world.clerks[row.host_id].name,
            signed_by_talent=lead.name, site=site,
            goals="三年内带教社会工作者不少于15名，结对社工站2个，形成可推广的服务案例不少于3个。",
        )  # fmt: skip
    with on(BEGUN, 9, number):
        row = studio.activate(row, by=manager)
    first = row.instalments.get(number=1)
    with on(FIRST_PAID, 10, number):
        _pay(world, row, first, f"记字2024-12-{number + 1:03d}")


def _pay(world: World, row: Studio, instalment: Instalment, voucher: str) -> None:
    row.refresh_from_db()
    asked = grant.request(instalment, by=row.lead, note="用于培训督导和服务活动。")  # type: ignore[arg-type]
    approved = grant.approve(asked, by=world.staff["manager"])
    grant.pay(approved, by=world.staff["finance"], voucher=voucher)


def _report(world: World, row: Studio, number: int, until: date) -> None:
    row.refresh_from_db()
    owed = list(row.reports.filter(due_on__lte=until).order_by("due_on"))
    handed_in = owed[:-1] if number in LATE else owed
    for found in handed_in:
        _hand_in(world, row, found, accept=found is not handed_in[-1] or number % 2 == 0)


def _hand_in(world: World, row: Studio, found: ProgressReport, *, accept: bool) -> None:
    numbers = {
        "activities": world.random.randrange(3, 9),
        "people": world.random.randrange(120, 600, 10),
        "mentees": 5,
    }
    spent, said = Decimal(world.random.randrange(20, 60)) * 100, BY_THE_BOOK
    with on(found.due_on, 11):
        records = from_records(found)
        if records.activities_held:
            numbers = {
                "activities": records.activities_held,
                "people": records.people_served,
                "mentees": records.mentees,
            }
            spent, said = records.spent, ""
        sent = report.submit(
            found, by=row.lead, activities_held=numbers["activities"], people_served=numbers["people"],  # type: ignore[arg-type]
            mentees=numbers["mentees"], spent=spent, results=RESULTS.format(**numbers),
            problems="山区站点交通不便，督导频次有待提高。", next_steps="按年度计划推进，增加线上督导。", difference=said,
        )  # fmt: skip
    if accept:
        with on(found.due_on, 16):
            report.accept(sent, by=world.staff["manager"], remarks="情况属实，予以通过。")


def _second_instalment(world: World, row: Studio, number: int) -> None:
    if number in (8, 9):
        return  # these two have not asked for it yet
    with on(SECOND_PAID, 10, number):
        _pay(world, row, row.instalments.get(number=2), f"记字2026-01-{number + 1:03d}")


def _trouble(world: World, rows: list[Studio]) -> None:
    assessments.middle(world, rows, RECTIFYING)
    exits.inquired(world, rows[SUSPENDED])


def _third_instalments(world: World, rows: list[Studio], until: date) -> None:
    """One waits for the manager, one for finance."""
    recoveries.waive_one(world, rows[LATE[0]].instalments.get(number=3), until)
    with on(until, 8, 30):
        for number, approved in ((1, False), (2, True)):
            rows[number].refresh_from_db()
            third = rows[number].instalments.get(number=3)
            asked = grant.request(third, by=rows[number].lead, note="第三期用于经验提炼和成果推广。")  # type: ignore[arg-type]
            if approved:
                grant.approve(asked, by=world.staff["manager"])
