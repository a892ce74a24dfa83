"""Fifty of the nominations on their page and in the API, among two thousand and among ten thousand; one dossier's page.

Each is a whole request: session or token, every middleware, the rows, the templates. What other systems for awards and
calls were measured to need for their list of fifty among ten thousand is printed beside it as a ratio.
"""

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
from selection.models import Nomination
from workflow import clock

TIMES = 30
PEERS = {"pretalx": 1358.0, "hypha": 865.0}  # ms, median, their own list of fifty among ten thousand
SIZES = (2_000, 10_000)


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
    """Time and statements of each at both sizes, warm, and how much the first page grows between them."""
    person, medians, before = manager(), {}, 0
    for rows in SIZES:
        fill = partial(scale.fill, rounds=1, nominations=rows - before, experts=40, studios=10)
        yield Figure(f"scale_fixture_{rows}", round(milliseconds(fill) / 1000, 2), "s")
        before = rows
        for figure in measured(person, rows):
            medians[figure.name] = figure.value
            yield figure
    small, large = (medians[f"nomination_list_{rows}_median"] for rows in SIZES)
    yield Figure("nomination_list_growth", round(large / small, 2), "times")
    for peer, needed in PEERS.items():
        yield Figure(f"nomination_list_{SIZES[-1]}_faster_than_{peer}", round(needed / large, 1), "times")


def measured(person: User, rows: int) -> Iterator[Figure]:
    """The list of fifty as it opens, sorted, searched and narrowed; the same fifty in the API; one dossier."""
    one = Nomination.objects.filter(state="nominated").order_by("pk").last()
    assert one is not None
    list_of_50 = f"{reverse('nomination_list')}?per=50"
    pages = {
        "nomination_list": (signed_in(person), list_of_50),
        "nomination_list_by_deadline": (signed_in(person), f"{list_of_50}&sort=due"),
        "nomination_list_search": (signed_in(person), f"{list_of_50}&q=人选19"),
        "nomination_list_overdue": (signed_in(person), f"{list_of_50}&overdue=1"),
        "nomination_page": (signed_in(person), reverse("nomination_detail", args=[one.pk])),
        "api_nominations": (with_token(person), "/api/v1/nominations"),
    }
    for name, (client, address) in pages.items():
        call = partial(visit, client, address)
        call()
        yield statements(f"{name}_{rows}", call)
        yield from timings(f"{name}_{rows}", [call] * TIMES)
