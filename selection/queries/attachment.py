"""Attachments: who sees which, how they are shown, what a dossier still lacks of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import PROVINCIAL, Role
from selection import policies
from selection.models import Assignment, Attachment, Nomination
from selection.models.attachment_kinds import Kind, kind_asked, kinds_asked, missing_kinds
from selection.models.nomination_guards import is_open
from selection.queries.blind import in_blind_round
from selection.queries.nomination import nominations_visible_to
from selection.queries.panel import still_open
from selection.rules.attachment import EXTENSIONS, FROM_UNIT, KINDS, TO_EXPERTS, ascii_name
from workflow import clock
from workflow.actor import Actor
from workflow.errors import Sentence
from workflow.wording import listed

FROM_NOMINATOR = tuple(name for name, kind in KINDS.items() if kind.origin == "nominator")
# Identity cards and background opinions: for those who judge, decide and oversee, not for all of the province.
RESTRICTED_READERS = frozenset({Role.REVIEWER, Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
ICONS = {"application/pdf": "file-type-pdf", "image/jpeg": "photo", "image/png": "photo"}
WHO: dict[str, Sentence] = {
    "public": _("可公开"),
    "expert": _("工作人员和评审专家可见"),
    "staff": _("工作人员可见"),
    "restricted": _("仅审核、监督人员可见，查看留痕"),
}


def attachments_visible_to(user: Any, *, put_away: bool = False) -> QuerySet[Attachment]:
    """Who may know of a file: its unit and the offices of its dossier, experts what is theirs to read, nobody else.

    `put_away` adds what a correction replaced, for those who judge and oversee.
    """
    rows = Attachment.objects.select_related(
        "nomination__round", "nomination__nominee", "nomination__unit", "uploaded_by"
    )
    if not (put_away and user.roles & RESTRICTED_READERS):
        rows = rows.filter(removed_at=None)
    return rows.filter(_for_offices(user) | _for_expert(user))


def _for_offices(user: Any) -> Q:
    near = Q(nomination__in=nominations_visible_to(user).order_by().values("pk"))
    return near & (_for_province(user) | _for_locals(user))


def _for_province(user: Any) -> Q:
    if user.roles & RESTRICTED_READERS:
        return Q(pk__isnull=False)
    return ~Q(audience="restricted") if user.roles & PROVINCIAL else Q(pk__in=())


def _for_locals(user: Any) -> Q:
    """The unit and its county read what the unit sent; the nominator also what it added itself."""
    ours, seen = user.organisation_id, Q(pk__in=())
    if ours is None:
        return seen
    if user.holds(Role.UNIT_CLERK):
        seen |= Q(nomination__unit=ours, kind__in=FROM_UNIT)
    if user.holds(Role.BUREAU_OFFICER):
        seen |= Q(nomination__county=ours, kind__in=FROM_UNIT) | Q(nomination__nominator=ours)
    return seen


def _for_expert(user: Any) -> Q:
    """Of the dossiers assigned and accepted, once the review has begun: what is for experts, and clean."""
    if not user.holds(Role.EXPERT):
        return Q(pk__in=())
    duties = Assignment.objects.filter(expert__user=user.pk, state=Assignment.State.ACCEPTED)
    duties = still_open(duties.exclude(round__state="screening"))
    told = Q(nomination__in=duties.values("nomination"), audience__in=TO_EXPERTS, state="clean")
    return told & (Q(anonymised=True) | ~Q(in_blind_round("nomination__round")))


def attachments_of(nomination: Nomination, user: Any) -> list[Attachment]:
    """The files of one dossier that this person may know of, in the order of the kinds."""
    rows = list(attachments_visible_to(user).filter(nomination=nomination.pk))
    for row in rows:
        row.nomination = nomination  # one object, whose rules are read once
    return sorted(rows, key=lambda row: (list(KINDS).index(row.kind), row.number))


def put_away(nomination: Nomination, user: Any) -> list[Attachment]:
    """What a correction has replaced, for those who judge and oversee; kept as it was sent."""
    if nomination.correction_due is None or not user.roles & RESTRICTED_READERS:
        return []
    rows = attachments_visible_to(user, put_away=True).filter(nomination=nomination.pk)
    return list(rows.exclude(removed_at=None))


def may_anonymise(attachment: Attachment, user: Any) -> bool:
    """In a blind round the manager says of a file for experts that it names nobody."""
    round_ = attachment.nomination.round
    ours = attachment.audience in TO_EXPERTS and attachment.removed_at is None
    return ours and policies.may_manage_round(round_, user) and round_.rulebook.blind


def room_taken(nomination: Nomination) -> int:
    """How many bytes the files of a dossier have, the removed ones left out."""
    return nomination.attachments.filter(removed_at=None).aggregate(n=Sum("size"))["n"] or 0


# What may be done ----------------------------------------------------------------------------------------------------


def kinds_open_to(nomination: Nomination, actor: Actor) -> tuple[str, ...]:
    """The kinds that this actor may add to the dossier as it stands now."""
    if policies.may_attach_proof(nomination, actor) and unit_may_write(nomination):
        return kinds_asked(nomination) if nomination.state == "correction" else FROM_UNIT
    if policies.may_attach_background(nomination, actor) and _nominator_may_write(nomination):
        return FROM_NOMINATOR
    return ()


def writes(nomination: Nomination, actor: Actor, kind: str) -> bool:
    """Whether files of this kind are this actor's to bring, at whatever time."""
    ours = policies.may_attach_proof if kind in FROM_UNIT else policies.may_attach_background
    return ours(nomination, actor)


