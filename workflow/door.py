"""The door: the only caller of a transition.

It locks the row, asks the policy, the state and the guards, lets the step's body run, saves, and writes the ledger, all in
one transaction. What it refuses is rolled back, then written down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from workflow import held, ledger, once
from workflow.actor import Actor
from workflow.errors import Attempt, NotPermitted, Refused, StepRefused
from workflow.machine import Machine, Step, failing_guard, step_named, subject_of

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Machine)

_inside: ContextVar[bool] = ContextVar("inside_an_act", default=False)


def act(action: Callable[P, R]) -> Callable[P, R]:
    """Make a function one act: all of it or nothing, and a refusal on the record.

    Acts nest: only the outermost opens the transaction and audits the refusal, after everything was rolled back.
    """

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _inside.get():
            return action(*args, **kwargs)
        token = _inside.set(True)
        try:
            with transaction.atomic(), held.watching(), once.reading():
                return action(*args, **kwargs)
        except Refused as refusal:
            _audit(refusal, action.__name__, args, kwargs)
            raise
        finally:
            _inside.reset(token)

    return run


def _audit(refusal: Refused, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    attempt = refusal.attempt or _attempt_of(name, args, kwargs)
    if attempt is not None:
        with transaction.atomic():
            ledger.append(
                attempt.by,
                chain=attempt.chain,
                kind="refused",
                subject=attempt.subject,
                role=attempt.role,
                payload={"step": attempt.step, "code": refusal.code, "sentence": str(refusal)},
            )
        for record in refusal.because:
            note_use(record, attempt.by, step=attempt.step, about=attempt.subject)


def note_use(record: str, by: Any, *, step: str, about: str) -> None:
    """Write down with a record of the office that a decision rested on it: what was done or refused, and about what."""
    with transaction.atomic():
        payload = {"step": step, "about": about}
        ledger.append(by, chain=ledger.OFFICE, kind="bound", subject=record, payload=payload)


def _attempt_of(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Attempt | None:
    """What was attempted, when an action refused before it reached the door."""
    by = kwargs.get("by")
    target = next((a for a in args if isinstance(a, models.Model)), None)
    if by is None or target is None or target.pk is None:
        return None
    chain = getattr(target, "chain_key", ledger.OFFICE)
    return Attempt(by, chain, subject_of(target), name, "")


@act
def take(
    obj: M, step: str, *, by: Actor, reason: str = "", payload: Mapping[str, Any] | None = None, **given: Any
) -> M:
    """Take one step on `obj` and return the row as it then stands.

    `given` goes to the step's body, `reason` and `payload` to the ledger. Raises `NotPermitted` or `StepRefused`
    (with the sentence of the first guard that fails); then nothing has changed.
    """
    declared = step_named(type(obj), step)
    if declared is None:
        raise LookupError(f"{type(obj).__name__} has no step {step!r}")
    kept = held.taken(obj)
    obj = _read(obj) if kept is None else kept
    try:
        role = _require_permitted(obj, declared, by)
        _require_possible(obj, declared, reason)
    except Refused as refusal:
        refusal.attempt = Attempt(by, obj.chain_key, subject_of(obj), step, "")
        raise
    before = obj.state
    obj._guards_held = {guard.code for guard in declared.needs}
    move = getattr(obj, step)
    if "reason" in signature(move).parameters:  # a step that keeps its reason on the row takes the ledger's
        given["reason"] = reason
    move(**given)
    del obj._guards_held
    obj.save()
    ledger.append(
        by,
        chain=obj.chain_key,
        kind=f"{obj._meta.model_name}.{step}",
        subject=subject_of(obj),
        role=role,
        rules_version=obj.rules_version,
        payload={"from": before, "to": obj.state, "reason": reason, **(payload or {})},
    )
    return obj


@act
def require_open(obj: M, step: str, *, by: Actor) -> None:
    """Refuse, on the record, who may not take the step or comes too late: asked before input is read."""
    declared = step_named(type(obj), step)
    if declared is None:
        raise LookupError(f"{type(obj).__name__} has no step {step!r}")
    try:
        _require_permitted(obj, declared, by)
        _require_source(obj, declared)
    except Refused as refusal:
        refusal.attempt = Attempt(by, obj.chain_key, subject_of(obj), step, "")
        raise


def locked(obj: M) -> M:
    """The object's row as the database has it now, locked until the transaction ends, with what its guards need.

    A step that is taken on it next does not read it again (`workflow.held`).
    """
    row = _read(obj)
    held.keep(row, row.LOCK_WITH)
    return row


def _read(obj: M) -> M:
    rows = (
        type(obj)._default_manager.select_related(*obj.LOCK_WITH)
        if obj.LOCK_WITH
        else type(obj)._default_manager
    )
    of = ("self",) if connection.features.has_select_for_update_of else ()
    return rows.select_for_update(of=of, no_key=True).get(pk=obj.pk)  # rows that only name it need not wait


def hold(rows: models.QuerySet[Any]) -> None:
    """Lock rows on which steps will follow, before the act's first entry is written.

    Everywhere a row is locked before the chain's end: whoever held the chain and then asked for a row would wait for
    somebody who holds that row and waits for the chain.
    """
    found = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk")).order_by("pk")
    list(found.select_for_update(no_key=True).values_list("pk", flat=True))


def _require_permitted(obj: Any, declared: Step, by: Actor) -> str:
    role = declared.policy.acting_role(obj, by)
    if role is None:
        raise NotPermitted(_("您的身份不能办理“%(step)s”。") % {"step": declared.label})
    return role


def _require_source(obj: Any, declared: Step) -> None:
    if obj.state not in declared.sources:
        raise StepRefused(_moved_meanwhile(obj, declared), code="wrong_state")


def _require_possible(obj: Any, declared: Step, reason: str) -> None:
    _require_source(obj, declared)
    if declared.reason_required and not reason.strip():
        raise StepRefused(_("办理“%(step)s”须填写理由。") % {"step": declared.label}, code="reason_required")
    guard = failing_guard(obj, declared)
    if guard is not None:
        refusal = StepRefused(guard.why_not(obj), code=guard.code)
        refusal.because = tuple(guard.because(obj)) if guard.because else ()
        raise refusal


def _moved_meanwhile(obj: Any, declared: Step) -> str:
    """Why the step is not open, with who moved the object last: a stale page learns what has changed."""
    text = str(
        _("该事项现为“%(state)s”，不能办理“%(step)s”。")
        % {"state": obj.get_state_display(), "step": declared.label}
    )
    last = ledger.entries_of(obj).exclude(kind="refused").order_by("-seq").first()
    if last is not None:
        text += str(
            _("最近一次变更：%(name)s于%(at)s办理。")
            % {"name": last.actor_name, "at": last.local_time.strftime("%m-%d %H:%M")}
        )
    return text
