"""What belongs to a notice beside its list: the files it comes with, slips that were corrected, outages of its page."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.models.notice import PublicNotice
from workflow import clock


class NoticeFile(models.Model):
    """A file that is published with a notice, as it was sent."""

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="files")
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("文件名"), max_length=120)
    file = models.FileField(_("文件"), max_length=200)
    mime = models.CharField(_("格式"), max_length=100)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    scanner = models.CharField(_("检查程序"), max_length=120, blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), default=clock.now)

    class Meta:
        verbose_name = _("公示附件")
        ordering = ("notice", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("notice", "ordinal"), name="one_file_per_number_of_a_notice"),
        )

    def __str__(self) -> str:
        return self.name


class Erratum(models.Model):
    """A slip of the pen in a posted notice: what was printed stays, what should stand there is said beside it."""

    class Place(models.TextChoices):
        TITLE = "title", _("标题")
        BODY = "body", _("正文")
        BASIS = "basis", _("依据文件")
        CONTACT = "contact", _("受理部门及电话")
        DISCIPLINE = "discipline", _("监督部门及电话")
        ADDRESS = "address", _("通信地址")
        EMAIL = "email", _("电子邮箱")

    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="errata")
    place = models.CharField(_("位置"), max_length=12, choices=Place.choices)
    before = models.CharField(_("原文"), max_length=200)
    after = models.CharField(_("更正为"), max_length=200)
    reason = models.CharField(_("更正原因"), max_length=200)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(_("更正时间"), default=clock.now)

    class Meta:
        verbose_name = _("更正说明")
        ordering = ("notice", "pk")

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Outage(models.Model):
    """A time in which the public page could not be read."""

    since = models.DateTimeField(_("中断开始"))
    until = models.DateTimeField(_("恢复"))
    evidence = models.TextField(_("依据"), max_length=2000)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)

    class Meta:
        verbose_name = _("页面中断")
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="outage_ends_later"),
        )

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M}"
