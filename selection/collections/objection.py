"""Objections, for their handlers alone, and what waits because of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.collections.notice import iso
from selection.forms.objection_steps import APPEAL_FORMS, OBJECTION_FORMS
from selection.models import Appeal, Evidence, Objection
from selection.queries.objection import (
    OPEN_APPEAL,
    appeals_visible_to,
    evidence_visible_to,
    issues_for,
    objections_visible_to,
    to_remove,
    to_revoke,
)
from workflow import todo
from workflow.actor import Actor
from workflow.collections import Collection, register
from workflow.rules.calendar import ONE_DAY, start_of
from workflow.todo import Todo


def represent(objection: Objection, _actor: Actor) -> dict[str, Any]:
    """The case without the objector and what was said: those are on the page alone, where each view is recorded."""
    return {
        "id": objection.pk,
        "notice": objection.notice.number,
        "nomination": objection.nomination_id,
        "kind": objection.kind,
        "state": objection.state,
        "channel": objection.channel,
        "grade": objection.grade,
        "lodged_at": iso(objection.lodged_at),
        "admit_due": _iso(objection.admit_due),
        "conclude_due": _iso(objection.conclude_due),
        "statement_due": _iso(objection.statement_due),
        "stated_at": iso(objection.statement_at),
        "investigators": [person.name for person in objection.investigators.all()],
        "neutral_issue": objection.neutral_issue,
        "ground": objection.ground,
        "partly": objection.partly,
        "material": objection.material,
        "decided_at": iso(objection.decided_at),
        "reply_due": _iso(objection.reply_due),
        "replied_at": iso(objection.replied_at),
        "appeal_due": _iso(objection.appeal_due),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def represent_appeal(appeal: Appeal, _actor: Actor) -> dict[str, Any]:
    """Where an appeal stands; its reasons are on the page alone."""
    return {
        "id": appeal.pk,
        "objection": appeal.objection_id,
        "state": appeal.state,
        "against": appeal.before,
        "lodged_at": iso(appeal.lodged_at),
        "decide_due": _iso(appeal.decide_due),
        "decided_at": iso(appeal.decided_at),
    }


def page_of_appeal(appeal: Appeal) -> str:
    """The page of its case."""
    return reverse("objection_detail", args=[appeal.objection_id])


def represent_evidence(evidence: Evidence, _actor: Actor) -> dict[str, Any]:
    """That there is a file; what it is and what it is called, on the page alone."""
    return {
        "id": evidence.pk,
        "objection": evidence.objection_id,
        "state": evidence.state,
        "source": evidence.source,
    }


def page_of_evidence(evidence: Evidence) -> str:
    """The page of its case."""
    return reverse("objection_detail", args=[evidence.objection_id])


def page_of(objection: Objection) -> str:
    """The handlers' page of an objection."""
    return reverse("objection_detail", args=[objection.pk])


register(
    Collection(
        name="objections",
        model=Objection,
        visible_to=lambda actor: objections_visible_to(actor).prefetch_related("investigators"),
        represent=represent,
        url=page_of,
        forms=OBJECTION_FORMS,
        filters=("state", "kind"),
    )
)
register(
    Collection(
        name="appeals",
        model=Appeal,
        visible_to=appeals_visible_to,
        represent=represent_appeal,
        url=page_of_appeal,
        forms=APPEAL_FORMS,
        filters=("state",),
    )
)
register(
    Collection(
        name="evidence",
        model=Evidence,
        visible_to=evidence_visible_to,
        represent=represent_evidence,
        url=page_of_evidence,
        forms={},
        filters=("state",),
    )
)


def _end(day: date | None) -> datetime | None:
    return start_of(day + ONE_DAY) if day else None


@todo.register
def objections_waiting(actor: Actor) -> Iterator[Todo]:
    """To admit and to conclude (manager), to investigate (whoever was named)."""
    manager = actor.holds(Role.MANAGER)
    rows = objections_visible_to(actor).filter(state__in=("lodged", "admitted"))
    for objection in rows.prefetch_related("investigators"):
        name = objection.nomination.nominee.name
        if objection.state == "lodged" and manager:
            title = _("核查举报") if objection.kind == "complaint" else _("决定是否受理异议")
            yield Todo(title, page_of(objection), _end(objection.admit_due), name, "message-report")
        elif objection.state == "admitted":
            mine = actor.id in {person.pk for person in objection.investigators.all()}
            if mine or manager:
                title = _("核查异议") if mine else _("作出异议处理结论")
                yield Todo(title, page_of(objection), _end(objection.conclude_due), name, "file-search")


@todo.register
def answers_waiting(actor: Actor) -> Iterator[Todo]:
    """Replies owed (manager) and appeals (whoever has not concluded on the case)."""
    if not (actor.holds(Role.MANAGER) or actor.holds(Role.LEADER)):
        return
    owed = Q(state__in=("inadmissible", "upheld", "dismissed"), kind="real_name", replied_at=None)
    rows = objections_visible_to(actor).filter(owed | Q(appeal__state__in=OPEN_APPEAL))
    for objection in rows.prefetch_related("investigators"):
        name, appeal = objection.nomination.nominee.name, getattr(objection, "appeal", None)
        if appeal is not None and appeal.state in OPEN_APPEAL:
            if objection.concluded_by_id != actor.id:
                yield Todo(_("决定复查"), page_of(objection), _end(appeal.decide_due), name, "gavel")
        elif actor.holds(Role.MANAGER):
            yield Todo(_("书面答复异议人"), page_of(objection), _end(objection.reply_due), name, "mail")


@todo.register
def decisions_waiting(actor: Actor) -> Iterator[Todo]:
    """What an upheld objection or a verified complaint leaves to the leader."""
    if not actor.holds(Role.LEADER):
        return
    for step, title, rows in (
        ("remove", _("决定是否取消人选"), to_remove()),
        ("revoke", _("决定是否撤销认定"), to_revoke()),
    ):
        for nomination in rows:
            url = reverse("step", args=["nominations", nomination.pk, step])
            yield Todo(title, url, note=nomination.nominee.name, icon="user-minus")


@todo.register
def statements_waiting(actor: Actor) -> Iterator[Todo]:
    """The issues to which this unit has not answered."""
    for issue in issues_for(actor).filter(state="admitted", statement_at=None):
        url = reverse("objection_issue", args=[issue.pk])
        yield Todo(
            _("就核查事项陈述"), url, _end(issue.statement_due), issue.nomination.nominee.name, "message"
        )
