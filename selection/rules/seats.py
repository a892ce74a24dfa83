"""Who sits on the panel: strata and their sizes, the walk in drawn order, the caps, and the next reserve.

The walk is deterministic and needs only what was frozen: strata in byte order of name; in each, experts by
SHA-256(seed || "pool" || id). Whoever would break a cap, given all who sit already, is passed over with the reason.
Where a stratum cannot be filled so, its first passed-over experts are seated after all, in drawn order, and named:
a draw never fails once its public value is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

KINDS = ("unit", "city")  # what caps may count, in the order in which a broken one is named

Caps = Mapping[str, int]  # kind -> the most of one group
Groups = Mapping[
    str, Mapping[str, str]
]  # expert -> kind -> group; whoever has no group of a kind is not counted
Passed = tuple[str, str]  # expert, reason: "unit_cap", "city_cap", "unavailable", "recused"


@dataclass(frozen=True)
class Seating:
    """The walk's outcome: who sits, by stratum in drawn order; who was passed over and why; who sits despite a cap."""

    seats: Mapping[str, tuple[str, ...]]
    passed: tuple[Passed, ...] = ()
    despite: tuple[str, ...] = ()


def panel_sizes(pool: Mapping[str, int], size: int) -> dict[str, int]:
    """How many of a panel of `size` come from each stratum, in proportion to the pool, by largest remainder.

    Equal remainders go to the first name in byte order. Raises ValueError for a panel larger than the pool.
    """
    whole = sum(pool.values())
    if not 0 <= size <= whole:
        raise ValueError(f"a panel of {size} cannot come from a pool of {whole}")
    if not whole:
        return dict.fromkeys(pool, 0)
    sizes = {stratum: size * number // whole for stratum, number in pool.items()}
    by_remainder = sorted(pool, key=lambda stratum: (-(size * pool[stratum] % whole), stratum))
    for stratum in by_remainder[: size - sum(sizes.values())]:
        sizes[stratum] += 1
    return sizes


def pool_order(seed: bytes, experts: Sequence[str]) -> tuple[str, ...]:
    """A stratum in drawn order, by SHA-256(seed || "pool" || id): first the panel, then the reserves."""
    return tuple(sorted(experts, key=lambda expert: sha256(seed + b"pool" + expert.encode("utf-8")).digest()))


def walk_panel(
    seed: bytes,
    pool: Mapping[str, Sequence[str]],
    sizes: Mapping[str, int],
    *,
    caps: Caps | None = None,
    groups: Groups | None = None,
) -> Seating:
    """The panel of these sizes. Raises ValueError naming a stratum that is unknown, too small, or lists one twice."""
    for stratum, size in sizes.items():
        experts = pool.get(stratum, ())
        if not 0 <= size <= len(set(experts)):
            raise ValueError(f"{size} experts cannot be drawn from stratum {stratum}")
        if len(set(experts)) < len(experts):
            raise ValueError(f"listed twice among the stratum {stratum}")
    table = _Table(caps or {}, groups or {})
    seats: dict[str, tuple[str, ...]] = dict.fromkeys(sizes, ())
    for stratum in sorted(sizes):
        seats[stratum] = table.fill(pool_order(seed, pool.get(stratum, ())), sizes[stratum])
    return Seating(seats, tuple(table.passed), tuple(table.despite))


class _Table:
    """Who sits so far, counted by group."""

    def __init__(self, caps: Caps, groups: Groups, seated: Iterable[str] = ()) -> None:
        self.caps, self.groups = caps, groups
        self.number: Counter[tuple[str, str]] = Counter()
        self.passed: list[Passed] = []
        self.despite: list[str] = []
        for expert in seated:
            self.seat(expert)

    def broken(self, expert: str) -> str:
        """The cap that this expert would break, or nothing."""
        for kind in KINDS:
            group = self.groups.get(expert, {}).get(kind, "")
            if group and kind in self.caps and self.number[kind, group] >= self.caps[kind]:
                return f"{kind}_cap"
        return ""

    def seat(self, expert: str) -> str:
        self.number.update((kind, group) for kind, group in self.groups.get(expert, {}).items() if group)
        return expert

    def fill(self, order: Sequence[str], size: int) -> tuple[str, ...]:
        """`size` of `order`: who breaks no cap, and, where those do not suffice, the first who were passed over."""
        taken: list[str] = []
        passed: list[Passed] = []
        for expert in order:
            if len(taken) == size:
                break
            if reason := self.broken(expert):
                passed.append((expert, reason))
            else:
                taken.append(self.seat(expert))
        lacking = size - len(taken)
        despite = [self.seat(expert) for expert, _reason in passed[:lacking]]
        self.despite += despite
        self.passed += passed[lacking:]
        return tuple(expert for expert in order if expert in {*taken, *despite})


def next_reserve(
    reserves: Sequence[str],
    *,
    seated: Iterable[str],
    caps: Caps,
    groups: Groups,
    unavailable: AbstractSet[str] = frozenset(),
    useless: AbstractSet[str] = frozenset(),
) -> tuple[str | None, list[Passed]]:
    """The first reserve in drawn order who can come, may score whom it is about, and breaks no cap; and who was passed.

    `useless` are recused from everyone who lacks a sheet. If only the caps stand in the way the first such reserve
    is called all the same.
    """
    table = _Table(caps, groups, seated)
    passed: list[Passed] = []
    for expert in reserves:
        reason = "unavailable" if expert in unavailable else "recused" if expert in useless else ""
        if not (reason := reason or table.broken(expert)):
            return expert, passed
        passed.append((expert, reason))
    for place, (expert, reason) in enumerate(passed):
        if reason.endswith("_cap"):
            return expert, passed[:place]
    return None, passed


def most_under_caps(experts: Iterable[str], *, caps: Caps, groups: Groups, kind: str) -> int:
    """How many of these can sit together if no group of one kind exceeds its cap: the least number is counted."""
    number = Counter(groups.get(expert, {}).get(kind, "") for expert in experts)
    alone = number.pop("", 0)
    return alone + sum(min(found, caps.get(kind, found)) for found in number.values())
