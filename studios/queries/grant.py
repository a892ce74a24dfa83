"""Instalments as a reader may see them, and the gate before each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from studios.models import Instalment, Studio
from studios.models.grant import GATE
from studios.queries.studio import objections, of_reader
from workflow.errors import Sentence

STATE = Instalment.State
ORDER = (STATE.APPROVED, STATE.REQUESTED, STATE.WITHHELD, STATE.PLANNED, STATE.PAID, STATE.CANCELLED)

# What each guard of the gate asks for, said before it fails.
_ASKED: dict[str, Sentence] = {
    "studio_stopped": _("工作室在运行，认定有效，无未结异议"),
    "earlier_unpaid": _("前面各期均已支付"),
    "report_missing": _("前一期支付后有报告通过审核"),
    "report_overdue": _("没有逾期满20个工作日的报告"),
}


@dataclass(frozen=True)
class Condition:
    """One condition of the gate: open, or locked with the sentence that says why."""

    code: str
    asked: Sentence
    why_not: Sentence = ""

    @property
    def open(self) -> bool:
        return not self.why_not


def gate_of(instalment: Instalment) -> list[Condition]:
    """The conditions before a payment as they stand now: the guards of its steps, each asked."""
    return [
        Condition(
            guard.code, _ASKED[guard.code], "" if guard.holds(instalment) else guard.why_not(instalment)
        )
        for guard in GATE
        if instalment.number > 1 or guard.code not in ("earlier_unpaid", "report_missing")
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
    related = instalments.select_related("studio__recognition__nomination", "studio__county")
    return related.prefetch_related("studio__instalments", "studio__reports", *objections("studio__"))


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
    return [instalment for instalment in in_full(rows) if all(guard.holds(instalment) for guard in GATE)]


def to_approve() -> QuerySet[Instalment]:
    """What was asked for."""
    return Instalment.objects.filter(state=STATE.REQUESTED)


def to_pay() -> QuerySet[Instalment]:
    """What was approved."""
    return Instalment.objects.filter(state=STATE.APPROVED)


def payers() -> QuerySet[User]:
    """Who pays."""
    return people_with(Role.FINANCE)
