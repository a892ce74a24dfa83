"""A plan of indicators as a file: read strictly, every fault named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from studios.rules.indicators import KINDS

SOURCES = ("observed", "certified", "professionals", "agencies", "standing", "volunteers")
PLACES = ("county", "township", "street", "urban_community", "township_community", "village")
LEVELS = ("province", "city", "county")
OF_KIND = {
    "count": ("observed",),
    "ratio": ("observed",),
    "coverage": ("observed", "standing", "volunteers"),
    "floor": ("certified", "professionals", "agencies"),
}
COUNTS = ("", "mentee_certified", "station_opened")  # what of a studio's work counts towards it
LARGEST = Decimal(10) ** 12


class BadPlan(ValueError):
    """A file that is no plan; `where` says what part of it."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what = where, what


def checked(plan: Any) -> dict[str, Any]:
    """The plan as given, with every number and day read. Raises BadPlan at the first fault."""
    whole = _mapping(plan, "")
    found = {name: _text(whole, name, "") for name in ("code", "title", "source")}
    rows = [_indicator(row, f"[{n}]") for n, row in enumerate(_list(whole, "indicators", ""), start=1)]
    codes = [row["code"] for row in rows]
    if len(set(codes)) != len(codes):
        raise BadPlan("indicators", "double code")
    for row in rows:
        if row["subset_of"] and (row["subset_of"] not in codes or row["subset_of"] == row["code"]):
            raise BadPlan(row["code"], "subset_of")
    return {**found, "indicators": rows}


def _indicator(given: Any, where: str) -> dict[str, Any]:
    row = _mapping(given, where)
    code = _text(row, "code", where)
    kind = _one_of(row, "kind", KINDS, code)
    parts = [_part(part, kind, f"{code}[{n}]") for n, part in enumerate(_list(row, "parts", code), start=1)]
    if len({part["code"] for part in parts}) != len(parts):
        raise BadPlan(code, "double part")
    return {
        "code": code,
        "name": _text(row, "name", code),
        "kind": kind,
        "unit": _text(row, "unit", code),
        "direction": _one_of({"direction": "at_least", **row}, "direction", ("at_least", "at_most"), code),
        "denominator": str(row.get("denominator", "")),
        "verification": str(row.get("verification", "")),
        "counts": _one_of({"counts": "", **row}, "counts", COUNTS, code),
        "subset_of": str(row.get("subset_of") or ""),
        "parts": parts,
    }


def _part(given: Any, kind: str, where: str) -> dict[str, Any]:
    row = _mapping(given, where)
    places = row.get("places", [])
    if not isinstance(places, list) or any(place not in PLACES for place in places):
        raise BadPlan(where, "places")
    source = _one_of({"source": "observed", **row}, "source", OF_KIND[kind], where)
    if (source == "observed") == bool(places):
        raise BadPlan(where, "places")
    baseline = row.get("baseline")
    return {
        "code": _text(row, "code", where),
        "name": str(row.get("name", "")),
        "source": source,
        "places": places,
        "per": _whole(row, "per", where),
        "floor": _whole(row, "floor", where),
        "baseline": _number(_mapping(baseline, where).get("value"), where) if baseline else None,
        "baseline_on": _day(_mapping(baseline, where).get("on"), where) if baseline else None,
        "targets": list(_targets(row, where)),
    }


def _targets(row: Mapping[str, Any], where: str) -> Iterator[dict[str, Any]]:
    seen = set()
    for given in _list(row, "targets", where):
        target = _mapping(given, where)
        found = {
            "level": _one_of({"level": "province", **target}, "level", LEVELS, where),
            "unit": str(target.get("unit", "")),
            "year": target.get("year"),
            "value": _number(target.get("value"), where),
        }
        year = found["year"]
        if type(year) is not int or not 2000 <= year <= 2100:
            raise BadPlan(where, "year")
        key = (found["unit"] or found["level"], year)
        if key in seen:
            raise BadPlan(where, "double target")
        seen.add(key)
        yield found


def _mapping(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise BadPlan(where, "not an object")
    return given


def _list(row: Mapping[str, Any], name: str, where: str) -> list[Any]:
    found = row.get(name)
    if not isinstance(found, list) or not found:
        raise BadPlan(where, name)
    return found


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    found = row.get(name)
    if not isinstance(found, str) or not found.strip():
        raise BadPlan(where, name)
    return found.strip()


def _one_of(row: Mapping[str, Any], name: str, known: tuple[str, ...], where: str) -> str:
    if row.get(name) not in known:
        raise BadPlan(where, name)
    return str(row[name])


def _whole(row: Mapping[str, Any], name: str, where: str) -> int:
    found = row.get(name, 1)
    if type(found) is not int or not 1 <= found <= 1_000_000:
        raise BadPlan(where, name)
    return found


def _number(given: Any, where: str) -> Decimal:
    """A number in writing, with at most two decimals: floats are not exact."""
    try:
        found = Decimal(given) if isinstance(given, str) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or not 0 <= found < LARGEST or found != round(found, 2):
        raise BadPlan(where, "value")
    return found


def _day(given: Any, where: str) -> date:
    try:
        return date.fromisoformat(str(given))
    except ValueError as fault:
        raise BadPlan(where, "on") from fault
