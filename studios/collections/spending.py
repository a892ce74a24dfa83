"""Expenses and adjustments as pages and API share them, what of them waits, and the work on files of expenses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.roles import Role
from selection.documents.workbook import Workbook
from selection.errors import BadFile
from studios.actions import spending as actions
from studios.actions import spending_import
from studios.collections.studio import iso
from studios.forms.budget import FORMS as BUDGET_FORMS
from studios.forms.spending import FORMS
from studios.forms.spending_intake import Intake, read
from studios.messages.spending import budget_page, page_of
from studios.models import BudgetAdjustment, Expense, Studio
from studios.queries import budget
from studios.queries import spending as queries
from studios.queries.studio import studios_visible_to
from workflow import collections, jobfiles, jobs, todo
from workflow.actor import Actor
from workflow.jobs import Kind, Progress
from workflow.models import Job
from workflow.todo import Todo

MOST_LISTED = 5_000


def represent(expense: Expense, _actor: Actor) -> dict[str, Any]:
    """An expense, JSON-ready."""
    return {
        "id": expense.pk,
        "studio": expense.studio_id,
        "state": expense.state,
        "spent_on": iso(expense.spent_on),
        "head": expense.head,
        "payee": expense.payee,
        "account": expense.account,
        "purpose": expense.purpose,
        "amount": str(expense.amount),
        "items": expense.items,
        "method": expense.method,
        "activity": expense.activity_id,
        "invoice_code": expense.invoice_code,
        "invoice_number": expense.invoice_number,
        "flags": list(expense.flag_codes),
        "claimant": expense.claimant.name,
        "submitted_at": iso(expense.submitted_at),
        "approver": expense.approver.name if expense.approver else None,
        "approved_at": iso(expense.approved_at),
        "reason": expense.reason,
    }


def represent_adjustment(row: BudgetAdjustment, _actor: Actor) -> dict[str, Any]:
    """An adjustment, JSON-ready."""
    return {
        "id": row.pk,
        "studio": row.studio_id,
        "state": row.state,
        "source": row.source,
        "target": row.target,
        "amount": str(row.amount),
        "purpose": row.purpose,
        "requested_by": row.requested_by.name,
        "requested_at": iso(row.requested_at),
        "decided_by": row.decided_by.name if row.decided_by else None,
        "decided_at": iso(row.decided_at),
        "reason": row.reason,
    }


collections.register(
    collections.Collection(
        name="expenses",
        model=Expense,
        visible_to=queries.expenses_visible_to,
        represent=represent,
        url=page_of,
        forms=FORMS,
        filters=("state", "studio", "head"),
    )
)
collections.register(
    collections.Collection(
        name="budget-adjustments",
        model=BudgetAdjustment,
        visible_to=budget.adjustments_visible_to,
        represent=represent_adjustment,
        url=budget_page,
        forms=BUDGET_FORMS,
        filters=("state", "studio"),
    )
)


# What waits ----------------------------------------------------------------------------------------------------------


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the host's clerk what is to approve, for the studio what came back, for the manager what is asked."""
    if actor.holds(Role.UNIT_CLERK) and actor.organisation_id is not None:
        count = queries.to_approve_by(actor).count()
        if count:
            title = ngettext("%(n)s笔工作室支出待审批", "%(n)s笔工作室支出待审批", count) % {"n": count}
            yield Todo(title, f"{reverse('expense_list')}?state=submitted", icon="receipt", count=count)
    if actor.holds(Role.STUDIO_LEAD) or actor.holds(Role.STUDIO_MEMBER):
        yield from _own(actor)
    if actor.holds(Role.MANAGER):
        yield from _managed()


def _own(actor: Any) -> Iterator[Todo]:
    rows = list(queries.own(actor).filter(state__in=("drafted", "refused")).values_list("state", "studio"))
    words: dict[str, Callable[[int], str]] = {
        "refused": lambda n: ngettext("%(n)s笔支出被退回，待更正", "%(n)s笔支出被退回，待更正", n),
        "drafted": lambda n: ngettext("%(n)s笔支出草稿待提交", "%(n)s笔支出草稿待提交", n),
    }
    for state, title in words.items():
        studios = [studio for found, studio in rows if found == state]
        if studios:
            link = f"{reverse('studio_expenses', args=[studios[0]])}?state={state}"
            yield Todo(title(len(studios)) % {"n": len(studios)}, link, icon="receipt", count=len(studios))


def _managed() -> Iterator[Todo]:
    first = budget.adjustments_waiting().order_by("pk").first()
    if first is not None:
        count = budget.adjustments_waiting().count()
        title = ngettext("%(n)s项预算调整待批准", "%(n)s项预算调整待批准", count) % {"n": count}
        yield Todo(title, reverse("adjustment_list"), icon="adjustments", count=count)
    over = list(budget.unsettled().values_list("pk", flat=True))
    if over:
        title = ngettext("%(n)s个已结项工作室的结余待处理", "%(n)s个已结项工作室的结余待处理", len(over))
        link = reverse("studio_settlement", args=[over[0]])
        yield Todo(title % {"n": len(over)}, link, icon="coins", count=len(over))


# Files ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(check: Job) -> Iterator[Workbook]:
    file = jobfiles.of(check, "input")
    if file is None:
        raise BadFile(_("上传的文件只保留一天，现已删除。请重新上传。"), code="file_gone")
    with TemporaryFile() as content:
        jobfiles.copy_to(file, content)
        yield Workbook(file.name, content)


def _read(job: Job, studio: Studio, progress: Progress) -> Intake:
    with _opened(job) as book:
        progress.begin(1)
        return read(book, studio)


def _studio(job: Job, person: User) -> Studio:
    studio: Studio = studios_visible_to(person).get(pk=job.given["studio"])
    return studio


def check(job: Job, progress: Progress) -> dict[str, Any]:
    """Read all of the file and write down what is wrong; nothing is brought in."""
    intake = _read(job, _studio(job, User.objects.get(pk=job.started_by)), progress)
    return {
        "rows": intake.read,
        "clean": len(intake.rows),
        "total": str(intake.total),
        "fault_count": len(intake.faults),
        "faults": [fault.as_list() for fault in intake.faults[:MOST_LISTED]],
    }


def bring_in(job: Job, progress: Progress) -> dict[str, Any]:
    """Read the file again and record its rows as drafts, all or none."""
    person, checked = User.objects.get(pk=job.started_by), Job.objects.get(pk=job.given["check"])
    studio = _studio(job, person)
    intake = _read(checked, studio, progress)
    if intake.faults or len(intake.rows) != checked.result["rows"]:
        raise BadFile(_("核对之后情况有变，没有导入任何内容。请重新上传核对。"), code="changed_meanwhile")
    file = jobfiles.of(checked, "input")
    progress.writing(_("正在写入%(n)s行") % {"n": len(intake.rows)})
    actions.bring_in(
        studio, intake.rows, by=person, file_digest=file.sha256 if file else "", hold=progress.hold,
        finish=lambda n: progress.finish({"imported": n}),
    )  # fmt: skip
    jobfiles.remove(checked)
    return {"imported": len(intake.rows)}


jobs.register(
    spending_import.CHECK,
    Kind(
        gettext_lazy("核对支出文件"),
        check,
        lambda job: reverse("expense_import_result", args=[job.given["studio"], job.pk]),
    ),
)
jobs.register(
    spending_import.IMPORT,
    Kind(
        gettext_lazy("导入支出"), bring_in, lambda job: reverse("studio_expenses", args=[job.given["studio"]])
    ),
)
