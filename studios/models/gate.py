"""The gate of an instalment as its steps ask it: the facts, read once; the guards; what the leader waived."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import (
    DecimalField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios.models.assessment import Assessment
from studios.models.gate_words import why_not
from studios.models.spending import Expense
from studios.models.studio import Studio, held, recognition_stands
from studios.rules.gate import CODES, WAIVABLE, Condition, Facts, conditions
from workflow import calendar, clock
from workflow.machine import Guard
from workflow.rules.calendar import CalendarMissing

NOTHING = Decimal("0.00")


class GateWaiver(models.Model):
    """One condition of one instalment that the leader let pass, and why. Never taken back: the step is not repeated."""

    class Code(models.TextChoices):
        REPORT = "report_missing", _("报告通过审核")
        SPENDING = "spent_too_little", _("支出比例")
        GRADE = "grade_too_low", _("考核等次")
        OVERDUE = "too_many_overdue", _("逾期报告份数")

    instalment = models.ForeignKey("studios.Instalment", on_delete=models.PROTECT, related_name="waivers")
    code = models.CharField(_("条件"), max_length=20, choices=Code.choices)
    reason = models.CharField(_("理由"), max_length=2000)
    waived_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    waived_at = models.DateTimeField(_("豁免时间"), default=clock.now)

    class Meta:
        verbose_name = _("拨款条件豁免")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("instalment", "code"), name="one_waiver_per_condition"),
            models.CheckConstraint(condition=Q(code__in=WAIVABLE), name="waiver_of_what_may_be_waived"),
        )

    def __str__(self) -> str:
        return self.get_code_display()


def confirmed() -> Prefetch[Any, Any, Any]:
    """The confirmed assessments of studios, the newest first, for their gates."""
    rows = Assessment.objects.filter(state=Assessment.State.CONFIRMED).order_by(
        "-year", "-confirmed_at", "-pk"
    )
    return Prefetch("assessments", rows, to_attr="confirmed_assessments")


def newest_assessment(studio: Any) -> Any:
    """The newest confirmed assessment, or None."""
    if not hasattr(studio, "confirmed_assessments"):
        prefetch_related_objects([studio], confirmed())
    return next(iter(studio.confirmed_assessments), None)


def _rows(obj: Any, name: str) -> list[Any]:
    """Related rows, read once for all conditions: the door has just read the object afresh."""
    prefetch_related_objects([obj], name)
    return list(getattr(obj, name).all())


def with_spending(instalments: QuerySet[Any]) -> QuerySet[Any]:
    """Each with what its studio has spent, as `spent_by_now`: a list of gates asks no more a row."""
    rows = Expense.objects.filter(studio_id=OuterRef("studio_id"), state=Expense.State.APPROVED)
    total = rows.order_by().values("studio_id").annotate(sum=Sum("amount")).values("sum")
    found: QuerySet[Any] = instalments.annotate(
        spent_by_now=Coalesce(Subquery(total), NOTHING, output_field=DecimalField())
    )
    return found


def _spent(instalment: Any) -> Decimal:
    """Approved expenses: as the list brought them, or asked once for all instalments of this studio."""
    if hasattr(instalment, "spent_by_now"):
        return Decimal(instalment.spent_by_now)
    studio = instalment.studio
    if not hasattr(studio, "spent_by_now"):
        rows = Expense.objects.filter(studio_id=studio.pk, state=Expense.State.APPROVED)
        studio.spent_by_now = rows.aggregate(sum=Sum("amount"))["sum"] or NOTHING
    return Decimal(studio.spent_by_now)


def _reported(studio: Any, paid: list[Any]) -> bool:
    """A report has been accepted since the last of these payments."""
    last = max((i.paid_at for i in paid if i.paid_at is not None), default=None)
    accepted = [r.judged_at for r in _rows(studio, "reports") if r.state == "accepted" and r.judged_at]
    return last is not None and any(at >= last for at in accepted)


def late_reports(studio: Any) -> list[Any]:
    """The reports that are owed and late today."""
    today = clock.today()
    return [r for r in _rows(studio, "reports") if r.state in r.OWED and r.due_on < today]


def _red(studio: Any) -> bool:
    """True also where the days cannot be counted: then nobody can say that no report is red."""
    late = late_reports(studio)
    if not late:
        return False
    today, work_days = clock.today(), calendar.current()
    try:
        return any(report.light_on(today, work_days) == "red" for report in late)
    except CalendarMissing:
        return True


def _held(recognition: Any) -> bool:
    if recognition.nomination is not None:
        prefetch_related_objects([recognition.nomination], "objections")
    return held(recognition)


def facts_of(instalment: Any) -> Facts:
    """What the gate of this instalment goes by; the sums are asked for only where the gate asks for them."""
    studio = instalment.studio
    gate = studio.programme.gate(instalment.number)
    before = [i for i in _rows(studio, "instalments") if i.number < instalment.number]
    paid = [i for i in before if i.state == "paid"]
    assessment = newest_assessment(studio) if gate.grade else None
    return Facts(
        number=instalment.number,
        signed=getattr(studio, "agreement", None) is not None,
        running=studio.state == Studio.State.ACTIVE,
        held=_held(studio.recognition),
        revoked=not recognition_stands(studio.recognition, clock.today()),
        unpaid_before=tuple(i.number for i in before if i.state not in ("paid", "cancelled")),
        paid_before=sum((i.amount for i in paid), NOTHING),
        reported=_reported(studio, paid),
        spent=_spent(instalment) if gate.spent_share and paid else NOTHING,
        grade=assessment.grade if assessment else "",
        overdue=len(late_reports(studio)),
        red=_red(studio),
        waived=frozenset(waiver.code for waiver in _rows(instalment, "waivers")),
    )


def conditions_of(instalment: Any) -> list[Condition]:
    """The conditions of this instalment's gate as they stand now."""
    return conditions(instalment.studio.programme.gate(instalment.number), facts_of(instalment))


def to_waive(instalment: Any) -> list[Condition]:
    """The conditions that are locked and that the leader may waive."""
    return [c for c in conditions_of(instalment) if not c.open and c.code in WAIVABLE]


def _condition(instalment: Any, code: str) -> Condition | None:
    return next((c for c in conditions_of(instalment) if c.code == code), None)


def _guard(code: str) -> Guard:
    def holds(instalment: Any) -> bool:
        found = _condition(instalment, code)
        return found is None or found.open

    def sentence(instalment: Any) -> str:
        found = _condition(instalment, code)
        return why_not(found, instalment) if found else ""

    return Guard(code, sentence, holds)


GATE = tuple(_guard(code) for code in CODES)
waivable = Guard(
    "nothing_to_waive", _("没有可以豁免的未满足条件。"), lambda i: bool(to_waive(i)), applies=True
)
