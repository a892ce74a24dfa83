"""The boards of federations: recorded, revised, and the warning before a term ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import BoardOfficer, BoardTerm, Organisation
from selection.errors import BoardRefused
from selection.messages import board as messages
from selection.models import Nominee
from selection.models.nomination import plain_name
from selection.queries.board import ending_terms, may_record
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted
from workflow.machine import subject_of

RECORDED = kinds.named("board.recorded", _("登记理事会任期"))
REVISED = kinds.named("board.revised", _("更正理事会任期"))

Officer = Mapping[str, str]  # role, name, and the identity number if it is known


@door.act
def record(
    organisation: Organisation,
    *,
    by: Actor,
    ordinal: int,
    since: date,
    until: date,
    document: str,
    officers: Iterable[Officer],
) -> BoardTerm:
    """A new term of a federation's board, with who sits on it."""
    _require_recorder(by)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not organisation.has_board:
        raise BoardRefused(_("只有社会工作联合会登记理事会任期。"), code="not_a_federation")
    if organisation.board_terms.filter(ordinal=ordinal).exists():
        raise BoardRefused(_("第%(n)s届已经登记。") % {"n": ordinal}, code="term_exists")
    _require_free(organisation, since, until)
    term = BoardTerm.objects.create(
        organisation=organisation, ordinal=ordinal, since=since, until=until, document=document,
        recorded_by=str(by.name), recorded_at=clock.now(),
    )  # fmt: skip
    return _seat(term, officers, by, RECORDED)


@door.act
def revise(
    term: BoardTerm, *, by: Actor, since: date, until: date, document: str, officers: Iterable[Officer]
) -> BoardTerm:
    """Correct a term: another end by a new decision, other officers. What stood before stays on the ledger."""
    _require_recorder(by)
    organisation = Organisation.objects.select_for_update().get(pk=term.organisation_id)
    term = BoardTerm.objects.get(pk=term.pk)
    _require_free(organisation, since, until, besides=term)
    term.since, term.until, term.document = since, until, document
    term.recorded_by, term.recorded_at = str(by.name), clock.now()
    term.save()
    term.officers.all().delete()
    return _seat(term, officers, by, REVISED)


def _require_recorder(by: Actor) -> None:
    if not may_record(by):
        raise NotPermitted(_("只有处室负责人和系统管理员可以登记理事会任期。"))


def _require_free(
    organisation: Organisation, since: date, until: date, *, besides: BoardTerm | None = None
) -> None:
    if until < since:
        raise BoardRefused(_("任期届满不得早于任期开始。"), code="ends_before_it_begins")
    others = organisation.board_terms.filter(since__lte=until, until__gte=since)
    other = (others.exclude(pk=besides.pk) if besides else others).first()
    if other is not None:
        raise BoardRefused(
            _("与第%(n)s届任期（%(since)s至%(until)s）重叠。")
            % {"n": other.ordinal, "since": other.since.isoformat(), "until": other.until.isoformat()},
            code="terms_overlap",
        )


def _seat(term: BoardTerm, officers: Iterable[Officer], by: Actor, kind: str) -> BoardTerm:
    seats = [_officer(term, row) for row in officers]
    if not seats:
        raise BoardRefused(_("请登记理事会成员。"), code="no_officers")
    BoardOfficer.objects.bulk_create(seats)
    ledger.append(
        by,
        chain=ledger.OFFICE,
        kind=kind,
        subject=subject_of(term.organisation),
        payload={
            "ordinal": term.ordinal, "since": term.since.isoformat(), "until": term.until.isoformat(),
            "document": term.document, "officers": [[seat.role, seat.name] for seat in seats],
        },
    )  # fmt: skip
    return term


def _officer(term: BoardTerm, given: Officer) -> BoardOfficer:
    name, number = given["name"].strip(), given.get("id_number", "")
    key = Nominee.key_of(number) if number else ""
    return BoardOfficer(
        term=term, role=given["role"].strip(), name=name, name_key=plain_name(name), person_key=key
    )


def warn_of_ending_boards() -> None:
    """Tell of every term that ends within sixty days or has ended, once each: the key is that of the term and its end."""
    for term in list(ending_terms()):
        _warn(term)


@door.act
def _warn(term: BoardTerm) -> None:
    messages.ending(term)
