"""The pool: one row a person whatever the number or account, facts over time that nobody takes away in silence."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from accounts.errors import AccountRefused, RoleRefused
from accounts.models import Organisation
from selection.actions import expert as actions
from selection.actions import expert_facts as facts
from selection.actions.expert import NewUnit
from selection.errors import ExpertRefused
from selection.models import Expert, ExpertLink, ExpertUnit, Nominee
from selection.queries import expert as queries
from selection.queries.expert_history import changes_of
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted
from workflow.models import Entry

pytestmark = pytest.mark.django_db

CREDIT_CODE = "91350100M000100Y43"
TODAY = factories.NOON.date()


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def manager():
    return factories.user("manager")


def added(manager, **given):
    number = given.pop("id_number", None) or factories.id_number()
    unit = given.pop("unit", None) or factories.organisation("expert_unit")
    given = {"name": "周教授", "category": "scholar", "field": "children", **given}
    return actions.add(by=manager, id_number=number, unit=unit, **given)


def own(expert):
    expert.user = factories.user("expert")
    expert.save()
    return expert.user


def test_a_person_taken_in_has_a_number_a_unit_since_a_day_and_an_entry(manager):
    factories.expert(code="E041")
    expert = added(manager, phone="13800001234", title="教授", unit_since=date(2019, 9, 1))
    assert expert.code == "E042"
    assert expert.id_hash and expert.enabled_from == TODAY
    row = expert.units.get()
    assert (row.unit, row.starts_on, row.ends_on, row.source) == (
        expert.unit,
        date(2019, 9, 1),
        None,
        "office",
    )
    entry = ledger.entries_of(expert).get()
    assert entry.kind == "expert.added"
    assert "13800001234" not in entry.payload and expert.id_number not in entry.payload


def test_numbers_lie_encrypted_and_the_person_has_the_same_key_as_a_nominee(manager):
    number = factories.id_number()
    expert = added(manager, id_number=number, phone="13800001234")
    raw = Expert.objects.extra(select={"n": "id_number", "p": "phone"}).values("n", "p").get(pk=expert.pk)
    assert number not in raw["n"] and "13800001234" not in raw["p"]
    assert expert.id_hash == Nominee.key_of(number)
    assert Expert.objects.get(pk=expert.pk).phone == "13800001234"


def test_the_same_person_is_not_taken_in_twice_under_whichever_number_or_account(manager):
    number, passport = factories.id_number(), "EA1234567"
    expert = added(manager, id_number=number)
    with pytest.raises(ExpertRefused) as refusal:
        added(manager, id_number=number.lower(), name="别名")
    assert refusal.value.code == "same_person" and expert.code in str(refusal.value)
    actions.add_alias(expert, by=manager, id_number=passport, note="护照")
    assert queries.holder_of(Expert.hash_of(passport)) == expert
    other = added(manager)
    with pytest.raises(ExpertRefused):
        actions.add_alias(other, by=manager, id_number=passport)
    with pytest.raises(ExpertRefused):
        actions.add_alias(other, by=manager, id_number=number)
    assert Expert.objects.count() == 2


def test_a_number_that_is_replaced_stays_known_as_the_same_persons(manager):
    old, new = factories.id_number(), factories.id_number()
    expert = added(manager, id_number=old)
    expert = actions.revise(expert, by=manager, id_number=new)
    assert queries.holder_of(Expert.hash_of(old)) == queries.holder_of(Expert.hash_of(new)) == expert
    with pytest.raises(ExpertRefused):
        added(manager, id_number=old)
    said = [line for change in changes_of(expert) for line in change.lines]
    assert any("已更换" in line for line in said) and not any(new in line for line in said)


def test_a_bad_number_is_refused(manager):
    with pytest.raises(ExpertRefused) as refusal:
        added(manager, id_number="330106198503150011")
    assert refusal.value.code == "bad_id_number"


def test_a_unit_that_no_record_has_is_registered_by_its_credit_code(manager):
    expert = added(manager, unit=NewUnit("东海社会工作研究院", CREDIT_CODE))
    unit = Organisation.objects.get(code=CREDIT_CODE)
    assert expert.unit == unit and unit.kind == "expert_unit" and unit.records.count() == 1


def test_only_the_manager_keeps_the_pool(manager):
    expert = added(manager)
    for role in ("leader", "supervisor", "unit_clerk", "expert", "security_admin"):
        person = factories.user(role)
        with pytest.raises(NotPermitted):
            added(person)
        with pytest.raises(NotPermitted):
            actions.revise(expert, by=person, name="改名")
        with pytest.raises(NotPermitted):
            actions.set_standing(expert, by=person, available=False, reason="本人提出不再参加评审。")
        with pytest.raises(NotPermitted):
            facts.add_link(expert, by=person, kind="kin", person_name="某人")
    assert Entry.objects.filter(kind="refused", subject=f"selection.expert:{expert.pk}").count() == 15


def test_what_is_corrected_stands_on_the_record_before_and_after_the_phone_only_masked(manager):
    city = factories.organisation("city", area="宁波市")
    expert = added(manager, phone="13800001234", title="副教授")
    actions.revise(expert, by=manager, phone="13900005678", title="教授", city=city, category="practice")
    change = next(changes_of(expert))
    assert "职务职称：副教授 → 教授" in change.lines and "类别：高校学者 → 实务" in change.lines
    assert "手机号码：138****1234 → 139****5678" in change.lines
    expert.refresh_from_db()
    assert expert.region == "宁波市"
    before = Entry.objects.count()
    actions.revise(expert, by=manager, title="教授")
    assert Entry.objects.count() == before


def test_disabling_needs_a_reason_and_keeps_it(manager):
    expert = added(manager)
    with pytest.raises(ExpertRefused):
        actions.set_standing(expert, by=manager, available=False, reason="短")
    actions.set_standing(expert, by=manager, available=False, reason="违反评审纪律，移出专家库。")
    expert.refresh_from_db()
    assert not expert.available and expert.standing_reason.startswith("违反")
    with pytest.raises(ExpertRefused):
        actions.set_standing(expert, by=manager, available=False, reason="违反评审纪律，移出专家库。")


def test_nobody_without_an_account_serves_and_the_security_administrator_opens_it(manager):
    expert, security = added(manager), factories.user("security_admin")
    assert not queries.serving(Expert.objects.all(), TODAY).exists()
    with pytest.raises(NotPermitted):
        actions.invite(expert, by=manager, username="zhou", email="zhou@example.cn")
    user = actions.invite(expert, by=security, username="zhou", email="zhou@example.cn")
    expert.refresh_from_db()
    assert expert.user == user and user.holds("expert") and user.name == "周教授"
    assert queries.serving(Expert.objects.all(), TODAY).get() == expert
    with pytest.raises(ExpertRefused):
        actions.invite(expert, by=security, username="zhou2", email="zhou2@example.cn")
    other = added(manager)
    with pytest.raises(AccountRefused):
        actions.invite(other, by=security, username="ZHOU", email="other@example.cn")
    with pytest.raises(ExpertRefused):
        actions.link_account(other, by=security, user=user)


def test_an_account_with_a_role_that_excludes_experts_is_not_linked(manager):
    expert, security = added(manager), factories.user("security_admin")
    with pytest.raises(RoleRefused):
        actions.link_account(expert, by=security, user=factories.user("reviewer"))
    expert.refresh_from_db()
    assert expert.user is None
    plain = factories.user()
    actions.link_account(expert, by=security, user=plain)
    expert.refresh_from_db()
    assert expert.user == plain


def test_absence_term_and_standing_decide_who_serves(manager):
    expert = added(manager, enabled_from=date(2026, 1, 1), enabled_until=date(2026, 12, 31))
    user = own(expert)

    def serves(day):
        return queries.serving(Expert.objects.all(), day).exists()

    assert serves(TODAY)
    assert serves(date(2026, 12, 31)) and not serves(date(2027, 1, 1)) and not serves(date(2025, 12, 31))
    absence = facts.add_absence(
        expert, by=user, starts_on=TODAY, ends_on=TODAY + timedelta(days=3), reason="出国讲学"
    )
    assert not serves(TODAY) and not serves(absence.ends_on)
    assert serves(absence.ends_on + timedelta(days=1))
    facts.remove_absence(absence, by=user)
    assert serves(TODAY)
    user.is_active = False
    user.save()
    assert not serves(TODAY)


def test_a_link_keeps_the_key_of_the_person_and_not_the_number(manager):
    expert, number = added(manager), factories.id_number()
    row = facts.add_link(expert, by=manager, kind="mentor", person_name="王前辈", id_number=number)
    assert row.person_hash == Nominee.key_of(number)
    assert all(number not in str(value) for value in ExpertLink.objects.values_list().get(pk=row.pk))
    assert all(number not in payload for payload in Entry.objects.values_list("payload", flat=True))
    with pytest.raises(ExpertRefused) as refusal:
        facts.add_link(expert, by=manager, kind="mentor", person_name="王前辈", id_number=number)
    assert refusal.value.code == "known_link"
    with pytest.raises(ExpertRefused):
        facts.add_link(expert, by=manager, kind="kin", person_name="本人", id_number=expert.id_number)


def test_what_an_expert_ends_stays_dated_with_who_wrote_it(manager):
    expert = added(manager)
    user = own(expert)
    number = factories.id_number()
    unit = facts.add_unit(
        expert, by=user, unit=factories.organisation(), starts_on=date(2020, 1, 1), capacity="director"
    )
    link = facts.add_link(expert, by=user, kind="co_author", person_name="李作者", id_number=number)
    assert unit.source == link.source == "declared"
    facts.end_unit(unit, by=user, ends_on=TODAY, reason="不再担任理事")
    facts.end_link(link, by=user, until=TODAY)
    unit, link = ExpertUnit.objects.get(pk=unit.pk), ExpertLink.objects.get(pk=link.pk)
    assert unit.ends_on == link.until == TODAY and unit.ended_by == link.ended_by == user.name
    assert unit in queries.units_of(expert) and link in queries.links_of(expert)
    kinds = [change.entry.kind for change in changes_of(expert)]
    assert kinds[:2] == ["expert.link_ended", "expert.unit_ended"]
    with pytest.raises(ExpertRefused):
        facts.end_unit(unit, by=user, ends_on=TODAY)


def test_an_expert_does_not_end_in_the_past_what_still_binds_but_the_office_may(manager):
    expert = added(manager)
    user = own(expert)
    row = facts.add_unit(expert, by=user, unit=factories.organisation(), starts_on=date(2015, 1, 1))
    long_ago = TODAY - timedelta(days=4 * 365)
    with pytest.raises(ExpertRefused) as refusal:
        facts.end_unit(row, by=user, ends_on=long_ago)
    assert refusal.value.code == "too_far_back"
    assert facts.end_unit(row, by=manager, ends_on=long_ago).ends_on == long_ago


@pytest.mark.parametrize("kind", ["mentor", "student", "kin"])
def test_what_lasts_for_life_only_the_office_ends(manager, kind):
    expert = added(manager)
    user = own(expert)
    row = facts.add_link(expert, by=user, kind=kind, person_name="某人")
    with pytest.raises(NotPermitted):
        facts.end_link(row, by=user, until=TODAY)
    assert facts.end_link(row, by=manager, until=TODAY, reason="登记有误").until == TODAY


def test_what_others_told_the_office_is_not_shown_to_the_expert(manager):
    expert, number = added(manager), factories.id_number()
    user = own(expert)
    row = facts.add_link(expert, by=manager, kind="dispute", person_name="赵某", id_number=number)
    assert row in queries.links_of(expert) and row not in queries.links_of(expert, own=True)
    with pytest.raises(NotPermitted):
        facts.end_link(row, by=user, until=TODAY)
    # the expert's own declaration of the same does not run into it
    facts.add_link(expert, by=user, kind="dispute", person_name="赵某", id_number=number)


def test_an_expert_keeps_and_confirms_only_the_own_row(manager):
    expert, other = added(manager, phone="13800001234"), added(manager)
    user = own(expert)
    actions.keep_own_facts(expert, by=user, phone="13900005678", field="children", name="偷改")
    expert.refresh_from_db()
    assert expert.phone == "13900005678" and expert.name == "周教授"
    with pytest.raises(NotPermitted):
        actions.keep_own_facts(other, by=user, phone="13900005678")
    with pytest.raises(NotPermitted):
        facts.add_absence(other, by=user, starts_on=TODAY, ends_on=TODAY)
    with pytest.raises(NotPermitted):
        actions.confirm(expert, by=manager)
    actions.confirm(expert, by=user)
    assert not Expert.objects.filter(queries.unconfirmed(), pk=expert.pk).exists()
    with clock.frozen(factories.NOON + timedelta(days=366)):
        assert Expert.objects.filter(queries.unconfirmed(), pk=expert.pk).exists()


def test_a_primary_unit_becomes_the_one_that_the_pool_shows(manager):
    expert, unit = added(manager), factories.organisation("expert_unit")
    facts.add_unit(expert, by=manager, unit=unit, starts_on=date(2025, 1, 1), primary=True)
    expert.refresh_from_db()
    assert expert.unit == unit and expert.units.count() == 2


def test_past_duty_is_counted_from_the_assignments_and_added_to_by_the_office(manager):
    expert = factories.expert()
    round_ = factories.round_("review")
    for state in ("accepted", "recused"):
        factories.assignment(factories.nomination("in_review", round=round_), expert, state=state)
    row = queries.derived_duty(expert)[0]
    assert (row["asked"], row["submitted"], row["late"], row["recused"]) == (2, 0, 0, 1)
    actions.record_duty(
        expert, by=manager, round_name="市级领军人才评审", year=2024, sheets=8, remark="认真负责"
    )
    assert queries.duties_before(expert).get().remark == "认真负责"
    with pytest.raises(ExpertRefused):
        actions.record_duty(expert, by=manager, round_name="某评审", year=2024, sheets=2, late=3)
    assert json.loads(ledger.entries_of(expert).last().payload)["code"] == "bad_duty"
