"""A federation nominates only while its board is in term, and none of its officers."""

from datetime import date, datetime, timedelta

import pytest

from selection.actions import board as actions
from selection.actions import nomination as nominations
from selection.errors import BoardRefused
from selection.queries.nomination import ways_of
from selection.queries.round import nominators
from tests import factories
from workflow import clock, ledger
from workflow.clock import ZONE
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

OFFICERS = [{"role": "会长", "name": "高　远"}, {"role": "秘书长", "name": "林静波"}]
UNTIL = date(2026, 9, 30)
LAST = datetime(2026, 9, 30, 23, 59, 59, tzinfo=ZONE)
OVER = LAST + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def manager():
    return factories.user("manager")


@pytest.fixture
def federation():
    return factories.organisation("federation", name="浙江省社会工作联合会")


def recorded(federation, by, **given):
    given = {"ordinal": 1, "since": date(2021, 10, 1), "until": UNTIL, "document": "一届一次会议决议",
             "officers": OFFICERS, **given}  # fmt: skip
    return actions.record(federation, by=by, **given)


def desk(federation, **given):
    """A dossier of the federation's own person on its desk, its officer, a place."""
    round_ = factories.round_()
    factories.quota(round_, federation, 2)
    orgs = {"unit": federation, "county": None, "city": federation}
    row = factories.nomination(
        "nominator_review", round=round_, orgs=orgs, route="direct", originals_checked=True, **given
    )
    return row, factories.user("bureau_officer", "unit_clerk", organisation=federation)


def nominate(row, by):
    return nominations.nominate(row, by=by, rank=1, opinion="同意推荐。", background="无。")


def test_a_federation_is_its_own_nominator_by_the_direct_route(federation):
    ways = ways_of(federation)
    assert list(ways) == ["direct"]
    assert ways["direct"].nominator == federation
    assert federation in nominators()


def test_it_nominates_until_the_last_second_of_the_term(federation, manager):
    recorded(federation, manager)
    row, officer = desk(federation)
    with clock.frozen(OVER), pytest.raises(StepRefused, match="2026-09-30届满") as refusal:
        nominate(row, officer)
    assert refusal.value.code == "board_term_expired"
    assert ledger.entries_of(row).get().kind == "refused"
    with clock.frozen(LAST):
        assert nominate(row, officer).state == "nominated"


def test_without_a_recorded_board_it_nominates_nobody(federation):
    row, officer = desk(federation)
    with pytest.raises(StepRefused) as refusal:
        nominate(row, officer)
    assert refusal.value.code == "board_term_expired"
    row.refresh_from_db()
    assert row.state == "nominator_review"


def test_a_new_term_lets_it_nominate_again(federation, manager):
    recorded(federation, manager)
    row, officer = desk(federation)
    with clock.frozen(OVER):
        recorded(federation, manager, ordinal=2, since=date(2026, 10, 1), until=date(2031, 9, 30))
        assert nominate(row, officer).state == "nominated"


def test_a_direct_unit_that_is_no_federation_has_no_board():
    row, officer = desk(factories.organisation("direct", name="浙江省儿童福利院"))
    assert nominate(row, officer).state == "nominated"


@pytest.mark.parametrize(("name", "role"), [("高远", "会长"), ("高　远", "会长"), ("林静波", "秘书长")])
def test_an_officer_of_the_federation_goes_through_the_bureau(federation, manager, name, role):
    recorded(federation, manager)
    row, officer = desk(federation, nominee=factories.nominee(name))
    with pytest.raises(StepRefused, match=f"联合会{role}.*所在地民政局") as refusal:
        nominate(row, officer)
    assert refusal.value.code == "officer_of_nominator"


def test_an_officer_is_refused_before_anything_is_typed(federation, manager):
    recorded(federation, manager)
    row, officer = desk(federation)
    given = {"name": "高远", "id_number": factories.id_number()}
    with pytest.raises(StepRefused) as refusal:
        nominations.create(row.round, by=officer, route="direct", **given)
    assert refusal.value.code == "officer_of_nominator"


def test_the_same_officer_is_nominated_by_the_bureau(federation, manager):
    recorded(federation, manager)
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 1)
    row = factories.nomination(
        "nominator_review", round=round_, orgs=orgs, nominee=factories.nominee("高远"), originals_checked=True
    )
    city = factories.user("bureau_officer", organisation=orgs["city"])
    assert nominate(row, city).state == "nominated"


