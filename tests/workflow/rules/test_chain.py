"""The hash chain against published vectors and independent hashing."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from workflow.rules.chain import EMPTY_HEAD, canonical, commitment, day_head, extend, head_line, leaf

CASES = json.loads((Path(__file__).parents[2] / "data/reference_cases.json").read_text())["cases"]
LOG = next(case for case in CASES if case["id"] == "log-22")
LEAVES = [bytes.fromhex(entry) for entry in LOG["input"]["leaves_hex"]]


def heads(entries: list[bytes]) -> list[str]:
    head, found = EMPTY_HEAD, []
    for entry in entries:
        head = extend(head, leaf(entry))
        found.append(head.hex())
    return found


def test_chain_heads_of_the_reference_case() -> None:
    assert heads(LEAVES) == LOG["expected"]["chain_heads"]


def test_leaf_is_the_certificate_transparency_leaf() -> None:
    assert leaf(b"").hex() == LOG["expected"]["merkle_roots"][0]


@pytest.mark.parametrize("position", range(8))
def test_any_changed_entry_changes_the_head(position: int) -> None:
    changed = [entry + b"!" if n == position else entry for n, entry in enumerate(LEAVES)]
    assert heads(changed)[position:] != heads(LEAVES)[position:]
    assert heads(changed)[-1] != heads(LEAVES)[-1]


@pytest.mark.parametrize("tampered", [LEAVES[1:], LEAVES[:-1], LEAVES[::-1], [*LEAVES, b""]])
def test_deleting_reordering_and_appending_change_the_head(tampered: list[bytes]) -> None:
    assert heads(tampered)[-1] != heads(LEAVES)[-1]


def test_canonical_is_sorted_tight_and_utf8() -> None:
    entry = {"单位": "嘉禾社工", "b": [1, True, None], "a": {"y": 2, "x": "1"}}
    assert canonical(entry) == '{"a":{"x":"1","y":2},"b":[1,true,null],"单位":"嘉禾社工"}'.encode()


@pytest.mark.parametrize(
    ("value", "spelling"),
    [
        (Decimal("85.50"), "85.50"),
        (Decimal("1E+2"), "100"),
        (datetime(2026, 9, 29, 9, tzinfo=timezone(timedelta(hours=8))), "2026-09-29T01:00:00+00:00"),
        (datetime(2026, 9, 29, 1, 0, 0, 5, tzinfo=UTC), "2026-09-29T01:00:00.000005+00:00"),
        (date(2026, 9, 29), "2026-09-29"),
    ],
)
def test_canonical_spells_numbers_and_times(value: object, spelling: str) -> None:
    assert canonical({"v": value}) == f'{{"v":"{spelling}"}}'.encode()


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), Decimal("NaN"), Decimal("Infinity"), datetime(2026, 1, 1), b"x", {1, 2}, {1: "x"}],
)
def test_canonical_refuses_what_has_no_single_spelling(value: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        canonical({"v": value})


def test_commitment_is_the_hash_of_its_separated_parts() -> None:
    salt = bytes(range(32))
    expected = sha256(b"payload/v1\x00" + salt + b'\x00{"mark":"85.00"}').digest()
    assert commitment(salt, canonical({"mark": Decimal("85.00")})) == expected


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(b"short", b"{}")


def test_day_head_is_the_hash_of_the_sorted_lines() -> None:
    lines = [head_line("studios", 2, EMPTY_HEAD), head_line("office", 10, EMPTY_HEAD)]
    printed = f"office 10 {'00' * 32}\nstudios 2 {'00' * 32}\n"
    assert day_head(lines) == day_head(lines[::-1]) == sha256(printed.encode()).digest()


# A whole log, tampered with at random --------------------------------------------------------------------------------


def log_of(count: int, randomly: Random) -> list[dict[str, Any]]:
    """Entries as the ledger writes them, each with its opened payload and salt."""
    rows = []
    for seq in range(1, count + 1):
        payload, salt = {"mark": Decimal(randomly.randrange(200)) / 2, "n": seq}, randomly.randbytes(32)
        entry = {
            "alg": "sha256", "chain": "round:2026", "kind": randomly.choice(["scoresheet.submit", "panel.draw"]),
            "commitment": commitment(salt, canonical(payload)).hex(), "role": "expert", "rules": "2026/v1", "seq": seq,
            "subject": f"selection.scoresheet:{randomly.randrange(50)}",
            "time": datetime(2026, 10, 1, tzinfo=UTC) + timedelta(seconds=seq),
        }  # fmt: skip
        rows.append({"entry": entry, "payload": payload, "salt": salt})
    return rows


def tail(rows: list[dict[str, Any]]) -> tuple[int, str]:
    """(count, head) of the log: what is published."""
    return len(rows), heads([canonical(row["entry"]) for row in rows])[-1]


def opens(rows: list[dict[str, Any]]) -> bool:
    """Every opened payload is the one that its entry commits to."""
    return all(
        commitment(row["salt"], canonical(row["payload"])).hex() == row["entry"]["commitment"] for row in rows
    )


def change_a_field(rows: list[dict[str, Any]], at: int, randomly: Random) -> None:
    name = randomly.choice(sorted(rows[at]["entry"]))
    value = rows[at]["entry"][name]
    changed = {int: lambda: value + 1, str: lambda: f"{value}0"}.get(
        type(value), lambda: value + timedelta(1)
    )
    rows[at]["entry"] = {**rows[at]["entry"], name: changed()}


def change_a_payload(rows: list[dict[str, Any]], at: int, randomly: Random) -> None:
    mark = rows[at]["payload"]["mark"]
    rows[at]["payload"] = {**rows[at]["payload"], "mark": mark + Decimal("0.5")}


def change_a_salt(rows: list[dict[str, Any]], at: int, randomly: Random) -> None:
    bit = 1 << randomly.randrange(256)
    rows[at]["salt"] = (int.from_bytes(rows[at]["salt"]) ^ bit).to_bytes(32)


def forge_with_a_commitment(rows: list[dict[str, Any]], at: int, randomly: Random) -> None:
    """The forger commits to the new payload too: only the chain tells."""
    change_a_payload(rows, at, randomly)
    again = commitment(rows[at]["salt"], canonical(rows[at]["payload"])).hex()
    rows[at]["entry"] = {**rows[at]["entry"], "commitment": again}


def delete(rows: list[dict[str, Any]], at: int, randomly: Random) -> None:
    del rows[at]


def insert(rows: list[dict[str, Any]], at: int, randomly: Random) -> None:
    rows.insert(at, log_of(1, randomly)[0])


def swap(rows: list[dict[str, Any]], at: int, randomly: Random) -> None:
    other = (at + 1 + randomly.randrange(len(rows) - 1)) % len(rows)
    rows[at], rows[other] = rows[other], rows[at]


def truncate(rows: list[dict[str, Any]], at: int, randomly: Random) -> None:
    del rows[max(at, 1) :]


TAMPERINGS = [
    change_a_field, change_a_payload, change_a_salt, forge_with_a_commitment, delete, insert, swap, truncate,
]  # fmt: skip


def test_two_hundred_of_two_hundred_random_tamperings_are_detected() -> None:
    randomly, detected = Random(20261125), Counter[str]()
    for number in range(200):
        rows = log_of(30, randomly)
        published = tail(rows)
        tampering = TAMPERINGS[number % len(TAMPERINGS)]
        tampering(rows, randomly.randrange(len(rows) - 1), randomly)
        detected[tampering.__name__] += tail(rows) != published or not opens(rows)
    assert detected == {tampering.__name__: 25 for tampering in TAMPERINGS}


def test_a_longer_log_still_has_the_earlier_head_at_its_position() -> None:
    rows = log_of(30, Random(1))
    count, head = tail(rows[:12])
    assert heads([canonical(row["entry"]) for row in rows])[count - 1] == head
    change_a_field(rows, 3, Random(2))
    assert heads([canonical(row["entry"]) for row in rows])[count - 1] != head
