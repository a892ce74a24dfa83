"""Numbers that carry their own check."""

from __future__ import annotations

import re

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
CREDIT_CODE = re.compile(f"[{CREDIT_ALPHABET}]{{18}}")
CREDIT_LENGTH = 18


def valid_credit_code(code: str) -> bool:
    """Whether `code` is a unified social credit code: 18 characters (capitals), the GB 32100 check digit."""
    if not CREDIT_CODE.fullmatch(code):
        return False
    total = sum(CREDIT_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:-1]))
    return CREDIT_ALPHABET.index(code[-1]) == -total % 31
