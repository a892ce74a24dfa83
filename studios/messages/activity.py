"""What those concerned with an activity are told."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from studios.messages.studio import instant, tell
from studios.models import Activity
from studios.queries import activity as queries
from studios.queries import studio as studios
from workflow.actor import Actor


def page_of(activity: Activity) -> str:
    """The activity's page."""
    return reverse("activity_detail", args=[activity.studio_id, activity.pk])


def _facts(activity: Activity, said: str = "") -> dict[str, object]:
    return {
        "studio": activity.studio.name,
        "title": activity.title,
        "day": activity.held_on.isoformat(),
        "station": activity.station_name,
        "said": said or activity.reason,
    }


def cosigned(activity: Activity) -> None:
    """The studio: the station has confirmed."""
    tell(
        queries.owners_of(activity),
        event=f"activity.cosigned:{activity.pk}:{instant()}",
        kind="activity.cosigned",
        about=activity,
        path=page_of(activity),
        subject=lambda: _("%(station)s已确认活动“%(title)s”") % _facts(activity),
        body=lambda: _("%(day)s的活动“%(title)s”已由%(station)s确认属实。") % _facts(activity),
    )


def disputed(activity: Activity) -> None:
    """The studio, and its city's officers: the station does not confirm."""
    tell(
        [*queries.owners_of(activity), *studios.officers_of(activity.studio)],
        event=f"activity.disputed:{activity.pk}:{instant()}",
        kind="activity.disputed",
        about=activity,
        path=page_of(activity),
        subject=lambda: _("%(station)s反映活动“%(title)s”不属实") % _facts(activity),
        body=lambda: _("%(studio)s%(day)s的活动“%(title)s”，%(station)s反映：%(said)s") % _facts(activity),
    )


def judged(activity: Activity, *, by: Actor, said: str) -> None:
    """The studio: verified, or why not."""
    true = activity.state == Activity.State.VERIFIED

    def subject() -> str:
        words = _("活动“%(title)s”经核实属实") if true else _("活动“%(title)s”列为存疑")
        return words % _facts(activity)

    tell(
        queries.owners_of(activity),
        event=f"activity.judged:{activity.pk}:{instant()}",
        kind="activity.judged",
        about=activity,
        but=by,
        path=page_of(activity),
        subject=subject,
        body=lambda: _("%(studio)s%(day)s的活动“%(title)s”：%(said)s") % _facts(activity, said),
    )
