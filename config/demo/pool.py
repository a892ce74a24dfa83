"""What stands about the experts of the demo: numbers, units over time, persons close to them, days they cannot come."""

from __future__ import annotations

from datetime import date, datetime, time
from random import Random

from accounts.models import User
from config.demo.dossiers import with_check_digit
from config.demo.world import World
from selection.actions import expert as actions
from selection.actions import expert_facts as facts
from selection.models import Expert, ExpertAbsence, ExpertUnit, Panel, Round
from workflow import clock

TITLES = {
    Expert.Category.SCHOLAR: ("教授", "副教授", "研究员", "社会工作系主任"),
    Expert.Category.PRACTICE: ("高级社会工作师", "督导", "项目总监", "医务社工部主任"),
    Expert.Category.ASSOCIATION: ("秘书长", "副会长", "理事", "研究会主任"),
}
TAKEN_IN, UNTIL = date(2023, 3, 1), date(2027, 12, 31)
RECORDED = datetime.combine(TAKEN_IN, time(10), tzinfo=clock.ZONE)
# Expert's place in the pool, nominee's place in the list, what they are to each other, since, until, note
TIES = (
    (1, 3, "student", date(2015, 9, 1), date(2018, 6, 30), "指导硕士论文"),
    (4, 8, "mentor", date(2010, 9, 1), date(2013, 6, 30), "在职研究生导师"),
    (7, 12, "co_author", date(2024, 5, 1), date(2025, 11, 30), "《社区社会工作督导实务》"),
    (10, 17, "co_project", date(2025, 3, 1), None, "省社会工作服务标准化课题"),
    (13, 5, "kin", None, None, "配偶之妹"),
    (16, 21, "money", date(2024, 9, 1), None, "项目采购合同"),
    (19, 26, "co_author", date(2025, 2, 1), None, "困境儿童评估量表研究"),
)


def furnish(world: World) -> None:
    """Give every expert a number, a phone, a post and a past; own numbers of chance keep the rest of the demo as it is."""
    random = Random(4127)
    units: list[ExpertUnit] = []
    for number, expert in enumerate(world.experts):
        _facts(random, number, expert)
        units += _units(random, world, number, expert)
    Expert.objects.bulk_update(
        world.experts,
        ("id_number", "id_hash", "phone", "title", "certificate_level", "enabled_from", "enabled_until"),
    )
    ExpertUnit.objects.bulk_create(units)
    last = world.experts[-1]
    ExpertAbsence.objects.create(
        expert=last, starts_on=date(2026, 9, 1), ends_on=date(2027, 2, 28), reason="出国访学"
    )


def _facts(random: Random, number: int, expert: Expert) -> None:
    born = date(random.randrange(1962, 1986), random.randrange(1, 13), random.randrange(1, 29))
    expert.id_number = with_check_digit(f"3399{number + 1:02d}{born:%Y%m%d}{random.randrange(1, 998):03d}")
    expert.id_hash = Expert.hash_of(expert.id_number)
    expert.phone = f"137{random.randrange(10**8):08d}"
    expert.title = random.choice(TITLES[Expert.Category(expert.category)])
    expert.certificate_level = "senior" if expert.category == Expert.Category.PRACTICE else ""
    expert.enabled_from, expert.enabled_until = TAKEN_IN, UNTIL


def _units(random: Random, world: World, number: int, expert: Expert) -> list[ExpertUnit]:
    """The present unit; for some a former one among the employers, a seat in a council, something long ago."""
    common = {"expert": expert, "recorded_by": world.staff["manager"].name, "recorded_at": RECORDED}
    began = date(random.randrange(2006, 2020), random.choice((3, 7, 9)), 1)
    found = [ExpertUnit(unit=expert.unit, post=expert.title, starts_on=began, **common)]
    employer = world.units[(number * 7) % len(world.units)]
    if number % 6 == 1:
        left = date(2025, 6, 30)
        row = ExpertUnit(unit=employer, post="兼职督导", starts_on=date(2021, 3, 1), ends_on=left, **common)
        found.append(row)
    elif number % 9 == 2:
        council = ExpertUnit.Capacity.DIRECTOR
        row = ExpertUnit(unit=employer, post="理事", capacity=council, starts_on=date(2022, 5, 1), **common)
        found.append(row)
    elif number % 5 == 3:
        row = ExpertUnit(
            unit=employer, post="社工", starts_on=date(2002, 7, 1), ends_on=date(2006, 2, 28), **common
        )
        found.append(row)
    return found


def relate(world: World, round_: Round) -> None:
    """The ties between experts and this round's nominees, as the experts themselves declare them, and confirm."""
    rows = list(
        round_.nominations.filter(state="nominated").select_related("nominee", "unit").order_by("code")
    )
    today = clock.today()
    for place, nominee, kind, since, until, note in TIES:
        if since is not None and since > today:
            continue
        expert, row = world.experts[place], rows[nominee % len(rows)]
        assert expert.user is not None
        facts.add_link(
            expert, by=expert.user, kind=kind, person_name=row.nominee.name, id_number=row.nominee.id_number,
            unit=row.unit, since=since, until=until if until and until <= today else None, note=note,
        )  # fmt: skip
        actions.confirm(expert, by=expert.user)


def sign_in_as(panel: Panel) -> None:
    """The lot decides who sits; whoever tries the demo as `expert` or `expert2` shall find something to do."""
    seats = panel.panelists.exclude(number=None).filter(left_at=None).order_by("number")
    for seat_, username in zip(seats.select_related("expert__user"), ("expert", "expert2"), strict=False):
        sits, shown = seat_.expert.user, User.objects.get(username=username)
        if sits is None or sits == shown:
            continue
        other, shown.username = sits.username, f"{username}-"
        shown.save(update_fields=["username"])
        sits.username, shown.username = username, other
        sits.save(update_fields=["username"])
        shown.save(update_fields=["username"])
