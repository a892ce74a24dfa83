from datetime import date
from decimal import Decimal

import pytest

from studios.actions import studio as actions
from studios.errors import NotALead, NumberTaken
from studios.models import Agreement, Instalment, Studio
from tests import factories
from workflow import clock, door, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

REASON = "年度检查发现问题，须限期改正。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def manager():
    return factories.user("manager")


def agreement(**changes):
    return {
        "number": "浙社协〔2026〕7号", "award": Decimal("50000.00"), "signed_on": date(2026, 8, 31),
        "signed_by_province": "张处长", "signed_by_host": "李主任", "signed_by_talent": "沈雨晴",
        "site": "西湖区文三路1号，46平方米", "goals": "三年带教十五名社工。", **changes,
    }  # fmt: skip


def test_a_published_recognition_gets_one_studio_however_often_the_job_runs(manager):
    talent = factories.recognition()
    assert actions.establish_due_studios() == 1
    assert actions.establish_due_studios() == 0
    assert actions.establish(talent, by=actions.SYSTEM) is None
    studio = Studio.objects.get()
    assert (studio.state, studio.host, studio.lead) == ("preparing", talent.nomination.unit, None)
    assert (studio.city, studio.county) == (talent.nomination.nominator, talent.nomination.county)
    assert [e.kind for e in ledger.entries_of(studio)] == ["studio.establish"]
    assert Message.objects.filter(kind="studio.established", recipient_id=str(manager.pk)).count() == 1


def test_a_direct_nominator_is_no_city():
    orgs = {**factories.tree(), "city": factories.organisation("direct")}
    row = factories.nomination("recognised", round=factories.round_("published"), orgs=orgs, route="direct")
    factories.recognition(row)
    actions.establish_due_studios()
    assert Studio.objects.get().city is None


@pytest.mark.parametrize(
    ("round_state", "state", "fields"),
    [
        ("determination", "recognised", {}),
        ("published", "revoked", {}),
        ("published", "recognised", {"revoked_on": date(2026, 9, 1)}),
        ("published", "recognised", {"nomination": None}),
    ],
)
def test_no_studio_before_publication_after_revocation_or_for_a_historical_list(round_state, state, fields):
    row = factories.nomination(state, round=factories.round_(round_state))
    talent = factories.recognition(row)
    type(talent).objects.filter(pk=talent.pk).update(**fields)
    assert actions.establish_due_studios() == 0
    assert ledger.Entry.objects.filter(kind="refused").count() == 0


def test_the_manager_names_the_lead_who_is_told(manager):
    studio = factories.studio("preparing")
    lead = factories.user("studio_lead")
    assert actions.name_lead(studio, by=manager, lead=lead).lead == lead
    assert Message.objects.get(kind="studio.lead").recipient_id == str(lead.pk)


def test_an_account_without_the_role_cannot_lead(manager):
    studio = factories.studio("preparing")
    with pytest.raises(NotALead):
        actions.name_lead(studio, by=manager, lead=factories.user("unit_clerk"))
    assert [e.kind for e in ledger.entries_of(studio)] == ["refused"]


@pytest.mark.parametrize(
    ("award", "parts"),
    [
        ("50000.00", ["25000.00", "15000.00", "10000.00"]),
        ("0.05", ["0.02", "0.01", "0.02"]),
        ("33333.33", ["16666.66", "9999.99", "6666.68"]),
    ],
)
def test_an_agreement_splits_its_award_exactly(manager, award, parts):
    studio = factories.studio("preparing")
    moved = actions.agree(studio, by=manager, **agreement(award=Decimal(award)))
    amounts = list(moved.instalments.values_list("amount", flat=True))
    assert amounts == [Decimal(part) for part in parts]
    assert sum(amounts) == moved.agreement.award == Decimal(award)
    assert (moved.state, moved.ends_on, moved.agreement.shares) == ("agreed", date(2029, 1, 5), [50, 30, 20])


def test_a_recognition_without_an_end_runs_the_rulebooks_years(manager):
    studio = factories.studio("preparing", talent=factories.recognition(expires_on=None), ends_on=None)
    assert actions.agree(studio, by=manager, **agreement()).ends_on == date(2029, 1, 5)


def test_two_studios_never_share_an_agreement_number(manager):
    first, second = factories.studio("preparing"), factories.studio("preparing")
    actions.agree(first, by=manager, **agreement())
    with pytest.raises(NumberTaken):
        actions.agree(second, by=manager, **agreement())
    second.refresh_from_db()
    assert second.state == "preparing"
    assert not Instalment.objects.filter(studio=second).exists()
    assert Agreement.objects.count() == 1


