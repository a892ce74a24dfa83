"""Reading a rulebook's stored values, strictly: what is not plainly of its kind is named and refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

CENT = Decimal("0.01")
MOST = Decimal(10) ** 12


class Malformed(ValueError):
    """A field of a rulebook is "missing", "unknown" or "malformed"."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


def _value(given: Mapping[str, Any], name: str) -> Any:
    if given.get(name) is None:
        raise Malformed(name, "missing")
    return given[name]


def text(given: Mapping[str, Any], name: str) -> str:
    """A text."""
    value = _value(given, name)
    if not isinstance(value, str):
        raise Malformed(name, "malformed")
    return value


def integer(given: Mapping[str, Any], name: str) -> int:
    """A whole number."""
    return _integer(_value(given, name), name)


def _integer(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(name, "malformed")
    return value


def money(given: Mapping[str, Any], name: str) -> Decimal:
    """A decimal number of at most two decimals, always written with two."""
    value = _value(given, name)
    if isinstance(value, float | bool):
        raise Malformed(name, "malformed")
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        raise Malformed(name, "malformed") from None
    if not number.is_finite() or abs(number) >= MOST or number != number.quantize(CENT):
        raise Malformed(name, "malformed")
    return number.quantize(CENT)


def instant(given: Mapping[str, Any], name: str) -> datetime:
    """A time with its zone, given as such or in ISO 8601."""
    value = _value(given, name)
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Malformed(name, "malformed") from None
    if moment.utcoffset() is None:
        raise Malformed(name, "malformed")
    return moment


def dated(given: Mapping[str, Any], name: str) -> date:
    """A date, given as such or in ISO 8601."""
    value = _value(given, name)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Malformed(name, "malformed") from None


def numbered(given: Mapping[str, Any], name: str) -> dict[str, int]:
    """Whole numbers by name."""
    value = _value(given, name)
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise Malformed(name, "malformed")
    return {key: _integer(number, name) for key, number in value.items()}


def numbered_twice(given: Mapping[str, Any], name: str) -> dict[str, dict[str, int]]:
    """Whole numbers by two names."""
    value = _value(given, name)
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise Malformed(name, "malformed")
    return {key: numbered({name: inner}, name) for key, inner in value.items()}


def listed(given: Mapping[str, Any], name: str) -> list[Any]:
    """A list."""
    value = _value(given, name)
    if not isinstance(value, list | tuple):
        raise Malformed(name, "malformed")
    return list(value)


def boolean(given: Mapping[str, Any], name: str) -> bool:
    """True or false."""
    value = _value(given, name)
    if not isinstance(value, bool):
        raise Malformed(name, "malformed")
    return value


def integers(given: Mapping[str, Any], name: str) -> tuple[int, ...]:
    """A list of whole numbers."""
    return tuple(_integer(number, name) for number in listed(given, name))


def texts(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text({name: item}, name) for item in listed(given, name))
