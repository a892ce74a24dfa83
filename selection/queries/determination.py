"""Decisions, recognitions and the public roll."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.roles import Role
from selection.models import (
    Determination,
    LeftOut,
    Nomination,
    NoticeEntry,
    Recognition,
    RollCorrection,
    Round,
)
from selection.models.determination import decided_by
from selection.models.nomination import plain_name
from selection.models.round import cleared_and_free
from selection.queries.notice import OFFICE
from selection.rules.roll import certificate_as_typed
from workflow.actor import Actor
from workflow.rules.chain import canonical

PUBLISHED = ("published", "archived")
_OPEN = Q(objections__state="admitted") | Q(objections__state="upheld", objections__material=True)
_UNDECIDED = Q(objections__state="lodged") & ~Q(objections__kind="complaint")


def determinations_visible_to(actor: Actor) -> QuerySet[Determination]:
    """Decisions are drafted, read and confirmed in the office."""
    rows = Determination.objects.select_related("round", "drafted_by")
    rows = rows.prefetch_related(Prefetch("left_out", LeftOut.objects.select_related("nomination__nominee")))
    return rows if any(actor.holds(role) for role in OFFICE) else rows.none()


def decision_rounds(actor: Actor) -> QuerySet[Round]:
    """The rounds at or after deliberation, for the office."""
    rounds = Round.objects.filter(
        historical=False, state__in=("deliberation", "notice", "determination", *PUBLISHED)
    )
    if not any(actor.holds(role) for role in OFFICE):
        return rounds.none()
    return rounds.annotate(
        n_list=Count("nominations", filter=Q(nominations__state__in=("proposed", "on_notice", "cleared"))),
        n_recognised=Count("nominations", filter=Q(nominations__state="recognised")),
    ).order_by("-pk")


def to_recognise(round_: Round) -> list[Nomination]:
    """Cleared and not held, in the order in which they were printed on the notice."""
    return _as_printed(cleared_and_free(round_))


def to_decide(determination: Determination) -> list[Nomination]:
    """Whom a decision recognises: the cleared and free, minus its minuted exceptions, as printed on the notice."""
    return _as_printed(decided_by(determination))


def exceptions_of(determination: Determination) -> list[LeftOut]:
    """Whom a decision leaves out, and why."""
    return list(determination.left_out.all())


def rounds_to_decide() -> QuerySet[Round]:
    """Rounds after their notice with somebody cleared and free whom no decision has named, and no draft waiting."""
    named = LeftOut.objects.filter(determination__state="confirmed").values("nomination")
    held = Nomination.objects.filter(_OPEN | _UNDECIDED).values("pk")
    free = Nomination.objects.filter(state="cleared").exclude(pk__in=named).exclude(pk__in=held)
    rounds = Round.objects.filter(state__in=("determination", "published"), pk__in=free.values("round"))
    return rounds.exclude(determinations__state="drafted").distinct()


def _as_printed(nominations: QuerySet[Nomination]) -> list[Nomination]:
    line = NoticeEntry.objects.filter(nomination=OuterRef("pk")).order_by("-pk")
    rows = (
        nominations.select_related("nominee", "unit", "round")
        .prefetch_related("posts")
        .annotate(line=Subquery(line.values("ordinal")[:1]))
    )
    return list(rows.order_by("line", "code"))


def held_back(round_: Round) -> list[Nomination]:
    """On notice or cleared, and kept back by an objection."""
    rows = round_.nominations.filter(state__in=("on_notice", "cleared"))
    return list(rows.filter(_OPEN | _UNDECIDED).select_related("nominee", "unit").distinct().order_by("code"))


def list_lines(nominations: list[Nomination]) -> list[dict[str, Any]]:
    """The sorted list that is decided: codes, names and affiliations."""
    return sorted(
        ({"code": n.code, "name": n.nominee.name, "affiliations": n.affiliations} for n in nominations),
        key=lambda line: str(line["code"]),
    )


def list_digest(round_: Round, nominations: list[Nomination]) -> str:
    """SHA-256 of these lines under the round's code."""
    return _digest(round_, list_lines(nominations))


def recognised_digest(determination: Determination) -> str:
    """The same of the lines that a decision made: what will be published, not what the dossiers say by now."""
    made = determination.recognitions.filter(nomination__isnull=False).select_related("nomination__nominee")
    lines = [
        {"code": r.nomination.code, "name": r.nomination.nominee.name, "affiliations": r.affiliations}
        for r in made
        if r.nomination
    ]
    return _digest(determination.round, sorted(lines, key=lambda line: str(line["code"])))


def _digest(round_: Round, lines: list[dict[str, Any]]) -> str:
    return sha256(canonical({"round": round_.code, "list": lines})).hexdigest()


# What everybody may read ---------------------------------------------------------------------------------------------


def public_rounds() -> QuerySet[Round]:
    """The batches that were published, the newest first."""
    rounds = Round.objects.filter(state__in=PUBLISHED)
    return rounds.annotate(people=Count("recognitions", filter=_decision_public("recognitions__"))).order_by(
        "-published_on", "-pk"
    )


def public_recognitions() -> QuerySet[Recognition]:
    """Everybody on a published list, batch by batch, in the printed order."""
    rows = Recognition.objects.filter(_decision_public(), round__state__in=PUBLISHED)
    rows = rows.select_related("round", "determination").prefetch_related(*marks())
    return rows.order_by("-round__published_on", "-round_id", "ordinal")


def _decision_public(to_recognition: str = "") -> Q:
    """A decision taken after the result is not public before a publisher publishes it; old lists have no decision."""
    decision = f"{to_recognition}determination"
    return Q(**{decision: None}) | Q(**{f"{decision}__published_on__isnull": False})


def marks() -> list[Prefetch[str]]:
    """What was put right in the printed lines."""
    return [Prefetch("corrections", RollCorrection.objects.filter(state="published").order_by("pk"))]


def public_documents(round_: Round) -> QuerySet[Determination]:
    """The decisions of a batch that were published, in order."""
    return round_.determinations.filter(state="confirmed", published_on__isnull=False).order_by("pk")


def recognitions_visible_to(actor: Actor) -> QuerySet[Recognition]:
    """The public list; in the office also what is decided and not yet published."""
    if any(actor.holds(role) for role in (*OFFICE, Role.FINANCE)):
        rows = Recognition.objects.select_related("round", "determination").prefetch_related(*marks())
        return rows.order_by("-round_id", "ordinal")
    return public_recognitions()


def roll(q: str = "", batch: str = "") -> QuerySet[Recognition]:
    """The roll, narrowed to a name (with or without the spaces of print) and a batch."""
    rows = with_studio(public_recognitions())
    if plain_name(q):
        rows = rows.filter(name_key__contains=plain_name(q))
    return rows.filter(round__code=batch) if batch else rows


def certificate(number: str) -> Recognition | None:
    """Who holds the certificate of that number."""
    plain = certificate_as_typed(number)
    return public_recognitions().filter(certificate_number=plain).first() if plain else None


def with_studio(rows: QuerySet[Recognition]) -> QuerySet[Recognition]:
    """Each with the key of the studio that it led to, as `studio_key`: its public page is a link away."""
    return rows.annotate(studio_key=F("studio__pk"))