def test_an_admitted_objection_stops_the_agreement(manager):
    studio = factories.studio("preparing")
    factories.admitted_objection(studio.recognition.nomination)
    with pytest.raises(StepRefused) as refusal:
        actions.agree(studio, by=manager, **agreement())
    assert refusal.value.code == "on_hold"


def test_activation_makes_the_reports_of_the_first_year_that_can_be_dated(manager):
    studio = factories.studio("agreed")
    moved = actions.activate(studio, by=manager)
    found = list(moved.reports.values_list("kind", "period", "due_on"))
    # 2026Q4 falls due in January 2027, whose calendar is not loaded yet
    assert found == [("quarterly", "2026Q3", date(2026, 10, 20)), ("annual", "2026", date(2026, 12, 10))]


def test_a_studio_does_not_begin_after_the_recognition_was_revoked(manager):
    studio = factories.studio("agreed", talent=factories.recognition(revoked_on=factories.NOON.date()))
    with pytest.raises(StepRefused) as refused:
        actions.activate(studio, by=manager)
    assert refused.value.code == "recognition_revoked"


def test_a_studio_without_a_lead_or_an_agreement_does_not_begin(manager):
    studio = factories.studio("agreed")
    Studio.objects.filter(pk=studio.pk).update(lead=None)
    with pytest.raises(StepRefused) as refusal:
        actions.activate(studio, by=manager)
    assert refusal.value.code == "no_lead"


def test_a_studio_is_rectified_suspended_and_goes_on(manager):
    studio = factories.studio()
    for step, state in (
        ("require_rectification", "rectifying"), ("accept_rectification", "active"),
        ("suspend", "suspended"), ("resume", "active"),
    ):  # fmt: skip
        moved = getattr(actions, step)(studio, by=manager, reason=REASON)
        assert (moved.state, moved.reason) == (state, REASON if state != "active" else "")
    told = Message.objects.filter(recipient_id=str(studio.lead_id))
    assert set(told.values_list("kind", flat=True)) == {
        "studio.require_rectification", "studio.accept_rectification", "studio.suspend", "studio.resume",
    }  # fmt: skip
    assert REASON in told.get(kind="studio.suspend").body


def test_a_studio_concludes_when_its_term_is_over_and_not_before(manager):
    studio = factories.studio(ends_on=date(2026, 9, 2))
    with pytest.raises(StepRefused) as refusal:
        actions.conclude(studio, by=manager)
    assert refusal.value.code == "term_running"
    with clock.frozen(factories.NOON.replace(day=2)):
        assert actions.conclude(studio, by=manager).state == "concluded"


def test_termination_cancels_what_is_unpaid_in_the_same_act():
    studio = factories.studio()
    leader = factories.user("leader")
    factories.instalment("approved", number=2, home=studio)
    factories.studio_exit(studio, "decided")
    moved = actions.terminate(studio, by=leader, reason=REASON)
    assert moved.state == "terminated"
    assert list(moved.instalments.values_list("state", flat=True)) == ["paid", "cancelled", "cancelled"]
    entries = ledger.Entry.objects.filter(kind="instalment.cancel")
    assert {e.actor_name for e in entries} == {leader.name}


def test_a_termination_refused_cancels_nothing(manager):
    studio = factories.studio()
    with pytest.raises(NotPermitted):
        actions.terminate(studio, by=manager, reason=REASON)
    assert set(studio.instalments.values_list("state", flat=True)) == {"planned"}


def test_a_step_of_a_studio_takes_few_statements(manager, django_assert_max_num_queries):
    studio = factories.studio()
    assert manager.roles
    with django_assert_max_num_queries(12):  # two of them are the savepoint of the test
        door.take(studio, "suspend", by=manager, reason=REASON)


def test_the_longest_reason_that_a_form_takes_is_kept_whole():
    studio = factories.studio()
    reason = "因" * 2000
    factories.studio_exit(studio, "decided")
    moved = actions.terminate(studio, by=factories.user("leader"), reason=reason)
    assert moved.reason == reason
    longest = max(len(note) for note in moved.instalments.values_list("note", flat=True))
    assert longest <= Instalment._meta.get_field("note").max_length
    assert len(reason) <= Studio._meta.get_field("reason").max_length
