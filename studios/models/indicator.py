"""Indicators as data: a plan, its indicators with their parts and targets, what was observed, and who contributed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from studios.models.network import ServicePoint
from studios.models.studio import Studio
from workflow import clock


class IndicatorPlan(models.Model):
    """A plan of a government: where its targets come from."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    source = models.CharField(_("来源"), max_length=400)
    digest = models.CharField(_("文件摘要"), max_length=64)
    loaded_at = models.DateTimeField(_("导入时间"), default=clock.now)
    loaded_by = models.CharField(_("导入人"), max_length=60)

    class Meta:
        verbose_name = _("指标规划")
        ordering = ("-loaded_at", "-pk")

    def __str__(self) -> str:
        return self.title

    @property
    def chain_key(self) -> str:
        return "studios"


class Indicator(models.Model):
    """One indicator. Each of its parts must hold."""

    class Kind(models.TextChoices):
        COUNT = "count", _("数量")
        RATIO = "ratio", _("比率")
        COVERAGE = "coverage", _("覆盖率")
        FLOOR = "floor", _("单元下限")

    class Direction(models.TextChoices):
        AT_LEAST = "at_least", _("不低于")
        AT_MOST = "at_most", _("不高于")

    class Counts(models.TextChoices):
        """What studios do that counts towards it; a station counts where its place is one of the indicator's."""

        MENTEE_CERTIFIED = "mentee_certified", _("带教对象取得证书")
        STATION_OPENED = "station_opened", _("协助开设站点")

    plan = models.ForeignKey(
        IndicatorPlan, verbose_name=_("规划"), on_delete=models.CASCADE, related_name="indicators"
    )
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    unit = models.CharField(_("计量单位"), max_length=20)
    direction = models.CharField(
        _("方向"), max_length=10, choices=Direction.choices, default=Direction.AT_LEAST
    )
    denominator = models.CharField(_("分母来源"), max_length=200, blank=True)
    verification = models.CharField(_("核实方式"), max_length=200, blank=True)
    subset_of = models.ForeignKey(
        "self",
        verbose_name=_("属于"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="subsets",
    )
    counts = models.CharField(_("工作室贡献"), max_length=20, choices=Counts.choices, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("指标")
        ordering = ("plan", "position")
        constraints = (
            models.UniqueConstraint(fields=("plan", "code"), name="one_indicator_per_code"),
            models.CheckConstraint(
                condition=Q(kind__in=("count", "ratio", "coverage", "floor")), name="indicator_kind_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def chain_key(self) -> str:
        return "studios"


class IndicatorPart(models.Model):
    """One series of an indicator: most have one, volunteer stations three, social workers for the elderly two."""

    class Source(models.TextChoices):
        OBSERVED = "observed", _("填报并核实")
        CERTIFIED = "certified", _("登记表：持证人数")
        PROFESSIONALS = "professionals", _("登记表：专业人才人数")
        AGENCIES = "agencies", _("登记表：服务机构数")
        STANDING = "standing", _("登记表：已建站点")
        VOLUNTEERS = "volunteers", _("登记表：志愿服务站点")

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="parts")
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=120, blank=True)
    source = models.CharField(_("数据来源"), max_length=20, choices=Source.choices, default=Source.OBSERVED)
    places = models.JSONField(_("区划类型"), default=list)
    per = models.PositiveIntegerField(_("每"), default=1)
    floor = models.PositiveIntegerField(_("下限"), default=1)
    baseline = models.DecimalField(_("基期值"), max_digits=14, decimal_places=2, null=True, blank=True)
    baseline_on = models.DateField(_("基期"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("分项")
        ordering = ("indicator", "position")
        constraints = (
            models.UniqueConstraint(fields=("indicator", "code"), name="one_part_per_code"),
            models.CheckConstraint(
                condition=Q(baseline=None, baseline_on=None)
                | Q(baseline__isnull=False, baseline_on__isnull=False),
                name="a_baseline_has_its_day",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.indicator.name

    @property
    def chain_key(self) -> str:
        return "studios"


class Target(models.Model):
    """What is to be reached by the end of a year, at one level or by one office."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("省级")
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")

    part = models.ForeignKey(IndicatorPart, on_delete=models.CASCADE, related_name="targets")
    level = models.CharField(_("层级"), max_length=10, choices=Level.choices, default=Level.PROVINCE)
    unit = models.ForeignKey(
        Organisation, verbose_name=_("地区"), null=True, blank=True, on_delete=models.PROTECT
    )
    year = models.PositiveSmallIntegerField(_("目标年份"))
    value = models.DecimalField(_("目标值"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("目标")
        ordering = ("part", "year")
        constraints = (
            models.UniqueConstraint(
                fields=("part", "level", "year"), condition=Q(unit=None), name="one_target_a_year_and_level"
            ),
            models.UniqueConstraint(
                fields=("part", "unit", "year"),
                condition=Q(unit__isnull=False),
                name="one_target_a_year_and_unit",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="a_target_is_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.value}"


class Observation(models.Model):
    """What one office reports for one day. It counts once somebody else has verified it."""

    part = models.ForeignKey(
        IndicatorPart, verbose_name=_("指标"), on_delete=models.PROTECT, related_name="observations"
    )
    unit = models.ForeignKey(
        Organisation, verbose_name=_("地区"), on_delete=models.PROTECT, related_name="observations"
    )
    on = models.DateField(_("截至"))
    value = models.DecimalField(_("数值"), max_digits=14, decimal_places=2)
    denominator = models.DecimalField(_("分母"), max_digits=14, decimal_places=2, null=True, blank=True)
    evidence = models.CharField(_("依据"), max_length=400, blank=True)
    entered_by = models.CharField(_("填报人"), max_length=60)
    entered_by_id = models.CharField(max_length=40)
    entered_at = models.DateTimeField(_("填报时间"), default=clock.now)
    verified_by = models.CharField(_("核实人"), max_length=60, blank=True)
    verified_at = models.DateTimeField(_("核实时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("填报数据")
        ordering = ("-on", "-pk")
        indexes = (models.Index(fields=("part", "unit", "on"), name="observation_by_unit"),)
        constraints = (
            models.UniqueConstraint(fields=("part", "unit", "on"), name="one_observation_a_day"),
            models.CheckConstraint(
                condition=Q(value__gte=0) & (Q(denominator=None) | Q(denominator__gt=0)),
                name="observed_numbers_are_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.part_id} {self.on}"

    @property
    def chain_key(self) -> str:
        return "studios"


class Mentorship(models.Model):
    """One person whom one studio guides in one year: nobody counts for two studios in the same year."""

    studio = models.ForeignKey(
        Studio, verbose_name=_("工作室"), on_delete=models.PROTECT, related_name="mentorships"
    )
    person_key = models.CharField(max_length=64)
    name = models.CharField(_("姓名"), max_length=40)
    year = models.PositiveSmallIntegerField(_("年度"))
    since = models.DateField(_("开始"))
    until = models.DateField(_("结束"), null=True, blank=True)
    certified_on = models.DateField(_("取得证书"), null=True, blank=True)

    class Meta:
        verbose_name = _("带教对象")
        ordering = ("-year", "name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("person_key", "year"), name="one_studio_a_person_a_year"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_mentorship_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.year}"

    @property
    def chain_key(self) -> str:
        return "studios"


class StationOpened(models.Model):
    """A station or point that opened with a studio's help: it counts for one studio only."""

    studio = models.ForeignKey(
        Studio, verbose_name=_("工作室"), on_delete=models.PROTECT, related_name="stations_opened"
    )
    point = models.OneToOneField(
        ServicePoint, verbose_name=_("站点"), on_delete=models.PROTECT, related_name="opened_with"
    )
    opened_on = models.DateField(_("开设日期"))

    class Meta:
        verbose_name = _("协助开设的站点")
        ordering = ("-opened_on", "pk")

    def __str__(self) -> str:
        return f"{self.studio_id} {self.point_id}"

    @property
    def chain_key(self) -> str:
        return "studios"
