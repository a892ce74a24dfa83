"""Each invariant, broken behind the door, is named."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from config import invariants, scale
from selection.models import Nomination, PublicNotice, Recognition, ScoreSheet
from selection.queries.scoring import commitment_of
from studios.models import Agreement, Instalment, Studio
from tests import factories
from workflow import ledger
from workflow.actor import SYSTEM
from workflow.models import Chain

pytestmark = pytest.mark.django_db


def broken() -> set[str]:
    return {each.invariant for each in invariants.broken()}


def test_an_empty_database_is_whole() -> None:
    assert invariants.broken() == []


def test_a_quota_that_is_overdrawn_is_named() -> None:
    first = factories.nomination("nominated")
    factories.quota(first.round, first.nominator, places=1)
    assert broken() == set()
    orgs = {"unit": first.unit, "county": first.county, "city": first.nominator}
    second = factories.nomination("qualified", round=first.round, orgs=orgs)
    assert broken() == {"places_within_quota"}
    Nomination.objects.filter(pk=second.pk).update(state="withdrawn", place_freed=True)
    assert broken() == set()


def test_a_place_without_any_quota_is_named() -> None:
    factories.nomination("nominated")
    assert broken() == {"places_within_quota"}


def test_a_list_above_the_ceiling_is_named() -> None:
    row = factories.round_("deliberation", rules=factories.rulebook(ceiling=1))
    first = factories.nomination("proposed", round=row)
    orgs = {"unit": first.unit, "county": first.county, "city": first.nominator}
    factories.nomination("on_notice", round=row, orgs=orgs)
    factories.quota(row, first.nominator, places=2)
    assert broken() == {"list_within_ceiling"}


def test_a_file_that_is_missing_or_changed_is_named() -> None:
    row = factories.attachment(factories.nomination())
    assert broken() == set()
    with open(row.file.path, "ab") as file:
        file.write(b" ")
    assert broken() == {"attachments_as_received"}
    row.file.storage.delete(row.file.name)
    assert [each.what for each in invariants.broken()] == ["the file is missing"]


def test_instalments_that_are_not_the_award_are_named() -> None:
    row = factories.round_("published", historical=True)
    recognition = Recognition.objects.create(
        round=row, ordinal=1, name="秦芸", name_key="秦芸", affiliations=["甲"]
    )
    studio = Studio.objects.create(recognition=recognition, name="工作室", host=factories.organisation())
    Agreement.objects.create(
        studio=studio, number="1", award=Decimal("50000.00"), shares=[100], signed_on=date(2026, 1, 1),
        signed_by_province="甲", signed_by_host="乙", signed_by_talent="丙", recorded_by=factories.user(),
    )  # fmt: skip
    assert broken() == {"instalments_sum_to_award", "money_of_awards_is_somewhere"}
    part = Instalment.objects.create(studio=studio, number=1, amount=Decimal("49999.99"))
    assert broken() == {"instalments_sum_to_award", "money_of_awards_is_somewhere"}
    Instalment.objects.filter(pk=part.pk).update(amount=Decimal("50000.00"))
    assert broken() == set()


def test_money_that_is_nowhere_and_a_repayment_that_nobody_recorded_are_named() -> None:
    order = factories.recovery_order(amount="7000.00")
    assert list(invariants.money_of_awards_is_somewhere()) == []
    type(order).objects.filter(pk=order.pk).update(repaid="10.00")
    found = [what for _about, what in invariants.money_of_awards_is_somewhere()]
    assert found == ["repaid 10.00, recorded 0.00"]
    type(order).objects.filter(pk=order.pk).update(repaid="0.00", amount="25000.01")
    assert "money_of_awards_is_somewhere" in broken()


def test_an_opened_sheet_that_differs_from_its_commitment_is_named() -> None:
    nomination = factories.nomination("scored")
    factories.quota(nomination.round, nomination.nominator)
    task = factories.assignment(nomination, factories.expert(), "accepted")
    sealed, salt = '{"marks":{"A":"80"}}', "ab" * 32
    sheet = ScoreSheet.objects.create(
        assignment=task, state="locked", sealed=sealed, salt=salt, commitment=commitment_of(sealed, salt)
    )
    assert broken() == set()
    sheet.sealed = '{"marks":{"A":"81"}}'
    sheet.save()
    assert broken() == {"opened_sheets_match"}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE selection_scoresheet SET sealed = 'not a ciphertext'")
    assert broken() == {"opened_sheets_match"}


def test_a_chain_that_was_cut_below_a_published_head_is_named() -> None:
    ledger.append(SYSTEM, chain="office", kind="x", subject="x:1", payload={})
    ledger.publish_heads(SYSTEM, occasion="test")
    Chain.objects.filter(key="office").update(head="0" * 64)
    assert broken() == {"ledger_stands"}


def test_a_state_that_no_machine_has_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    field = PublicNotice._meta.get_field("state")
    row = factories.round_("draft")
    author = factories.user()
    PublicNotice.objects.create(
        round=row, number="1", title="公示", body="", contact="", days=5, composed_by=author
    )
    monkeypatch.setattr(field, "choices", [("posted", "公示中")])
    assert broken() == {"states_known"}


def test_the_command_ends_with_1_and_names_what_is_broken() -> None:
    factories.nomination("nominated")
    output = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_invariants", "--json", stdout=output)
    assert ended.value.code == 1
    result = json.loads(output.getvalue())
    assert (result["whole"], [each["invariant"] for each in result["broken"]]) == (
        False,
        ["places_within_quota"],
    )


def test_rows_made_for_measurements_keep_every_invariant() -> None:
    scale.fill(rounds=2, nominations=60, experts=5, studios=4)
    scale.fill(rounds=1, nominations=7, experts=0, studios=0)
    assert invariants.broken() == []
    assert (Nomination.objects.count(), Studio.objects.count()) == (67, 4)
