"""What local bureaus do for their talents: each measure with its day and what shows it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from selection.models import Recognition
from workflow import clock


class CareMeasure(models.Model):
    """One measure of support for one talent. Never edited: what was entered by mistake is taken back with the reason."""

    class Kind(models.TextChoices):
        TRAINING = "training", _("培训研修名额")
        DUTY = "duty", _("委以重要任务")
        PUBLICITY = "publicity", _("宣传推介")
        ALLOWANCE = "allowance", _("津贴补助")
        HEALTH = "health", _("健康体检")
        VISIT = "visit", _("联系走访")

    recognition = models.ForeignKey(
        Recognition, verbose_name=_("人才"), on_delete=models.PROTECT, related_name="care_measures"
    )
    office = models.ForeignKey(
        Organisation, verbose_name=_("民政局"), on_delete=models.PROTECT, related_name="+"
    )  # who did it: the city's bureau or the county's
    city = models.ForeignKey(
        Organisation, verbose_name=_("设区市"), on_delete=models.PROTECT, related_name="care_measures"
    )
    kind = models.CharField(_("措施"), max_length=10, choices=Kind.choices)
    given_on = models.DateField(_("日期"))
    note = models.CharField(_("内容"), max_length=500)
    evidence = models.CharField(
        _("依据"), max_length=200, blank=True, default=""
    )  # a document, a report, a voucher
    amount = models.DecimalField(_("金额（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    taken_back_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    taken_back_why = models.CharField(_("撤回理由"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("关爱措施")
        ordering = ("-given_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0), name="a_care_amount_is_positive"
            ),
        )
        indexes = (models.Index(fields=("city", "given_on"), name="care_by_city"),)

    def __str__(self) -> str:
        return f"{self.recognition_id} {self.kind} {self.given_on}"

    @property
    def chain_key(self) -> str:
        return "studios"
