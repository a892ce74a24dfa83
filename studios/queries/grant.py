"""Instalments as a reader may see them, and the gate before each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Prefetch, QuerySet, Value, When

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from studios.models import GateWaiver, Instalment, Studio, gate_words
from studios.models.gate import conditions_of, confirmed, with_spending
from studios.queries.studio import objections, of_reader
from workflow.errors import Sentence

STATE = Instalment.State
ORDER = (STATE.APPROVED, STATE.REQUESTED, STATE.WITHHELD, STATE.PLANNED, STATE.PAID, STATE.CANCELLED)


@dataclass(frozen=True)
class Condition:
    """One condition of the gate as pages show it: what it asks, how it stands, why it is locked or who waived it."""

    code: str
    asked: Sentence
    now: Sentence = ""
    why_not: Sentence = ""  # nothing where it is open
    waiver: GateWaiver | None = None

    @property
    def open(self) -> bool:
        return not self.why_not

    @property
    def plain(self) -> bool:
        """The words of what it asks do not say how it stands."""
        return not self.now


def gate_of(instalment: Instalment) -> list[Condition]:
    """The conditions before a payment as they stand now, in the order in which the steps ask them."""
    waivers = {waiver.code: waiver for waiver in instalment.waivers.all()}
    return [
        Condition(
            found.code,
            gate_words.asked(found),
            gate_words.now(found),
            "" if found.open else gate_words.why_not(found, instalment),
            waivers.get(found.code) if found.waived else None,
        )
        for found in conditions_of(instalment)
    ]


def instalments_visible_to(user: Any) -> QuerySet[Instalment]:
    """The instalments of the studios this reader may see."""
    return Instalment.objects.filter(of_reader(user, "studio__")).select_related(
        "studio__recognition",
        "studio__host",
        "studio__city",
        "studio__lead",
        "requested_by",
        "approved_by",
        "paid_by",
    )


def in_full(instalments: QuerySet[Instalment]) -> QuerySet[Instalment]:
    """With everything that the gate asks."""
    related = instalments.select_related(
        "studio__recognition__nomination", "studio__county", "studio__agreement__programme"
    )
    return with_spending(related).prefetch_related(
        "studio__instalments", "studio__reports", waivers(), *assessments("studio__"), *objections("studio__")
    )


def waivers(to_instalment: str = "") -> Prefetch[Any, Any, Any]:
    """What the leader waived of instalments, for their gates."""
    return Prefetch(f"{to_instalment}waivers", GateWaiver.objects.select_related("waived_by"))


def assessments(to_studio: str = "") -> list[Prefetch[Any, Any, Any]]:
    """The confirmed assessments of studios, for the gates of their instalments."""
    rows = confirmed()
    return [Prefetch(f"{to_studio}assessments", rows.queryset, to_attr="confirmed_assessments")]


def payable_first(instalments: QuerySet[Instalment]) -> QuerySet[Instalment]:
    """Approved and unpaid first, then what was asked for; the longest waiting first."""
    rank = Case(
        *(When(state=state, then=Value(place)) for place, state in enumerate(ORDER)),
        default=Value(len(ORDER)),
        output_field=IntegerField(),
    )
    return instalments.order_by(rank, "approved_at", "requested_at", "studio_id", "number")


def to_request_by(user: Any) -> list[Instalment]:
    """The instalments that this lead may ask for now: planned, and every condition of the gate holds."""
    rows = Instalment.objects.filter(
        state=STATE.PLANNED, studio__lead_id=user.pk, studio__state=Studio.State.ACTIVE
    )
    return [found for found in in_full(rows) if all(condition.open for condition in conditions_of(found))]


def to_approve() -> QuerySet[Instalment]:
    """What was asked for."""
    return Instalment.objects.filter(state=STATE.REQUESTED)


def to_pay() -> QuerySet[Instalment]:
    """What was approved."""
    return Instalment.objects.filter(state=STATE.APPROVED)


def payers() -> QuerySet[User]:
    """Who pays."""
    return people_with(Role.FINANCE)
