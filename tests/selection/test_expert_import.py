"""The pool as files: checked first with every fault named, brought in all at once or not at all, exported masked."""

from __future__ import annotations

import csv
import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from selection.actions import expert_intake as actions
from selection.actions.expert import add
from selection.documents.workbook import Workbook
from selection.errors import BadFile
from selection.forms.expert_intake import read
from selection.models import Expert, ExpertLink, ExpertUnit
from selection.queries import expert_sheets as sheets
from tests import factories
from workflow import clock, jobs, ledger
from workflow.errors import NotPermitted
from workflow.models import Entry, Job

pytestmark = pytest.mark.django_db
LIST = "/office/experts/"
CODE = "91350100M000100Y43"
PEOPLE_HEAD = ["姓名", "身份证号", "单位", "新单位信用代码", "类别", "领域", "手机号码", "设区市"]
UNIT_HEAD = ["身份证号", "单位", "关系", "职务", "自", "至"]
LINK_HEAD = ["身份证号", "关系", "对方姓名", "对方身份证号", "自", "至", "说明"]


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def manager(client):
    user = factories.user("manager")
    client.force_login(user)
    return user


@pytest.fixture
def unit():
    return factories.organisation("expert_unit", name="东海大学")


def row(number, name="周教授", **given):
    cells = dict(
        zip(
            PEOPLE_HEAD,
            [name, number, "东海大学", "", "高校学者", "儿童服务", "13800001234", ""],
            strict=True,
        )
    )
    return [*{**cells, **given}.values()]


def file(people, units=(), links=(), head=PEOPLE_HEAD):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    for name, headings, rows in (
        (sheets.EXPERTS, head, people), (sheets.UNITS, UNIT_HEAD, units), (sheets.LINKS, LINK_HEAD, links),
    ):  # fmt: skip
        sheet = book.add_worksheet(name)
        for number, line in enumerate([headings, *rows]):
            for place, cell in enumerate(line):
                sheet.write_string(number, place, cell)
    book.close()
    return content.getvalue()


def read_file(content):
    return read(Workbook("experts.xlsx", io.BytesIO(content)))


def faults(content):
    return [(f.sheet, f.row, f.column) for f in read_file(content).faults]


def sent(client, content, name="experts.xlsx"):
    answer = client.post(f"{LIST}import", {"file": SimpleUploadedFile(name, content)})
    jobs.run_waiting()
    return answer


def test_the_template_opens_with_the_headings_that_the_import_reads(client, manager, unit):
    answer = client.get(f"{LIST}import/template")
    content = b"".join(answer.streaming_content)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name, columns in sheets.all_sheets():
        assert book.get_sheet_by_name(name).to_python()[0] == [column.heading for column in columns]
    intake = read_file(content)
    assert intake.faults == [] and intake.people == []


def test_a_clean_file_brings_in_people_with_units_and_links_and_keeps_no_number_of_others(
    client, manager, unit
):
    mine, yours, other = (factories.id_number() for _n in range(3))
    content = file(
        [row(mine), row(yours, name="吴主任", 单位="东海研究院", 新单位信用代码=CODE)],
        [[mine, "东海大学", "理事", "理事", "2018-09-01", "2024-06-30"]],
        [[yours, "导师", "王前辈", other, "2001-09-01", "", "硕士导师"]],
    )
    sent(client, content)
    check = Job.objects.get(kind=actions.CHECK)
    shown = client.get(f"{LIST}import/{check.pk}").content.decode()
    assert "导入2人、2项经历和关系" in shown and not Expert.objects.exists()
    client.post(f"{LIST}import/{check.pk}")
    client.post(f"{LIST}import/{check.pk}")
    jobs.run_waiting()
    assert Job.objects.filter(kind=actions.IMPORT).count() == 1
    first, second = Expert.objects.order_by("code")
    assert (first.code, first.id_number, first.phone) == ("E001", mine, "13800001234")
    assert second.unit.code == CODE and first.units.count() == 2 and second.units.count() == 1
    link = ExpertLink.objects.get()
    assert link.expert == second and link.source == "imported" and link.person_hash == Expert.hash_of(other)
    assert all(other not in str(line) for line in ExpertLink.objects.values_list())
    assert ledger.entries_of(first).get().kind == "expert.imported"
    assert ledger.verify() == []


def test_every_fault_is_named_by_sheet_row_and_column(manager, unit):
    good, doubled = factories.id_number(), factories.id_number()
    content = file(
        [
            row(good),
            row("330106198503150011"),
            row(doubled), row(doubled),
            row(factories.id_number(), name="", 单位="没有的单位"),
            row(factories.id_number(), 类别="院士", 手机号码="123", 设区市="上海市"),
            row(factories.id_number(), 单位="", 领域=""),
            row(factories.id_number(), 单位="新单位", 新单位信用代码="91350100M000100Y4X"),
        ],
        [
            [factories.id_number(), "东海大学", "任职", "", "2020-01-01", ""],
            [good, "东海大学", "任职", "", "2020-01-01", "2019-01-01"],
            [good, "东海大学", "任职", "", "2030-01-01", ""],
            [good, "东海大学", "任职", "", "去年", ""],
        ],
        [[good, "同乡", "某", "", "", "", ""], [good, "导师", "", "123", "", "", ""], [good, "导师", "本人", good, "", "", ""]],
    )  # fmt: skip
    found = set(faults(content))
    assert found >= {
        ("专家", 3, "身份证号"), ("专家", 4, "身份证号"), ("专家", 5, "身份证号"), ("专家", 6, "姓名"), ("专家", 6, "单位"),
        ("专家", 7, "类别"), ("专家", 7, "手机号码"), ("专家", 7, "设区市"), ("专家", 8, "单位"), ("专家", 8, "领域"),
        ("专家", 9, "新单位信用代码"), ("任职经历", 2, "身份证号"), ("任职经历", 3, "至"), ("任职经历", 4, "自"),
        ("任职经历", 5, "自"), ("利害关系人", 2, "关系"), ("利害关系人", 3, "对方姓名"), ("利害关系人", 3, "对方身份证号"),
        ("利害关系人", 4, "对方身份证号"),
    }  # fmt: skip
    assert read_file(content).clean_people == []  # the one good person has bad lines


