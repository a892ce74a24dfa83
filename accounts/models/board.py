"""Boards of federations: who sits on them, from when to when. A federation nominates only while its board is in term."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation
from workflow import clock

WARNED_BEFORE = timedelta(days=60)  # our default


class BoardTerm(models.Model):
    """One term of a federation's board. Its last day is still in term."""

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("社会工作联合会"), on_delete=models.PROTECT, related_name="board_terms"
    )
    ordinal = models.PositiveSmallIntegerField(_("届次"))
    since = models.DateField(_("任期开始"))
    until = models.DateField(_("任期届满"))
    document = models.CharField(_("依据"), max_length=120)
    recorded_by = models.CharField(_("登记人"), max_length=60)
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)

    class Meta:
        verbose_name = _("理事会任期")
        ordering = ("organisation", "-until")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "ordinal"), name="one_term_per_ordinal"),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="a_term_ends_after_it_begins"),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.ordinal}"

    def covers(self, day: date) -> bool:
        """Whether the board is in term on that day."""
        return self.since <= day <= self.until

    def ends_soon(self, day: date) -> bool:
        """In term, and within the last sixty days of it."""
        return self.covers(day) and self.until - day <= WARNED_BEFORE

    def office_of(self, person_key: str, name_key: str) -> BoardOfficer | None:
        """The seat of this person: by identity number where it was recorded, else by name."""
        found = [row for row in self.officers.all() if row.is_person(person_key, name_key)]
        return found[0] if found else None


class BoardOfficer(models.Model):
    """One seat on a board."""

    term = models.ForeignKey(BoardTerm, on_delete=models.CASCADE, related_name="officers")
    role = models.CharField(_("职务"), max_length=40)
    name = models.CharField(_("姓名"), max_length=40)
    name_key = models.CharField(max_length=40, db_index=True)  # without spaces
    person_key = models.CharField(
        max_length=64, blank=True
    )  # keyed hash of the identity number, if it was given

    class Meta:
        verbose_name = _("理事会成员")
        ordering = ("term", "pk")

    def __str__(self) -> str:
        return f"{self.role} {self.name}"

    def is_person(self, person_key: str, name_key: str) -> bool:
        """A recorded identity number decides; without one the name does."""
        return self.person_key == person_key if self.person_key else self.name_key == name_key
