"""Files of a blind round: which of them name nobody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.models import Attachment
from selection.rules.attachment import TO_EXPERTS
from workflow import door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

ANONYMISED = kinds.named("nomination.anonymise", _("标注附件已隐去身份"))


@door.act
def mark_anonymised(attachment: Attachment, *, by: Actor, anonymised: bool) -> Attachment:
    """Say that a file for experts names nobody, or take that back. In a blind round experts get no other file."""
    if not policies.may_manage_round(attachment.nomination.round, by):
        raise NotPermitted(_("只有处室负责人可以标注。"))
    if attachment.audience not in TO_EXPERTS:
        raise StepRefused(_("该附件不提供给专家，不用标注。"), code="not_for_experts")
    row = door.locked(attachment)
    row.anonymised = anonymised
    row.save(update_fields=["anonymised"])
    ledger.append(
        by, chain=row.chain_key, kind=ANONYMISED, subject=subject_of(row.nomination), role="manager",
        rules_version=row.rules_version,
        payload={"attachment": str(row.key), "sha256": row.sha256, "anonymised": anonymised},
    )  # fmt: skip
    return row
