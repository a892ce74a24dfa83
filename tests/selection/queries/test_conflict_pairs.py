"""The set-wise search gives what a loop over all pairs gives, on small worlds of any kind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import BoardOfficer, BoardTerm, Organisation
from selection.models import (
    Expert,
    ExpertAlias,
    ExpertLink,
    ExpertUnit,
    Nomination,
    Nominee,
    RecusalRequest,
    Round,
)
from selection.models.dossier import Affiliation
from selection.queries.conflict import conflicts
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db

ON = factories.NOON.date()
CUT = date(2023, 9, 1)
HASHES = [f"{n:064d}" for n in range(8)]
NAMES = ["张一", "李二", "王三"]
NEAR = [CUT - timedelta(days=1), CUT, date(2025, 1, 1), ON, ON + timedelta(days=1)]

some_day = st.none() | st.sampled_from(NEAR)
span = st.tuples(some_day, some_day).filter(lambda days: not all(days) or days[0] <= days[1])
unit = st.integers(0, 3)
expert = st.integers(0, 3)
link = st.tuples(
    expert, st.sampled_from([kind.value for kind in ExpertLink.Kind]), st.sampled_from(["", *HASHES]),
    st.sampled_from(NAMES), st.none() | unit, span,
)  # fmt: skip
world = st.fixed_dictionaries(
    {
        "experts": st.lists(
            st.tuples(st.sampled_from(NAMES), unit, st.booleans()), min_size=4, max_size=4
        ),  # name, unit, known by number
        "aliases": st.dictionaries(st.sampled_from(HASHES), expert, max_size=3),
        "units": st.lists(
            st.tuples(expert, unit, st.sampled_from(["employed", "director"]), st.sampled_from(NEAR), some_day).filter(
                lambda row: row[4] is None or row[3] <= row[4]
            ),
            max_size=4,
        ),
        "links": st.lists(link, max_size=4),
        "nominees": st.lists(
            st.tuples(
                st.sampled_from(NAMES), unit, unit, unit, st.sampled_from(["qualified", "qualified", "withdrawn"]),
                st.none() | st.tuples(unit, span),
            ),
            min_size=2, max_size=3,
        ),  # name, unit, county, nominator, state, a post
        "officers": st.lists(
            st.tuples(unit, st.sampled_from(["", *HASHES]), st.sampled_from(NAMES)), max_size=2
        ),
        "requests": st.lists(
            st.tuples(
                st.integers(0, 1), st.sampled_from(["", *HASHES]), st.sampled_from(NAMES), st.none() | expert,
                st.sampled_from(["upheld", "dismissed"]),
            ),
            max_size=2,
        ),
        "same_city": st.booleans(),
    }
)  # fmt: skip


def build(w: dict[str, Any]) -> Round:
    """The world as rows. Nominee n is known by the hash n, expert n by the hash 4 + n if by any."""
    row = factories.round_(rules=factories.rulebook(same_city=w["same_city"]))
    cities = [Organisation.objects.create(kind="city", code=f"W{n}", name=f"W城市{n}") for n in range(4)]
    people = []
    for n, (name, at, numbered) in enumerate(w["experts"]):
        people.append(
            Expert.objects.create(
                code=f"W{n}", name=name, unit=cities[at], city=cities[at], category="scholar", field="children",
                id_hash=HASHES[4 + n] if numbered else "",
            )
        )  # fmt: skip
    for key, n in w["aliases"].items():
        ExpertAlias.objects.create(expert=people[n], id_hash=key)
    for n, at, capacity, since, until in w["units"]:
        ExpertUnit.objects.create(
            expert=people[n], unit=cities[at], capacity=capacity, starts_on=since, ends_on=until
        )
    for n, kind, key, name, at, (since, until) in w["links"]:
        ExpertLink.objects.create(
            expert=people[n], kind=kind, person_hash=key, person_name=name, since=since, until=until,
            unit=None if at is None else cities[at],
        )  # fmt: skip
    rows = [_nominee(row, cities, n, given) for n, given in enumerate(w["nominees"])]
    for at, key, name in w["officers"]:
        term, _made = BoardTerm.objects.get_or_create(
            organisation=cities[at], ordinal=1,
            defaults={"since": CUT, "until": ON, "document": "决议", "recorded_by": "测试"},
        )  # fmt: skip
        BoardOfficer.objects.create(term=term, role="理事", name=name, name_key=name, person_key=key)
    for on, key, name, x, state in w["requests"]:
        factories.recusal_request(
            rows[on], state, name=name, person_hash=key, expert=None if x is None else people[x]
        )
    return row


def _nominee(row: Round, cities: list[Organisation], n: int, given: tuple[Any, ...]) -> Nomination:
    name, at, county, nominator, state, post = given
    person = Nominee.objects.create(person_key=HASHES[n], id_number="1", name=name, name_key=name)
    made = Nomination.objects.create(
        round=row, code=f"W{n}", nominee=person, route="county", unit=cities[at], county=cities[county],
        nominator=cities[nominator], state=state,
    )  # fmt: skip
    if post is not None:
        where, (since, until) = post
        Affiliation.objects.create(
            nomination=made, unit=cities[where].name, title="员工", started=since, ended=until
        )
    return made


# The same, pair by pair ----------------------------------------------------------------------------------------------


def within(since: date | None, until: date | None) -> bool:
    return (since is None or since <= ON) and (until is None or until >= CUT)


def binds(row: ExpertLink) -> bool:
    if row.kind in ("kin", "mentor", "student"):
        return True
    until = row.until or (row.since if row.kind == "co_author" else None)
    return within(row.since, until)


class World:
    def __init__(self, row: Round) -> None:
        self.round = row
        self.experts = list(Expert.objects.all())
        self.keys = {
            e.pk: {e.id_hash, *e.aliases.values_list("id_hash", flat=True)} - {""} for e in self.experts
        }
        self.nominees = list(row.nominations.exclude(state="withdrawn").select_related("nominee"))

    def same(self, keys: set[str]) -> tuple[set[str], list[Expert]]:
        """All keys and all rows of the pool of whoever is known by these keys."""
        keys, size = set(keys), -1
        while size != len(keys):
            size = len(keys)
            for known in self.keys.values():
                if known & keys:
                    keys |= known
        return keys, [e for e in self.experts if self.keys[e.pk] & keys]

    def rows_of(self, e: Expert) -> tuple[set[str], list[Expert]]:
        keys, rows = self.same(self.keys[e.pk])
        return keys, rows or [e]

    def pairs(self) -> set[tuple[str, str, str]]:
        return {
            (n.code, e.code, ground)
            for n in self.nominees for e in self.experts for ground in self.grounds(n, e)
        }  # fmt: skip

    def grounds(self, n: Nomination, e: Expert) -> set[str]:
        keys, rows = self.rows_of(e)
        their_keys, selves = self.same({n.nominee.person_key})
        found = self.by_units(n, rows, selves) | self.by_links(n, keys, rows, their_keys, selves)
        if their_keys & keys:
            found.add("same_person")
        elif any(keys & self.same({other.nominee.person_key})[0] for other in self.nominees):
            found.add("fellow_nominee")
        for officer in BoardOfficer.objects.filter(term__organisation__in=(n.nominator_id, n.unit_id)):
            by_name = officer.person_key == "" and officer.name in {x.name for x in rows}
            if by_name or officer.person_key in keys:
                found.add("officer")
        for request in RecusalRequest.objects.filter(nomination=n, state="upheld"):
            by_name = (
                not request.person_hash and request.expert is None and request.name in {x.name for x in rows}
            )
            if by_name or request.person_hash in keys or request.expert in rows:
                found.add("unsuitable")
        if self.round.rulebook.same_city and n.nominator_id in {x.city_id for x in rows}:
            found.add("same_city")
        return found

    def by_units(self, n: Nomination, rows: list[Expert], selves: list[Expert]) -> set[str]:
        names = {o.name: o.pk for o in Organisation.objects.all()}
        posts = [(n.unit_id, None, None)] + [(names[p.unit], p.started, p.ended) for p in n.posts.all()]
        posts += [(at, since, until) for x in selves for at, _how, since, until in self.places(x)]
        found = set()
        for x in rows:
            for at, how, since, until in self.places(x):
                if not within(since, until):
                    continue
                if at in (n.county_id, n.nominator_id):
                    found.add("nominator")
                for where, began, ended in posts:
                    if where == at and within(began, ended):
                        now = all(last is None or last >= ON for last in (until, ended))
                        found.add("board" if how != "employed" else "same_unit" if now else "former_unit")
        return found

    def places(self, x: Expert) -> list[tuple[int, str, date | None, date | None]]:
        rows = ExpertUnit.objects.filter(expert=x)
        return [(x.unit_id, "employed", None, None)] + [
            (row.unit_id, row.capacity, row.starts_on, row.ends_on) for row in rows
        ]

    def by_links(
        self, n: Nomination, keys: set[str], rows: list[Expert], their_keys: set[str], selves: list[Expert]
    ) -> set[str]:
        found = set()
        for row in ExpertLink.objects.all():
            if not binds(row):
                continue
            named = (
                row.person_hash == ""
                and row.person_name == n.nominee.name
                and row.unit_id in (None, n.unit_id)
            )
            if row.expert in rows and (row.person_hash in their_keys or named):
                found.add(row.kind)
            if row.expert in selves and row.person_hash in keys:
                found.add({"mentor": "student", "student": "mentor"}.get(row.kind, row.kind))
        return found


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world)
def test_the_search_equals_a_loop_over_all_pairs(w: dict[str, Any]) -> None:
    with clock.frozen(factories.NOON), transaction.atomic():
        row = build(w)
        expected = World(row).pairs()
        found = {(c.nominee_code, c.expert_code, c.ground) for c in conflicts(row)}
        one = Expert.objects.order_by("pk")[1]
        only = {(c.nominee_code, c.expert_code, c.ground) for c in conflicts(row, experts=[one])}
        transaction.set_rollback(True)
    assert found == expected
    assert only == {pair for pair in expected if pair[1] == one.code}
