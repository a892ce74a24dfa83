"""Official years of the working-day calendar, each with the notice it comes from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """Off days and make-up workdays of one year, in one version. The newest version of a year counts."""

    year = models.PositiveSmallIntegerField(_("年度"))
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    notice = models.CharField(_("依据文件"), max_length=300)
    number = models.CharField(_("文号"), max_length=60, blank=True, default="")
    issued_on = models.DateField(_("印发日期"), null=True, blank=True)
    scan = models.FileField(_("扫描件"), max_length=200, blank=True, default="")
    scan_sha256 = models.CharField(_("扫描件摘要"), max_length=64, blank=True, default="")
    off_ranges = models.JSONField(_("放假日期"))
    makeup_workdays = models.JSONField(_("调休上班日期"))
    loaded_at = models.DateTimeField(_("导入时间"))
    loaded_by = models.CharField(_("导入人"), max_length=120)

    class Meta:
        ordering = ("-year", "-version")
        constraints = (models.UniqueConstraint(fields=("year", "version"), name="one_version_of_a_year"),)

    def __str__(self) -> str:
        return f"{self.year} v{self.version}"
