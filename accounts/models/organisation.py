"""Organisations: a tree whose names, codes and parents are dated, since offices get renamed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models.board import BoardTerm


class Organisation(models.Model):
    """One organisation, with the name, code and parent that hold today."""

    class Kind(models.TextChoices):
        PROVINCE = "province", _("省级主办单位")
        CITY = "city", _("设区市民政局")
        COUNTY = "county", _("县（市、区）民政局")
        DIRECT = "direct", _("省级推荐单位")
        EMPLOYER = "employer", _("用人单位")
        ASSOCIATION = "association", _("行业协会")
        FEDERATION = "federation", _("社会工作联合会")
        EXPERT_UNIT = "expert_unit", _("专家所在单位")

    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    code = models.CharField(
        _("代码"), max_length=20, unique=True, help_text=_("行政区划代码或统一社会信用代码")
    )
    name = models.CharField(_("名称"), max_length=120, db_index=True)
    area = models.CharField(_("地区"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )

    class Meta:
        verbose_name = _("机构")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")), name="no_organisation_is_its_own_parent"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def as_of(self, day: date) -> OrganisationRecord | None:
        """The name, code and parent that held on that day."""
        return (
            self.records.filter(valid_from__lte=day)
            .filter(Q(valid_until=None) | Q(valid_until__gt=day))
            .order_by("-valid_from")
            .first()
        )

    @property
    def has_board(self) -> bool:
        """A federation acts through a board that has a term; an office of the state does not."""
        return self.kind == self.Kind.FEDERATION

    def board_on(self, day: date) -> BoardTerm | None:
        """The board in term on that day."""
        return next((term for term in self.board_terms.all() if term.covers(day)), None)

    @property
    def last_board(self) -> BoardTerm | None:
        """The board whose term ends last, over or not."""
        return max(self.board_terms.all(), key=lambda term: term.until, default=None)


class OrganisationRecord(models.Model):
    """What an organisation was called, by which code, under whom, from when to when (exclusive)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="records")
    name = models.CharField(_("名称"), max_length=120)
    code = models.CharField(_("代码"), max_length=20)
    parent = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        ordering = ("organisation", "valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation",),
                condition=Q(valid_until=None),
                name="one_present_record_an_organisation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"
