"""Who holds a role, where: the recipients of messages and the choices of forms."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import Organisation, User
from workflow import clock
from workflow.outbox import Recipient


def people_with(role: str, *, organisation: Organisation | int | None = None) -> QuerySet[User]:
    """Active people who hold the role today, of one organisation if one is named."""
    today = clock.today()
    in_force = Q(grants__role=role, grants__since__lte=today) & (
        Q(grants__until=None) | Q(grants__until__gt=today)
    )
    people = User.objects.filter(in_force, is_active=True)
    return people.filter(organisation=organisation) if organisation is not None else people


def recipients(people: Iterable[User | None]) -> list[Recipient]:
    """Their addresses, each person once."""
    return [person.recipient for person in {p.pk: p for p in people if p is not None}.values()]