def test_only_the_clean_part_is_brought_in_when_that_is_accepted(client, manager, unit):
    good, bad = factories.id_number(), factories.id_number()
    content = file(
        [row(good), row(bad, name="吴主任")],
        [[good, "东海大学", "任职", "", "2018-09-01", "2019-09-01"], [bad, "没有的单位", "任职", "", "2020-01-01", ""]],
    )  # fmt: skip
    sent(client, content)
    check = Job.objects.get(kind=actions.CHECK)
    shown = client.get(f"{LIST}import/{check.pk}").content.decode()
    assert "只导入无误的1人" in shown and "没有的单位" in shown
    listed = b"".join(client.get(f"{LIST}import/{check.pk}/faults").streaming_content).decode()
    assert "任职经历,3,单位" in listed
    client.post(f"{LIST}import/{check.pk}")
    jobs.run_waiting()
    assert Expert.objects.get().id_number == good and ExpertUnit.objects.count() == 2


def test_who_is_in_the_pool_is_not_brought_in_again_but_may_be_added_to(client, manager, unit):
    number = factories.id_number()
    expert = add(by=manager, name="周教授", id_number=number, unit=unit, category="scholar", field="children")
    assert faults(file([row(number)])) == [("专家", 2, "身份证号")]
    line = [number, "导师", "王前辈", factories.id_number(), "2001-09-01", "", ""]
    sent(client, file([], [], [line]))
    client.post(f"{LIST}import/{Job.objects.get(kind=actions.CHECK).pk}")
    jobs.run_waiting()
    assert expert.links.get().person_name == "王前辈"
    assert faults(file([], [], [line])) == [("利害关系人", 2, "身份证号")]


def test_nothing_is_brought_in_when_somebody_was_taken_in_meanwhile(client, manager, unit):
    number = factories.id_number()
    sent(client, file([row(number), row(factories.id_number(), name="吴主任")]))
    check = Job.objects.get(kind=actions.CHECK)
    add(by=manager, name="周教授", id_number=number, unit=unit, category="scholar", field="children")
    client.post(f"{LIST}import/{check.pk}")
    jobs.run_waiting()
    job = Job.objects.get(kind=actions.IMPORT)
    assert job.status == "failed" and "核对之后情况有变" in job.error
    assert Expert.objects.count() == 1


def test_a_file_of_another_kind_is_refused_at_once(client, manager):
    answer = sent(client, b"%PDF-1.4", name="experts.pdf")
    assert answer.status_code == 422 and not Job.objects.exists()
    answer = sent(client, b"not a workbook", name="experts.xlsx")
    assert answer.status_code == 422
    with pytest.raises(BadFile):
        content = io.BytesIO()
        book = xlsxwriter.Workbook(content)
        book.add_worksheet("人员").write_string(0, 0, "姓名")
        book.close()
        read_file(content.getvalue())


def test_a_sheet_without_the_column_of_numbers_is_not_read(manager, unit):
    intake = read_file(file([["周教授"]], head=["姓名"]))
    assert ("专家", 0, "身份证号") in [(f.sheet, f.row, f.column) for f in intake.faults]
    assert intake.clean_people == [] and intake.clean_lines == []


def test_reading_costs_the_same_for_one_and_many(manager, unit):
    counts = []
    for n in (1, 40):
        numbers = [factories.id_number() for _n in range(n)]
        content = file(
            [row(number) for number in numbers],
            [[number, "东海大学", "任职", "", "2018-09-01", "2019-09-01"] for number in numbers],
        )
        with CaptureQueriesContext(connection) as asked:
            assert not read_file(content).faults
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_only_the_manager_imports_and_only_the_office_exports(client, manager, unit):
    for role in ("supervisor", "security_admin", "expert"):
        person = factories.user(role)
        with pytest.raises(NotPermitted):
            actions.begin_check(by=person, name="x.xlsx", content=io.BytesIO(b"x"))
        if role != "supervisor":
            with pytest.raises(NotPermitted):
                actions.begin_export(by=person, query="", form="csv")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_the_list_shows_is_exported_masked_and_on_the_record(client, manager, unit, form):
    number = factories.id_number()
    common = {"unit": unit, "category": "scholar", "field": "children"}
    add(by=manager, name="=周教授", id_number=number, phone="13800001234", **common)
    factories.expert(name="吴主任")
    answer = client.post(f"{LIST}export?q=周", {"form": form})
    job = Job.objects.get(kind=actions.EXPORT)
    assert answer.url.endswith(f"/jobs/{job.pk}") and job.status == "done"
    content = b"".join(client.get(f"/jobs/{job.pk}/file").streaming_content)
    if form == "csv":
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(lines) == 2
    said = [str(cell) for cell in lines[1]]
    assert "'=周教授" in said and "138****1234" in said and f"{number[:3]}***********{number[-4:]}" in said
    assert number not in str(lines) and "13800001234" not in str(lines)
    assert Entry.objects.filter(kind="experts.exported").exists()
