"""An amount of money in the capital figures that agreements and vouchers write."""

from __future__ import annotations

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
LARGEST = Decimal(10) ** 16


def in_capitals(amount: Decimal) -> str:
    """50000.05 as 伍万元零伍分. Raises ValueError for what is no amount in whole cents."""
    if not amount.is_finite() or not 0 <= amount < LARGEST or amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"not an amount of money: {amount}")
    cents = int(amount * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    found = f"{_whole(yuan)}元" if yuan or not cents else ""
    if not jiao and not fen:
        return f"{found}整"
    if jiao:
        found += f"{DIGITS[jiao]}角"
    elif yuan:
        found += "零"
    return found + (f"{DIGITS[fen]}分" if fen else "")


def _whole(number: int) -> str:
    if number == 0:
        return DIGITS[0]
    found, groups = "", []
    while number:
        number, rest = divmod(number, 10_000)
        groups.append(rest)
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        if found and (group < 1000 or groups[place + 1] == 0):
            found += DIGITS[0]
        found += _group(group) + GROUPS[place]
    return found


def _group(number: int) -> str:
    """One to four figures, a nought between figures said once."""
    found, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            found += (DIGITS[0] if gap and found else "") + DIGITS[digit] + PLACES[place]
        gap = not digit
    return found
