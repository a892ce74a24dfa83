"""Lists in clear: who sees the requests, and which dossiers stand on a fixed list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext

from accounts.models import Organisation
from accounts.roles import Role
from selection.models import ExportRequest, Nomination, Round
from selection.queries.extract import lines, rows_for_export
from selection.queries.nomination import FLAGS, Filter

READERS = frozenset({Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR})
CHUNK = 500
MOST = 5_000  # on one list


def requests_visible_to(user: Any) -> QuerySet[ExportRequest]:
    """A manager sees the own ones; who answers, who watches and who audits sees all. The list's rows are in none."""
    rows = ExportRequest.objects.select_related("asked_by", "answered_by")
    if user.roles & READERS:
        return rows
    return rows.filter(asked_by=user.pk) if user.holds(Role.MANAGER) else rows.none()


def waiting_for(user: Any) -> QuerySet[ExportRequest]:
    """What this person may answer, or may take."""
    wanted = Q(pk__in=())
    if user.holds(Role.SECURITY_ADMIN):
        wanted |= Q(state=ExportRequest.State.ASKED) & ~Q(asked_by=user.pk)
    if user.holds(Role.MANAGER):
        wanted |= Q(state=ExportRequest.State.APPROVED, asked_by=user.pk)
    return requests_visible_to(user).filter(wanted)


def ids_of(user: Any, query: str) -> list[int]:
    """The dossiers that the list shows under this address, in its order; one more than the most at most."""
    return list(rows_for_export(user, query).values_list("pk", flat=True)[: MOST + 1])


def digest_of(ids: Sequence[int]) -> str:
    """A name of the list: the dossiers and their order."""
    return sha256(",".join(map(str, ids)).encode()).hexdigest()


def filter_in_words(query: str) -> list[str]:
    """What a list was narrowed to, as people read it; nothing where it was the whole."""
    wanted = Filter.of(QueryDict(query))
    offices = [pk for pk in (wanted.nominator, wanted.city, wanted.county) if pk]
    found = list(Organisation.objects.filter(pk__in=offices).values_list("name", flat=True))
    titles = Round.objects.filter(code=wanted.round) if wanted.round else ()
    found += [row.shown_title for row in titles]
    for value, names in ((wanted.state, Nomination.State.choices), (wanted.field, Nomination.Field.choices)):
        found += [str(label) for known, label in names if known == value]
    found += [str(FLAGS[wanted.flag])] if wanted.flag in FLAGS else []
    found += [gettext("已逾期")] if wanted.overdue else []
    found += [gettext("待我处理")] if wanted.desk else []
    return [*found, *([wanted.text] if wanted.text else [])]


def clear_lines(request: ExportRequest) -> Iterator[list[Any]]:
    """The rows of the fixed list with whole numbers, as they stand today."""
    ids = list(request.chosen)
    for start in range(0, len(ids), CHUNK):
        rows = Nomination.objects.filter(pk__in=ids[start : start + CHUNK]).order_by("-round_id", "code")
        yield from lines(rows, masked=False, at=lambda _n: None)
