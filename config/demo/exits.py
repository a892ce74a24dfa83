"""How studios of the demo fare badly: one suspended by an inquiry, one terminated, its talent barred; and who is cared for."""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import Organisation
from config.demo.days import on
from config.demo.world import World
from selection.actions import integrity
from selection.models import Round
from studios.actions import care, change, exit
from studios.models import Studio
from studios.queries.care import talents_of

ENDED = 8  # the place of the studio that is terminated
LATE_CHANGE = 3
FACTS = "第一期资助资金中12,000元用于依托单位办公用房租金，与协议约定的用途不符，凭证号记字2025-06-011、2025-09-014。"
STATEMENT = "资金由依托单位统一调度，已于9月补足，愿意接受处理。"
DECIDED = "事实清楚，依托单位和本人均无异议，经厅办公会研究，决定终止工作室。"
MEASURES = (
    ("training", "推荐参加全省社会工作督导人才研修班", "浙民办〔2026〕22号", 34),
    ("duty", "聘为市级社会工作专家库成员，参与社工站标准起草", "市民政局聘任通知", 92),
    ("publicity", "市级媒体刊发专访", "《用专业守护邻里》", 58),
    ("allowance", "发放年度人才津贴", "市财政拨付凭证", 140),
    ("health", "安排年度健康体检", "", 75),
    ("visit", "分管局长走访工作室，协调解决活动场地", "", 20),
)
IDLE = 1  # the last so many of the cities have done nothing this year


def inquired(world: World, studio: Studio) -> None:
    """The unit reports that its head is under investigation; the studio is suspended with the report."""
    clerk = world.clerks[studio.host_id]
    with on(date(2026, 10, 19)):
        change.file(
            studio, by=clerk, kind="investigation", happened_on=date(2026, 10, 16),
            told="依托单位财务事项被立案调查，工作室负责人须配合说明情况。",
        )  # fmt: skip


def run(world: World, round_: Round, until: date) -> None:
    """Up to the day on which the demo stands."""
    rows = list(
        Studio.objects.filter(recognition__round=round_).select_related("recognition__nominee").order_by("pk")
    )
    _terminated(world, rows[ENDED], until)
    _changed(world, rows[LATE_CHANGE], until)
    _barred(world, until)
    _cared_for(world, until)


def _terminated(world: World, studio: Studio, until: date) -> None:
    """Told three weeks ago, heard, decided the day before: money to come back, and three years in the register."""
    manager = world.staff["manager"]
    with on(until - timedelta(days=21), 9):
        found = exit.start(studio, by=manager, ground="misuse", facts=FACTS)
    with on(until - timedelta(days=14), 10):
        found = exit.hear(found, by=manager, statement=STATEMENT)
    with on(until - timedelta(days=5), 15):
        exit.decide(
            found, by=world.staff["leader"], minute_number=f"厅办公会纪要〔{until.year}〕31号",
            document_number=f"浙民慈〔{until.year}〕31号", reason=DECIDED,
        )  # fmt: skip


def _changed(world: World, studio: Studio, until: date) -> None:
    """A legal person that changed is reported late; nothing follows but the note."""
    with on(until - timedelta(days=12), 11):
        found = change.file(
            studio, by=world.clerks[studio.host_id], kind="host_legal_person",
            happened_on=until - timedelta(days=51), told="理事会换届，法定代表人变更，登记证书已换发。",
        )  # fmt: skip
    with on(until - timedelta(days=10), 10):
        change.acknowledge(
            found, by=world.staff["manager"], effect="record", remarks="同意备案，今后按期报告。"
        )


def _barred(world: World, until: date) -> None:
    """An expert who told what was to be kept secret, in another selection; and a bar that is over."""
    manager, expert = world.staff["manager"], world.experts[-1]
    with on(until - timedelta(days=40), 14):
        integrity.bar(
            by=manager, person_hash=expert.id_hash, subject_name=expert.name, capacity="expert", ground="leak",
            source="breach", document_number="浙民纪〔2026〕7号", years=2,
            facts="在其他评审项目中向申报单位透露评审进展。",
        )  # fmt: skip
        integrity.bar(
            by=manager, organisation=world.direct[-1], capacity="nominator", ground="negligence", source="objection",
            document_number="浙民函〔2024〕9号", years=1, from_on=date(2024, 12, 2),
            facts="推荐人选的任职证明未经核对原件。",
        )  # fmt: skip


def _cared_for(world: World, until: date) -> None:
    """What each city did this year for its talents; the last city nothing."""
    cities = [
        row for row in Organisation.objects.filter(kind="city").order_by("code") if talents_of(row).exists()
    ]
    for number, city in enumerate(cities[:-IDLE]):
        talents = list(talents_of(city))
        for place in range(1 + number % 3 + (number < 2)):
            kind, note, evidence, back = MEASURES[(number + place * 2) % len(MEASURES)]
            day = until - timedelta(days=back + number)
            with on(min(until, day + timedelta(days=6)), 9, number):
                care.record(
                    talents[place % len(talents)], by=world.officers[city.pk], kind=kind, given_on=day, note=f"{note}。",
                    evidence=evidence,
                )  # fmt: skip
