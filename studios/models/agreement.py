"""The versions of an agreement: what was drawn up, who signed it when, and the scan of the signed paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from accounts.models import User
from studios import policies
from studios.models.studio import Studio, not_on_hold, recognised
from workflow import clock
from workflow.fields import EncryptedTextField
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField


class Party(models.TextChoices):
    """The three who sign."""

    PROVINCE = "province", _("省级民政部门")
    HOST = "host", _("依托单位")
    TALENT = "talent", _("领军人才")


studio_lives = Guard(
    "studio_ended", _("工作室已结束。"), lambda v: v.studio.state in Studio.LIVING, applies=True
)
signable = Guard(
    "not_agreed_yet",
    _("首份协议三方签署后，请办理“登记协议”。"),
    lambda v: v.number > 1 or v.studio.state == Studio.State.PREPARING,
    applies=True,
)
talent_stands = Guard(recognised.code, recognised.sentence, lambda v: recognised.holds(v.studio))
talent_free = Guard(not_on_hold.code, not_on_hold.sentence, lambda v: not_on_hold.holds(v.studio))


def _after_signature(version: Any, **_given: Any) -> str:
    """An amendment holds with its last signature; the first version holds when the agreement is recorded."""
    done = version.number > 1 and version.signatures.count() + 1 >= len(Party.values)
    return str(AgreementVersion.State.IN_FORCE if done else AgreementVersion.State.DRAFTED)


class AgreementVersion(Machine):
    """One version of the agreement of province, host unit and talent."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("待签署")
        IN_FORCE = "in_force", _("现行")
        REPLACED = "replaced", _("已被替代")
        WITHDRAWN = "withdrawn", _("已作废")

    STATE_TONES = {
        "drafted": ("warn", "signature"),
        "in_force": ("ok", "circle-check"),
        "replaced": ("mut", "history"),
        "withdrawn": ("mut", "circle-x"),
    }
    LOCK_WITH = ("studio__recognition__nomination__round", "studio__recognition__round", "studio__host")

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="agreement_versions")
    number = models.PositiveSmallIntegerField(_("版本"), default=1)
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFTED)
    agreement_number = models.CharField(_("协议编号"), max_length=60)
    award = models.DecimalField(_("资助金额"), max_digits=12, decimal_places=2)
    site = models.CharField(_("场所"), max_length=200, blank=True)
    ends_on = models.DateField(_("管理期届满"), null=True, blank=True)
    terms = models.JSONField(_("条款"), default=list)  # [heading, text], as drawn up
    amendment_reason = models.CharField(_("变更理由"), max_length=2000, blank=True)
    account_name = models.CharField(_("账户名称"), max_length=120, blank=True)
    account_bank = models.CharField(_("开户银行"), max_length=120, blank=True)
    account_number = EncryptedTextField(_("账号"), blank=True)
    drawn_up_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField(_("拟定时间"), default=clock.now)
    in_force_on = models.DateField(_("生效日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("协议版本")
        ordering = ("studio", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("studio", "number"), condition=~Q(state="withdrawn"), name="one_agreement_a_number"
            ),
            models.UniqueConstraint(
                fields=("studio",), condition=Q(state="in_force"), name="one_agreement_in_force"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("drafted", "in_force", "replaced", "withdrawn")),
                name="agreement_version_state_known",
            ),
        )

    def __str__(self) -> str:
        return gettext("%(studio)s协议第%(number)s版") % {"studio": self.studio.name, "number": self.number}

    @property
    def chain_key(self) -> str:
        return "studios"

    @property
    def masked_account(self) -> str:
        """The account's number as pages show it: the last four figures."""
        return f"**** {self.account_number[-4:]}" if self.account_number else ""

    @step(
        state,
        source=State.DRAFTED,
        target=GET_STATE(_after_signature, states=(State.DRAFTED, State.IN_FORCE)),
        label=_("登记签署"),
        by=policies.may_record_agreement,
        needs=(studio_lives, signable, talent_stands, talent_free),
        consequence=_("逐方登记；变更协议三方签齐即生效，首份协议签齐后办理“登记协议”。"),
    )
    def sign(self, *, party: str, name: str, signed_on: date) -> None:
        pass

    @step(
        state,
        source=State.DRAFTED,
        target=State.IN_FORCE,
        label=_("随登记协议生效"),
        by=policies.may_replace,
        tone="quiet",
        needs=(studio_lives,),
    )
    def enter_into_force(self, *, day: date) -> None:
        self.in_force_on = day

    @step(
        state,
        source=State.DRAFTED,
        target=State.WITHDRAWN,
        label=_("作废"),
        by=policies.may_record_agreement,
        tone="quiet",
        reason_required=True,
        consequence=_("这一稿作废，可以重新拟定。"),
    )
    def withdraw(self, *, reason: str) -> None:
        self.amendment_reason = reason

    @step(
        state,
        source=State.IN_FORCE,
        target=State.REPLACED,
        label=_("被新版本替代"),
        by=policies.may_replace,
        tone="quiet",
    )
    def replace(self) -> None:
        pass


class AgreementSignature(models.Model):
    """Who signed for one party, and when."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="signatures")
    party = models.CharField(_("签署方"), max_length=10, choices=Party.choices)
    name = models.CharField(_("签署人"), max_length=60)
    signed_on = models.DateField(_("签署日期"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)

    class Meta:
        verbose_name = _("协议签署")
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("version", "party"), name="one_signature_a_party"),)

    def __str__(self) -> str:
        return self.name


class AgreementScan(models.Model):
    """The signed paper, scanned; a newer scan stands beside the older ones."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="scans")
    file = models.FileField(_("文件"), max_length=200)
    name = models.CharField(_("文件名"), max_length=160)
    mime = models.CharField(_("格式"), max_length=80)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    scanner = models.CharField(max_length=60, blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), default=clock.now)

    class Meta:
        verbose_name = _("协议扫描件")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name
