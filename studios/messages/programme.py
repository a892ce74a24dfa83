"""Who learns of proposed and adopted rules for studios."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from studios.messages.studio import tell
from studios.models import ProgrammeProposal
from studios.queries.programme import leaders
from studios.queries.studio import managers
from workflow.actor import Actor


def page_of(proposal: ProgrammeProposal) -> str:
    """The proposal's page."""
    return reverse("programme_proposal", args=[proposal.pk])


def proposed(proposal: ProgrammeProposal, *, by: Actor) -> None:
    """The leaders decide."""
    words = {"basis": proposal.basis, "reason": proposal.reason}
    tell(
        leaders(), event=f"programme.proposed:{proposal.pk}", kind="programme.proposed", about=proposal, but=by,
        path=page_of(proposal), subject=lambda: _("工作室管理办法的修改待批准"),
        body=lambda: _("依据：%(basis)s。理由：%(reason)s") % words,
    )  # fmt: skip


def decided(proposal: ProgrammeProposal, *, by: Actor) -> None:
    """The managers go by it, or by the old one."""
    tell(
        managers(), event=f"programme.decided:{proposal.pk}", kind="programme.decided", about=proposal, but=by,
        path=page_of(proposal),
        subject=lambda: _("工作室管理办法的修改：%(state)s") % {"state": proposal.get_state_display()},
        body=lambda: proposal.remarks or _("依据：%(basis)s。") % {"basis": proposal.basis},
    )  # fmt: skip
