"""Letters about a file of a dossier."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from accounts.queries.people import recipients
from selection.messages.letters import letter
from selection.models import Attachment
from workflow.outbox import Letter, Recipient, queue


def quarantined(attachment: Attachment) -> None:
    """To whoever sent it: nobody opens it, a clean one is needed."""
    nomination = attachment.nomination
    path = reverse("nomination_attachments", args=[nomination.pk])

    def write(_to: Recipient) -> Letter:
        facts = {
            "name": nomination.nominee.name,
            "kind": attachment.get_kind_display(),
            "number": attachment.number,
        }
        lines = [
            gettext("%(name)s申报材料中的附件“%(kind)s %(number)s”未通过安全检查，已隔离，任何人不能打开。")
            % facts,
            gettext("请检查所用电脑，移除该附件后重新上传。"),
        ]
        return letter(gettext("附件未通过安全检查：%(name)s") % facts, lines, path)

    kind = "attachment.quarantined"
    queue(
        recipients([attachment.uploaded_by]),
        event=f"{kind}:{attachment.pk}",
        kind=kind,
        write=write,
        about=nomination,
    )
