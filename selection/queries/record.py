"""What goes into the record of a round: all that shows how it came to its result, nothing that is nobody's business.

Left out: identity numbers, phones and addresses, who objected and with what words, reasons of recusals and absences.
Their entries stand in the chain all the same, under commitments that stay sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from accounts.roles import Role
from selection.models import (
    Attachment,
    DossierVersion,
    Nomination,
    Objection,
    Panel,
    PublicNotice,
    QualificationReview,
    RecheckRequest,
    Result,
    ResultVersion,
    Round,
    ScoreSheet,
    Waiver,
)
from selection.models.panel import Panelist
from selection.models.record import RecordExport
from selection.queries.groups import groups_of, with_groups
from workflow import ledger
from workflow.models import Chain, Entry, PublishedHead
from workflow.rules.chain import canonical

EXPORTERS = frozenset({Role.AUDIT_ADMIN, Role.MANAGER})
OPENED = ("deliberation", "notice", "determination", "published", "archived")
TO_ALL = ("public", "expert")  # attachments that are not kept from those who judge
# Entries whose payloads the record opens; none of them holds a mark before the opening, or anything personal.
OPEN_KINDS = (
    "round.announce", "round.correct_rulebook", "round.begin_review", "round.ask_opening", "round.open_scores",
    "round.begin_second_stage", "round.post_notice", "round.end_notice", "round.publish", "panel.freeze", "panel.draw",
    "panel.redraw", "panel.second_stage",
    "panel.redraw_failed", "panel.promote", "scoresheet.submit", "scoresheet.lock", "result.recomputed", "ballot.open",
    "ballot.close", "nomination.complete_scoring", "nomination.propose", "nomination.pass_over", "proposal.fixed",
    "publicnotice.post", "publicnotice.go_up", "publicnotice.end", "determination.drafted", "determination.confirm",
    "determination.publish", "nomination.recognise", "rollcorrection.drafted",
    "rollcorrection.publish", "rollcorrection.drop", "revocation.decide", "revocation.drop",
)  # fmt: skip


def rounds_with_record(user: Any) -> QuerySet[Round]:
    """The rounds whose record this person may take out."""
    rows = Round.objects.filter(historical=False).exclude(state=Round.State.DRAFT)
    return rows if user.roles & EXPORTERS else rows.none()


def exports_of(round_: Round) -> QuerySet[RecordExport]:
    """What has left, the newest first."""
    return RecordExport.objects.filter(round=round_)


def end_of(round_: Round) -> Chain:
    """How far the round's chain is."""
    return Chain.objects.filter(key=round_.chain_key).first() or Chain(key=round_.chain_key)


def held_end_of(round_: Round) -> Chain:
    """The same, held so that nobody adds to it until the transaction ends."""
    return Chain.objects.select_for_update().filter(key=round_.chain_key).first() or Chain(
        key=round_.chain_key
    )


def about_round(round_: Round) -> dict[str, Any]:
    """The round and the end of its chain."""
    end = end_of(round_)
    return {
        "code": round_.code, "title": round_.title, "organiser": round_.organiser, "state": round_.state,
        "announced_at": round_.announced_at, "closes_at": round_.closes_at, "published_on": round_.published_on,
        "chain": round_.chain_key, "count": end.count, "head": end.head, "call": round_.call,
    }  # fmt: skip


def entries(round_: Round) -> Iterator[Entry]:
    """The round's chain, in order."""
    return Entry.objects.filter(chain=round_.chain_key).order_by("seq").iterator(chunk_size=2000)


def chain_lines(round_: Round) -> Iterator[bytes]:
    """Every entry as it is hashed."""
    return (ledger.canonical(entry) for entry in entries(round_))


def digest_lines(round_: Round) -> Iterator[bytes]:
    """The digest list: sequence number, leaf, head."""
    return (f"{entry.seq} {entry.leaf} {entry.head}".encode() for entry in entries(round_))


def opened_lines(round_: Round) -> Iterator[bytes]:
    """Payloads with their salts, of the kinds that are opened."""
    for entry in entries(round_):
        if entry.kind in OPEN_KINDS and entry.salt:
            yield canonical({"seq": entry.seq, "payload": entry.payload, "salt": entry.salt})


def published_heads(round_: Round) -> list[dict[str, Any]]:
    """The publications that name the round's chain, oldest first."""
    rows = PublishedHead.objects.filter(lines__contains=f"{round_.chain_key} ").order_by("pk")
    named = ((row, row.lines.splitlines()) for row in rows)
    return [
        {"at": row.at, "occasion": row.occasion, "by": row.by_name, "digest": row.digest, "lines": lines}
        for row, lines in named
        if any(line.startswith(f"{round_.chain_key} ") for line in lines)
    ]