def unit_may_write(nomination: Nomination) -> bool:
    """Draft or returned while the round is open; in a correction until its last day."""
    if nomination.state in ("draft", "returned"):
        return is_open(nomination.round)
    due = nomination.correction_due
    return nomination.state == "correction" and due is not None and clock.today() <= due


def _nominator_may_write(nomination: Nomination) -> bool:
    return nomination.state == "nominator_review" and is_open(nomination.round)


def was_sent(attachment: Attachment) -> bool:
    """An office has had it before itself: it went in with a submission."""
    sent = attachment.nomination.submitted_at
    return attachment.kind in FROM_UNIT and sent is not None and attachment.uploaded_at <= sent


def may_remove(attachment: Attachment, actor: Actor) -> bool:
    """As long as its sender may write; in a correction the kinds asked for, of which what was sent is kept."""
    return attachment.kind in kinds_open_to(attachment.nomination, actor)


def replaced(nomination: Nomination, kind: str) -> tuple[list[Attachment], list[Attachment]]:
    """The files of a kind that an office has had before itself, those put away included, and those brought since."""
    rows = [
        row
        for row in nomination.attachments.filter(kind=kind).order_by("number")
        if row.removed_at is None or was_sent(row)
    ]
    return [row for row in rows if was_sent(row)], [row for row in rows if not was_sent(row)]


def unreplaced(nomination: Nomination) -> list[str]:
    """The kinds that a correction asks for and of which nothing new that can be opened has come."""
    return [
        kind
        for kind in kinds_asked(nomination)
        if not any(row.state != "quarantined" for row in replaced(nomination, kind)[1])
    ]


def replacements(nomination: Nomination, user: Any) -> list[dict[str, Any]]:
    """What a correction asks for of the files, kind by kind: why, what was sent, what has come instead."""
    reasons = {kind_asked(row["field"]): row["reason"] for row in nomination.requests}
    found = []
    for kind in kinds_asked(nomination):
        old, new = (rows_of(rows, user) for rows in replaced(nomination, kind))
        label = Kind(kind).label
        found.append({"kind": kind, "label": label, "reason": reasons[kind], "old": old, "new": new})
    return found


# What is shown -------------------------------------------------------------------------------------------------------


def title_of(attachment: Attachment) -> str:
    """What a file is called: kind and number."""
    return f"{attachment.get_kind_display()} {attachment.number}"


def names_of(attachment: Attachment) -> tuple[str, str]:
    """The names of its download: in ASCII for old programs, in the reader's language for the others."""
    code = attachment.nomination.code
    plain = ascii_name(code, attachment.kind, attachment.number, attachment.mime)
    extension = EXTENSIONS[attachment.mime]
    return plain, f"{code}-{attachment.get_kind_display()}-{attachment.number}.{extension}"


