"""How the studios were set up: the rules they stand under, their plans, mentees, agreements; one plan that waits for its city."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from accounts.models import User
from accounts.roles import Role
from config.demo.days import on
from config.demo.world import World
from studios.actions import agreement, plan, programme, studio
from studios.models import Mentorship, Studio, StudioPlan
from studios.rules.programme import default

ADOPTED, AMENDED = date(2024, 10, 8), date(2026, 11, 16)
WRITTEN = date(2024, 11, 6)
MENTEES = ("林子墨", "郭一凡", "何思远", "罗雨桐", "梁书瑶")
TEAM = (
    ("督导和项目管理", "社会工作师"),
    ("小组和社区活动", "助理社会工作师"),
    ("站点联络和记录", "助理社会工作师"),
)
NAMES = ("吴佩兰", "徐景行", "潘晓月", "沈知远", "冯若溪", "曹云舒", "金泽宇", "卢思齐", "戴文静", "姚书航")
BASIS = "浙江省社会工作领军人才工作室管理办法（试行），浙民慈〔2024〕36号"


def rules(world: World) -> None:
    """The first version of the rules for studios, adopted before the first agreement."""
    with on(ADOPTED):
        proposal = programme.propose(
            by=world.staff["manager"], content=default().to_dict(), basis=BASIS, effective_from=ADOPTED,
            reason="首批工作室签约前发布试行规则。",
        )  # fmt: skip
        programme.adopt(proposal, by=world.staff["leader"])


def amendment(world: World, until: date) -> None:
    """A second version waits for the leader, where the demo stands late enough."""
    if until < AMENDED:
        return
    with on(AMENDED):
        content = {**default().to_dict(), "record_days": 7, "sample_share": 15}
        programme.propose(
            by=world.staff["manager"], content=content, basis="浙民慈〔2026〕21号", effective_from=date(2027, 1, 1),
            reason="缩短活动登记期限，提高抽查比例。",
        )  # fmt: skip


def station_names(row: Studio) -> tuple[str, str]:
    """The two stations that a studio works with; the second lies in the hills."""
    return f"{row.host.area}东街社工站", f"{row.host.area}山前乡社工站"


def planned(world: World, row: Studio, number: int) -> None:
    """The plan as the lead wrote it, the city endorsed it and the province approved it."""
    with on(WRITTEN, 9, number):
        sent = _submitted(row, number)
    with on(WRITTEN, 14, number):
        sent = plan.endorse(sent, by=_endorser(world, row), opinion="目标明确，任务可行，同意上报。")
    with on(WRITTEN, 16, number):
        plan.approve(sent, by=world.staff["manager"])


def _submitted(row: Studio, number: int) -> StudioPlan:
    lead = row.lead
    assert lead is not None
    draft = row.plans.get()
    first = draft.content["first_year"]
    Mentorship.objects.bulk_create(
        Mentorship(
            studio=row, name=name, year=first, since=date(first - 1, 11, 6),
            person_key=sha256(f"demo-mentee-{row.pk}-{name}".encode()).hexdigest(),
        )
        for name in MENTEES
    )  # fmt: skip
    written = plan.write(draft, by=lead, content=_content(row, draft.content, number))
    return plan.submit(written, by=lead)


def _content(row: Studio, drafted: dict[str, Any], number: int) -> dict[str, Any]:
    first, near_far = drafted["first_year"], station_names(row)
    tasks = [
        {**task, "target": str(Decimal(task["target"]) + number % 3 * 2)}
        if task["code"] == "community"
        else task
        for task in drafted["tasks"]
    ]
    people = [row.recognition.name_key, NAMES[number % 10], NAMES[(number + 3) % 10]]
    return {
        **drafted,
        "tasks": tasks,
        "goals": [
            {"text": "带教社会工作者15名", "measure": "其中5名取得社会工作师证书", "by_year": first + 2},
            {"text": "形成可推广的服务案例3个", "measure": "案例入省级案例库", "by_year": first + 2},
            {
                "text": "两个合作站点能独立开展个案和小组",
                "measure": "站点自评和市级抽查",
                "by_year": first + 1,
            },
        ],
        "team": [
            {"name": name, "post": post, "certificate": level}
            for name, (post, level) in zip(people, TEAM, strict=True)
        ],
        "stations": [
            {"point": "", "name": near_far[0], "weaker_area": False},
            {"point": "", "name": near_far[1], "weaker_area": True},
        ],
    }


def _endorser(world: World, row: Studio) -> User:
    office = row.city_id or row.county_id
    return world.officers[office] if office in world.officers else world.staff["manager"]


def drawn_up(world: World, row: Studio, number: int, *, serial: str, award: Decimal, site: str) -> None:
    """The agreement's first version, with the host unit's account."""
    agreement.draw_up(
        row, by=world.staff["manager"], agreement_number=serial, award=award, site=site, account_name=row.host.name,
        account_bank="中国农业银行示例支行", account_number=f"1900010104{number:04d}4417",
    )  # fmt: skip


def waiting(world: World) -> None:
    """Of the new studios one has a lead, and a plan that waits for its city."""
    fresh = Studio.objects.filter(state=Studio.State.PREPARING).exclude(city=None)
    row = fresh.select_related("host", "recognition__round", "city").order_by("pk").first()
    if row is None:
        return
    lead = world.person("lead_new", Role.STUDIO_LEAD, row.host, row.recognition.name_key)
    _submitted(studio.name_lead(row, by=world.staff["manager"], lead=lead), 1)
