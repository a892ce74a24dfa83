"""What is done with an expense: recorded, changed, submitted, approved by the host unit, refused, voided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.rules.privacy import exposures
from studios import policies
from studios.actions import month
from studios.actions import spending_files as files
from studios.actions.spending_words import invoice_taken, refuse
from studios.errors import ExpenseRefused, PersonalData
from studios.messages import spending as messages
from studios.models import Expense, ExpenseVoucher, Studio
from studios.models.spending import accounts_open
from studios.queries import budget
from studios.rules import spending as rules
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

FIELDS = (
    "spent_on", "head", "payee", "account", "purpose", "amount", "items", "activity", "method", "invoice_code",
    "invoice_number",
)  # fmt: skip
RECORDED = kinds.named("expense.recorded", gettext_lazy("登记支出"))
CHANGED = kinds.named("expense.changed", gettext_lazy("修改支出"))
EXPORTED = kinds.named("expense.exported", gettext_lazy("导出支出"))

Kept = Sequence[tuple[str, files.Opened]]


# The record ----------------------------------------------------------------------------------------------------------


def record(
    studio: Studio, *, by: Actor, values: Mapping[str, Any], vouchers: Sequence[files.File] = (), submit: bool = False
) -> Expense:  # fmt: skip
    """Write an expense down, and submit it at once if so asked. Raises `Refused`; then nothing is kept."""
    found = files.opened(vouchers)
    return files.with_files(
        found, lambda kept: _recorded(studio, by=by, values=values, kept=kept, submit=submit)
    )


def change(
    expense: Expense, *, by: Actor, values: Mapping[str, Any], vouchers: Sequence[files.File] = (), submit: bool = False
) -> Expense:  # fmt: skip
    """Write a draft anew, vouchers added to those it has."""
    found = files.opened(vouchers)
    return files.with_files(
        found, lambda kept: _changed(expense, by=by, values=values, kept=kept, submit=submit)
    )


@door.act
def _recorded(studio: Studio, *, by: Actor, values: Mapping[str, Any], kept: Kept, submit: bool) -> Expense:
    studio = locked(studio)
    require_open(studio, by)
    row = new(studio, by, values)
    _write(row, by, RECORDED, kept)
    return _submitted(row, by) if submit else row


@door.act
def _changed(expense: Expense, *, by: Actor, values: Mapping[str, Any], kept: Kept, submit: bool) -> Expense:
    studio = locked(expense.studio)
    row = door.locked(expense)
    row.studio = studio
    require_open(studio, by)
    _require_draft(row)
    put(row, values)
    _write(row, by, CHANGED, kept)
    return _submitted(row, by) if submit else row


def locked(studio: Studio) -> Studio:
    """The studio's row, locked: two expenses of one studio are never weighed at the same moment."""
    rows = Studio.objects.select_related("agreement__programme", "recognition", "host", "lead")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=studio.pk)


def require_open(studio: Studio, by: Actor) -> None:
    """Refuse whoever may not write here, and when the books are closed."""
    if not policies.may_record_expense(studio, by):
        raise NotPermitted(_("您的身份不能登记本工作室的支出。"))
    if not accounts_open(studio):
        raise StepRefused(_("工作室未在运行或结余已结清，不能再登记支出。"), code="books_closed")


def new(studio: Studio, by: Actor, values: Mapping[str, Any]) -> Expense:
    """An expense not yet saved."""
    assert isinstance(by, User)  # no other actor holds a role that may record
    row = Expense(studio=studio, claimant=by, recorded_by=by, recorded_at=clock.now())
    put(row, values)
    return row


def put(row: Expense, values: Mapping[str, Any]) -> None:
    """The given fields, and what follows from them."""
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    row.invoice_key = rules.invoice_key(row.invoice_code, row.invoice_number)


def claim_of(row: Expense) -> rules.Claim:
    """The expense as the rules read it."""
    return rules.Claim(row.head, Decimal(row.amount), row.items, row.spent_on, row.purpose, row.payee)


