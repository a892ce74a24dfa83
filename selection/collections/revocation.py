"""Revocations and corrections, as pages and API share them, and what waits because of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.collections.notice import iso
from selection.forms.revocation import CORRECTION_FORMS, REVOCATION_FORMS
from selection.models import Revocation, RollCorrection
from selection.queries import revocation as queries
from workflow import todo
from workflow.actor import Actor
from workflow.collections import Collection, register
from workflow.todo import Todo


def represent(revocation: Revocation, _actor: Actor) -> dict[str, Any]:
    """The procedure, and what was said in it."""
    return {
        "id": revocation.pk,
        "nomination": revocation.nomination_id,
        "ground": revocation.ground,
        "facts": revocation.facts,
        "state": revocation.state,
        "started_at": iso(revocation.started_at),
        "statement_due": revocation.statement_due.isoformat(),
        "statement": revocation.statement,
        "minute_number": revocation.minute_number,
        "document_number": revocation.document_number,
        "decided_at": iso(revocation.decided_at),
    }


def represent_correction(correction: RollCorrection, _actor: Actor) -> dict[str, Any]:
    """Both texts."""
    return {
        "id": correction.pk,
        "recognition": correction.recognition_id,
        "place": correction.place,
        "before": correction.before,
        "after": correction.after,
        "basis": correction.basis,
        "why": correction.why,
        "state": correction.state,
        "published_at": iso(correction.published_at),
    }


def page_of(revocation: Revocation) -> str:
    """The office's page of the procedure."""
    return reverse("revocation_detail", args=[revocation.pk])


def page_of_correction(correction: RollCorrection) -> str:
    """The office's page of a correction."""
    return reverse("correction_detail", args=[correction.pk])


register(
    Collection(
        name="revocations",
        model=Revocation,
        visible_to=queries.revocations_visible_to,
        represent=represent,
        url=page_of,
        forms=REVOCATION_FORMS,
        filters=("state", "nomination"),
    )
)
register(
    Collection(
        name="roll-corrections",
        model=RollCorrection,
        visible_to=queries.corrections_visible_to,
        represent=represent_correction,
        url=page_of_correction,
        forms=CORRECTION_FORMS,
        filters=("state", "recognition"),
    )
)


@todo.register
def waiting(actor: Actor) -> Iterator[Todo]:
    """To record (manager), to decide (leader), to put before the public (publisher)."""
    for role, find, title in (
        (Role.MANAGER, queries.to_hear, _("记录陈述申辩")),
        (Role.LEADER, queries.to_decide, _("决定是否撤销认定")),
    ):
        if actor.holds(role):
            for revocation in find(queries.revocations_visible_to(actor)):
                yield Todo(title, page_of(revocation), note=str(revocation), icon="certificate-off")
    if actor.holds(Role.PUBLISHER):
        for correction in queries.corrections_visible_to(actor).filter(state="drafted"):
            title, note = _("公布名单更正"), str(correction)
            yield Todo(title, page_of_correction(correction), note=note, icon="send")
