"""Studios as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from studios.forms.studio import FORMS, LATE
from studios.models import Studio
from studios.queries import studio as queries
from workflow import clock, collections, ledger, todo
from workflow.actor import Actor
from workflow.todo import Todo

ledger.LABELS.update(
    {
        "studio.establish": _("设立工作室"),
        "studio.plan_reports": _("生成报告任务"),
        "studio.plaque": _("编定铭牌号"),
    }
)


def iso(value: date | None) -> str | None:
    """A day or an instant (with its offset) as the API writes it."""
    return (
        (value.astimezone(clock.ZONE) if isinstance(value, datetime) else value).isoformat()
        if value
        else None
    )


def represent(studio: Studio, _actor: Actor) -> dict[str, Any]:
    """A studio, JSON-ready."""
    agreement = getattr(studio, "agreement", None)
    return {
        "id": studio.pk,
        "name": studio.name,
        "state": studio.state,
        "recognition": studio.recognition_id,
        "talent": studio.recognition.name_key,
        "round": studio.recognition.round.code,
        "host": {"id": studio.host_id, "name": studio.host.name},
        "city": studio.city.name if studio.city else None,
        "county": studio.county.name if studio.county else None,
        "lead": studio.lead.name if studio.lead else None,
        "site": studio.site,
        "goals": studio.goals,
        "established_at": iso(studio.established_at),
        "active_from": iso(studio.active_from),
        "ends_on": iso(studio.ends_on),
        "plaque_number": studio.plaque_number,
        "agreement": {
            "number": agreement.number,
            "award": str(agreement.award),
            "shares": agreement.shares,
            "signed_on": iso(agreement.signed_on),
        }
        if agreement
        else None,
    }


def url(studio: Studio) -> str:
    """The studio's page."""
    return reverse("studio_detail", args=[studio.pk])


collections.register(
    collections.Collection(
        name="studios",
        model=Studio,
        visible_to=queries.studios_visible_to,
        represent=represent,
        url=url,
        forms=FORMS,
        filters=("state", "city", "host"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the manager studios to set up, for the city its late ones."""
    if actor.holds(Role.MANAGER):
        yield from _to_set_up()
    if actor.holds(Role.BUREAU_OFFICER) and actor.organisation_id is not None:
        yield from _late(actor)


def _to_set_up() -> Iterator[Todo]:
    rows = Studio.objects.filter(state__in=(Studio.State.PREPARING, Studio.State.AGREED))
    facts = list(rows.values_list("state", "lead_id"))
    wanting = sum(lead is None for _state, lead in facts)
    agreed = sum(state == Studio.State.AGREED for state, _lead in facts)
    preparing = queries.wanting(Studio.objects.all(), "record").count() if len(facts) > agreed else 0
    if wanting:
        title = ngettext("%(n)s个工作室未指定领军人才账号", "%(n)s个工作室未指定领军人才账号", wanting)
        yield _listed(title, wanting, "?wanting=lead", "user-question")
    if preparing:
        title = ngettext("%(n)s个工作室待登记协议", "%(n)s个工作室待登记协议", preparing)
        yield _listed(title, preparing, "?wanting=record", "signature")
    if agreed:
        title = ngettext("%(n)s个工作室待开始运行", "%(n)s个工作室待开始运行", agreed)
        yield _listed(title, agreed, "?state=agreed", "player-play")


def _listed(title: str, count: int, query: str, icon: str) -> Todo:
    return Todo(title % {"n": count}, reverse("studio_list") + query, icon=icon, count=count)


def _late(actor: Any) -> Iterator[Todo]:
    lights = queries.lights_today()
    count = queries.with_oldest_due(queries.studios_visible_to(actor)).filter(lights.late()).count()
    if count:
        title = ngettext("%(n)s个工作室有逾期报告", "%(n)s个工作室有逾期报告", count) % {"n": count}
        link = f"{reverse('studio_list')}?light={LATE}"
        yield Todo(
            title,
            link,
            note=gettext("请督促提交；满20个工作日停止拨款。"),
            icon="alert-triangle",
            count=count,
        )
