"""After the publication: a title taken away in due form, a printed line corrected in the open."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.determination import Recognition
from selection.models.nomination import Nomination
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

STATEMENT_DAYS = 5  # working days between the notice of the facts and the decision; ours

still_recognised = Guard(
    "not_recognised", _("该人选的认定已不在有效状态。"), lambda r: r.nomination.state == "recognised"
)
hearing_over = Guard(
    "statement_period_running",
    lambda r: (
        gettext("陈述申辩期限至%(day)s，期满后方可作出撤销决定。") % {"day": r.statement_due.isoformat()}
    ),
    lambda r: clock.today() > r.statement_due,
)


class Revocation(Machine):
    """The way to a revocation: the facts are told, the statement is heard, then the leader decides."""

    class State(models.TextChoices):
        STARTED = "started", _("已告知，听取陈述")
        HEARD = "heard", _("已听取陈述")
        REVOKED = "revoked", _("已撤销")
        DROPPED = "dropped", _("不予撤销")

    STATE_TONES = {
        "started": ("warn", "clock"),
        "heard": ("brand", "message"),
        "revoked": ("red", "certificate-off"),
        "dropped": ("mut", "arrow-back"),
    }
    LOCK_WITH = ("nomination__round",)
    OPEN = (State.STARTED, State.HEARD)

    class Ground(models.TextChoices):
        FRAUD = "fraud", _("弄虚作假骗取称号")
        SANCTION = "sanction", _("受到刑事处罚或者党纪政务处分")
        DISHONESTY = "dishonesty", _("被列入严重失信主体名单")
        DERELICTION = "dereliction", _("不履行职责，考核不合格")
        ETHICS = "ethics", _("严重违反职业道德")
        RESIGNATION = "resignation", _("本人申请放弃称号")

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="revocations")
    ground = models.CharField(_("撤销事由"), max_length=12, choices=Ground.choices)
    facts = models.CharField(_("告知的事实和依据"), max_length=2000)
    state = StateField(_("状态"), choices=State.choices, default=State.STARTED)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("告知时间"), default=clock.now)
    statement_due = models.DateField(_("陈述申辩期限"))
    statement = models.CharField(
        _("陈述申辩"), max_length=4000, blank=True
    )  # empty: the period passed without one
    heard_on = models.DateField(_("收到日期"), null=True, blank=True)
    minute_number = models.CharField(_("会议纪要编号"), max_length=80, blank=True)
    document_number = models.CharField(_("撤销决定文号"), max_length=60, blank=True)
    reason = models.CharField(_("理由"), max_length=2000, blank=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("撤销认定")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("started", "heard", "revoked", "dropped")),
                name="revocation_state_known",
            ),
            models.UniqueConstraint(
                fields=("nomination",),
                condition=models.Q(state__in=("started", "heard")),
                name="one_open_revocation_per_person",
            ),
        )

    def __str__(self) -> str:
        return gettext("撤销%(name)s的认定") % {"name": self.nomination.nominee.name}

    @property
    def chain_key(self) -> str:
        return self.nomination.chain_key

    @property
    def rules_version(self) -> str:
        return self.nomination.rules_version

    @step(
        state,
        source=State.STARTED,
        target=State.HEARD,
        label=_("记录陈述申辩"),
        by=policies.may_start_revocation,
        needs=(still_recognised,),
        consequence=_("期限届满后由厅领导决定是否撤销。"),
    )
    def hear(self, *, statement: str, on: date) -> None:
        self.statement, self.heard_on = statement, on

    @step(
        state,
        source=State.HEARD,
        target=State.REVOKED,
        label=_("作出撤销决定"),
        by=policies.may_decide,
        needs=(hearing_over, still_recognised),
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("称号撤销，名单、名录和证书查验页显示已撤销，三年内不得再次申报，不能恢复。"),
    )
    def decide(self, *, minute_number: str, document_number: str, reason: str, at: Any) -> None:
        self.minute_number, self.document_number = minute_number, document_number
        self.reason, self.decided_at = reason, at

    @step(
        state,
        source=OPEN,
        target=State.DROPPED,
        label=_("不予撤销"),
        by=policies.may_decide,
        tone="quiet",
        reason_required=True,
        consequence=_("撤销程序终止，认定继续有效。"),
    )
    def drop(self, *, reason: str, at: Any) -> None:
        self.reason, self.decided_at = reason, at


not_published_yet = Guard(
    "round_not_published",
    _("认定结果尚未公布，请先修改名单本身。"),
    lambda c: c.recognition.round.state in ("published", "archived"),
)
as_it_was_printed = Guard(
    "line_changed",
    _("该行在拟稿后已另作更正，请重新拟写。"),
    lambda c: c.printed_now == c.before,
)


class RollCorrection(Machine):
    """A line of a published list put right, with both texts kept."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("拟稿")
        PUBLISHED = "published", _("已更正")
        DROPPED = "dropped", _("不予更正")

    STATE_TONES = {
        "drafted": ("mut", "pencil"),
        "published": ("ok", "circle-check"),
        "dropped": ("mut", "arrow-back"),
    }
    LOCK_WITH = ("recognition__round",)

    class Place(models.TextChoices):
        NAME = "name", _("姓名")
        AFFILIATIONS = "affiliations", _("单位及职务")

    recognition = models.ForeignKey(Recognition, on_delete=models.PROTECT, related_name="corrections")
    place = models.CharField(_("更正栏目"), max_length=12, choices=Place.choices)
    before = models.CharField(_("原文"), max_length=1000)
    after = models.CharField(_("更正为"), max_length=1000)
    basis = models.CharField(_("依据文件或会议纪要编号"), max_length=80)
    why = models.CharField(_("更正原因"), max_length=500)
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFTED)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("拟稿时间"), default=clock.now)
    published_at = models.DateTimeField(_("更正时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("名单更正")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("drafted", "published", "dropped")),
                name="correction_state_known",
            ),
        )

    def __str__(self) -> str:
        return gettext("更正%(name)s一行") % {"name": self.recognition.name}

    @property
    def chain_key(self) -> str:
        return self.recognition.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.recognition.round.rules_version

    @property
    def printed_now(self) -> str:
        """What the line says in the place that is to be put right."""
        found = self.recognition.name if self.place == self.Place.NAME else self.recognition.affiliations
        return found if isinstance(found, str) else "\n".join(found)

    @step(
        state,
        source=State.DRAFTED,
        target=State.PUBLISHED,
        label=_("公布更正"),
        by=policies.may_publish_correction,
        needs=(not_published_yet, as_it_was_printed),
        irreversible=True,
        consequence=_("名单、名录和证书改按更正后的文字显示，原文一并保留。公布人不能是拟稿人。"),
    )
    def publish(self, *, at: Any) -> None:
        self.published_at = at

    @step(
        state,
        source=State.DRAFTED,
        target=State.DROPPED,
        label=_("不予更正"),
        by=policies.may_publish_correction,
        tone="quiet",
        reason_required=True,
    )
    def drop(self) -> None:
        pass
