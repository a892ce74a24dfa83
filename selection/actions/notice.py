"""The public notice: written, checked, posted, ended; and the nominees whose own period is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.documents.notice import require_drawable
from selection.errors import ListMismatch
from selection.messages import notice as messages
from selection.models import Nomination, NoticeEntry, NoticeFile, Objection, PublicNotice, Round
from selection.queries.notice import in_order, proposed
from selection.queries.notice_scan import found_in_notice
from selection.rules.roll import printed_name
from workflow import calendar, clock, door, kinds, ledger
from workflow.actor import SYSTEM, Actor
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.machine import failing_guard, step_named, subject_of

UNPOSTED = ("drafted", "scanned")  # its text may still be changed
WAITING = (*UNPOSTED, "approved")
MOST_LINES = 10_000
COMPOSED = kinds.named("notice.composed", _("拟写公示"))
REVISED = kinds.named("notice.revised", _("修改公示"))
TOGETHER = 50  # nominees who are cleared in one transaction


@door.act
def compose(
    round: Round, *, by: Actor, title: str, body: str, contact: str, order: str, with_summaries: bool = False,
    basis: str = "", discipline: str = "", address: str = "", email: str = "",
) -> PublicNotice:  # fmt: skip
    """Write the notice of a round: its lines are the proposed nominees, its period is the rulebook's."""
    row = door.locked(round)
    require_manager(by)
    if row.state != "deliberation" or not row.proposals.exists():
        raise StepRefused(_("拟认定名单确定后方可拟写公示。"), code="list_not_fixed")
    if row.notices.filter(state__in=WAITING).exists():
        raise StepRefused(_("本轮已有拟写中的公示，请在原稿上修改。"), code="draft_exists")
    rules = row.rulebook
    notice = _create(
        round=row, title=title, body=body, contact=contact, mode=rules.notice_mode, days=rules.notice_days,
        composed_by_id=by.id, order=order, basis=basis, discipline=discipline, address=address, email=email,
    )  # fmt: skip
    _write_lines(notice, in_order(proposed(row), order), with_summaries)
    note(notice, COMPOSED, by)
    messages.to_check(notice)
    return notice


@door.act
def revise(
    notice: PublicNotice, *, by: Actor, title: str, body: str, contact: str, basis: str | None = None,
    discipline: str | None = None, address: str | None = None, email: str | None = None, order: str | None = None,
) -> PublicNotice:  # fmt: skip
    """Change the text of a notice that is not posted. What was checked before must be checked again."""
    row = for_change(notice, by=by)
    row.title, row.body, row.contact = title, body, contact
    more = {"basis": basis, "discipline": discipline, "address": address, "email": email, "order": order}
    for name, given in more.items():
        if given is not None:
            setattr(row, name, given)
    row.composed_by_id = by.id  # whoever wrote last does not post
    row.save(update_fields=["title", "body", "contact", *more, "composed_by"])
    if row.corrects_id is None:
        _follow_the_list(row, reordered=order is not None)
    note(row, REVISED, by)
    return row


def for_change(notice: PublicNotice, *, by: Actor) -> PublicNotice:
    """The locked draft, if this actor may change it now."""
    row = door.locked(notice)
    require_manager(by)
    if row.state == "approved":
        raise StepRefused(_("公示已审定待发布，不能修改；请先撤回审定。"), code="wrong_state")
    if row.state not in UNPOSTED:
        raise StepRefused(_("公示已发布，不能修改，只能更正。"), code="wrong_state")
    return row


def _follow_the_list(notice: PublicNotice, *, reordered: bool) -> None:
    """Whoever withdrew since the draft was written leaves it; who came stands where the order puts him."""
    notice.entries.exclude(nomination__state="proposed").delete()
    listed = set(notice.entries.values_list("nomination_id", flat=True))
    came = [n for n in proposed(notice.round) if n.pk not in listed]
    _write_lines(notice, came, with_summaries=False, after=MOST_LINES)
    if came or reordered:
        nominations = in_order(proposed(notice.round), notice.order)
        place = {n.pk: number for number, n in enumerate(nominations, start=1)}
        _number(notice, sorted(notice.entries.all(), key=lambda entry: place[entry.nomination_id]))
    else:
        _number(notice, list(notice.entries.order_by("ordinal")))


def _number(notice: PublicNotice, entries: list[NoticeEntry]) -> None:
    """Number the lines anew, out of each other's way."""
    if [entry.ordinal for entry in entries] == list(range(1, len(entries) + 1)):
        return
    for after in (2 * MOST_LINES, 0):
        for ordinal, entry in enumerate(entries, start=after + 1):
            entry.ordinal = ordinal
            entry.save(update_fields=["ordinal"])


@door.act
def revise_line(entry: NoticeEntry, *, by: Actor, affiliation: str, summary: str = "") -> NoticeEntry:
    """Correct one line of a notice that is not posted."""
    notice = for_change(entry.notice, by=by)
    entry.affiliation, entry.summary = affiliation, summary
    entry.save(update_fields=["affiliation", "summary"])
    notice.composed_by_id = by.id
    notice.save(update_fields=["composed_by"])
    note(notice, REVISED, by)
    return entry