def test_an_identity_number_tells_two_people_of_one_name_apart(federation, manager):
    theirs, ours = factories.id_number(), factories.id_number()
    recorded(federation, manager, officers=[{"role": "会长", "name": "高远", "id_number": theirs}])
    officer_row, officer = desk(federation, nominee=factories.nominee("高远", id_number=theirs))
    namesake = factories.nomination(
        "nominator_review", round=officer_row.round, route="direct", originals_checked=True,
        orgs={"unit": federation, "county": None, "city": federation},
        nominee=factories.nominee("高远", id_number=ours),
    )  # fmt: skip
    with pytest.raises(StepRefused):
        nominate(officer_row, officer)
    assert nominate(namesake, officer).state == "nominated"


def test_an_officer_of_an_earlier_term_is_free(federation, manager):
    recorded(federation, manager, until=date(2026, 8, 31))
    others = [{"role": "会长", "name": "陶然"}]
    recorded(federation, manager, ordinal=2, since=date(2026, 9, 1), until=date(2031, 8, 31), officers=others)
    row, officer = desk(federation, nominee=factories.nominee("高远"))
    assert nominate(row, officer).state == "nominated"


# The record ----------------------------------------------------------------------------------------------------------


def test_a_term_is_recorded_on_the_ledger_without_identity_numbers(federation, manager):
    number = factories.id_number()
    term = recorded(federation, manager, officers=[{"role": "会长", "name": "高远", "id_number": number}])
    entry = ledger.entries_of(federation).get()
    assert (entry.kind, number in entry.payload) == ("board.recorded", False)
    assert '["会长","高远"]' in entry.payload
    assert number not in str(term.officers.values())


@pytest.mark.parametrize("role", ["system_admin", "manager"])
def test_who_records(federation, role):
    assert recorded(federation, factories.user(role)).ordinal == 1


@pytest.mark.parametrize(
    "role", ["bureau_officer", "security_admin", "audit_admin", "supervisor", "unit_clerk"]
)
def test_who_does_not_record(federation, role):
    with pytest.raises(NotPermitted):
        recorded(federation, factories.user(role, organisation=federation))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ordinal": 1}, "term_exists"),
        ({"ordinal": 2}, "terms_overlap"),
        ({"ordinal": 2, "since": UNTIL, "until": date(2031, 1, 1)}, "terms_overlap"),
        ({"ordinal": 2, "since": date(2027, 1, 1), "until": date(2026, 12, 31)}, "ends_before_it_begins"),
        (
            {"ordinal": 2, "since": date(2026, 10, 1), "until": date(2031, 1, 1), "officers": []},
            "no_officers",
        ),
    ],
)
def test_what_is_no_term(federation, manager, given, code):
    recorded(federation, manager)
    with pytest.raises(BoardRefused) as refusal:
        recorded(federation, manager, **given)
    assert refusal.value.code == code
    assert federation.board_terms.count() == 1


def test_an_office_of_the_state_has_no_term(manager):
    with pytest.raises(BoardRefused) as refusal:
        recorded(factories.tree()["city"], manager)
    assert refusal.value.code == "not_a_federation"


def test_a_term_is_corrected_and_its_officers_replaced(federation, manager):
    term = recorded(federation, manager)
    changed = actions.revise(
        term, by=manager, since=term.since, until=date(2026, 12, 31), document="延期换届的批复",
        officers=[{"role": "会长", "name": "陶然"}],
    )  # fmt: skip
    assert changed.until == date(2026, 12, 31)
    assert [row.name for row in changed.officers.all()] == ["陶然"]
    assert [entry.kind for entry in ledger.entries_of(federation).order_by("seq")] == [
        "board.recorded",
        "board.revised",
    ]


# The warning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "kinds"),
    [
        (date(2026, 7, 31), []),  # 61 days before
        (date(2026, 8, 1), ["board.ending"]),  # 60
        (date(2026, 9, 30), ["board.ending"]),
        (date(2026, 10, 1), ["board.expired"]),
    ],
)
def test_the_federation_and_the_office_are_warned_sixty_days_before_once(federation, manager, today, kinds):
    recorded(federation, manager)
    officer = factories.user("bureau_officer", organisation=federation)
    factories.user("bureau_officer", organisation=factories.tree()["city"])
    with clock.frozen(datetime(today.year, today.month, today.day, 9, tzinfo=ZONE)):
        for _ in range(2):
            actions.warn_of_ending_boards()
    found = Message.objects.order_by("kind", "recipient_name")
    assert sorted({(m.kind, m.recipient_id) for m in found}) == sorted(
        (kind, str(person.pk)) for kind in kinds for person in (officer, manager)
    )
    assert found.count() == 2 * len(kinds)


def test_nobody_is_warned_where_the_next_term_is_recorded(federation, manager):
    recorded(federation, manager)
    recorded(federation, manager, ordinal=2, since=date(2026, 10, 1), until=date(2031, 9, 30))
    actions.warn_of_ending_boards()
    assert not Message.objects.exists()
