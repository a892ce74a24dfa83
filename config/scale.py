"""A database of a given size, for measurements: rows in bulk, valid by every constraint, without ledger and messages."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.actions.organisation import load_tree
from accounts.models import Organisation, RoleGrant, User
from accounts.roles import Role
from selection.models import (
    Affiliation,
    Expert,
    ExpertLink,
    ExpertUnit,
    Nomination,
    Nominee,
    PracticeInterval,
    Quota,
    Recognition,
    Round,
    RulebookVersion,
)
from selection.rules.rulebook import DEFAULT_RULEBOOK
from studios.models import Agreement, Instalment, Studio
from studios.rules.money import split_award
from workflow import clock
from workflow.actor import SYSTEM

BATCH = 1000
BEFORE_PROVINCE = ("draft", "returned", "county_review", "nominator_review")
AT_DESK = ("county_review", "nominator_review")
OPEN_STATES = (*BEFORE_PROVINCE, "nominated", "nominated")
PAST_STATES = ("disqualified", "not_selected", "not_selected")
FIELDS = [value for value, _label in Nomination.Field.choices]
SINCE = date(2020, 1, 1)


@transaction.atomic
def fill(*, rounds: int, nominations: int, experts: int, studios: int) -> None:
    """Add so many rounds (the last one open) with so many nominations in all, experts, and studios of an old batch."""
    load_tree(by=SYSTEM)
    run = f"scale{Round.objects.count()}"
    counties = list(Organisation.objects.filter(kind="county").select_related("parent").order_by("code"))
    units = _units(run, counties, max(1, nominations // 50))
    made = _rounds(run, rounds, places=nominations)
    _nominations(run, made, units, nominations)
    _experts(run, units, experts)
    if studios:
        _studios(run, units, studios)


def _units(run: str, counties: Sequence[Organisation], number: int) -> list[Organisation]:
    places = islice(cycle(counties), number)
    return Organisation.objects.bulk_create(
        (
            Organisation(
                kind="employer",
                code=f"{run}U{n}",
                name=f"社会工作服务中心{n}",
                area=county.area,
                parent=county,
            )
            for n, county in enumerate(places)
        ),
        batch_size=BATCH,
    )


def _rounds(run: str, number: int, *, places: int) -> list[Round]:
    opens, closes = clock.now() - timedelta(days=10), clock.now() + timedelta(days=30)
    made = Round.objects.bulk_create(
        Round(
            code=f"{run}-{n}", title=f"第{n}批", organiser="浙江省民政厅", document_prefix="浙民慈",
            state="open" if n == number else "published", announced_at=opens, closes_at=closes,
        )
        for n in range(1, number + 1)
    )  # fmt: skip
    rules = {
        **copy.deepcopy(DEFAULT_RULEBOOK),
        "opens_at": opens.isoformat(),
        "closes_at": closes.isoformat(),
    }
    rules["reference_date"] = closes.date().isoformat()
    RulebookVersion.objects.bulk_create(
        RulebookVersion(round=each, content=rules, frozen_at=opens) for each in made
    )
    cities = Organisation.objects.filter(kind="city")
    Quota.objects.bulk_create(
        Quota(round=each, nominator=city, places=min(places, 32_000)) for each in made for city in cities
    )
    return made


def _nominations(run: str, rounds: Sequence[Round], units: Sequence[Organisation], number: int) -> None:
    nominees = Nominee.objects.bulk_create(
        (
            Nominee(person_key=Nominee.key_of(f"{run}-{n}"), id_number=f"{run}-{n}", name=f"人选{n}", name_key=f"人选{n}")
            for n in range(number)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    rows = (
        _nomination(n, nominee, rounds[n * len(rounds) // number], units[n % len(units)])
        for n, nominee in enumerate(nominees)
    )
    made = Nomination.objects.bulk_create(rows, batch_size=BATCH)
    Affiliation.objects.bulk_create((post for row in made for post in _posts(row)), batch_size=BATCH)
    PracticeInterval.objects.bulk_create((each for row in made for each in _practice(row)), batch_size=BATCH)


def _posts(row: Nomination) -> Iterator[Affiliation]:
    """A post at home, and for every third person one beside it."""
    yield Affiliation(nomination=row, position=0, unit=row.unit.name, title=row.title, primary=True)
    if row.nominee_id % 3 == 0:
        yield Affiliation(nomination=row, position=1, unit="浙江某学院", title="兼职讲师")


def _practice(row: Nomination) -> Iterator[PracticeInterval]:
    """Some years elsewhere and all since then at home, the two overlapping."""
    common: dict[str, Any] = {"nomination": row, "duty": "儿童社会工作"}
    started, moved = date(2012, 7, 1), date(2014 + row.nominee_id % 3, 7, 1)
    ended = moved + timedelta(days=60)
    yield PracticeInterval(
        position=0, started=started, ended=ended, unit="外省某中心", in_province=False, **common
    )
    yield PracticeInterval(position=1, started=moved, unit=row.unit.name, in_province=True, **common)


def _nomination(n: int, nominee: Nominee, row: Round, unit: Organisation) -> Nomination:
    states = OPEN_STATES if row.state == "open" else PAST_STATES
    state = states[n % len(states)]
    county = unit.parent
    assert county is not None and county.parent is not None
    return Nomination(
        round=row, code=f"N{n:06d}", nominee=nominee, route="county", unit=unit, county=county,
        nominator=county.parent, state=state, title="总干事", field=FIELDS[n % len(FIELDS)], gender="female",
        born_on=date(1985, 3, 15), certificate_level="intermediate", certificate_number=f"{n:08d}",
        certified_on=date(2018, 9, 20), setting="social_organisation", civil_status="none",
        achievements="从事社会工作十二年。", summary="长期从事困境儿童社会工作。",
        nominated_at=None if state in BEFORE_PROVINCE else row.announced_at,
        due_on=_due_on(n) if state in AT_DESK else None,
    )  # fmt: skip


def _due_on(n: int) -> date:
    """Some desks are late, most are not."""
    return clock.today() + timedelta(days=n % 13 - 2)


def _people(run: str, letter: str, role: Role, units: Sequence[Organisation], number: int) -> list[User]:
    locked = make_password(None)
    people = User.objects.bulk_create(
        (
            User(username=f"{run}{letter}{n}", name=f"用户{n}", password=locked, organisation=unit)
            for n, unit in enumerate(islice(cycle(units), number))
        ),
        batch_size=BATCH,
    )
    RoleGrant.objects.bulk_create(
        (RoleGrant(user=person, role=role, since=SINCE, granted_by=run) for person in people),
        batch_size=BATCH,
    )
    return people


def _experts(run: str, units: Sequence[Organisation], number: int) -> None:
    """The pool: each expert with a present and a former unit, every tenth formerly with an employer, every fifth with
    a tie to a nominee."""
    categories = cycle(Expert.Category.values)
    homes = _homes(run, max(2, number // 20))
    people = _people(run, "e", Role.EXPERT, homes, number)
    experts = Expert.objects.bulk_create(
        (
            Expert(
                code=f"{run}X{n}", user=person, name=person.name, unit_id=person.organisation_id or 0,
                category=next(categories), field=FIELDS[n % len(FIELDS)], id_hash=Expert.hash_of(f"{run}X{n}"),
                enabled_from=SINCE,
            )
            for n, person in enumerate(people)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    ExpertUnit.objects.bulk_create(_units_of(experts, homes, units), batch_size=BATCH)
    ExpertLink.objects.bulk_create(_links_of(experts), batch_size=BATCH)


def _homes(run: str, number: int) -> list[Organisation]:
    """Universities and associations: where experts are, and nominees are not."""
    return Organisation.objects.bulk_create(
        (Organisation(kind="expert_unit", code=f"{run}H{n}", name=f"大学{n}") for n in range(number)),
        batch_size=BATCH,
    )


def _units_of(
    experts: Sequence[Expert], homes: Sequence[Organisation], units: Sequence[Organisation]
) -> Iterator[ExpertUnit]:
    left = clock.today() - timedelta(days=300)
    for n, expert in enumerate(experts):
        yield ExpertUnit(expert=expert, unit_id=expert.unit_id, starts_on=SINCE)
        former = units[n // 10 % len(units)] if n % 10 == 0 else homes[(n * 7 + 3) % len(homes)]
        yield ExpertUnit(expert=expert, unit=former, starts_on=date(2015, 3, 1), ends_on=left)


def _links_of(experts: Sequence[Expert]) -> Iterator[ExpertLink]:
    """Every fifth expert and a nominee of the last round, all kinds in turn."""
    keys = list(Nominee.objects.order_by("-pk").values_list("person_key", flat=True)[: len(experts)])
    kinds = cycle(ExpertLink.Kind.values)
    for n, expert in enumerate(experts[::5] if keys else ()):
        yield ExpertLink(
            expert=expert, kind=next(kinds), person_hash=keys[(n * 11) % len(keys)], person_name=f"人选{n}",
            since=SINCE,
        )  # fmt: skip


def _studios(run: str, units: Sequence[Organisation], number: int) -> None:
    batch = Round.objects.create(
        code=f"{run}-old", title="往届", organiser="浙江省民政厅", document_prefix="浙民慈", historical=True,
        published_on=SINCE,
    )  # fmt: skip
    leads = _people(run, "l", Role.STUDIO_LEAD, units, number)
    recognitions = Recognition.objects.bulk_create(
        (
            Recognition(
                round=batch, ordinal=n, name=lead.name, name_key=lead.name, affiliations=["社会工作服务中心"],
                certificate_number=f"{run}-{n}", recognised_on=SINCE, expires_on=date(2099, 1, 1),
            )
            for n, lead in enumerate(leads, start=1)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    rows = zip(recognitions, cycle(units), leads, strict=False)
    made = Studio.objects.bulk_create((_studio(*row) for row in rows), batch_size=BATCH)
    _grants(run, made, leads)


def _studio(recognition: Recognition, host: Organisation, lead: User) -> Studio:
    county = host.parent
    assert county is not None
    return Studio(
        recognition=recognition, name=f"{lead.name}工作室", host=host, county=county, city=county.parent, lead=lead,
        state="active", ends_on=recognition.expires_on,
    )  # fmt: skip


def _grants(run: str, studios: Sequence[Studio], leads: Sequence[User]) -> None:
    award, shares = Decimal("50000.00"), (50, 30, 20)
    signatures = dict.fromkeys(("signed_by_province", "signed_by_host", "signed_by_talent"), "签署人")
    Agreement.objects.bulk_create(
        (
            Agreement(
                studio=studio, number=f"{run}-{n}", award=award, shares=list(shares), signed_on=SINCE,
                recorded_by=lead, **signatures,
            )
            for n, (studio, lead) in enumerate(zip(studios, leads, strict=True))
        ),
        batch_size=BATCH,
    )  # fmt: skip
    Instalment.objects.bulk_create(_instalments(studios, split_award(award, shares)), batch_size=BATCH)


def _instalments(studios: Sequence[Studio], amounts: Sequence[Decimal]) -> Iterator[Any]:
    for studio in studios:
        for number, amount in enumerate(amounts, start=1):
            yield Instalment(studio=studio, number=number, amount=amount)