def require_manager(by: Actor) -> None:
    """Only the manager writes notices."""
    if not by.holds(Role.MANAGER):
        raise NotPermitted(_("您的身份不能拟写公示。"))


def _create(**fields: object) -> PublicNotice:
    """A draft under the next number of the year."""
    year = clock.today().year
    used = PublicNotice.objects.filter(number__startswith=f"{year}-").values_list("number", flat=True)
    serial = max((int(number.rsplit("-", 1)[1]) for number in used), default=0) + 1
    try:
        with transaction.atomic():
            return PublicNotice.objects.create(number=f"{year}-{serial}", **fields)
    except IntegrityError as taken:
        raise StepRefused(_("公示编号刚被占用，请再提交一次。"), code="number_taken") from taken


def _write_lines(
    notice: PublicNotice, nominations: Iterable[Nomination], with_summaries: bool, after: int = 0
) -> None:
    NoticeEntry.objects.bulk_create(
        NoticeEntry(
            notice=notice,
            nomination=nomination,
            ordinal=ordinal,
            name=printed_name(nomination.nominee.name),
            affiliation="、".join(nomination.affiliations),
            nominator=nomination.nominator.name,
            summary=nomination.summary if with_summaries and nomination.publication_consent_at else "",
        )
        for ordinal, nomination in enumerate(nominations, start=after + 1)
    )


def note(notice: PublicNotice, kind: str, by: Actor, **more: object) -> None:
    """What became of a notice without a step, with the digest of all that will be public."""
    ledger.append(
        by,
        chain=notice.chain_key,
        kind=kind,
        subject=subject_of(notice),
        rules_version=notice.rules_version,
        payload={"number": notice.number, "digest": notice.text_digest, **more},
    )


@door.act
def scan(notice: PublicNotice, *, by: Actor) -> PublicNotice:
    """Search everything that will be public, files and all, for what must not be. What is found blocks the posting."""
    row = door.locked(notice)
    findings = found_in_notice(row)
    payload = {"findings": len(findings), "digest": row.text_digest}
    return door.take(row, "scan", by=by, payload=payload, findings=findings, digest=row.text_digest)


@door.act
def post(notice: PublicNotice, *, by: Actor) -> PublicNotice:
    """Post the notice: its end is computed, the heads are published, every nominee's period begins, in one act."""
    row = door.locked(notice)
    declared = step_named(PublicNotice, "post")
    if declared is not None and row.state == "scanned" and declared.policy(row, by):
        require_whole_list(row)
        require_drawable(row)
    return put_up(row, "post", by=by, publisher=by)


def put_up(row: PublicNotice, step: str, *, by: Actor, **given: Any) -> PublicNotice:
    """What every posting does, within the act of whoever posts."""
    round_ = door.locked(row.round)
    door.hold(round_.nominations.filter(notice_entries__notice=row))
    at = clock.now()
    ends_at = calendar.end_of_period(at, row.days, mode=row.mode)
    published = ledger.publish_heads(by, occasion=f"notice {row.number} begins")
    payload = {"number": row.number, "digest": row.text_digest, "ends_at": ends_at}
    if files := [{"name": file.name, "sha256": file.sha256} for file in row.files.all()]:
        payload["files"] = files
    row = door.take(row, step, by=by, payload=payload, at=at, ends_at=ends_at, head=published.digest, **given)
    _begin_periods(row, at, ends_at)
    if round_.state == "deliberation":
        door.take(round_, "post_notice", by=by)
    for entry in row.entries.select_related("nomination__round", "nomination__nominee"):
        if entry.nomination.state == "proposed":
            door.take(entry.nomination, "give_notice", by=by)
    messages.posted(row)
    return row


def list_is_whole(notice: PublicNotice) -> bool:
    """Whether the lines are everyone who was proposed; a correction repeats those who are on notice."""
    if notice.corrects_id is not None:
        return True
    listed = set(notice.entries.values_list("nomination_id", flat=True))
    return listed == set(notice.round.nominations.filter(state="proposed").values_list("pk", flat=True))


def require_whole_list(notice: PublicNotice) -> None:
    """Raises `ListMismatch`."""
    if not list_is_whole(notice):
        raise ListMismatch(_("公示名单与拟认定名单不一致，请由拟稿人修改公示稿并保存，名单随之更新。"))


def _begin_periods(notice: PublicNotice, at: datetime, ends_at: datetime) -> None:
    """A line that a correction does not change keeps the period it had; every other begins now."""
    before = {}
    if notice.corrects is not None:
        before = {entry.nomination_id: entry for entry in notice.corrects.entries.all()}
    for entry in notice.entries.all():
        old = before.get(entry.nomination_id)
        if old is not None and old.text == entry.text:
            entry.began_at, entry.ends_at = old.began_at or old.notice.posted_at, old.ends_at
            entry.restarted, entry.extended_days = old.restarted, old.extended_days
        else:
            entry.began_at, entry.ends_at, entry.restarted = at, ends_at, old is not None
        entry.save(update_fields=["began_at", "ends_at", "restarted", "extended_days"])


