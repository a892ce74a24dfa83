"""Whether people of a file may be brought into a round: asked for all of them in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organisation
from selection.models import Nomination, Nominee, Round
from selection.models.eligibility import barred
from selection.models.nomination import plain_name
from selection.models.nomination_guards import office_held, officer_sentence
from selection.queries.nomination import Way, ways_of
from selection.queries.sheets import units_for_import
from selection.rules.eligibility import valid_id_number
from workflow.wording import listed

CHUNK = 400
ENDED = (Nomination.State.WITHDRAWN, Nomination.State.DECLINED)


@dataclass
class Person:
    """One person of a file, as read: where it stands there, who it is, what the dossier would say."""

    row: int
    name: str
    id_number: str
    unit_code: str = ""
    route: str = ""
    category: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """How the person is found again."""
        return Nominee.key_of(self.id_number)


@dataclass(frozen=True)
class Place:
    """Where a person's dossier would stand."""

    unit: Organisation
    route: str
    way: Way


class Places:
    """Units and their routes, each looked up once."""

    def __init__(self, user: Any) -> None:
        self._units = {unit.code: unit for unit in units_for_import(user)}
        self._own = next((u for u in self._units.values() if u.pk == user.organisation_id), None)
        self._ways: dict[int, dict[str, Way]] = {}

    def of(self, person: Person) -> tuple[Place | None, str, str]:
        """The place, or the column that is wrong and why."""
        unit = self._units.get(person.unit_code) if person.unit_code else self._own
        if unit is None:
            words = (
                _("代码“%(code)s”不是您可以导入的用人单位。")
                if person.unit_code
                else _("请填写工作单位代码。")
            )
            return None, "unit", words % {"code": person.unit_code}
        if unit.pk not in self._ways:
            self._ways[unit.pk] = ways_of(unit)
        ways = self._ways[unit.pk]
        route = person.route or next(iter(ways), "")
        if route not in ways:
            return None, "route", _("本单位不能走该推荐渠道。")
        return Place(unit, route, ways[route]), "", ""


def known_people(people: Iterable[Person]) -> dict[str, Nominee]:
    """Those who are known already, by key, with what was recognised."""
    found: dict[str, Nominee] = {}
    for keys in chunks(person.key for person in people):
        rows = Nominee.objects.filter(person_key__in=keys).prefetch_related("recognitions")
        found |= {row.person_key: row for row in rows}
    return found


def chunks(items: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """The items, so many at a time."""
    rest = iter(items)
    return iter(lambda: list(islice(rest, size)), [])


def faults_of(
    round_: Round, people: Sequence[Person], places: Places, known: Mapping[str, Nominee]
) -> Iterator[tuple[Person, str, str]]:
    """What the rules say against bringing these people in: the person, the column, the sentence."""
    standing, submitted = _standing(round_, known.values())
    for person in people:
        place, column, why = places.of(person)
        if why:
            yield person, column, why
        if why := _category(round_, person):
            yield person, "category", why
        if not valid_id_number(person.id_number):
            if person.id_number:  # where it is missing, the sheet's reader has said so
                yield person, "id_number", _("身份证号有误，请核对18位号码。")
            continue
        nominee = known.get(person.key)
        if nominee is not None and (why := _against(round_, person, nominee, standing, submitted)):
            yield person, "id_number", why
        elif place is not None and (why := _office(place, person)):
            yield person, "name", why


def _category(round_: Round, person: Person) -> str:
    """A category where the round divides its places, none where it does not."""
    if not round_.categories:
        return _("本轮不分推荐类别，请留空。") if person.category else ""
    if round_.category_code(person.category):
        return ""
    names = listed(name for _code, name in round_.categories)
    return _("请填写本轮的推荐类别：%(names)s。") % {"names": names}


def _standing(round_: Round, nominees: Iterable[Nominee]) -> tuple[set[int], set[int]]:
    """Who stands in the round already, and under whose name an office has seen a dossier."""
    standing: set[int] = set()
    submitted: set[int] = set()
    for ids in chunks(nominee.pk for nominee in nominees):
        rows = Nomination.objects.filter(nominee__in=ids).order_by()
        live = rows.filter(round=round_).exclude(state__in=ENDED)
        standing |= set(live.values_list("nominee_id", flat=True))
        submitted |= set(rows.filter(submitted_at__isnull=False).values_list("nominee_id", flat=True))
    return standing, submitted


def _against(round_: Round, person: Person, nominee: Nominee, standing: set[int], submitted: set[int]) -> str:
    if nominee.pk in standing:
        return _("该人选在本轮已有申报，同一人在一轮中只能通过一个渠道申报一次。")
    if reason := barred(nominee, round_.rulebook):
        return reason
    if nominee.name_key != plain_name(person.name) and nominee.pk in submitted:
        return _("姓名与身份证号不符，请核对后再填写。")
    return ""


def _office(place: Place, person: Person) -> str:
    """Whether the person sits on the board of the federation that would nominate."""
    if not place.way.nominator.has_board:
        return ""
    nominee = Nominee(person_key=person.key, name=person.name, name_key=plain_name(person.name))
    nominator = place.way.nominator
    return officer_sentence(nominator, nominee) if office_held(nominator, nominee) else ""