def require_sound(row: Expense, books: rules.Books | None = None) -> None:
    """Refuse what no grant pays, what is above a limit, another studio's activity, and an invoice that is used."""
    if exposures({"purpose": row.purpose, "payee": row.payee}):
        raise PersonalData(_("文字中有疑似身份证号、手机号或银行卡号，请删去。"))
    if row.activity is not None and row.activity.studio_id != row.studio_id:
        raise ExpenseRefused(_("所选活动不是本工作室的活动。"), code="other_activity")
    refuse(
        rules.faults(claim_of(row), row.studio.programme, books or budget.books_of(row.studio, but=row.pk))
    )
    if row.invoice_key:
        require_invoice_free(row)


def require_invoice_free(row: Expense) -> None:
    """One invoice is one expense, in whichever studio."""
    others = Expense.objects.filter(invoice_key=row.invoice_key).exclude(state="voided").exclude(pk=row.pk)
    there = others.values_list("studio_id", "spent_on").first()
    if there is not None:
        raise invoice_taken(there[1].isoformat() if there[0] == row.studio_id else "")


def _write(row: Expense, by: Actor, kind: str, kept: Kept) -> None:
    require_sound(row)
    save(row)
    files.keep(row, kept)
    look_again(row)
    said = {"amount": str(row.amount), "head": row.head, "invoice": row.invoice_key, "vouchers": len(kept)}
    ledger.append(by, chain=row.chain_key, kind=kind, subject=subject_of(row), payload=said)


def save(row: Expense) -> None:
    """Save; an invoice that somebody else has used this very moment is refused like any other."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as clash:
        if "invoice" not in str(clash):
            raise
        raise invoice_taken() from clash


def _require_draft(row: Expense) -> None:
    if row.state != Expense.State.DRAFTED:
        raise StepRefused(_("支出已提交，撤回后方可修改。"), code="wrong_state")


@door.act
def remove_voucher(voucher: ExpenseVoucher, *, by: Actor) -> None:
    """Take a voucher out of a draft."""
    row = door.locked(voucher.expense)
    if not policies.may_record_expense(row, by):
        raise NotPermitted(_("您的身份不能登记本工作室的支出。"))
    _require_draft(row)
    if not accounts_open(row.studio):
        raise StepRefused(_("工作室未在运行或结余已结清，不能再登记支出。"), code="books_closed")
    said = {"voucher_removed": voucher.name, "sha256": voucher.sha256}
    ledger.append(by, chain=row.chain_key, kind=CHANGED, subject=subject_of(row), payload=said)
    files.delete(voucher)


# What deserves a look ------------------------------------------------------------------------------------------------


def look_again(row: Expense) -> None:
    """Find out anew what of an expense deserves a look, and of the earlier ones that now look otherwise."""
    row.flags = _flags_of(row)
    row.save(update_fields=["flags"])
    if "splitting" in row.flag_codes:
        for other in _near(row):
            if "splitting" not in other.flag_codes:
                other.flags = _joined([*other.flag_codes, "splitting"])
                other.save(update_fields=["flags"])


def _flags_of(row: Expense) -> str:
    studio = row.studio
    paid, _first = budget.received(studio)
    sums = budget.sums_by_head(studio, but=row.pk)
    spent = sum((total for by_head in sums.values() for total in by_head.values()), Decimal(row.amount))
    seen = rules.Seen(
        claim=claim_of(row),
        cash=row.method == Expense.Method.CASH,
        personal=row.account == Expense.Account.PERSONAL,
        related=(studio.recognition.name_key, studio.lead.name if studio.lead else "", studio.host.name),
        near_limit=len(_near(row)),
        paid=paid,
        spent=spent,
        same_number=_same_number(row),
        same_scan=_same_scan(row),
    )
    return _joined(rules.flags_of(seen, studio.programme))


def _joined(codes: Sequence[str]) -> str:
    return f"|{'|'.join(codes)}|" if codes else ""


def _near(row: Expense) -> list[Expense]:
    """Others of the studio's, of the same payee about the same days, just below the limit of one piece."""
    if row.head != rules.EQUIPMENT:
        return []
    limit, span = row.studio.programme.item_limit, timedelta(days=rules.SPLIT_DAYS)
    rows = Expense.objects.filter(
        studio_id=row.studio_id, head=rules.EQUIPMENT, payee=row.payee,
        spent_on__range=(row.spent_on - span, row.spent_on + span),
    ).exclude(state="voided").exclude(pk=row.pk)  # fmt: skip
    return [other for other in rows if rules.is_near_limit(other.amount, other.items, limit)]


