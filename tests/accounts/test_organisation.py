from datetime import date

import pytest
from django.core.management import call_command

from accounts.actions import organisation
from accounts.errors import OrganisationRefused
from accounts.models import Organisation, OrganisationRecord
from tests import factories
from workflow import clock, ledger
from workflow.actor import SYSTEM
from workflow.errors import NotPermitted
from workflow.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def test_the_tree_is_loaded_once_however_often():
    assert organisation.load_tree(by=SYSTEM) == 102
    assert organisation.load_tree(by=SYSTEM) == 0
    kinds = [kind for (kind,) in Organisation.objects.values_list("kind")]
    assert {kind: kinds.count(kind) for kind in kinds} == {"province": 1, "city": 11, "county": 90}
    assert OrganisationRecord.objects.count() == 102
    assert Entry.objects.filter(kind="organisations.loaded").count() == 1


def test_bureaus_stand_under_their_city_and_carry_their_place():
    call_command("load_organisations")
    county = Organisation.objects.get(code="330106")
    assert (county.name, county.area, county.parent.name) == ("西湖区民政局", "西湖区", "杭州市民政局")
    assert county.parent.parent.name == "浙江省民政厅"
    assert not Organisation.objects.filter(kind="county", parent=None).exists()


def test_the_tree_takes_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        organisation.load_tree(by=SYSTEM)


def test_a_new_name_holds_from_its_day_and_the_old_one_before():
    organisation.load_tree(by=SYSTEM)
    bureau = Organisation.objects.get(code="330106")
    organisation.rename(
        bureau, by=factories.user("system_admin"), name="西湖区民政和社会工作局", on=date(2026, 7, 1)
    )
    bureau.refresh_from_db()
    assert bureau.name == "西湖区民政和社会工作局"
    assert bureau.as_of(date(2026, 6, 30)).name == "西湖区民政局"
    assert bureau.as_of(date(2026, 7, 1)).name == "西湖区民政和社会工作局"
    assert ledger.entries_of(bureau).get().kind == "organisation.renamed"
    assert organisation.load_tree(by=SYSTEM) == 0
    bureau.refresh_from_db()
    assert bureau.name == "西湖区民政和社会工作局"


@pytest.mark.parametrize(
    ("name", "on"),
    [("西湖区民政局", date(2026, 7, 1)), ("新名", date(2026, 9, 2)), ("新名", date(2021, 1, 1))],
)
def test_a_renaming_without_change_or_out_of_order_is_refused_and_audited(name, on):
    organisation.load_tree(by=SYSTEM)
    bureau = Organisation.objects.get(code="330106")
    with pytest.raises(OrganisationRefused):
        organisation.rename(bureau, by=SYSTEM, name=name, on=on)
    assert bureau.records.count() == 1
    assert ledger.entries_of(bureau).get().kind == "refused"


def test_only_the_system_administrator_renames():
    bureau = factories.organisation("county")
    with pytest.raises(NotPermitted):
        organisation.rename(bureau, by=factories.user("security_admin"), name="新名", on=date(2026, 7, 1))


@pytest.mark.parametrize(
    ("typed", "kept"), [("91350100m000100y43", "91350100M000100Y43"), (" 330106 ", "330106"), ("", "T-1")]
)
def test_a_code_is_kept_in_capitals(typed, kept):
    office = factories.organisation("employer", code="T-1")
    renamed = organisation.rename(office, by=SYSTEM, name="新名", code=typed, on=date(2026, 7, 1))
    assert renamed.code == kept


def test_a_credit_code_with_a_wrong_check_digit_is_refused():
    office = factories.organisation("employer", code="T-1")
    with pytest.raises(OrganisationRefused, match="有误"):
        organisation.rename(office, by=SYSTEM, name="新名", code="91350100M000100Y44", on=date(2026, 7, 1))
