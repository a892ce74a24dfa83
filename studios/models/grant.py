"""The agreement and the instalments of its award."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.models.programme import ProgrammeVersion
from studios.models.studio import Studio, why_stopped
from workflow import calendar, clock
from workflow.machine import Guard, Machine, step
from workflow.rules.calendar import CalendarMissing
from workflow.state_field import StateField


class Agreement(models.Model):
    """What province, host unit and talent signed."""

    studio = models.OneToOneField(Studio, on_delete=models.PROTECT, related_name="agreement")
    number = models.CharField(_("协议编号"), max_length=60, unique=True)
    award = models.DecimalField(_("资助金额"), max_digits=12, decimal_places=2)
    shares = models.JSONField(_("各期比例"))
    signed_on = models.DateField(_("签订日期"))
    signed_by_province = models.CharField(_("省级签署人"), max_length=60)
    signed_by_host = models.CharField(_("依托单位签署人"), max_length=60)
    signed_by_talent = models.CharField(_("领军人才签署"), max_length=60)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The rules that hold for this studio to its end; none: those in force before the first version was adopted.
    programme = models.ForeignKey(
        ProgrammeVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("协议")
        constraints = (models.CheckConstraint(condition=Q(award__gt=0), name="award_is_positive"),)

    def __str__(self) -> str:
        return self.number


def _not_stopped(instalment: Any) -> bool:
    return not why_stopped(instalment.studio)


def _rows(instalment: Any, name: str) -> Any:
    """The studio's instalments or reports, read once for all conditions: the door has just read the studio afresh."""
    prefetch_related_objects([instalment.studio], name)
    return getattr(instalment.studio, name).all()


def _before(instalment: Any) -> list[Any]:
    """The instalments before this one that still count."""
    found = _rows(instalment, "instalments")
    return [i for i in found if i.number < instalment.number and i.state != "cancelled"]


def _earlier_paid(instalment: Any) -> bool:
    return instalment.number == 1 or all(i.state == "paid" for i in _before(instalment))


def _earlier_report_accepted(instalment: Any) -> bool:
    """From the second instalment on, a report has been accepted since the one before was paid."""
    if instalment.number == 1:
        return True
    paid = [i.paid_at for i in _before(instalment) if i.state == "paid" and i.paid_at is not None]
    if not paid:
        return False
    reports = _rows(instalment, "reports")
    return any(
        r.state == "accepted" and r.judged_at is not None and r.judged_at >= max(paid) for r in reports
    )


def _late_reports(instalment: Any) -> list[Any]:
    today = clock.today()
    return [r for r in _rows(instalment, "reports") if r.state in ("due", "returned") and r.due_on < today]


def _no_red_report(instalment: Any) -> bool:
    """False also where the days cannot be counted: then nobody can say that no report is red."""
    late = _late_reports(instalment)
    if not late:
        return True
    today, work_days = clock.today(), calendar.current()
    try:
        return not any(report.light_on(today, work_days) == "red" for report in late)
    except CalendarMissing:
        return False


def _red_report(instalment: Any) -> str:
    years = {year for r in _late_reports(instalment) for year in range(r.due_on.year, clock.today().year + 1)}
    unknown = sorted(years - calendar.loaded_years())
    if unknown:
        return gettext("%(year)s年工作日历未导入，无法计算报告逾期的工作日数，停止拨款。") % {
            "year": unknown[0]
        }
    return gettext("有报告逾期满20个工作日，停止拨款。")


def _stopped(instalment: Any) -> str:
    return why_stopped(instalment.studio) or gettext("不能拨款。")


not_stopped = Guard("studio_stopped", _stopped, _not_stopped)
earlier_paid = Guard("earlier_unpaid", _("前一期尚未支付。"), _earlier_paid)
report_accepted = Guard("report_missing", _("前一期支付后尚无通过审核的报告。"), _earlier_report_accepted)
no_red_report = Guard("report_overdue", _red_report, _no_red_report)

GATE = (not_stopped, earlier_paid, report_accepted, no_red_report)


