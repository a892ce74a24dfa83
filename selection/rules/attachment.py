"""Attachments of a dossier: which kinds there are, who brings them, for whose eyes they are, what they are called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Audience = Literal["public", "expert", "staff", "restricted"]
Origin = Literal["unit", "nominator"]

MEGABYTE = 1024 * 1024
MOST_FILES = 60  # in one dossier
MOST_FILE_MB = 50  # above it one request would not pass the proxy


@dataclass(frozen=True)
class Kind:
    """One kind of proof."""

    audience: Audience
    origin: Origin = "unit"


# Certificates and practice proofs carry identity and certificate numbers, which experts do not need.
KINDS: dict[str, Kind] = {
    "id": Kind("restricted"),
    "certificate": Kind("staff"),
    "practice": Kind("staff"),
    "unit_notice": Kind("staff"),
    "diploma": Kind("staff"),
    "award": Kind("public"),
    "case": Kind("expert"),
    "photo": Kind("staff"),
    "background": Kind("restricted", "nominator"),
}
FROM_UNIT = tuple(name for name, kind in KINDS.items() if kind.origin == "unit")
TO_EXPERTS: tuple[Audience, ...] = ("public", "expert")
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
LONGEST_NAME = 120
_NUMBER = re.compile(r"\d(?:[\s-]?\d){9,}[\dXx]?")


def audience_of(kind: str) -> Audience:
    """For whose eyes a kind is."""
    return KINDS[kind].audience


def missing(required: Sequence[str], present: Collection[str]) -> list[str]:
    """The required kinds of which there is none, in the order of the rules."""
    return [kind for kind in required if kind not in present]


def fits(size: int, others: Iterable[int], *, max_dossier_mb: int) -> bool:
    """Whether a file of this size finds room beside the others of its dossier."""
    return size + sum(others) <= max_dossier_mb * MEGABYTE


def kept_name(name: str) -> str:
    """The name that a file had where it came from, to recognise it by: no path, no controls, no long numbers."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(char for char in last if char.isprintable()).strip()
    hidden = _NUMBER.sub(lambda found: "*" * len(found.group()), plain)
    return hidden[:LONGEST_NAME] or "file"


def ascii_name(code: str, kind: str, number: int, mime: str) -> str:
    """The name of a download where only ASCII is understood: 2026-0001-certificate-2.pdf."""
    safe = re.sub(r"[^A-Za-z0-9-]+", "-", code).strip("-") or "dossier"
    return f"{safe}-{kind.replace('_', '-')}-{number}.{EXTENSIONS[mime]}"
