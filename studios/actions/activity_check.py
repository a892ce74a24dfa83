"""The office's side of activities: a quarter's sample, the calls to the stations, certificates of volunteers' hours."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from studios import policies
from studios.actions import activity as actions
from studios.models import Activity, ActivitySample, HoursCertificate, SampledActivity, Studio
from studios.models.programme import in_force, rules_of
from studios.queries import activity as activities
from studios.queries import activity_check as queries
from studios.rules import activity as rules
from workflow import clock, door, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

ledger.LABELS |= {
    "activity.sample": gettext_lazy("抽取季度抽查"),
    "activity.call": gettext_lazy("抽查回访"),
    "studio.certify_hours": gettext_lazy("出具志愿服务时长证明"),
}


def draw_sample(*, by: Actor, quarter: str, seed: str) -> ActivitySample:
    """Draw a quarter's sample, once, after its end; the seed and the population make it drawable again."""
    return _drawn(by=by, quarter=quarter, seed=seed)


@door.act
def _drawn(*, by: Actor, quarter: str, seed: str) -> ActivitySample:
    if not by.holds(Role.MANAGER):
        raise NotPermitted(_("抽查由省级处室抽取。"))
    ledger.queue_up("studios")  # two at once: the second finds the first's sample
    if rules.days_of(quarter)[1] >= clock.today():
        raise StepRefused(_("该季度尚未结束。"), code="quarter_running")
    if ActivitySample.objects.filter(quarter=quarter).exists():
        raise StepRefused(_("该季度已经抽取，不能重抽。"), code="already_drawn")
    ids = queries.population(quarter)
    if not ids:
        raise StepRefused(_("该季度没有站点已确认的活动。"), code="nothing_to_sample")
    return _kept(by, quarter, seed, ids)


def _kept(by: Actor, quarter: str, seed: str, ids: list[int]) -> ActivitySample:
    assert isinstance(by, User)
    sample = ActivitySample.objects.create(
        quarter=quarter,
        seed=seed,
        share=rules_of(in_force()).sample_share,
        population=ids,
        drawn_by=by,
        drawn_at=clock.now(),
    )
    chosen = rules.sample(seed, ids, sample.share)
    SampledActivity.objects.bulk_create(
        SampledActivity(sample=sample, activity_id=pk, position=place)
        for place, pk in enumerate(chosen, start=1)
    )
    said = {"quarter": quarter, "seed": seed, "population": len(ids), "sample": chosen}
    ledger.append(
        by, chain=sample.chain_key, kind="activity.sample", subject=subject_of(sample), payload=said
    )
    return sample


@door.act
def record_call(
    activity: Activity, *, item: SampledActivity, by: Actor, result: str, note: str
) -> SampledActivity:
    """What the station said on the telephone; the activity is verified or questioned by it."""
    row = door.locked(activity)
    if not policies.may_verify_activity(row, by):
        raise NotPermitted(_("您的身份不能记录这次回访。"))
    item = SampledActivity.objects.get(pk=item.pk)  # as it stands now that the activity is locked
    if item.result in (SampledActivity.Result.CONFIRMED, SampledActivity.Result.DOUBTFUL):
        raise StepRefused(_("这次活动已有回访结果。"), code="already_called")
    assert isinstance(by, User)
    item.result, item.note, item.called_by, item.called_at = result, note, by, clock.now()
    item.save(update_fields=["result", "note", "called_by", "called_at"])
    ledger.append(
        by,
        chain=row.chain_key,
        kind="activity.call",
        subject=subject_of(row),
        payload={"result": result, "note": note},
    )
    _follow(row, by, result, note)
    return item


def _follow(row: Activity, by: Actor, result: str, note: str) -> None:
    if result == "confirmed" and row.state in ("cosigned", "questioned"):
        actions.verify(row, by=by, reason=note)
    elif result == "doubtful" and row.state in ("cosigned", "verified"):
        actions.question(row, by=by, reason=note)


@door.act
def certify_hours(studio: Studio, *, by: Actor, name: str) -> HoursCertificate:
    """Certify what a volunteer, who gave the name, has given to this studio until today."""
    studio = door.locked(studio)
    if not policies.may_record_activity(studio, by):
        raise NotPermitted(_("您的身份不能出具本工作室的证明。"))
    given = next((v for v in activities.volunteers_of(studio) if v.name == name), None)
    if given is None:
        raise StepRefused(_("没有该志愿者经站点确认的服务时长。"), code="no_hours")
    assert isinstance(by, User)
    certificate = HoursCertificate.objects.create(
        number=f"ZY{clock.today().year}-{secrets.token_hex(4).upper()}", studio=studio, name=name, hours=given.hours,
        starts_on=given.starts_on, ends_on=given.ends_on, issued_by=by, issued_at=clock.now(),
    )  # fmt: skip
    said = {"number": certificate.number, "hours": str(given.hours)}
    ledger.append(
        by, chain=studio.chain_key, kind="studio.certify_hours", subject=subject_of(studio), payload=said
    )
    return certificate
