"""What a draw follows from, as it would be frozen now, and what stands in the way of freezing it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext

from selection.models import Assignment, Expert, Nomination, Panel, Panelist, Round
from selection.queries.conflict import Conflict, conflicts, pairs_of
from selection.queries.expert import able
from selection.queries.integrity import bars_of_experts
from selection.queries.panel import ACTIVE, nominees_to_draw, sheets_now
from selection.rules import pool as rules
from selection.rules.draw import PROTOCOL, Pair, panel_sizes
from selection.rules.seats import walk_panel
from workflow import clock
from workflow.wording import listed

FEWEST_RESERVES = 2  # of each stratum; fewer is said, not refused
TRIALS = 100


@dataclass
class Lists:
    """Nominees, pool, sizes and recusals of a draw, before they are frozen."""

    round: Round
    nominees: list[Nomination]
    pool: dict[str, list[Expert]]
    sizes: dict[str, int]
    found: list[Conflict]
    left_out: list[tuple[str, str]] = field(default_factory=list)  # expert, reason

    @property
    def codes(self) -> dict[str, list[str]]:
        """The pool by codes."""
        return {
            stratum: [expert.code for expert in experts] for stratum, experts in sorted(self.pool.items())
        }

    @property
    def nominee_codes(self) -> list[str]:
        return [nomination.code for nomination in self.nominees]

    @property
    def pairs(self) -> set[Pair]:
        """Who may not score whom, of those who may be drawn."""
        known = {expert.code for experts in self.pool.values() for expert in experts}
        return {pair for pair in pairs_of(self.found) if pair[1] in known}

    @property
    def demand(self) -> dict[str, Any]:
        """What the checks of `rules.pool` ask for."""
        return {
            "nominees": self.nominee_codes, "pool": self.codes, "sizes": self.sizes,
            "per_nominee": self.round.rulebook.per_nominee, "recusals": self.pairs,
        }  # fmt: skip

    def without(self, gone: Iterable[str], reason: str) -> None:
        """Leave experts out of the pool, for this reason."""
        names = set(gone)
        for stratum, experts in self.pool.items():
            self.left_out += [(e.code, reason) for e in experts if e.code in names]
            self.pool[stratum] = [e for e in experts if e.code not in names]


def lists_now(round_: Round, *, on: date, set_aside: bool = False) -> Lists:
    """The lists of a draw on that day. `set_aside`: whoever is recused so often that a nominee might be left short
    is left out of the pool."""
    nominees = nominees_to_draw(round_)
    pool: dict[str, list[Expert]] = defaultdict(list)
    for expert in able(Expert.objects.select_related("unit", "city", "user"), on).order_by("code"):
        pool[expert.category].append(expert)
    everybody = [expert for experts in pool.values() for expert in experts]
    found = conflicts(round_, experts=everybody, nominations=nominees, on=on)
    lists = Lists(round_, nominees, dict(pool), {}, found)
    lists.without(bars_of_experts(Expert.objects.all(), on), "barred")
    lists.without(sat_too_often(round_, round_.rulebook.consecutive_rounds), "consecutive_rounds")
    lists.sizes = sizes_of(round_, lists.codes)
    if set_aside:
        lists.without(rules.left_out(**lists.demand), "recused")
    return lists


def sizes_of(round_: Round, pool: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Seats by stratum: as the rules say, or by largest remainder of their shares or of the pool."""
    found = round_.rulebook
    if found.strata_mode == "seats":
        return dict(sorted(found.strata.items()))
    weights = dict(found.strata)
    if found.strata_mode == "pool":
        weights = {stratum: len(experts) for stratum, experts in pool.items()}
    size = min(found.panel_size, sum(weights.values()))
    return dict(sorted(panel_sizes(weights, size).items()))


