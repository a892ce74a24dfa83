"""The rules for studios as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from studios.collections.studio import iso
from studios.forms.programme import FORMS
from studios.models import ProgrammeProposal, ProgrammeVersion
from studios.models.programme import in_force
from studios.queries import programme as queries
from workflow import collections, todo
from workflow.actor import Actor
from workflow.todo import Todo


def represent(version: ProgrammeVersion, _actor: Actor) -> dict[str, Any]:
    """A version with its whole content, JSON-ready."""
    present = in_force()
    return {
        "id": version.pk,
        "version": version.version,
        "in_force": present is not None and present.pk == version.pk,
        "effective_from": iso(version.effective_from),
        "basis": version.basis,
        "reason": version.reason,
        "digest": version.digest,
        "content": version.rules.to_dict(),
        "adopted_by": version.adopted_by.name,
        "adopted_at": iso(version.adopted_at),
    }


def represent_proposal(proposal: ProgrammeProposal, _actor: Actor) -> dict[str, Any]:
    """A proposal, JSON-ready."""
    return {
        "id": proposal.pk,
        "state": proposal.state,
        "basis": proposal.basis,
        "reason": proposal.reason,
        "effective_from": iso(proposal.effective_from),
        "digest": proposal.digest,
        "content": proposal.content,
        "proposed_by": proposal.proposed_by.name,
        "decided_by": proposal.decided_by.name if proposal.decided_by else None,
        "remarks": proposal.remarks,
        "version": proposal.version.version if proposal.version else None,
    }


def url(version: ProgrammeVersion) -> str:
    """The version's page."""
    return reverse("programme_version", args=[version.version])


def proposal_url(proposal: ProgrammeProposal) -> str:
    """The proposal's page."""
    return reverse("programme_proposal", args=[proposal.pk])


collections.register(
    collections.Collection(
        name="programmes",
        model=ProgrammeVersion,
        visible_to=queries.versions_visible_to,
        represent=represent,
        url=url,
        filters=("version",),
    )
)
collections.register(
    collections.Collection(
        name="programme-proposals",
        model=ProgrammeProposal,
        visible_to=queries.proposals_visible_to,
        represent=represent_proposal,
        url=proposal_url,
        forms=FORMS,
        filters=("state",),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the leader what somebody else proposes."""
    for proposal in queries.to_adopt(actor):
        yield Todo(
            gettext("批准工作室管理办法的修改"),
            proposal_url(proposal),
            note=proposal.basis,
            icon="adjustments",
        )
