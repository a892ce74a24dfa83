"""Attachments, as pages and API share them. Their steps are the system's own: no form."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from selection.models import Attachment
from selection.queries.attachment import attachments_visible_to, title_of
from workflow.actor import Actor
from workflow.clock import ZONE
from workflow.collections import Collection, register


def represent(attachment: Attachment, _actor: Actor) -> dict[str, Any]:
    """A file as JSON has it: what it is, never what it is called where it came from."""
    return {
        "id": attachment.pk,
        "key": str(attachment.key),
        "nomination": {"id": attachment.nomination_id, "code": attachment.nomination.code},
        "kind": attachment.kind,
        "title": title_of(attachment),
        "audience": attachment.audience,
        "state": attachment.state,
        "state_label": str(attachment.get_state_display()),
        "mime": attachment.mime,
        "size": attachment.size,
        "pages": attachment.pages,
        "sha256": attachment.sha256,
        "scanned": bool(attachment.scanner),
        "uploaded_at": attachment.uploaded_at.astimezone(ZONE).isoformat(),
    }


register(
    Collection(
        name="attachments",
        model=Attachment,
        visible_to=attachments_visible_to,
        represent=represent,
        url=lambda attachment: reverse("attachment_detail", args=[attachment.key]),
        filters=("nomination", "kind", "audience", "state"),
    )
)