def rulebooks(round_: Round) -> list[dict[str, Any]]:
    """Every frozen version: as it is hashed, and as it is stored."""
    return [
        {
            "name": f"{round_.code}/v{row.version}", "version": row.version, "frozen_at": row.frozen_at,
            "digest": row.digest, "text": row.rules.hashed().decode(), "stored": json.dumps(row.content, sort_keys=True),
        }
        for row in round_.rulebook_versions.exclude(frozen_at=None).order_by("version")
    ]  # fmt: skip


def _nominations(round_: Round) -> QuerySet[Nomination]:
    """The dossiers that were sent in."""
    rows = round_.nominations.exclude(state="draft").select_related("nominee", "unit", "nominator")
    return rows.order_by("code")


def nominees(round_: Round) -> list[dict[str, Any]]:
    """Who was put forward, how far each came, and the groups that caps and minimums speak of."""
    return [
        {
            "code": row.code, "subject": f"selection.nomination:{row.pk}", "state": row.state, "name": row.nominee.name,
            "unit": row.unit.name, "nominator": row.nominator.name if row.nominator else "", "title": row.title,
            "groups": sorted(list(group) for group in groups_of(row)),
        }
        for row in with_groups(_nominations(round_))
    ]  # fmt: skip


# The draw, the sheets, the results -------------------------------------------------------------------------------------


def draw(round_: Round) -> dict[str, Any] | None:
    """The draw as it was frozen and drawn; nothing before the freezing."""
    panel = Panel.objects.filter(round=round_).exclude(state="preparing").first()
    if panel is None:
        return None
    return {
        "inputs": panel.inputs, "inputs_digest": panel.inputs_digest, "frozen_at": panel.frozen_at,
        "public_source": panel.public_source, "public_at": panel.public_at, "public_value": panel.public_value,
        "seed": panel.seed, "drawn_at": panel.drawn_at, "outcome": panel.outcome,
        "seats": _seats(panel), "assignments": _assignments(round_),
    }  # fmt: skip


def _seats(panel: Panel) -> list[dict[str, Any]]:
    rows = Panelist.objects.filter(panel=panel).order_by("stratum", "position").select_related("expert")
    return [
        {"expert": row.expert.code, "stratum": row.stratum, "position": row.position, "number": row.number}
        for row in rows
    ]


def _assignments(round_: Round) -> list[dict[str, Any]]:
    rows = round_.assignments.select_related("nomination", "expert")
    return [
        {
            "subject": f"selection.assignment:{row.pk}", "nominee": row.nomination.code, "expert": row.expert.code,
            "draw": row.draw_number, "stage": row.stage, "state": row.state,
        }
        for row in rows.order_by("stage", "nomination__code", "expert__code")
    ]  # fmt: skip


def is_opened(round_: Round) -> bool:
    """Whether a stage of the scoring has been opened."""
    return round_.state in OPENED or (round_.state == "review" and round_.stage > 1)


def sheets(round_: Round) -> Iterator[dict[str, Any]]:
    """After its stage's opening, every sheet under its anonymous number with what its commitment opens; before, none."""
    if not is_opened(round_):
        return
    numbers = dict(Panelist.objects.filter(panel__round=round_).values_list("expert", "number"))
    rows = ScoreSheet.objects.filter(assignment__round=round_, assignment__stage__lte=round_.opened_stage)
    rows = rows.select_related("assignment__nomination")
    rows = rows.select_related("assignment__expert").prefetch_related("versions")
    for row in rows.order_by("assignment__stage", "assignment__nomination__code", "assignment__expert__code"):
        duty = row.assignment
        yield {
            "subject": f"selection.scoresheet:{row.pk}", "nominee": duty.nomination.code, "expert": duty.expert.code,
            "number": numbers.get(duty.expert_id), "stage": duty.stage, "state": row.state, "reason": row.reason if row.salt else "",
            "sealed": _sealed(row, shown=row.state in ("locked", "voided")) if row.receipt_seq else None,
            "versions": [_sealed(version, shown=True) for version in row.versions.order_by("number")],
        }  # fmt: skip


def _sealed(row: Any, *, shown: bool) -> dict[str, Any]:
    return {
        "seq": row.receipt_seq, "leaf": row.receipt_leaf, "submitted_at": row.submitted_at,
        "content": row.sealed if shown else None, "salt": row.salt if shown else None,
    }  # fmt: skip


