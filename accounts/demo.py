"""Accounts of the demo: their passwords are good only where DEMO is on."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db.models import Prefetch
from django.db.models.functions import Length

from accounts.models import RoleGrant, User
from accounts.roles import Role

PASSWORD = "lingxuan-demo"  # printed at start and shown on the sign-in page
SHOWN_PER_ROLE = 2


class DemoPasswordHasher(PBKDF2PasswordHasher):
    """The only way a demo stores passwords. No other installation knows it, so there they open nothing."""

    algorithm = "demo_pbkdf2_sha256"
    iterations = 600


@dataclass(frozen=True)
class DemoAccount:
    """One account as the sign-in page offers it."""

    username: str
    name: str
    role: str
    password: str = PASSWORD


def accounts() -> list[DemoAccount]:
    """Some accounts of every role, in the order of the roles; none outside the demo."""
    if not settings.DEMO:
        return []
    people = (
        User.objects.filter(is_active=True, password__startswith=DemoPasswordHasher.algorithm + "$")
        .select_related("organisation")
        .prefetch_related(Prefetch("grants", RoleGrant.objects.filter(until=None)))
        .order_by(Length("username"), "username")
    )
    return [account for role in Role for account in _of_role(role, list(people))]


def _of_role(role: Role, people: list[User]) -> list[DemoAccount]:
    holders = [person for person in people if role in {grant.role for grant in person.grants.all()}]
    return [_shown(person, role) for person in holders[:SHOWN_PER_ROLE]]


def _shown(person: User, role: Role) -> DemoAccount:
    place = person.organisation.name if person.organisation else ""
    return DemoAccount(person.username, person.name, f"{role.label} · {place}" if place else str(role.label))
