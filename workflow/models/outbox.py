"""Messages waiting to leave. Written in the transaction of what they tell, sent afterwards."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One message to one person, rendered when it was queued."""

    class Status(models.TextChoices):
        PENDING = "pending", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(_("类型"), max_length=80)
    recipient_id = models.CharField(max_length=40, db_index=True, blank=True)
    recipient_name = models.CharField(_("收件人"), max_length=120)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    subject = models.CharField(_("主题"), max_length=200)
    body = models.TextField(_("正文"))
    link = models.CharField(max_length=200, blank=True)
    about = models.CharField(_("事项"), max_length=120, db_index=True, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("生成时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("status", "lease_until"), name="message_due"),
            models.Index(fields=("recipient_id",), condition=models.Q(read_at=None), name="message_unread"),
        )

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient_name}"
