"""What the office does to the scoring, kept: sheets as they were before a reopening, and later deadlines."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.models.expert import Expert
from selection.models.round import Round
from selection.models.scoring import ScoreSheet
from workflow import clock
from workflow.fields import EncryptedTextField


class ScoreSheetVersion(models.Model):
    """A submitted sheet as it was when it was reopened: sealed as before, with its receipt."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    sealed = EncryptedTextField(_("评分"))
    salt = EncryptedTextField()
    commitment = models.CharField(_("承诺值"), max_length=64)
    receipt_seq = models.PositiveBigIntegerField(_("回执序号"))
    receipt_leaf = models.CharField(_("回执摘要"), max_length=64)
    submitted_at = models.DateTimeField(_("提交时间"))
    reopened_at = models.DateTimeField(_("退回时间"), default=clock.now)
    reopened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("理由"), max_length=300)

    class Meta:
        ordering = ("sheet", "number")
        constraints = (models.UniqueConstraint(fields=("sheet", "number"), name="one_sheet_per_version"),)

    def __str__(self) -> str:
        return f"{self.sheet_id} v{self.number}"


class ScoringExtension(models.Model):
    """A later last day for one expert's sheets; the latest row counts."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="scoring_extensions")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="scoring_extensions")
    stage = models.PositiveSmallIntegerField(_("评审阶段"), default=1)
    until = models.DateField(_("延至"))
    reason = models.CharField(_("理由"), max_length=300)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(_("批准时间"), default=clock.now)

    class Meta:
        ordering = ("round", "expert", "pk")

    def __str__(self) -> str:
        return f"{self.round_id} {self.expert_id} {self.until}"
