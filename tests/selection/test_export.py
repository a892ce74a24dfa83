"""A filtered list as a file: masked, on the ledger, no cell runs."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from selection.actions import extract as actions
from selection.queries.extract import headings
from tests import factories
from workflow import clock, jobs, ledger
from workflow.models import Entry, Job, JobFile

pytestmark = pytest.mark.django_db
EXPORT = reverse("nomination_export")


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def manager():
    return factories.user("manager")


def exported(client, query="", **given):
    """Export on the page and download the file."""
    answer = client.post(f"{EXPORT}?{query}", {"form": "csv", **given})
    assert answer.status_code == 302, answer.content.decode()
    job = Job.objects.first()
    assert job.status == "done", job.error
    response = client.get(reverse("job_file", args=[job.pk]))
    return job, response, b"".join(response.streaming_content)


def table(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_list_is_exported_masked_as_csv_with_its_mark(client, manager):
    row = factories.nomination("nominated")
    client.force_login(manager)
    _job, response, content = exported(client)
    assert content.startswith(b"\xef\xbb\xbf") and response["Cache-Control"] == "no-store"
    head, line = table(content)
    assert head == headings()
    said = dict(zip(head, line, strict=True))
    number = row.nominee.id_number
    assert said["身份证号"] == f"{number[:3]}{'*' * 11}{number[-4:]}" and said["手机"] == "138****0000"
    assert (
        said["状态"] == "已推荐到省" and said["服务领域"] == "儿童服务" and said["姓名"] == row.nominee.name
    )
    assert number.encode() not in content and b"13800000000" not in content


def test_a_workbook_says_the_same(client, manager):
    row = factories.nomination("nominated", rank_in_nominator=2)
    client.force_login(manager)
    _job, response, content = exported(client, form="xlsx")
    assert "spreadsheetml" in response["Content-Type"] and ".xlsx" in response["Content-Disposition"]
    head, line = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    said = dict(zip(head, line, strict=True))
    assert said["姓名"] == row.nominee.name and said["推荐排序"] == 2.0
    assert row.nominee.id_number not in line


def test_the_file_holds_what_the_list_shows_under_the_same_address(client):
    round_, orgs = factories.round_(), factories.tree()
    factories.nomination("draft", round=round_, orgs=orgs, nominee=factories.nominee("沈一"))
    factories.nomination("nominated", round=round_, orgs=orgs, nominee=factories.nominee("沈二"))
    factories.nomination("nominated", round=round_, nominee=factories.nominee("别处"))
    client.force_login(factories.user("bureau_officer", organisation=orgs["city"]))
    _job, _response, content = exported(client, "state=nominated")
    assert [line[2] for line in table(content)[1:]] == ["沈二"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_runs_in_the_next_spreadsheet(client, manager, form):
    factories.nomination("nominated", nominee=factories.nominee("=cmd|' /C calc'!A0"), title="@SUM(A1)")
    client.force_login(manager)
    _job, _response, content = exported(client, form=form)
    if form == "csv":
        line = table(content)[1]
    else:
        line = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1]
    assert "'=cmd|' /C calc'!A0" in line and "'@SUM(A1)" in line


def test_every_export_stands_on_the_ledger_with_rows_and_digest(client, manager):
    factories.nomination("nominated")
    client.force_login(manager)
    exported(client, "state=nominated")
    entry = Entry.objects.get(kind="nominations.exported")
    said = json.loads(entry.payload)
    file = JobFile.objects.get()
    assert (said["rows"], said["sha256"], said["masked"], said["query"]) == (
        1,
        file.sha256,
        True,
        "state=nominated",
    )
    assert ledger.verify() == []


def test_a_long_list_is_left_to_a_worker(client, manager, monkeypatch):
    monkeypatch.setattr("selection.views.extract.AT_ONCE", 0)
    factories.nomination("nominated")
    client.force_login(manager)
    client.post(EXPORT, {"form": "xlsx"})
    assert Job.objects.get().status == "queued"
    jobs.run_waiting()
    assert Job.objects.get().result == {"rows": 1}


def test_statements_do_not_grow_with_the_rows(manager, django_assert_max_num_queries):
    round_ = factories.round_()
    for _n in range(3):
        factories.nomination("nominated", round=round_)
    job = actions.begin_export(by=manager, query="", form="csv")
    with django_assert_max_num_queries(40):
        jobs.run_now(job)
    for _n in range(20):
        factories.nomination("nominated", round=round_)
    job = actions.begin_export(by=manager, query="", form="csv")
    with django_assert_max_num_queries(40):
        assert jobs.run_now(job).result == {"rows": 23}
