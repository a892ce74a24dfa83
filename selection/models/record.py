"""The sealed records of a round that left the system."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from selection.models.round import Round
from workflow import clock


class RecordExport(models.Model):
    """One export of a round's record: how far the chain was, and the digest of the manifest that names every file."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="record_exports")
    stage = models.CharField(_("批次状态"), max_length=20, choices=Round.State.choices)
    entries = models.PositiveBigIntegerField(_("条数"))
    head = models.CharField(_("链头"), max_length=64)
    manifest = models.CharField(_("清单摘要"), max_length=64)
    reason = models.CharField(_("导出理由"), max_length=500)
    exported_at = models.DateTimeField(_("导出时间"), default=clock.now)
    exported_by = models.CharField(_("导出人"), max_length=120)

    class Meta:
        verbose_name = _("评选档案导出")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.round_id} {self.entries}"