@door.act
def supersede(notice: PublicNotice, *, by: Actor, reason: str) -> PublicNotice:
    """Replace a posted notice: the old one says so, a draft copy waits to be corrected, checked and posted."""
    old = door.take(notice, "supersede", by=by, reason=reason)
    copy = _create(
        round=old.round, title=old.title, body=old.body, contact=old.contact, mode=old.mode, days=old.days,
        composed_by_id=old.composed_by_id, corrects=old, order=old.order, basis=old.basis,
        discipline=old.discipline, address=old.address, email=old.email,
    )  # fmt: skip
    still = old.entries.filter(nomination__state="on_notice").order_by("ordinal")
    NoticeEntry.objects.bulk_create(
        NoticeEntry(
            notice=copy, nomination_id=entry.nomination_id, ordinal=entry.ordinal, name=entry.name,
            affiliation=entry.affiliation, nominator=entry.nominator, summary=entry.summary,
        )
        for entry in still
    )  # fmt: skip
    for file in old.files.all():  # the same file in the storage: whichever row goes, it stays for the other
        NoticeFile.objects.create(
            notice=copy, ordinal=file.ordinal, name=file.name, file=file.file.name, mime=file.mime, size=file.size,
            sha256=file.sha256, scanner=file.scanner, uploaded_by_id=file.uploaded_by_id, uploaded_at=file.uploaded_at,
        )  # fmt: skip
    note(copy, COMPOSED, by)
    messages.superseded(old, copy)
    return old


# What the timetable does ---------------------------------------------------------------------------------------------


def end_due_notices() -> int:
    """End every notice whose period is over, each in its own act; the number ended."""
    due = PublicNotice.objects.filter(state="posted", ends_at__lte=clock.now()).order_by("ends_at", "pk")
    return sum(end(notice, by=SYSTEM) for notice in due)


@door.act
def end(notice: PublicNotice, *, by: Actor) -> bool:
    """End one notice and, when none is left, the notice stage of its round. False if somebody was faster."""
    row = door.locked(notice)
    if row.state != "posted" or row.ends_at is None or clock.now() < row.ends_at:
        return False
    round_ = door.locked(row.round)
    row = door.take(row, "end", by=by)
    ledger.publish_heads(by, occasion=f"notice {row.number} ends")
    _end_stage(round_, by)
    return True


def _end_stage(round_: Round, by: Actor) -> None:
    """The round goes on when no notice runs and no correction is being written."""
    if round_.state != "notice" or round_.notices.filter(state__in=("posted", *WAITING)).exists():
        return
    round_ = door.take(round_, "end_notice", by=by)
    messages.stage_ended(round_)


def clear_due_nominations() -> int:
    """Clear everyone whose own period is over and against whom nothing is open; the number cleared."""
    due = list(_due_to_clear().values_list("pk", flat=True))
    return sum(_cleared(due[first : first + TOGETHER]) for first in range(0, len(due), TOGETHER))


def _due_to_clear() -> QuerySet[Nomination]:
    newest = NoticeEntry.objects.filter(nomination=OuterRef("pk")).order_by("-pk")
    open_ones = (
        Q(state="admitted") | (Q(state="lodged") & ~Q(kind="complaint")) | Q(state="upheld", material=True)
    )
    return (
        Nomination.objects.filter(
            state="on_notice", round__state__in=("notice", "determination", "published")
        )
        .annotate(own_end=Subquery(newest.values("ends_at")[:1]))
        .filter(own_end__lte=clock.now())
        .exclude(pk__in=Objection.objects.filter(open_ones).values("nomination_id"))
        .order_by("pk")
    )


def _cleared(keys: list[int]) -> int:
    """Clear these together; where one of them is refused after all, each by itself."""
    try:
        return _clear_together(keys, by=SYSTEM)
    except Refused:
        rows = Nomination.objects.filter(pk__in=keys).order_by("pk")
        return sum(_clear_if_ready(nomination, by=SYSTEM) for nomination in rows)


@door.act
def _clear_together(keys: list[int], *, by: Actor) -> int:
    """One transaction for many who are due: writing it out to the disk is most of the time that one takes."""
    rows = _due_to_clear().filter(pk__in=keys)
    door.hold(rows)
    due = list(rows.only("pk"))  # asked again: whoever is no longer due is left out
    for nomination in due:
        clear(nomination, by=by)
    return len(due)


@door.act
def _clear_if_ready(nomination: Nomination, *, by: Actor) -> bool:
    """False if the state has moved or a guard has closed since the query: that is no attempt to record."""
    row = door.locked(nomination)
    declared = step_named(Nomination, "clear")
    if declared is None or row.state not in declared.sources or failing_guard(row, declared) is not None:
        return False
    clear(row, by=by)
    return True


@door.act
def clear(nomination: Nomination, *, by: Actor) -> Nomination:
    """Nobody has a standing objection and the nominee's own period is over."""
    return door.take(nomination, "clear", by=by)
