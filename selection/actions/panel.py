"""The draw: prepared, frozen, drawn before a witness; the review begins with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.errors import DrawInfeasible
from selection.messages import panel as messages
from selection.models import Assignment, Expert, Nomination, Panel, Panelist, Recusal, Round
from selection.models.expert import Expert as ExpertModel
from selection.queries.panel import derived_recusals, draw_inputs, nominees_to_draw, pool_by_category
from selection.rules.draw import Draw, InfeasibleDraw, draw_assignments, draw_panel, draw_seed, pool_order
from selection.rules.pool import nominees_at_risk, strata_too_small
from workflow import calendar, clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of
from workflow.rules.chain import canonical
from workflow.wording import listed

PREPARED = kinds.named("panel.prepare", _("准备抽取"))
AVAILABILITY = kinds.named("expert.availability", _("调整专家可用状态"))

LONGEST_WAIT = timedelta(days=366)  # for the public value
REASONS = {"unit": _("专家与人选同单位"), "nominator": _("专家在推荐单位任职")}


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
def set_available(expert: Expert, *, by: Actor, available: bool) -> Expert:
    """Let an expert take part in coming draws, or not."""
    if not policies.may_operate_draw(expert, by):
        raise NotPermitted(_("只有处室负责人可以调整专家库。"))
    expert = ExpertModel.objects.select_for_update().get(pk=expert.pk)
    if expert.available != available:
        expert.available = available
        expert.save(update_fields=["available"])
        ledger.append(
            by, chain=ledger.OFFICE, kind=AVAILABILITY, subject=subject_of(expert), role="manager",
            payload={"expert": expert.code, "available": available},
        )  # fmt: skip
    return expert


@door.act
def freeze(panel: Panel, *, by: Actor, source: str, value_at: datetime) -> Panel:
    """Fix everything the draw follows from, and publish its digest before the public value exists."""
    panel = door.locked(panel)
    if value_at <= clock.now():
        raise StepRefused(_("公共随机值的公布时间须晚于现在，冻结之后才产生。"), code="public_value_past")
    if value_at > clock.now() + LONGEST_WAIT:
        raise StepRefused(_("公共随机值的公布时间应在冻结后一年以内。"), code="public_value_far")
    nominees, pool = nominees_to_draw(panel.round), pool_by_category()
    found = derived_recusals(nominees, [expert for experts in pool.values() for expert in experts])
    pairs = {(nomination.code, expert.code) for nomination, expert, _why in found}
    inputs = draw_inputs(panel, nominees, pool, pairs, source=source, value_at=value_at)
    _require_feasible(panel.round, inputs, pairs)
    digest = digest_of(inputs)
    moved = door.take(
        panel, "freeze", by=by, inputs=inputs, digest=digest, source=source, value_at=value_at,
        operator=by, at=clock.now(), payload={"digest": digest, "source": source, "value_at": value_at},
    )  # fmt: skip
    _record_recusals(found)
    ledger.publish_heads(by, occasion=f"panel.freeze {panel.round.code}")
    messages.frozen(moved)
    return moved


def digest_of(inputs: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical inputs, in hexadecimal."""
    return sha256(canonical(inputs)).hexdigest()


def _require_feasible(round_: Round, inputs: Mapping[str, Any], pairs: set[tuple[str, str]]) -> None:
    pool, sizes = inputs["pool"], inputs["sizes"]
    for stratum, missing in strata_too_small(pool, sizes).items():
        name = dict(Expert.Category.choices).get(stratum, stratum)
        raise DrawInfeasible(
            _("专家库“%(name)s”类可用专家不足，还差%(n)s人。") % {"name": name, "n": missing}
        )
    short = nominees_at_risk(
        inputs["nominees"], pool, sizes, per_nominee=inputs["per_nominee"], recusals=pairs
    )  # fmt: skip
    if short:
        raise _infeasible(round_, short)


def _infeasible(round_: Round, codes: Sequence[str]) -> DrawInfeasible:
    rows = round_.nominations.filter(code__in=codes).select_related("nominee").order_by("code")
    names = listed(f"{row.code} {row.nominee.name}" for row in rows)
    return DrawInfeasible(
        _(
            "以下人选回避的专家过多，可用专家可能不足：%(names)s。请补充专家，或将须回避的专家设为不参加后再办。"
        )
        % {"names": names}
    )


def _record_recusals(found: Iterable[tuple[Nomination, Expert, str]]) -> None:
    Recusal.objects.bulk_create(
        [
            Recusal(nomination=n, expert=e, kind=Recusal.Kind.DERIVED, reason=str(REASONS[why]))
            for n, e, why in found
        ],
        ignore_conflicts=True,
    )


@door.act
def draw(panel: Panel, *, by: Actor, public_value: str) -> Panel:
    """Draw with the public value that the witness reads out; anybody can do it again from the same inputs."""
    panel = door.locked(panel)
    door.require_open(panel, "draw", by=by)
    if digest_of(panel.inputs) != panel.inputs_digest:
        raise StepRefused(_("冻结的名单与其摘要不符，不能抽取。"), code="inputs_changed")
    value = public_value.strip()
    seed = draw_seed(bytes.fromhex(panel.inputs_digest), value.encode())
    chosen, drawn = _drawn(panel, seed)
    outcome = _outcome(panel.inputs, chosen, drawn)
    moved = door.take(
        panel, "draw", by=by, public_value=value, seed=seed.hex(), outcome=outcome, witness=by, at=clock.now(),
        payload={"public_value": value, "seed": seed.hex(), "outcome": outcome},
    )  # fmt: skip
    _seat(moved, seed, chosen)
    _assign(moved, drawn.sheets)
    ledger.publish_heads(by, occasion=f"panel.draw {panel.round.code}")
    return moved


def _drawn(panel: Panel, seed: bytes) -> tuple[dict[str, tuple[str, ...]], Draw]:
    """Who sits, by category in drawn order, and who scores whom."""
    inputs = panel.inputs
    chosen = draw_panel(seed, inputs["pool"], inputs["sizes"])
    try:
        drawn = draw_assignments(
            seed,
            inputs["nominees"],
            sorted(expert for experts in chosen.values() for expert in experts),
            per_nominee=inputs["per_nominee"],
            recusals={(nominee, expert) for nominee, expert in inputs["recusals"]},
            shortlist=inputs["shortlist"],
        )
    except InfeasibleDraw as infeasible:
        raise _infeasible(panel.round, infeasible.nominees) from infeasible
    return chosen, drawn


def _outcome(inputs: Mapping[str, Any], chosen: Mapping[str, Sequence[str]], drawn: Draw) -> dict[str, Any]:
    return {
        "panel": {stratum: list(experts) for stratum, experts in chosen.items()},
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
