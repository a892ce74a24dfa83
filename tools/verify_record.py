#!/usr/bin/env python3
"""Verify the exported record of a round: python3 verify_record.py DIR [--published DIGEST ...]

Needs nothing but Python 3.11 and the record: no part of the system that wrote it. Checked, in this order: every file
against the manifest; the hash chain, and the heads published earlier at their positions; every opened payload against
its commitment; the rules against their digest; the draw (inputs, seed, panel, numbers, assignments, redraws); every
score sheet against the commitment on the ledger; every score, rank, tie and outcome by calculating it again; the decisions
with their exceptions, certificates, corrections of the list and revocations.
Exit status 0, or 1 naming the first fault.

A record proves itself only as far as its heads are known from elsewhere: give the total digests that were printed in
notices with --published.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from hashlib import file_digest, sha256, shake_256
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

Node = tuple[str, str]  # of the network of a draw: kind and name
Bounds = Callable[[int], dict[str, tuple[int, int]]]  # widening -> expert -> least and most sheets

FORMAT = 1
EMPTY_HEAD = bytes(32)
PROTOCOL = b"talent-draw/v1"
ENTRY = {"alg", "chain", "commitment", "kind", "role", "rules", "seq", "subject", "time"}
# What rules mean that were frozen before these parameters existed.
ABSENT = {
    "tie_chain": ["criterion", "median", "range", "vote", "lot"],
    "caps": {},
    "floors": {},
    "ballot": False,
    "second_stage": 0,
}


class Fault(Exception):
    """The first thing that is wrong: where, and what."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")


def require(holds: object, where: str, what: str) -> None:
    """Raise the fault unless it holds."""
    if not holds:
        raise Fault(where, what)


def same(found: object, expected: object, where: str, what: str) -> None:
    """Raise a fault that shows both values unless they are equal."""
    if found != expected:
        raise Fault(where, f"{what}: recorded {short(found)}, calculated {short(expected)}")


def short(value: object) -> str:
    """A value in at most eighty characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."


def canonical(value: object) -> bytes:
    """The one spelling that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def committed(salt: str, payload: str) -> str:
    """SHA-256("payload/v1" 00 salt 00 payload)."""
    return sha256(b"\x00".join((b"payload/v1", bytes.fromhex(salt), payload.encode()))).hexdigest()