def _same_number(row: Expense) -> bool:
    """The number without regard to the code, as it was typed: stands elsewhere for the same amount."""
    if not row.invoice_number:
        return False
    others = Expense.objects.filter(invoice_number=row.invoice_number).exclude(pk=row.pk)
    return others.exclude(state="voided").exists()


def _same_scan(row: Expense) -> bool:
    mine = row.vouchers.values("source_sha256")
    others = ExpenseVoucher.objects.filter(source_sha256__in=mine).exclude(expense_id=row.pk)
    return others.exclude(expense__state="voided").exists()


# Steps ---------------------------------------------------------------------------------------------------------------


@door.act
def submit(expense: Expense, *, by: Actor) -> Expense:
    """Hand an expense in: from here on it fills its head's budget."""
    studio = locked(expense.studio)
    row = door.locked(expense)
    row.studio = studio
    return _submitted(row, by)


def _submitted(row: Expense, by: Actor) -> Expense:
    door.require_open(row, "submit", by=by)
    require_sound(row)
    look_again(row)
    moved = door.take(
        row, "submit", by=by, at=clock.now(), claimant=by, payload={"amount": str(row.amount), "flags": row.flags}
    )  # fmt: skip
    messages.submitted(moved, by=by)
    return moved


@door.act
def take_back(expense: Expense, *, by: Actor) -> Expense:
    """Make it a draft again."""
    return door.take(expense, "take_back", by=by)


@door.act
def approve(expense: Expense, *, by: Actor) -> Expense:
    """The host unit's clerk, who is not the one who claims."""
    moved = door.take(
        expense, "approve", by=by, approver=by, at=clock.now(), payload={"amount": str(expense.amount)}
    )
    month.keep(moved)
    messages.judged(moved, "approve", by=by)
    return moved


@door.act
def refuse_expense(expense: Expense, *, by: Actor, reason: str) -> Expense:
    """Sent back with the reason."""
    return _moved(expense, "refuse", by, reason)


@door.act
def question(expense: Expense, *, by: Actor, reason: str) -> Expense:
    """What was approved counts no more, until it has been put right."""
    moved = _moved(expense, "question", by, reason)
    month.keep(moved)
    return moved


@door.act
def void(expense: Expense, *, by: Actor, reason: str) -> Expense:
    """It is no expense; its invoice may be recorded again."""
    return door.take(expense, "void", by=by, reason=reason, payload={"invoice": expense.invoice_key})


def _moved(expense: Expense, step: str, by: Actor, reason: str) -> Expense:
    moved = door.take(expense, step, by=by, reason=reason)
    messages.judged(moved, step, by=by, said=reason)
    return moved


@door.act
def record_export(*, by: Actor, rows: int, query: str) -> None:
    """Write down what left."""
    ledger.append(
        by, chain="studios", kind=EXPORTED, subject="studios.expense", payload={"rows": rows, "query": query}
    )


# Files of them -------------------------------------------------------------------------------------------------------


@door.act
def bring_in(
    studio: Studio, rows: Sequence[Mapping[str, Any]], *, by: Actor, file_digest: str,
    hold: Callable[[], None] = lambda: None, finish: Callable[[int], None] = lambda n: None,
) -> int:  # fmt: skip
    """Record the rows of a file as drafts, all or none; how many."""
    hold()
    studio = locked(studio)
    require_open(studio, by)
    for values in rows:
        row = new(studio, by, values)
        require_sound(row)
        save(row)
        look_again(row)
        said = {"amount": str(row.amount), "head": row.head, "invoice": row.invoice_key, "file": file_digest}
        ledger.append(by, chain=row.chain_key, kind=RECORDED, subject=subject_of(row), payload=said)
    finish(len(rows))
    return len(rows)
