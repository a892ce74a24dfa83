"""The draw: prepared, frozen, drawn before a witness; the review begins with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.actions.integrity import note_bars
from selection.errors import DrawInfeasible
from selection.messages import panel as messages
from selection.models import Assignment, Expert, Nomination, Panel, Panelist, Recusal, Round
from selection.queries.conflict import recusals_of
from selection.queries.draw import Lists, draw_inputs, lists_now, obstacles, outlook
from selection.queries.panel import nominees_to_draw
from selection.rules.draw import Draw, InfeasibleDraw, draw_assignments, draw_seed, pool_order
from selection.rules.public_value import Implausible, spelled
from selection.rules.seats import Seating, walk_panel
from workflow import calendar, clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.rules.chain import canonical
from workflow.wording import listed

PREPARED = kinds.named("panel.prepare", _("准备抽取"))

LONGEST_WAIT = timedelta(days=366)  # for the public value
MOST_NAMED = 5  # obstacles in one sentence
IMPLAUSIBLE = {
    "empty": _("请录入公布的随机值。"),
    "lottery_text": _("开奖号码只写数字，各号码用空格分开，最后写蓝球（后区）。"),
    "lottery_count": _("号码个数不对：双色球为6个红球、1个蓝球，大乐透为前区5个、后区2个。"),
    "lottery_range": _("号码超出范围：双色球红球01至33、蓝球01至16，大乐透前区01至35、后区01至12。"),
    "lottery_order": _("请按从小到大的顺序录入，不得重复。"),
    "drand": _("drand公布的随机值是64位十六进制字符。"),
}


@door.act
def prepare(round_: Round, *, by: Actor) -> Panel:
    """The panel of a round under screening; one a round."""
    if not policies.may_operate_draw(round_, by):
        raise NotPermitted(_("只有处室负责人可以准备抽取。"))
    round_ = door.locked(round_)
    if round_.state != Round.State.SCREENING:
        raise StepRefused(_("本轮不在资格初审中，不能准备抽取。"), code="wrong_state")
    panel, created = Panel.objects.get_or_create(round=round_)
    if created:
        ledger.append(
            by, chain=panel.chain_key, kind=PREPARED, subject=subject_of(panel), role="manager",
            rules_version=panel.rules_version, payload={"round": round_.code},
        )  # fmt: skip
    return panel


@door.act
def freeze(panel: Panel, *, by: Actor, source: str, value_at: datetime, set_aside: bool = False) -> Panel:
    """Fix everything the draw follows from, and publish its digest before the public value exists.

    `set_aside` leaves out of the pool whoever is recused so often that a nominee might be left short.
    """
    panel = door.locked(panel)
    _require_to_come(value_at)
    lists = lists_now(panel.round, on=value_at.astimezone(clock.ZONE).date(), set_aside=set_aside)
    _require_feasible(lists)
    inputs = draw_inputs(panel, lists, source=source, value_at=value_at)
    digest = digest_of(inputs)
    moved = door.take(
        panel, "freeze", by=by, inputs=inputs, digest=digest, source=source, value_at=value_at,
        operator=by, at=clock.now(), payload={"digest": digest, "source": source, "value_at": value_at},
    )  # fmt: skip
    Recusal.objects.bulk_create(recusals_of(lists.found), ignore_conflicts=True)
    note_bars((code for code, why in lists.left_out if why == "barred"), moved, "freeze", by=by)
    ledger.publish_heads(by, occasion=f"panel.freeze {panel.round.code}")
    messages.frozen(moved)
    return moved


def _require_to_come(value_at: datetime) -> None:
    if value_at <= clock.now():
        raise StepRefused(_("公共随机值的公布时间须晚于现在，冻结之后才产生。"), code="public_value_past")
    if value_at > clock.now() + LONGEST_WAIT:
        raise StepRefused(_("公共随机值的公布时间应在冻结后一年以内。"), code="public_value_far")


def digest_of(inputs: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical inputs, in hexadecimal."""
    return sha256(canonical(inputs)).hexdigest()


def _require_feasible(lists: Lists) -> None:
    # Only what cannot fail is frozen: a draw is never repeated after its public value is known.
    if found := obstacles(outlook(lists)):
        more = (
            _("另有%(n)s项，见抽取页面。") % {"n": len(found) - MOST_NAMED} if len(found) > MOST_NAMED else ""
        )
        raise DrawInfeasible("".join(found[:MOST_NAMED]) + str(more))


