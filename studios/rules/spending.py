"""What a grant pays and what it does not: caps, budgets, words, prices and days; what deserves a look; a budget's spread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Any
from unicodedata import normalize

from studios.rules.programme import FULL, Head, Programme

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
EQUIPMENT = "equipment"  # the head whose single pieces have a limit, and that are handed over at the end
FEES = "fees"  # the head that is paid to persons
ROUND = Decimal(1000)  # a multiple of it is a round number
NEAR = Decimal("0.90")  # of the limit of one piece, from which a price lies just below it
SPLIT_DAYS = 30
SPLIT_TIMES = 1  # so many others just below the limit, of the same payee, look like one purchase cut up

FLAGS = ("cash", "personal", "related", "round", "splitting", "over_paid", "same_number", "same_scan")


@dataclass(frozen=True)
class Fault:
    """Why an expense or an adjustment cannot be: the code, the field, and what the sentence names."""

    code: str
    where: str
    says: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """What is to be paid for."""

    head: str
    amount: Decimal
    items: int
    spent_on: date
    purpose: str
    payee: str


@dataclass(frozen=True)
class Books:
    """How a studio's money stands, without the expense that is asked about."""

    award: Decimal
    today: date
    paid_from: date | None  # when the first instalment was paid
    ends_on: date | None
    budgets: Mapping[str, Decimal]  # as adjusted
    committed: Mapping[str, Decimal]  # submitted and approved, by head


# Invoices ------------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """A number as it is compared: width, case, spaces and dashes do not tell one from another."""
    folded = normalize("NFKC", text).upper()
    return "".join(char for char in folded if char.isalnum())


def invoice_key(code: str, number: str) -> str:
    """What is unique of an invoice; nothing where there is none."""
    digits = plain(number)
    return f"{plain(code)}/{digits}" if digits else ""


# The rules -----------------------------------------------------------------------------------------------------------


def cap_of(award: Decimal, head: Head) -> Decimal:
    """The most that a head may take of an award."""
    return (award * head.cap / FULL).quantize(CENT, ROUND_DOWN)


def faults(claim: Claim, programme: Programme, books: Books) -> list[Fault]:
    """Everything that is wrong with an expense, in the order in which a reader meets the fields."""
    found = [*_days(claim, books), *_words(claim, programme)]
    head = programme.head(claim.head)
    if head is None:
        return [*found, Fault("unknown_head", "head")]
    return [*found, *_price(claim, programme), *_limits(claim, head, books)]


def _days(claim: Claim, books: Books) -> Iterable[Fault]:
    if books.paid_from is None:
        yield Fault("nothing_paid", "spent_on")
    elif claim.spent_on < books.paid_from:
        yield Fault("before_payment", "spent_on", {"day": books.paid_from.isoformat()})
    if claim.spent_on > books.today:
        yield Fault("in_future", "spent_on")
    elif books.ends_on is not None and claim.spent_on > books.ends_on:
        yield Fault("after_end", "spent_on", {"day": books.ends_on.isoformat()})


def _words(claim: Claim, programme: Programme) -> Iterable[Fault]:
    for where, text in (("purpose", claim.purpose), ("payee", claim.payee)):
        folded = "".join(normalize("NFKC", text).split())
        found = next((word for word in programme.prohibited if word in folded), None)
        if found is not None:
            yield Fault("prohibited", where, {"word": found})


def _price(claim: Claim, programme: Programme) -> Iterable[Fault]:
    if claim.head == EQUIPMENT and claim.amount > programme.item_limit * claim.items:
        price = (claim.amount / claim.items).quantize(CENT, ROUND_UP)
        yield Fault("item_limit", "amount", {"price": price, "limit": programme.item_limit})


def _limits(claim: Claim, head: Head, books: Books) -> Iterable[Fault]:
    used = books.committed.get(head.code, NOTHING)
    by_cap, by_budget = cap_of(books.award, head) - used, books.budgets.get(head.code, NOTHING) - used
    if claim.amount > by_cap:
        yield Fault("over_cap", "amount", {"head": head, "cap": head.cap, "left": max(by_cap, NOTHING)})
    elif claim.amount > by_budget:
        yield Fault("over_budget", "amount", {"head": head, "left": max(by_budget, NOTHING)})


