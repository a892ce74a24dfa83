"""Steps in bulk by the forms that pages and API share, and the long ones as jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.actions import bulk as actions
from selection.errors import BulkRefused
from selection.models import Nomination
from selection.models.bulk import BulkRun
from selection.queries.bulk import checked_again, offered_to
from workflow import collections, jobs
from workflow.errors import StepRefused
from workflow.forms import StepForm
from workflow.jobs import Kind, Progress
from workflow.machine import Step
from workflow.models import Job


def bulk_steps(user: Any) -> list[Step]:
    """The steps that this person takes in bulk, as far as the collection offers a form for them."""
    forms = _forms()
    return [step for step in offered_to(user) if step.name in forms]


def _forms() -> Any:
    found = collections.named("nominations")
    assert found is not None
    return found.forms


def form_of(run: BulkRun, user: Any, data: Any = None) -> StepForm:
    """The step's own form: at most one reason, the same for all."""
    example = Nomination.objects.select_related("round", "nominee").get(pk=run.chosen[0][0])
    form: StepForm = _forms()[run.step](data, obj=example, actor=user)
    return form


def taker(run: BulkRun, user: Any) -> Callable[[Nomination], Any]:
    """How one dossier takes the step: through the form, as on its own page."""
    form_class = _forms()[run.step]

    def take(row: Nomination) -> Any:
        form = form_class({"reason": run.reason}, obj=row, actor=user)
        if not form.is_valid():
            raise StepRefused(next(iter(form.errors.values()))[0], code="bad_input")
        return form.take()

    return take


def carry_out(run: BulkRun, user: Any) -> BulkRun:
    """Take a confirmed list now; what refuses is kept by name, and then nothing is taken."""
    try:
        return actions.take_all(run, by=user, take=taker(run, user))
    except BulkRefused as refusal:
        return actions.record_refusals(run, by=user, refused=refusal.refused)


def carry_out_as_job(job: Job, progress: Progress) -> dict[str, Any]:
    """The same for a long list: looked at once more with progress, then taken in one act."""
    run, person = BulkRun.objects.get(pk=job.given["run"]), User.objects.get(pk=job.started_by)
    result: dict[str, Any] = {"run": run.pk}
    progress.begin(len(run.passing), _("逐份核对"))
    step = next(one for one in bulk_steps(person) if one.name == run.step)
    refused = checked_again(run, step, person, progress.at)
    progress.writing(_("正在一次办理%(n)s份") % {"n": len(run.passing)})
    done: Any = {"hold": progress.hold, "finish": lambda: progress.finish(result)}
    try:
        if refused:
            raise BulkRefused(refused)
        actions.take_all(run, by=person, take=taker(run, person), **done)
    except BulkRefused as refusal:
        actions.record_refusals(run, by=person, refused=refusal.refused, finish=done["finish"])
    return result


jobs.register(
    actions.BULK,
    Kind(
        gettext_lazy("批量办理"), carry_out_as_job, lambda job: reverse("bulk_run", args=[job.given["run"]])
    ),
)
