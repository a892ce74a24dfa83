"""The integrity register: whom a bar keeps away, from when until when, and where each use of it is written down."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from selection.actions import expert as experts
from selection.actions import integrity as actions
from selection.actions import nomination as nominations
from selection.actions import revocation as revocations
from selection.actions import seat
from selection.actions.dossier import save_section
from selection.errors import BarRefused, ExpertRefused
from selection.models import Bar, Expert, Nomination, Nominee
from selection.models.eligibility import barred, register_facts
from selection.queries import draw as draws
from selection.queries.dossier import SECTIONS
from selection.queries.expert import serving
from selection.queries.integrity import bars_visible_to, uses_of
from tests import factories
from workflow import clock, ledger
from workflow.actor import SYSTEM
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import subject_of

pytestmark = pytest.mark.django_db

REASON = "申诉成立，原处理决定已依法撤销。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.ZONE)


def clerk_of(nomination):
    return factories.user("unit_clerk", organisation=nomination.unit)


def hand(by, **changes):
    given = {
        "capacity": "both", "ground": "fraud", "years": 3, "source": "hand", "document_number": "浙民罚〔2026〕3号",
        "subject_name": "沈雨晴", "id_number": factories.id_number(), **changes,
    }  # fmt: skip
    return actions.bar_by_hand(by=by, **given)


def test_a_bar_entered_by_hand_lasts_the_years_of_its_ground_and_is_on_the_ledger():
    number = factories.id_number()
    made = hand(factories.user("manager"), id_number=number)

    assert (made.from_on, made.until_on) == (date(2026, 9, 1), date(2029, 9, 1))
    assert made.person_hash == Nominee.key_of(number)
    assert number not in str(vars(made))
    assert [e.kind for e in ledger.entries_of(made)] == ["bar.recorded"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"years": 2}, "bad_term"),  # fraud: three to five
        ({"years": 6}, "bad_term"),
        (
            {"ground": "leak", "capacity": "nominee", "years": 2},
            "bad_term",
        ),  # only experts leak what they review
        ({"id_number": "330106198503150000"}, "bad_id_number"),
        ({"document_number": " "}, "incomplete"),
    ],
)
def test_a_bar_that_its_ground_does_not_know_is_refused(changes, code):
    with pytest.raises(BarRefused) as refused:
        hand(factories.user("manager"), **changes)
    assert refused.value.code == code


def test_only_the_office_enters_a_bar_and_only_the_leader_lifts_it():
    with pytest.raises(NotPermitted):
        hand(factories.user("bureau_officer"))
    made = hand(factories.user("manager"))
    with pytest.raises(NotPermitted):
        actions.lift(made, by=factories.user("manager"), reason=REASON)
    lifted = actions.lift(made, by=factories.user("leader"), reason=REASON)
    assert (lifted.state, lifted.reason) == ("lifted", REASON)


# A nominee -----------------------------------------------------------------------------------------------------------


def test_a_barred_person_is_not_put_into_a_draft_and_the_use_is_on_the_record():
    nomination = factories.nomination()
    found = factories.bar(factories.nominee(id_number=(number := factories.id_number())))
    with pytest.raises(StepRefused) as refused:
        nominations.create(
            nomination.round, by=clerk_of(nomination), name="沈雨晴", id_number=number, route="county"
        )
    assert refused.value.code == "barred"
    assert "2029-08-01" in str(refused.value)
    assert [(use.entry.kind, use.code) for use in uses_of(found)] == [("bound", "create")]


def test_a_bar_binds_a_person_whom_no_dossier_knows_yet():
    number = factories.id_number()
    nomination = factories.nomination()
    hand(factories.user("manager"), id_number=number)
    with pytest.raises(StepRefused, match="2029-09-01"):
        nominations.create(
            nomination.round, by=clerk_of(nomination), name="沈雨晴", id_number=number, route="county"
        )


def test_a_bar_that_begins_mid_round_stops_saving_submitting_endorsing_and_nominating():
    draft = factories.nomination()
    factories.bar(draft.nominee)
    with pytest.raises(StepRefused) as refused:
        save_section(draft, SECTIONS[0], by=clerk_of(draft), values={"title": "主任"})
    assert refused.value.code == "barred"
    with pytest.raises(StepRefused) as refused:
        nominations.submit(draft, by=clerk_of(draft))
    assert refused.value.code == "barred"

    for state, office, step in (
        ("county_review", "county", lambda n, by: nominations.endorse(n, by=by, opinion="同意", originals_checked=True)),
        (
            "nominator_review", "nominator",
            lambda n, by: nominations.nominate(n, by=by, rank=1, opinion="同意", background="无", originals_checked=True),
        ),
    ):  # fmt: skip
        row = factories.nomination(state)
        factories.quota(row.round, row.nominator)
        found = factories.bar(row.nominee)
        officer = factories.user("bureau_officer", organisation=getattr(row, office))
        with pytest.raises(StepRefused) as refused:
            step(row, officer)
        assert refused.value.code == "barred"
        assert [use.record for use in uses_of(found)] == [subject_of(row)]


def test_what_was_decided_before_a_bar_stands():
    scored = factories.nomination("scored")
    factories.bar(scored.nominee)
    scored.refresh_from_db()
    assert scored.state == "scored"


def test_a_bar_is_over_on_its_day():
    person = factories.nominee()
    rules = factories.round_().rulebook
    found = factories.bar(person)
    with clock.frozen(at(found.until_on - timedelta(days=1))):
        assert "2029-08-01" in barred(person, rules)
    with clock.frozen(at(found.until_on)):
        assert barred(person, rules) == ""
    with clock.frozen(at(found.from_on - timedelta(days=1))):
        assert barred(person, rules) == ""


def test_a_bar_binds_under_another_number_of_the_same_person():
    expert = factories.expert(id_hash=Nominee.key_of(factories.id_number()))
    person = factories.nominee()
    expert.aliases.create(id_hash=person.person_key)
    factories.bar(expert)
    assert "2029-08-01" in barred(person, factories.round_().rulebook)


# A nominator ---------------------------------------------------------------------------------------------------------


def test_an_organisation_that_is_barred_nominates_nobody():
    row = factories.nomination("nominator_review")
    factories.quota(row.round, row.nominator)
    found = factories.bar(organisation=row.nominator, ground="negligence", until_on=date(2027, 8, 1))
    officer = factories.user("bureau_officer", organisation=row.nominator)
    with pytest.raises(StepRefused) as refused:
        nominations.nominate(row, by=officer, rank=1, opinion="同意", background="无", originals_checked=True)
    assert refused.value.code == "nominator_barred"
    assert "2027-08-01" in str(refused.value)
    assert len(uses_of(found)) == 1
    draft = factories.nomination(
        round=row.round, orgs={"unit": row.unit, "county": row.county, "city": row.nominator}
    )
    with pytest.raises(StepRefused) as refused:
        nominations.submit(draft, by=clerk_of(draft))
    assert refused.value.code == "nominator_barred"


# An expert -----------------------------------------------------------------------------------------------------------


def expert_known(**fields) -> Expert:
    return factories.expert(id_hash=Nominee.key_of(factories.id_number()), **fields)


def test_a_barred_expert_is_not_drawn_and_the_reason_is_shown():
    free, kept = expert_known(), expert_known()
    factories.bar(kept)
    assert list(serving(Expert.objects.all(), clock.today())) == [free]
    lists = draws.lists_now(factories.round_("screening"), on=clock.today())
    assert (kept.code, "barred") in lists.left_out
    assert kept.code not in str(lists.codes)
    assert draws.reason_of("barred") == "列入诚信名册"


def test_what_is_published_of_a_draw_does_not_tell_who_is_barred():
    row = factories.round_("screening")
    factories.bar(barred_one := expert_known())
    panel = row.panels.create()
    inputs = draws.draw_inputs(
        panel, draws.lists_now(row, on=clock.today()), source="双色球", value_at=clock.now()
    )
    assert barred_one.code not in str(inputs)


def test_a_bar_as_nominee_leaves_the_expert_in_the_pool():
    expert = expert_known()
    factories.bar(expert, capacity="nominee")
    assert serving(Expert.objects.all(), clock.today()).exists()


def test_a_barred_expert_gets_no_account():
    expert = expert_known()
    found = factories.bar(expert)
    Expert.objects.filter(pk=expert.pk).update(user=None)
    expert.refresh_from_db()
    with pytest.raises(ExpertRefused, match="2029-08-01"):
        experts.invite(expert, by=factories.user("security_admin"), username="zj1", email="zj1@example.cn")
    assert [use.code for use in uses_of(found)] == ["invite"]


def _panel(state: str):
    """A drawn panel of one who sits, scored or not, with a reserve."""
    row = factories.round_(state)
    candidate = factories.nomination("in_review" if state == "review" else "scored", round=row)
    sits, waits = expert_known(), expert_known()
    inputs = {"per_nominee": 1, "shortlist": 5, "pool": {}, "sizes": {}}
    panel = row.panels.create(state="drawn", inputs=inputs, seed="00" * 32, outcome={})
    chair = panel.panelists.create(expert=sits, stratum="scholar", position=1, number=1)
    panel.panelists.create(expert=waits, stratum="scholar", position=2)
    factories.assignment(candidate, sits)
    return panel, chair, waits


def test_a_bar_that_begins_mid_round_takes_the_expert_off_a_draw_that_is_not_opened():
    panel, chair, waits = _panel("review")
    found = factories.bar(chair.expert, from_on=date(2026, 9, 10))

    assert seat.vacate_barred() == 0  # it has not begun
    with clock.frozen(at(date(2026, 9, 10))):
        assert seat.vacate_barred() == 1
        assert seat.vacate_barred() == 0
    chair.refresh_from_db()
    assert chair.left_at is not None
    states = dict(panel.round.assignments.values_list("expert", "state"))
    assert states == {chair.expert_id: "released", waits.pk: "drawn"}
    assert [use.code for use in uses_of(found)] == ["leave"]


def test_a_barred_reserve_is_passed_over_and_the_use_is_written_down():
    panel, chair, waits = _panel("review")
    third = expert_known()
    panel.panelists.create(expert=third, stratum="scholar", position=3)
    found = factories.bar(waits)
    called = seat.replace(
        chair, by=factories.user("manager"), how="illness", reason="突发疾病，不能继续评审。"
    )
    assert called.expert == third
    assert [use.code for use in uses_of(found)] == ["promote"]


def test_a_bar_leaves_opened_results_alone():
    panel, chair, _waits = _panel("deliberation")
    factories.bar(chair.expert)
    assert seat.vacate_barred() == 0
    chair.refresh_from_db()
    assert chair.left_at is None
    assert panel.round.assignments.get().state == "drawn"


# A revocation --------------------------------------------------------------------------------------------------------


def _revoke(ground: str = "fraud") -> tuple[Nomination, Bar | None]:
    talent = factories.recognition()
    row = factories.revocation(talent.nomination, "heard", ground=ground, heard_on=date(2026, 9, 8))
    with clock.frozen(at(date(2026, 9, 9))):
        revocations.decide(
            row,
            by=factories.user("leader"),
            minute_number="纪要9",
            document_number="浙民慈〔2026〕18号",
            reason=REASON,
        )
    return talent.nomination, Bar.objects.filter(dossier=talent.nomination).first()


def test_a_revocation_for_fraud_enters_its_bar_in_the_same_act():
    nomination, found = _revoke()
    assert found is not None
    assert (found.capacity, found.ground, found.source) == ("both", "fraud", "revocation")
    assert (found.from_on, found.until_on) == (date(2026, 9, 9), date(2029, 9, 9))
    assert found.document_number == "浙民慈〔2026〕18号"
    assert found.person_hash == nomination.nominee.person_key


def test_a_revocation_at_the_talents_wish_bars_nobody():
    _nomination, found = _revoke("resignation")
    assert found is None


def test_rules_and_register_give_one_answer_after_a_revocation():
    nomination, found = _revoke()
    assert found is not None
    person, rules = Nominee.objects.get(pk=nomination.nominee_id), factories.round_().rulebook
    with clock.frozen(at(date(2026, 9, 20))):
        assert barred(person, rules) == "该人选的称号曾被撤销，2029-09-09前不能再次申报。"
        assert register_facts(person)["revoked_on"] == date(2026, 9, 9)
        actions.lift(found, by=factories.user("leader"), reason=REASON)
        assert barred(Nominee.objects.get(pk=person.pk), rules) == ""
        assert register_facts(Nominee.objects.get(pk=person.pk))["revoked_on"] is None


# Who reads it --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["manager", "leader", "supervisor", "audit_admin"])
def test_the_office_reads_the_register(role):
    factories.bar(factories.nominee())
    assert bars_visible_to(factories.user(role)).count() == 1


@pytest.mark.parametrize(
    "role", ["bureau_officer", "unit_clerk", "expert", "finance", "reviewer", "publisher"]
)
def test_nobody_else_does(role):
    factories.bar(factories.nominee())
    assert not bars_visible_to(factories.user(role)).exists()


def test_the_same_decision_bars_once():
    person = factories.nominee()
    given = {
        "capacity": "both", "ground": "fraud", "source": "revocation", "document_number": "浙民慈〔2026〕18号",
        "subject_name": person.name, "person_hash": person.person_key, "origin": "selection.revocation:7",
    }  # fmt: skip
    first = actions.bar(by=SYSTEM, **given)
    assert actions.bar(by=SYSTEM, **given) == first