# What deserves a look ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """An expense with what stands around it."""

    claim: Claim
    cash: bool
    personal: bool
    related: Sequence[str]  # names whose payment is one to oneself: the talent, the host unit
    near_limit: int  # others of the same payee about the same days, each just below the limit of one piece
    paid: Decimal  # what the studio has received
    spent: Decimal  # what it has spent with this expense
    same_number: bool  # the number stands on another expense, under another code
    same_scan: bool  # the very file is the voucher of another expense


def is_near_limit(amount: Decimal, items: int, limit: Decimal) -> bool:
    """A price just below the limit of one piece."""
    return limit * NEAR <= amount / items <= limit


def flags_of(seen: Seen, programme: Programme) -> list[str]:
    """The codes of what deserves a look; none of them refuses anything."""
    claim = seen.claim
    payee = plain(claim.payee)
    near = claim.head == EQUIPMENT and is_near_limit(claim.amount, claim.items, programme.item_limit)
    found = {
        "cash": seen.cash and claim.amount > programme.cash_limit,
        "personal": seen.personal and claim.head != FEES,
        "related": any(name and plain(name) in payee for name in seen.related),
        "round": claim.amount >= ROUND and claim.amount % ROUND == 0,
        "splitting": near and seen.near_limit >= SPLIT_TIMES,
        "over_paid": seen.spent > seen.paid,
        "same_number": seen.same_number,
        "same_scan": seen.same_scan,
    }
    return [code for code in FLAGS if found[code]]


# The budget ----------------------------------------------------------------------------------------------------------


def spread(award: Decimal, heads: Sequence[Head]) -> dict[str, Decimal]:
    """A first budget: the award over the heads in proportion to their caps, none above its own, to the cent.

    Where all caps together do not reach the award, what is beyond them stays without a head.
    """
    whole = sum(head.cap for head in heads)
    if whole <= 0:
        return {head.code: NOTHING for head in heads}
    caps = {head.code: cap_of(award, head) for head in heads}
    lines = {
        head.code: min((award * head.cap / whole).quantize(CENT, ROUND_DOWN), caps[head.code])
        for head in heads
    }
    left = award - sum(lines.values())
    for code in sorted(lines, key=lambda code: lines[code] - caps[code]):  # where there is most room
        more = min(left, caps[code] - lines[code])
        lines[code] += more
        left -= more
    return lines


def budget_faults(lines: Mapping[str, Decimal], award: Decimal, heads: Sequence[Head]) -> list[Fault]:
    """What is wrong with a budget: a head above its cap, or another sum than the award."""
    found = [
        Fault("over_cap", head.code, {"head": head, "cap": head.cap, "left": cap_of(award, head)})
        for head in heads
        if lines.get(head.code, NOTHING) > cap_of(award, head)
    ]
    total = sum(lines.values(), NOTHING)
    if total != award:
        found.append(Fault("bad_sum", "", {"sum": total, "award": award}))
    return found


def adjustment_faults(
    source: str, target: str, amount: Decimal, programme: Programme, books: Books
) -> list[Fault]:
    """What is wrong with moving money: unknown heads, more than is free in one, more than the other may take."""
    given, taken = programme.head(source), programme.head(target)
    if given is None or taken is None:
        return [Fault("unknown_head", "source" if given is None else "target")]
    if source == target:
        return [Fault("same_head", "target")]
    found = []
    free = books.budgets.get(source, NOTHING) - books.committed.get(source, NOTHING)
    if amount > free:
        found.append(Fault("not_free", "amount", {"head": given, "left": max(free, NOTHING)}))
    room = cap_of(books.award, taken) - books.budgets.get(target, NOTHING)
    if amount > room:
        left = max(room, NOTHING)
        found.append(Fault("over_cap", "amount", {"head": taken, "cap": taken.cap, "left": left}))
    return found


def within_share(amount: Decimal, recorded: Decimal, agreed: Decimal, share: int) -> bool:
    """Whether a movement out of a head needs no approval: all that was recorded of it together stays in the share."""
    return recorded + amount <= agreed * share / FULL
