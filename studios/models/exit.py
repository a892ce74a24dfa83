"""The way out of a studio before its term, and the note on another appointment after it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.models.studio import Studio
from studios.rules.exit import GROUNDS, TERMINATION
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField


def _not_over(found: Any) -> str:
    if found.state != Exit.State.HEARD:
        return gettext("终止工作室须先告知事实和依据并记录陈述申辩。")
    return gettext("陈述申辩期限至%(day)s，期满后方可作出决定。") % {"day": found.statement_due.isoformat()}


studio_lives = Guard("studio_ended", _("该工作室已经结束。"), lambda e: e.studio.state in Studio.LIVING)
statement_over = Guard(
    "statement_period_running",
    _not_over,
    lambda e: not e.blames or (e.state == Exit.State.HEARD and clock.today() > e.statement_due),
)
only_with_blame = Guard("no_statement_needed", _("无责退出不设陈述申辩。"), lambda e: e.blames, applies=True)


class Exit(Machine):
    """The facts are told, the statement is heard, a meeting decides, the leader signs. Withdrawal needs no statement."""

    class State(models.TextChoices):
        NOTICED = "noticed", _("已告知")
        HEARD = "heard", _("已听取陈述")
        DECIDED = "decided", _("已决定")
        DROPPED = "dropped", _("已终止程序")

    STATE_TONES = {
        "noticed": ("warn", "clock"),
        "heard": ("brand", "message"),
        "decided": ("red", "square-x"),
        "dropped": ("mut", "arrow-back"),
    }
    LOCK_WITH = ("studio",)
    OPEN = (State.NOTICED, State.HEARD)

    class Ground(models.TextChoices):
        LEFT_FIELD = "left_field", _("离开社会工作领域满12个月")
        LEFT_PROVINCE = "left_province", _("调离本省满12个月")
        RESIGNED = "resigned", _("本人申请退出")
        DEATH = "death", _("去世")
        HEALTH = "health", _("健康原因不能继续")
        UNQUALIFIED = "unqualified", _("两次考核不合格")
        HOST_FAILED = "host_failed", _("依托单位不能继续履行协议")
        NO_ASSESSMENT = "no_assessment", _("拒不接受考核")
        MISUSE = "misuse", _("挪用资助资金")
        FRAUD = "fraud", _("弄虚作假骗取资助")
        ETHICS = "ethics", _("严重违反职业道德")

    studio = models.ForeignKey(
        Studio, verbose_name=_("工作室"), on_delete=models.PROTECT, related_name="exits"
    )
    ground = models.CharField(_("事由"), max_length=16, choices=Ground.choices)
    facts = models.CharField(_("事实和依据"), max_length=2000)
    state = StateField(_("状态"), choices=State.choices, default=State.NOTICED)
    started_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("告知时间"), default=clock.now)
    statement_due = models.DateField(_("陈述申辩期限"), null=True, blank=True)  # none for a withdrawal
    statement = models.CharField(_("陈述申辩"), max_length=4000, blank=True, default="")
    heard_on = models.DateField(_("收到日期"), null=True, blank=True)
    minute_number = models.CharField(_("会议纪要编号"), max_length=80, blank=True, default="")
    document_number = models.CharField(_("决定文号"), max_length=80, blank=True, default="")
    recovered = models.DecimalField(
        _("责令退还（元）"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    reason = models.CharField(_("理由"), max_length=2000, blank=True, default="")
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("退出与终止")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("noticed", "heard", "decided", "dropped")),
                name="exit_state_known",
            ),
            models.UniqueConstraint(
                fields=("studio",),
                condition=models.Q(state__in=("noticed", "heard")),
                name="one_open_exit_per_studio",
            ),
        )

    def __str__(self) -> str:
        return gettext("%(kind)s：%(studio)s") % {"kind": self.kind_name, "studio": self.studio.name}

    @property
    def chain_key(self) -> str:
        return "studios"

    @property
    def blames(self) -> bool:
        """A termination; a withdrawal blames nobody."""
        return GROUNDS[self.ground].kind == TERMINATION

    @property
    def kind_name(self) -> str:
        """退出 or 终止."""
        return gettext("终止") if self.blames else gettext("退出")

    @step(
        state,
        source=State.NOTICED,
        target=State.HEARD,
        label=_("记录陈述申辩"),
        by=policies.may_begin_exit,
        needs=(only_with_blame, studio_lives),
        consequence=_("期限届满后由厅领导决定是否终止。"),
    )
    def hear(self, *, statement: str, on: date) -> None:
        self.statement, self.heard_on = statement, on

    @step(
        state,
        source=OPEN,
        target=State.DECIDED,
        label=_("作出决定"),
        by=policies.may_decide_exit,
        needs=(studio_lives, statement_over),
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_(
            "工作室即行终止，未付各期资金取消，应退资金责令30日内退还，依规列入诚信名册；状态对外公开，不能恢复。"
        ),
    )
    def decide(
        self, *, minute_number: str, document_number: str, recovered: Decimal | None, reason: str, at: Any
    ) -> None:
        self.minute_number, self.document_number, self.recovered = minute_number, document_number, recovered
        self.reason, self.decided_at = reason, at

    @step(
        state,
        source=OPEN,
        target=State.DROPPED,
        label=_("不再办理"),
        by=policies.may_drop_exit,
        tone="quiet",
        reason_required=True,
        consequence=_("程序结束，工作室照常运行。"),
    )
    def drop(self, *, reason: str, at: Any) -> None:
        self.reason, self.decided_at = reason, at


class Reappointment(models.Model):
    """Whether a talent whose studio was concluded is appointed for another term, as far as the final grade allows."""

    studio = models.OneToOneField(Studio, on_delete=models.PROTECT, related_name="reappointment")
    grade = models.CharField(_("结项考核等次"), max_length=12, blank=True, default="")
    granted = models.BooleanField(_("续聘"), default=False)
    note = models.CharField(_("说明"), max_length=1000)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), default=clock.now)

    class Meta:
        verbose_name = _("续聘意见")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.studio_id} {self.granted}"
