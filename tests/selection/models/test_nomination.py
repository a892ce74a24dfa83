"""What the database itself refuses, and the guards that are more than one comparison."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from selection.models import Nomination
from selection.models.eligibility import barred
from selection.models.nomination_guards import unit_notice_done
from selection.queries.dossier import masked_id, masked_phone, rules, tasks
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def test_one_live_dossier_a_person_and_round():
    person, round_ = factories.nominee(), factories.round_()
    factories.nomination("draft", round=round_, nominee=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.nomination("nominated", round=round_, nominee=person)
    factories.nomination("withdrawn", round=round_, nominee=person)
    factories.nomination("declined", round=round_, nominee=person)


def test_an_unknown_state_is_not_stored():
    row = factories.nomination()
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=row.pk).update(state="somewhere")


def test_numbers_are_encrypted_at_rest():
    row = factories.nomination(phone="13800001234")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM selection_nomination WHERE id = %s", [row.pk])
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT id_number FROM selection_nominee WHERE id = %s", [row.nominee.pk])
        number = cursor.fetchone()[0]
    assert "13800001234" not in stored
    assert row.nominee.id_number not in number
    assert Nomination.objects.get(pk=row.pk).phone == "13800001234"


def test_masks():
    assert masked_id("33010619850315123X") == "330***********123X"
    assert masked_phone("13812341234") == "138****1234"
    assert masked_id("") == ""


@pytest.mark.parametrize(
    ("start", "end", "proof", "done"),
    [
        (date(2026, 8, 10), date(2026, 8, 17), "照片", True),
        (date(2026, 8, 10), date(2026, 8, 14), "照片", False),
        (date(2026, 8, 10), date(2026, 8, 17), "", False),
        (date(2026, 8, 20), date(2026, 9, 2), "照片", False),
        (date(2035, 8, 10), date(2035, 8, 20), "照片", False),
        (date(2014, 8, 10), date(2014, 8, 20), "照片", False),
    ],
)
def test_a_unit_notice_is_long_enough_after_five_working_days(start, end, proof, done):
    row = factories.nomination(unit_notice_from=start, unit_notice_until=end, unit_notice_proof=proof)
    assert unit_notice_done(row) is done


def test_nobody_is_barred_who_was_never_recognised():
    assert barred(factories.nominee(), factories.round_().rulebook) == ""


def states(row):
    return {task["slug"]: task["state"] for task in tasks(row)}


def test_a_complete_dossier_has_every_section_filled_in():
    assert set(states(factories.nomination()).values()) == {"done", "optional"}


def test_the_task_list_tells_empty_begun_wrong_and_waiting_apart():
    row = factories.nomination(
        achievements="",
        summary="",
        ethnicity="",
        certified_on=date(2023, 10, 12),
        unit_notice_until=date(2026, 9, 20),
    )
    found = states(row)
    assert (found["story"], found["basic"], found["certificate"], found["unit"]) == (
        "",
        "started",
        "wrong",
        "waiting",
    )


def test_the_rules_name_the_day_on_which_they_would_pass():
    row = factories.nomination(certified_on=date(2023, 10, 12))
    found = {rule["detail"][:3]: rule for rule in rules(row)}
    assert found["E04"]["state"] == "fail"
    assert "2026-10-12" in found["E04"]["advice"]
    assert found["E05"]["state"] == "pass"


@pytest.mark.parametrize(("born", "state"), [(date(1970, 10, 11), "pass"), (date(1970, 10, 10), "person")])
def test_fifty_five_passes_and_fifty_six_goes_to_a_person(born, state):
    row = factories.nomination(born_on=born, nominee=factories.nominee(id_number=factories.id_number(born)))
    assert next(rule["state"] for rule in rules(row) if rule["detail"].startswith("E07")) == state
