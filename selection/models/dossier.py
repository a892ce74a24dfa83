"""The parts of a dossier that repeat, the declarations signed on it, and its versions as they were sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.models.nomination import Nomination
from workflow import clock


class Row(models.Model):
    """One line of a repeatable part, in the order in which it was written."""

    ENTERED: ClassVar[tuple[str, ...]] = ()
    NEEDED: ClassVar[tuple[str, ...]] = ()  # what a line must hold before the dossier is submitted

    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return gettext("，").join(self.words())

    @property
    def entered(self) -> dict[str, Any]:
        """What was written into the line."""
        return {name: getattr(self, name) for name in self.ENTERED}

    @property
    def gaps(self) -> list[str]:
        """What the line still lacks."""
        return [name for name in self.NEEDED if getattr(self, name) in (None, "")]

    def words(self) -> list[str]:
        """The line as it is read."""
        found = []
        for name in self.ENTERED:
            value = getattr(self, name)
            if value not in (None, "", False):
                field: Any = self._meta.get_field(name)
                text = str(dict(field.choices).get(value, value)) if field.choices else str(value)
                found.append(str(field.verbose_name) if value is True else text)
        return found


def _between(start: date | None, end: date | None) -> str:
    words = {"start": start.isoformat() if start else "—", "end": end.isoformat() if end else gettext("至今")}
    return gettext("%(start)s—%(end)s") % words


class Affiliation(Row):
    """A post: the printed order is the written one, and one of them is the primary."""

    ENTERED = ("unit", "title", "started", "ended", "primary")
    NEEDED = ("unit", "title")

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="posts")
    unit = models.CharField(_("单位全称"), max_length=120, blank=True)
    title = models.CharField(_("职务"), max_length=80, blank=True)
    started = models.DateField(_("任职起"), null=True, blank=True)
    ended = models.DateField(_("任职止"), null=True, blank=True)
    primary = models.BooleanField(_("主要任职"), default=False)

    class Meta(Row.Meta):
        verbose_name = _("任职")
        constraints = (
            models.UniqueConstraint(
                fields=("nomination",), condition=Q(primary=True), name="one_primary_post_a_dossier"
            ),
        )

    @property
    def printed(self) -> str:
        """Unit and title in one, as lists print them."""
        return f"{self.unit}{self.title}"

    def words(self) -> list[str]:
        since = [_between(self.started, self.ended)] if self.started or self.ended else []
        return [self.printed, *since, *([str(_("主要任职"))] if self.primary else [])]


class PracticeInterval(Row):
    """A time of direct practice; without an end it lasts."""

    ENTERED = ("started", "ended", "unit", "duty", "in_province", "witness")
    NEEDED = ("started", "unit", "duty")

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="intervals")
    started = models.DateField(_("起"), null=True, blank=True)
    ended = models.DateField(_("止"), null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=120, blank=True)
    duty = models.CharField(_("岗位职责"), max_length=200, blank=True)
    in_province = models.BooleanField(_("在本省"), default=True)
    witness = models.CharField(_("证明人"), max_length=40, blank=True)

    class Meta(Row.Meta):
        verbose_name = _("从业经历")

    def words(self) -> list[str]:
        place = _("省内") if self.in_province else _("省外")
        rest = [text for text in (self.unit, self.duty, self.witness) if text]
        return [_between(self.started, self.ended), *rest, str(place)]


class ServiceRecord(Row):
    """What was done in one of the last five years."""

    ENTERED = ("year", "cases", "groups", "activities", "beneficiaries", "outcome")
    NEEDED = ("year", "beneficiaries", "outcome")

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="service_records")
    year = models.PositiveSmallIntegerField(_("年度"), null=True, blank=True)
    cases = models.PositiveIntegerField(_("个案数"), null=True, blank=True)
    groups = models.PositiveIntegerField(_("小组数"), null=True, blank=True)
    activities = models.PositiveIntegerField(_("社区活动数"), null=True, blank=True)
    beneficiaries = models.PositiveIntegerField(_("受益人数"), null=True, blank=True)
    outcome = models.CharField(_("主要成效"), max_length=500, blank=True)

    class Meta(Row.Meta):
        verbose_name = _("服务记录")

    def words(self) -> list[str]:
        fields: list[Any] = [self._meta.get_field(name) for name in self.ENTERED[1:-1]]
        counted = [(field.verbose_name, getattr(self, field.name)) for field in fields]
        counts = [
            gettext("%(label)s%(value)s") % {"label": label, "value": value}
            for label, value in counted
            if value is not None
        ]
        return [str(self.year or "—"), *counts, *([self.outcome] if self.outcome else [])]


class Achievement(Row):
    """A project, a publication, a standard, an award, or people led."""

    class Kind(models.TextChoices):
        PROJECT = "project", _("项目")
        BRAND = "brand", _("服务品牌")
        RESEARCH = "research", _("研究和案例")
        STANDARD = "standard", _("标准规范")
        AWARD = "award", _("奖项荣誉")
        TEACHING = "teaching", _("督导带教")

    class Level(models.TextChoices):
        NATIONAL = "national", _("国家级")
        PROVINCE = "province", _("省级")
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")
        OTHER = "other", _("其他")

    ENTERED = ("kind", "title", "level", "issuer", "awarded_on")
    NEEDED = ("kind", "title")

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="awards")
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices, blank=True)
    title = models.CharField(_("名称"), max_length=160, blank=True)
    level = models.CharField(_("级别"), max_length=20, choices=Level.choices, blank=True)
    issuer = models.CharField(_("授予或发布单位"), max_length=120, blank=True)
    awarded_on = models.DateField(_("日期"), null=True, blank=True)

    class Meta(Row.Meta):
        verbose_name = _("成果与奖励")


class BudgetLine(Row):
    """What the studio's money is for."""

    class Head(models.TextChoices):
        TRAINING = "training", _("培训督导")
        RESEARCH = "research", _("研究开发")
        SERVICE = "service", _("服务项目")
        EQUIPMENT = "equipment", _("设备资料")
        SITE = "site", _("场地")
        LABOUR = "labour", _("劳务")
        OTHER = "other", _("其他")

    ENTERED = ("head", "amount")
    NEEDED = ("head", "amount")

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="budget_lines")
    head = models.CharField(_("用途"), max_length=20, choices=Head.choices, blank=True)
    amount = models.DecimalField(_("金额（元）"), max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta(Row.Meta):
        verbose_name = _("预算")


PARTS: dict[str, type[Row]] = {
    "posts": Affiliation,
    "intervals": PracticeInterval,
    "service_records": ServiceRecord,
    "awards": Achievement,
    "budget_lines": BudgetLine,
}


def write_rows(nomination: Nomination, part: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Put these lines in place of what the part held, in this order. Of the posts exactly one is the primary."""
    model: Any = PARTS[part]
    kept = [{name: row[name] for name in model.ENTERED if name in row} for row in rows]
    if part == "posts" and kept:
        primary = next((n for n, row in enumerate(kept) if row.get("primary")), 0)
        for number, row in enumerate(kept):
            row["primary"] = number == primary
        nomination.title = kept[primary].get("title", "")
    model.objects.filter(nomination=nomination).delete()
    model.objects.bulk_create(
        model(nomination=nomination, position=number, **row) for number, row in enumerate(kept)
    )
    getattr(nomination, "_prefetched_objects_cache", {}).pop(part, None)


class Declaration(models.Model):
    """One declaration signed once: which text, in which version, when and by whom."""

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="declarations")
    kind = models.CharField(_("声明"), max_length=40)  # the name of the dossier's field
    version = models.CharField(_("文本版本"), max_length=20)
    language = models.CharField(max_length=10)
    text_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField(_("签署时间"), default=clock.now)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("声明")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("nomination", "kind"),
                condition=Q(withdrawn_at=None),
                name="one_standing_declaration_a_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class DossierVersion(models.Model):
    """The dossier as it stood when it was sent, returned or corrected. It is written once and never changed."""

    class Occasion(models.TextChoices):
        SUBMIT = "submit", _("提交申报")
        RETURN = "return", _("退回补充")
        CORRECT = "correct", _("提交补正")

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    occasion = models.CharField(_("场合"), max_length=10, choices=Occasion.choices)
    taken_at = models.DateTimeField(_("时间"), default=clock.now)
    taken_by = models.CharField(_("办理人"), max_length=80)
    content = models.JSONField()
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        verbose_name = _("材料版本")
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("nomination", "number"), name="one_number_a_dossier_version"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.get_occasion_display()}"
