"""The first page of the nominations and of their collection in the API, over ten thousand rows in one open round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, RoleGrant, User
from accounts.roles import Role
from bench.figure import Figure, milliseconds, statements, timings
from bench.pages import visit
from config import scale
from workflow import clock

TIMES = 30
ROWS = 10_000


def manager() -> User:
    """Somebody who sees every nomination."""
    person, _made = User.objects.get_or_create(username="bench", defaults={"name": "bench"})
    RoleGrant.objects.get_or_create(
        user=person, role=Role.MANAGER, defaults={"since": date(2020, 1, 1), "granted_by": "bench"}
    )
    return person


def signed_in(person: User) -> Client:
    """A browser of theirs."""
    client = Client()
    client.force_login(person)
    return client


def with_token(person: User) -> Client:
    """A program of theirs."""
    token = ApiToken.new_token()
    expires_at = clock.now() + timedelta(hours=1)
    ApiToken.objects.create(user=person, digest=ApiToken.digest_of(token), expires_at=expires_at)
    return Client(headers={"Authorization": f"Bearer {token}"})


def figures() -> Iterator[Figure]:
    """Time and statements of both, warm."""
    spent = milliseconds(partial(scale.fill, rounds=1, nominations=ROWS, experts=40, studios=10))
    yield Figure(f"scale_fixture_{ROWS}", round(spent / 1000, 2), "s")
    person = manager()
    pages = {
        "nomination_list": (signed_in(person), reverse("nomination_list")),
        "api_nominations": (with_token(person), "/api/v1/nominations"),
    }
    for name, (client, address) in pages.items():
        call = partial(visit, client, address)
        call()
        yield statements(f"{name}_{ROWS}", call)
        yield from timings(f"{name}_{ROWS}", [call] * TIMES)
