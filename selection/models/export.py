"""A list with whole identity numbers and phones: two persons, one taking, one day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from workflow import clock, ledger
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

GOOD_FOR = timedelta(hours=24)

still_good = Guard(
    "export_expired",
    _("批准已满24小时，请重新申请。"),
    lambda request: request.expires_at is not None and clock.now() < request.expires_at,
)


class ExportRequest(Machine):
    """Who wants which list in clear, and why. The list is fixed when it is asked for: whoever answers knows how many
    dossiers leave, and no others can."""

    class State(models.TextChoices):
        ASKED = "asked", _("待批准")
        APPROVED = "approved", _("可下载一次")
        TAKEN = "taken", _("已下载")
        DECLINED = "declined", _("不予批准")
        WITHDRAWN = "withdrawn", _("已撤回")

    STATE_TONES = {
        "asked": ("warn", "clock"),
        "approved": ("ok", "circle-check"),
        "taken": ("mut", "file-export"),
        "declined": ("bad", "circle-x"),
        "withdrawn": ("mut", "arrow-back"),
    }

    query = models.CharField(_("筛选条件"), max_length=1000, blank=True)
    form = models.CharField(_("文件格式"), max_length=10)
    reason = models.CharField(_("导出理由"), max_length=500)
    chosen = models.JSONField(default=list)  # the ids of the dossiers, in the order of the list
    list_digest = models.CharField(_("名单摘要"), max_length=64)
    state = StateField(_("状态"), choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"), default=clock.now)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    remark = models.CharField(_("意见"), max_length=2000, blank=True)
    expires_at = models.DateTimeField(_("下载截止"), null=True, blank=True)
    taken_at = models.DateTimeField(_("下载时间"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("导出份数"), null=True, blank=True)
    sha256 = models.CharField(_("文件摘要"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("完整号码导出")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("asked", "approved", "taken", "declined", "withdrawn")),
                name="exportrequest_state_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def chain_key(self) -> str:
        return ledger.OFFICE

    @property
    def count(self) -> int:
        """How many dossiers stand on the list."""
        return len(self.chosen)

    @property
    def expired(self) -> bool:
        """Allowed, and not taken in time."""
        return self.state == self.State.APPROVED and not still_good.holds(self)

    @step(
        state,
        source=State.ASKED,
        target=State.APPROVED,
        label=_("批准导出"),
        by=policies.may_answer_export,
        consequence=_("申请人可在24小时内下载一次；份数和文件摘要写入存证。"),
    )
    def approve(self, *, person: Any, at: Any) -> None:
        self.answered_by, self.answered_at, self.expires_at = person, at, at + GOOD_FOR

    @step(
        state,
        source=State.ASKED,
        target=State.DECLINED,
        label=_("不予批准"),
        by=policies.may_answer_export,
        tone="danger",
        reason_required=True,
        consequence=_("理由告知申请人。"),
    )
    def decline(self, *, person: Any, at: Any, remark: str) -> None:
        self.answered_by, self.answered_at, self.remark = person, at, remark

    @step(
        state,
        source=State.ASKED,
        target=State.WITHDRAWN,
        label=_("撤回申请"),
        by=policies.may_take_export,
        tone="quiet",
    )
    def withdraw(self) -> None:
        pass

    @step(
        state,
        source=State.APPROVED,
        target=State.TAKEN,
        label=_("下载"),
        by=policies.may_take_export,
        needs=(still_good,),
        irreversible=True,
        consequence=_("只能下载一次。文件含完整身份证号和手机号，请妥善保管，用毕销毁。"),
    )
    def download(self, *, at: Any, rows: int, sha256: str) -> None:
        self.taken_at, self.rows, self.sha256 = at, rows, sha256
