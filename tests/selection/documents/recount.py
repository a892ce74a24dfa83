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
    return (Decimal(x.numerator) / Decimal(x.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP) if x is not None else None


def key(link, sheets, code, rules, seed, ties):
    totals, name = [t for t, _ in sheets], link.split(":")[0]
    if name == "criterion":
        which = (link.split(":") + [rules["tie_criterion"]])[1]
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
        more = tuple(h + (g in people[i]) for h, g in zip(have, names))
        fits = all(more[names.index(g)] <= n for g, n in caps.items() if g in people[i])
        return (fits and go(i + 1, left - 1, more)) or go(i + 1, left, have)

    return go(0, places, (0,) * len(names))


def recount(rows):
    rules, bounds, weights, marks, stored, ties, failed, seed, wrong = {}, {"caps": {}, "floors": {}}, {}, {}, {}, {}, set(), "", []
    for kind, *r in rows:
        if kind == "round" and r[0] == "seed":
            seed = r[1]
        elif kind == "rule" and r[0] in bounds:
            bounds[r[0]][r[1]] = int(r[2])
        elif kind == "rule":
            rules[r[0]] = r[1]
        elif kind == "criterion":
            weights[r[0]] = Fraction(r[1])
        elif kind == "tie":
            ties[r[0]] = int(r[1])
        elif kind == "ballot" and r[4] == "failed" and 3 * int(r[2]) >= 2 * int(r[1]) and not 3 * int(r[3]) >= 2 * int(r[2]):
            failed.add(r[0])
        elif kind == "sheet" and r[2] != "voided":
            given = {c: Fraction(m) for c, m in zip(weights, r[3:], strict=False)}
            total = sum(weights[c] * m for c, m in given.items()) / sum(weights.values())
            wrong += [f"{r[0]}: total"] if total != Fraction(r[3 + len(weights)]) else []
            marks.setdefault(r[0], []).append((total, given))
        elif kind == "result":
            stored[r[0]] = r
    exact = {c: score_of([t for t, _ in marks[c]], rules) if c in marks else None for c in stored}
    score = {c: rounded(x) for c, x in exact.items() if c in marks and len(marks[c]) >= int(rules["min_sheets"])}
    voted = {score[c] for c in ties if c in score}
    chain = [x for x in rules["tie_chain"].split(";") if x != "vote" or voted]
    order = sorted(score, key=lambda c: (-score[c], [key(x, marks[c], c, rules, seed, ties) for x in chain]))
    outcome = {c: "below_min_sheets" for c in stored if c not in score} | {c: "ballot_failed" for c in order if c in failed}
    left, line = int(rules["ceiling"]), Decimal(rules["pass_line"])
    caps, floors, groups = dict(bounds["caps"]), dict(bounds["floors"]), {c: set(filter(None, stored[c][10].split(";"))) for c in stored}
    running = [c for c in order if c not in failed and score[c] >= line]
    outcome |= {c: "below_line" for c in order if c not in failed and score[c] < line}
    for i, c in enumerate(running):
        less = lambda b: {g: n - (g in groups[c]) for g, n in b.items()}  # noqa: E731
        if left < 1 or any(caps.get(g, 1) < 1 for g in groups[c]):
            outcome[c] = "no_place" if left < 1 else "cap_reached"
        elif not possible(tuple(frozenset(groups[o]) for o in running[i + 1 :]), left - 1, less(caps), less(floors)):
            outcome[c] = "floor_reserved"
        else:
            outcome[c], left, caps, floors = "selected", left - 1, less(caps), less(floors)
    for c, r in stored.items():
        rank = 1 + sum(score[o] > score[c] for o in score) if c in score else ""
        mine = [str(exact[c]) if exact[c] is not None else "", str(score.get(c, "")), str(rank), str(order.index(c) + 1) if c in score else "", outcome[c]]
        wrong += [f"{c}: {m} is not {s}" for m, s in zip(mine, [r[3], r[4], r[7], r[8], r[11]], strict=True) if m != s]
    return wrong


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
        found = recount([row for row in csv.reader(file) if row and not row[0].startswith(("#", "记录"))])
    print("\n".join(found) or "no difference")
    sys.exit(bool(found))