class Record:
    """The files of an exported record, read when they are asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> Any:
        """A JSON file."""
        try:
            return json.loads((self.root / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise Fault(name, f"cannot be read ({fault})") from fault

    def lines(self, name: str) -> list[str]:
        """The lines of a file."""
        try:
            return (self.root / name).read_text(encoding="utf-8").split("\n")[:-1]
        except (OSError, ValueError) as fault:
            raise Fault(name, f"cannot be read ({fault})") from fault

    def has(self, name: str) -> bool:
        return (self.root / name).is_file()

    @cached_property
    def round(self) -> dict[str, Any]:
        found: dict[str, Any] = self.read("round.json")
        return found

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """The entries of the chain; entry n is at position n - 1."""
        return [json.loads(line) for line in self.lines("chain.jsonl")]

    @cached_property
    def payloads(self) -> dict[int, dict[str, Any]]:
        """Opened payloads by sequence number."""
        rows = [json.loads(line) for line in self.lines("opened.jsonl")]
        return {row["seq"]: json.loads(row["payload"]) for row in rows}

    def opened(self, *kinds: str) -> list[tuple[int, dict[str, Any]]]:
        """The opened payloads of some kinds of entries, in the order of the chain. None of them may be sealed."""
        found = [entry["seq"] for entry in self.entries if entry["kind"] in kinds]
        for seq in found:
            require(
                seq in self.payloads, f"opened.jsonl entry {seq}", f"the payload of {kinds[0]} is missing"
            )
        return [(seq, self.payloads[seq]) for seq in found]

    def last(self, *kinds: str) -> tuple[int, dict[str, Any]]:
        """The last of them."""
        found = self.opened(*kinds)
        require(found, "chain.jsonl", f"there is no entry {kinds[0]}")
        return found[-1]

    @cached_property
    def rules(self) -> dict[str, Any]:
        """The rules in force when the scores were calculated, else the newest."""
        return self.rules_until(len(self.entries))

    @cached_property
    def second(self) -> tuple[int, dict[str, Any]] | None:
        """The beginning of the second stage: entry and payload, or None."""
        found = self.opened("round.begin_second_stage")
        require(len(found) < 2, "chain.jsonl", "there are two second stages")
        return found[0] if found else None

    @cached_property
    def openings(self) -> list[int]:
        """The entries by which the sheets of each stage were opened."""
        return [entry["seq"] for entry in self.entries if entry["kind"] == "round.open_scores"]

    def rules_until(self, end: int) -> dict[str, Any]:
        """The rules by which the scores were calculated last, up to an entry."""
        books = {book["name"]: book for book in self.read("rulebooks.json")}
        calculated = ("round.open_scores", "result.recomputed")
        used = [e["rules"] for e in self.entries[:end] if e["kind"] in calculated]
        name = used[-1] if used else max(books, key=lambda n: books[n]["version"], default="")
        require(name in books, "rulebooks.json", f"the rules {name} are missing")
        return {**ABSENT, **json.loads(books[name]["text"])}

    @cached_property
    def draw(self) -> Any:
        """The draw, or None before the freezing."""
        return self.read("draw.json") if self.has("draw.json") else None

    @cached_property
    def people(self) -> dict[str, dict[str, Any]]:
        """The nominees by code."""
        return {row["code"]: row for row in self.read("nominees.json")}

    @cached_property
    def sheets(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines("sheets.jsonl")] if self.has("sheets.jsonl") else []


# The files and the chain -----------------------------------------------------------------------------------------------


def check_manifest(record: Record) -> None:
    """Every file is as the manifest says, and there is no other."""
    manifest = record.read("manifest.json")
    same(manifest.get("format"), FORMAT, "manifest.json", "format")
    named = manifest["files"]
    present = {p.relative_to(record.root).as_posix() for p in record.root.rglob("*") if p.is_file()}
    for name in sorted(named.keys() ^ (present - {"manifest.json"})):
        raise Fault(name, "is missing" if name in named else "is not named in the manifest")
    for name, digest in sorted(named.items()):
        with (record.root / name).open("rb") as file:
            same(digest, file_digest(file, "sha256").hexdigest(), name, "SHA-256 in the manifest")


def check_chain(record: Record) -> None:
    """Each entry follows the one before: leaf = SHA-256(00 || entry), head = SHA-256(head || leaf)."""
    lines, digests = record.lines("chain.jsonl"), record.lines("digests.txt")
    head = EMPTY_HEAD
    for seq, line in enumerate(lines, start=1):
        where = f"chain.jsonl entry {seq}"
        entry = _entry(line, where)
        same(entry.get("seq"), seq, where, "sequence number")
        same(entry.get("chain"), record.round["chain"], where, "chain")
        leaf = sha256(b"\x00" + line.encode()).digest()
        head = sha256(head + leaf).digest()
        require(seq <= len(digests), where, "is not in digests.txt")
        same(digests[seq - 1], f"{seq} {leaf.hex()} {head.hex()}", where, "sequence number, leaf and head")
    same(len(digests), len(lines), "digests.txt", "number of entries")
    same(record.round["count"], len(lines), "round.json", "number of entries")
    same(record.round["head"], head.hex(), "round.json", "head of the chain")


def _entry(line: str, where: str) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads(line)
    except ValueError as fault:
        raise Fault(where, "is not JSON") from fault
    require(isinstance(entry, dict) and entry.keys() == ENTRY, where, "has not the fields of an entry")
    require(canonical(entry) == line.encode(), where, "is not in canonical spelling")
    return entry


def check_heads(record: Record, published: list[str]) -> None:
    """Heads published earlier stand at their positions; digests known from elsewhere are among the publications."""
    digests, chain = record.lines("digests.txt"), record.round["chain"]
    known = set()
    for head in record.read("heads.json"):
        where = f"heads.json {head['at']} {head['occasion']}"
        ordered = sorted(line.encode() + b"\n" for line in head["lines"])
        same(head["digest"], sha256(b"".join(ordered)).hexdigest(), where, "total digest")
        known.add(head["digest"])
        for key, number, value in (line.rsplit(" ", 2) for line in head["lines"]):
            if key == chain and number != "0":
                require(int(number) <= len(digests), where, f"there is no entry {number} any more")
                same(digests[int(number) - 1].split()[2], value, where, f"head after entry {number}")
    for digest in published:
        require(digest in known, "heads.json", f"the total digest {digest} was never published")


def check_opened(record: Record) -> None:
    """Every opened payload is the one that its entry commits to."""
    for line in record.lines("opened.jsonl"):
        row = json.loads(line)
        where = f"opened.jsonl entry {row['seq']}"
        require(0 < row["seq"] <= len(record.entries), where, "there is no such entry")
        entry = record.entries[row["seq"] - 1]
        same(
            committed(row["salt"], row["payload"]),
            entry["commitment"],
            where,
            f"commitment of {entry['kind']}",
        )


def check_rules(record: Record) -> None:
    """Each version of the rules has its digest, and the ledger names it."""
    named = {payload["rulebook"] for _seq, payload in record.opened(*RULE_KINDS)}
    for book in record.read("rulebooks.json"):
        where = f"rulebooks.json {book['name']}"
        same(book["digest"], sha256(book["text"].encode()).hexdigest(), where, "digest")
        require(book["digest"] in named, where, "the ledger names no such rules")


RULE_KINDS = ("round.announce", "round.correct_rulebook")


# The draw --------------------------------------------------------------------------------------------------------------


def check_inputs(record: Record, draw: dict[str, Any]) -> None:
    """The frozen inputs have the digest that was put on the ledger before the public value existed."""
    digest = sha256(canonical(draw["inputs"])).hexdigest()
    seq, frozen = record.last("panel.freeze")
    same(draw["inputs_digest"], digest, "draw.json inputs", "digest")
    same(draw["inputs_digest"], frozen["digest"], "draw.json inputs", f"digest on the ledger, entry {seq}")
    rules = {book["digest"] for book in record.read("rulebooks.json")}
    require(draw["inputs"]["rules"]["digest"] in rules, "draw.json inputs", "the rules they name are missing")


def check_seed(record: Record, draw: dict[str, Any]) -> None:
    """seed = SHA-256("talent-draw/v1" 00 inputs' digest 00 public value)."""
    parts = (PROTOCOL, bytes.fromhex(draw["inputs_digest"]), draw["public_value"].encode())
    same(draw["seed"], sha256(b"\x00".join(parts)).hexdigest(), "draw.json seed", "seed")
    seq, drawn = record.last("panel.draw")
    for name in ("public_value", "seed"):
        same(draw[name], drawn[name], f"draw.json {name}", f"on the ledger, entry {seq}")
    for name, value in drawn["outcome"].items():
        same(draw["outcome"].get(name), value, f"draw.json outcome {name}", f"on the ledger, entry {seq}")


def pool_order(seed: bytes, experts: list[str]) -> list[str]:
    """Experts in drawn order: by SHA-256(seed || "pool" || expert)."""
    return sorted(experts, key=lambda expert: sha256(seed + b"pool" + expert.encode()).digest())


def check_panel(record: Record, draw: dict[str, Any]) -> None:
    """Of each stratum the first in drawn order who break no cap; anonymous numbers again by lot, then as called up."""
    seed, inputs, outcome = bytes.fromhex(draw["seed"]), draw["inputs"], draw["outcome"]
    caps, groups = inputs.get("caps") or {}, inputs.get("groups") or {}
    number: Counter[Any] = Counter()
    panel = {}
    for stratum, size in sorted(inputs["sizes"].items()):
        panel[stratum] = _seated(
            pool_order(seed, inputs["pool"].get(stratum, [])), size, caps, groups, number
        )
    for stratum, experts in panel.items():
        same(outcome["panel"].get(stratum), experts, f"draw.json panel, stratum {stratum}", "experts")
    same(sorted(outcome["panel"]), sorted(panel), "draw.json panel", "strata")
    seated = pool_order(seed, [expert for experts in panel.values() for expert in experts])
    numbers = {expert: place for place, expert in enumerate(seated, start=1)}
    numbers |= {called["expert"]: called["number"] for _seq, called in record.opened("panel.promote")}
    for row in draw["seats"]:
        same(
            row["number"],
            numbers.pop(row["expert"], None),
            f"draw.json seats, expert {row['expert']}",
            "anonymous number",
        )
    require(not numbers, "draw.json seats", f"expert {min(numbers, default='')} is missing")


def _seated(
    order: list[str], size: int, caps: dict[str, Any], groups: dict[str, Any], number: Counter[Any]
) -> list[str]:
    """`size` of them: who breaks no cap given all who sit already, then the first who were passed over."""

    def own(expert: str) -> list[tuple[str, str]]:
        return [(kind, group) for kind, group in groups.get(expert, {}).items() if group]

    taken: list[str] = []
    passed: list[str] = []
    for expert in order:
        if len(taken) == size:
            break
        broken = any(number[key] >= caps[key[0]] for key in own(expert) if key[0] in caps)
        (passed if broken else taken).append(expert)
        if not broken:
            number.update(own(expert))
    despite = passed[: size - len(taken)]
    for expert in despite:
        number.update(own(expert))
    return [expert for expert in order if expert in {*taken, *despite}]


def weights(seed: bytes, nominee: str, experts: list[str]) -> dict[str, int]:
    """40 bits of each 8-byte word of SHAKE-256("talent-draw/v1" 00 seed 00 nominee), experts in byte order."""
    ordered = sorted(experts)
    stream = shake_256(b"\x00".join((PROTOCOL, seed, nominee.encode()))).digest(8 * len(ordered))
    words = struct.unpack(f">{len(ordered)}Q", stream)
    return {expert: word >> 24 for expert, word in zip(ordered, words, strict=True)}


def check_assignments(draw: dict[str, Any]) -> None:
    """Exact loads, no recused pair, and no assignment that is lighter or as light."""
    inputs, outcome = draw["inputs"], draw["outcome"]
    nominees, per_nominee = inputs["nominees"], inputs["per_nominee"]
    experts = sorted(expert for on in outcome["panel"].values() for expert in on)
    recused = {tuple(pair[:2]) for pair in inputs["recusals"]}
    require(
        sorted(outcome["sheets"]) == sorted(nominees), "draw.json sheets", "are not those of the nominees"
    )
    whole, people = per_nominee * len(nominees), max(len(experts), 1)
    problem = Problem(
        bytes.fromhex(draw["seed"]),
        dict.fromkeys(nominees, per_nominee),
        {nominee: {expert for expert in experts if (nominee, expert) in recused} for nominee in nominees},
        inputs["shortlist"],
        lambda d: dict.fromkeys(experts, (max(0, whole // people - d), -(-whole // people) + d)),
    )
    size, wider = problem.check(outcome["sheets"], "draw.json sheets")
    bounds = max(0, whole // people - wider), -(-whole // people) + wider
    for name, value in (("load_floor", bounds[0]), ("load_ceiling", bounds[1]), ("relaxed_by", wider)):
        same(outcome[name], value, f"draw.json outcome {name}", "bounds of the loads")
    total = sum(problem.weight[n][e] for n, on in outcome["sheets"].items() for e in on)
    same(outcome["total_weight"], total, "draw.json outcome total_weight", f"weight at shortlist {size}")


def check_redraws(record: Record, draw: dict[str, Any]) -> None:
    """What each redraw added is the lightest way to fill what was open; together they make the assignments."""
    seed, pairs = bytes.fromhex(draw["seed"]), {}
    for nominee, on in draw["outcome"]["sheets"].items():
        pairs.update({(nominee, expert): 0 for expert in on})
    for seq, redraw in record.opened("panel.redraw"):
        where = f"redraw {redraw['number']}, entry {seq}"
        fresh = sha256(seed + b"redraw" + str(redraw["number"]).encode()).digest()
        same(redraw["seed"], fresh.hex(), where, "seed")
        added: dict[str, list[str]] = defaultdict(list)
        for nominee, expert in redraw["added"]:
            require((nominee, expert) not in pairs, where, f"{nominee} and {expert} were drawn before")
            pairs[nominee, expert] = redraw["number"]
            added[nominee].append(expert)
        _check_redraw(fresh, redraw, added, where)
    for row in draw["assignments"]:
        if stage_of(row) > 1:
            continue
        where = f"draw.json assignment {row['nominee']} {row['expert']}"
        same(row["draw"], pairs.pop((row["nominee"], row["expert"]), None), where, "draw that made it")
    for nominee, expert in sorted(pairs):
        require(
            _withdrawn(record, nominee),
            "draw.json assignments",
            f"{nominee} {expert} was drawn and is missing",
        )


def stage_of(row: dict[str, Any]) -> int:
    """The stage of a duty, a sheet or a result; records written before there were two do not say."""
    return int(row.get("stage", 1))


def check_second_stage(record: Record, draw: dict[str, Any]) -> None:
    """The shortlist has its digest; whoever sat scored everybody on it, but where recused; nobody else scored anybody."""
    found = record.opened("panel.second_stage")
    pairs = {(row["nominee"], row["expert"]) for row in draw["assignments"] if stage_of(row) > 1}
    if record.second is None:
        require(
            not found and not pairs, "draw.json assignments", "there are duties of a stage that never began"
        )
        return
    begun, payload = record.second
    text = canonical({"round": record.round["code"], "shortlist": payload["shortlist"]})
    same(
        payload["digest"], sha256(text).hexdigest(), f"second stage, entry {begun}", "digest of the shortlist"
    )
    recused = {(nominee, expert) for nominee, expert, *_why in draw["inputs"]["recusals"]}
    numbers = {row["expert"] for row in draw["seats"] if row["number"]}
    asked: set[tuple[str, str]] = set()
    for seq, part in found:
        where = f"second stage, entry {seq}"
        apart = {(nominee, expert) for nominee, expert in part["recused"]}
        for nominee, expert in part["added"]:
            require(nominee in payload["shortlist"], where, f"{nominee} is not on the shortlist")
            require(expert in numbers, where, f"{expert} is not on the panel")
            require(
                (nominee, expert) not in recused | apart | asked,
                where,
                f"{nominee} {expert} may not be asked",
            )
            asked.add((nominee, expert))
        for nominee in part["nominees"]:
            missing = [e for e in part["panel"] if (nominee, e) not in asked | apart]
            require(not missing, where, f"{nominee} is not scored by {', '.join(missing)}")
    same(sorted(pairs), sorted(asked), "draw.json assignments", "duties of the second stage")


def _withdrawn(record: Record, nominee: str) -> bool:
    return nominee in record.people and record.people[nominee]["state"] in ("withdrawn", "disqualified")


def _check_redraw(seed: bytes, redraw: dict[str, Any], added: dict[str, list[str]], where: str) -> None:
    short = redraw["inputs"]
    experts = short["loads"]
    problem = Problem(
        seed,
        short["needs"],
        {nominee: set(barred) for nominee, barred in short["barred"].items()},
        short["shortlist"],
        lambda d: {e: (0, max(0, short["ceiling"] + d - load)) for e, load in experts.items()},
    )
    require(added.keys() <= problem.needs.keys(), where, "somebody who needed no sheet was given one")
    _size, wider = problem.check({nominee: added.get(nominee, []) for nominee in problem.needs}, where)
    same(redraw["relaxed_by"], wider, where, "widening of the loads")
    total = sum(problem.weight[nominee][expert] for nominee, on in added.items() for expert in on)
    same(redraw["total_weight"], total, where, "weight")


class Problem:
    """One draw as the protocol states it: who needs how many, who is barred, and the bounds of the loads."""

    def __init__(
        self,
        seed: bytes,
        needs: dict[str, Any],
        barred: dict[str, Any],
        shortlist: int | None,
        bounds: Bounds,
    ) -> None:
        self.needs, self.bounds, self.shortlist = needs, bounds, shortlist
        self.experts = sorted(bounds(0))
        self.weight = {nominee: weights(seed, nominee, self.experts) for nominee in needs}
        self.ranked = {
            nominee: sorted(
                (w, e) for e, w in self.weight[nominee].items() if e not in barred.get(nominee, ())
            )
            for nominee in needs
        }

    def attempts(self) -> Iterator[tuple[int, int]]:
        """Shortlists and widenings in the order in which the protocol tries them."""
        everyone = max(map(len, self.ranked.values()), default=0)
        size = everyone if self.shortlist is None else self.shortlist
        while size < everyone:
            yield size, 0
            size *= 2
        for wider in count():
            yield everyone, wider

    def check(self, sheets: dict[str, list[str]], where: str) -> tuple[int, int]:
        """The first attempt that has a solution has this one, and no other as light; which attempt that is."""
        self._check_pairs(sheets, where)
        highest = max(Counter(e for on in sheets.values() for e in on).values(), default=0)
        for size, wider in self.attempts():
            arcs = {n: {expert: w for w, expert in eligible[:size]} for n, eligible in self.ranked.items()}
            bounds = self.bounds(wider)
            if self._fits(sheets, arcs, bounds):
                self._check_lightest(sheets, arcs, bounds, where)
                return size, wider
            require(
                not feasible(self.needs, arcs, bounds), where,
                f"loads or experts out of bounds: with shortlist {size} and bounds widened by {wider} there is a draw",
            )  # fmt: skip
            require(wider <= highest + len(self.experts), where, "no bounds fit")
        raise AssertionError

    def _check_pairs(self, sheets: dict[str, list[str]], where: str) -> None:
        for nominee, on in sheets.items():
            same(len(set(on)), self.needs[nominee], f"{where} {nominee}", "number of experts")
            eligible = {expert for _weight, expert in self.ranked[nominee]}
            for expert in on:
                require(expert in self.experts, f"{where} {nominee}", f"{expert} is not on the panel")
                require(expert in eligible, f"{where} {nominee}", f"{expert} is recused")

    @staticmethod
    def _fits(sheets: dict[str, Any], arcs: dict[str, Any], bounds: dict[str, Any]) -> bool:
        loads = Counter(expert for on in sheets.values() for expert in on)
        return all(e in arcs[n] for n, on in sheets.items() for e in on) and all(
            least <= loads[expert] <= most for expert, (least, most) in bounds.items()
        )

    @staticmethod
    def _check_lightest(
        sheets: dict[str, Any], arcs: dict[str, Any], bounds: dict[str, Any], where: str
    ) -> None:
        residual = Residual(sheets, arcs, bounds)
        if cycle := residual.lighter():
            raise Fault(
                where, f"not the draw of least weight: it is lighter another way at {', '.join(cycle)}"
            )
        if level := residual.as_light():
            raise Fault(where, f"another draw is as light, at {', '.join(level)}")


POOL = ("", "pool")


class Residual:
    """What may be moved in an assignment. It is of least weight if no round trip here is lighter than nothing, and the
    only one of least weight if none that exchanges a sheet weighs nothing (Klein 1967)."""

    def __init__(self, sheets: dict[str, Any], arcs: dict[str, Any], bounds: dict[str, Any]) -> None:
        loads = Counter(expert for on in sheets.values() for expert in on)
        self.out: dict[Node, list[tuple[Node, int]]] = defaultdict(list)
        for nominee, eligible in arcs.items():
            for expert, weight in eligible.items():
                ends = ("expert", expert), ("nominee", nominee)
                if expert in sheets[nominee]:
                    self.out[ends[1]].append((ends[0], -weight))
                else:
                    self.out[ends[0]].append((ends[1], weight))
        for expert, (least, most) in bounds.items():
            if loads[expert] < most:
                self.out[POOL].append((("expert", expert), 0))
            if loads[expert] > least:
                self.out[("expert", expert)].append((POOL, 0))
        self.nodes = {POOL, *self.out, *(end for ends in self.out.values() for end, _w in ends)}
        self.distance = dict.fromkeys(self.nodes, 0)
        self.came_from: dict[Node, Node] = {}

    def lighter(self) -> list[str]:
        """The nominees on a round trip of negative weight; none if there is no such trip (Bellman and Ford)."""
        waiting, queued, steps = deque(sorted(self.nodes)), set(self.nodes), 0
        while waiting:
            node = waiting.popleft()
            queued.discard(node)
            for end, weight in self.out.get(node, ()):
                if self.distance[node] + weight < self.distance[end]:
                    self.distance[end], self.came_from[end] = self.distance[node] + weight, node
                    steps += 1
                    if end not in queued:
                        queued.add(end)
                        waiting.append(end)
            if steps > len(self.nodes):
                if trip := self._trip():
                    return trip
                steps = 0
        return self._trip()

    def _trip(self) -> list[str]:
        """A round trip among the steps that made distances what they are: its weight is negative."""
        done: set[Node] = set()
        for start in self.came_from:
            path: list[Node] = []
            node: Node | None = start
            while node is not None and node not in done:
                done.add(node)
                path.append(node)
                node = self.came_from.get(node)
            if node in path:
                return sorted(name for kind, name in path[path.index(node) :] if kind == "nominee")
        return []

    def as_light(self) -> list[str]:
        """The nominees on round trips of no weight that exchange a sheet; none if the assignment is the only one.

        With distances as potentials every arc weighs nothing or more, so such trips use arcs that weigh nothing.
        """
        level = {
            node: [
                end
                for end, weight in self.out.get(node, ())
                if self.distance[node] + weight == self.distance[end]
            ]
            for node in self.nodes
        }
        part = _components(level)
        found = {name for node in level for end in level[node] for kind, name in (node, end)
                 if part[node] == part[end] and kind == "nominee" and POOL not in (node, end)}  # fmt: skip
        return sorted(found)


def _components(out: dict[Node, list[Node]]) -> dict[Node, Node]:
    """The strongly connected part of each node (Kosaraju, without recursion)."""
    back: dict[Node, list[Node]] = defaultdict(list)
    for node, ends in out.items():
        for end in ends:
            back[end].append(node)
    part: dict[Node, Node] = {}
    for root in reversed(_finished(out)):
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node not in part:
                part[node] = root
                waiting += [end for end in back[node] if end not in part]
    return part


def _finished(out: dict[Node, list[Node]]) -> list[Node]:
    """The nodes in the order in which a search in depth leaves them."""
    order: list[Node] = []
    seen: set[Node] = set()
    for start in sorted(out):
        stack = [] if start in seen else [(start, iter(out[start]))]
        seen.add(start)
        while stack:
            ends = stack[-1][1]
            fresh = next((end for end in ends if end not in seen), None)
            if fresh is None:
                order.append(stack.pop()[0])
            else:
                seen.add(fresh)
                stack.append((fresh, iter(out[fresh])))
    return order


def feasible(needs: dict[str, Any], arcs: dict[str, Any], bounds: dict[str, Any]) -> bool:
    """Whether any assignment exists: least loads first, then the needs, each by augmenting paths."""
    on: dict[str, set[str]] = {nominee: set() for nominee in needs}
    loads: Counter[Any] = Counter()
    for expert, (least, _most) in bounds.items():
        while loads[expert] < least:
            if not _augment_expert(expert, needs, arcs, on, loads, bounds):
                return False
    return all(
        _augment_nominee(nominee, arcs, on, loads, bounds)
        for nominee, need in needs.items()
        for _n in range(need - len(on[nominee]))
    )


def _augment_nominee(
    nominee: str, arcs: dict[str, Any], on: dict[str, Any], loads: Counter[Any], bounds: dict[str, Any]
) -> bool:
    """One more sheet for a nominee: along experts with room, moving others' sheets where it must."""
    came: dict[Node, Node | None] = {("nominee", nominee): None}
    waiting = deque(came)
    while waiting:
        node = waiting.popleft()
        kind, name = node
        if kind == "expert":
            if loads[name] < bounds[name][1]:
                return _flip(node, came, on, loads, name)
            ends = [("nominee", other) for other in on if name in on[other]]
        else:
            ends = [("expert", expert) for expert in arcs[name] if expert not in on[name]]
        for end in ends:
            if end not in came:
                came[end] = node
                waiting.append(end)
    return False


def _flip(
    node: Node, came: dict[Node, Node | None], on: dict[str, Any], loads: Counter[Any], gains: str
) -> bool:
    """Exchange sheets along the path back to the nominee where it began."""
    loads[gains] += 1
    while (before := came[node]) is not None:
        if node[0] == "expert":
            on[before[1]].add(node[1])
        else:
            on[node[1]].discard(before[1])
        node = before
    return True


def _augment_expert(
    expert: str,
    needs: dict[str, Any],
    arcs: dict[str, Any],
    on: dict[str, Any],
    loads: Counter[Any],
    bounds: dict[str, Any],
) -> bool:
    """One more sheet for an expert below the least load: of a nominee in need, or from an expert above it."""
    came: dict[Node, Node | None] = {("expert", expert): None}
    waiting = deque(came)
    while waiting:
        node = waiting.popleft()
        kind, name = node
        if kind == "nominee" and len(on[name]) < needs[name]:
            return _flip_back(node, came, on, loads, expert, None)
        if kind == "expert" and loads[name] > bounds[name][0]:
            return _flip_back(node, came, on, loads, expert, name)
        if kind == "expert":
            ends = [("nominee", n) for n in arcs if name in arcs[n] and name not in on[n]]
        else:
            ends = [("expert", other) for other in on[name]]
        for end in ends:
            if end not in came:
                came[end] = node
                waiting.append(end)
    return False


def _flip_back(
    node: Node,
    came: dict[Node, Node | None],
    on: dict[str, Any],
    loads: Counter[Any],
    gains: str,
    loses: str | None,
) -> bool:
    loads[gains] += 1
    if loses is not None:
        loads[loses] -= 1
    while (before := came[node]) is not None:
        if node[0] == "nominee":
            on[node[1]].add(before[1])
        else:
            on[before[1]].discard(node[1])
        node = before
    return True


# Sheets, scores, ranks -------------------------------------------------------------------------------------------------


def check_sheets(record: Record) -> None:
    """Every sheet that was submitted is there and says what its expert committed to; its state follows the ledger."""
    last = record.openings[-1]  # what was submitted since is sealed still
    submitted = {seq: found for seq, found in record.opened("scoresheet.submit") if seq < last}
    duties = (record.draw or {}).get("assignments", ())
    pairs = {(row["nominee"], row["expert"], stage_of(row)) for row in duties}
    numbers = {row["expert"]: row["number"] for row in (record.draw or {}).get("seats", ())}
    for sheet in record.sheets:
        where = f"sheets.jsonl {sheet['nominee']} expert {sheet['expert']}"
        require((sheet["nominee"], sheet["expert"], stage_of(sheet)) in pairs, where, "was not drawn")
        same(sheet["number"], numbers.get(sheet["expert"]), where, "anonymous number")
        same(sheet["state"], _state(record, sheet["subject"]), where, "state on the ledger")
        for version in (*sheet["versions"], *([sheet["sealed"]] if sheet["sealed"] else [])):
            _check_sealed(record, sheet, version, submitted, where)
    for seq in submitted:
        raise Fault("sheets.jsonl", f"the sheet submitted in entry {seq} is missing")


def _check_sealed(
    record: Record, sheet: dict[str, Any], version: dict[str, Any], submitted: dict[int, Any], where: str
) -> None:
    seq = version["seq"]
    require(seq in submitted, where, f"entry {seq} is no submission, or is named twice")
    same(record.entries[seq - 1]["subject"], sheet["subject"], where, f"subject of entry {seq}")
    later = record.second is not None and seq > record.second[0]
    same(stage_of(sheet), 2 if later else 1, where, f"stage of entry {seq}")
    commitment = submitted.pop(seq)["commitment"]
    same(version["leaf"], record.lines("digests.txt")[seq - 1].split()[1], where, f"receipt, entry {seq}")
    if version["content"] is not None:
        same(committed(version["salt"], version["content"]), commitment, where, f"commitment in entry {seq}")
        content = json.loads(version["content"])
        same(content["nominee"], sheet["nominee"], where, "nominee in the sheet")
        same(content["expert"], sheet["expert"], where, "expert in the sheet")
        return
    require(sheet["state"] != "locked", where, "an opened sheet is sealed")


STATES = {"submit": "submitted", "reopen": "draft", "lock": "locked", "void": "voided", "annul": "voided"}


def _state(record: Record, subject: str) -> str:
    steps = [entry["kind"].rpartition(".")[2] for entry in record.entries if entry["subject"] == subject]
    return next((STATES[step] for step in reversed(steps) if step in STATES), "draft")


def check_complete(record: Record) -> None:
    """Every duty of somebody scored has its sheet: one that counts, or one that was voided."""
    found = {(sheet["nominee"], sheet["expert"], stage_of(sheet)): sheet["state"] for sheet in record.sheets}
    results = {row["nominee"]: stage_of(row) for row in record.read("results.json")}
    for row in record.draw["assignments"]:
        if row["state"] == "accepted" and stage_of(row) <= results.get(row["nominee"], 0):
            state = found.get((row["nominee"], row["expert"], stage_of(row)))
            require(
                state in ("locked", "voided"),
                "sheets.jsonl",
                f"{row['nominee']} expert {row['expert']} is missing",
            )


def sheet_total(marks: dict[str, Any], rules: dict[str, Any], where: str) -> Fraction:
    """The weighted mean of the marks, each out of 100, exact."""
    table = {criterion["code"]: Fraction(criterion["weight"]) for criterion in rules["criteria"]}
    require(marks.keys() == table.keys(), where, "marks and criteria differ")
    exact = {code: Fraction(mark) for code, mark in marks.items()}
    require(all(0 <= mark <= 100 for mark in exact.values()), where, "a mark is not between 0 and 100")
    return sum((table[code] * mark for code, mark in exact.items()), Fraction(0)) / sum(table.values())


def panel_score(
    totals: list[Fraction], rules: dict[str, Any]
) -> tuple[Fraction | None, list[Fraction], set[str]]:
    """The exact score, what was dropped, and the flags."""
    ordered = sorted(totals)
    if not ordered:
        return None, [], {"below_min_sheets"}
    trimmed = rules["method"] == "trimmed_mean" and len(ordered) >= rules["min_sheets_for_trim"]
    counted = ordered[1:-1] if trimmed else ordered
    score = median(ordered) if rules["method"] == "median" else sum(counted, Fraction(0)) / len(counted)
    flags = {
        "single_sheet": len(ordered) == 1,
        "below_min_sheets": len(ordered) < rules["min_sheets"],
        "not_trimmed": rules["method"] == "trimmed_mean" and not trimmed,
    }
    return (
        score,
        [ordered[0], ordered[-1]] if trimmed else [],
        {flag for flag, raised in flags.items() if raised},
    )


def half_up(exact: Fraction) -> Decimal:
    """Two decimals, half up: 85.125 is 85.13."""
    return Decimal((exact * 100 + Fraction(1, 2)).__floor__()).scaleb(-2)


class Scores:
    """The scores of a stage, calculated from its sheets that count."""

    def __init__(self, record: Record, rows: list[dict[str, Any]], stage: int, rules: dict[str, Any]) -> None:
        self.record, self.rules = record, rules
        self.marks: dict[str, list[dict[str, Any]]] = {row["nominee"]: [] for row in rows}
        for sheet in record.sheets:
            if sheet["state"] == "locked" and stage_of(sheet) == stage:
                where = f"sheets.jsonl {sheet['nominee']} expert {sheet['expert']}"
                require(sheet["nominee"] in self.marks, "results.json", f"{sheet['nominee']} is missing")
                marks = json.loads(sheet["sealed"]["content"])["marks"]
                sheet_total(marks, self.rules, where)
                self.marks[sheet["nominee"]].append(marks)
        self.totals = {n: [sheet_total(m, self.rules, n) for m in found] for n, found in self.marks.items()}
        self.found = {nominee: panel_score(totals, self.rules) for nominee, totals in self.totals.items()}
        self.official = {
            nominee: half_up(exact)
            for nominee, (exact, _dropped, flags) in self.found.items()
            if exact is not None and "below_min_sheets" not in flags
        }

    def links(self, nominee: str, votes: dict[str, int]) -> list[tuple[str, Any, str]]:
        """The tie chain of one nominee: name, what orders by it (lowest first), value in words."""
        voted = {self.official[n] for n in votes if n in self.official}
        chain = self.rules["tie_chain"]
        found: list[tuple[str, Any, str]] = []
        for link in chain if "lot" in chain else [*chain, "lot"]:
            if link == "vote":
                if self.official[nominee] in voted:
                    found.append((link, -votes.get(nominee, 0), str(votes.get(nominee, 0))))
            elif link == "lot":
                seed = bytes.fromhex(self.record.draw["seed"])
                lot = sha256(seed + b"tie" + nominee.encode()).digest()
                found.append((link, lot, lot.hex()))
            else:
                value = self._compared(link, nominee)
                name = link.partition(":")[0]
                found.append((link, value if name in ("range", "deviation") else -value, str(value)))
        return found

    def _compared(self, link: str, nominee: str) -> Fraction:
        name, _colon, code = link.partition(":")
        totals = self.totals[nominee]
        if name == "criterion":
            marks = [Fraction(m[code or self.rules["tie_criterion"]]) for m in self.marks[nominee]]
            return panel_score(marks, self.rules)[0] or Fraction(0)
        mean = sum(totals, Fraction(0)) / len(totals)
        return {
            "mean": mean,
            "median": Fraction(median(totals)),
            "range": max(totals) - min(totals),
            "deviation": sum(((total - mean) ** 2 for total in totals), Fraction(0)) / len(totals),
        }[name]


def check_scores(rows: list[dict[str, Any]], scores: Scores) -> None:
    """Every official score: exact fractions, rounded half up once."""
    for row in rows:
        nominee = row["nominee"]
        where = f"results.json {nominee}"
        exact, dropped, flags = scores.found[nominee]
        value = scores.official.get(nominee)
        same(row["score"], str(value) if value is not None else None, where, "score")
        same(row["exact"], str(exact) if exact is not None else "", where, "exact score")
        same(row["sheets"], len(scores.totals[nominee]), where, "number of sheets")
        same(row["trimmed"], bool(dropped), where, "whether the highest and the lowest were left out")
        same(row["dropped"], [str(total) for total in dropped], where, "totals left out")
        same(row["flags"], sorted(flags), where, "flags")


def check_ranks(rows: list[dict[str, Any]], scores: Scores, votes: dict[str, int]) -> None:
    """Ranks on the published score (1, 1, 3), and the order of equals by the frozen chain."""
    chain = {nominee: scores.links(nominee, votes) for nominee in scores.official}
    ordered = sorted(chain, key=lambda n: (-scores.official[n], [key for _name, key, _text in chain[n]]))
    place = {nominee: at for at, nominee in enumerate(ordered, start=1)}
    for row in rows:
        nominee, where = row["nominee"], f"results.json {row['nominee']}"
        if nominee not in chain:
            same(
                (row["rank"], row["order"], row["tie_path"]),
                (None, None, []),
                where,
                "rank, order and tie path",
            )
            continue
        above = sum(score > scores.official[nominee] for score in scores.official.values())
        same(row["rank"], above + 1, where, "rank")
        same(row["order"], place[nominee], where, "order after the tie chain")
        used = _links_used(nominee, chain, scores.official)
        path = [{"link": name, "value": text} for name, _key, text in chain[nominee][:used]]
        same(row["tie_path"], path, where, "tie path")


def check_stages(record: Record) -> None:
    """The scores and ranks of one stage, or of two: the shortlisted by the second, the others behind them by the first."""
    rows = record.read("results.json")
    if record.second is None:
        scores = Scores(record, rows, 1, record.rules)
        check_scores(rows, scores)
        check_ranks(rows, scores, tie_votes(record))
        return
    begun, payload = record.second
    first = Scores(record, rows, 1, record.rules_until(begun))
    kept = [{**row, **row["first"]} for row in rows]
    check_scores(kept, first)
    check_ranks(kept, first, {})
    same(payload["shortlist"], _shortlist(record, kept, first), f"second stage, entry {begun}", "shortlist")
    again = [row for row in rows if stage_of(row) > 1]
    same(
        sorted(row["nominee"] for row in again),
        _scored_again(record),
        "results.json",
        "nominees of the second stage",
    )
    second = Scores(record, again, 2, record.rules)
    check_scores(again, second)
    check_ranks(again, second, tie_votes(record))
    _check_behind([row for row in rows if stage_of(row) == 1], second)


def _left_between(record: Record, after: int, before: int) -> set[str]:
    """Nominees who withdrew between two entries."""
    subjects = {row["subject"]: code for code, row in record.people.items()}
    gone = (e["subject"] for e in record.entries[after:before] if e["kind"] == "nomination.withdraw")
    return {subjects[subject] for subject in gone if subject in subjects}


def _shortlist(record: Record, kept: list[dict[str, Any]], first: Scores) -> list[str]:
    """Of those still running the first ones, and whoever is level with the last of them."""
    assert record.second is not None
    gone = _left_between(record, record.openings[0], record.second[0])
    running = [
        row["nominee"] for row in kept if row["nominee"] in first.official and row["nominee"] not in gone
    ]
    scores = sorted((first.official[nominee] for nominee in running), reverse=True)
    places = first.rules["second_stage"]
    require(places > 0, "rulebooks.json", "the rules know no second stage")
    line = scores[min(places, len(scores)) - 1] if scores else None
    return sorted(n for n in running if line is not None and first.official[n] >= line)


def _scored_again(record: Record) -> list[str]:
    """Who was scored in the second stage: of the shortlisted, whoever was still there at the opening; before it, nobody."""
    assert record.second is not None
    begun, payload = record.second
    if len(record.openings) < 2:
        return []
    gone = _left_between(record, begun, record.openings[1])
    return sorted(nominee for nominee in payload["shortlist"] if nominee not in gone)


def _check_behind(rows: list[dict[str, Any]], second: Scores) -> None:
    """Ranks of those who were not scored again, behind the others; what they were scored stays."""
    ahead = len(second.official)
    placed = sorted((row for row in rows if row["first"]["order"]), key=lambda row: row["first"]["order"])
    for place, row in enumerate(placed, start=1):
        above = sum(Decimal(other["first"]["score"]) > Decimal(row["first"]["score"]) for other in placed)
        where = f"results.json {row['nominee']}"
        same(
            (row["rank"], row["order"]),
            (ahead + above + 1, ahead + place),
            where,
            "rank and order behind the shortlist",
        )
    for row in rows:
        for name in ("score", "exact", "sheets", "trimmed", "dropped", "flags", "tie_path"):
            same(
                row[name], row["first"][name], f"results.json {row['nominee']}", f"{name} of the first stage"
            )


def _links_used(nominee: str, chain: dict[str, Any], official: dict[str, Any]) -> int:
    level = [n for n in official if n != nominee and official[n] == official[nominee]]
    depth = 0
    while level and depth < len(chain[nominee]):
        level = [n for n in level if chain[n][depth][1] == chain[nominee][depth][1]]
        depth += 1
    return depth


# The ballot and the list -----------------------------------------------------------------------------------------------


def ballots(record: Record, kind: str) -> list[dict[str, Any]]:
    """The lines counted in ballots of one kind, in the order of the counts; the arithmetic of each is checked."""
    kinds = {
        e["subject"]: record.payloads[e["seq"]]["kind"] for e in record.entries if e["kind"] == "ballot.open"
    }
    found = []
    for seq, counted in record.opened("ballot.close"):
        for line in counted["lines"]:
            where = f"ballot, entry {seq}, {line['nominee']}"
            quorum = line["members"] > 0 and 3 * line["present"] >= 2 * line["members"]
            same(line["quorum"], quorum, where, "quorum")
            same(
                line["passed"],
                quorum and 3 * line["yes"] >= 2 * line["present"],
                where,
                "two thirds of those present",
            )
            if kinds.get(record.entries[seq - 1]["subject"]) == kind:
                found.append(line)
    return found


def tie_votes(record: Record) -> dict[str, int]:
    """Votes in favour of those whose order was voted on with a quorum."""
    return {line["nominee"]: line["yes"] for line in ballots(record, "tie") if line["quorum"]}


def can_meet(people: list[frozenset[Any]], places: int, caps: dict[Any, int], floors: dict[Any, int]) -> bool:
    """Whether some of them, no more than `places` and within the caps, meet every minimum: exact search."""
    wanted = {group: floor for group, floor in floors.items() if floor > 0}
    if not wanted:
        return True
    kinds = Counter(groups & (wanted.keys() | caps.keys()) for groups in people)
    order = sorted(kinds, key=lambda kind: (-len(kind & wanted.keys()), sorted(kind)))
    known: set[Any] = set()

    def search(at: int, left: int, room: dict[str, Any], missing: dict[str, Any]) -> bool:
        if not missing:
            return True
        state = (at, left, tuple(sorted(room.items())), tuple(sorted(missing.items())))
        if at == len(order) or max(missing.values()) > left or state in known:
            return False
        kind = order[at]
        most = min([kinds[kind], left, *(room[group] for group in kind if group in room)])
        useful = most if kind & missing.keys() else 0
        for number in range(useful, -1, -1):
            rest = {g: n - number * (g in kind) for g, n in missing.items()}
            rest = {g: n for g, n in rest.items() if n > 0}
            if search(at + 1, left - number, {g: n - number * (g in kind) for g, n in room.items()}, rest):
                return True
        known.add(state)
        return False

    return search(0, places, dict(caps), wanted)


def select(
    rules: dict[str, Any], running: list[dict[str, Any]], taken: list[frozenset[Any]], failed: set[str]
) -> dict[str, str]:
    """Down the ranking: nominee to why not, empty for those selected."""

    def bounds(name: str) -> dict[tuple[str, ...], int]:
        pairs = {tuple(key.split("/", 1)): number for key, number in rules[name].items()}
        return {g: max(0, number - sum(g in groups for groups in taken)) for g, number in pairs.items()}

    caps, floors, places = bounds("caps"), bounds("floors"), max(0, rules["ceiling"] - len(taken))
    found = {row["nominee"]: "ballot_failed" for row in running if row["nominee"] in failed}
    able = [row for row in running if row["nominee"] not in failed]
    line = Decimal(rules["pass_line"])
    found |= {row["nominee"]: "below_line" for row in able if Decimal(row["score"]) < line}
    able = [row for row in able if row["nominee"] not in found]
    for at, row in enumerate(able):
        groups = row["groups"]
        after = (
            {g: n - (g in groups) for g, n in caps.items()},
            {g: n - (g in groups) for g, n in floors.items()},
        )
        if places < 1:
            found[row["nominee"]] = "no_place"
        elif any(caps.get(group, 1) < 1 for group in groups):
            found[row["nominee"]] = "cap_reached"
        elif not can_meet([other["groups"] for other in able[at + 1 :]], places - 1, *after):
            found[row["nominee"]] = "floor_reserved"
        else:
            found[row["nominee"]], places, (caps, floors) = "", places - 1, after
    return found


def check_list(record: Record) -> None:
    """The list: in rank order within ceiling, line, caps and minimums; whatever departs from it has its reason."""
    results = {row["nominee"]: row for row in record.read("results.json")}
    decided = _decisions(record)
    ranked = sorted((row for row in results.values() if row["order"]), key=lambda row: row["order"])
    running = [
        {"nominee": row["nominee"], "score": row["score"], "groups": _groups(record, row["nominee"])}
        for row in ranked
        if row["nominee"] in decided
    ]
    votes = {line["nominee"]: line for line in ballots(record, "confirm")}
    failed = {
        n for n, line in votes.items() if record.rules["ballot"] and line["quorum"] and not line["passed"]
    }
    expected = select(record.rules, running, [], failed)
    taken: list[frozenset[Any]] = []
    for nominee, (seq, step, payload) in decided.items():
        where = f"list, {nominee}, entry {seq}"
        require(nominee in results, where, "has no result")
        left = [row for row in running if decided[row["nominee"]][0] >= seq]
        reasons = {expected.get(nominee, "below_min_sheets")}
        if taken:
            reasons.add(select(record.rules, left, taken, failed).get(nominee, "below_min_sheets"))
        if step == "propose":
            taken.append(_groups(record, nominee))
            passed = not record.rules["ballot"] or (nominee in votes and votes[nominee]["passed"])
            require(passed, where, "is on the list and was not passed by the ballot")
            require(
                "" in reasons or payload["reason"],
                where,
                f"is on the list, without a reason, despite {max(reasons)}",
            )
        elif payload["class"] == "meeting":
            require("：" in payload["reason"], where, "was left out by the meeting without a reason")
        else:
            require(
                payload["class"] in reasons,
                where,
                f"was left out as {payload['class']}: it is {max(reasons)}",
            )
    require(len(taken) <= record.rules["ceiling"], "list", "is longer than the ceiling")
    _check_fixed(record, decided, results)


def _groups(record: Record, nominee: str) -> frozenset[Any]:
    return frozenset((kind, code) for kind, code in record.people[nominee]["groups"])


def _decisions(record: Record) -> dict[str, tuple[int, str, dict[str, Any]]]:
    """Nominee to the entry, the step and the payload by which the meeting decided, in the order of the chain."""
    subjects = {row["subject"]: code for code, row in record.people.items()}
    found = {}
    for seq, payload in record.opened("nomination.propose", "nomination.pass_over"):
        entry = record.entries[seq - 1]
        require(
            entry["subject"] in subjects, "nominees.json", f"{entry['subject']} of entry {seq} is missing"
        )
        found[subjects[entry["subject"]]] = (seq, entry["kind"].rpartition(".")[2], payload)
    return found


def _check_fixed(record: Record, decided: dict[str, Any], results: dict[str, Any]) -> None:
    proposed = sorted(nominee for nominee, (_seq, step, _payload) in decided.items() if step == "propose")
    for nominee, row in results.items():
        outcome = {"propose": "proposed", "pass_over": "passed_over"}.get(
            decided.get(nominee, (0, ""))[1], ""
        )
        same(row["outcome"], outcome, f"results.json {nominee}", "outcome")
    fixed = record.opened("proposal.fixed")
    for seq, payload in fixed:
        text = canonical({"round": record.round["code"], "proposed": payload["proposed"]})
        same(payload["digest"], sha256(text).hexdigest(), f"list fixed in entry {seq}", "digest")
        require(
            set(payload["proposed"]) <= set(proposed),
            f"list fixed in entry {seq}",
            "names somebody not proposed",
        )
    if fixed:
        same([row["nominee"] for row in record.read("list.json")], proposed, "list.json", "nominees")


# The decision, and what came after it -------------------------------------------------------------------------------------


def check_decisions(record: Record) -> None:
    """Decisions with their exceptions, certificates, corrections of the list and revocations, as the ledger has them.

    Decisions of an earlier form, whose entries do not name the lines that were decided, are passed over.
    """
    rows = {row.get("subject", ""): row for row in record.read("determinations.json")}
    lines: dict[int, dict[str, Any]] = {}
    for seq, payload in record.opened("determination.confirm"):
        subject = record.entries[seq - 1]["subject"]
        if "lines" not in payload:
            rows.pop(subject, None)
            continue
        require(subject in rows, "determinations.json", f"the decision of entry {seq} is missing")
        lines |= _check_decision(record, rows.pop(subject), seq, payload)
    rows.pop("", None)
    require(not rows, "determinations.json", f"{next(iter(rows), '')} was never decided")
    if record.has("corrections.json"):
        _check_corrections(record, lines)
    if record.has("revocations.json"):
        _check_revocations(record, lines)
    for line in lines.values():
        _check_line(line)


def _check_decision(
    record: Record, row: dict[str, Any], seq: int, payload: dict[str, Any]
) -> dict[int, dict[str, Any]]:
    """Ordinal to a line of the list: as it was decided, as the record has it, and where it stands."""
    where = f"determinations.json {row['document_number']}"
    for name in ("corrections.json", "revocations.json"):
        require(record.has(name), name, "is missing")
    text = canonical({"round": record.round["code"], "list": payload["lines"]})
    same(payload["digest"], sha256(text).hexdigest(), f"list decided in entry {seq}", "digest")
    for name in ("digest", "minute_number"):
        same(row[name], payload[name], where, f"{name} on the ledger, entry {seq}")
    same(row["document_number"], payload["number"], where, f"number on the ledger, entry {seq}")
    left_out = sorted((out["code"], out["minute_number"], out["reason"]) for out in payload["exceptions"])
    found = [(out["nominee"], out["minute_number"], out["reason"]) for out in row["exceptions"]]
    same(found, left_out, where, f"exceptions on the ledger, entry {seq}")
    same(row["published_on"], _published(record, row["subject"], seq), where, "day of publication")
    recognised = sorted(line["nomination__code"] for line in row["recognitions"])
    same(recognised, payload["list"], where, f"list on the ledger, entry {seq}")
    decided = {line["code"]: line for line in payload["lines"]}
    return {
        line["ordinal"]: {
            "found": line, "where": f"{where} {line['ordinal']}", "revoked_on": None, "revocation_number": "",
            "name": decided[line["nomination__code"]]["name"],
            "affiliations": decided[line["nomination__code"]]["affiliations"],
            "recognised": _recognised(record, line["nomination__code"]),
        }
        for line in row["recognitions"]
    }  # fmt: skip


def _day(entry: dict[str, Any]) -> str:
    """The day of an entry in China."""
    return datetime.fromisoformat(entry["time"]).astimezone(timezone(timedelta(hours=8))).date().isoformat()


def _published(record: Record, subject: str, seq: int) -> str | None:
    """With the round, if it was published after the decision; else when the decision was published by itself."""
    with_round = [e for e in record.entries if e["kind"] == "round.publish" and e["seq"] > seq]
    alone = [e for e in record.entries if e["kind"] == "determination.publish" and e["subject"] == subject]
    found = [*with_round, *alone]
    return _day(min(found, key=lambda entry: entry["seq"])) if found else None


def _recognised(record: Record, nominee: str) -> dict[str, Any]:
    """What the ledger says of a title: ordinal, certificate, days."""
    subject = record.people[nominee]["subject"]
    for seq, payload in record.opened("nomination.recognise"):
        entry = record.entries[seq - 1]
        if entry["subject"] == subject:
            named = {name: payload[name] for name in ("ordinal", "certificate_number", "expires_on")}
            return {**named, "recognised_on": _day(entry)}
    raise Fault("determinations.json", f"the ledger does not say that {nominee} was recognised")


def _check_line(line: dict[str, Any]) -> None:
    found, where = line["found"], line["where"]
    for name, value in line["recognised"].items():
        same(found[name], value, where, f"{name} on the ledger")
    same(_plain(found["name"]), _plain(line["name"]), where, "name as decided and corrected")
    same(found["affiliations"], line["affiliations"], where, "affiliations as decided and corrected")
    same(found["revoked_on"], line["revoked_on"], where, "day of the revocation")
    same(found["revocation_number"], line["revocation_number"], where, "number of the revocation")


def _plain(name: str) -> str:
    """Names of two characters are printed with a space inside."""
    return "".join(name.split())


def _check_corrections(record: Record, lines: dict[int, dict[str, Any]]) -> None:
    """Each correction says what was drafted; the published ones, in order, lead from the list decided to the list as it is."""
    rows = {row["subject"]: row for row in record.read("corrections.json")}
    states = dict.fromkeys(rows, "")
    for seq, payload in record.opened(
        "rollcorrection.drafted", "rollcorrection.publish", "rollcorrection.drop"
    ):
        entry = record.entries[seq - 1]
        require(entry["subject"] in rows, "corrections.json", f"{entry['subject']} of entry {seq} is missing")
        row, step = rows[entry["subject"]], entry["kind"].rpartition(".")[2]
        where = f"corrections.json {row['subject']}"
        states[row["subject"]] = {"drafted": "drafted", "publish": "published", "drop": "dropped"}[step]
        for name in payload.keys() & {"ordinal", "place", "before", "after", "basis", "why"}:
            same(row[name], payload[name], where, f"{name} on the ledger, entry {seq}")
        if step == "publish" and row["ordinal"] in lines:
            _corrected(lines[row["ordinal"]], row, where)
    for subject, state in states.items():
        same(rows[subject]["state"], state, f"corrections.json {subject}", "state on the ledger")


def _corrected(line: dict[str, Any], row: dict[str, Any], where: str) -> None:
    text = line[row["place"]]
    before = text if isinstance(text, str) else "\n".join(text)
    same(_plain(row["before"]), _plain(before), where, "what the line said before")
    line[row["place"]] = row["after"] if isinstance(text, str) else row["after"].split("\n")


def _check_revocations(record: Record, lines: dict[int, dict[str, Any]]) -> None:
    """Each procedure stands where the ledger says, was decided after the days for a statement, and ended the title."""
    rows = {row["subject"]: row for row in record.read("revocations.json")}
    steps: dict[str, dict[str, int]] = {subject: {} for subject in rows}
    for entry in record.entries:
        stem, _dot, step = entry["kind"].partition(".")
        if stem == "revocation":
            where = f"{entry['subject']} of entry {entry['seq']}"
            require(entry["subject"] in rows, "revocations.json", f"{where} is missing")
            steps[entry["subject"]][step] = entry["seq"]
    for subject, row in rows.items():
        _check_revocation(record, row, steps[subject])
    ended = {e["subject"]: _day(e) for e in record.entries if e["kind"] == "nomination.revoke"}
    numbers = {row["nominee"]: row["document_number"] for row in rows.values() if row["state"] == "revoked"}
    for line in lines.values():
        nominee = line["found"]["nomination__code"]
        line["revoked_on"] = ended.get(record.people[nominee]["subject"])
        line["revocation_number"] = numbers.get(nominee, "")
        same(
            (record.people[nominee]["state"] == "revoked", nominee in numbers),
            (line["revoked_on"] is not None,) * 2,
            f"nominees.json {nominee}",
            "whether the title was revoked",
        )


ENDS = {"started": "started", "hear": "heard", "decide": "revoked", "drop": "dropped"}


def _check_revocation(record: Record, row: dict[str, Any], steps: dict[str, int]) -> None:
    where = f"revocations.json {row['subject']}"
    require("started" in steps, where, "was never begun")
    same(row["state"], ENDS[max(steps, key=lambda step: steps[step])], where, "state on the ledger")
    sealed = {f"revocation.{step}": seq for step, seq in steps.items() if step in ("started", "hear")}
    same(row["sealed"], sealed, where, "entries of the facts and of the statement")
    for step in steps.keys() & {"decide", "drop"}:
        payload = record.payloads.get(steps[step])
        require(payload is not None, f"opened.jsonl entry {steps[step]}", f"the payload of {step} is missing")
        assert payload is not None
        named = {
            "minute_number",
            "document_number",
            "ground",
            "statement_due",
            "statement_made",
            "heard_on",
            "reason",
        }
        for name in sorted(payload.keys() & named):
            same(row[name], payload[name], where, f"{name} on the ledger, entry {steps[step]}")
    if "decide" in steps:
        require("hear" in steps, where, "was decided without hearing the talent")
        day = _day(record.entries[steps["decide"] - 1])
        require(row["statement_due"] < day, where, f"was decided on {day}, within the days for a statement")


# Everything ------------------------------------------------------------------------------------------------------------


def check_draw(record: Record) -> None:
    """Whatever of the draw has taken place."""
    draw = record.draw
    if draw is None:
        return
    check_inputs(record, draw)
    if draw["seed"]:
        check_seed(record, draw)
        check_panel(record, draw)
        check_assignments(draw)
        check_redraws(record, draw)
        check_second_stage(record, draw)


def check_result(record: Record) -> None:
    """Sheets, scores, ranks and the list, once the scores have been opened."""
    opened = any(entry["kind"] == "round.open_scores" for entry in record.entries)
    require(
        opened == record.has("results.json"), "results.json", "is missing" if opened else "is there too early"
    )
    if not opened:
        return
    check_sheets(record)
    check_complete(record)
    check_stages(record)
    check_list(record)


def verify(root: Path, published: list[str]) -> list[Fault]:
    """The faults found: none, or what the manifest says and the first thing that is wrong in what it names."""
    record, found = Record(root), []
    checks: list[Callable[[Record], None]] = [
        check_manifest, check_chain, lambda r: check_heads(r, published), check_opened, check_rules, check_draw,
        check_result, check_decisions,
    ]  # fmt: skip
    for check in checks:
        try:
            check(record)
        except Fault as fault:
            found.append(fault)
            if check is not check_manifest:
                break
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError) as fault:
            found.append(Fault("record", f"is not as it should be ({type(fault).__name__}: {fault})"))
            break
    return found


def main() -> int:
    """Verify the record named on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("record", type=Path, metavar="DIR")
    parser.add_argument(
        "--published", nargs="*", default=[], metavar="DIGEST", help="total digests as printed in notices"
    )
    given = parser.parse_args()
    faults = verify(given.record, given.published)
    for fault in faults:
        print(f"FAULT {fault}")
    if faults:
        return 1
    record = Record(given.record)
    print(
        f"whole: round {record.round['code']}, {len(record.entries)} entries, {len(record.payloads)} payloads opened,"
    )
    print(f"{len(record.sheets)} sheets; head {record.round['head']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
