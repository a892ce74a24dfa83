"""Which of many dossiers can take a step now, and why the others cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from selection.models import Nomination
from selection.models.bulk import BulkRun
from selection.queries.nomination import Filter, listed, nominations_visible_to
from workflow.machine import Step, failing_guard, step_named

# Steps that need nothing of their own for each dossier: at most one reason for all of them.
STEPS = ("submit", "qualify", "send_to_panel", "clear", "withdraw")
MOST = 1_000
CHUNK = 200


def offered_to(user: Any) -> list[Step]:
    """The steps that this person's roles take in bulk."""
    declared = (step_named(Nomination, name) for name in STEPS)
    return [step for step in declared if step is not None and set(step.policy.roles) & user.roles]


def ids_by_filter(user: Any, query: str) -> list[int]:
    """All that the list shows under an address, in its order, one more than the most at most."""
    rows = listed(user, Filter.of(QueryDict(query)))
    return list(rows.values_list("pk", flat=True)[: MOST + 1])


def preview(user: Any, step: Step, ids: Iterable[int]) -> Iterator[list[Any]]:
    """Each dossier that this person sees, in the order given: id, code, name, why it cannot (empty if it can)."""
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        found = {row.pk: row for row in _with_what_guards_need(user, part)}
        for pk in part:
            if row := found.get(pk):
                yield [pk, row.code, row.nominee.name, why_not(row, step, user)]


def _with_what_guards_need(user: Any, ids: list[int]) -> QuerySet[Nomination]:
    return nominations_visible_to(user).filter(pk__in=ids)


def why_not(row: Nomination, step: Step, user: Any) -> str:
    """Why this person cannot take the step on this dossier now; empty if nothing stands in the way."""
    if row.state not in step.sources:
        return _("现为“%(state)s”，不能办理这一步。") % {"state": row.get_state_display()}
    if not step.policy(row, user):
        return _("您的身份不能办理这一份。")
    guard = failing_guard(row, step)
    return str(guard.why_not(row)) if guard else ""


def runs_of(user: Any) -> QuerySet[BulkRun]:
    """What this person has prepared: nobody sees another's."""
    return BulkRun.objects.filter(created_by=user.pk)


def checked_again(run: BulkRun, step: Step, user: Any, at: Callable[[int], None]) -> list[list[Any]]:
    """Those of the passing ones that no longer pass."""
    found = []
    for number, row in enumerate(preview(user, step, [pk for pk, *_rest in run.passing]), start=1):
        if row[3]:
            found.append(row)
        at(number)
    return found