def sat_too_often(round_: Round, rounds: int) -> set[str]:
    """Who sat on the panels of the last so many rounds before this one, in a row; nobody without such a rule."""
    if not rounds:
        return set()
    before = Panel.objects.filter(state="drawn").exclude(round=round_).exclude(round__state="cancelled")
    last = list(before.order_by("-drawn_at").values_list("pk", flat=True)[:rounds])
    if len(last) < rounds:
        return set()
    seats = Panelist.objects.filter(panel__in=last, number__isnull=False).values_list("panel", "expert__code")
    sat: dict[str, set[int]] = defaultdict(set)
    for panel, expert in seats:
        sat[expert].add(panel)
    return {expert for expert, panels in sat.items() if len(panels) == rounds}


def groups_of(pool: Mapping[str, Iterable[Expert]]) -> dict[str, dict[str, str]]:
    """The unit and city of each expert under a running number: enough for the caps, and no names."""
    labels: dict[tuple[str, int], str] = {}
    found: dict[str, dict[str, str]] = {}
    experts = sorted((e for experts in pool.values() for e in experts), key=lambda e: e.code)
    for expert in experts:
        for kind, pk in (("unit", expert.unit_id), ("city", expert.city_id)):
            if pk is not None:
                number = 1 + sum(known == kind for known, _pk in labels)
                label = labels.setdefault((kind, pk), f"{kind}-{number}")
                found.setdefault(expert.code, {})[kind] = label
    return found


def draw_inputs(panel: Panel, lists: Lists, *, source: str, value_at: datetime) -> dict[str, Any]:
    """Everything the draw follows from but the public value, in the spelling that is hashed and kept."""
    found, version = panel.round.rulebook, panel.round.rulebook_version
    inputs: dict[str, Any] = {
        "protocol": PROTOCOL.decode(),
        "rules": {"version": panel.rules_version, "digest": version.digest if version else ""},
        "nominees": lists.nominee_codes,
        "pool": lists.codes,
        "sizes": lists.sizes,
        "per_nominee": found.per_nominee,
        "shortlist": found.shortlist,
        "recusals": sorted([nominee, expert] for nominee, expert in lists.pairs),
        # The inputs are public: who stands in the integrity register does not show in them.
        "left_out": sorted([expert, reason] for expert, reason in lists.left_out if reason != "barred"),
        "public_value": {"source": source, "at": value_at.astimezone(clock.ZONE).isoformat()},
    }
    if found.panel_caps:
        inputs |= {"caps": dict(sorted(found.panel_caps.items())), "groups": groups_of(lists.pool)}
    return inputs


# Before the freezing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stratum:
    """A category as it stands: `pool` experts for `size` seats."""

    name: str
    pool: int
    size: int

    @property
    def missing(self) -> int:
        return max(0, self.size - self.pool)

    @property
    def reserves(self) -> int:
        return max(0, self.pool - self.size)

    @property
    def few(self) -> bool:
        """Too few reserves to be at ease."""
        return not self.missing and self.reserves < FEWEST_RESERVES


@dataclass
class Outlook:
    """What would be frozen, and what keeps it from succeeding."""

    lists: Lists
    strata: list[Stratum]
    short: list[tuple[Nomination, rules.Shortage]]
    crowded: list[rules.Crowding]
    capless: int = 0  # of a hundred trials, in how many somebody had to sit despite a cap

    @property
    def feasible(self) -> bool:
        return not (self.short or self.crowded or any(s.missing for s in self.strata))


def names_of_strata() -> dict[str, str]:
    """Category to its name."""
    return {value: str(label) for value, label in Expert.Category.choices}


def outlook(lists: Lists, *, trials: int = 0) -> Outlook:
    """Whether these lists can be drawn from, and what would help."""
    names, codes = names_of_strata(), lists.codes
    strata = [Stratum(names.get(s, s), len(codes.get(s, ())), size) for s, size in lists.sizes.items()]
    by_code = {nomination.code: nomination for nomination in lists.nominees}
    short = [(by_code[found.nominee], found) for found in rules.shortages(**lists.demand)]
    caps, groups = lists.round.rulebook.panel_caps, groups_of(lists.pool)
    crowded = rules.crowded(codes, lists.sizes, caps=caps, groups=groups)
    found = Outlook(lists, strata, short, crowded)
    if caps and trials and not crowded and not any(s.missing for s in strata):
        found.capless = sum(
            bool(walk_panel(n.to_bytes(2), codes, lists.sizes, caps=caps, groups=groups).despite)
            for n in range(trials)
        )
    return found