class Instalment(Machine):
    """One part of an award: asked for, approved and paid by three persons."""

    class State(models.TextChoices):
        PLANNED = "planned", _("计划")
        REQUESTED = "requested", _("已申请")
        APPROVED = "approved", _("已批准")
        PAID = "paid", _("已支付")
        WITHHELD = "withheld", _("暂缓")
        CANCELLED = "cancelled", _("已取消")

    STATE_TONES = {
        "planned": ("mut", "calendar"),
        "requested": ("brand", "send"),
        "approved": ("brand", "circle-check"),
        "paid": ("ok", "coin"),
        "withheld": ("orange", "player-pause"),
        "cancelled": ("mut", "circle-x"),
    }
    LOCK_WITH = ("studio__recognition__nomination__round", "studio__recognition__round", "studio__lead")
    OPEN = (State.PLANNED, State.REQUESTED, State.APPROVED)  # on the way to payment
    UNPAID = (*OPEN, State.WITHHELD)

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField(_("期次"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    state = StateField(_("状态"), choices=State.choices, default=State.PLANNED)
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("申请时间"), null=True, blank=True)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    paid_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    paid_at = models.DateTimeField(_("支付时间"), null=True, blank=True)
    voucher = models.CharField(_("凭证号"), max_length=60, null=True, blank=True, unique=True)
    note = models.CharField(_("说明"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("拨款")
        ordering = ("studio", "number")
        constraints = (
            models.UniqueConstraint(fields=("studio", "number"), name="one_instalment_per_number"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="instalment_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=("planned", "requested", "approved", "paid", "withheld", "cancelled")),
                name="instalment_state_known",
            ),
        )

    def __str__(self) -> str:
        return gettext("%(studio)s第%(number)s期资助") % {"studio": self.studio.name, "number": self.number}

    @property
    def chain_key(self) -> str:
        return "studios"

    @step(
        state,
        source=State.PLANNED,
        target=State.REQUESTED,
        label=_("申请拨款"),
        by=policies.may_request_instalment,
        needs=GATE,
    )
    def request(self, *, requester: User, at: Any, note: str) -> None:
        self.requested_by, self.requested_at, self.note = requester, at, note

    @step(
        state,
        source=State.REQUESTED,
        target=State.APPROVED,
        label=_("批准拨款"),
        by=policies.may_approve_instalment,
        needs=GATE,
        consequence=_("批准后由财务支付；申请、批准、支付须为三人。"),
    )
    def approve(self, *, approver: User, at: Any) -> None:
        self.approved_by, self.approved_at = approver, at

    @step(
        state,
        source=State.APPROVED,
        target=State.PAID,
        label=_("登记支付"),
        by=policies.may_pay_instalment,
        needs=GATE,
        irreversible=True,
        consequence=_("款项付至依托单位账户，凭证号不可重复。"),
    )
    def pay(self, *, payer: User, at: Any, voucher: str) -> None:
        self.paid_by, self.paid_at, self.voucher = payer, at, voucher

    @step(
        state,
        source=OPEN,
        target=State.WITHHELD,
        label=_("暂缓拨款"),
        by=policies.may_withhold_instalment,
        tone="quiet",
        reason_required=True,
    )
    def withhold(self, *, reason: str) -> None:
        self.note = reason

    @step(
        state,
        source=State.WITHHELD,
        target=State.PLANNED,
        label=_("恢复拨款"),
        by=policies.may_withhold_instalment,
        tone="quiet",
        reason_required=True,
        consequence=_("回到计划状态，须重新申请和批准。"),
    )
    def release(self, *, reason: str) -> None:
        self.note = reason
        self.requested_by = self.requested_at = self.approved_by = self.approved_at = None

    @step(
        state,
        source=UNPAID,
        target=State.CANCELLED,
        label=_("取消拨款"),
        by=policies.may_cancel_instalment,
        tone="danger",
        irreversible=True,
        reason_required=True,
    )
    def cancel(self, *, reason: str) -> None:
        self.note = reason
