"""The steps of the studios as people take them: through the step page."""

from datetime import date

import pytest
from django.urls import reverse

from studios.models import Instalment, ProgressReport, Studio
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db

AGREEMENT = {
    "number": "浙社协〔2026〕7号", "award": "50000.00", "signed_on": "2026-08-31", "signed_by_province": "张处长",
    "signed_by_host": "李主任", "signed_by_talent": "沈雨晴", "site": "文三路1号", "goals": "带教十五名社工。",
}  # fmt: skip
REPORT = {
    "activities_held": "6", "people_served": "240", "mentees": "5", "spent": "8000.50", "results": "开展督导六次。",
    "problems": "", "next_steps": "继续督导。", "difference": "站点尚未逐场确认，按台账填报。",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def step(collection, obj, name):
    return reverse("step", args=[collection, obj.pk, name])


def test_from_preparation_to_a_paid_instalment_and_an_accepted_report_on_pages(client):
    studio = factories.studio("preparing")
    lead = studio.lead
    Studio.objects.filter(pk=studio.pk).update(lead=None)
    manager, finance = factories.user("manager"), factories.user("finance")

    def take(person, collection, obj, name, **given):
        client.force_login(person)
        assert client.get(step(collection, obj, name)).status_code == 200
        answer = client.post(step(collection, obj, name), given)
        assert answer.status_code == 302, answer.context["form"].errors
        return client.get(answer.url).content.decode()

    take(manager, "studios", studio, "name_lead", lead=lead.pk)
    assert "已签协议" in take(manager, "studios", studio, "agree", **AGREEMENT)
    assert "运行中" in take(manager, "studios", studio, "activate")
    first = Instalment.objects.get(studio=studio, number=1)
    take(lead, "instalments", first, "request", note="开办")
    take(manager, "instalments", first, "approve")
    assert "记-0901-01" in take(finance, "instalments", first, "pay", voucher="记-0901-01")
    report = ProgressReport.objects.get(studio=studio, period="2026Q3")
    assert "¥8,000.50" in take(lead, "reports", report, "submit", **REPORT)
    assert "已通过" in take(manager, "reports", report, "accept", remarks="")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("number", "", "请填写协议编号"), ("award", "0", "0.01"), ("award", "1.005", "2"), ("award", "五万", "数"),
        ("signed_on", "2026-09-02", "签订日期不能晚于今天。"), ("goals", "", "请填写三年目标"),
    ],
)  # fmt: skip
def test_a_wrong_agreement_is_named_and_nothing_typed_is_lost(client, field, value, words):
    studio = factories.studio("preparing")
    client.force_login(factories.user("manager"))
    page = client.post(step("studios", studio, "agree"), {**AGREEMENT, field: value})
    text = page.content.decode()
    assert page.status_code == 422
    assert words in text
    assert "文三路1号" in text
    studio.refresh_from_db()
    assert studio.state == "preparing"


def test_the_agreement_offers_the_award_and_says_the_shares_of_the_rulebook(client):
    client.force_login(factories.user("manager"))
    page = client.get(step("studios", factories.studio("preparing"), "agree")).content.decode()
    assert 'value="50000.00"' in page
    assert "50%、30%、20%" in page


@pytest.mark.parametrize(
    ("field", "value"), [("activities_held", "-1"), ("spent", "1.234"), ("results", ""), ("mentees", "x")]
)
def test_a_wrong_report_is_named_and_nothing_typed_is_lost(client, field, value):
    report = factories.report()
    client.force_login(report.studio.lead)
    page = client.post(step("reports", report, "submit"), {**REPORT, field: value})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert "继续督导。" in page.content.decode()


def test_the_report_form_keeps_a_draft_and_offers_what_was_sent_before(client):
    report = factories.report("returned", results="第一次提交的成效。")
    client.force_login(report.studio.lead)
    page = client.get(step("reports", report, "submit")).content.decode()
    assert f'data-draft="report-{report.pk}-{report.studio.lead_id}"' in page
    assert "第一次提交的成效。" in page


def test_a_voucher_used_before_is_refused_on_the_page_and_kept(client):
    studio = factories.studio()
    factories.instalment(number=2, home=studio)
    used = studio.instalments.get(number=1).voucher
    other = factories.instalment("approved", requested_by=factories.user(), approved_by=factories.user())
    client.force_login(factories.user("finance"))
    page = client.post(step("instalments", other, "pay"), {"voucher": used})
    assert page.status_code == 409
    assert f"凭证号{used}已用于另一笔支付。" in page.content.decode()


@pytest.mark.parametrize(
    ("collection", "make", "name", "role", "state"),
    [
        ("studios", lambda: factories.studio(), "require_rectification", "manager", "rectifying"),
        ("studios", lambda: factories.studio("rectifying"), "accept_rectification", "manager", "active"),
        ("studios", lambda: factories.studio(), "suspend", "manager", "suspended"),
        ("studios", lambda: factories.studio("suspended"), "resume", "manager", "active"),
        (
            "studios",
            lambda: factories.studio_exit(factories.studio(), "decided").studio,
            "terminate",
            "leader",
            "terminated",
        ),
        ("instalments", lambda: factories.instalment(), "withhold", "manager", "withheld"),
        ("instalments", lambda: factories.instalment("withheld"), "release", "manager", "planned"),
        ("instalments", lambda: factories.instalment(), "cancel", "leader", "cancelled"),
        ("reports", lambda: factories.report("submitted"), "return_for_changes", "manager", "returned"),
    ],
)
def test_a_step_with_a_reason_asks_for_ten_characters(client, collection, make, name, role, state):
    obj = make()
    client.force_login(factories.user(role))
    key = "remarks" if collection == "reports" else "reason"
    assert client.post(step(collection, obj, name), {key: "太短"}).status_code == 422
    assert client.post(step(collection, obj, name), {key: "理由写满十个字，方可办理。"}).status_code == 302
    obj.refresh_from_db()
    assert obj.state == state


def test_a_studio_concludes_on_its_page(client):
    studio = factories.studio(ends_on=date(2026, 9, 1))
    client.force_login(factories.user("manager"))
    assert client.post(step("studios", studio, "conclude")).status_code == 302
    studio.refresh_from_db()
    assert studio.state == "concluded"
