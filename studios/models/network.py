"""The service network: what stands in each county, township, street, village and community, and who serves there."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation


class Level(models.TextChoices):
    """The three levels of the network."""

    CENTRE = "centre", _("县级指导中心（总站）")
    STATION = "station", _("乡镇（街道）社工站")
    POINT = "point", _("村（社区）社工点（室）")


class Place(models.TextChoices):
    """What kind of division it is: floors differ from one to another."""

    COUNTY = "county", _("县（市、区）")
    TOWNSHIP = "township", _("乡镇")
    STREET = "street", _("街道")
    URBAN = "urban_community", _("城市社区")
    TOWN = "township_community", _("乡镇社区")
    VILLAGE = "village", _("村")


PLACES = {
    Level.CENTRE: (Place.COUNTY,),
    Level.STATION: (Place.TOWNSHIP, Place.STREET),
    Level.POINT: (Place.URBAN, Place.TOWN, Place.VILLAGE),
}


class ServicePoint(models.Model):
    """One division at its level, with the centre, station or point that stands there, if any.

    Divisions without one are rows too: they are what coverage is a share of.
    """

    class Status(models.TextChoices):
        NONE = "none", _("未建")
        PLANNED = "planned", _("在建")
        BUILT = "built", _("已建")
        IN_USE = "in_use", _("在用")
        CLOSED = "closed", _("已关闭")

    STANDING = (Status.BUILT, Status.IN_USE)
    STATE_TONES = {
        "none": ("mut", "circle-dashed"),
        "planned": ("warn", "tool"),
        "built": ("brand", "building"),
        "in_use": ("ok", "player-play"),
        "closed": ("red", "square-x"),
    }

    level = models.CharField(_("层级"), max_length=10, choices=Level.choices)
    place = models.CharField(_("区划类型"), max_length=20, choices=Place.choices)
    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    division = models.CharField(_("区划名称"), max_length=80)
    name = models.CharField(_("站点名称"), max_length=120, blank=True, db_index=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status.choices, default=Status.NONE)
    status_on = models.DateField(_("状态日期"))
    city = models.ForeignKey(
        Organisation, verbose_name=_("设区市"), on_delete=models.PROTECT, related_name="city_points"
    )
    county = models.ForeignKey(
        Organisation, verbose_name=_("县（市、区）"), on_delete=models.PROTECT, related_name="county_points"
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级站点"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    operator = models.CharField(_("运营机构"), max_length=120, blank=True)
    operator_code = models.CharField(_("运营机构代码"), max_length=18, blank=True)
    weak_area = models.BooleanField(_("薄弱地区"), default=False)
    volunteers = models.BooleanField(_("设有志愿服务站点"), default=False)
    agencies = models.PositiveIntegerField(_("社会工作服务机构数"), default=0)
    assistant = models.PositiveIntegerField(_("助理社会工作师"), default=0)
    intermediate = models.PositiveIntegerField(_("社会工作师"), default=0)
    senior = models.PositiveIntegerField(_("高级社会工作师"), default=0)
    professionals = models.PositiveIntegerField(
        _("社会工作专业人才"), default=0, help_text=_("含持证人员；不要求都有证书。")
    )

    class Meta:
        verbose_name = _("服务站点")
        ordering = ("code",)
        indexes = (
            models.Index(fields=("level", "place", "city", "county"), name="point_by_level"),
            models.Index(fields=("county", "level"), name="point_by_county"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(level="centre", place="county")
                | Q(level="station", place__in=("township", "street"))
                | Q(level="point", place__in=("urban_community", "township_community", "village")),
                name="a_place_belongs_to_its_level",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("none", "planned", "built", "in_use", "closed")),
                name="point_status_known",
            ),
            models.CheckConstraint(
                condition=Q(professionals__gte=F("assistant") + F("intermediate") + F("senior")),
                name="certified_are_professionals",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.division

    @property
    def chain_key(self) -> str:
        return "studios"

    @property
    def state(self) -> str:
        """The status, as badges ask for it."""
        return self.status

    def get_state_display(self) -> str:
        """Its word."""
        return str(self.get_status_display())

    @property
    def certified(self) -> int:
        """Staff with a certificate of any of the three grades."""
        return self.assistant + self.intermediate + self.senior


class ServicePointRecord(models.Model):
    """What a point was called, how it stood and who ran it, from when to when (exclusive)."""

    point = models.ForeignKey(ServicePoint, on_delete=models.CASCADE, related_name="records")
    name = models.CharField(_("名称"), max_length=120, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=ServicePoint.Status.choices)
    operator = models.CharField(_("运营机构"), max_length=120, blank=True)
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        verbose_name = _("站点沿革")
        ordering = ("point", "valid_from", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("point",), condition=Q(valid_until=None), name="one_present_record_a_point"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"
