"""The nomination list: what each filter finds, in which order, and what it counts."""

from datetime import date, datetime, timedelta

import pytest
from django.http import QueryDict

from selection.models import Nomination, RecheckRequest
from selection.queries.listing import Listing, canonical, columns_of, places
from selection.queries.nomination import Filter, counts_by_state, listed
from tests import factories
from tests.selection import stage as stages
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def found(user, **query):
    return [row.pk for row in Listing(user, query).rows]


def test_city_and_county_find_every_route_of_a_place():
    here, there, round_ = factories.tree(), factories.tree(), factories.round_()
    by_county = factories.nomination("nominated", round=round_, orgs=here)
    direct = factories.organisation("direct")
    put_directly = factories.nomination(
        "nominated", round=round_, orgs={**here, "city": direct}, route="direct", county=None
    )
    factories.nomination("nominated", round=round_, orgs=there)
    manager = factories.user("manager")
    assert set(found(manager, city=str(here["city"].pk))) == {by_county.pk, put_directly.pk}
    assert set(found(manager, county=str(here["county"].pk))) == {by_county.pk, put_directly.pk}
    assert found(manager, nominator=str(direct.pk)) == [put_directly.pk]


def test_field_and_state_and_round_narrow_together():
    old = factories.nomination("nominated", field="elderly")
    new = factories.nomination("nominated", field="elderly")
    factories.nomination("qualified", field="elderly", round=new.round)
    factories.nomination("nominated", field="children", round=new.round)
    manager = factories.user("manager")
    query = {"field": "elderly", "state": "nominated"}
    assert set(found(manager, **query)) == {old.pk, new.pk}
    assert found(manager, **query, round=new.round.code) == [new.pk]


@pytest.mark.parametrize("typed", ["秦芸", "秦　芸", "青禾", "S2019-007", "s2019", "2026-0042"])
def test_a_dossier_is_found_by_name_unit_certificate_and_code(typed):
    wanted = factories.nomination(
        code="2026-0042", nominee=factories.nominee("秦　芸"), certificate_number="S2019-007"
    )
    factories.nomination(
        code="2026-0043", orgs={**factories.tree(), "unit": factories.organisation(name="橘园社工站")}
    )
    assert found(factories.user("manager"), q=typed) == [wanted.pk]


def test_the_flags_find_what_they_say():
    held, returned, plain = (factories.nomination("nominated") for _ in range(3))
    factories.admitted_objection(held)
    Nomination.objects.filter(pk=returned.pk).update(times_returned=1)
    lacking = factories.nomination("draft", summary="")
    manager = factories.user("manager")
    assert found(manager, flag="held") == [held.pk]
    assert found(manager, flag="returned") == [returned.pk]
    assert lacking.pk in found(manager, flag="missing")
    assert plain.pk not in found(manager, flag="missing")


def test_a_flag_of_the_province_is_no_filter_for_others():
    held = factories.nomination("on_notice")
    factories.admitted_objection(held)
    other = factories.nomination("nominated", round=held.round, orgs=_orgs_of(held))
    officer = factories.user("bureau_officer", organisation=held.nominator)
    assert set(found(officer, flag="held")) == {held.pk, other.pk}


def _orgs_of(row):
    return {"unit": row.unit, "county": row.county, "city": row.nominator}


def test_what_two_reviewers_differ_on_is_a_flag():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening(2)
        stages.concluded(stage, 0, "disqualified", E04="fail")
        assert found(stage.manager, flag="differing") == []
        stages.concluded(stage, 1, "qualified")
        assert found(stage.manager, flag="differing") == [stage.nominations[0].pk]


def at(day):
    return clock.frozen(datetime(day.year, day.month, day.day, 9, tzinfo=clock.ZONE))


def test_overdue_is_what_its_present_holder_is_late_with():
    round_, orgs = factories.round_(), factories.tree()
    due = date(2026, 9, 8)
    desk = factories.nomination("county_review", round=round_, orgs=orgs, due_on=due)
    factories.nomination("nominator_review", round=round_, orgs=orgs, due_on=due + timedelta(days=1))
    factories.nomination("draft", round=round_, orgs=orgs)
    screened = factories.round_("screening")  # closed on 10 October: to be concluded by the 23rd
    waiting = factories.nomination("nominated", round=screened, orgs=orgs)
    reinstated = factories.nomination("nominated", round=screened, orgs=orgs, due_on=date(2026, 10, 30))
    corrected = factories.nomination(
        "correction", round=screened, orgs=orgs, correction_due=date(2026, 10, 20)
    )
    manager = factories.user("manager")
    for day, expected in (
        (due, set()),
        (date(2026, 9, 9), {desk.pk}),
        (date(2026, 10, 21), {corrected.pk}),
        (date(2026, 10, 23), {corrected.pk}),
        (date(2026, 10, 26), {corrected.pk, waiting.pk}),
        (date(2026, 11, 2), {corrected.pk, waiting.pk, reinstated.pk}),
    ):
        with at(day):
            late = set(found(manager, overdue="1"))
        assert late & {corrected.pk, waiting.pk, reinstated.pk, desk.pk} >= expected, day
        if day >= date(2026, 10, 21):  # the desks of an open round stay late until it closes
            late -= {desk.pk} | {row.pk for row in Nomination.objects.filter(state="nominator_review")}
        assert late == expected, day


