"""The service network of the demo's province, a plan with targets, what was reported, and what studios added to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from accounts.models import Organisation
from config.demo.days import on
from config.demo.world import World
from selection.models import Round
from studios.actions import indicator, network
from studios.models import IndicatorPart, Level, Place, ServicePoint, Studio

PLAN = Path(indicator.__file__).resolve().parent.parent / "data" / "jilin_plan.json"
BUILT, REPORTED = date(2025, 3, 3), date(2025, 12, 31)
STATIONS, POINTS = 3, 4  # of each county, of each station
TOWNS = ("临溪", "云麓", "青桥", "白沙", "石塘", "南湖", "东岭", "梅川")
PLACES = ("邻里", "和睦", "新桥", "河东", "星光", "五联", "月湖", "文昌")
MENTEES = 3
_CHECK = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def run(world: World, round_: Round, until: date) -> None:
    """The registry, the plan, the values of the cities, and contributions of the round's studios."""
    if until < REPORTED:
        return
    manager = world.staff["manager"]
    with on(BUILT):
        network.bring_in(_rows(Random(330)), by=manager, file_digest="")
        indicator.load_plan(PLAN.read_bytes(), by=manager)
    with on(date(2026, 1, 12)):
        _observe(world)
    with on(date(2026, 3, 16)):
        _contribute(world, list(Studio.objects.filter(recognition__round=round_).order_by("pk")))


def _rows(random: Random) -> list[dict[str, Any]]:
    found = []
    for county in Organisation.objects.filter(kind=Organisation.Kind.COUNTY).order_by("code"):
        found.append(_row(random, county, Level.CENTRE, Place.COUNTY, county.code, county.area, 70))
        for number in range(1, STATIONS + 1):
            code = f"{county.code}{number:03d}"
            town = TOWNS[random.randrange(len(TOWNS))]
            place = Place.STREET if number == 1 else Place.TOWNSHIP
            name = f"{town}{'街道' if number == 1 else '镇'}"
            found.append(_row(random, county, Level.STATION, place, code, name, 92, county.code))
            found += [_point(random, county, code, town, place, n) for n in range(1, POINTS + 1)]
    return found


def _point(
    random: Random, county: Organisation, above: str, town: str, place: Place, number: int
) -> dict[str, Any]:
    kind = Place.URBAN if place == Place.STREET else Place.TOWN if number == 1 else Place.VILLAGE
    name = f"{town}{PLACES[random.randrange(len(PLACES))]}{'村' if kind == Place.VILLAGE else '社区'}"
    return _row(random, county, Level.POINT, kind, f"{above}{number:03d}", name, 58, above)


def _row(
    random: Random, county: Organisation, level: Level, place: Place, code: str, division: str, built: int, above: str = ""
) -> dict[str, Any]:  # fmt: skip
    stands = random.randrange(100) < built
    most = 6 if place in (Place.COUNTY, Place.URBAN) else 3
    staff = {name: random.randrange(limit) for name, limit in (("assistant", most), ("intermediate", most // 2 + 1), ("senior", 2))}  # fmt: skip
    suffix = {Level.CENTRE: "社会工作指导中心", Level.STATION: "社工站", Level.POINT: "社工点"}[level]
    return {
        "county": county, "level": level, "place": place, "code": code, "division": division, "parent": above,
        "name": f"{division}{suffix}" if stands else "", "status": "in_use" if stands else "none", "status_on": BUILT,
        "operator": f"{county.area}启和社会工作服务中心" if stands and level == Level.STATION else "",
        "weak_area": random.randrange(100) < 12, "volunteers": random.randrange(100) < 80,
        "agencies": random.randrange(4) if level == Level.CENTRE else 0,
        **staff, "professionals": sum(staff.values()) + random.randrange(3),
    }  # fmt: skip


def _observe(world: World) -> None:
    """The cities' numbers: the first manager enters them, the second verifies; one still waits."""
    parts = {
        (part.indicator.code, part.code): part for part in IndicatorPart.objects.select_related("indicator")
    }
    cities = [world.cities[code] for code in sorted(world.cities)]
    for number, city in enumerate(cities):
        holders = 2650 - 190 * number
        values = [("J01", "all", holders, None), ("J02", "all", holders * 6 // 10, None), ("J11", "all", 5 - number % 3, None),
                  ("J12", "elderly", 95 + number, 110_000), ("J12", "beds", 210 - number, 20_000)]  # fmt: skip
        for code, part, value, base in values:
            row = indicator.observe(
                city, by=world.staff["manager"], part=parts[code, part], on=REPORTED, value=Decimal(value),
                denominator=None if base is None else Decimal(base), evidence="年度统计报表",
            )  # fmt: skip
            if (number, code) != (len(cities) - 1, "J11"):
                indicator.verify(row, by=world.staff["manager2"])


def _contribute(world: World, studios: list[Studio]) -> None:
    manager = world.staff["manager"]
    points = iter(
        ServicePoint.objects.filter(level=Level.POINT, status="in_use").order_by("code")[: len(studios)]
    )
    for number, studio in enumerate(studios):
        for mentee in range(MENTEES):
            row = indicator.mentor(
                studio, by=manager, name=world.name(), id_number=_id_number(number * MENTEES + mentee), since=date(2026, 1, 5)
            )  # fmt: skip
            if mentee == 0:
                indicator.certify(row, by=manager, on=date(2026, 3, 2))
        indicator.open_station(studio, by=manager, point=next(points), opened_on=date(2026, 2, 2))


def _id_number(serial: int) -> str:
    """An invented number with the right check digit."""
    digits = f"33010619930{serial % 9 + 1}15{700 + serial:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, _CHECK, strict=True)) % 11
    return digits + "10X98765432"[rest]
