"""Decisions and recognitions, as pages and API share them, and what waits because of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.collections.notice import iso
from selection.forms.determination import DETERMINATION_FORMS
from selection.models import Determination, Recognition
from selection.queries.determination import (
    determinations_visible_to,
    exceptions_of,
    recognitions_visible_to,
    rounds_to_decide,
)
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register
from workflow.todo import Todo


def represent(determination: Determination, _actor: Actor) -> dict[str, Any]:
    """The decision and the digest of the list it decided."""
    return {
        "id": determination.pk,
        "round": determination.round.code,
        "document_number": determination.document_number,
        "title": determination.title,
        "minute_number": determination.minute_number,
        "state": determination.state,
        "list_digest": determination.list_digest,
        "exceptions": [
            {"nomination": out.nomination_id, "reason": out.reason, "minute_number": out.minute_number}
            for out in exceptions_of(determination)
        ],
        "published_on": determination.published_on.isoformat() if determination.published_on else None,
        "drafted_at": iso(determination.drafted_at),
        "confirmed_at": iso(determination.confirmed_at),
    }


def represent_recognition(recognition: Recognition, _actor: Actor) -> dict[str, Any]:
    """One line of a published list."""
    return {
        "id": recognition.pk,
        "round": recognition.round.code,
        "ordinal": recognition.ordinal,
        "name": recognition.name,
        "affiliations": recognition.affiliations,
        "certificate_number": recognition.certificate_number,
        "recognised_on": recognition.recognised_on.isoformat() if recognition.recognised_on else None,
        "expires_on": recognition.expires_on.isoformat() if recognition.expires_on else None,
        "status": recognition.status_on(clock.today()),
        "corrections": [
            {"place": c.place, "before": c.before, "after": c.after} for c in recognition.corrections.all()
        ],
    }


def page_of(determination: Determination) -> str:
    """The office's page of a decision."""
    return reverse("determination_detail", args=[determination.pk])


register(
    Collection(
        name="determinations",
        model=Determination,
        visible_to=determinations_visible_to,
        represent=represent,
        url=page_of,
        forms=DETERMINATION_FORMS,
        filters=("state", "round__code"),
    )
)
register(
    Collection(
        name="recognitions",
        model=Recognition,
        visible_to=recognitions_visible_to,
        represent=represent_recognition,
        url=lambda recognition: reverse("result_public", args=[recognition.round.code]),
        filters=("round__code", "name_key"),
    )
)


@todo.register
def decisions_waiting(actor: Actor) -> Iterator[Todo]:
    """To draft (manager), to confirm (leader), to publish (publisher)."""
    if actor.holds(Role.MANAGER):
        for round_ in rounds_to_decide():
            url = reverse("determination_draft", args=[round_.code])
            yield Todo(_("拟写认定决定"), url, note=round_.title, icon="file-text")
    if actor.holds(Role.LEADER):
        for determination in determinations_visible_to(actor).filter(state="drafted"):
            title = _("审定认定决定")
            yield Todo(title, page_of(determination), note=determination.document_number, icon="certificate")
    if actor.holds(Role.PUBLISHER):
        confirmed = determinations_visible_to(actor).filter(state="confirmed", published_on=None)
        for determination in confirmed.filter(round__state__in=("determination", "published")):
            yield Todo(_("公布认定结果"), page_of(determination), note=determination.round.title, icon="send")
