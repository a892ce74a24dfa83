"""Dossiers of the demo: plausible careers, all of them eligible unless the story wants otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from accounts.models import Organisation
from config.demo import files, names
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
    return with_check_digit(body)


def with_check_digit(body: str) -> str:
    """Seventeen digits and the one that checks them."""
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
        "email": f"dossier{random.randrange(10**6)}@example.cn",
        "ethnicity": random.choice(("汉族", "汉族", "汉族", "畲族", "回族")),
        "politics": random.choice(("party", "masses", "democratic")),
        "education": random.choice(("graduate", "bachelor", "bachelor", "college")),
        "degree": random.choice(("master", "bachelor")),
        "school": random.choice(("浙江某大学", "华东某师范大学", "浙江某学院")),
        "major": random.choice(("社会工作", "社会学", "心理学")),
        "setting": random.choice(
            ("social_organisation", "social_organisation", "community", "public_institution")
        ),
        "civil_status": "none",
        "field": field,
        "certificate_level": random.choice(("intermediate", "intermediate", "senior")),
        "certificate_number": f"{certified.year}{random.randrange(10**8):08d}",
        "certified_on": certified,
        "service_records": _years(world, on),
        "awards": _awards(world, on),
        "achievements": names.ACHIEVEMENTS.format(**numbers),
        "summary": names.SUMMARIES[field],
        "studio_plan": names.PLAN.format(
            mentees=random.randrange(5, 9), trainings=random.randrange(4, 9), stations=2
        ),
        "studio_team": f"带头人一名，骨干社会工作师{random.randrange(2, 5)}名，督导一名。",
        "studio_site": f"单位办公楼{random.randrange(1, 5)}层，约{random.randrange(30, 90)}平方米",
        "studio_partners": "与街道社会工作站、学校、社区卫生服务中心各一处合作。",
        "budget_lines": [
            {"head": "training", "amount": random.randrange(15, 30) * 1000},
            {"head": "research", "amount": random.randrange(5, 12) * 1000},
            {"head": "equipment", "amount": random.randrange(3, 9) * 1000},
        ],
        "unit_opinion": random.choice(names.OPINIONS),
        "unit_notice_place": "单位公告栏",
        "unit_notice_proof": "公告栏张贴照片两张，存档",
        "unit_notice_objections": "none",
    }


def _years(world: World, on: date) -> list[dict[str, Any]]:
    """What was done in each of the last years."""
    random = world.random
    return [
        {
            "year": year, "cases": random.randrange(4, 20), "groups": random.randrange(2, 8),
            "activities": random.randrange(10, 40), "beneficiaries": random.randrange(200, 1500),
            "outcome": random.choice(("服务对象满意度超过九成。", "结案率八成以上，无投诉。", "形成案例两篇，在全市交流。")),
        }
        for year in range(on.year - 3, on.year)
    ]  # fmt: skip


def _awards(world: World, on: date) -> list[dict[str, Any]]:
    random = world.random
    days = [on - timedelta(days=random.randrange(100, 1700)) for _number in range(2)]
    return [
        {
            "kind": "project",
            "title": "社区服务创新项目",
            "level": "city",
            "issuer": "市民政局",
            "awarded_on": days[0],
        },
        {
            "kind": "award",
            "title": "优秀社会工作案例",
            "level": "province",
            "issuer": "省级行业组织",
            "awarded_on": days[1],
        },
    ]


def _path(world: World, unit: Organisation, on: date) -> dict[str, Any]:
    """Posts and intervals: some came from another province, some teach beside."""
    random = world.random
    started = on - timedelta(days=random.randrange(7 * 365, 17 * 365))
    here = started + timedelta(days=random.randrange(0, 3) * 365)
    before = {
        "started": started, "ended": here + timedelta(days=60), "unit": "外省某社会工作服务中心", "duty": "一线社会工作",
        "in_province": False, "witness": "周主任",
    }  # fmt: skip
    since = {
        "started": here,
        "unit": unit.name,
        "duty": "项目管理和督导",
        "in_province": True,
        "witness": "王理事长",
    }
    posts = [{"unit": unit.name, "title": random.choice(TITLES), "started": here, "primary": True}]
    if random.random() < 0.3:
        posts.append({"unit": "浙江某学院", "title": "兼职讲师"})
    return {"posts": posts, "intervals": [before, since] if here > started else [since]}


# All that is typed, kept in one act: section by section it would be ten acts a dossier.
WHOLE = replace(SECTIONS[0], fields=tuple(name for section in SECTIONS[:-1] for name in section.fields))


def draft(
    world: World, round_: Round, unit: Organisation, *, route: str, category: str = "", complete: bool = True
) -> Nomination:
    """A dossier made by the unit's clerk; an incomplete one stops after its first section."""
    clerk = world.clerks[unit.pk]
    on = round_.rulebook.reference_date
    born = on - timedelta(days=world.random.randrange(30 * 365, 54 * 365))
    number = id_number(world, born, female=world.random.random() < 0.7)
    row = actions.create(
        round_, by=clerk, name=world.name(), id_number=number, route=route, category=category
    )
    facts = career(world, on) | _path(world, unit, on)
    start = clock.today() - timedelta(days=12)
    facts |= {"unit_notice_from": start, "unit_notice_until": start + timedelta(days=11)}
    row = actions.save_section(row, WHOLE if complete else SECTIONS[0], by=clerk, values=facts)
    if not complete:
        return row
    files.attach(row, clerk)
    return actions.sign(row, by=clerk, declared=DECLARED)


def submitted(
    world: World, round_: Round, unit: Organisation, *, route: str, category: str = ""
) -> Nomination:
    """A dossier sent to its first desk."""
    return actions.submit(
        draft(world, round_, unit, route=route, category=category), by=world.clerks[unit.pk]
    )


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
