"""Studios, instalments and reports as programs read them."""

import json
from datetime import date

import pytest

from studios.models import Instalment, ProgressReport, Studio
from tests import factories
from workflow import clock, collections
from workflow.machine import steps_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.mark.parametrize(
    ("name", "model"), [("studios", Studio), ("instalments", Instalment), ("reports", ProgressReport)]
)
def test_every_declared_step_has_its_form(name, model):
    found = collections.named(name)
    assert found.model is model
    assert set(found.forms) == {step.name for step in steps_of(model)}


@pytest.mark.parametrize(("name", "statements"), [("studios", 1), ("instalments", 6), ("reports", 1)])
def test_rows_are_written_without_a_statement_each(name, statements, django_assert_num_queries):
    for _row in range(2):
        factories.report("submitted", submitted_by=factories.user(), spent="8000.50")
    manager = factories.user("manager")
    assert manager.roles
    found = collections.named(name)
    with django_assert_num_queries(statements):  # instalments come with what their gates ask
        written = [found.represent(row, manager) for row in found.visible_to(manager)]
    assert json.loads(json.dumps(written)) == written


def test_money_is_a_string_and_days_are_iso():
    report = factories.report("submitted", spent="8000.50")
    manager = factories.user("manager")
    shown = {n: collections.named(n) for n in ("studios", "instalments", "reports")}
    rows = {n: c.represent(c.visible_to(manager).first(), manager) for n, c in shown.items()}
    assert rows["studios"]["agreement"]["award"] == "50000.00"
    assert rows["instalments"]["amount"] == "25000.00"
    assert (rows["reports"]["spent"], rows["reports"]["due_on"]) == ("8000.50", "2026-10-20")
    assert rows["reports"]["submitted_at"] == "2026-09-01T12:00:00+08:00"
    assert date.fromisoformat(rows["studios"]["ends_on"]) == report.studio.ends_on


def test_a_studio_without_an_agreement_says_so():
    factories.studio("preparing")
    manager = factories.user("manager")
    found = collections.named("studios")
    assert found.represent(found.visible_to(manager).get(), manager)["agreement"] is None
