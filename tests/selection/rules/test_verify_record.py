"""The verifier's own arithmetic against the rules of this project: it shares no line with them."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from time import perf_counter
from types import ModuleType

import pytest

from selection.rules.draw import draw_assignments, redraw, shortfall_of
from selection.rules.floors import floors_can_be_met
from selection.rules.seats import walk_panel

TOOL = Path(__file__).parents[3] / "tools" / "verify_record.py"
SEED = bytes(range(32))


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_record", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def instance(number: int) -> tuple[list[str], list[str], int, set[tuple[str, str]], int]:
    """Nominees, experts, sheets each, recusals, shortlist: small enough to be crowded, never without a solution."""
    randomly = random.Random(number)
    nominees = [f"N{at:02}" for at in range(randomly.randint(3, 14))]
    experts = [f"X{at:02}" for at in range(randomly.randint(4, 9))]
    per = randomly.randint(2, 3)
    recusals = set()
    for nominee in nominees:
        recusals |= {(nominee, e) for e in randomly.sample(experts, randomly.randint(0, len(experts) - per))}
    return nominees, experts, per, recusals, randomly.randint(1, 4)


def recorded(number: int) -> dict:  # type: ignore[type-arg]
    """A draw as the record has it."""
    nominees, experts, per, recusals, shortlist = instance(number)
    found = draw_assignments(SEED, nominees, experts, per_nominee=per, recusals=recusals, shortlist=shortlist)
    return {
        "seed": SEED.hex(),
        "inputs": {
            "nominees": nominees, "per_nominee": per, "shortlist": shortlist,
            "recusals": sorted([n, e] for n, e in recusals),
        },
        "outcome": {
            "panel": {"all": experts}, "sheets": {n: list(on) for n, on in found.sheets.items()},
            "total_weight": found.total_weight, "load_floor": found.load_floor, "load_ceiling": found.load_ceiling,
            "relaxed_by": found.relaxed_by,
        },
    }  # fmt: skip


def test_every_draw_is_found_to_be_the_only_one(tool: ModuleType) -> None:
    relaxed = 0
    for number in range(150):
        draw = recorded(number)
        tool.check_assignments(draw)
        relaxed += draw["outcome"]["relaxed_by"] > 0
    assert relaxed > 10  # bounds that had to be widened are among them


def test_any_other_assignment_is_refused(tool: ModuleType) -> None:
    refused = 0
    for number in range(150):
        draw, randomly = recorded(number), random.Random(number)
        sheets = draw["outcome"]["sheets"]
        first, second = randomly.sample(sorted(sheets), 2)
        gives, takes = set(sheets[first]) - set(sheets[second]), set(sheets[second]) - set(sheets[first])
        if not gives or not takes:
            continue
        a, b = randomly.choice(sorted(gives)), randomly.choice(sorted(takes))
        sheets[first] = sorted({*sheets[first], b} - {a})  # loads stay as they are
        sheets[second] = sorted({*sheets[second], a} - {b})
        with pytest.raises(tool.Fault):
            tool.check_assignments(draw)
        refused += 1
    assert refused > 100


def test_a_redraw_is_found_to_be_the_only_one(tool: ModuleType) -> None:
    checked = 0
    for number in range(80):
        nominees, experts, per, recusals, shortlist = instance(number)
        sheets = recorded(number)["outcome"]["sheets"]
        late = (nominees[0], sheets[nominees[0]][0])
        short = shortfall_of(
            sheets, {*recusals, late}, experts=experts, per_nominee=per, shortlist=shortlist
        ).fillable()
        if not short.needs:
            continue
        found = redraw(SEED, 1, short)
        fresh = tool.sha256(SEED + b"redraw1").digest()
        given = {
            "inputs": short.to_dict(),
            "relaxed_by": found.relaxed_by,
            "total_weight": found.total_weight,
        }
        added = {n: list(on) for n, on in found.added.items()}
        tool._check_redraw(fresh, given, added, "redraw")
        checked += 1
    assert checked > 30


def test_the_panel_is_walked_alike(tool: ModuleType) -> None:
    for number in range(100):
        randomly = random.Random(number)
        pool = {stratum: [f"{stratum}{at:02}" for at in range(randomly.randint(3, 9))] for stratum in "abc"}
        sizes = {stratum: randomly.randint(0, 3) for stratum in pool}
        groups = {
            e: {"unit": f"u{randomly.randint(1, 6)}", "city": f"c{randomly.randint(1, 4)}"}
            for experts in pool.values()
            for e in experts
        }
        caps = {"unit": 1, "city": 2}
        found = walk_panel(SEED, pool, sizes, caps=caps, groups=groups)
        counted: tool.Counter = tool.Counter()
        again = {
            s: tuple(tool._seated(tool.pool_order(SEED, pool[s]), sizes[s], caps, groups, counted))
            for s in sorted(sizes)
        }
        assert again == dict(found.seats)


def test_minimums_can_be_met_alike(tool: ModuleType) -> None:
    answers = set()
    for number in range(300):
        randomly = random.Random(number)
        people = [
            frozenset({("city", str(randomly.randint(1, 3))), ("field", str(randomly.randint(1, 3)))})
            for _n in range(randomly.randint(1, 8))
        ]
        keys = [("city", "1"), ("city", "2"), ("field", "1"), ("field", "2")]
        floors = {key: randomly.randint(0, 2) for key in keys}
        caps = {key: randomly.randint(0, 2) for key in randomly.sample(keys, 2)}
        places = randomly.randint(1, 5)
        answer = tool.can_meet(people, places, caps, floors)
        assert answer == floors_can_be_met(people, places, caps, floors), number
        answers.add(answer)
    assert answers == {True, False}


def test_a_large_draw_is_checked_in_seconds(tool: ModuleType) -> None:
    nominees, experts = [f"N{at:04}" for at in range(400)], [f"X{at:03}" for at in range(60)]
    found = draw_assignments(SEED, nominees, experts, per_nominee=5)
    began = perf_counter()
    problem = tool.Problem(
        SEED, dict.fromkeys(nominees, 5), {}, 24, lambda d: dict.fromkeys(experts, (33 - d, 34 + d))
    )
    assert problem.check({n: list(on) for n, on in found.sheets.items()}, "draw") == (24, 0)
    assert perf_counter() - began < 5


def test_the_tool_needs_nothing_but_the_standard_library(tool: ModuleType) -> None:
    imported = {
        line.split()[1].partition(".")[0]
        for line in TOOL.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported - {"__future__"} <= sys.stdlib_module_names
