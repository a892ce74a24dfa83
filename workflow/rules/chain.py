"""The verifiable record: a hash chain of canonical entries with salted commitments to their payloads.

A leaf is hashed as in RFC 6962 (prefix 00), so that a Merkle root could be computed over old entries later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

EMPTY_HEAD = bytes(32)
SALT_BYTES = 32


def leaf(entry: bytes) -> bytes:
    """SHA-256(00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def extend(head: bytes, leaf: bytes) -> bytes:
    """The head after `leaf`: SHA-256(head || leaf). The empty chain's head is EMPTY_HEAD."""
    return sha256(head + leaf).digest()


def canonical(entry: Mapping[str, Any]) -> bytes:
    """The one spelling of `entry` that is hashed: JSON with sorted keys, no spaces, UTF-8.

    Decimals become strings in plain notation, times ISO 8601 in UTC, dates ISO 8601; whole numbers stay
    numbers. Raises ValueError for what has no single spelling: floats, naive times, NaN, other types, keys
    that are not text.
    """
    text = json.dumps(_plain(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _text(value)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise ValueError(f"a key of a canonical entry is text, not {type(key).__name__}")
    return key


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    raise ValueError(f"{type(value).__name__} has no canonical spelling")


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number")
    return format(value, "f")


def _instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError("a time must carry its zone")
    return value.astimezone(UTC).isoformat()


def commitment(salt: bytes, payload: bytes) -> bytes:
    """What an entry says of a payload it does not show: SHA-256("payload/v1" 00 salt 00 canonical payload).

    The salt (32 random bytes) lives with the payload: a mark has so few values that an unsalted one is
    guessed at once.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return sha256(b"\x00".join((b"payload/v1", salt, payload))).digest()


def head_line(chain: str, count: int, head: bytes) -> str:
    """How a chain's head is printed: `chain-id count head`."""
    return f"{chain} {count} {head.hex()}"


def day_head(lines: Iterable[str]) -> bytes:
    """The published head of the day: SHA-256 over the heads' lines, sorted by bytes, each ended by a newline.

    `LC_ALL=C sort heads.txt | sha256sum` gives the same.
    """
    ordered = sorted(line.encode("utf-8") + b"\n" for line in lines)
    return sha256(b"".join(ordered)).digest()
