"""Who hears of a reported change: the office that settles it and the city; the studio what became of it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from studios.messages.studio import tell
from studios.models import ReportedChange
from studios.queries import studio as queries
from workflow.actor import Actor


def page_of(change: ReportedChange) -> str:
    """The page of a change."""
    return reverse("change_detail", args=[change.studio_id, change.pk])


def filed(change: ReportedChange, *, by: Actor) -> None:
    """The managers and the city's officers."""
    words = {"studio": change.studio.name, "told": change.told}
    people = [*queries.managers(), *queries.officers_of(change.studio)]

    def body() -> str:
        text = _("%(studio)s报告：%(kind)s。%(told)s") % {**words, "kind": change.get_kind_display()}
        if change.late_days:
            text += _("超过应报告日期%(n)s天。") % {"n": change.late_days}
        return text + (_("工作室已随报告暂停。") if change.suspended_at_once else "")

    tell(
        people, event=f"change.filed:{change.pk}", kind="change.filed", about=change, path=page_of(change), but=by,
        subject=lambda: _("%(studio)s报告变更事项") % words, body=body,
    )  # fmt: skip


def settled(change: ReportedChange, *, by: Actor) -> None:
    """The studio, its host and its city."""
    words = {"studio": change.studio.name, "remarks": change.remarks}

    def body() -> str:
        done = {"state": change.get_state_display(), "effect": change.get_effect_display(), **words}
        return _("%(studio)s报告的变更%(state)s。%(effect)s %(remarks)s") % done

    tell(
        queries.concerned_with(change.studio), event=f"change.settled:{change.pk}", kind="change.settled",
        about=change, path=page_of(change), but=by,
        subject=lambda: _("%(studio)s的变更报告已处理") % words, body=body,
    )  # fmt: skip
