"""Who may not score whom: every kind of tie, its first and last day, and the person behind another account."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import BoardOfficer, BoardTerm, OrganisationRecord
from selection.errors import ConflictOfInterest
from selection.models import Expert, ExpertAlias, ExpertLink, ExpertUnit, Nomination, Recusal
from selection.queries.conflict import (
    Person,
    conflicts,
    conflicts_between,
    conflicts_of_people,
    pairs_of,
    recusals_of,
    require_no_conflict,
    require_no_recusal,
)
from selection.rules.conflict import counts, first_day_that_counts
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db

TODAY = factories.NOON.date()  # 2026-09-01
THREE_YEARS_AGO = date(2023, 9, 1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def nominee(**fields: Any) -> Nomination:
    return factories.nomination("qualified", **fields)


def known(**fields: Any) -> Expert:
    number = factories.id_number()
    return factories.expert(id_number=number, id_hash=Expert.hash_of(number), **fields)


def worked(expert: Expert, unit: Any, since: date, until: date | None, capacity: str = "employed") -> None:
    ExpertUnit.objects.create(
        expert=expert, unit=unit, starts_on=since, ends_on=until, capacity=capacity, post="教师"
    )


def linked(expert: Expert, row: Nomination, kind: str, **fields: Any) -> ExpertLink:
    given = {"person_hash": row.nominee.person_key, "person_name": row.nominee.name, **fields}
    return ExpertLink.objects.create(expert=expert, kind=kind, **given)


def grounds(row: Nomination, expert: Expert, on: date = TODAY) -> list[str]:
    found = conflicts(row.round, experts=[expert], nominations=[row], on=on)
    assert {(c.nomination, c.expert) for c in found} <= {(row.pk, expert.pk)}
    return [c.ground for c in found]


def test_strangers_do_not_conflict():
    row = nominee()
    known()
    assert conflicts(row.round) == []


# Units ---------------------------------------------------------------------------------------------------------------


def test_the_same_unit_today():
    row = nominee()
    expert = known(unit=row.unit)
    assert grounds(row, expert) == ["same_unit"]
    assert conflicts_between(row, expert)[0].reason == f"同单位：{row.unit.name}（2014-07-01起）"


@pytest.mark.parametrize(
    ("left", "found"),
    [
        (date(2024, 9, 1), ["former_unit"]),  # two years ago
        (THREE_YEARS_AGO, ["former_unit"]),  # the corresponding day still counts
        (THREE_YEARS_AGO - DAY, []),  # three years and a day
    ],
)
def test_an_expert_who_left_the_nominees_unit(left, found):
    row, expert = nominee(), known()
    worked(expert, row.unit, date(2015, 1, 1), left)
    assert grounds(row, expert) == found


@pytest.mark.parametrize(("left", "found"), [(THREE_YEARS_AGO, ["former_unit"]), (THREE_YEARS_AGO - DAY, [])])
def test_a_nominee_who_left_the_experts_unit(left, found):
    expert = known()
    post = {"unit": expert.unit.name, "title": "主任", "started": date(2018, 1, 1), "ended": left}
    assert grounds(nominee(posts=[post]), expert) == found


def test_a_unit_is_known_by_the_name_it_had_and_by_times_of_practice():
    expert = known()
    OrganisationRecord.objects.create(
        organisation=expert.unit, name="旧名社工站", code="OLD", valid_from=date(2015, 1, 1),
        valid_until=date(2025, 1, 1),
    )  # fmt: skip
    practice = {"unit": "旧名社工站", "duty": "个案", "started": date(2020, 1, 1), "ended": date(2025, 1, 1)}
    row = nominee(intervals=[practice])
    assert grounds(row, expert) == ["former_unit"]
    (conflict,) = conflicts_between(row, expert)
    assert (conflict.since, conflict.until) == (date(2020, 1, 1), date(2025, 1, 1))
    assert "2020-01-01至2025-01-01" in conflict.reason


def test_both_left_the_same_unit_within_the_years_though_they_never_met():
    other, expert = factories.organisation(), known()
    worked(expert, other, date(2020, 1, 1), date(2023, 12, 31))
    post = {"unit": other.name, "title": "主任", "started": date(2024, 6, 1), "ended": date(2025, 6, 1)}
    row = nominee(posts=[post])
    assert grounds(row, expert) == ["former_unit"]
    post["ended"] = THREE_YEARS_AGO - DAY
    post["started"] = date(2019, 1, 1)
    assert grounds(nominee(posts=[post]), expert) == []


def test_a_post_that_has_not_begun_does_not_count_yet():
    row, expert = nominee(), known()
    worked(expert, row.unit, TODAY + DAY, None)
    assert grounds(row, expert) == []
    assert grounds(row, expert, on=TODAY + DAY) == ["same_unit"]


@pytest.mark.parametrize("capacity", ["director", "supervisor", "controlling"])
def test_directors_supervisors_and_owners_of_the_nominees_unit(capacity):
    row, expert = nominee(), known()
    worked(expert, row.unit, date(2015, 1, 1), None, capacity)
    assert grounds(row, expert) == ["board"]


def test_the_county_and_the_nominator():
    row = nominee()
    county, city, gone = known(unit=row.county), known(unit=row.nominator), known()
    worked(gone, row.nominator, date(2015, 1, 1), THREE_YEARS_AGO - DAY)
    assert [grounds(row, one) for one in (county, city, gone)] == [["nominator"], ["nominator"], []]


def test_the_account_of_an_expert_may_stand_at_another_office():
    row = nominee()
    expert = known()
    expert.user.organisation = row.nominator
    expert.user.save()
    assert grounds(row, expert) == ["nominator"]


def test_the_years_are_the_rulebooks():
    row = nominee(round=factories.round_(rules=factories.rulebook(conflict_years=5)))
    expert = known()
    worked(expert, row.unit, date(2015, 1, 1), date(2021, 9, 1))
    assert grounds(row, expert) == ["former_unit"]
    assert grounds(row, expert, on=TODAY + DAY) == []


# Persons -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mentor", "student", "kin"])
def test_teachers_students_and_kin_for_ever(kind):
    row, expert = nominee(), known()
    linked(expert, row, kind, since=date(1990, 1, 1), until=date(2000, 1, 1))
    assert grounds(row, expert) == [kind]


@pytest.mark.parametrize("kind", ["co_project", "money", "dispute", "co_author"])
def test_work_money_and_disputes_for_the_years_that_count(kind):
    row, expert = nominee(), known()
    link = linked(expert, row, kind, since=date(2015, 1, 1), until=THREE_YEARS_AGO)
    assert grounds(row, expert) == [kind]
    ExpertLink.objects.filter(pk=link.pk).update(until=THREE_YEARS_AGO - DAY)
    assert grounds(row, expert) == []


def test_a_paper_is_of_its_day_and_a_project_without_an_end_goes_on():
    row, author, partner = nominee(), known(), known()
    linked(author, row, "co_author", since=THREE_YEARS_AGO - DAY)
    linked(partner, row, "co_project", since=date(2015, 1, 1))
    assert grounds(row, author) == []
    assert grounds(row, partner) == ["co_project"]


def test_a_link_without_a_number_binds_by_name_and_unit():
    row, expert = nominee(nominee=factories.nominee("秦　芸")), known()
    link = linked(expert, row, "kin", person_hash="", person_name="秦 芸", unit=row.unit)
    assert grounds(row, expert) == ["kin"]
    ExpertLink.objects.filter(pk=link.pk).update(unit=factories.organisation())
    assert grounds(row, expert) == []


def test_what_the_nominee_recorded_in_the_pool_counts_from_the_other_side():
    number = factories.id_number()
    row = nominee(nominee=factories.nominee(id_number=number))
    myself = factories.expert(id_number=number, id_hash=Expert.hash_of(number))
    teacher = known()
    ExpertLink.objects.create(
        expert=myself, kind="mentor", person_hash=teacher.id_hash, person_name=teacher.name
    )
    assert grounds(row, teacher) == ["student"]


def test_nobody_judges_oneself_or_the_others_of_the_round():
    number = factories.id_number()
    row = nominee(nominee=factories.nominee(id_number=number))
    other = nominee(round=row.round)
    expert = factories.expert(id_number=number, id_hash=Expert.hash_of(number))
    assert grounds(row, expert)[0] == "same_person"
    assert grounds(other, expert) == ["fellow_nominee"]
    Nomination.objects.filter(pk=row.pk).update(state="withdrawn")
    assert grounds(other, expert) == []


def test_another_account_of_the_same_person():
    """The person has a second entry in the pool under another document, and ties are recorded on the first."""
    row, first, second = nominee(), known(), known()
    ExpertAlias.objects.create(expert=first, id_hash=second.id_hash)
    linked(first, row, "kin")
    worked(first, row.unit, date(2015, 1, 1), None)
    assert grounds(row, second) == ["kin", "same_unit"] == grounds(row, first)


def test_a_nominee_under_another_number():
    row, expert = nominee(), known()
    ExpertAlias.objects.create(expert=expert, id_hash=row.nominee.person_key)
    assert grounds(row, expert)[0] == "same_person"
    third = known()
    ExpertLink.objects.create(expert=third, kind="kin", person_hash=expert.id_hash, person_name="某人")
    assert grounds(row, third) == ["kin"]


# Federations, requests, cities ---------------------------------------------------------------------------------------


def federation() -> tuple[Nomination, BoardTerm]:
    body = factories.organisation("federation", name="省社会工作联合会")
    row = nominee(route="direct", county=None, nominator=body)
    term = BoardTerm.objects.create(
        organisation=body, ordinal=1, since=date(2024, 1, 1), until=TODAY, document="决议", recorded_by="测试"
    )
    return row, term


def test_an_officer_of_the_nominating_federation_in_term():
    row, term = federation()
    expert = known()
    BoardOfficer.objects.create(
        term=term, role="副会长", name="某人", name_key="某人", person_key=expert.id_hash
    )
    assert grounds(row, expert) == ["officer"]
    assert "省社会工作联合会副会长" in conflicts_between(row, expert)[0].reason
    assert grounds(row, expert, on=TODAY + DAY) == []


def test_an_officer_recorded_by_name_alone():
    row, term = federation()
    expert, other = known(name="许　明"), known(name="许明远")
    BoardOfficer.objects.create(term=term, role="理事", name="许明", name_key="许明")
    assert (grounds(row, expert), grounds(row, other)) == (["officer"], [])


def test_whom_an_upheld_request_means():
    row = nominee()
    matched, numbered, named, stranger = known(), known(), known(name="钱 老师"), known()
    factories.recusal_request(row, "upheld", name="甲", expert=matched)
    factories.recusal_request(row, "upheld", name="乙", person_hash=numbered.id_hash)
    factories.recusal_request(row, "upheld")
    factories.recusal_request(row, "dismissed", name="丁", expert=stranger)
    assert [grounds(row, one) for one in (matched, numbered, named, stranger)] == [["unsuitable"]] * 3 + [[]]


@pytest.mark.parametrize(("switch", "found"), [(True, ["same_city"]), (False, [])])
def test_the_same_city_if_the_rules_say_so(switch, found):
    row = nominee(round=factories.round_(rules=factories.rulebook(same_city=switch)))
    assert grounds(row, known(city=row.nominator)) == found


def test_the_city_of_a_direct_nominee_is_that_above_the_unit():
    row = nominee(
        round=factories.round_(rules=factories.rulebook(same_city=True)), route="direct", county=None,
        nominator=factories.organisation("direct"),
    )  # fmt: skip
    assert grounds(row, known(city=row.unit.parent.parent)) == ["same_city"]


# Answers -------------------------------------------------------------------------------------------------------------


def test_several_grounds_make_one_recusal_with_all_reasons():
    row = nominee()
    expert = known(unit=row.unit)
    linked(expert, row, "mentor")
    found = conflicts(row.round)
    assert pairs_of(found) == {(row.code, expert.code)}
    (recusal,) = recusals_of(found)
    assert (recusal.ground, recusal.kind) == ("same_unit", "derived")
    assert recusal.reason == f"同单位：{row.unit.name}（2014-07-01起）；人选是专家的导师"


def test_whoever_would_assign_a_pair_is_refused_with_the_reasons():
    row = nominee()
    expert, declared = known(unit=row.unit), known()
    with pytest.raises(ConflictOfInterest, match=row.unit.name) as refused:
        require_no_conflict(row, expert)
    assert refused.value.code == "conflict_of_interest"
    Recusal.objects.create(nomination=row, expert=declared, kind="declared", reason="曾经合作")
    with pytest.raises(ConflictOfInterest, match="专家声明回避"):
        require_no_conflict(row, declared)
    with pytest.raises(ConflictOfInterest, match="曾经合作"):
        require_no_recusal(row.round, {(row.code, declared.code)})
    require_no_recusal(row.round, {(row.code, expert.code)})


def test_people_are_looked_at_before_they_are_invited():
    number = factories.id_number()
    row = nominee(nominee=factories.nominee(id_number=number))
    inside = known()
    linked(inside, row, "kin")
    pool_number = inside.id_number
    with CaptureQueriesContext(connection) as captured:
        answers = conflicts_of_people(
            row.round,
            [
                Person("甲", units=((row.unit.name, date(2015, 1, 1), TODAY - DAY),)),
                Person("乙", id_number=number),
                Person("丙", id_number=pool_number),
                Person("丁", units=(("没有这个单位", None, None),)),
            ],
        )
    assert [[c.ground for c in found] for found in answers] == [["former_unit"], ["same_person"], ["kin"], []]
    assert len(captured) <= 12
    assert Expert.objects.count() == 1


def test_as_many_statements_for_many_as_for_one():
    row = nominee(round=factories.round_(rules=factories.rulebook(same_city=True)))
    known(unit=row.unit)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert conflicts(type(row.round).objects.get(pk=row.round.pk))
        return len(captured) - 1

    few = asked()
    for _n in range(4):
        other = nominee(round=row.round)
        linked(known(unit=other.unit), other, "kin")
    assert asked() == few <= 10


def test_years_end_on_the_corresponding_day():
    assert first_day_that_counts(date(2026, 5, 10), 3) == date(2023, 5, 10)
    assert first_day_that_counts(date(2028, 2, 29), 3) == date(2025, 3, 1)
    assert counts("co_author", date(2023, 5, 10), None, on=date(2026, 5, 10), years=3)
    assert not counts("co_author", date(2023, 5, 9), None, on=date(2026, 5, 10), years=3)
    assert not counts("money", date(2026, 5, 11), None, on=date(2026, 5, 10), years=3)
    assert counts("kin", None, date(1990, 1, 1), on=date(2026, 5, 10), years=3)
