import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from config import site
from config.admin import ReadOnly
from config.admin import site as admin_site
from tests import factories
from workflow import clock
from workflow.models import Message

pytestmark = pytest.mark.django_db


def test_the_process_says_that_it_lives(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_when_database_migrations_and_broker_are_well(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": True, "broker": True, "migrations": True}


def test_not_ready_while_a_migration_is_missing(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'workflow' AND name LIKE '0006%%'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, False)


def test_not_ready_without_a_broker(client, monkeypatch):
    from celery import Celery

    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)  # Celery takes it before what is asked for
    monkeypatch.setattr(site, "app", Celery("nowhere", broker="redis://127.0.0.1:1/0"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (503, False)


def test_robots_read_only_what_is_published(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /office/" in text
    assert "Disallow: /notices" not in text


@pytest.mark.parametrize("shown", [True, False])
def test_the_style_guide_is_there_only_in_demo_and_debugging(client, settings, shown):
    settings.DEMO = shown
    assert client.get("/styleguide/").status_code == (200 if shown else 404)


# errors


@pytest.mark.parametrize(
    "address",
    [
        "/roll?q=%00",
        "/roll?batch=a%00b",
        "/certificate?number=%00",
        "/objections/new?notice=%00",
        "/roll?%00=1",
    ],
)
def test_a_null_character_in_an_address_is_a_bad_request(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "无法识别该请求" in answer.content.decode()


def test_a_null_character_in_what_the_public_sends_is_left_out(client):
    assert client.post("/objections/withdraw", {"code": "A\0B"}).status_code == 404
    assert client.post("/objections/new", {"notice": "x\0"}).status_code == 404


def test_a_year_of_any_length_is_no_reason_to_fail(client):
    client.force_login(factories.user("manager"))
    assert client.get("/office/calendar/?year=" + "9" * 5000).status_code == 200


def test_a_page_that_is_not_there_says_so_in_words(client):
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "没有找到该页面，或您没有查看权限" in answer.content.decode()


def test_a_page_of_another_role_says_the_same(client):
    client.force_login(factories.user("expert"))
    answer = client.get(reverse("account_list"))
    assert answer.status_code == 403
    assert "没有找到该页面，或您没有查看权限" in answer.content.decode()


def test_an_error_of_ours_shows_a_page_and_no_details(client, monkeypatch):
    client.force_login(factories.user("reviewer"))
    client.raise_request_exception = False
    monkeypatch.setattr(clock, "today", lambda: 1 / 0)
    answer = client.get("/home/")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.content.decode()
    assert "<h1>" in answer.content.decode()


# the admin


@pytest.mark.parametrize("role", ["manager", "security_admin", "audit_admin", "expert"])
def test_the_admin_is_not_there_for_others(client, role):
    client.force_login(factories.user(role))
    assert client.get("/admin/", follow=True).status_code == 404


def test_the_system_administrator_reads_every_table(client):
    factories.nomination("draft")
    client.force_login(factories.user("system_admin"))
    assert client.get("/admin/").status_code == 200
    for model in admin_site._registry:
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(page).status_code == 200, page


def test_no_table_can_be_changed_in_the_admin(client):
    draft = factories.nomination("draft")
    client.force_login(factories.user("system_admin"))
    path = reverse("admin:selection_nomination_change", args=[draft.pk])
    assert client.get(path).status_code == 200
    assert client.post(path, {"state": "recognised"}).status_code == 403
    assert client.post(path.replace("change", "delete")).status_code == 403
    assert client.get(reverse("admin:selection_nomination_add")).status_code == 403
    for options in admin_site._registry.values():
        assert isinstance(options, ReadOnly)


def test_what_is_sealed_or_secret_is_not_in_the_admin(client):
    names = {model._meta.model_name for model in admin_site._registry}
    assert not names & {"scoresheet", "objection", "apitoken", "idempotentanswer"}
    assert not names & {"qualificationreview", "result", "assignment", "panel", "panelist", "recusal"}
    shown = {name for options in admin_site._registry.values() for name in options.get_fields(None)}
    assert not shown & {"password", "payload", "salt", "sealed", "body", "background_opinion"}
    nominee = factories.nominee()
    client.force_login(factories.user("system_admin"))
    page = client.get(reverse("admin:selection_nominee_change", args=[nominee.pk])).content.decode()
    assert nominee.id_number not in page


@pytest.mark.parametrize(
    "asked",
    [
        "accounts_user_changelist?password__startswith=pbkdf2",
        "workflow_message_changelist?body__contains=password",
        "workflow_entry_changelist?payload__contains=reason",
        "workflow_entry_changelist?payload=x",
        "accounts_organisation_changelist?people__password__startswith=a",
        "selection_nomination_changelist?reviews__verdict=qualified",
        "selection_nomination_changelist?result__score__gte=90",
        "selection_nomination_changelist?background_opinion__contains=处分",
        "selection_nominee_changelist?person_key__startswith=a",
    ],
)
def test_what_the_admin_hides_cannot_be_asked_for_in_the_address(client, asked):
    factories.nomination("nominated", background_opinion="无。")
    client.force_login(factories.user("system_admin"))
    table, _mark, query = asked.partition("?")
    assert client.get(f"{reverse(f'admin:{table}')}?{query}").status_code == 400


def test_the_admin_filters_by_what_it_shows(client):
    client.force_login(factories.user("system_admin"))
    assert (
        client.get(reverse("admin:selection_nomination_changelist") + "?state__exact=draft").status_code
        == 200
    )


def test_djangos_own_admin_site_is_not_served():
    assert admin_site is not admin.site
    assert Message in admin_site._registry
