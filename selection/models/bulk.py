"""One step on many dossiers: the frozen list, what the preview said, what came of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workflow import clock, ledger


class BulkRun(models.Model):
    """A list of dossiers fixed at one moment, for one step. It is confirmed once; a second confirmation does nothing."""

    step = models.CharField(_("办理事项"), max_length=60)
    chosen = models.JSONField(default=list)  # [id, code, name, why not] in the order of the list
    reason = models.CharField(_("理由"), max_length=2000, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("核对时间"), default=clock.now)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    taken = models.JSONField(default=list)  # ids
    refused = models.JSONField(default=list)  # [id, code, name, why] of those that no longer passed

    class Meta:
        verbose_name = _("批量办理")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.step} {self.pk}"

    @property
    def chain_key(self) -> str:
        """Where a refused confirmation is written down."""
        return ledger.OFFICE

    @property
    def passing(self) -> list[list[Any]]:
        """Those that can take the step."""
        return [row for row in self.chosen if not row[3]]

    @property
    def not_passing(self) -> list[list[Any]]:
        """Those that cannot, each with the reason."""
        return [row for row in self.chosen if row[3]]
