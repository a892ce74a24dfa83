"""What is done with a studio's plan: written, submitted, endorsed, returned, approved, amended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.rules.privacy import exposures
from studios import policies
from studios.errors import PersonalData
from studios.messages import plan as messages
from studios.models import (
    PartnerStation,
    ServicePoint,
    Studio,
    StudioGoal,
    StudioPlan,
    StudioTask,
    TeamMember,
)
from studios.rules import plan as rules
from workflow import clock, door, kinds, ledger
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.rules.chain import canonical

BEGUN = kinds.named("plan.begin", gettext_lazy("起草工作室计划"))
WRITTEN = kinds.named("plan.write", gettext_lazy("修改工作室计划"))


def begin(studio: Studio) -> StudioPlan:
    """The first plan of a new studio, with the tasks that the rules ask; inside the act that makes the studio."""
    day = studio.recognition.recognised_on or clock.today()
    first = rules.first_year_of(day.month, day.year)
    return StudioPlan.objects.create(
        studio=studio, version=1, content=rules.empty(studio.programme, first), drafted_at=clock.now()
    )


def _noted(plan: StudioPlan, by: Actor, kind: str, **said: Any) -> None:
    digest = sha256(canonical(plan.content)).hexdigest()
    payload = {"version": plan.version, "digest": digest, **said}
    ledger.append(by, chain=plan.chain_key, kind=kind, subject=subject_of(plan), payload=payload)


@door.act
def amend(studio: Studio, *, by: Actor, reason: str) -> StudioPlan:
    """Begin the next version, a copy of what holds; the first one where a studio has none."""
    row = door.locked(studio)
    if not policies.may_write_plan(row, by):
        raise NotPermitted(_("只有领军人才可以起草计划。"))
    if row.state not in Studio.LIVING:
        raise StepRefused(_("工作室已结束。"), code="studio_ended")
    if row.plans.filter(state__in=StudioPlan.OPEN).exists():
        raise StepRefused(_("已有一版计划正在办理。"), code="plan_open")
    last = row.plans.order_by("-version").first()
    if last is None:
        plan = begin(row)
    else:
        plan = StudioPlan.objects.create(
            studio=row, version=last.version + 1, content=deepcopy(last.content), amendment_reason=reason,
            drafted_at=clock.now(),
        )  # fmt: skip
    _noted(plan, by, BEGUN, reason=reason)
    return plan


@door.act
def write(plan: StudioPlan, *, by: Actor, content: Mapping[str, Any]) -> StudioPlan:
    """Keep what was typed, complete or not. Years that are over keep the tasks they had."""
    row = door.locked(plan)
    if not policies.may_write_plan(row, by):
        raise NotPermitted(_("只有领军人才可以起草计划。"))
    if row.state not in StudioPlan.WRITABLE:
        raise StepRefused(_("计划已提交，退回后方可修改。"), code="wrong_state")
    if exposures(_texts(content)):
        raise PersonalData(_("文字中有疑似身份证号、手机号或银行卡号，请删去。"))
    row.content = dict(content)
    row.save(update_fields=["content"])
    _noted(row, by, WRITTEN)
    return row


def _texts(content: Mapping[str, Any]) -> dict[str, str]:
    """Everything that was typed freely; the code of a registered station is no such text."""
    words = {"goals": ("text", "measure"), "team": ("name", "post"), "stations": ("name",)}
    return {
        section: "\n".join(str(row.get(name) or "") for row in content.get(section) or () for name in names)
        for section, names in words.items()
    }


@door.act
def submit(plan: StudioPlan, *, by: Actor) -> StudioPlan:
    """Hand it to the city."""
    moved = door.take(plan, "submit", by=by, at=clock.now(), payload={"version": plan.version})
    messages.submitted(moved, by=by)
    return moved


@door.act
def endorse(plan: StudioPlan, *, by: Actor, opinion: str) -> StudioPlan:
    """The city agrees, with its opinion."""
    assert isinstance(by, User)  # nobody else holds the role
    moved = door.take(
        plan, "endorse", by=by, officer=by, at=clock.now(), opinion=opinion, payload={"opinion": opinion}
    )
    messages.endorsed(moved, by=by)
    return moved


@door.act
def send_back(plan: StudioPlan, *, by: Actor, reason: str) -> StudioPlan:
    """Say what has to be changed."""
    moved = door.take(plan, "send_back", by=by, reason=reason)
    messages.returned(moved, by=by)
    return moved


@door.act
def send_back_from_province(plan: StudioPlan, *, by: Actor, reason: str) -> StudioPlan:
    """The province says what has to be changed; the city looks at it again."""
    moved = door.take(plan, "send_back_from_province", by=by, reason=reason)
    messages.returned(moved, by=by)
    return moved


@door.act
def approve(plan: StudioPlan, *, by: Actor) -> StudioPlan:
    """The province approves: what the plan says holds from today, and the version before is replaced."""
    assert isinstance(by, User)
    studio = door.locked(plan.studio)
    door.hold(studio.plans.filter(state__in=(StudioPlan.State.APPROVED, StudioPlan.State.ENDORSED)))
    for earlier in studio.plans.filter(state=StudioPlan.State.APPROVED).exclude(pk=plan.pk):
        door.take(earlier, "replace", by=SYSTEM)
    payload = {"digest": sha256(canonical(plan.content)).hexdigest(), "version": plan.version}
    moved = door.take(plan, "approve", by=by, approver=by, at=clock.now(), payload=payload)
    _apply(moved, studio)
    messages.approved(moved, by=by)
    return moved


# What holds ----------------------------------------------------------------------------------------------------------


def _apply(plan: StudioPlan, studio: Studio) -> None:
    content = plan.content
    studio.goal_rows.all().delete()
    StudioGoal.objects.bulk_create(
        StudioGoal(studio=studio, text=g["text"], measure=g["measure"], by_year=g["by_year"])
        for g in content["goals"]
    )
    _apply_tasks(studio, content["tasks"])
    _apply_team(studio, content["team"])
    _apply_stations(studio, content["stations"])


def _apply_tasks(studio: Studio, rows: Sequence[Mapping[str, Any]]) -> None:
    """A year that is over keeps its tasks: what was reached in it is measured by what was asked then."""
    kept = set(studio.tasks.filter(year__lt=clock.today().year).values_list("year", flat=True))
    studio.tasks.exclude(year__in=kept).delete()
    StudioTask.objects.bulk_create(
        StudioTask(
            studio=studio, year=t["year"], code=t["code"], name=t["name"], unit=t["unit"],
            target=rules.number(t["target"]) or 0,
        )
        for t in rows
        if t["year"] not in kept
    )  # fmt: skip


def _apply_team(studio: Studio, rows: Sequence[Mapping[str, Any]]) -> None:
    today, wanted = clock.today(), {row["name"]: row for row in rows}
    present = {member.name: member for member in studio.team.filter(until=None)}
    for name, member in present.items():
        if name not in wanted:
            member.until = max(today, member.since)
        else:
            member.post, member.certificate = wanted[name]["post"], wanted[name]["certificate"]
    TeamMember.objects.bulk_update(present.values(), ["post", "certificate", "until"])
    TeamMember.objects.bulk_create(
        TeamMember(studio=studio, name=name, post=row["post"], certificate=row["certificate"], since=today)
        for name, row in wanted.items()
        if name not in present
    )


def _apply_stations(studio: Studio, rows: Sequence[Mapping[str, Any]]) -> None:
    today, wanted = clock.today(), {row["name"]: row for row in rows}
    points = {
        point.code: point
        for point in ServicePoint.objects.filter(code__in=[row.get("point") or "" for row in rows])
    }
    present = {station.name: station for station in studio.stations.filter(until=None)}
    for name, station in present.items():
        if name not in wanted:
            station.until = max(today, station.since)
        else:
            station.weaker_area = bool(wanted[name]["weaker_area"])
            station.point = points.get(wanted[name].get("point") or "")
    PartnerStation.objects.bulk_update(present.values(), ["weaker_area", "point", "until"])
    PartnerStation.objects.bulk_create(
        PartnerStation(
            studio=studio, name=name, point=points.get(row.get("point") or ""),
            weaker_area=bool(row["weaker_area"]), since=today,
        )
        for name, row in wanted.items()
        if name not in present
    )  # fmt: skip
