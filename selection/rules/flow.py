"""The cheapest assignment as a minimum-cost flow: integral data, so the optimum is integral."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow


@dataclass(frozen=True)
class Demand:
    """Sheets each nominee needs, (weight, expert) that may supply them, (least, most) of each expert."""

    needs: Mapping[str, int]
    eligible: Mapping[str, Sequence[tuple[int, str]]]
    loads: Mapping[str, tuple[int, int]]


def cheapest_assignment(demand: Demand) -> dict[str, list[str]] | None:
    """Nominee to experts of least total weight within the bounds, or None when there is no assignment.

    Without any large penalty: every expert supplies the least load, and one pool node the rest of the demand,
    through arcs as wide as the bounds leave room. The least loads may not sum to more than the demand.
    """
    network = _Network(demand)
    return network.chosen() if network.solve() else None


class _Network:
    """The nodes and arcs of one demand: node 0 is the pool, then the experts, then the nominees."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.flow = SimpleMinCostFlow()
        self.expert_node = {expert: node for node, expert in enumerate(sorted(demand.loads), start=1)}
        first = len(self.expert_node) + 1
        self.nominee_node = {nominee: node for node, nominee in enumerate(demand.needs, start=first)}
        self.pairs: list[tuple[int, str, str]] = []

    def solve(self) -> bool:
        spare = sum(self.demand.needs.values()) - sum(least for least, _ in self.demand.loads.values())
        self.flow.set_node_supply(0, spare)
        for expert, node in self.expert_node.items():
            least, most = self.demand.loads[expert]
            self.flow.set_node_supply(node, least)
            self.flow.add_arc_with_capacity_and_unit_cost(0, node, most - least, 0)
        for nominee, node in self.nominee_node.items():
            self.flow.set_node_supply(node, -self.demand.needs[nominee])
            self._add_pairs(nominee, node)
        return self._solved()

    def _add_pairs(self, nominee: str, node: int) -> None:
        for weight, expert in self.demand.eligible[nominee]:
            arc = self.flow.add_arc_with_capacity_and_unit_cost(self.expert_node[expert], node, 1, weight)
            self.pairs.append((arc, nominee, expert))

    def _solved(self) -> bool:
        status = self.flow.solve()
        if status == SimpleMinCostFlow.OPTIMAL:
            return True
        if status == SimpleMinCostFlow.INFEASIBLE:
            return False
        raise ArithmeticError(f"the flow solver gave no answer: {status.name}")

    def chosen(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {nominee: [] for nominee in self.demand.needs}
        for arc, nominee, expert in self.pairs:
            if self.flow.flow(arc):
                found[nominee].append(expert)
        return found