def test_a_recheck_that_waits_too_long_is_overdue():
    row = factories.nomination("disqualified", round=factories.round_("screening"))
    RecheckRequest.objects.create(nomination=row, state="requested", answer_due=date(2026, 10, 20))
    manager = factories.user("manager")
    with at(date(2026, 10, 20)):
        assert found(manager, overdue="1") == []
        assert found(manager, flag="recheck") == [row.pk]
    with at(date(2026, 10, 21)):
        assert found(manager, overdue="1") == [row.pk]


def test_late_experts_are_the_province_s_to_know():
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1)
    officer = factories.user("bureau_officer", organisation=stage.nominations[0].nominator)
    with at(date(2026, 11, 20)):
        assert found(stage.manager, overdue="1") == [stage.nominations[0].pk]
        assert found(officer, overdue="1") == []


@pytest.mark.parametrize("sort", ["code", "name", "nominator", "county", "rank", "field", "state", "due", "submitted", "nominated"])  # fmt: skip
def test_every_order_goes_both_ways_and_loses_nobody(sort):
    round_, orgs = factories.round_(), factories.tree()
    rows = [
        factories.nomination(
            state, round=round_, orgs=orgs, field=field, due_on=due, nominee=factories.nominee(name)
        )
        for state, field, due, name in (
            ("draft", "children", None, "甲"),
            ("county_review", "elderly", date(2026, 9, 8), "乙"),
            ("nominator_review", "medical", date(2026, 9, 3), "丙"),
            ("nominated", "relief", None, "丁"),
        )
    ]
    manager = factories.user("manager")
    up, down = found(manager, sort=sort), found(manager, sort=f"-{sort}")
    assert set(up) == set(down) == {row.pk for row in rows}


def test_by_deadline_the_next_comes_first_and_what_has_none_last():
    round_, orgs = factories.round_(), factories.tree()
    draft = factories.nomination("draft", round=round_, orgs=orgs)  # due at the closing, 10 October
    late = factories.nomination("county_review", round=round_, orgs=orgs, due_on=date(2026, 9, 8))
    soon = factories.nomination("nominator_review", round=round_, orgs=orgs, due_on=date(2026, 9, 3))
    done = factories.nomination("qualified", round=round_, orgs=orgs)
    assert found(factories.user("manager"), sort="due") == [soon.pk, late.pk, draft.pk, done.pk]


def test_the_newest_round_comes_first_and_a_page_holds_as_many_as_asked():
    old, orgs = factories.round_("published"), factories.tree()
    new = factories.round_()
    first = [factories.nomination("nominated", round=new, orgs=orgs, code=f"N{n:02d}") for n in range(30)]
    factories.nomination("nominated", round=old, orgs=orgs)
    manager = factories.user("manager")
    assert found(manager) == [row.pk for row in first[:25]]
    assert len(found(manager, per="50")) == 31
    assert len(found(manager, per="51")) == 25
    assert found(manager, page="2")[:5] == [row.pk for row in first[25:]]


def test_the_counts_are_those_of_the_filter():
    round_, orgs = factories.round_(), factories.tree()
    for state, field in (("nominated", "elderly"), ("nominated", "children"), ("draft", "elderly")):
        factories.nomination(state, round=round_, orgs=orgs, field=field)
    manager = factories.user("manager")
    for query in ({}, {"field": "elderly"}, {"q": "沈雨晴"}, {"overdue": "1"}, {"state": "draft"}):
        listing = Listing(manager, query)
        wanted = Filter.of(query)
        for row in counts_by_state(manager, wanted):
            assert row["n"] == len(found(manager, **{**query, "state": row["state"]}))
        assert listing.page.paginator.count == len(list(listed(manager, wanted)))


def test_an_address_is_kept_in_one_form_without_what_makes_no_sense():
    query = QueryDict("per=50&sort=-due&state=nominated&page=3&nonsense=1&q=秦　芸&field=?&city=x")
    kept = canonical(query)
    assert QueryDict(kept).dict() == {"q": "秦　芸", "state": "nominated", "sort": "-due", "per": "50"}
    assert canonical(QueryDict(kept)) == kept


def test_everybody_sees_the_columns_and_places_of_their_role():
    orgs = factories.tree()
    clerk = factories.user("unit_clerk", organisation=orgs["unit"])
    manager = factories.user("manager")
    assert "screening" in [column.name for column in columns_of(manager)]
    assert "screening" not in [column.name for column in columns_of(clerk)]
    factories.tree()
    assert [office.pk for office in places(clerk)["cities"]] == [orgs["city"].pk]
    assert len(places(manager)["cities"]) == 2


def test_the_list_says_no_conclusion_before_both_are_there():
    with clock.frozen(stages.SCREENING):
        stage = stages.screening()
        stages.concluded(stage, 0, "disqualified", E04="fail")
        assert Listing(stage.manager, {}).rows[0].conclusions == []
        stages.concluded(stage, 1, "qualified")
        assert Listing(stage.manager, {}).rows[0].conclusions == ["不合格", "合格"]
