"""The second stage: the first ones of the first ranking are scored once more, by the whole panel."""

from __future__ import annotations

from hashlib import sha256

from selection.actions.redraw import whole_panel
from selection.actions.result import recorded
from selection.messages import second_stage as messages
from selection.models import Panel, Result, Round
from selection.rules.result import shortlist
from workflow import calendar, clock, door, ledger
from workflow.actor import SYSTEM, Actor
from workflow.rules.chain import canonical


@door.act
def begin_second_stage(round_: Round, *, by: Actor) -> Round:
    """Send the first ones of the ranking back to the panel, all of it. The shortlist stands on the ledger before anybody
    is asked, what the first stage came to is kept, and the scoring's deadline runs from today."""
    round_ = door.locked(round_)
    door.require_open(round_, "begin_second_stage", by=by)
    door.hold(round_.nominations.filter(state="scored"))
    panel = door.locked(round_.panels.get())
    codes = shortlist_of(round_)
    payload = {"stage": round_.stage + 1, "shortlist": codes, "digest": digest_of(round_, codes)}
    moved = door.take(round_, "begin_second_stage", by=by, payload=payload)
    _keep_first(moved, set(codes))
    for nomination in moved.nominations.filter(result__shortlisted=True).order_by("code"):
        door.take(nomination, "go_on", by=SYSTEM)
    _ask(moved, panel)
    ledger.publish_heads(by, occasion=f"round.begin_second_stage {moved.code}")
    messages.second_stage_begun(moved)
    return moved


def shortlist_of(round_: Round) -> list[str]:
    """Who would go on now, by code: of those still running the first ones, and whoever is level with the last."""
    rows = Result.objects.filter(nomination__round=round_, nomination__state="scored", score__isnull=False)
    ranked = [
        (row.nomination.code, row.score) for row in rows.select_related("nomination") if row.score is not None
    ]
    return sorted(shortlist(ranked, round_.rulebook.second_stage))


def digest_of(round_: Round, codes: list[str]) -> str:
    """SHA-256 of the shortlist in canonical spelling."""
    return sha256(canonical({"round": round_.code, "shortlist": codes})).hexdigest()


def _keep_first(round_: Round, codes: set[str]) -> None:
    rows = list(Result.objects.filter(nomination__round=round_).select_related("nomination"))
    for row in rows:
        row.first, row.shortlisted = recorded(row, whole=True), row.nomination.code in codes
    Result.objects.bulk_update(rows, ["first", "shortlisted"])


def _ask(round_: Round, panel: Panel) -> None:
    panel.round = round_
    panel.scoring_due = calendar.due_after(clock.today(), round_.rulebook.scoring_days)
    panel.save(update_fields=["scoring_due"])
    whole_panel(panel, by=SYSTEM)
