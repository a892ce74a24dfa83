"""Activities as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.roles import Role
from studios.collections.studio import iso
from studios.forms.activity import FORMS
from studios.messages.activity import page_of
from studios.models import Activity
from studios.queries import activity as queries
from studios.queries import activity_check as check
from workflow import collections, todo
from workflow.actor import Actor
from workflow.todo import Todo

PLAIN = (
    "kind", "title", "field", "place", "venue_capacity", "station_name", "agency", "session_number", "case_code",
    "attendances", "people", "first_time", "returning", *Activity.AGES, "volunteers", "summary", "outcome",
    "satisfaction_count", "satisfied_count", "incident", "faces_masked", "state", "reason", "station_id",
    "case_contacts", "case_goal_reached",
)  # fmt: skip


def represent(activity: Activity, _actor: Actor) -> dict[str, Any]:
    """An activity, JSON-ready. Names of volunteers and the station's telephone are not in it."""
    return {
        "id": activity.pk,
        "studio": activity.studio_id,
        **{name: getattr(activity, name) for name in PLAIN},
        "held_on": iso(activity.held_on),
        "starts_at": activity.starts_at.isoformat("minutes"),
        "ends_at": activity.ends_at.isoformat("minutes"),
        "due_on": iso(activity.due_on),
        "case_opened_on": iso(activity.case_opened_on),
        "case_closed_on": iso(activity.case_closed_on),
        "group": activity.group.name if activity.group else None,
        "volunteer_hours": str(activity.volunteer_hours),
        "submitted_at": iso(activity.submitted_at),
        "cosigned_at": iso(activity.cosigned_at),
        "late": activity.is_late,
    }


collections.register(
    collections.Collection(
        name="activities",
        model=Activity,
        visible_to=queries.activities_visible_to,
        represent=represent,
        url=page_of,
        forms=FORMS,
        filters=("state", "studio", "kind"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the studio its drafts and what a station has not confirmed; for the office the calls to make."""
    if actor.holds(Role.STUDIO_LEAD) or actor.holds(Role.STUDIO_MEMBER):
        yield from _own(actor)
    if actor.holds(Role.MANAGER) or actor.holds(Role.BUREAU_OFFICER):
        count = check.to_call(actor).count()
        if count:
            title = ngettext("%(n)s场抽查活动待回访", "%(n)s场抽查活动待回访", count) % {"n": count}
            yield Todo(title, reverse("activity_samples"), icon="phone", count=count)


def _own(actor: Any) -> Iterator[Todo]:
    rows = list(
        queries.own(actor)
        .filter(state__in=("drafted", "submitted", "questioned"))
        .values_list("state", "studio")
    )
    words: dict[str, Callable[[int], str]] = {
        "drafted": lambda n: ngettext("%(n)s条活动记录待提交", "%(n)s条活动记录待提交", n),
        "submitted": lambda n: ngettext("%(n)s场活动待站点确认", "%(n)s场活动待站点确认", n),
        "questioned": lambda n: ngettext("%(n)s场活动存疑，待说明", "%(n)s场活动存疑，待说明", n),
    }
    for state, title in words.items():
        studios = [studio for found, studio in rows if found == state]
        if studios:
            link = f"{reverse('activity_list', args=[studios[0]])}?state={state}"
            yield Todo(title(len(studios)) % {"n": len(studios)}, link, icon="calendar", count=len(studios))
