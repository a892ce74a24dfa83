"""Who stands on a side in a nominee's case: whoever judged, nominated or scored it, or has declared an interest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.models.nomination import Nomination
from selection.models.panel import Assignment
from selection.models.qualification import QualificationReview
from selection.models.recheck import RecheckRequest
from selection.models.waiver import Waiver
from workflow import clock
from workflow.models import Entry

JUDGED = tuple(
    f"nomination.{step}"
    for step in (
        "endorse", "nominate", "decline", "return_for_completion", "request_correction", "qualify", "disqualify",
        "reinstate",
    )
)  # fmt: skip


class DeclaredInterest(models.Model):
    """What a handler has said of themselves: they take no part in anything against this nominee."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="declared_interests")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("利害关系"), max_length=500)
    declared_at = models.DateTimeField(_("申明时间"), default=clock.now)

    class Meta:
        verbose_name = _("利害关系申明")
        constraints = (
            models.UniqueConstraint(fields=("nomination", "user"), name="one_declared_interest_a_person"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.nomination_id}"


def judges_of(nomination: Nomination) -> set[int]:
    """The people who reviewed, ruled on or nominated this candidate, as reviews and ledger have it."""
    reviewed = QualificationReview.objects.filter(nomination=nomination).values_list("reviewer_id", flat=True)
    return {*reviewed, *(actor for actor, _pk in _acts_on([nomination.pk]))}


def involved_in(nomination: Nomination) -> set[int]:
    """Everybody who has taken part in this candidate's case, or has declared an interest in it."""
    scored = Assignment.objects.filter(nomination=nomination).values_list("expert__user_id", flat=True)
    answered = nomination.rechecks.values_list("answered_by_id", flat=True)
    waived = Waiver.objects.filter(nomination=nomination).values_list("decided_by_id", flat=True)
    declared = nomination.declared_interests.values_list("user_id", flat=True)
    found = {*scored, *answered, *waived, *declared}
    return judges_of(nomination) | {pk for pk in found if pk is not None}


def offices_of(nomination: Nomination) -> set[int]:
    """The candidate's unit and the offices that endorsed and nominated."""
    offices = (nomination.unit_id, nomination.county_id, nomination.nominator_id)
    return {office for office in offices if office is not None}


def has_interest(nomination: Nomination, actor: Any) -> bool:
    """Whether this person is on a side."""
    return actor.organisation_id in offices_of(nomination) or actor.id in involved_in(nomination)


def sides_of(actor: Any) -> set[int]:
    """Of the nominations against which anything was said, those in whose case this person is on a side."""
    said = Nomination.objects.filter(objections__isnull=False).order_by().distinct()
    every = {pk: offices for pk, *offices in said.values_list("pk", "unit_id", "county_id", "nominator_id")}
    if not every:
        return set()
    of_office = {
        pk for pk, offices in every.items() if actor.organisation_id and actor.organisation_id in offices
    }
    parts: tuple[Any, ...] = (
        QualificationReview.objects.filter(reviewer_id=actor.id),
        Assignment.objects.filter(expert__user_id=actor.id),
        RecheckRequest.objects.filter(answered_by_id=actor.id),
        Waiver.objects.filter(decided_by_id=actor.id),
        DeclaredInterest.objects.filter(user_id=actor.id),
    )
    ids = [part.order_by().values_list("nomination_id", flat=True) for part in parts]
    took_part = set(ids[0].union(*ids[1:])) & every.keys()
    return of_office | took_part | {pk for who, pk in _acts_on(every) if who == actor.id}


def _acts_on(pks: Iterable[int]) -> list[tuple[int, int]]:
    """Who judged which of these nominations, by the ledger."""
    subjects = {f"selection.nomination:{pk}": pk for pk in pks}
    if not subjects:
        return []
    entries = Entry.objects.filter(subject__in=list(subjects), kind__in=JUDGED).exclude(payload="")
    found = [
        (str(json.loads(text).get("actor", "")), subjects[subject])
        for subject, text in entries.values_list("subject", "payload")
    ]
    return [(int(actor), pk) for actor, pk in found if actor.isdigit()]