def facts_of(attachment: Attachment) -> str:
    """Format, pages and size in one line."""
    extension = EXTENSIONS[attachment.mime].upper()
    size = filesizeformat(attachment.size).replace("\xa0", " ")
    if attachment.mime != "application/pdf":
        return f"{extension} · {size}"
    pages = ngettext("%(n)s页", "%(n)s页", attachment.pages) % {"n": attachment.pages}
    return f"{extension} · {pages} · {size}"


def rows_of(attachments: Iterable[Attachment], user: Any) -> list[dict[str, Any]]:
    """As components/file.html shows them."""
    return [_row(attachment, user) for attachment in attachments]


def _row(attachment: Attachment, user: Any) -> dict[str, Any]:
    ours = attachment.uploaded_by_id == user.pk or policies.may_attach_proof(attachment.nomination, user)
    notes = [facts_of(attachment), str(WHO[attachment.audience])]
    if ours:
        notes.append(gettext("原文件名：%(name)s") % {"name": attachment.source_name})
    gone = attachment.removed_at is not None
    if gone:
        notes.append(gettext("已替换，旧文件留存"))
    if attachment.state == "quarantined":
        notes.append(gettext("未通过安全检查，任何人不能打开，请移除后重新上传。"))
    tone, icon = Attachment.STATE_TONES[attachment.state]
    return {
        "attachment": attachment,
        "name": title_of(attachment),
        "note": " · ".join(notes),
        "url": reverse("attachment_detail", args=[attachment.key])
        if attachment.state == "clean" and not (gone and ours)
        else "",
        "icon": ICONS[attachment.mime],
        "badge_label": "" if attachment.state == "clean" else attachment.get_state_display(),
        "badge_tone": tone,
        "badge_icon": icon,
        "may_remove": not gone and may_remove(attachment, user),
    }


def scanned_words(attachment: Attachment) -> str:
    """What is on the record of the scan."""
    if attachment.scanned_at is None:
        return gettext("尚未检查")
    if not attachment.scanner:
        return gettext("未配置病毒扫描，未经扫描")
    words = gettext("%(scanner)s，%(at)s") % {
        "scanner": attachment.scanner,
        "at": attachment.scanned_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M"),
    }
    return f"{words} · {attachment.finding}" if attachment.finding else words


def task_of(nomination: Nomination) -> dict[str, Any]:
    """The attachments as a line of the dossier's task list."""
    states = list(
        nomination.attachments.filter(removed_at=None, kind__in=FROM_UNIT).values_list("state", flat=True)
    )
    lacking = [str(Kind(kind).label) for kind in missing_kinds(nomination)]
    note = gettext("证件、证书、从业和公示证明、业绩材料的扫描件或照片")
    if lacking:
        note = gettext("还缺：%(kinds)s") % {"kinds": listed(lacking)}
    elif kinds := kinds_asked(nomination):
        note = gettext("须补充：%(kinds)s") % {"kinds": listed(Kind(kind).label for kind in kinds)}
    found: dict[str, Any] = {
        "title": gettext("附件"),
        "url": reverse("nomination_attachments", args=[nomination.pk]),
        "note": note,
        "state": "wrong" if kinds_asked(nomination) else _task_state(states, lacking),
        "slug": "attachments",
    }
    return found | ({"lacks": "missing"} if lacking else {})


def _task_state(states: list[str], lacking: list[str]) -> str:
    if "quarantined" in states:
        return "wrong"
    if lacking:
        return "started" if states else ""
    return "done" if states else "optional"


def sent_with(nomination: Nomination) -> list[dict[str, Any]]:
    """The unit's files as a version of the dossier names them: by kind, number and digest."""
    rows = nomination.attachments.filter(removed_at=None, kind__in=FROM_UNIT).order_by("kind", "number")
    return [dict(row) for row in rows.values("kind", "number", "sha256")]


def lines_of_sent(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The same, as they are read."""
    return [f"{Kind(row['kind']).label} {row['number']} · {row['sha256'][:12]}" for row in rows]


# Sweeps --------------------------------------------------------------------------------------------------------------


def waiting_for_scan() -> QuerySet[Attachment]:
    """The files that the scanner has not seen."""
    return Attachment.objects.filter(state="uploaded", removed_at=None).order_by("uploaded_at", "pk")
