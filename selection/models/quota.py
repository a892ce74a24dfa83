"""The nominators' quotas."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.models.round import Round


class Quota(models.Model):
    """The places of one nominator in one round and category: the row that nominations lock."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="quotas")
    nominator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="quotas")
    category = models.CharField(
        _("推荐类别"), max_length=20, blank=True, default=""
    )  # "" where there is but one
    places = models.PositiveSmallIntegerField(_("名额"))

    class Meta:
        ordering = ("round", "nominator__code", "category")
        constraints = (
            models.UniqueConstraint(
                fields=("round", "nominator", "category"), name="one_quota_per_nominator_and_category"
            ),
        )

    def __str__(self) -> str:
        return f"{self.nominator_id} {self.category}: {self.places}"

    @property
    def category_name(self) -> str:
        """The category in the reader's language; nothing where the round has but one."""
        return self.round.category_name(self.category)
