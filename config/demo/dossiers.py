"""Dossiers of the demo: plausible careers, all of them eligible unless the story wants otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accounts.models import Organisation
from config.demo import names
from config.demo.world import World
from selection.actions import nomination as actions
from selection.models import Nomination, Round
from selection.queries.dossier import SECTIONS
from workflow import clock

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
TITLES = ("总干事", "副总干事", "社工部主任", "督导", "项目总监", "中心主任", "社区书记", "专职社工")
DECLARED = tuple(SECTIONS[-1].fields)


def id_number(world: World, born: date, female: bool) -> str:
    """An identity number with a right check digit, of the invented range 999 of its county."""
    serial = world.random.randrange(1, 499) * 2 + (0 if female else 1)
    body = f"3399{world.random.randrange(1, 99):02d}{born:%Y%m%d}{serial:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def career(world: World, on: date) -> dict[str, Any]:
    """What a nominee's dossier says, section by section, at the reference date `on`."""
    random = world.random
    field = random.choice(list(names.SUMMARIES))
    started = on - timedelta(days=random.randrange(7 * 365, 17 * 365))
    certified = max(started + timedelta(days=700), on - timedelta(days=random.randrange(4 * 365, 11 * 365)))
    certified = min(certified, on - timedelta(days=3 * 366))
    numbers = {
        "people": random.randrange(2000, 9000, 100), "cases": random.randrange(20, 90), "groups": random.randrange(8, 30),
        "projects": random.randrange(2, 8), "mentees": random.randrange(5, 25), "certified": random.randrange(3, 12),
    }  # fmt: skip
    return {
        "phone": f"139{random.randrange(10**8):08d}",
        "title": random.choice(TITLES),
        "field": field,
        "certificate_level": random.choice(("intermediate", "intermediate", "senior")),
        "certificate_number": f"{certified.year}{random.randrange(10**8):08d}",
        "certified_on": certified,
        "practice_since": started,
        "province_since": started,
        "achievements": names.ACHIEVEMENTS.format(**numbers),
        "summary": names.SUMMARIES[field],
        "studio_plan": names.PLAN.format(
            mentees=random.randrange(5, 9), trainings=random.randrange(4, 9), stations=2
        ),
        "unit_opinion": random.choice(names.OPINIONS),
        "unit_notice_place": "单位公告栏",
        "unit_notice_proof": "公告栏张贴照片两张，存档",
        "unit_notice_objections": "none",
    }


def draft(
    world: World, round_: Round, unit: Organisation, *, route: str, complete: bool = True
) -> Nomination:
    """A dossier made by the unit's clerk; an incomplete one stops after its first section."""
    clerk = world.clerks[unit.pk]
    on = round_.rulebook.reference_date
    born = on - timedelta(days=world.random.randrange(30 * 365, 54 * 365))
    number = id_number(world, born, female=world.random.random() < 0.7)
    row = actions.create(round_, by=clerk, name=world.name(), id_number=number, route=route)
    facts = career(world, on)
    start = clock.today() - timedelta(days=12)
    facts |= {"unit_notice_from": start, "unit_notice_until": start + timedelta(days=11)}
    for section in SECTIONS[:-1] if complete else SECTIONS[:1]:
        row = actions.save_section(row, section, by=clerk, values=facts)
    return actions.sign(row, by=clerk, declared=DECLARED) if complete else row


def submitted(world: World, round_: Round, unit: Organisation, *, route: str) -> Nomination:
    """A dossier sent to its first desk."""
    return actions.submit(draft(world, round_, unit, route=route), by=world.clerks[unit.pk])


def endorsed(world: World, row: Nomination) -> Nomination:
    """Past the county's desk, if it lies there."""
    if row.state != Nomination.State.COUNTY_REVIEW:
        return row
    officer = world.officers[row.county_id or 0]
    return actions.endorse(
        row, by=officer, opinion=world.random.choice(names.OPINIONS), originals_checked=True
    )


def nominated(world: World, row: Nomination, rank: int) -> Nomination:
    """Put forward to the province."""
    return actions.nominate(
        row, by=world.officers[row.nominator_id], rank=rank, opinion=world.random.choice(names.OPINIONS),
        background="经查询，无违纪违法和失信记录。", originals_checked=True,
    )  # fmt: skip
