"""All conflicts of a round: five thousand experts against two thousand nominees, with units over time and links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from django.db import connection, transaction
from django.utils.translation import override

from accounts.models import BoardOfficer, BoardTerm, Organisation
from bench.figure import Figure, milliseconds, statements
from selection.models import (
    Affiliation,
    Expert,
    ExpertAlias,
    ExpertLink,
    ExpertUnit,
    Nomination,
    Nominee,
    RecusalRequest,
    Round,
    RulebookVersion,
)
from selection.queries.conflict import conflicts, recusals_of
from selection.rules.rulebook import DEFAULT_RULEBOOK
from workflow import clock

EXPERTS, NOMINEES = 5_000, 2_000
CITIES, COUNTIES, EMPLOYERS, COLLEGES = 11, 90, 700, 150
TURNS = 3


def world() -> Round:
    """A province: units of nominees and experts, former units, posts, links, boards, aliases and requests."""
    random, today = Random(7), clock.today()
    with transaction.atomic():
        row = _round(today)
        cities, counties, units = _organisations(random)
        experts = _experts(random, units, cities, today)
        nominees = _nominees(random, row, units, counties, today)
        _ties(random, experts, nominees, units, today)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return row


def _round(today: date) -> Round:
    row = Round.objects.create(code="bench-conflicts", title="bench", organiser="bench", state="screening")
    times = {"opens_at": clock.now().isoformat(), "closes_at": (clock.now() + timedelta(days=30)).isoformat()}
    content = {**DEFAULT_RULEBOOK, **times, "reference_date": today.isoformat()}
    RulebookVersion.objects.create(round=row, content=content, frozen_at=clock.now())
    return row


def _organisations(
    random: Random,
) -> tuple[list[Organisation], list[Organisation], list[Organisation]]:
    def made(kind: str, number: int, parents: list[Organisation]) -> list[Organisation]:
        return Organisation.objects.bulk_create(
            Organisation(
                kind=kind, code=f"BC{kind[:4]}{n}", name=f"冲突测算{kind}{n}",
                parent=random.choice(parents) if parents else None,
            )
            for n in range(number)
        )  # fmt: skip

    cities = made("city", CITIES, [])
    counties = made("county", COUNTIES, cities)
    units = made("employer", EMPLOYERS, counties) + made("expert_unit", COLLEGES, cities)
    return cities, counties, units


def _experts(
    random: Random, units: list[Organisation], cities: list[Organisation], today: date
) -> list[Expert]:
    experts = Expert.objects.bulk_create(
        Expert(
            code=f"BC{n:05d}", name=f"专家{n}", id_hash=f"{n:064x}", unit=random.choice(units[EMPLOYERS:]),
            category="scholar", field="children", city=random.choice(cities),
        )
        for n in range(EXPERTS)
    )  # fmt: skip
    ExpertUnit.objects.bulk_create(
        ExpertUnit(
            expert=expert, unit=random.choice(units), starts_on=today - timedelta(days=random.randint(2000, 6000)),
            ends_on=random.choice((None, today - timedelta(days=random.randint(1, 1900)))),
            capacity=random.choice(("employed", "employed", "employed", "director")),
        )
        for expert in experts
        for _n in range(2)
    )  # fmt: skip
    ExpertAlias.objects.bulk_create(
        ExpertAlias(expert=expert, id_hash=f"{10**6 + n:064x}") for n, expert in enumerate(experts[::50])
    )
    return experts


def _nominees(
    random: Random, row: Round, units: list[Organisation], counties: list[Organisation], today: date
) -> list[Nomination]:
    people = Nominee.objects.bulk_create(
        Nominee(person_key=f"{2 * 10**6 + n:064x}", id_number="1", name=f"人选{n}", name_key=f"人选{n}")
        for n in range(NOMINEES)
    )
    made = []
    for n, person in enumerate(people):
        county = random.choice(counties)
        made.append(
            Nomination(
                round=row, code=f"BC{n:05d}", nominee=person, route="county", state="qualified", county=county,
                nominator=county.parent, unit=random.choice(units[:EMPLOYERS]),
            )
        )  # fmt: skip
    nominees = Nomination.objects.bulk_create(made)
    Affiliation.objects.bulk_create(
        Affiliation(
            nomination=nomination, unit=random.choice(units).name, title="社工", position=k,
            started=today - timedelta(days=random.randint(2000, 5000)),
            ended=random.choice((None, today - timedelta(days=random.randint(1, 1900)))),
        )
        for nomination in nominees
        for k in range(2)
    )  # fmt: skip
    return nominees


def _ties(
    random: Random, experts: list[Expert], nominees: list[Nomination], units: list[Organisation], today: date
) -> None:
    kinds = [kind.value for kind in ExpertLink.Kind]
    ExpertLink.objects.bulk_create(
        ExpertLink(
            expert=random.choice(experts), kind=random.choice(kinds), person_name="某",
            person_hash=random.choice(nominees).nominee.person_key, since=today - timedelta(days=900),
        )
        for _n in range(4 * NOMINEES)
    )  # fmt: skip
    for city in {nomination.nominator_id for nomination in nominees}:
        term = BoardTerm.objects.create(
            organisation_id=city, ordinal=1, since=today - timedelta(days=300), until=today + timedelta(days=300),
            document="bench", recorded_by="bench",
        )  # fmt: skip
        BoardOfficer.objects.bulk_create(
            BoardOfficer(term=term, role="理事", name="某", name_key="某", person_key=one.id_hash)
            for one in random.sample(experts, 5)
        )
    RecusalRequest.objects.bulk_create(
        RecusalRequest(
            nomination=nomination, name="某", name_key="某", reason="bench", state="upheld",
            expert=random.choice(experts),
        )
        for nomination in nominees[::4]
    )  # fmt: skip


def figures() -> Iterator[Figure]:
    """Best of a few turns, the statements, and how many pairs there are."""
    row = world()
    yield statements("conflicts_5000x2000", lambda: conflicts(Round.objects.get(pk=row.pk)))
    spent = min(milliseconds(lambda: conflicts(row)) for _turn in range(TURNS))
    yield Figure("conflicts_5000x2000", round(spent / 1000, 2), "s")
    with override("zh-hans"):
        found = recusals_of(conflicts(row))
    yield Figure("conflicts_5000x2000_pairs", len(found), "pairs")
