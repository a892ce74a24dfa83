"""What must hold of the whole database, whoever wrote it: asked by a command, not by the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db.models import Count, DecimalField, F, Q, Sum
from django.db.models.functions import Coalesce

from selection.models import Attachment, Nomination, Quota, Round, ScoreSheet
from selection.queries.scoring import commitment_of
from studios.models import Agreement, RecoveryOrder, Studio
from studios.queries import month
from studios.queries.recovery import money_of_awards
from workflow import ledger
from workflow.machine import machines, subject_of


@dataclass(frozen=True)
class Broken:
    """One invariant that does not hold: its name, of what, and how."""

    invariant: str
    about: str
    what: str


Check = Callable[[], Iterator[tuple[str, str]]]
NOT_LIVE = ("withdrawn", "declined")
LISTED = ("proposed", "on_notice", "cleared", "recognised")


def places_within_quota() -> Iterator[tuple[str, str]]:
    """No nominator has used more places than its quota has; without a quota there are none."""
    places = {
        (quota.round_id, quota.nominator_id, quota.category): quota.places for quota in Quota.objects.all()
    }
    used = Nomination.objects.filter(nominated_at__isnull=False, place_freed=False)
    rows = used.values_list("round_id", "nominator_id", "category").order_by().annotate(taken=Count("pk"))
    for round_id, nominator_id, category, taken in rows:
        allowed = places.get((round_id, nominator_id, category), 0)
        if taken > allowed:
            yield f"selection.round:{round_id}", f"nominator {nominator_id}: {taken} of {allowed} places used"


def one_nomination_a_person() -> Iterator[tuple[str, str]]:
    """Nobody stands in a round twice."""
    live = Nomination.objects.exclude(state__in=NOT_LIVE).order_by()
    rows = live.values_list("round_id", "nominee_id").annotate(times=Count("pk")).filter(times__gt=1)
    for round_id, nominee_id, times in rows:
        yield f"selection.round:{round_id}", f"nominee {nominee_id} stands {times} times"


def list_within_ceiling() -> Iterator[tuple[str, str]]:
    """No round recognises, or is about to recognise, more than its rulebook lets it."""
    listed = Count("nominations", filter=Q(nominations__state__in=LISTED))
    for row in Round.objects.filter(historical=False).annotate(listed=listed).filter(listed__gt=0):
        if row.listed > row.rulebook.ceiling:
            yield subject_of(row), f"{row.listed} on the list, ceiling {row.rulebook.ceiling}"


def instalments_sum_to_award() -> Iterator[tuple[str, str]]:
    """The instalments of an agreement are its award, to the cent."""
    planned = Agreement.objects.annotate(planned=Sum("studio__instalments__amount"))
    for row in planned.exclude(planned=F("award")) | planned.filter(planned=None):
        yield subject_of(row), f"instalments {row.planned or Decimal(0)}, award {row.award}"


def money_of_awards_is_somewhere() -> Iterator[tuple[str, str]]:
    """Every cent of an award is unpaid, used, recoverable or given up; and what came back is what was recorded."""
    studios = {
        row.pk: row for row in Studio.objects.filter(agreement__isnull=False).select_related("agreement")
    }
    for pk, money in money_of_awards(studios.values()).items():
        yield from ((subject_of(studios[pk]), fault) for fault in money.faults())
    sums = Coalesce(Sum("repayments__amount"), Decimal(0), output_field=DecimalField())
    recorded = RecoveryOrder.objects.annotate(came=sums)
    for order in recorded.exclude(came=F("repaid")):
        yield subject_of(order), f"repaid {order.repaid:.2f}, recorded {order.came:.2f}"


def opened_sheets_match() -> Iterator[tuple[str, str]]:
    """What an opened sheet says is what its expert committed to."""
    for pk in ScoreSheet.objects.filter(state="locked").values_list("pk", flat=True):
        if not _as_committed(pk):
            yield f"selection.scoresheet:{pk}", "content and commitment differ"


def _as_committed(pk: int) -> bool:
    try:
        sheet = ScoreSheet.objects.get(pk=pk)
        return commitment_of(sheet.sealed, sheet.salt) == sheet.commitment
    except (InvalidToken, ValueError):
        return False


def attachments_as_received() -> Iterator[tuple[str, str]]:
    """Every file of a dossier is there, byte for byte as it was taken in."""
    for row in Attachment.objects.order_by("pk").iterator(chunk_size=200):
        try:
            with row.file.open("rb") as file:
                found = sha256(file.read()).hexdigest()
        except FileNotFoundError:
            yield subject_of(row), "the file is missing"
            continue
        if found != row.sha256:
            yield subject_of(row), f"digest {found}, received {row.sha256}"


def ledger_stands() -> Iterator[tuple[str, str]]:
    """Every chain is whole, and every published head still stands in it."""
    for fault in ledger.verify():
        yield f"chain {fault.chain}", f"entry {fault.seq}: {fault.what}"


def months_as_counted() -> Iterator[tuple[str, str]]:
    """What is kept of each studio's months is what its activities and expenses come to."""
    for (studio, first), found in month.differing().items():
        yield f"studios.studio:{studio}", f"{first:%Y-%m} is kept otherwise than counted: {found}"


def states_known() -> Iterator[tuple[str, str]]:
    """Every record is in a state that its machine declares."""
    for model in machines(apps.get_models()):
        meta: Any = model._meta
        rows: Any = model._default_manager
        known = [value for value, _label in meta.get_field("state").flatchoices]
        for pk, state in rows.exclude(state__in=known).values_list("pk", "state"):
            yield f"{meta.label_lower}:{pk}", f"unknown state {state!r}"


CHECKS: tuple[Check, ...] = (
    places_within_quota,
    one_nomination_a_person,
    list_within_ceiling,
    instalments_sum_to_award,
    money_of_awards_is_somewhere,
    opened_sheets_match,
    attachments_as_received,
    ledger_stands,
    months_as_counted,
    states_known,
)


def broken() -> list[Broken]:
    """Everything that does not hold."""
    return [Broken(check.__name__, about, what) for check in CHECKS for about, what in check()]
