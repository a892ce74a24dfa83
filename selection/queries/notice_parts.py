"""Outages of the public page, as pages show them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from selection import policies
from selection.models import Outage, PublicNotice
from selection.queries.notice import OFFICE
from workflow.actor import Actor


def outages_visible_to(actor: Actor) -> QuerySet[Outage]:
    """Every outage, the newest first, for the office and for whoever records them."""
    rows = Outage.objects.select_related("recorded_by")
    reads = may_record(actor) or any(actor.holds(role) for role in OFFICE)
    return rows if reads else rows.none()


def may_record(actor: Actor) -> bool:
    """Whether this person records outages."""
    return policies.may_record_outage.acting_role(None, actor) is not None


def outages_within(notice: PublicNotice) -> list[Outage]:
    """The outages that touch the period of a posted notice, the oldest first; of a correction also those before it."""
    began = _first_start(notice)
    if began is None or notice.ends_at is None:
        return []
    touching = Outage.objects.filter(until__gt=began, since__lt=notice.ends_at)
    return list(touching.order_by("since", "pk"))


def _first_start(notice: PublicNotice) -> datetime | None:
    starts = [entry.began_at for entry in notice.entries.all() if entry.began_at]
    return min(starts, default=notice.posted_at)


def duration(outage: Outage) -> timedelta:
    """How long it lasted."""
    return outage.until - outage.since
