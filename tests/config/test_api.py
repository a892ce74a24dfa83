"""The API over a small collection of its own, so that it does not depend on which collections there are."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from types import ModuleType

import pytest
from django import forms
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from accounts.models import ApiToken, IdempotentAnswer
from accounts.tasks import forget_old_answers
from config import api
from selection.models import Nomination
from tests import factories
from workflow import clock, collections, door, ledger
from workflow.forms import StepForm
from workflow.models import Entry

pytestmark = pytest.mark.django_db

_namespaces = iter(f"api-test-{n}" for n in range(10_000))


class WithdrawForm(StepForm):
    reason = forms.CharField(label="理由", min_length=10)
    copies = forms.IntegerField(label="份数", required=False)

    @staticmethod
    @door.act
    def action(nomination, *, by, reason, copies):
        return door.take(nomination, "withdraw", by=by, reason=reason, frees_place=False)


class SubmitForm(StepForm):
    @staticmethod
    @door.act
    def action(nomination, *, by):
        return door.take(nomination, "submit", by=by, at=clock.now())


def represent(nomination, _actor):
    return {"id": nomination.pk, "code": nomination.code, "state": nomination.state, "at": clock.now()}


def of_own_unit(user):
    return Nomination.objects.filter(unit=user.organisation_id)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture(autouse=True)
def served(monkeypatch, settings):
    monkeypatch.setattr(collections, "_collections", {})
    collections.register(
        collections.Collection(
            name="dossiers",
            model=Nomination,
            visible_to=of_own_unit,
            represent=represent,
            forms={"withdraw": WithdrawForm, "submit": SubmitForm},
            filters=("state", "round", "place_freed"),
        )
    )
    collections.register(
        collections.Collection(
            name="years",
            model=ledger.Entry,
            visible_to=lambda _u: Entry.objects.all(),
            represent=lambda e, _a: {"id": e.pk},
        )
    )
    built = api.build(next(_namespaces))
    urls = ModuleType("urls_of_this_test")
    urls.urlpatterns = [path("api/v1/", api.patterns(built)), api.nowhere]
    urls.handler500 = "config.api_answers.server_error"
    settings.ROOT_URLCONF = urls


def token_of(user, **times):
    token = ApiToken.new_token()
    until = clock.now() + timedelta(**times or {"days": 1})
    ApiToken.objects.create(user=user, digest=ApiToken.digest_of(token), expires_at=until)
    return token


def client_of(user, language="zh-CN"):
    return Client(headers={"Authorization": f"Bearer {token_of(user)}", "Accept-Language": language})


@pytest.fixture
def draft():
    return factories.nomination("draft")


@pytest.fixture
def clerk(draft):
    return factories.user("unit_clerk", organisation=draft.unit)


@pytest.fixture
def client(clerk):
    return client_of(clerk)


def post(client, address, body="", **headers):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(f"/api/v1/{address}", text, content_type="application/json", headers=headers)


def withdrawal(draft):
    return f"dossiers/{draft.pk}/steps/withdraw"


GIVEN = {"reason": "本人不再参加本轮选拔了"}


# Who is asking


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}])
def test_without_a_valid_token_the_answer_is_401_json(header, draft):
    answer = Client(headers=header).get("/api/v1/dossiers")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_an_expired_token_opens_nothing(clerk):
    token = token_of(clerk, seconds=-1)
    assert Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/dossiers").status_code == 401


def test_a_deactivated_person_s_token_opens_nothing(clerk, client):
    type(clerk).objects.update(is_active=False)
    assert client.get("/api/v1/dossiers").status_code == 401


# Lists and objects


def test_a_list_has_what_the_caller_may_see_and_its_count(client, draft):
    factories.nomination("draft")
    listed = client.get("/api/v1/dossiers").json()
    assert (listed["count"], [item["id"] for item in listed["items"]]) == (1, [draft.pk])
    assert listed["items"][0]["at"] == "2026-09-01T12:00:00+08:00"


def test_a_collection_without_records_lists_nothing(client):
    assert client.get("/api/v1/years").json() == {"items": [], "count": 0}


def test_pages_follow_each_other_without_gap_or_repeat(client, draft):
    orgs = {"unit": draft.unit, "county": draft.county, "city": draft.nominator}
    for _n in range(4):
        factories.nomination("draft", round=draft.round, orgs=orgs)
    pages = [client.get("/api/v1/dossiers", {"page": p, "page_size": 2}).json() for p in (1, 2, 3, 4)]
    assert [len(p["items"]) for p in pages] == [2, 2, 1, 0]
    assert {p["count"] for p in pages} == {5}
    assert len({item["id"] for p in pages for item in p["items"]}) == 5


@pytest.mark.parametrize(
    "query", [{"page": "0"}, {"page": "x"}, {"page_size": "201"}, {"page_size": "-1"}, {"page": "9" * 30}]
)
def test_a_malformed_page_is_400_and_names_the_field(client, query):
    answer = client.get("/api/v1/dossiers", query)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert list(answer.json()["fields"]) == list(query)


def test_filters_narrow_the_list(client, draft):
    assert client.get("/api/v1/dossiers", {"state": "draft", "round": draft.round_id}).json()["count"] == 1
    assert client.get("/api/v1/dossiers", {"state": "nominated"}).json()["count"] == 0
    assert client.get("/api/v1/dossiers", {"place_freed": "false"}).json()["count"] == 1


@pytest.mark.parametrize(
    "query", [{"round": "x"}, {"place_freed": "maybe"}, {"colour": "red"}, {"state": "a\0b"}]
)
def test_a_filter_that_cannot_be_read_is_named(client, query):
    answer = client.get("/api/v1/dossiers", query)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, list(query))


def test_a_list_takes_the_same_statements_whatever_its_length(client, draft):
    def statements():
        with CaptureQueriesContext(connection) as caught:
            client.get("/api/v1/dossiers")
        return len(caught)

    one = statements()
    orgs = {"unit": draft.unit, "county": draft.county, "city": draft.nominator}
    factories.nomination("draft", round=draft.round, orgs=orgs)
    assert statements() == one <= 5


def test_what_is_not_visible_answers_exactly_as_what_is_not_there(client):
    other = factories.nomination("draft")
    hidden, absent = (client.get(f"/api/v1/dossiers/{id}") for pk in (other.pk, 10**30))
    assert (
        (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
    )
    assert hidden.json()["code"] == "not_found"


# Steps


def test_open_steps_say_what_they_need(client, draft):
    found = {s["name"]: s for s in client.get(f"/api/v1/dossiers/{draft.pk}/steps").json()["items"]}
    assert set(found) == {"withdraw", "submit"}
    assert found["withdraw"]["possible"] is True
    assert found["withdraw"]["label"] == "撤回"
    assert found["withdraw"]["consequence"]
    assert found["withdraw"]["input"]["required"] == ["reason"]
    assert found["withdraw"]["input"]["properties"]["copies"]["type"] == "integer"


def test_a_step_that_is_not_possible_yet_says_why(client, draft):
    Nomination.objects.filter(pk=draft.pk).update(truth_declared_at=None)
    found = {s["name"]: s for s in client.get(f"/api/v1/dossiers/{draft.pk}/steps").json()["items"]}
    assert (found["submit"]["possible"], found["submit"]["code"]) == (False, "not_declared")
    assert "真实性" in found["submit"]["reason"]


def test_a_collection_without_a_machine_has_no_steps(client, clerk):
    entry = ledger.append(clerk, chain="office", kind="x", subject="x:1", payload={})
    assert client.get(f"/api/v1/years/{entry.pk}").status_code == 200
    assert client.get(f"/api/v1/years/{entry.pk}/steps").status_code == 404
    assert post(client, f"years/{entry.pk}/steps/end").status_code == 404


def test_a_step_is_taken_and_the_object_comes_back(client, draft):
    answer = post(client, withdrawal(draft), GIVEN)
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert ledger.entries_of(draft).get().kind == "nomination.withdraw"


def test_a_step_that_needs_nothing_needs_no_body(client, draft):
    assert post(client, f"dossiers/{draft.pk}/steps/submit").json()["state"] == "county_review"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", "__all__"),
        ("[1]", "__all__"),
        ('{"reason": NaN}', "__all__"),
        ('{"reason": "\\ud800"}', "__all__"),
        ("[" * 100_000, "__all__"),
        ("{}", "reason"),
        ({"reason": "太短"}, "reason"),
        ({"reason": 12345678901}, "reason"),
        ({"reason": {"a": 1}}, "reason"),
        ({"reason": "一二三四五六七八九\0十"}, "reason"),
        ({**GIVEN, "copies": "1"}, "copies"),
        ({**GIVEN, "copies": True}, "copies"),
        ({**GIVEN, "colour": "red"}, "colour"),
    ],
)
def test_malformed_input_is_400_and_names_the_field(client, draft, body, field):
    answer = post(client, withdrawal(draft), body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert list(answer.json()["fields"]) == [field]
    draft.refresh_from_db()
    assert (draft.state, Entry.objects.count()) == ("draft", 0)


def test_the_wrong_role_gets_403_and_stands_on_the_ledger(draft):
    reviewer = factories.user("reviewer", organisation=draft.unit)
    answer = post(client_of(reviewer), withdrawal(draft), "{")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    entry = ledger.entries_of(draft).get()
    assert (entry.kind, json.loads(entry.payload)["step"]) == ("refused", "withdraw")


def test_an_unknown_step_and_a_hidden_object_get_the_same_404(client, draft):
    hidden = post(client, withdrawal(factories.nomination("draft")), GIVEN)
    unknown = post(client, f"dossiers/{draft.pk}/steps/fly", GIVEN)
    assert (
        (hidden.status_code, hidden.content)
        == (unknown.status_code, unknown.content)
        == (404, unknown.content)
    )


def test_what_the_rules_refuse_is_409_with_code_and_sentence(client, draft):
    post(client, withdrawal(draft), GIVEN)
    answer = post(client, withdrawal(draft), GIVEN)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert "已撤回" in answer.json()["message"]


def test_a_guard_that_fails_is_409_with_its_code(client, draft):
    Nomination.objects.filter(pk=draft.pk).update(truth_declared_at=None)
    answer = post(client, f"dossiers/{draft.pk}/steps/submit")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_declared")


# Idempotency


def test_a_repeated_request_is_answered_as_the_first_time(client, draft):
    first, again = (post(client, withdrawal(draft), GIVEN, **{"Idempotency-Key": "k1"}) for _n in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content) == (200, again.content)
    assert ledger.entries_of(draft).count() == 1


def test_a_repeated_refusal_is_refused_once(client, draft):
    Nomination.objects.filter(pk=draft.pk).update(truth_declared_at=None)
    address = f"dossiers/{draft.pk}/steps/submit"
    first = post(client, address, **{"Idempotency-Key": "k1"})
    Nomination.objects.filter(pk=draft.pk).update(truth_declared_at=clock.now())
    again = post(client, address, **{"Idempotency-Key": "k1"})
    assert (first.status_code, first.content) == (again.status_code, again.content) == (409, again.content)
    assert ledger.entries_of(draft).count() == 1


def test_a_key_used_for_another_body_is_refused(client, draft):
    post(client, withdrawal(draft), {"reason": "短"}, **{"Idempotency-Key": "k1"})
    answer = post(client, withdrawal(draft), GIVEN, **{"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


def test_keys_of_two_persons_do_not_meet(client, draft):
    other = factories.nomination("draft", round=draft.round)
    colleague = client_of(factories.user("unit_clerk", organisation=other.unit))
    assert post(client, withdrawal(draft), GIVEN, **{"Idempotency-Key": "k1"}).status_code == 200
    assert post(colleague, withdrawal(other), GIVEN, **{"Idempotency-Key": "k1"}).json()["id"] == other.pk


@pytest.mark.parametrize("key", [" ", "x" * 201])
def test_a_key_out_of_bounds_is_malformed(client, draft, key):
    answer = post(client, withdrawal(draft), GIVEN, **{"Idempotency-Key": key})
    assert list(answer.json()["fields"]) == ["Idempotency-Key"]


def test_the_kept_answer_is_encrypted(client, draft):
    post(client, withdrawal(draft), GIVEN, **{"Idempotency-Key": "k1"})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT body FROM {IdempotentAnswer._meta.db_table}")
        assert draft.code not in cursor.fetchone()[0]


@pytest.mark.parametrize(("days", "answered_again"), [(29, True), (31, False)])
def test_an_answer_is_kept_for_its_term_and_then_deleted(client, clerk, draft, days, answered_again):
    first = post(client, withdrawal(draft), GIVEN, **{"Idempotency-Key": "k1"})
    with clock.frozen(factories.NOON + timedelta(days=days)):
        forget_old_answers()
        again = post(client_of(clerk), withdrawal(draft), GIVEN, **{"Idempotency-Key": "k1"})
    assert (again.content == first.content) is answered_again
    assert again.status_code == (200 if answered_again else 409)  # withdrawn is withdrawn, whoever asks again


def test_the_term_is_the_installations(client, draft, settings):
    settings.IDEMPOTENCY_DAYS = 2
    post(client, withdrawal(draft), GIVEN, **{"Idempotency-Key": "k1"})
    with clock.frozen(factories.NOON + timedelta(days=2)):
        forget_old_answers()
        assert IdempotentAnswer.objects.count() == 1
    with clock.frozen(factories.NOON + timedelta(days=2, seconds=1)):
        forget_old_answers()
        assert IdempotentAnswer.objects.count() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_key_sent_by_four_at_once_acts_once(draft, clerk):
    token, answers = token_of(clerk), []
    barrier = threading.Barrier(4)

    def send():
        try:
            with clock.frozen(factories.NOON):
                barrier.wait(10)
                sender = Client(headers={"Authorization": f"Bearer {token}"})
                answers.append(post(sender, withdrawal(draft), GIVEN, **{"Idempotency-Key": "race"}))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {(a.status_code, a.content) for a in answers} == {(200, answers[0].content)}
    assert len(answers) == 4
    assert ledger.entries_of(draft).count() == 1


# Language, addresses, description


def test_messages_come_in_the_language_asked_for(clerk, draft):
    chinese, english = (
        post(client_of(clerk, language), withdrawal(draft), {}) for language in ("zh-CN,zh;q=0.9", "en-GB")
    )
    assert english.json()["fields"]["reason"] == ["This field is required."]
    assert chinese.json()["fields"]["reason"] != english.json()["fields"]["reason"]
    assert (chinese["Content-Language"], english["Content-Language"]) == ("zh-CN", "en")


def test_without_a_preference_messages_are_chinese(clerk, draft):
    client = Client(headers={"Authorization": f"Bearer {token_of(clerk)}"})
    assert client.get("/api/v1/dossiers", {"colour": "red"}).json()["message"].startswith("请求有误")


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/dossiers/abc", "/api/", "/api/v2/dossiers"])
def test_an_unknown_address_is_404_json(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_wrong_method_is_405_json(client):
    answer = client.delete("/api/v1/dossiers")
    assert (answer.status_code, answer.json()["code"], answer["Allow"]) == (405, "method_not_allowed", "GET")


def test_a_failure_of_ours_is_500_json_without_its_details(client, monkeypatch):
    monkeypatch.setattr("config.api.page", lambda *_args: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/api/v1/dossiers")
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert b"ZeroDivision" not in answer.content


def test_answers_are_not_for_caches(client):
    assert client.get("/api/v1/dossiers")["Cache-Control"] == "no-store"


def test_the_description_names_every_path_and_its_refusals(client):
    described = Client().get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        "/api/v1/dossiers",
        "/api/v1/dossiers/{id}",
        "/api/v1/dossiers/{id}/steps",
        "/api/v1/dossiers/{id}/steps/{step}",
        "/api/v1/years",
        "/api/v1/years/{id}",
    }
    step = described["paths"]["/api/v1/dossiers/{id}/steps/{step}"]["post"]
    assert set(step["responses"]) == {"200", "400", "401", "403", "404", "409"}
    bodies = step["requestBody"]["content"]["application/json"]["schema"]["anyOf"]
    assert [body["title"] for body in bodies] == ["withdraw", "submit"]
    listed = described["paths"]["/api/v1/dossiers"]["get"]
    assert {p["name"] for p in listed["parameters"]} == {"page", "page_size", "state", "round", "place_freed"}
    assert set(listed["responses"]) == {"200", "400", "401", "404"}
