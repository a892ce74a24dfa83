"""A round's result as a table: a script that knows only the published rules computes the same from it."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from selection.documents.result import Ballots, Line, Record, SheetLine, of_one, rows_of
from selection.documents.table import csv_lines
from selection.queries.result import SheetRow, arranged_rows, written
from selection.rules.ranking import LINKS
from selection.rules.result import Ranked, calculate, select
from selection.rules.rulebook import Rulebook
from selection.rules.scoring import InfeasibleFloors, sheet_total
from selection.rules.scoring import vote as counted
from tests.factories import rulebook
from tests.selection.documents.recount import recount

SCRIPT = Path(__file__).with_name("recount.py")
HEAD = ("记录", "项目", "内容")


def chain_of(random: Random) -> list[str]:
    links = random.sample([*LINKS[:-1], "criterion:D", "criterion:A"], k=random.randint(0, 5))
    return [*links, "lot"]


def rules_of(random: Random) -> Rulebook:
    caps = {f"city/{n}": random.randint(1, 4) for n in range(random.randint(0, 3))}
    floors = {f"field/{n}": random.randint(0, 2) for n in range(random.randint(0, 2))}
    return Rulebook.from_dict(
        rulebook(
            method=random.choice(["trimmed_mean", "mean", "median"]), tie_chain=chain_of(random), caps=caps, floors=floors,
            ceiling=random.randint(2, 9), pass_line=random.choice(["70.00", "75.00", "78.00"]), ballot=random.random() < 0.4,
        )
    )  # fmt: skip


def sheets_of(random: Random, rules: Rulebook) -> list[SheetRow]:
    """Few different marks, so that scores are often equal; now and then a voided sheet with blanks."""
    rows = []
    for number in range(1, random.randint(2, 8)):
        marks = [Decimal(random.choice([72, 76, 76, 80])) for _criterion in rules.criteria]
        if random.random() < 0.5:
            marks = [marks[0]] * len(marks)
        if random.random() < 0.1:
            blank: tuple[Decimal | None, ...] = (None, *marks[1:])
            rows.append(SheetRow(number, blank, None, "voided", "回避"))
            continue
        total = sheet_total(dict(zip(rules.weights, marks, strict=True)), rules.weights)
        rows.append(SheetRow(number, tuple(marks), total, "yes"))
    return rows


def random_record(seed: int) -> Record:
    random = Random(seed)
    rules = rules_of(random)
    codes = [f"N{n:04d}" for n in range(random.randint(8, 24))]
    random.shuffle(codes)
    rows = {code: sheets_of(random, rules) for code in codes}
    marks = {
        code: [
            {c: m for c, m in zip(rules.weights, row.marks, strict=True) if m is not None}
            for row in found if row.counted == "yes"
        ]
        for code, found in rows.items()
    }  # fmt: skip
    lot = random.randbytes(32)
    votes = (
        {code: random.randint(0, 5) for code in random.sample(codes, k=3)}
        if "vote" in rules.tie_chain
        else {}
    )
    found = calculate(rules, marks, seed=lot, votes=votes)
    groups = {
        code: frozenset({("city", str(random.randint(0, 4))), ("field", str(random.randint(0, 3)))})
        for code in codes
    }
    ballots = ballots_of(random, codes) if rules.ballot else {}
    failed = frozenset(c for c, (m, p, y, _ok) in ballots.items() if 3 * p >= 2 * m and 3 * y < 2 * p)
    outcomes = outcomes_of(rules, found, groups, failed)
    lines = []
    for code in sorted(codes):
        one, place = found[code], found[code].place
        arranged = [
            *arranged_rows([r for r in rows[code] if r.counted == "yes"], rules)[0],
            *(r for r in rows[code] if r.counted == "voided"),
        ]
        lines.append(
            Line(
                code=code, name=f"人选{code}", unit="某单位", groups=groups[code],
                sheets=tuple(SheetLine(r.number, r.marks, r.total_text, r.counted, r.reason) for r in arranged),
                exact=str(one.score.exact) if one.score.exact is not None else "", score=one.official,
                flags=tuple(sorted(one.score.flags)), rank=place.rank if place else None, order=place.order if place else None,
                tie_path=place.path if place else (), outcome=outcomes[code],
            )
        )  # fmt: skip
    return Record(
        "r1", "某轮", "r1/v1", rules.digest(), lot.hex(), rules, tuple(lines), Ballots(ballots, votes, failed)
    )


def ballots_of(random: Random, codes: Sequence[str]) -> dict[str, tuple[int, int, int, bool]]:
    found = {}
    for code in codes:
        members = random.randint(5, 9)
        present = random.randint(2, members)
        yes = random.randint(present // 2, present)
        found[code] = (members, present, yes, counted(members=members, present=present, yes=yes).passed)
    return found


def outcomes_of(rules, found, groups, failed) -> dict[str, str]:
    ranked = [
        Ranked(code, one.official, one.place.order, groups[code])
        for code, one in found.items()
        if one.place is not None
    ]
    picked = select(rules, ranked, failed=failed)
    return {
        code: "selected" if code in picked.selected else picked.reasons.get(code, "below_min_sheets")
        for code in found
    }


def table_of(record: Record) -> str:
    return b"".join(csv_lines(HEAD, rows_of(record))).decode("utf-8-sig")


def read(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text)) if row and not row[0].startswith(("#", "记录"))]


def solvable_records(n: int) -> list[Record]:
    found, seed = [], 0
    while len(found) < n:
        seed += 1
        try:
            found.append(random_record(seed))
        except InfeasibleFloors:
            continue
    return found


def test_an_independent_script_finds_no_difference_on_fifty_random_rounds():
    records = solvable_records(50)
    assert [recount(read(table_of(record))) for record in records] == [[]] * 50
    outcomes = {line.outcome for record in records for line in record.lines}
    assert outcomes == {
        "selected", "below_line", "no_place", "cap_reached", "floor_reserved", "ballot_failed", "below_min_sheets",
    }  # fmt: skip
    links = {link for record in records for line in record.lines for link, _value in line.tie_path}
    assert links >= {*LINKS, "criterion:D"}


def test_one_changed_mark_rank_or_outcome_is_named():
    rows = read(table_of(solvable_records(1)[0]))
    at = next(n for n, row in enumerate(rows) if row[0] == "result" and row[12] == "selected")
    for column, other in ((5, "99.99"), (8, "77"), (12, "no_place")):
        changed = [list(row) for row in rows]
        changed[at][column] = other
        assert [fault.split(":")[0] for fault in recount(changed)] == [rows[at][1]]
    sheet = next(n for n, row in enumerate(rows) if row[0] == "sheet" and row[3] != "voided")
    changed = [list(row) for row in rows]
    changed[sheet][4] = "0"
    assert f"{rows[sheet][1]}: total" in recount(changed)


def test_the_script_runs_alone(tmp_path):
    file = tmp_path / "round.csv"
    file.write_text(table_of(solvable_records(1)[0]), encoding="utf-8-sig")
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "no difference")


def test_a_blank_is_never_a_zero():
    record = next(
        r for r in solvable_records(10) if any(s.marks[0] is None for line in r.lines for s in line.sheets)
    )
    blanks = [row for row in read(table_of(record)) if row[0] == "sheet" and row[3] == "voided"]
    assert blanks and all(row[4] == "" and row[-2] == "" for row in blanks)


def test_one_nominee_s_table_has_the_rules_and_that_nominee_only():
    record = solvable_records(1)[0]
    rows = read(table_of(of_one(record, record.lines[0].code)))
    assert {row[1] for row in rows if row[0] in ("sheet", "result")} == {record.lines[0].code}
    assert any(row[:2] == ["rule", "method"] for row in rows)


@pytest.mark.parametrize(("exact", "text"), [("253/3", "253/3"), ("177/2", "88.5"), ("0", "0")])
def test_a_fraction_is_written_in_full(exact, text):
    from fractions import Fraction

    assert written(Fraction(exact)) == text
