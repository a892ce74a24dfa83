"""A file of a dossier: kept under a name of ours, opened by nobody before it has been found clean."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.attachment_kinds import Audience, Kind
from selection.models.nomination import Nomination
from workflow import clock
from workflow.machine import Machine, step
from workflow.state_field import StateField


class Attachment(Machine):
    """One file, as it is kept."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("待安全检查")
        CLEAN = "clean", _("可查看")
        QUARANTINED = "quarantined", _("已隔离")

    STATE_TONES = {
        "uploaded": ("warn", "clock"),
        "clean": ("ok", "circle-check"),
        "quarantined": ("bad", "shield-x"),
    }
    LOCK_WITH = ("nomination__round", "nomination__nominee")
    Kind = Kind
    Audience = Audience

    key = models.UUIDField(default=uuid4, unique=True, editable=False)  # its address: not to be guessed
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(_("材料种类"), max_length=20, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(_("序号"))
    audience = models.CharField(_("查看范围"), max_length=20, choices=Audience.choices)
    anonymised = models.BooleanField(
        _("已隐去身份"), default=False
    )  # experts of a blind round get no other file
    state = StateField(_("状态"), choices=State.choices, default=State.UPLOADED)
    file = models.FileField(_("文件"), max_length=200)
    mime = models.CharField(_("格式"), max_length=40)
    size = models.PositiveIntegerField(_("大小"))
    pages = models.PositiveSmallIntegerField(_("页数"), default=1)
    sha256 = models.CharField(_("摘要"), max_length=64)  # of what is kept
    source_sha256 = models.CharField(_("原文件摘要"), max_length=64)  # of what was sent
    source_name = models.CharField(_("原文件名"), max_length=120)
    uploaded_by = models.ForeignKey(
        User, verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"), default=clock.now)
    scanned_at = models.DateTimeField(_("检查时间"), null=True, blank=True)
    scanner = models.CharField(_("检查程序"), max_length=120, blank=True)  # empty: none is configured
    finding = models.CharField(_("检查结果"), max_length=200, blank=True)
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)  # of one that an office has seen

    class Meta:
        verbose_name = _("附件")
        ordering = ("nomination", "kind", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("nomination", "kind", "number"), name="one_number_per_attachment_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("uploaded", "clean", "quarantined")),
                name="attachment_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=("public", "expert", "staff", "restricted")),
                name="attachment_audience_known",
            ),
        )
        indexes = (models.Index(fields=("state", "uploaded_at"), name="attachments_to_scan"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def chain_key(self) -> str:
        return self.nomination.chain_key

    @property
    def rules_version(self) -> str:
        return self.nomination.rules_version

    @step(
        state,
        source=State.UPLOADED,
        target=State.CLEAN,
        label=_("通过安全检查"),
        by=policies.by_system,
    )
    def pass_scan(self, *, at: datetime, scanner: str) -> None:
        self.scanned_at, self.scanner = at, scanner

    @step(
        state,
        source=State.UPLOADED,
        target=State.QUARANTINED,
        label=_("隔离"),
        by=policies.by_system,
        irreversible=True,
        consequence=_("任何人不能打开；申报单位须移除后重新上传。"),
    )
    def quarantine(self, *, at: datetime, scanner: str, finding: str) -> None:
        self.scanned_at, self.scanner, self.finding = at, scanner, finding


def place_of(nomination: Any, key: Any, extension: str) -> str:
    """Where a file lies in the storage: nothing of its content or its sender is in the name."""
    return f"attachments/{nomination.round.code}/{key.hex}.{extension}"
