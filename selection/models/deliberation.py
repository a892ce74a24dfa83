"""What the scores say, and the list that the leader proposes from them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.models.nomination import Nomination
from selection.models.round import Round


class Result(models.Model):
    """The official score and rank of one nominee, by the frozen method."""

    nomination = models.OneToOneField(Nomination, on_delete=models.PROTECT, related_name="result")
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2, null=True)
    exact = models.CharField(_("精确值"), max_length=80, blank=True)  # a fraction: 253/3
    sheets = models.PositiveSmallIntegerField(_("有效评分表"))
    trimmed = models.BooleanField(_("已去最高最低"), default=False)
    dropped = models.JSONField(_("去除的分数"), default=list)
    flags = models.JSONField(_("标记"), default=list)
    rank = models.PositiveSmallIntegerField(_("名次"), null=True)
    order = models.PositiveSmallIntegerField(_("排列顺序"), null=True)  # after the tie chain: 1, 2, 3
    tie_path = models.JSONField(_("同分处理"), default=list)
    computed_at = models.DateTimeField(_("计算时间"))
    stage = models.PositiveSmallIntegerField(_("评审阶段"), default=1)  # whose sheets the score is of
    shortlisted = models.BooleanField(_("进入第二阶段"), default=False)
    first = models.JSONField(_("第一阶段的结果"), default=dict, blank=True)  # kept when a second stage begins

    class Meta:
        verbose_name = _("评审结果")
        ordering = ("order",)

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.score}"


class ResultVersion(models.Model):
    """A result as it was before a sheet was annulled and everything calculated anew."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="result_versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    values = models.JSONField(_("原结果"))
    reason = models.CharField(_("理由"), max_length=300)
    replaced_at = models.DateTimeField(_("更替时间"))

    class Meta:
        verbose_name = _("评审结果的原版本")
        ordering = ("nomination", "number")
        constraints = (
            models.UniqueConstraint(fields=("nomination", "number"), name="one_result_per_version"),
        )

    def __str__(self) -> str:
        return f"{self.nomination_id} v{self.number}"


class PassedOver(models.TextChoices):
    """Why a scored nominee is not on the list."""

    BELOW_LINE = "below_line", _("得分低于入选分数线")
    NO_PLACE = "no_place", _("名次在认定上限之外")
    CAP_REACHED = "cap_reached", _("所在地区或者领域的人数已达上限")
    FLOOR_RESERVED = "floor_reserved", _("余下名额须保证规定的最低人数")
    BALLOT_FAILED = "ballot_failed", _("评审组表决未通过")
    BELOW_MIN_SHEETS = "below_min_sheets", _("有效评分表不足")
    MEETING = "meeting", _("会议研究决定不列入")


class Proposal(models.Model):
    """The proposed list, fixed at a meeting."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="proposals")
    minute_number = models.CharField(_("会议纪要编号"), max_length=80)
    fixed_at = models.DateTimeField(_("确定时间"))
    fixed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("说明"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("拟认定名单")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.minute_number
