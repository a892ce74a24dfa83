"""What a studio's months came to: derived, kept so that the province's page need not count everything anew."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from studios.models.studio import Studio


class StudioMonth(models.Model):
    """The confirmed activities and the approved expenses of one studio in one month; always what counting would find."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="months")
    month = models.DateField(_("月份"))  # its first day
    activities = models.PositiveIntegerField(_("活动（场）"), default=0)
    attendances = models.PositiveIntegerField(_("服务人次"), default=0)
    people = models.PositiveIntegerField(_("服务人数"), default=0)
    volunteer_hours = models.DecimalField(_("志愿服务（小时）"), max_digits=12, decimal_places=1, default=0)
    spent = models.DecimalField(_("支出（元）"), max_digits=14, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("工作室月度数据")
        ordering = ("studio", "month")
        constraints = (
            models.UniqueConstraint(fields=("studio", "month"), name="one_row_a_studio_and_month"),
        )
        indexes = (models.Index(fields=("month",), name="months_by_month"),)

    def __str__(self) -> str:
        return f"{self.studio_id} {self.month:%Y-%m}"
