"""The hash chain against published vectors and independent hashing."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

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
