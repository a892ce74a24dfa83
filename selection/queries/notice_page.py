"""A notice as everybody reads it, in as few statements as it has parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from selection.models import Erratum, NoticeEntry, NoticeFile, Outage, PublicNotice
from selection.queries.notice import public_notices
from selection.queries.notice_parts import outages_within
from workflow import clock
from workflow.models import Entry

POSTINGS = ("publicnotice.post", "publicnotice.go_up")


@dataclass(frozen=True)
class Posting:
    """The ledger's entry of the posting, as the foot of the page prints it."""

    seq: int
    at: datetime
    leaf: str

    @property
    def local_time(self) -> datetime:
        """In the zone of the law."""
        return self.at.astimezone(clock.ZONE)


def notice_pages() -> QuerySet[PublicNotice]:
    """Posted notices with all that their page shows: two statements, and one more for each kind of part that there is."""
    entry = Entry.objects.filter(
        subject=Concat(Value("selection.publicnotice:"), Cast(OuterRef("pk"), CharField())), kind__in=POSTINGS
    )
    return (
        public_notices()
        .select_related("corrects", "correction")
        .prefetch_related(Prefetch("entries", NoticeEntry.objects.order_by("ordinal")))
        .annotate(
            has_files=Exists(NoticeFile.objects.filter(notice=OuterRef("pk"))),
            has_errata=Exists(Erratum.objects.filter(notice=OuterRef("pk"))),
            has_outages=Exists(
                Outage.objects.filter(since__lt=OuterRef("ends_at"), until__gt=OuterRef("posted_at"))
            ),
            posted_seq=Subquery(entry.values("seq")[:1]),
            posted_time=Subquery(entry.values("at")[:1]),
            posted_leaf=Subquery(entry.values("leaf")[:1]),
        )
    )


def posting_of(notice: Any) -> Posting | None:
    """What was entered when it was posted."""
    if notice.posted_seq is None:
        return None
    return Posting(notice.posted_seq, notice.posted_time, notice.posted_leaf)


def parts_of(notice: Any) -> dict[str, Any]:
    """Files, remarks and outages; of what the notice is known to have none, nothing is asked."""
    outages = getattr(notice, "has_outages", True) or notice.corrects_id is not None
    return {
        "files": notice.files.all() if getattr(notice, "has_files", True) else (),
        "errata": notice.errata.all() if getattr(notice, "has_errata", True) else (),
        "outages": outages_within(notice) if outages and notice.posted_at else (),
    }
