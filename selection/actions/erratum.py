"""A slip of the pen in a posted notice is corrected by a remark beside it; no period restarts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models import Erratum, PublicNotice
from selection.rules.notice import slip_fault
from selection.rules.privacy import exposures
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, Sentence, StepRefused
from workflow.machine import subject_of

NOTED = kinds.named("notice.erratum", _("更正公示文字"))
FAULTS: dict[str, Sentence] = {
    "absent": _("所选位置没有这段原文，请照原文填写。"),
    "same": _("更正前后相同。"),
    "name": _("涉及名单中的姓名，属于实质更正，请办理“以更正代替”，有关人选的公示期重新计算。"),
    "figure": _("涉及数字（日期、文号、人数、电话等），属于实质更正，请办理“以更正代替”。"),
}


@door.act
def note_erratum(
    notice: PublicNotice, *, by: Actor, place: str, before: str, after: str, reason: str
) -> Erratum:
    """Say beside a posted notice what should stand there; what was printed stays. Raises `StepRefused`."""
    row = door.locked(notice)
    if policies.may_note_erratum.acting_role(row, by) is None:
        raise NotPermitted(_("您的身份不能更正公示文字。"))
    if row.state not in ("posted", "ended"):
        raise StepRefused(_("只有已发布且未被代替的公示可以作文字更正。"), code="wrong_state")
    names = [entry.name for entry in row.entries.all()]
    if place not in Erratum.Place.values or (fault := slip_fault(getattr(row, place), before, after, names)):
        code = fault if place in Erratum.Place.values else "absent"
        raise StepRefused(FAULTS[code], code=f"erratum_{code}")
    if exposures({"after": after, "reason": reason}):
        raise StepRefused(_("更正文字含有身份证号、手机号或银行卡号，不能公开。"), code="scan_found")
    assert isinstance(by, User)
    erratum = Erratum.objects.create(
        notice=row, place=place, before=before, after=after, reason=reason, noted_by=by, noted_at=clock.now()
    )
    ledger.append(
        by,
        chain=row.chain_key,
        kind=NOTED,
        subject=subject_of(row),
        rules_version=row.rules_version,
        payload={"number": row.number, "place": place, "before": before, "after": after, "reason": reason},
    )
    return erratum
