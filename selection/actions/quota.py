"""What a nominator does with its places: the order of its nominees, and one nominee in place of another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.actions import nomination as nominations
from selection.messages import nomination as messages
from selection.models import Nomination, Quota, Round
from selection.models.nomination_guards import is_open, why_closed
from selection.queries.nomination import next_rank_of, nominees_of
from workflow import door, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.machine import subject_of

ledger.LABELS |= {"round.reorder": _("保存推荐排序")}


@door.act
def reorder(round_: Round, *, by: Actor, order: Sequence[int]) -> list[Nomination]:
    """Give the officer's own nominees, named by their ids, the ranks 1, 2, 3 … in this order."""
    if not by.holds(Role.BUREAU_OFFICER) or by.organisation_id is None:
        raise NotPermitted(_("只有推荐单位经办可以调整推荐排序。"))
    round_ = door.locked(round_)
    if not is_open(round_):
        raise OutsideWindow(why_closed(round_))
    door.hold(
        Quota.objects.filter(round=round_, nominator=by.organisation_id)
    )  # nobody is nominated meanwhile
    door.hold(nominees_of(round_, by.organisation_id))
    rows = {row.pk: row for row in nominees_of(round_, by.organisation_id)}
    if sorted(order) != sorted(rows):
        raise StepRefused(_("推荐人选已有变动，请重新排序。"), code="changed_meanwhile")
    ranked = [rows[pk] for pk in order]
    for rank, row in enumerate(ranked, start=1):
        row.rank_in_nominator = rank
    Nomination.objects.bulk_update(ranked, ["rank_in_nominator"])
    ledger.append(
        by,
        chain=round_.chain_key,
        kind="round.reorder",
        subject=subject_of(round_),
        role=Role.BUREAU_OFFICER,
        rules_version=round_.rules_version,
        payload={"nominator": by.organisation_id, "order": [row.code for row in ranked]},
    )
    return ranked


@door.act
def substitute(
    nomination: Nomination,
    *,
    by: Actor,
    successor: Nomination,
    reason: str,
    opinion: str,
    background: str,
    originals_checked: bool = False,
    originals: Iterable[str] = (),
    dishonesty_checked_on: date | None = None,
) -> Nomination:
    """Withdraw one nominee and put another forward on the same place and rank: both, or neither.

    The quota's row is locked throughout, so nobody else takes the place in between. Returns the successor.
    """
    nominations.locked_quota(nomination)
    door.hold(Nomination.objects.filter(pk__in=(nomination.pk, successor.pk)))
    gone = door.take(
        nomination,
        "substitute",
        by=by,
        reason=reason,
        payload={"frees_place": True, "successor": successor.code},
    )
    if (successor.round_id, successor.nominator_id) != (gone.round_id, gone.nominator_id):
        raise StepRefused(_("只能由本单位待推荐的人选接替。"), code="no_such_successor")
    if successor.category != gone.category:
        raise StepRefused(_("只能由同一推荐类别的人选接替。"), code="no_such_successor")
    messages.withdrawn(gone)
    return nominations.nominate(
        successor,
        by=by,
        rank=gone.rank_in_nominator or next_rank_of(gone),
        opinion=opinion,
        background=background,
        originals_checked=originals_checked,
        originals=originals,
        dishonesty_checked_on=dishonesty_checked_on,
    )
