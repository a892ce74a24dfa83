"""Can the minimums still be met? An exact answer, also where groups cross (city and field and ...).

With two families of disjoint groups this is a flow; with three it is NP-hard. It is asked as a small integer
programme (people with the same groups are one variable) of the CP-SAT solver, which calculates in integers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ortools.linear_solver import pywraplp

Group = tuple[str, str]


def unmeetable_floors(
    people: Sequence[frozenset[Group]], places: int, caps: Mapping[Group, int], floors: Mapping[Group, int]
) -> tuple[Group, ...]:
    """The minimums that cannot be met; none when all can be met together.

    Those impossible on their own come first; failing that, a set that is possible without any one of its
    members.
    """
    if floors_can_be_met(people, places, caps, floors):
        return ()
    alone = [g for g, floor in floors.items() if not floors_can_be_met(people, places, caps, {g: floor})]
    return tuple(sorted(alone or _smallest_conflict(people, places, caps, floors)))


def _smallest_conflict(
    people: Sequence[frozenset[Group]], places: int, caps: Mapping[Group, int], floors: Mapping[Group, int]
) -> list[Group]:
    conflict = dict(floors)
    for group in sorted(floors):
        without = {g: floor for g, floor in conflict.items() if g != group}
        if not floors_can_be_met(people, places, caps, without):
            conflict = without
    return list(conflict)


def floors_can_be_met(
    people: Sequence[frozenset[Group]], places: int, caps: Mapping[Group, int], floors: Mapping[Group, int]
) -> bool:
    """Whether some of `people`, no more than `places` and within the caps, meet every minimum."""
    wanted = {group: floor for group, floor in floors.items() if floor > 0}
    if not wanted:
        return True
    if max(wanted.values()) > places:
        return False
    kinds = Counter(groups & (wanted.keys() | caps.keys()) for groups in people)
    return _solvable(kinds, places, caps, wanted)


def _solvable(
    kinds: Mapping[frozenset[Group], int], places: int, caps: Mapping[Group, int], floors: Mapping[Group, int]
) -> bool:
    solver = pywraplp.Solver.CreateSolver("SAT")
    solver.SetNumThreads(1)
    taken = {kind: solver.IntVar(0, count, "") for kind, count in kinds.items()}

    def number_of(group: Group) -> pywraplp.LinearExpr:
        return solver.Sum([number for kind, number in taken.items() if group in kind])

    solver.Add(solver.Sum(list(taken.values())) <= places)
    for group, cap in caps.items():
        solver.Add(number_of(group) <= max(cap, 0))
    for group, floor in floors.items():
        solver.Add(number_of(group) >= floor)
    return _answer(solver.Solve())


def _answer(status: int) -> bool:
    if status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return True
    if status == pywraplp.Solver.INFEASIBLE:
        return False
    raise ArithmeticError(f"the solver gave no answer: {status}")
