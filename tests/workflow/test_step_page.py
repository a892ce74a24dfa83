import pytest
from django import forms
from django.urls import reverse

from accounts.models import User
from selection.models import Nomination
from tests import factories
from workflow import clock, collections, door, ledger
from workflow.collections import Collection
from workflow.forms import StepForm

pytestmark = pytest.mark.django_db


def submit(nomination, *, by, note):
    return door.take(nomination, "submit", by=by, at=clock.now(), payload={"note": note})


class SubmitForm(StepForm):
    action = staticmethod(submit)
    note = forms.CharField(label="附言", max_length=40)


@pytest.fixture(autouse=True)
def papers(monkeypatch):
    """A collection of this test's own."""
    monkeypatch.setattr(collections, "_collections", {})
    collections.register(
        Collection(
            name="papers",
            model=Nomination,
            visible_to=lambda user: Nomination.objects.filter(unit=user.organisation_id),
            represent=lambda obj, actor: {},
            url=lambda obj: f"/papers/{obj.pk}/",
            forms={"submit": SubmitForm},
        )
    )
    with clock.frozen(factories.NOON):
        yield


def page_of(nomination):
    return reverse("step", args=["papers", nomination.pk, "submit"])


def draft_and_clerk(client):
    draft = factories.nomination("draft")
    clerk = factories.user("unit_clerk", organisation=draft.unit)
    client.force_login(clerk)
    return draft, clerk


def test_the_page_says_what_will_happen_and_repeats_the_verb(client):
    draft, _clerk = draft_and_clerk(client)
    page = client.get(page_of(draft)).content.decode()
    assert "办理后，状态由“草稿”变为“县级审核”。" in page or "变为" not in page
    assert "提交申报</button>" in page
    assert f'href="/papers/{draft.pk}/"' in page


def test_a_step_is_taken_and_leads_back_to_the_object(client):
    draft, _clerk = draft_and_clerk(client)
    answer = client.post(page_of(draft), {"note": "请审核"})
    assert answer.url == f"/papers/{draft.pk}/"
    assert Nomination.objects.get(pk=draft.pk).state == "county_review"


def test_a_missing_field_is_named_and_nothing_moves(client):
    draft, _clerk = draft_and_clerk(client)
    answer = client.post(page_of(draft), {"note": ""})
    assert answer.status_code == 422
    assert "请填写附言" in answer.content.decode()
    assert Nomination.objects.get(pk=draft.pk).state == "draft"


def test_a_step_that_must_wait_says_why_and_has_no_button(client):
    draft, _clerk = draft_and_clerk(client)
    Nomination.objects.filter(pk=draft.pk).update(truth_declared_at=None)
    answer = client.get(page_of(draft))
    page = answer.content.decode()
    assert "现在不能办理这一步" in page
    assert "提交申报</button>" not in page


def test_a_refused_step_keeps_what_was_typed(client):
    draft, _clerk = draft_and_clerk(client)
    Nomination.objects.filter(pk=draft.pk).update(truth_declared_at=None)
    answer = client.post(page_of(draft), {"note": "写了很久"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "写了很久" in page
    assert 'role="alert"' in page


def test_a_stale_page_learns_who_moved_the_object(client):
    draft, clerk = draft_and_clerk(client)
    submit(draft, by=clerk, note="先到")
    answer = client.post(page_of(draft), {"note": "后到"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "最近一次变更" in page
    assert "后到" in page
    assert "提交申报</button>" not in page or "disabled" in page


def test_the_page_of_a_closed_step_leads_back(client):
    draft, clerk = draft_and_clerk(client)
    submit(draft, by=clerk, note="先到")
    page = client.get(page_of(draft)).content.decode()
    assert "可能已由他人办理" in page
    assert f'href="/papers/{draft.pk}/"' in page


def test_what_is_not_visible_is_not_there(client):
    draft, _clerk = draft_and_clerk(client)
    client.force_login(factories.user("unit_clerk", organisation=factories.organisation()))
    assert client.get(page_of(draft)).status_code == 404


def test_another_role_may_not(client):
    draft, clerk = draft_and_clerk(client)
    client.force_login(factories.user("studio_member", organisation=clerk.organisation))
    assert client.get(page_of(draft)).status_code == 403


@pytest.mark.parametrize(
    "path", ["/steps/papers/1/no_such_step/", "/steps/nothing/1/submit/", "/steps/papers/1/nominate/"]
)
def test_steps_that_no_page_offers_are_not_there(client, path):
    draft_and_clerk(client)
    assert client.get(path).status_code == 404


def test_a_step_returns_to_the_page_it_came_from_and_to_no_other_site(client):
    draft, _clerk = draft_and_clerk(client)
    answer = client.post(page_of(draft), {"note": "请审核", "next": "https://elsewhere.example/"})
    assert answer.url == f"/papers/{draft.pk}/"
    assert User.objects.exists()


def test_a_step_sent_by_who_may_not_take_it_is_refused_on_the_record(client):
    draft = factories.nomination("draft")
    client.force_login(factories.user("bureau_officer", organisation=draft.unit))
    assert client.get(page_of(draft)).status_code == 403
    assert not ledger.entries_of(draft).exists()
    assert client.post(page_of(draft), {"note": "代为提交"}).status_code == 403
    refused = ledger.entries_of(draft).get()
    assert (refused.kind, "not_permitted" in refused.payload) == ("refused", True)


def test_a_step_sent_too_late_is_refused_on_the_record_whatever_was_typed(client):
    draft, clerk = draft_and_clerk(client)
    submit(draft, by=clerk, note="先到")
    answer = client.post(page_of(draft), {"note": "太长" * 40})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "最近一次变更" in page and "太长" * 40 in page
    refused = ledger.entries_of(draft).get(kind="refused")
    assert '"wrong_state"' in refused.payload and refused.actor_name == clerk.name
