"""Notices, as pages and API share them, and what waits because of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms.notice import NOTICE_FORMS
from selection.models import Outage, PublicNotice, Round
from selection.models.notice import missing_words
from selection.queries.notice import OFFICE, notices_visible_to
from selection.queries.notice_parts import duration, outages_visible_to
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register
from workflow.todo import Todo


def iso(at: datetime | None) -> str | None:
    """ISO 8601 with the offset of the law's zone."""
    return at.astimezone(clock.ZONE).isoformat() if at else None


def represent(notice: PublicNotice, actor: Actor) -> dict[str, Any]:
    """What was posted, line by line; the office also sees what the privacy check found."""
    shown: dict[str, Any] = {
        "id": notice.pk,
        "number": notice.number,
        "round": notice.round.code,
        "title": notice.title,
        "body": notice.body,
        "contact": notice.contact,
        "state": notice.state,
        "days": notice.days,
        "mode": notice.mode,
        "posted_at": iso(notice.posted_at),
        "ends_at": iso(notice.ends_at),
        "head": notice.published_head,
        "basis": notice.basis,
        "discipline": notice.discipline,
        "address": notice.address,
        "email": notice.email,
        "order": notice.order,
        "corrects": notice.corrects.number if notice.corrects else None,
        "entries": [
            {
                "ordinal": entry.ordinal, "name": entry.name, "affiliation": entry.affiliation,
                "nominator": entry.nominator, "summary": entry.summary, "began_at": iso(entry.began_at),
                "ends_at": iso(entry.ends_at), "restarted": entry.restarted, "extended_days": entry.extended_days,
            }
            for entry in notice.entries.all()
        ],
        "files": [
            {
                "ordinal": file.ordinal, "name": file.name, "mime": file.mime, "size": file.size,
                "sha256": file.sha256, "url": file_url(notice, file.ordinal),
            }
            for file in notice.files.all()
        ],
        "errata": [
            {
                "place": erratum.place, "before": erratum.before, "after": erratum.after, "reason": erratum.reason,
                "at": iso(erratum.noted_at),
            }
            for erratum in notice.errata.all()
        ],
    }  # fmt: skip
    if any(actor.holds(role) for role in OFFICE):
        shown["scan_findings"] = notice.scan_findings
        shown["post_at"] = iso(notice.post_at)
        shown["missing"] = missing_words(notice)
    return shown


def file_url(notice: PublicNotice, ordinal: int) -> str:
    """Where a file is taken: from the public page once it is there."""
    if notice.posted_at:
        return reverse("notice_file", args=[notice.number, ordinal])
    return reverse("office_notice_file", args=[notice.pk, ordinal])


def page_of(notice: PublicNotice) -> str:
    """The office's page of a notice."""
    return reverse("office_notice", args=[notice.pk])


register(
    Collection(
        name="notices",
        model=PublicNotice,
        visible_to=notices_visible_to,
        represent=represent,
        url=page_of,
        forms=NOTICE_FORMS,
        filters=("state", "round__code"),
    )
)


def represent_outage(outage: Outage, actor: Actor) -> dict[str, Any]:
    """When the public page was away, and what says so."""
    return {
        "id": outage.pk,
        "since": iso(outage.since),
        "until": iso(outage.until),
        "minutes": int(duration(outage).total_seconds()) // 60,
        "evidence": outage.evidence,
        "recorded_by": outage.recorded_by.name,
        "recorded_at": iso(outage.recorded_at),
    }


register(
    Collection(
        name="outages",
        model=Outage,
        visible_to=outages_visible_to,
        represent=represent_outage,
        url=lambda outage: reverse("outage_list"),
    )
)


@todo.register
def notices_waiting(actor: Actor) -> Iterator[Todo]:
    """Notices to write (manager), to check and post (publisher)."""
    if actor.holds(Role.MANAGER):
        rounds = Round.objects.filter(state="deliberation", proposals__isnull=False).distinct()
        for round_ in rounds.exclude(notices__state__in=("drafted", "scanned", "approved", "posted")):
            yield Todo(
                _("拟写公示"),
                reverse("notice_compose", args=[round_.code]),
                note=round_.title,
                icon="file-text",
            )
    if actor.holds(Role.MANAGER) or actor.holds(Role.PUBLISHER):
        drafts = PublicNotice.objects.filter(state__in=("drafted", "scanned"))
        drafts = drafts.filter(round__state__in=("deliberation", "notice"))
        for notice in drafts:
            own = notice.composed_by_id == actor.id
            if actor.holds(Role.PUBLISHER) and not own:
                yield Todo(_("检查并发布公示"), page_of(notice), note=notice.title, icon="speakerphone")
            elif actor.holds(Role.MANAGER) and (notice.scan_findings or notice.corrects_id):
                yield Todo(_("修改公示"), page_of(notice), note=notice.title, icon="file-pencil")
