"""What a dossier keeps of itself: signings, versions, months of practice."""

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from selection.actions import nomination as actions
from selection.models import Nomination
from selection.queries.dossier import facts_of, section_named
from selection.queries.dossier_versions import differences, digest
from selection.rules import declarations
from selection.rules.declarations import CURRENT, TEXTS, text_of
from tests import factories
from workflow import clock, ledger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def draft():
    return factories.nomination("draft", phone="13912345678")


def clerk_of(row):
    return factories.user("unit_clerk", organisation=row.unit)


def test_months_of_practice_are_the_union_of_the_intervals(draft):
    lines = [
        {"started": date(2020, 1, 1), "ended": date(2023, 12, 31), "in_province": False},
        {"started": date(2022, 1, 1), "ended": date(2026, 6, 30), "in_province": True},
    ]
    actions.save_section(draft, section_named("practice"), by=clerk_of(draft), values={"intervals": lines})
    draft = Nomination.objects.get()
    assert (draft.practice_months, draft.province_months) == (78, 54)


def test_the_facts_of_a_dossier_hold_its_intervals(draft):
    facts = facts_of(draft)
    assert facts["intervals"] == [(date(2014, 7, 1), None, True)]
    assert (facts["is_civil_servant"], facts["setting"]) == (False, "social_organisation")


def test_each_signing_is_a_row_with_the_version_of_its_text(draft):
    clerk = clerk_of(draft)
    Nomination.objects.filter(pk=draft.pk).update(publication_consent_at=None)
    every = section_named("declarations").fields
    signed = actions.sign(draft, by=clerk, declared=every)
    row = signed.declarations.get()
    assert (row.kind, row.version, row.signed_by, row.signed_at) == (
        "publication_consent_at", CURRENT, clerk, factories.NOON,
    )  # fmt: skip
    assert row.text_digest == declarations.digest_of(row.kind)
    with clock.frozen(factories.NOON + timedelta(hours=1)):
        actions.sign(signed, by=clerk, declared=[name for name in every if name != row.kind])
        again = actions.sign(signed, by=clerk, declared=every)
    rows = list(again.declarations.all())
    assert [each.withdrawn_at is None for each in rows] == [False, True]
    assert again.publication_consent_at == factories.NOON + timedelta(hours=1)


def test_a_declaration_under_an_older_text_is_signed_anew(draft, monkeypatch):
    clerk = clerk_of(draft)
    every = section_named("declarations").fields
    Nomination.objects.filter(pk=draft.pk).update(truth_declared_at=None)
    actions.sign(draft, by=clerk, declared=every)
    draft.declarations.update(version="2025-1")
    with clock.frozen(factories.NOON + timedelta(days=1)):
        again = actions.sign(draft, by=clerk, declared=every)
    assert again.truth_declared_at == factories.NOON + timedelta(days=1)
    assert again.declarations.get(withdrawn_at=None).version == CURRENT


def test_every_declaration_has_a_chinese_and_an_english_text_of_the_current_version():
    for kind in section_named("declarations").fields:
        assert set(TEXTS[kind][CURRENT]) == {"zh-hans", "en"}
        assert text_of(kind, "fr") == text_of(kind)


def returned(draft):
    """Sent, returned, changed and sent again: three versions."""
    clerk = clerk_of(draft)
    county = factories.user("bureau_officer", organisation=draft.county)
    draft = actions.submit(draft, by=clerk)
    asked = [{"field": "intervals", "reason": "请补充"}, {"field": "phone", "reason": "空号"}]
    draft = actions.return_for_completion(draft, by=county, requests=asked)
    lines = [row.entered for row in draft.intervals.all()]
    lines.append({"started": date(2012, 1, 1), "ended": date(2014, 6, 30), "unit": "甲中心", "duty": "服务"})
    actions.save_section(draft, section_named("practice"), by=clerk, values={"intervals": lines})
    actions.save_section(draft, section_named("basic"), by=clerk, values={"phone": "13912995678"})
    return actions.submit(Nomination.objects.get(pk=draft.pk), by=clerk)


def test_every_sending_and_return_keeps_a_version_under_its_digest(draft):
    row = returned(draft)
    kept = list(row.versions.all())
    assert [(each.number, each.occasion) for each in kept] == [(1, "submit"), (2, "return"), (3, "submit")]
    assert all(digest(each.content) == each.digest for each in kept)
    sent = [
        json.loads(e.payload)["dossier"]
        for e in ledger.entries_of(row).filter(kind="nomination.submit").order_by("seq")
    ]
    assert sent == [kept[0].digest, kept[2].digest]


def test_a_version_holds_neither_the_phone_nor_the_identity_number(draft):
    row = returned(draft)
    for version in row.versions.all():
        text = str(version.content)
        assert row.nominee.id_number not in text
        assert "13912345678" not in text
        assert "13912995678" not in text


def test_two_versions_are_compared_field_by_field(draft):
    kept = list(returned(draft).versions.all())
    changed = {
        row["label"]: row for part in differences(kept[0], kept[2]) for row in part["rows"] if row["changed"]
    }
    assert set(changed) == {"从业经历", "手机"}  # the phone's middle digits are masked, its change is told
    assert [sign for sign, _line in changed["从业经历"]["lines"]] == ["come"]


def test_the_offices_compare_versions_and_the_unit_does_not(client, draft):
    row = returned(draft)
    address = reverse("nomination_versions", args=[row.pk])
    for person in (factories.user("bureau_officer", organisation=row.nominator), factories.user("reviewer")):
        client.force_login(person)
        found = client.get(address, {"from": "1", "to": "3"}).content.decode()
        assert "2个栏目有改动" in found
        assert "甲中心" in found
        assert client.get(address, {"from": "1", "to": "2", "all": "1"}).status_code == 200
        assert address in client.get(reverse("nomination_detail", args=[row.pk])).content.decode()
    client.force_login(clerk_of(row))
    assert client.get(address).status_code == 404
    client.force_login(factories.user("bureau_officer", organisation=factories.tree()["city"]))
    assert client.get(address).status_code == 404


def test_before_anything_was_sent_there_is_nothing_to_compare(client, draft):
    client.force_login(factories.user("reviewer"))
    assert "还没有版本" in client.get(reverse("nomination_versions", args=[draft.pk])).content.decode()
