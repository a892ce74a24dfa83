"""How a machine is declared: states, steps, the guards that must hold and the policy that names who may take them.

The declaration is django_fsm's; what pages, API, diagrams and the matrix test show is read back from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.db import models
from django_fsm import GET_STATE, FSMModelMixin, transition

from workflow.actor import Actor
from workflow.errors import Sentence

When = Callable[[Any, Actor], bool]


def _always(_obj: Any, _actor: Actor) -> bool:
    return True


@dataclass(frozen=True)
class Policy:
    """Who may: any one of the rows (role, and when it counts)."""

    rows: tuple[tuple[str, When], ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles named, in order, without repeats."""
        return tuple(dict.fromkeys(role for role, _when in self.rows))

    def acting_role(self, obj: Any, actor: Actor) -> str | None:
        """The role under which this actor may, or None."""
        return next((role for role, when in self.rows if actor.holds(role) and when(obj, actor)), None)

    def __call__(self, obj: Any, actor: Actor) -> bool:
        return self.acting_role(obj, actor) is not None

    def __or__(self, other: Policy) -> Policy:
        return Policy(self.rows + other.rows)


def allow(*roles: str, when: When = _always) -> Policy:
    """A policy that lets these roles, on the objects for which `when(obj, actor)` holds."""
    return Policy(tuple((str(role), when) for role in roles))


@dataclass(frozen=True)
class Guard:
    """A condition of the object with the sentence that says why it does not hold.

    Where one that `applies` fails, the step is nothing that anybody waits for: it is refused as ever, but not offered.
    `because` names the records on which the refusal rests: their use is written down with them, too.
    """

    code: str
    sentence: Sentence | Callable[[Any], Sentence]
    holds: Callable[[Any], bool]
    applies: bool = False
    because: Callable[[Any], Sequence[str]] | None = None

    def __call__(self, obj: Any) -> bool:
        # The door has asked already, in order to name the first that fails: django_fsm need not ask again.
        return self.code in getattr(obj, "_guards_held", ()) or self.holds(obj)

    def why_not(self, obj: Any) -> Sentence:
        """The sentence for people."""
        return self.sentence(obj) if callable(self.sentence) else self.sentence


@dataclass(frozen=True)
class Step:
    """A declared step as pages, API and documents show it."""

    name: str
    label: Sentence
    policy: Policy
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    needs: tuple[Guard, ...] = ()
    tone: str = "primary"
    consequence: Sentence = ""
    irreversible: bool = False
    reason_required: bool = False


@dataclass(frozen=True)
class OpenStep:
    """A step that this actor may take from the present state, and why not yet if a guard fails."""

    step: Step
    why_not: Sentence = ""
    code: str = ""

    @property
    def name(self) -> str:
        return self.step.name

    @property
    def label(self) -> Sentence:
        return self.step.label

    @property
    def tone(self) -> str:
        return self.step.tone

    @property
    def consequence(self) -> Sentence:
        return self.step.consequence

    @property
    def possible(self) -> bool:
        return not self.code


def _states(value: Any) -> tuple[str, ...]:
    if isinstance(value, GET_STATE):
        return tuple(str(state) for state in value.allowed_states)
    if isinstance(value, str):
        return (str(value),)
    return tuple(str(state) for state in value)


def step(
    state_field: Any,
    *,
    source: str | Sequence[str],
    target: str | GET_STATE,
    label: Sentence,
    by: Policy,
    needs: Sequence[Guard] = (),
    tone: str = "primary",
    consequence: Sentence = "",
    irreversible: bool = False,
    reason_required: bool = False,
) -> Callable[[Any], Any]:
    """Declare a step of a machine; the body sets the object's own fields and nothing else."""

    def declare(method: Any) -> Any:
        declared = Step(
            method.__name__, label, by, _states(source), _states(target), tuple(needs),
            tone, consequence, irreversible, reason_required,
        )  # fmt: skip
        return transition(
            field=state_field,
            source=list(declared.sources),
            target=target,
            conditions=list(needs),
            permission=cast(Any, by),  # it is asked with any Actor, not only with django.contrib.auth's users
            custom={"step": declared},
        )(method)

    return declare


class Machine(FSMModelMixin, models.Model):
    """A record whose `state` moves only through the door."""

    state: Any  # each machine declares its own FSMField of this name
    _guards_held: set[str]  # codes of the guards that the door found to hold, while it takes the step
    STATE_TONES: ClassVar[dict[str, tuple[str, str]]] = {}  # state -> (tone, icon) of its badge
    LOCK_WITH: ClassVar[tuple[str, ...]] = ()  # relations the guards need, fetched with the locked row

    class Meta:
        abstract = True

    @property
    def chain_key(self) -> str:
        """The ledger chain on which this record's entries stand."""
        raise NotImplementedError(type(self))

    @property
    def rules_version(self) -> str:
        """The version of the rulebook in force for this record, if one is."""
        return ""


def subject_of(obj: models.Model) -> str:
    """How the ledger names an object: `selection.nomination:12`."""
    return f"{obj._meta.label_lower}:{obj.pk}"


def steps_of(model: type[models.Model]) -> list[Step]:
    """Every declared step of a machine, in the order of declaration."""
    state_field: Any = model._meta.get_field("state")
    found = {t.name: t.custom["step"] for t in state_field.get_all_transitions(model)}
    order = [name for cls in reversed(model.__mro__) for name in vars(cls)]
    return sorted(found.values(), key=lambda s: order.index(s.name))


def step_named(model: type[models.Model], name: str) -> Step | None:
    """The declared step of that name, or None."""
    return next((s for s in steps_of(model) if s.name == name), None)


def machines(models_: Iterable[type[models.Model]]) -> list[type[Machine]]:
    """Those of the models that are machines."""
    return [m for m in models_ if issubclass(m, Machine) and not m._meta.abstract]


def failing_guard(obj: Any, declared: Step) -> Guard | None:
    """The first condition that does not hold now, or None."""
    return next((guard for guard in declared.needs if not guard.holds(obj)), None)


def open_steps(obj: Any, actor: Actor) -> list[OpenStep]:
    """The steps this actor may take from the present state, each with the reason if it cannot be taken yet."""
    found = []
    for declared in steps_of(type(obj)):
        if obj.state in declared.sources and declared.policy(obj, actor):
            guard = failing_guard(obj, declared)
            if guard and guard.applies:
                continue
            found.append(OpenStep(declared, guard.why_not(obj) if guard else "", guard.code if guard else ""))
    return found
