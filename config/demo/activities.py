"""A year of activities of the ten studios. Those of the past are rows in bulk, without ledger; the last few went through the door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from config.demo import setup
from config.demo.days import on
from config.demo.studios import SUSPENDED
from config.demo.world import World
from selection.models import Round
from studios.actions import activity as actions
from studios.actions import activity_check
from studios.models import Activity, ActivityPerson, ActivityPhoto, ServiceGroup, Studio
from studios.rules import activity as rules
from workflow import clock

BEGUN = date(2025, 12, 3)
SUSPENDED_ON = date(2026, 10, 19)
ROUNDING, REUSING, HURRYING = 4, 3, 8  # places of the studios whose records look odd
KINDS = (
    ("community", "邻里议事会", "community", 45), ("themed", "世界儿童日权益课堂", "children", 38), ("training", "社工实务沙龙", "other", 24),
    ("supervision", "返岗社工督导会", "other", 6), ("case", "个案会谈", "relief", 2), ("outreach", "独居老人入户探访", "elderly", 17),
    ("group", "我的情绪我做主小组", "children", 9), ("supervision", "站点月度督导", "other", 7), ("community", "楼道微更新工作坊", "community", 31),
)  # fmt: skip
MENTEES = ("陈一鸣", "周以宁", "郑书禾", "方知夏", "叶青川")
VOLUNTEERS = ("王芳", "李晓雷", "何静", "孙立新")


def past(round_: Round, until: date) -> None:
    """From the second year's beginning until the day on which the demo stands."""
    chance = Random("activities")  # its own: what others draw stays as it was
    studios = _studios(round_)
    rows: list[Activity] = []
    for place, studio in enumerate(studios):
        rows += _of_studio(studio, place, chance, until)
    Activity.objects.bulk_create(rows)
    ActivityPerson.objects.bulk_create(_workers(rows, chance))
    ActivityPhoto.objects.bulk_create(_photos(rows, studios[REUSING].pk))


def run(world: World, round_: Round, until: date) -> None:
    """What came of the sample, and the last days of one studio."""
    _sample(world, until)
    _latest(_studios(round_)[0], until)


def _studios(round_: Round) -> list[Studio]:
    rows = Studio.objects.filter(recognition__round=round_)
    return list(rows.select_related("lead", "host", "recognition").order_by("pk"))


