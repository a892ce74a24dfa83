"""Reported changes as a reader may see them."""

from __future__ import annotations

from typing import Any

from django.db.models import DateField, F, Q, QuerySet
from django.db.models.functions import TruncDate

from accounts.models import Organisation
from studios.models import ReportedChange, Studio
from studios.policies import may_file_change
from studios.queries.studio import of_reader
from workflow import clock


def changes_visible_to(user: Any) -> QuerySet[ReportedChange]:
    """The changes of the studios that this reader sees."""
    rows = ReportedChange.objects.filter(of_reader(user, "studio__"))
    return rows.select_related("studio__host", "studio__city", "new_host", "filed_by", "settled_by")


def to_settle() -> QuerySet[ReportedChange]:
    """What waits for the manager."""
    return ReportedChange.objects.filter(state=ReportedChange.State.FILED)


def late() -> Q:
    """Reported after the last day (with `with_day`)."""
    return Q(filed_day__gt=F("due_on"))


def with_day(rows: QuerySet[ReportedChange]) -> QuerySet[ReportedChange]:
    """Each with the day on which it was filed, here."""
    return rows.annotate(filed_day=TruncDate("filed_at", tzinfo=clock.ZONE, output_field=DateField()))


def possible_hosts() -> QuerySet[Organisation]:
    """The units that can be host."""
    kinds = (Organisation.Kind.EMPLOYER, Organisation.Kind.DIRECT, Organisation.Kind.ASSOCIATION)
    return Organisation.objects.filter(kind__in=kinds).order_by("code")


def may_file(studio: Studio, user: Any) -> bool:
    """Whether this reader reports for the studio, while it lives."""
    return studio.state in Studio.LIVING and may_file_change(studio, user)
