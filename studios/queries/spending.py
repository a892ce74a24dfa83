"""Expenses as a reader may see them, and the sums that gates, pages and reports ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext

from accounts.roles import Role
from studios.models import Expense, ExpenseVoucher, Repayment, Studio
from studios.queries.studio import of_reader
from studios.rules.spending import CENT, EQUIPMENT, FLAGS
from workflow import clock
from workflow.errors import Sentence

NOTHING = Decimal("0.00")
APPROVED = Expense.State.APPROVED
ANY_FLAG = "any"


# The sums: approved expenses alone ------------------------------------------------------------------------------------


def spent_of(studio: Any) -> Decimal:
    """What a studio has spent, from its approved expenses."""
    found = Expense.objects.filter(studio_id=studio.pk, state=APPROVED).aggregate(sum=Sum("amount"))["sum"]
    return cents(found)


def cents(value: Decimal | None) -> Decimal:
    """A sum to the cent: SQLite adds in floating point, and nothing is nothing."""
    return (value or NOTHING).quantize(CENT)


def spent_by_head(studio: Any, states: Collection[str] = (APPROVED,)) -> dict[str, Decimal]:
    """What a studio has spent by head; heads without an expense are absent."""
    rows = Expense.objects.filter(studio_id=studio.pk, state__in=states)
    found = rows.order_by().values_list("head").annotate(sum=Sum("amount"))
    return {head: cents(total) for head, total in found}


def spending_of(studio_ids: Iterable[int]) -> dict[int, Decimal]:
    """What each of these studios has spent, in one statement; those that spent nothing stand with zero."""
    ids = list(studio_ids)
    rows = Expense.objects.filter(studio_id__in=ids, state=APPROVED).order_by().values("studio_id")
    found = rows.annotate(sum=Sum("amount")).values_list("studio_id", "sum")
    return dict.fromkeys(ids, NOTHING) | {studio: cents(total) for studio, total in found}


# Lists ---------------------------------------------------------------------------------------------------------------


def expenses_visible_to(user: Any) -> QuerySet[Expense]:
    """The expenses of the studios this reader may see."""
    rows = Expense.objects.filter(of_reader(user, "studio__"))
    return rows.select_related("studio__host", "studio__lead", "claimant", "approver", "activity")


def vouchers_visible_to(user: Any) -> QuerySet[ExpenseVoucher]:
    """The vouchers of the expenses this reader may see."""
    return ExpenseVoucher.objects.filter(of_reader(user, "expense__studio__"))


def to_approve_by(user: Any) -> QuerySet[Expense]:
    """What waits for this clerk of a host unit: not what they wrote down or claim themselves."""
    rows = Expense.objects.filter(studio__host_id=user.organisation_id, state=Expense.State.SUBMITTED)
    return rows.exclude(claimant_id=user.pk).exclude(recorded_by_id=user.pk)


def own(user: Any) -> QuerySet[Expense]:
    """The expenses of the studios in whose name this person writes."""
    mine = Q(studio__lead_id=user.pk) if user.holds(Role.STUDIO_LEAD) else Q(pk__in=())
    if user.organisation_id is not None and user.holds(Role.STUDIO_MEMBER):
        mine |= Q(studio__host_id=user.organisation_id)
    return Expense.objects.filter(mine)


def narrowed(rows: QuerySet[Expense], wanted: Mapping[str, Any]) -> QuerySet[Expense]:
    """The rows that the filters of a list leave."""
    if text := wanted.get("q"):
        named = Studio.objects.filter(name__icontains=text).order_by().values("pk")
        rows = rows.filter(Q(payee__icontains=text) | Q(invoice_number=text) | Q(studio__in=named))
    for name, lookup in (
        ("state", "state"), ("head", "head"), ("method", "method"), ("city", "studio__city"),
        ("since", "spent_on__gte"), ("until", "spent_on__lte"),
    ):  # fmt: skip
        if value := wanted.get(name):
            rows = rows.filter(**{lookup: value})
    flag = wanted.get("flag")
    if flag == ANY_FLAG:
        return rows.exclude(flags="")
    return rows.exclude(flags="").filter(flags__contains=f"|{flag}|") if flag else rows


def flag_counts(rows: QuerySet[Expense]) -> dict[str, int]:
    """How many of the rows carry each flag; one statement over those that carry any."""
    found = (
        rows.exclude(flags="").exclude(state="voided").order_by().values_list("flags").annotate(n=Count("pk"))
    )
    counts: dict[str, int] = dict.fromkeys(FLAGS, 0)
    for flags, n in found:
        for code in flags.strip("|").split("|"):
            counts[code] = counts.get(code, 0) + n
    return counts


# Books ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One line of the cash book: money in or out, and what is left after it."""

    day: date
    words: Sentence
    number: str
    received: Decimal | None
    spent: Decimal | None
    left: Decimal
    expense: Expense | None = None


def cash_book(studio: Studio, until: date | None = None) -> list[Entry]:
    """Everything received, spent and given back, by day, with what was left after each."""
    moves = [*_received(studio), *_spent(studio), *_returned(studio)]
    left, found = NOTHING, []
    for day, _rank, words, number, amount, expense in sorted(moves, key=lambda move: move[:2]):
        if until is not None and day > until:
            break
        left += amount
        income, outgo = (amount, None) if amount > 0 else (None, -amount)
        found.append(Entry(day, words, number, income, outgo, left, expense))
    return found


Move = tuple[date, int, Sentence, str, Decimal, Expense | None]


def _received(studio: Studio) -> Iterator[Move]:
    for row in studio.instalments.filter(state="paid", paid_at__isnull=False):
        assert row.paid_at is not None
        words = gettext("第%(n)s期资助") % {"n": row.number}
        yield row.paid_at.astimezone(clock.ZONE).date(), 0, words, row.voucher or "", row.amount, None


def _spent(studio: Studio) -> Iterator[Move]:
    for row in studio.expenses.filter(state=APPROVED).select_related("approver", "claimant").order_by("pk"):
        words = f"{row.payee}：{row.purpose}"
        yield row.spent_on, 1, words, row.invoice_number, -row.amount, row


def _returned(studio: Studio) -> Iterator[Move]:
    for row in Repayment.objects.filter(order__studio=studio).order_by("pk"):
        yield row.on, 2, gettext("退回资金"), row.voucher, -row.amount, None


def assets_of(studio: Studio) -> QuerySet[Expense]:
    """The equipment that was bought and belongs to the host unit at the end."""
    rows = studio.expenses.filter(head=EQUIPMENT, state=APPROVED)
    return rows.order_by("spent_on", "pk")
