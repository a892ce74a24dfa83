"""What stands around an activity: groups, people who worked, photos, links for the station, samples, certificates of hours."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios.models.studio import Studio
from workflow import clock


class ServiceGroup(models.Model):
    """A group with its plan; its sessions are activities."""

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(_("小组名称"), max_length=80)
    goals = models.TextField(_("目标"), max_length=1000)
    members_planned = models.PositiveSmallIntegerField(_("计划组员（人）"))
    sessions_planned = models.PositiveSmallIntegerField(_("计划节数"))
    closing = models.TextField(_("结案评估"), max_length=2000, blank=True)
    goals_reached = models.BooleanField(_("目标达成"), null=True, blank=True)
    closed_on = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("小组")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=("studio", "name"), name="one_group_of_a_name"),
            models.CheckConstraint(
                condition=models.Q(members_planned__gte=1, sessions_planned__gte=1), name="group_is_planned"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ActivityPerson(models.Model):
    """Somebody who worked at an activity, by name: never somebody who was served."""

    class Part(models.TextChoices):
        LEAD = "lead", _("带队社工")
        MENTEE = "mentee", _("带教学员")
        VOLUNTEER = "volunteer", _("志愿者")

    activity: Any = models.ForeignKey("studios.Activity", on_delete=models.CASCADE, related_name="workers")
    part = models.CharField(_("身份"), max_length=10, choices=Part.choices)
    name = models.CharField(_("姓名"), max_length=40)
    hours = models.DecimalField(_("小时"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("参与人员")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("activity", "part", "name"), name="one_part_per_person"),
        )
        indexes = (models.Index(fields=("part", "name"), name="workers_by_name"),)

    def __str__(self) -> str:
        return self.name


class ActivityPhoto(models.Model):
    """One photo, as kept: without what the camera wrote into it."""

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    activity: Any = models.ForeignKey("studios.Activity", on_delete=models.CASCADE, related_name="photos")
    file = models.FileField(_("文件"), max_length=200)
    mime = models.CharField(_("格式"), max_length=40)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    source_sha256 = models.CharField(_("原文件摘要"), max_length=64, db_index=True)  # of what was sent
    uploaded_at = models.DateTimeField(_("上传时间"), default=clock.now)

    class Meta:
        verbose_name = _("活动照片")
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("activity", "source_sha256"), name="one_photo_once"),)

    def __str__(self) -> str:
        return self.sha256[:12]


class CosignLink(models.Model):
    """A link for the station: only its digest is kept; it ends by time, by use, or by a newer one."""

    activity: Any = models.ForeignKey("studios.Activity", on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("生成时间"), default=clock.now)
    expires_at = models.DateTimeField(_("有效期至"))
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("确认链接")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.digest[:12]


class ActivitySample(models.Model):
    """One quarter's sample: whoever has the seed and the population can draw it again."""

    quarter = models.CharField(_("季度"), max_length=6, unique=True)
    seed = models.CharField(_("种子"), max_length=200)
    share = models.PositiveSmallIntegerField(_("比例（%）"))
    population = models.JSONField(_("全体"))  # ids, ascending
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(_("抽取时间"), default=clock.now)

    class Meta:
        verbose_name = _("活动抽查")
        ordering = ("-quarter",)

    def __str__(self) -> str:
        return self.quarter

    @property
    def chain_key(self) -> str:
        return "studios"


class SampledActivity(models.Model):
    """One activity of the sample, with what the call to the station found."""

    class Result(models.TextChoices):
        CONFIRMED = "confirmed", _("属实")
        NOT_REACHED = "not_reached", _("未接通")
        DOUBTFUL = "doubtful", _("不属实或说不清")

    sample = models.ForeignKey(ActivitySample, on_delete=models.CASCADE, related_name="items")
    activity: Any = models.ForeignKey("studios.Activity", on_delete=models.PROTECT, related_name="sampled")
    position = models.PositiveIntegerField(_("顺序"))
    result = models.CharField(_("回访结果"), max_length=12, choices=Result.choices, blank=True)
    note = models.CharField(_("回访记录"), max_length=500, blank=True)
    called_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(_("回访时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("抽查活动")
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("sample", "activity"), name="sampled_once"),)

    def __str__(self) -> str:
        return f"{self.sample_id}/{self.position}"


class HoursCertificate(models.Model):
    """What a volunteer gave to a studio, as certified: anybody with the number may check it."""

    number = models.CharField(_("编号"), max_length=24, unique=True)
    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="hour_certificates")
    name = models.CharField(_("志愿者"), max_length=40)
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"))
    hours = models.DecimalField(_("小时"), max_digits=8, decimal_places=1)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("出具时间"), default=clock.now)

    class Meta:
        verbose_name = _("志愿服务时长证明")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.number
