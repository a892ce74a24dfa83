"""What the record of a round says of its end: what was decided, what was put right afterwards, which titles were taken away.

What a talent was told and answered before a revocation stays out: the record names the entries of the ledger that commit
to it, so that whoever is shown the words later can see that they are the same.
"""

from __future__ import annotations

from typing import Any

from selection.models import Determination, Recognition, Revocation, RollCorrection, Round
from workflow.models import Entry


def determinations(round_: Round) -> list[dict[str, Any]]:
    """Decisions with their document numbers, whom each left out and why, and the recognitions as they read today."""
    rows = round_.determinations.filter(state="confirmed").order_by("pk")
    return [_decision(row) for row in rows.prefetch_related("left_out__nomination")]


def _decision(row: Determination) -> dict[str, Any]:
    names = (
        "ordinal", "nomination__code", "name", "affiliations", "certificate_number", "recognised_on", "expires_on",
        "revoked_on", "revocation_number",
    )  # fmt: skip
    exceptions = sorted(
        ({"nominee": out.nomination.code, "reason": out.reason, "minute_number": out.minute_number}
         for out in row.left_out.all()),
        key=lambda out: out["nominee"],
    )  # fmt: skip
    return {
        "subject": f"selection.determination:{row.pk}", "document_number": row.document_number,
        "minute_number": row.minute_number, "title": row.title, "digest": row.list_digest,
        "confirmed_at": row.confirmed_at, "published_on": row.published_on, "exceptions": exceptions,
        "recognitions": list(Recognition.objects.filter(determination=row).order_by("ordinal").values(*names)),
    }  # fmt: skip


def corrections(round_: Round) -> list[dict[str, Any]]:
    """Every line of the list that was to be put right, with both texts."""
    rows = RollCorrection.objects.filter(recognition__round=round_).select_related("recognition")
    return [
        {
            "subject": f"selection.rollcorrection:{row.pk}", "ordinal": row.recognition.ordinal, "place": row.place,
            "before": row.before, "after": row.after, "basis": row.basis, "why": row.why, "state": row.state,
            "drafted_at": row.drafted_at, "published_at": row.published_at,
        }
        for row in rows.order_by("pk")
    ]  # fmt: skip


def revocations(round_: Round) -> list[dict[str, Any]]:
    """Every procedure to take a title away: on what ground, when what was done, how it ended."""
    rows = Revocation.objects.filter(nomination__round=round_).select_related("nomination").order_by("pk")
    return [
        {
            "subject": f"selection.revocation:{row.pk}", "nominee": row.nomination.code, "ground": row.ground,
            "started_at": row.started_at, "statement_due": row.statement_due, "statement_made": bool(row.statement),
            "heard_on": row.heard_on, "state": row.state, "minute_number": row.minute_number,
            "document_number": row.document_number, "reason": row.reason, "decided_at": row.decided_at,
            "sealed": _sealed(row),
        }
        for row in rows
    ]  # fmt: skip


def _sealed(row: Revocation) -> dict[str, int]:
    """The entries that commit to the facts told and to the statement."""
    of = Entry.objects.filter(chain=row.chain_key, subject=f"selection.revocation:{row.pk}")
    return dict(of.filter(kind__in=("revocation.started", "revocation.hear")).values_list("kind", "seq"))
