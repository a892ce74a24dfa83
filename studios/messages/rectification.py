"""Who is told of what must be put right."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from studios.messages.report import CITY_IS_TOLD
from studios.messages.studio import instant, tell
from studios.models import Rectification, Studio
from studios.queries import rectification as queries
from studios.queries import studio as studios
from workflow.actor import Actor


def page_of(row: Rectification) -> str:
    """Its page."""
    return reverse("rectification_detail", args=[row.studio_id, row.pk])


def _facts(row: Rectification) -> dict[str, object]:
    return {"studio": row.studio.name, "item": row.item, "due": row.due_on.isoformat() if row.due_on else "—"}


def filed(row: Rectification, *, by: Actor) -> None:
    """The managers, who judge it."""
    tell(
        studios.managers(),
        event=f"rectification.filed:{row.pk}:{instant()}",
        kind="rectification.filed",
        about=row,
        but=by,
        path=page_of(row),
        subject=lambda: _("%(studio)s已报送整改情况，待审核") % _facts(row),
        body=lambda: row.item,
    )


def judged(row: Rectification, *, by: Actor) -> None:
    """Those who reported it."""
    accepted = row.state == Rectification.State.ACCEPTED
    kind = "rectification.accepted" if accepted else "rectification.sent_back"

    def subject() -> str:
        text = _("%(studio)s的整改事项已通过") if accepted else _("%(studio)s的整改事项退回继续整改")
        return text % _facts(row)

    tell(
        queries.owners_of(row),
        event=f"{kind}:{row.pk}:{instant()}",
        kind=kind,
        about=row,
        but=by,
        path=page_of(row),
        subject=subject,
        body=lambda: (
            row.item + (_("。审核意见：%(remarks)s") % {"remarks": row.remarks} if row.remarks else "")
        ),
    )


def all_put_right(studio: Studio, *, by: Actor) -> None:
    """The studio goes on."""
    tell(
        studios.concerned_with(studio),
        event=f"rectification.done:{studio.pk}:{instant()}",
        kind="rectification.done",
        about=studio,
        but=by,
        path=reverse("studio_detail", args=[studio.pk]),
        subject=lambda: _("%(studio)s整改通过，恢复运行") % {"studio": studio.name},
        body=lambda: _("考核提出的整改事项全部通过审核。"),
    )


def reminded(row: Rectification, level: int, passed: int) -> None:
    """The owner always; once it is late the managers too, from ten working days the city."""
    told: list[User] = list(queries.owners_of(row))
    if level > 0:
        told += studios.managers()
    if level >= CITY_IS_TOLD:
        told += studios.officers_of(row.studio)
    facts = {**_facts(row), "days": abs(passed)}
    tell(
        told,
        event=f"rectification.reminded:{row.pk}:{level}",
        kind="rectification.reminded",
        about=row,
        path=page_of(row),
        subject=lambda: _late_or_soon(passed) % facts,
        body=lambda: _("整改事项：%(item)s。整改期限%(due)s。") % facts,
    )


def _late_or_soon(passed: int) -> str:
    if passed < 0:
        return _("%(studio)s的整改还有%(days)s个工作日到期。")
    if passed == 0:
        return _("%(studio)s的整改今天到期。")
    return _("%(studio)s的整改已逾期%(days)s个工作日。")
