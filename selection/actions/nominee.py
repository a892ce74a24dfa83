"""A person's own row: what stands there about somebody who may stand in several rounds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.models import Nominee, Round
from selection.models.nomination import plain_name
from workflow import kinds, ledger
from workflow.actor import Actor
from workflow.machine import subject_of

RENAMED = kinds.named("nominee.renamed", _("更正人选姓名"))


def rename(nominee: Nominee, name: str, *, round_: Round, by: Actor) -> None:
    """Keep the person under the name now written, and say on the round's chain what stood there before.

    Call inside the act that asked whether an office has seen the other name.
    """
    before = nominee.name
    nominee.name, nominee.name_key = name.strip(), plain_name(name)
    nominee.save(update_fields=["name", "name_key"])
    ledger.append(
        by,
        chain=round_.chain_key,
        kind=RENAMED,
        subject=subject_of(nominee),
        role=Role.UNIT_CLERK if by.holds(Role.UNIT_CLERK) else Role.BUREAU_OFFICER,
        rules_version=round_.rules_version,
        payload={"changes": [["name", before, nominee.name]]},
    )
