"""Recomputes a round from the CSV of its result, with the standard library alone: `python recount.py FILE.csv`.

Written from the published rules, not from the product. Prints each difference; exits 1 if there is one."""

import csv
import hashlib
import sys
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from statistics import median


def score_of(values, rules):
    v = sorted(values)
    if rules["method"] == "median":
        return median(v)
    if rules["method"] == "trimmed_mean" and len(v) >= int(rules["min_sheets_for_trim"]):
        v = v[1:-1]
    return sum(v, Fraction(0)) / len(v)


def rounded(x):
    return (
        (Decimal(x.numerator) / Decimal(x.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if x is not None
        else None
    )


def key(link, sheets, code, rules, seed, ties):
    totals, name = [t for t, _ in sheets], link.split(":")[0]
    if name == "criterion":
        which = link.split(":")[1] if ":" in link else rules["tie_criterion"]
        return -score_of([marks[which] for _, marks in sheets], rules)
    mean = sum(totals, Fraction(0)) / len(totals)
    return {"mean": -mean, "median": -median(totals), "range": max(totals) - min(totals), "vote": -ties.get(code, 0),
            "deviation": sum((t - mean) ** 2 for t in totals) / len(totals),
            "lot": hashlib.sha256(bytes.fromhex(seed) + b"tie" + code.encode()).digest()}[name]  # fmt: skip


def possible(people, places, caps, floors):
    """Whether somebody of these people can still meet the minimums: by trying each one in or out."""
    names = sorted({*caps, *floors})

    @cache
    def go(i, left, have):
        if all(have[names.index(g)] >= n for g, n in floors.items()):
            return True
        if i == len(people) or not left:
            return False
        more = tuple(h + (g in people[i]) for h, g in zip(have, names, strict=True))
        fits = all(more[names.index(g)] <= n for g, n in caps.items() if g in people[i])
        return (fits and go(i + 1, left - 1, more)) or go(i + 1, left, have)

    return go(0, places, (0,) * len(names))


def bounds_after(bounds, groups):
    return {g: n - (g in groups) for g, n in bounds.items()}


class Round:
    """What the table says, each kind of row in its place."""

    def __init__(self, rows):
        self.rules, self.caps, self.floors, self.weights, self.marks = {}, {}, {}, {}, {}
        self.stored, self.ties, self.out, self.seed, self.wrong = {}, {}, {}, "", []
        for kind, *row in rows:
            getattr(self, "read_" + kind)(*row)

    def read_round(self, name, value):
        self.seed = value if name == "seed" else self.seed

    def read_rule(self, name, value, number=None):
        if number is None:
            self.rules[name] = value
        else:
            getattr(self, name)[value] = int(number)

    def read_criterion(self, code, weight, *_names):
        self.weights[code] = Fraction(weight)

    def read_tie(self, code, yes):
        self.ties[code] = int(yes)

    def read_ballot(self, code, members, present, yes, _outcome):
        if 3 * int(present) >= 2 * int(members) and 3 * int(yes) < 2 * int(present):
            self.out[code] = "ballot_failed"

    def read_sheet(self, code, _number, counted, *row):
        if counted == "voided":
            return
        given = {c: Fraction(m) for c, m in zip(self.weights, row, strict=False)}
        total = sum(self.weights[c] * m for c, m in given.items()) / sum(self.weights.values())
        self.wrong += [f"{code}: total"] if total != Fraction(row[len(self.weights)]) else []
        self.marks.setdefault(code, []).append((total, given))

    def read_result(self, code, *row):
        self.stored[code] = row
        self.out |= {code: "withdrawn"} if row[10] == "withdrawn" else {}


def outcomes(r, order, score):
    """Down the order: the line, the ceiling, the caps, and what the minimums keep."""
    left, line, caps, floors = int(r.rules["ceiling"]), Decimal(r.rules["pass_line"]), r.caps, r.floors
    gone = {c: why for c, why in r.out.items() if why == "withdrawn"}
    found = r.out | {c: "below_min_sheets" for c in r.stored if c not in score} | gone
    groups = {c: frozenset(filter(None, row[9].split(";"))) for c, row in r.stored.items()}
    running = [c for c in order if c not in found and score[c] >= line]
    found |= {c: "below_line" for c in order if c not in found and score[c] < line}
    for i, c in enumerate(running):
        after = left - 1, bounds_after(caps, groups[c]), bounds_after(floors, groups[c])
        if left < 1 or any(caps.get(g, 1) < 1 for g in groups[c]):
            found[c] = "no_place" if left < 1 else "cap_reached"
        elif not possible(tuple(groups[o] for o in running[i + 1 :]), *after):
            found[c] = "floor_reserved"
        else:
            found[c], (left, caps, floors) = "selected", after
    return found


def recount(rows):
    """Every difference between the table and what follows from its sheets and rules."""
    r = Round(rows)
    exact = {c: score_of([t for t, _ in sheets], r.rules) for c, sheets in r.marks.items()}
    score = {c: rounded(x) for c, x in exact.items() if len(r.marks[c]) >= int(r.rules["min_sheets"])}
    voted = {score[c] for c in r.ties if c in score}
    chain = [link for link in r.rules["tie_chain"].split(";") if link != "vote" or voted]
    order = sorted(
        score, key=lambda c: (-score[c], [key(x, r.marks[c], c, r.rules, r.seed, r.ties) for x in chain])
    )
    found, wrong = outcomes(r, order, score), r.wrong
    for c, row in r.stored.items():
        rank = str(1 + sum(score[o] > score[c] for o in score)) if c in score else ""
        place = str(order.index(c) + 1) if c in score else ""
        mine = [str(exact.get(c, "")), str(score.get(c, "")), rank, place, found[c]]
        told = [row[n] for n in (2, 3, 6, 7, 10)]
        wrong += [f"{c}: {m} is not {s}" for m, s in zip(mine, told, strict=True) if m != s]
    return wrong


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
        found = recount([row for row in csv.reader(file) if row and not row[0].startswith(("#", "记录"))])
    print("\n".join(found) or "no difference")
    sys.exit(bool(found))