def obstacles(found: Outlook) -> list[str]:
    """Why these lists cannot be frozen, each with what would help, in words."""
    return [*_too_small(found), *_too_crowded(found), *_too_short(found)]


def _too_small(found: Outlook) -> list[str]:
    return [
        gettext("专家库“%(name)s”类可用专家不足，还差%(n)s人，请先补充该类专家。")
        % {"name": s.name, "n": s.missing}
        for s in found.strata
        if s.missing
    ]


def _too_crowded(found: Outlook) -> list[str]:
    names, caps = names_of_strata(), found.lists.round.rulebook.panel_caps
    kinds = {"unit": gettext("同一单位"), "city": gettext("同一设区市")}
    return [
        gettext(
            "%(where)s按“%(kind)s不超过%(cap)s人”最多可抽出%(most)s人，需要%(needed)s人："
            "请再补充其他单位或者设区市的专家至少%(n)s人。"
        )
        % {
            "where": gettext("“%(name)s”类") % {"name": names.get(c.stratum, c.stratum)}
            if c.stratum
            else gettext("评审组"),
            "kind": kinds[c.kind], "cap": caps[c.kind], "most": c.most, "needed": c.needed, "n": c.needed - c.most,
        }
        for c in found.crowded
    ]  # fmt: skip


def _too_short(found: Outlook) -> list[str]:
    return [_short(nomination, shortage) for nomination, shortage in found.short]


def _short(nomination: Nomination, shortage: rules.Shortage) -> str:
    names = names_of_strata()
    text = gettext("%(code)s %(name)s回避的专家过多，抽取后可能还差%(n)s人评审。") % {
        "code": nomination.code, "name": nomination.nominee.name, "n": shortage.missing,
    }  # fmt: skip
    if shortage.set_aside:
        kinds = listed(
            gettext("“%(name)s”类至多%(n)s人") % {"name": names.get(s, s), "n": n}
            for s, n in shortage.set_aside.items()
        )
        text += gettext("可将须回避该人选的专家不列入名单（%(kinds)s）。") % {"kinds": kinds}
    if shortage.more:
        text += gettext("另须补充与该人选无利害关系的专家至少%(n)s人。") % {"n": shortage.more}
    return text


# The outcome, told -----------------------------------------------------------------------------------------------------


def passed_over(panel: Panel) -> list[tuple[str, str]]:
    """Who was passed over in the walk, and why, in words."""
    return [(code, reason_of(reason)) for code, reason in panel.outcome.get("passed", ())]


def reason_of(code: str) -> str:
    """Why an expert was left out or passed over."""
    return {
        "unit_cap": gettext("同单位已有专家入选"),
        "city_cap": gettext("同设区市入选专家已满"),
        "unavailable": gettext("当时不能参加"),
        "barred": gettext("列入诚信名册"),
        "recused": gettext("须回避的人选过多"),
        "consecutive_rounds": gettext("已连续参加规定批数的评审"),
    }.get(code, code)


def gaps(panel: Panel) -> int:
    """Sheets that nobody has been drawn for, after the redraws there were."""
    first = (
        panel.round.stage == 1
    )  # in the second everybody is asked, and only the least number can be lacking
    wanted = panel.inputs["per_nominee"] if first else panel.round.rulebook.min_sheets
    return sum(max(0, wanted - len(on)) for on in sheets_now(panel.round).values())


def standing(seat: Panelist) -> dict[str, int]:
    """How many duties of a seat are submitted and would stay, and how many would be drawn anew."""
    mine = Q(round=seat.panel.round_id, expert=seat.expert_id, state__in=ACTIVE, stage=seat.panel.round.stage)
    submitted = Q(state="accepted", sheet__state="submitted")
    return Assignment.objects.filter(mine).aggregate(
        kept=Count("pk", filter=submitted), released=Count("pk", filter=~submitted)
    )
