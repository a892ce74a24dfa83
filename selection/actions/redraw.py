"""What late recusals and departures leave open is drawn anew, and nobody else is moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection import policies
from selection.actions.integrity import note_bars
from selection.messages import panel as messages
from selection.models import Assignment, Expert, Nomination, Panel, Panelist, Redraw
from selection.queries.conflict import conflicts, pairs_of
from selection.queries.expert import serving
from selection.queries.panel import recused_pairs, reserves, seated, sheets_now
from selection.rules import draw as rules
from selection.rules.draw import Pair, Shortfall, redraw_seed
from selection.rules.seats import Passed, next_reserve
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

REDRAWN = kinds.named("panel.redraw", _("补抽专家"))
NOT_REDRAWN = kinds.named("panel.redraw_failed", _("无专家可补抽"))
PROMOTED = kinds.named("panel.promote", _("候补专家递补"))
WHOLE = kinds.named("panel.second_stage", _("分派第二阶段评审任务"))


@dataclass
class _Table:
    """The panel as a redraw would leave it: nothing is written before it is known to succeed."""

    panel: Panel
    stratum: str
    seats: list[Panelist]
    waiting: list[Panelist]
    unavailable: set[str]
    called: list[tuple[Panelist, list[Passed]]] = field(default_factory=list)

    @property
    def experts(self) -> list[str]:
        return [seat.expert.code for seat in self.seats]

    def call(self, useless: set[str], stratum: str | None = None) -> bool:
        """Seat the next reserve, of one stratum if it is named; whether there was one."""
        among = [seat for seat in self.waiting if stratum is None or seat.stratum == stratum]
        code, passed = next_reserve(
            [seat.expert.code for seat in among], seated=self.experts,
            caps=self.panel.inputs.get("caps", {}), groups=self.panel.inputs.get("groups", {}),
            unavailable=self.unavailable, useless=useless,
        )  # fmt: skip
        if code is None:
            return False
        seat = next(seat for seat in among if seat.expert.code == code)
        self.waiting.remove(seat)
        self.seats.append(seat)
        self.called.append((seat, passed))
        return True


def _table(panel: Panel, stratum: str) -> _Table:
    waiting = reserves(panel, stratum)
    can = serving(Expert.objects.filter(pk__in=[seat.expert_id for seat in waiting]), clock.today())
    able = set(can.values_list("code", flat=True))
    unavailable = {seat.expert.code for seat in waiting} - able
    return _Table(panel, stratum, seated(panel), waiting, unavailable)


@door.act
def redraw(
    panel: Panel, *, for_expert: Expert | None, by: Actor, cause: str = "recused", stratum: str = ""
) -> list[Assignment]:
    """Draw what is missing, moving nobody else. Reserves of the same category, then of any, are called up where the
    panel does not suffice, but only who can supply something; what nobody can supply is named on the ledger."""
    panel = door.locked(panel)
    if panel.round.stage > 1:
        return whole_panel(panel, by=by, stratum=stratum or (for_expert.category if for_expert else ""))
    table = _table(panel, stratum or (for_expert.category if for_expert else ""))
    shortfall = _fillable(table)
    lacking, wanted = shortfall.lacking(), shortfall.fillable()
    number = panel.redraws + 1
    if not wanted.needs:
        if lacking:
            record(
                panel, NOT_REDRAWN, by, {"number": number, "lacking": lacking, "inputs": shortfall.to_dict()}
            )
        return []
    seats = [called(panel, seat, passed, by) for seat, passed in table.called]
    found = rules.redraw(bytes.fromhex(panel.seed), number, wanted)
    added = [[nominee, expert] for nominee, on in sorted(found.added.items()) for expert in on]
    outcome = {
        "added": added,
        "total_weight": found.total_weight, "load_ceiling": found.load_ceiling, "relaxed_by": found.relaxed_by,
        "called": [seat.expert.code for seat in seats], "lacking": lacking,
    }  # fmt: skip
    _keep(panel, number, wanted, outcome, cause=cause, expert=for_expert, by=by)
    return _assigned(panel, added, number)


def whole_panel(panel: Panel, *, by: Actor, stratum: str = "") -> list[Assignment]:
    """In the second stage whoever sits on the panel scores every shortlisted nominee but those recused from. Adds what
    is missing of that; a reserve is called up only while somebody would have fewer sheets than the rules ask for."""
    table, stage = _table(panel, stratum), panel.round.stage
    current, barred = sheets_now(panel.round), _barred(table)
    known = panel.round.assignments.filter(stage=stage)
    held = set(known.values_list("nomination__code", "expert__code"))

    def to_ask() -> list[Pair]:
        found = ((nominee, expert) for nominee in current for expert in table.experts)
        return sorted(pair for pair in found if pair not in held and pair not in barred)

    least = panel.round.rulebook.min_sheets
    while short := _below(current, to_ask(), least):
        waiting = (seat.expert.code for seat in table.waiting)
        if not table.call({expert for expert in waiting if all((n, expert) in barred for n in short)}):
            break
    seats, added = [called(panel, seat, passed, by) for seat, passed in table.called], to_ask()
    if not added and not short:
        return []
    apart = {(nominee, expert) for nominee in current for expert in table.experts} & barred - held
    payload = {
        "stage": stage, "nominees": sorted(current), "panel": sorted(table.experts), "added": added,
        "recused": sorted(apart), "called": [seat.expert.code for seat in seats], "lacking": short,
    }  # fmt: skip
    record(panel, WHOLE, by, payload)
    return _assigned(panel, added, 0)


def _below(current: Mapping[str, Sequence[str]], added: Sequence[Pair], least: int) -> dict[str, int]:
    """Who would still have too few sheets, and how many are lacking."""
    more = Counter(nominee for nominee, _expert in added)
    return {n: least - len(on) - more[n] for n, on in current.items() if len(on) + more[n] < least}


def _fillable(table: _Table) -> Shortfall:
    """What is missing, with as many reserves at the table as it takes, or as there are to any use."""
    panel = table.panel
    current = sheets_now(panel.round)
    held = {(nominee, expert) for nominee, on in current.items() for expert in on}
    barred = _barred(table) - held  # a duty that stands is not drawn anew because a conflict is known by now
    while True:
        shortfall = rules.shortfall_of(
            current, barred, experts=table.experts, per_nominee=panel.inputs["per_nominee"],
            shortlist=panel.inputs["shortlist"], standing=held,
        )  # fmt: skip
        lacking = shortfall.lacking()
        useless = {
            seat.expert.code
            for seat in table.waiting
            if all((nominee, seat.expert.code) in barred for nominee in lacking)
        }
        if not lacking or not table.call(useless):
            return shortfall


def _barred(table: _Table) -> set[Pair]:
    experts = [seat.expert for seat in (*table.seats, *table.waiting)]
    round_ = table.panel.round
    return recused_pairs(round_) | pairs_of(conflicts(round_, experts=experts))


def called(panel: Panel, seat: Panelist, passed: Sequence[Passed], by: Actor) -> Panelist:
    """Seat a reserve under the next number."""
    seat.number = panel.panelists.filter(number__isnull=False).count() + 1
    seat.called_at = clock.now()
    seat.save(update_fields=["number", "called_at"])
    payload = {
        "expert": seat.expert.code, "number": seat.number, "stratum": seat.stratum, "position": seat.position,
        "passed": [[expert, reason] for expert, reason in passed],
    }  # fmt: skip
    record(panel, PROMOTED, by, payload)
    note_bars((expert for expert, reason in passed if reason == "unavailable"), panel, "promote", by=by)
    return seat


def succeed(panel: Panel, stratum: str, *, by: Actor) -> Panelist | None:
    """The next reserve of a stratum takes a seat that fell vacant; None if there is none."""
    table = _table(panel, stratum)
    if not table.call(set(), stratum):
        return None
    return called(panel, *table.called[0], by)


@door.act
def fill_gaps(panel: Panel, *, by: Actor) -> list[Assignment]:
    """Try again to draw what an earlier redraw could not."""
    if not policies.may_operate_draw(panel, by):
        raise NotPermitted(_("只有处室负责人可以补抽。"))
    door.locked(panel.round)
    panel = door.locked(panel)
    if panel.state != Panel.State.DRAWN or panel.round.state not in ("screening", "review"):
        raise StepRefused(_("本轮不在抽取之后、启封之前，不能补抽。"), code="wrong_state")
    added = redraw(panel, for_expert=None, by=by, cause=Redraw.Cause.ASKED)
    messages.drawn_later(added)
    return added


def _keep(
    panel: Panel, number: int, wanted: Shortfall, outcome: Mapping[str, Any], *,
    cause: str, expert: Expert | None, by: Actor,
) -> None:  # fmt: skip
    """The redraw as a row of its own and on the ledger, with all that lets it be done again."""
    seed = redraw_seed(bytes.fromhex(panel.seed), number).hex()
    panel.redraws = number
    panel.save(update_fields=["redraws"])
    inputs = wanted.to_dict()
    Redraw.objects.create(
        panel=panel,
        number=number,
        cause=cause,
        expert=expert,
        seed=seed,
        inputs=inputs,
        outcome=dict(outcome),
    )
    given = {
        "number": number, "cause": cause, "expert": expert.code if expert else "", "seed": seed, "inputs": inputs,
    }  # fmt: skip
    record(panel, REDRAWN, by, {**given, **outcome})


def _assigned(panel: Panel, added: Sequence[Sequence[str]], number: int) -> list[Assignment]:
    nominations = {
        n.code: n for n in Nomination.objects.filter(round=panel.round, code__in=[n for n, _e in added])
    }
    experts = {
        e.code: e for e in Expert.objects.filter(code__in=[e for _n, e in added]).select_related("user")
    }  # fmt: skip
    return Assignment.objects.bulk_create(
        Assignment(
            round=panel.round, nomination=nominations[nominee], expert=experts[expert], draw_number=number,
            stage=panel.round.stage,
        )
        for nominee, expert in added
    )  # fmt: skip


def record(panel: Panel, kind: str, by: Actor, payload: Mapping[str, object]) -> None:
    """An entry about the draw."""
    ledger.append(
        by,
        chain=panel.chain_key,
        kind=kind,
        subject=subject_of(panel),
        rules_version=panel.rules_version,
        payload=payload,
    )
