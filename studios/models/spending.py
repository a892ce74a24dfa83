"""What a studio spends: expenses with their vouchers, the budget by heads and what is moved between them, the rest."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.models.activity import Activity
from studios.models.studio import Studio
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

CENT = Decimal("0.01")


def accounts_open(studio: Any) -> bool:
    """Expenses are taken: while the studio lives after its agreement, and after its term until the rest is settled."""
    if studio.state == Studio.State.CONCLUDED:
        return not hasattr(studio, "settlement")
    return studio.state in (Studio.State.ACTIVE, Studio.State.RECTIFYING, Studio.State.SUSPENDED)


books_open = Guard(
    "books_closed", _("工作室未在运行或结余已结清，不能再登记支出。"), lambda e: accounts_open(e.studio)
)
has_voucher = Guard(
    "no_voucher", _("至少上传一份凭证扫描件。"), lambda e: e.vouchers.filter(finding="").exists()
)
voucher_checked = Guard(
    "voucher_unchecked",
    _("凭证尚在等待安全检查，检查通过后方可审批。"),
    lambda e: e.vouchers.filter(finding="", scanned_at__isnull=False).exists(),
)


class Expense(Machine):
    """One expense: drafted, submitted by the studio, approved by the host unit, or refused; voided when it is none."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("草稿")
        SUBMITTED = "submitted", _("待审批")
        APPROVED = "approved", _("已审批")
        REFUSED = "refused", _("已退回")
        VOIDED = "voided", _("已作废")

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("转账")
        CASH = "cash", _("现金")
        CARD = "card", _("公务卡")

    class Account(models.TextChoices):
        UNIT = "unit", _("单位账户")
        PERSONAL = "personal", _("个人账户")

    STATE_TONES = {
        "drafted": ("mut", "pencil"),
        "submitted": ("warn", "clock"),
        "approved": ("ok", "circle-check"),
        "refused": ("bad", "arrow-back-up"),
        "voided": ("mut", "circle-x"),
    }
    LOCK_WITH = ("studio__recognition", "studio__lead", "studio__agreement__programme")
    COMMITTED = (State.SUBMITTED, State.APPROVED)  # what fills a head's budget

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="expenses")
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFTED)
    spent_on = models.DateField(_("支出日期"))
    head = models.CharField(_("科目"), max_length=40)
    payee = models.CharField(_("收款方"), max_length=120)
    account = models.CharField(_("收款账户"), max_length=10, choices=Account.choices, default=Account.UNIT)
    purpose = models.CharField(_("用途"), max_length=200)
    amount = models.DecimalField(
        _("金额"), max_digits=12, decimal_places=2, validators=[MinValueValidator(CENT)]
    )
    items = models.PositiveSmallIntegerField(_("件数"), default=1, validators=[MinValueValidator(1)])
    activity = models.ForeignKey(
        Activity, verbose_name=_("对应活动"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="expenses",
    )  # fmt: skip
    method = models.CharField(
        pgettext_lazy("付款", "付款方式"), max_length=10, choices=Method.choices, default=Method.TRANSFER
    )
    invoice_code = models.CharField(_("发票代码"), max_length=40, blank=True)
    invoice_number = models.CharField(_("发票号码"), max_length=40, blank=True)
    invoice_key = models.CharField(max_length=90, blank=True, editable=False)  # both, as they are compared
    flags = models.CharField(
        max_length=200, blank=True, editable=False
    )  # codes of rules.spending, as |cash|round|
    claimant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    approver = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("支出")
        ordering = ("-spent_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("drafted", "submitted", "approved", "refused", "voided")),
                name="expense_state_known",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, items__gt=0), name="expense_is_positive"),
            models.CheckConstraint(
                condition=Q(approver=None) | ~Q(approver=F("claimant")), name="expense_by_two_persons"
            ),
            models.UniqueConstraint(
                fields=("invoice_key",), condition=~Q(invoice_key="") & ~Q(state="voided"),
                name="one_expense_per_invoice",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=("studio", "state", "head", "amount"), name="expenses_summed"),
            models.Index(fields=("studio", "-spent_on", "-id"), name="expenses_of_studio"),
            models.Index(fields=("-spent_on", "-id"), name="expenses_by_day"),
            models.Index(fields=("state", "-spent_on", "-id"), name="expenses_by_state"),
            models.Index(fields=("-spent_on", "-id"), condition=~Q(flags=""), name="expenses_flagged"),
            models.Index(fields=("studio", "payee"), name="expenses_by_payee"),
            models.Index(fields=("invoice_number",), name="expenses_by_invoice"),
        )

    def __str__(self) -> str:
        return gettext("%(payee)s %(amount)s元") % {"payee": self.payee, "amount": f"{self.amount:,.2f}"}

    @property
    def chain_key(self) -> str:
        return "studios"

    @property
    def flag_codes(self) -> tuple[str, ...]:
        """What of it deserves a look."""
        return tuple(filter(None, self.flags.split("|")))

    @property
    def item_price(self) -> Decimal:
        """What one of the things bought cost."""
        return (self.amount / self.items).quantize(CENT)

    @step(
        state,
        source=State.DRAFTED,
        target=State.SUBMITTED,
        label=_("提交支出"),
        by=policies.may_record_expense,
        needs=(books_open, has_voucher),
        consequence=_("提交后不能修改，由依托单位经办人审批；报账人与审批人不能是同一人。"),
    )
    def submit(self, *, at: datetime, claimant: User) -> None:
        self.submitted_at, self.claimant, self.reason = at, claimant, ""

    @step(
        state,
        source=(State.SUBMITTED, State.REFUSED),
        target=State.DRAFTED,
        label=_("撤回修改"),
        by=policies.may_record_expense,
        tone="quiet",
        needs=(books_open,),
    )
    def take_back(self) -> None:
        self.submitted_at = None

    @step(
        state,
        source=State.SUBMITTED,
        target=State.APPROVED,
        label=_("审批支出"),
        by=policies.may_approve_expense,
        needs=(books_open, has_voucher, voucher_checked),
        consequence=_("审批后计入已支出金额和下一期拨款的支出比例。"),
    )
    def approve(self, *, approver: User, at: datetime) -> None:
        self.approver, self.approved_at = approver, at

    @step(
        state,
        source=State.SUBMITTED,
        target=State.REFUSED,
        label=_("退回支出"),
        by=policies.may_refuse_expense,
        tone="danger",
        reason_required=True,
    )
    def refuse(self, *, reason: str) -> None:
        self.reason = reason

    @step(
        state,
        source=State.APPROVED,
        target=State.REFUSED,
        label=_("质疑支出"),
        by=policies.may_question_expense,
        tone="danger",
        reason_required=True,
        consequence=_("不再计入已支出金额，由工作室更正后重新提交审批。"),
    )
    def question(self, *, reason: str) -> None:
        self.reason, self.approver, self.approved_at = reason, None, None

    @step(
        state,
        source=(State.DRAFTED, State.REFUSED),
        target=State.VOIDED,
        label=_("作废支出"),
        by=policies.may_record_expense,
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("作废后发票可以另行登记；记录保留，不能恢复。"),
    )
    def void(self, *, reason: str) -> None:
        self.reason = reason


class ExpenseVoucher(models.Model):
    """A scan of the voucher, as kept; closed while no scanner has seen it, and when one found something."""

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    expense = models.ForeignKey(Expense, on_delete=models.CASCADE, related_name="vouchers")
    name = models.CharField(_("文件名"), max_length=120)
    file = models.FileField(_("文件"), max_length=200)
    mime = models.CharField(_("格式"), max_length=40)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    source_sha256 = models.CharField(_("原文件摘要"), max_length=64, db_index=True)
    uploaded_at = models.DateTimeField(_("上传时间"), default=clock.now)
    scanned_at = models.DateTimeField(_("扫描时间"), null=True, blank=True)
    scanner = models.CharField(_("扫描程序"), max_length=120, blank=True)
    finding = models.CharField(_("扫描结果"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("支出凭证")
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("expense", "source_sha256"), name="one_voucher_once"),)

    def __str__(self) -> str:
        return self.name
