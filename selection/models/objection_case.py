"""What belongs to the case of an objection: the files, the log of the investigation, the one appeal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.objection import Objection
from workflow import clock
from workflow.actor import Actor
from workflow.fields import EncryptedTextField
from workflow.machine import Machine, step
from workflow.state_field import StateField


class Evidence(Machine):
    """One file of a case, encrypted where it lies; before its form was accepted it belongs to that form."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("待安全检查")
        CLEAN = "clean", _("可查看")
        QUARANTINED = "quarantined", _("已隔离")

    STATE_TONES = {
        "uploaded": ("warn", "clock"),
        "clean": ("ok", "circle-check"),
        "quarantined": ("bad", "shield-x"),
    }
    LOCK_WITH = ("objection__nomination__round",)

    class Source(models.TextChoices):
        OBJECTOR = "objector", _("随异议提交")
        SUPPLEMENT = "supplement", _("补充提交")
        APPEAL = "appeal", _("随复查申请提交")
        PAPER = "paper", _("来信扫描件")
        INVESTIGATION = "investigation", _("核查取得")

    key = models.UUIDField(default=uuid4, unique=True, editable=False)  # its address: not to be guessed
    objection = models.ForeignKey(
        Objection, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence"
    )
    form_hash = models.CharField(max_length=64, blank=True, db_index=True)  # whose form it came with
    source = models.CharField(_("来源"), max_length=16, choices=Source.choices, blank=True)
    state = StateField(_("状态"), choices=State.choices, default=State.UPLOADED)
    place = models.CharField(_("存放位置"), max_length=80)
    name = EncryptedTextField(_("文件名"))  # a name may name somebody
    mime = models.CharField(_("格式"), max_length=40)
    size = models.PositiveIntegerField(_("大小"))
    pages = models.PositiveSmallIntegerField(_("页数"), default=1)
    sha256 = models.CharField(_("摘要"), max_length=64)  # of the file in clear
    source_sha256 = models.CharField(_("原文件摘要"), max_length=64)
    uploaded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), default=clock.now)
    scanned_at = models.DateTimeField(_("检查时间"), null=True, blank=True)
    scanner = models.CharField(_("检查程序"), max_length=120, blank=True)
    finding = models.CharField(_("检查结果"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("异议材料")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("uploaded", "clean", "quarantined")),
                name="evidence_state_known",
            ),
        )

    def __str__(self) -> str:
        return str(self.key)

    @property
    def chain_key(self) -> str:
        assert self.objection is not None  # nothing moves before it belongs to a case
        return self.objection.chain_key

    @property
    def rules_version(self) -> str:
        return self.objection.rules_version if self.objection else ""

    @step(state, source=State.UPLOADED, target=State.CLEAN, label=_("通过安全检查"), by=policies.by_system)
    def pass_scan(self, *, at: datetime, scanner: str) -> None:
        self.scanned_at, self.scanner = at, scanner

    @step(
        state,
        source=State.UPLOADED,
        target=State.QUARANTINED,
        label=_("隔离"),
        by=policies.by_system,
        irreversible=True,
        consequence=_("任何人不能打开。"),
    )
    def quarantine(self, *, at: datetime, scanner: str, finding: str) -> None:
        self.scanned_at, self.scanner, self.finding = at, scanner, finding


class InvestigationNote(models.Model):
    """One line of the log of an investigation. Nothing of it is ever changed."""

    class Kind(models.TextChoices):
        INTERVIEW = "interview", _("谈话")
        DOCUMENT = "document", _("查阅材料")
        INQUIRY = "inquiry", _("函询")
        VISIT = "visit", _("实地核查")
        REPORT = "report", _("核查报告（结论建议）")

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(_("方式"), max_length=12, choices=Kind.choices)
    text = EncryptedTextField(_("内容"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        verbose_name = _("核查记录")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.objection_id} {self.kind}"


class Appeal(Machine):
    """The one request to look at a conclusion again, decided by somebody who has not concluded on it."""

    class State(models.TextChoices):
        LODGED = "lodged", _("复查待受理")
        ADMITTED = "admitted", _("复查中")
        REFUSED = "refused", _("复查不予受理")
        UPHELD = "upheld", _("复查改变结论")
        DISMISSED = "dismissed", _("复查维持结论")

    STATE_TONES = {
        "lodged": ("warn", "clock"),
        "admitted": ("bad", "lock"),
        "refused": ("mut", "circle-x"),
        "upheld": ("bad", "alert-octagon"),
        "dismissed": ("ok", "circle-check"),
    }
    LOCK_WITH = ("objection__nomination__round",)

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="appeal")
    reason = EncryptedTextField(_("申请复查的理由"))
    state = StateField(_("状态"), choices=State.choices, default=State.LODGED)
    before = models.CharField(_("原结论"), max_length=20)  # the state it appeals against
    before_partly = models.BooleanField(default=False)
    before_conclusion = models.CharField(max_length=2000, blank=True)
    lodged_at = models.DateTimeField(_("申请时间"))
    decide_due = models.DateField(_("决定期限"), null=True, blank=True)
    answer = EncryptedTextField(_("复查意见"), blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("复查申请")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("lodged", "admitted", "refused", "upheld", "dismissed")),
                name="appeal_state_known",
            ),
        )

    def __str__(self) -> str:
        return f"复查 {self.objection_id}"

    @property
    def chain_key(self) -> str:
        return self.objection.chain_key

    @property
    def rules_version(self) -> str:
        return self.objection.rules_version

    def concerns(self, actor: Actor) -> bool:
        """Whether this person must not decide: they concluded before, or are on a side."""
        return self.objection.concerns(actor)

    @step(
        state,
        source=State.LODGED,
        target=State.ADMITTED,
        label=_("受理复查"),
        by=policies.may_decide_appeal,
        consequence=_("该人选重新暂停办理，直至复查作出结论。"),
    )
    def admit(self, *, decide_due: date | None) -> None:
        self.decide_due = decide_due

    @step(
        state,
        source=State.LODGED,
        target=State.REFUSED,
        label=_("不予复查"),
        by=policies.may_decide_appeal,
        tone="quiet",
        consequence=_("维持原处理；理由由申请人凭查询码查看。"),
    )
    def refuse(self, *, answer: str, decided_by: Any, at: Any) -> None:
        self._decided(answer, decided_by, at)

    @step(
        state,
        source=State.ADMITTED,
        target=State.UPHELD,
        label=_("改变结论"),
        by=policies.may_decide_appeal,
        tone="danger",
        irreversible=True,
        consequence=_("以复查的结论为准；复查只有一次。"),
    )
    def uphold(self, *, answer: str, decided_by: Any, at: Any) -> None:
        self._decided(answer, decided_by, at)

    @step(
        state,
        source=State.ADMITTED,
        target=State.DISMISSED,
        label=_("维持结论"),
        by=policies.may_decide_appeal,
        irreversible=True,
        consequence=_("原结论不变，该人选按原结论办理；复查只有一次。"),
    )
    def dismiss(self, *, answer: str, decided_by: Any, at: Any) -> None:
        self._decided(answer, decided_by, at)

    def _decided(self, answer: str, decided_by: Any, at: Any) -> None:
        self.answer, self.decided_by, self.decided_at = answer, decided_by, at
