"""Whole identity numbers leave by two hands: asked for with a reason, allowed by another, taken once within a day."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.urls import reverse

from selection.actions import export as actions
from selection.models import ExportRequest
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.models import Entry, Job, Message

pytestmark = pytest.mark.django_db
EXPORT = reverse("nomination_export")
REASON = "省委组织部核查人选身份，来函〔2026〕8号。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def manager():
    return factories.user("manager")


@pytest.fixture
def security():
    return factories.user("security_admin")


def approved(manager, security, query=""):
    return actions.approve(actions.ask(by=manager, query=query, form="csv", reason=REASON), by=security)


def take(client, request):
    response = client.post(reverse("export_file", args=[request.pk]))
    return response, b"".join(response.streaming_content) if response.streaming else b""


def test_asked_on_the_page_allowed_by_the_security_administrator_and_taken_once(client, manager, security):
    row, other = factories.nomination("nominated"), factories.nomination("draft")
    client.force_login(manager)
    asked = client.post(f"{EXPORT}?state=nominated", {"form": "csv", "unmasked": "on", "reason": REASON})
    request = ExportRequest.objects.get()
    assert asked["Location"] == reverse("export_detail", args=[request.pk]) and not Job.objects.exists()
    assert (request.state, request.chosen) == ("asked", [row.pk])
    assert take(client, request)[0].status_code == 302  # refused, with a toast
    client.force_login(security)
    page = client.get(reverse("export_detail", args=[request.pk])).content.decode()
    assert REASON in page and "已推荐到省" in page and row.nominee.name not in page
    client.post(reverse("step", args=["exports", request.pk, "approve"]))
    assert take(client, request)[0].status_code == 403
    client.force_login(manager)
    response, content = take(client, request)
    assert (
        response["Content-Disposition"].startswith("attachment") and "no-store" in response["Cache-Control"]
    )
    (line,) = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    assert row.nominee.id_number in line and "13800000000" in line
    assert other.nominee.id_number.encode() not in content
    request.refresh_from_db()
    assert (request.state, request.rows, request.sha256) == ("taken", 1, sha256(content).hexdigest())
    again, nothing = take(client, request)
    assert again.status_code == 302 and nothing == b""


def test_every_step_stands_on_the_ledger_with_rows_and_digest(client, manager, security):
    factories.nomination("nominated")
    request = approved(manager, security)
    client.force_login(manager)
    _response, content = take(client, request)
    entries = list(Entry.objects.filter(subject=f"selection.exportrequest:{request.pk}").order_by("seq"))
    assert [e.kind for e in entries] == [
        "exportrequest.ask", "exportrequest.approve", "exportrequest.download",
    ]  # fmt: skip
    said = [json.loads(e.payload) for e in entries]
    assert {row["rows"] for row in said} == {1} and {row["list"] for row in said} == {request.list_digest}
    assert said[0]["reason"] == REASON and said[2]["sha256"] == sha256(content).hexdigest()
    assert ledger.verify() == []


def test_the_list_is_fixed_when_it_is_asked_for(client, manager, security):
    row = factories.nomination("nominated")
    request = approved(manager, security)
    late = factories.nomination("nominated")
    client.force_login(manager)
    _response, content = take(client, request)
    assert row.nominee.id_number.encode() in content and late.nominee.id_number.encode() not in content


@pytest.mark.parametrize(("hours", "seconds", "open_still"), [(24, -1, True), (24, 0, False)])
def test_it_may_be_taken_for_a_day(client, manager, security, hours, seconds, open_still):
    factories.nomination("nominated")
    request = approved(manager, security)
    client.force_login(manager)
    with clock.frozen(factories.NOON + timedelta(hours=hours, seconds=seconds)):
        _response, content = take(client, request)
        assert bool(content) is open_still
        assert ("已过期" in client.get(reverse("export_list")).content.decode()) is not open_still
    request.refresh_from_db()
    assert request.state == ("taken" if open_still else "approved")


def test_neither_the_asker_nor_another_manager_allows_it_and_only_the_asker_takes_it(manager, security):
    factories.nomination("nominated")
    request = actions.ask(by=manager, query="", form="csv", reason=REASON)
    for who in (manager, factories.user("manager"), factories.user("leader"), factories.user("audit_admin")):
        with pytest.raises(NotPermitted):
            actions.approve(request, by=who)
    request = actions.approve(request, by=security)
    for who in (security, factories.user("manager")):
        with pytest.raises(NotPermitted):
            actions.download(request, by=who, rows=1, sha256="0" * 64)


def test_who_lost_the_right_meanwhile_gets_no_file(client, manager, security):
    factories.nomination("nominated")
    request = approved(manager, security)
    manager.grants.update(until=factories.NOON.date())
    client.force_login(manager)
    response, content = take(client, request)
    assert response.status_code == 404 and content == b""


@pytest.mark.parametrize("role", ["reviewer", "leader", "supervisor", "audit_admin", "bureau_officer"])
def test_nobody_else_is_offered_the_numbers_nor_asks_for_them(client, role):
    factories.nomination("nominated")
    client.force_login(factories.user(role))
    assert 'name="unmasked"' not in client.get(EXPORT).content.decode()
    with pytest.raises(NotPermitted):
        actions.ask(by=factories.user(role), query="", form="csv", reason=REASON)


def test_a_reason_a_list_and_not_too_long_a_one(manager, monkeypatch):
    def code(reason):
        with pytest.raises(StepRefused) as refused:
            actions.ask(by=manager, query="", form="csv", reason=reason)
        return refused.value.code

    assert code(REASON) == "list_size"
    for _n in range(2):
        factories.nomination("nominated")
    assert code("太短") == "reason_required"
    monkeypatch.setattr("selection.queries.export.MOST", 1)
    monkeypatch.setattr("selection.actions.export.MOST", 1)
    assert code(REASON) == "list_size"


def test_declined_or_withdrawn_no_file_leaves_and_the_asker_is_told(manager, security):
    factories.nomination("nominated")
    ask = lambda: actions.ask(by=manager, query="", form="csv", reason=REASON)  # noqa: E731
    declined = actions.decline(ask(), by=security, reason="来函未附公章，请补齐后再申请。")
    withdrawn = actions.withdraw(ask(), by=manager)
    for request in (declined, withdrawn):
        with pytest.raises(Refused):
            actions.download(request, by=manager, rows=1, sha256="0" * 64)
    assert Message.objects.filter(kind="exportrequest.answered", recipient_id=str(manager.pk)).count() == 1
    assert Message.objects.filter(kind="exportrequest.asked", recipient_id=str(security.pk)).count() == 2


def test_statements_do_not_grow_with_the_rows(client, manager, security, django_assert_max_num_queries):
    round_ = factories.round_()
    for _n in range(12):
        factories.nomination("nominated", round=round_)
    request = approved(manager, security)
    client.force_login(manager)
    with django_assert_max_num_queries(30):
        _response, content = take(client, request)
    assert content.count(b"\n") == 13