def results(round_: Round) -> list[dict[str, Any]] | None:
    """The official results after the opening, with those they replaced; before, nothing."""
    if not is_opened(round_):
        return None
    old: dict[int, list[Any]] = {}
    for version in ResultVersion.objects.filter(nomination__round=round_).order_by("nomination", "number"):
        kept = {"values": version.values, "reason": version.reason, "replaced_at": version.replaced_at}
        old.setdefault(version.nomination_id, []).append(kept)
    decided = decisions(round_)
    rows = Result.objects.filter(nomination__round=round_).select_related("nomination")
    return [
        {
            "nominee": row.nomination.code, "score": str(row.score) if row.score is not None else None,
            "exact": row.exact, "sheets": row.sheets, "trimmed": row.trimmed, "dropped": row.dropped, "flags": row.flags,
            "rank": row.rank, "order": row.order, "tie_path": row.tie_path,
            "stage": row.stage, "shortlisted": row.shortlisted, "first": row.first,
            "outcome": decided.get(row.nomination_id, ""), "replaced": old.get(row.nomination_id, []),
        }
        for row in rows.order_by("nomination__code")
    ]  # fmt: skip


def decisions(round_: Round) -> dict[int, str]:
    """Nomination to what the meeting decided: proposed, passed over."""
    words = {"nomination.propose": "proposed", "nomination.pass_over": "passed_over"}
    rows = Entry.objects.filter(chain=round_.chain_key, kind__in=words).order_by("seq")
    return {
        int(subject.rpartition(":")[2]): words[kind] for subject, kind in rows.values_list("subject", "kind")
    }


def proposed(round_: Round) -> list[dict[str, Any]]:
    """The proposed list with the minuted reason of each departure from the ranking."""
    named = [pk for pk, outcome in decisions(round_).items() if outcome == "proposed"]
    rows = Nomination.objects.filter(pk__in=named).select_related("nominee").order_by("code")
    minutes = list(round_.proposals.order_by("pk").values("minute_number", "fixed_at", "note"))
    return [
        {"nominee": row.code, "name": row.nominee.name, "deviation": row.deviation_reason, "minutes": minutes}
        for row in rows
    ]


# Dossiers, rulings, notices --------------------------------------------------------------------------------------------


def dossiers(round_: Round) -> list[dict[str, Any]]:
    """The digest of every version of every form."""
    rows = DossierVersion.objects.filter(nomination__in=_nominations(round_)).select_related("nomination")
    return [
        {"nominee": row.nomination.code, "version": row.number, "occasion": row.occasion, "at": row.taken_at,
         "digest": row.digest}
        for row in rows.order_by("nomination__code", "number")
    ]  # fmt: skip


def attachments(round_: Round) -> list[Attachment]:
    """Every file of the round's dossiers that was not removed."""
    rows = Attachment.objects.filter(nomination__in=_nominations(round_), removed_at=None)
    return list(rows.select_related("nomination").order_by("nomination__code", "kind", "number"))


def may_leave(row: Attachment) -> bool:
    """Whether a file itself goes into the record, and not its digest alone."""
    return row.audience in TO_ALL and row.state == Attachment.State.CLEAN


def rulings(round_: Round) -> dict[str, Any]:
    """Conclusions of the screening, waivers and re-checks."""
    reviews = QualificationReview.objects.filter(nomination__round=round_, state="concluded")
    waivers = Waiver.objects.filter(nomination__round=round_).order_by("nomination__code", "pk")
    rechecks = RecheckRequest.objects.filter(nomination__round=round_).order_by("nomination__code", "pk")
    return {
        "reviews": list(
            reviews.order_by("nomination__code", "pk").values(
                "nomination__code", "verdict", "grounds", "findings", "reason", "concluded_at", "set_aside_at"
            )
        ),
        "rulings": list(
            round_.nominations.exclude(ruling="")
            .order_by("code")
            .values("code", "ruling", "grounds", "reason")
        ),
        "waivers": list(
            waivers.values("nomination__code", "rule", "reason", "state", "remark", "decided_at")
        ),
        "rechecks": list(rechecks.values("nomination__code", "state", "grounds", "answer", "answered_at")),
    }


def notices(round_: Round) -> list[dict[str, Any]]:
    """What was published, to the letter."""
    rows = (
        PublicNotice.objects.filter(round=round_)
        .exclude(state__in=("drafted", "scanned", "approved"))
        .order_by("pk")
    )
    return [
        {
            "number": row.number, "state": row.state, "texts": row.texts, "digest": row.text_digest, "mode": row.mode,
            "days": row.days, "posted_at": row.posted_at, "ends_at": row.ends_at, "head": row.published_head,
            "nominees": list(row.entries.order_by("ordinal").values_list("nomination__code", flat=True)),
        }
        for row in rows.prefetch_related("entries")
    ]  # fmt: skip


def objections(round_: Round) -> list[dict[str, Any]]:
    """That there were objections and what became of them; not who objected, nor how."""
    rows = Objection.objects.filter(nomination__round=round_).order_by("pk")
    names = (
        "nomination__code",
        "kind",
        "state",
        "lodged_at",
        "ground",
        "neutral_issue",
        "material",
        "decided_at",
    )
    return list(rows.values(*names))
