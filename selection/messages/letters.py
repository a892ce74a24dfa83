"""How a letter of the selection is put together."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from selection.models import Nomination
from workflow import collections, ledger
from workflow.errors import Sentence
from workflow.outbox import Letter


def letter(subject: str, lines: Iterable[Sentence], path: str) -> Letter:
    """A letter whose last line is the page to open."""
    return Letter(
        subject,
        "\n".join([*map(str, lines), "", gettext("办理：%(url)s") % {"url": settings.SITE_URL + path}]),
        path,
    )


def page_of(obj: models.Model) -> str:
    """The record's own page."""
    home = collections.of(obj)
    return home.url(obj) if home else "/"


def occasion(obj: models.Model) -> str:
    """Which of an object's entries a letter tells of: the number of the last."""
    last = ledger.entries_of(obj).order_by("-seq").values_list("seq", flat=True).first()
    return f"{obj.pk}:{last or 0}"


def clerks_of(nomination: Nomination) -> list[User]:
    """The clerks of the nominee's unit."""
    return list(people_with(Role.UNIT_CLERK, organisation=nomination.unit_id))


def officers_of(nomination: Nomination) -> list[User]:
    """The officers of the bureau that nominated."""
    return list(people_with(Role.BUREAU_OFFICER, organisation=nomination.nominator_id))