@door.act
def draw(panel: Panel, *, by: Actor, public_value: str) -> Panel:
    """Draw with the public value that the witness reads out; anybody can do it again from the same inputs."""
    panel = door.locked(panel)
    door.require_open(panel, "draw", by=by)
    if digest_of(panel.inputs) != panel.inputs_digest:
        raise StepRefused(_("冻结的名单与其摘要不符，不能抽取。"), code="inputs_changed")
    value = _spelled(panel, public_value)
    seed = draw_seed(bytes.fromhex(panel.inputs_digest), value.encode())
    seating, drawn = _drawn(panel, seed)
    outcome = _outcome(seating, drawn)
    moved = door.take(
        panel, "draw", by=by, public_value=value, seed=seed.hex(), outcome=outcome, witness=by, at=clock.now(),
        payload={"public_value": value, "seed": seed.hex(), "outcome": outcome},
    )  # fmt: skip
    _seat(moved, seed, seating.seats)
    _assign(moved, drawn.sheets)
    ledger.publish_heads(by, occasion=f"panel.draw {panel.round.code}")
    return moved


def _spelled(panel: Panel, value: str) -> str:
    """The value in the one spelling of its source, so that the witness has no choice in it."""
    try:
        return spelled(panel.public_source, value)
    except Implausible as fault:
        raise StepRefused(IMPLAUSIBLE[fault.code], code="public_value_implausible") from None


def _drawn(panel: Panel, seed: bytes) -> tuple[Seating, Draw]:
    """Who sits, by category in drawn order, and who scores whom."""
    inputs = panel.inputs
    seating = walk_panel(
        seed, inputs["pool"], inputs["sizes"], caps=inputs.get("caps"), groups=inputs.get("groups")
    )
    try:
        drawn = draw_assignments(
            seed,
            inputs["nominees"],
            sorted(expert for experts in seating.seats.values() for expert in experts),
            per_nominee=inputs["per_nominee"],
            recusals={(nominee, expert) for nominee, expert in inputs["recusals"]},
            shortlist=inputs["shortlist"],
        )
    except InfeasibleDraw as infeasible:
        names = listed(infeasible.nominees)
        raise DrawInfeasible(
            _("以下人选可用专家不足，还差%(n)s份评分表：%(names)s。")
            % {"n": infeasible.missing, "names": names}
        ) from infeasible
    return seating, drawn


def _outcome(seating: Seating, drawn: Draw) -> dict[str, Any]:
    return {
        "panel": {stratum: list(experts) for stratum, experts in seating.seats.items()},
        "passed": [[expert, reason] for expert, reason in seating.passed],
        "despite": list(seating.despite),
        "sheets": {nominee: list(experts) for nominee, experts in drawn.sheets.items()},
        "total_weight": drawn.total_weight,
        "load_floor": drawn.load_floor,
        "load_ceiling": drawn.load_ceiling,
        "relaxed_by": drawn.relaxed_by,
    }


def _seat(panel: Panel, seed: bytes, chosen: Mapping[str, Sequence[str]]) -> None:
    """Panelists under anonymous numbers (again by lot, so that a number says nothing of the category), then reserves."""
    pool = panel.inputs["pool"]
    experts = {
        e.code: e for e in Expert.objects.filter(code__in=[c for codes in pool.values() for c in codes])
    }
    seated = pool_order(seed, [code for codes in chosen.values() for code in codes])
    numbers = {code: number for number, code in enumerate(seated, start=1)}
    Panelist.objects.bulk_create(
        Panelist(
            panel=panel, expert=experts[code], stratum=stratum, position=position, number=numbers.get(code)
        )
        for stratum, codes in sorted(pool.items())
        for position, code in enumerate(pool_order(seed, codes), start=1)
    )


def _assign(panel: Panel, sheets: Mapping[str, Sequence[str]]) -> None:
    """The duties of the draw; who was withdrawn since the freezing keeps the place in the draw but is not scored."""
    nominations = {n.code: n for n in nominees_to_draw(panel.round)}
    experts = {
        e.code: e for e in Expert.objects.filter(code__in={c for codes in sheets.values() for c in codes})
    }
    Assignment.objects.bulk_create(
        Assignment(round=panel.round, nomination=nominations[nominee], expert=experts[code])
        for nominee, codes in sheets.items()
        if nominee in nominations
        for code in codes
    )


@door.act
def begin_review(round_: Round, *, by: Actor) -> Round:
    """Send every qualified nominee to the panel; the scoring's deadline runs from today."""
    round_ = door.locked(round_)
    door.hold(round_.nominations.filter(state=Nomination.State.QUALIFIED))
    moved = door.take(round_, "begin_review", by=by)
    due = calendar.due_after(clock.today(), moved.rulebook.scoring_days)
    moved.panels.update(scoring_due=due)
    for nomination in moved.nominations.filter(state=Nomination.State.QUALIFIED).order_by("code"):
        door.take(nomination, "send_to_panel", by=by)
    messages.review_begun(moved)
    return moved


@door.act
def send_to_panel(nomination: Nomination, *, by: Actor) -> Nomination:
    """One nominee whose conclusion came after the review began."""
    return door.take(nomination, "send_to_panel", by=by)
