"""Reports on pages: prefilled, explained, returned field by field, compared, attached, printed, in the calendar."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from studios.actions import report as actions
from studios.models import ReportFile
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db
TEXTS = {"results": "开展督导六次。", "problems": "", "next_steps": "继续督导。"}
RECORDS = {"activities_held": "1", "people_served": "37", "mentees": "0", "spent": "0"}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def step(report, name):
    return reverse("step", args=["reports", report.pk, name])


def recorded():
    """A report with one confirmed activity in its quarter, and others that do not count."""
    home = factories.studio()
    factories.activity("cosigned", home=home)
    factories.activity("submitted", home=home)
    factories.activity("cosigned", home=home, held_on=date(2026, 6, 30))
    return factories.report(home=home)


def test_the_numbers_come_from_the_records_and_a_difference_needs_a_note(client):
    report = recorded()
    client.force_login(report.studio.lead)
    form = client.get(step(report, "submit"))
    assert form.context["form"]["people_served"].value() == 37
    assert "从记录带出：37" in form.content.decode()
    refused = client.post(step(report, "submit"), {**RECORDS, **TEXTS, "people_served": "52"})
    assert refused.status_code == 422
    assert "服务（人次）与记录不一致，请说明原因" in refused.content.decode()
    note = {"difference": "两场活动站点尚未确认。"}
    assert (
        client.post(step(report, "submit"), {**RECORDS, **TEXTS, "people_served": "52", **note}).status_code
        == 302
    )
    report.refresh_from_db()
    assert (report.prefilled["people_served"], report.people_served) == (37, 52)
    page = client.get(reverse("report_detail", args=[report.studio_id, report.pk])).content.decode()
    assert "与记录不一致" in page and "两场活动站点尚未确认。" in page


def test_what_agrees_with_the_records_needs_no_note(client):
    report = recorded()
    client.force_login(report.studio.lead)
    assert client.post(step(report, "submit"), {**RECORDS, **TEXTS}).status_code == 302


def test_a_return_names_fields_and_what_was_sent_anew_stands_beside_what_was_sent_before(client):
    report, manager = recorded(), factories.user("manager")
    lead = report.studio.lead
    client.force_login(lead)
    client.post(step(report, "submit"), {**RECORDS, **TEXTS})
    client.force_login(manager)
    given = {
        "remarks": "成效写得太简略，请补充。",
        "remark_results": "写明每次督导的主题",
        "remark_next_steps": "写明月份",
    }
    assert client.post(step(report, "return_for_changes"), given).status_code == 302
    client.force_login(lead)
    assert "写明每次督导的主题" in client.get(step(report, "submit")).content.decode()
    client.post(step(report, "submit"), {**RECORDS, **TEXTS, "results": "督导六次：个案、小组、危机各两次。"})
    client.force_login(manager)
    page = client.get(reverse("report_detail", args=[report.studio_id, report.pk]))
    changes = {str(c.label): c for c in page.context["changes"]}
    assert set(changes) == {"工作成效", "下一步安排"}
    assert changes["工作成效"].after == "督导六次：个案、小组、危机各两次。"
    assert "未修改" in page.content.decode()  # the other one was remarked on and stayed as it was
    assert [v.field_remarks for v in report.versions.all()][1] == {}


def pdf(name="凭证目录.pdf"):
    return SimpleUploadedFile(name, factories.pdf(), "application/pdf")


def test_files_are_attached_until_it_is_handed_in_and_opened_by_whoever_sees_it(client):
    report = recorded()
    client.force_login(report.studio.lead)
    upload = reverse("report_attach", args=[report.studio_id, report.pk])
    client.post(upload, {"files": [pdf(), SimpleUploadedFile("程序.pdf", b"MZ\x90\x00", "application/pdf")]})
    file = ReportFile.objects.get()
    assert file.name == "凭证目录.pdf"
    page = client.get(reverse("report_detail", args=[report.studio_id, report.pk])).content.decode()
    assert "凭证目录.pdf" in page and "程序.pdf" in page  # the second is named with the reason
    opened = client.get(reverse("report_file", args=[file.key]))
    assert (
        opened.headers["Content-Type"] == "application/pdf"
        and opened.headers["X-Content-Type-Options"] == "nosniff"
    )
    client.post(step(report, "submit"), {**RECORDS, **TEXTS})
    client.post(upload, {"files": [SimpleUploadedFile("b.pdf", factories.pdf(2), "application/pdf")]})
    client.post(reverse("report_file_remove", args=[file.key]))
    assert ReportFile.objects.count() == 1
    client.force_login(factories.user("studio_lead"))
    assert client.get(reverse("report_file", args=[file.key])).status_code == 404


def test_a_report_prints_as_pdf(client):
    report = recorded()
    actions.submit(
        report,
        by=report.studio.lead,
        activities_held=1,
        people_served=37,
        mentees=0,
        spent=Decimal(0),
        **TEXTS,
    )
    client.force_login(report.studio.lead)
    answer = client.get(reverse("report_print", args=[report.studio_id, report.pk]))
    assert answer.content.startswith(b"%PDF-") and answer.headers["Content-Type"] == "application/pdf"


def test_the_calendar_counts_what_falls_due_and_leads_to_it(client):
    home = factories.studio()
    factories.report(home=home)
    factories.report("accepted", home=home, period="2026Q2", due_on=date(2026, 7, 14))
    factories.report(period="2026Q2", due_on=date(2026, 7, 14))
    client.force_login(factories.user("manager"))
    page = client.get(reverse("report_calendar"))
    (july, (second,)), (october, (third,)) = page.context["months"]
    assert (july.month, second.total, second.accepted, second.owed) == (7, 2, 1, 1)
    assert (october.month, third.total, third.owed) == (10, 1, 1)
    found = client.get(reverse("report_list") + "?kind=quarterly&period=2026Q2").content.decode()
    assert "2026Q2" in found and "2026Q3" not in found
    client.force_login(home.lead)
    assert client.get(reverse("report_calendar")).context["months"][0][1][0].total == 1
    assert "2026Q3" in client.get(reverse("studio_reports", args=[home.pk])).content.decode()
    assert client.get(reverse("report_calendar") + "?year=abc").status_code == 200
