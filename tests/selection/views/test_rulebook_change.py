"""A change of announced rules on its pages: from the rulebook's page to the public call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from selection.actions import round as rounds
from selection.collections.rulebook_change import represent
from selection.models import Round, RulebookChange
from selection.queries.rulebook_change import waiting_for
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db
REASON = "为便于各地申报，适当延长申报时间。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def round_():
    city = factories.organisation("city", name="杭州市民政局")
    draft = factories.round_("draft", rules=factories.rulebook(quotas={city.code: 2}))
    with clock.frozen(factories.OPENS_AT - timedelta(days=1)):
        return rounds.announce(draft, by=factories.user("manager"))


def filled(client, round_, **changes):
    """The form as the page shows it, with what somebody types over it."""
    form = client.get(reverse("rulebook_change_new", args=[round_.code])).context["form"]
    given = {
        name: value for name, value in form.initial.items() if value is not False and value not in (None, "")
    }
    return {**given, "reason": REASON, **changes}


def test_from_the_rulebook_through_three_persons_to_the_public_call(client, round_):
    manager, second, leader = (factories.user(role) for role in ("manager", "manager", "leader"))
    new, rulebook = (
        reverse("rulebook_change_new", args=[round_.code]),
        reverse("round_rulebook", args=[round_.code]),
    )
    client.force_login(manager)
    assert new in client.get(rulebook).content.decode()
    answer = client.post(new, filled(client, round_, closes_at="2026-10-17T17:30"))
    change = RulebookChange.objects.get()
    detail = reverse("rulebook_change_detail", args=[change.pk])
    assert answer["Location"] == detail
    assert (
        detail in client.get(rulebook).content.decode() and new not in client.get(rulebook).content.decode()
    )
    assert client.get(new)["Location"] == detail  # one at a time
    for person, step, label in ((second, "second", "复核规则修改"), (leader, "approve", "批准规则修改")):
        client.force_login(person)
        assert label in client.get("/home/").content.decode()
        page = client.get(detail).content.decode()
        assert "2026-10-10 17:30" in page and "2026-10-17 17:30" in page and REASON in page
        assert client.post(reverse("step", args=["rulebook-changes", change.pk, step])).status_code == 302
        assert not waiting_for(person).exists()
    assert "第2版的更正" in client.get(rulebook).content.decode()
    earlier = client.get(rulebook + "?version=1").content.decode()
    assert "2026-10-10 17:30" in earlier and "已被更正的版本" in earlier
    client.logout()
    assert "规则更正" in client.get(f"/calls/{round_.code}/").content.decode()


def test_what_is_refused_is_said_on_the_form_and_nothing_typed_is_lost(client, round_):
    client.force_login(factories.user("manager"))
    new = reverse("rulebook_change_new", args=[round_.code])
    for changes, words in (
        ({"closes_at": "2026-08-30T10:00", "reference_date": "2026-08-29"}, "新的截止时间不得早于现在"),
        ({"criterion_0_weight": "20"}, "权重"),
        ({"reason": "太短"}, "lx-err"),
        ({}, "没有改动任何一项"),
    ):
        answer = client.post(new, filled(client, round_, **changes))
        assert answer.status_code == 422 and words in answer.content.decode(), changes
        assert changes.get("reason", REASON) in answer.content.decode()
    assert not RulebookChange.objects.exists() and Round.objects.get().rulebook_version.version == 1


@pytest.mark.parametrize(("role", "status"), [("leader", 403), ("reviewer", 403), ("bureau_officer", 404)])
def test_nobody_but_a_manager_gets_the_form(client, round_, role, status):
    client.force_login(factories.user(role))
    assert client.get(reverse("rulebook_change_new", args=[round_.code])).status_code == status


def test_programs_read_old_and_new(round_):
    change = RulebookChange.objects.create(
        round=round_, base=1, content={**round_.rulebook.to_dict(), "ceiling": 18}, reason=REASON
    )
    said = represent(change, factories.user("leader"))
    assert said["changes"] == [{"parameter": "ceiling", "label": "认定上限", "old": "20名", "new": "18名"}]