def _of_studio(studio: Studio, place: int, chance: Random, until: date) -> Iterator[Activity]:
    last = min(until - timedelta(days=9), SUSPENDED_ON if place == SUSPENDED else until)
    group = ServiceGroup.objects.create(
        studio=studio,
        name="我的情绪我做主",
        goals="学会识别和表达情绪。",
        members_planned=10,
        sessions_planned=6,
    )
    partners = {station.name: station for station in studio.stations.all()}
    day, number, session = BEGUN + timedelta(days=place), 0, 0
    while day <= last:
        kind, title, field, usual = KINDS[number % len(KINDS)]
        number += 1
        session += kind == "group"
        in_group = kind == "group" and session <= group.sessions_planned
        times = max(1, usual + chance.randrange(-usual // 4, usual // 4 + 1))
        times = max(10, round(times, -1)) if place == ROUNDING else times
        held = datetime.combine(day, time(9 + number % 2 * 5), clock.ZONE)
        yield Activity(
            studio=studio, kind=kind, title=title, field=field, held_on=day, starts_at=held.time(),
            ends_at=(held + timedelta(hours=2)).time(), due_on=rules.due_on(day), place=_station(studio, number),
            venue_capacity=50, station_name=_station(studio, number), station=partners.get(_station(studio, number)), station_contact="值班社工",
            station_phone="0571-00000000", attendances=times, people=max(1, times - number % 4),
            group=group if in_group else None, session_number=session if in_group else None,
            case_code=f"GA-{studio.pk:03d}-{number // 18 + 1:02d}" if kind == "case" else "",
            volunteers=number % 3, volunteer_hours=Decimal(number % 3 * 2), summary="按计划开展，站点工作人员全程参与。",
            satisfaction_count=20 if kind == "training" else None, satisfied_count=18 if kind == "training" else None,
            faces_masked=True, recorded_by=studio.lead, recorded_at=held + timedelta(days=1), **_signed(held, place, number),
        )  # fmt: skip
        day += timedelta(days=chance.randrange(4, 9))


def _signed(held: datetime, place: int, number: int) -> dict[str, object]:
    """Handed in some days after, in one go before a report where the studio was in a hurry; then co-signed."""
    sent = held + timedelta(days=1 + number % 5)
    if place == HURRYING and date(2026, 9, 1) <= held.date() <= date(2026, 10, 12):
        sent = datetime(2026, 10, 19, 21, number % 60, tzinfo=clock.ZONE)
    found: dict[str, object] = {"submitted_at": sent, "submitted_on": sent.date()}
    if number % 23 == 0:
        return {**found, "state": "submitted"}
    return {**found, "state": "cosigned", "cosigned_at": sent + timedelta(hours=20)}


def _station(studio: Studio, number: int) -> str:
    return setup.station_names(studio)[0 if number % 3 else 1]


def _workers(rows: list[Activity], chance: Random) -> Iterator[ActivityPerson]:
    for row in rows:
        yield ActivityPerson(activity=row, part="lead", name=row.studio.recognition.name_key, hours=2)
        if row.kind == "supervision":
            for name in MENTEES:
                yield ActivityPerson(activity=row, part="mentee", name=name, hours=2)
        for name in chance.sample(VOLUNTEERS, row.volunteers):
            yield ActivityPerson(activity=row, part="volunteer", name=name, hours=2)


def _photos(rows: list[Activity], reusing: int) -> Iterator[ActivityPhoto]:
    """One small picture each; one studio sends the same one twice."""
    again = [row for row in rows if row.studio_id == reusing and row.kind == "community"][-2:]
    for number, row in enumerate(rows):
        content = _picture(number if row not in again else -1)
        digest = sha256(content).hexdigest()
        place = default_storage.save(f"activities/demo-{number}.png", ContentFile(content))
        yield ActivityPhoto(
            activity=row, file=place, mime="image/png", size=len(content), sha256=digest, source_sha256=digest
        )


def _picture(number: int) -> bytes:
    shade, out = (number * 7 % 200 + 30, number // 200 % 200 + 30, 120), BytesIO()
    Image.new("RGB", (160, 120), shade).save(out, "PNG")
    return out.getvalue()


def _sample(world: World, until: date) -> None:
    """The last quarter that is over was drawn on the tenth day after it; the first stations have been called."""
    first, _last = rules.days_of(rules.quarter_of(until))
    if until < first + timedelta(days=12):
        return
    with on(first + timedelta(days=9), 9):
        sample = activity_check.draw_sample(
            by=world.staff["manager"],
            quarter=rules.quarter_of(first - timedelta(days=1)),
            seed="福彩3D 2026270期 4 0 7",
        )
    with on(first + timedelta(days=11), 10):
        for number, item in enumerate(sample.items.select_related("activity")[:4]):
            result, note = (
                ("doubtful", "站点值班人员记得当天人数不到一半。")
                if number == 3
                else ("confirmed", "站点负责人确认属实。")
            )
            activity_check.record_call(
                item.activity, item=item, by=world.staff["manager"], result=result, note=note
            )


def _latest(studio: Studio, until: date) -> None:
    """One co-signed through its link, one that waits for the station, one draft."""
    for number, (title, days) in enumerate(
        (("反校园欺凌情景剧", 8), ("冬季用火安全入户", 5), ("老年大学手机课", 2))
    ):
        day = until - timedelta(days=days)
        values = {
            "kind": "community", "title": title, "field": "community", "held_on": day, "starts_at": time(14),
            "ends_at": time(16), "place": _station(studio, 1), "station_name": _station(studio, 1), "attendances": 33 + number,
            "faces_masked": True,
        }  # fmt: skip
        people = actions.People([studio.recognition.name_key], [], {"王芳": Decimal(2)})
        lead = studio.lead
        assert lead is not None
        with on(day, 17):
            row = actions.record(
                studio,
                by=lead,
                values=values,
                people=people,
                photos=[_picture(900 + number)],
                submit=days > 2,
            )
            if days == 8:
                token = actions.issue_link(row, by=lead)
                actions.cosign(row, token=token, by=actions.station_of(row))
