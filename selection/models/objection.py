"""Objections to a nominee on notice. Who objects and what is said stays with the handlers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from accounts.models import User
from selection import policies
from selection.models.nomination import Nomination
from selection.models.notice import PublicNotice
from workflow.fields import EncryptedTextField
from workflow.machine import Guard, Machine, step

in_time = Guard(
    "out_of_time",
    _("公示期满后提出的，按举报另行核查，不作异议受理。"),
    lambda o: o.kind != Objection.Kind.COMPLAINT,
)
investigator_named = Guard("no_investigator", _("尚未指定核查人。"), lambda o: o.investigator_id is not None)


class Objection(Machine):
    """One objection to one nominee."""

    class State(models.TextChoices):
        LODGED = "lodged", _("待受理")
        ADMITTED = "admitted", _("核查中")
        INADMISSIBLE = "inadmissible", _("不予受理")
        UPHELD = "upheld", _("成立")
        DISMISSED = "dismissed", _("不成立")
        WITHDRAWN = "withdrawn", _("已撤回")

    STATE_TONES = {
        "lodged": ("warn", "clock"),
        "admitted": ("bad", "lock"),
        "inadmissible": ("mut", "circle-x"),
        "upheld": ("bad", "alert-octagon"),
        "dismissed": ("ok", "circle-check"),
        "withdrawn": ("mut", "arrow-back"),
    }
    LOCK_WITH = ("nomination__round",)

    class Kind(models.TextChoices):
        REAL_NAME = "real_name", _("实名异议")
        LEAD = "lead", _("匿名线索")
        COMPLAINT = "complaint", _("期满后的举报")

    class Ground(models.TextChoices):
        NO_FACTS = "no_facts", _("没有可查证的事实")
        NOT_THIS_ROUND = "not_this_round", _("与本轮人选无关")
        REPEATED = "repeated", _("同一事项重复提出")
        OUT_OF_TIME = "out_of_time", _("不在公示期内提出")

    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="objections")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="objections")
    code = models.CharField(_("查询码"), max_length=20, unique=True)
    form_key = models.CharField(
        max_length=40, unique=True, null=True, blank=True
    )  # one form sent twice is one objection
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    objector_name = EncryptedTextField(_("异议人"), blank=True)
    objector_contact = EncryptedTextField(_("联系方式"), blank=True)
    facts = EncryptedTextField(_("事实与依据"))
    state = FSMField(_("状态"), choices=State.choices, default=State.LODGED, protected=True)
    lodged_at = models.DateTimeField(_("提出时间"))
    admit_due = models.DateField(_("受理期限"))
    conclude_due = models.DateField(_("核查期限"), null=True, blank=True)
    investigator = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    neutral_issue = models.CharField(_("告知人选的争议事项"), max_length=500, blank=True)
    ground = models.CharField(_("不予受理的理由"), max_length=20, choices=Ground.choices, blank=True)
    conclusion = models.CharField(_("处理结论"), max_length=2000, blank=True)
    material = models.BooleanField(_("影响认定"), default=False)
    decided_at = models.DateTimeField(_("结论时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("异议")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("lodged", "admitted", "inadmissible", "upheld", "dismissed", "withdrawn")
                ),
                name="objection_state_known",
            ),
        )
        indexes = (models.Index(fields=("nomination", "state"), name="objections_that_hold"),)

    def __str__(self) -> str:
        return self.code

    @property
    def chain_key(self) -> str:
        return self.nomination.chain_key

    @property
    def rules_version(self) -> str:
        return self.nomination.rules_version

    @step(
        state,
        source=State.LODGED,
        target=State.ADMITTED,
        label=_("受理异议"),
        by=policies.may_handle_objection,
        needs=(in_time,),
        consequence=_("结论作出前，该人选暂停认定、签约和拨款，其他人选不受影响。"),
    )
    def admit(self, *, investigator: User, neutral_issue: str, conclude_due: date) -> None:
        self.investigator, self.neutral_issue, self.conclude_due = investigator, neutral_issue, conclude_due

    @step(
        state,
        source=State.LODGED,
        target=State.INADMISSIBLE,
        label=_("不予受理"),
        by=policies.may_handle_objection,
        tone="quiet",
        consequence=_("说明理由并告知异议人。"),
    )
    def refuse(self, *, ground: str, at: Any) -> None:
        self.ground, self.decided_at = ground, at

    @step(
        state,
        source=State.ADMITTED,
        target=State.UPHELD,
        label=_("认定异议成立"),
        by=policies.may_handle_objection,
        needs=(investigator_named,),
        tone="danger",
        irreversible=True,
        consequence=_("影响认定的，由厅领导决定取消该人选。"),
    )
    def uphold(self, *, conclusion: str, material: bool, at: Any) -> None:
        self.conclusion, self.material, self.decided_at = conclusion, material, at

    @step(
        state,
        source=State.ADMITTED,
        target=State.DISMISSED,
        label=_("认定异议不成立"),
        by=policies.may_handle_objection,
        needs=(investigator_named,),
        irreversible=True,
        consequence=_("该人选恢复办理。"),
    )
    def dismiss(self, *, conclusion: str, at: Any) -> None:
        self.conclusion, self.decided_at = conclusion, at

    @step(
        state,
        source=(State.LODGED, State.ADMITTED),
        target=State.WITHDRAWN,
        label=_("撤回异议"),
        by=policies.may_withdraw_objection,
        tone="quiet",
        reason_required=True,
        consequence=_("撤回后不再答复；查实的问题可以依职权继续核查。"),
    )
    def withdraw(self, *, at: Any) -> None:
        self.decided_at = at
