"""Nominations from a file: checked first, every fault named, brought in all at once or not at all."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from bench import people_file
from selection.actions import intake as actions
from selection.actions import nomination as nominations
from selection.documents.template import all_sheets, write_template
from selection.documents.workbook import Workbook
from selection.errors import BadFile
from selection.forms.intake import read
from selection.models import Nomination, Nominee
from selection.queries import sheets
from tests import factories
from workflow import clock, jobs, ledger
from workflow.errors import NotPermitted, OutsideWindow
from workflow.models import Entry, Job, JobFile

pytestmark = pytest.mark.django_db
IMPORT = reverse("nomination_import")


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def orgs():
    return factories.tree()


@pytest.fixture
def clerk(orgs):
    return factories.user("unit_clerk", organisation=orgs["unit"])


@pytest.fixture
def officer(orgs):
    return factories.user("bureau_officer", organisation=orgs["county"])


@pytest.fixture
def round_():
    return factories.round_()


def workbook(rows, parts=None, name="名单.xlsx"):
    content = io.BytesIO()
    people_file.write(content, rows, people_file.parts(rows) if parts is None else parts)
    content.name = name
    content.seek(0)
    return content


def comma_separated(rows, encoding="utf-8-sig"):
    columns = sheets.people_columns()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.heading for column in columns])
    writer.writerows([row.get(column.name, "") for column in columns] for row in rows)
    content = io.BytesIO(text.getvalue().encode(encoding))
    content.name = "名单.csv"
    return content


def intake_of(content, round_, by):
    return read(Workbook(content.name, content), round_, by=by)


def faults(content, round_, by):
    return [fault.as_list() for fault in intake_of(content, round_, by).faults]


def heading(name, columns=None):
    return next(c.heading for c in columns or sheets.people_columns() if c.name == name)


def checked(client, content, round_):
    """Upload on the page and let a worker check the file."""
    answer = client.post(IMPORT, {"round": round_.code, "file": content})
    assert answer.status_code == 302, answer.content.decode()
    jobs.run_waiting()
    return Job.objects.get(kind=actions.CHECK)


# the template


def test_the_template_has_a_sheet_for_people_and_one_for_each_part_that_repeats():
    content = io.BytesIO()
    write_template(content)
    content.seek(0)
    book = CalamineWorkbook.from_filelike(content)
    for name, columns in all_sheets():
        assert book.get_sheet_by_name(name).to_python()[0] == [column.heading for column in columns]
    assert {"填写说明", "人员", "任职", "从业经历"} <= set(book.sheet_names)
    content.seek(0)
    validated = Workbook("t.xlsx", content)
    assert [sheet.name for sheet in validated.sheets()][:2] == ["填写说明", "人员"]


def test_the_template_offers_every_choice_of_a_column_and_keeps_numbers_as_text():
    content = io.BytesIO()
    write_template(content)
    parts = zipfile.ZipFile(content)
    people = next(
        text
        for name in parts.namelist()
        if name.startswith("xl/worksheets/sheet") and "社会工作师" in (text := parts.read(name).decode())
    )
    assert "<dataValidation " in people
    assert 'formatCode="@"' in parts.read("xl/styles.xml").decode()


def test_every_field_of_the_dossier_is_a_column_or_follows_from_the_identity_number():
    from selection.models.dossier import PARTS
    from selection.queries.dossier import CORRECTABLE

    columns = {column.name for column in sheets.people_columns()} | set(sheets.parts())
    assert set(CORRECTABLE) - columns == set(sheets.FROM_ID_NUMBER)
    assert set(sheets.parts()) == set(PARTS)


def test_the_template_is_downloaded_by_who_imports_and_by_nobody_else(client, clerk):
    client.force_login(clerk)
    found = client.get(reverse("nomination_import_template"))
    assert found.status_code == 200 and b"".join(found.streaming_content)[:2] == b"PK"
    client.force_login(factories.user("manager"))
    assert client.get(reverse("nomination_import_template")).status_code == 403
    assert client.get(IMPORT).status_code == 403


def test_the_format_is_the_same_for_who_reads_english(client, clerk, round_):
    with translation.override("en"):
        content = workbook(people_file.people(1))
        assert all_sheets()[0][1][0].heading == "姓名" and sheets.sheet_name("posts") == "任职"
    client.force_login(clerk)
    client.cookies["django_language"] = "en"
    job = checked(client, content, round_)
    assert (job.language, job.result["faults"]) == ("en", [])


# the whole way


def test_a_file_is_checked_confirmed_and_brought_in_with_all_its_parts(client, clerk, orgs, round_):
    client.force_login(clerk)
    job = checked(client, workbook(people_file.people(3)), round_)
    assert (job.status, job.result["people"], job.result["rows"]) == ("done", 3, 15)
    assert job.result["faults"] == [] and not Nomination.objects.exists()
    result = reverse("nomination_import_result", args=[job.pk])
    assert "导入3人" in client.get(result).content.decode()
    client.post(result)
    jobs.run_waiting()
    made = list(Nomination.objects.order_by("code"))
    assert [row.code for row in made] == ["2026-0001", "2026-0002", "2026-0003"]
    first = made[0]
    assert (first.state, first.unit, first.county, first.nominator) == (
        "draft", orgs["unit"], orgs["county"], orgs["city"]
    )  # fmt: skip
    assert (first.route, first.field, first.certificate_level) == ("county", "children", "intermediate")
    assert first.certified_on == date(2018, 9, 20) and first.phone == "13900000000"
    assert (first.nominee.id_number, first.born_on) == (people_file.id_number(0), date(1975, 1, 1))
    assert [post.printed for post in first.posts.all()] == [
        "青禾社会工作服务中心总干事",
        "社会工作者协会理事",
    ]
    assert [post.primary for post in first.posts.all()] == [True, False]
    assert [one.started for one in first.intervals.all()] == [date(2012, 7, 1), date(2018, 3, 1)]
    assert first.title == "总干事"


def test_each_dossier_has_its_entry_and_the_file_one_with_its_digest(client, clerk, round_):
    client.force_login(clerk)
    job = checked(client, workbook(people_file.people(2)), round_)
    digest = JobFile.objects.get().sha256
    client.post(reverse("nomination_import_result", args=[job.pk]))
    jobs.run_waiting()
    entries = Entry.objects.filter(kind__endswith=".import").order_by("seq")
    assert [entry.kind for entry in entries] == ["nomination.import"] * 2 + ["round.import"]
    assert all(digest in entry.payload for entry in entries)
    assert ledger.verify() == []


def test_the_uploaded_file_is_encrypted_and_gone_once_it_is_brought_in(client, clerk, round_):
    client.force_login(clerk)
    content = workbook(people_file.people(1))
    raw = content.getvalue()
    job = checked(client, content, round_)
    pieces = b"".join(bytes(piece.content) for piece in JobFile.objects.get().pieces.all())
    assert raw not in pieces and b"PK\x03\x04" not in pieces
    client.post(reverse("nomination_import_result", args=[job.pk]))
    jobs.run_waiting()
    assert not JobFile.objects.exists()


def test_confirmed_twice_it_is_brought_in_once(client, clerk, round_):
    client.force_login(clerk)
    job = checked(client, workbook(people_file.people(2)), round_)
    result = reverse("nomination_import_result", args=[job.pk])
    first, second = client.post(result), client.post(result)
    assert first.url == second.url
    jobs.run_waiting()
    jobs.run_waiting()
    assert Nomination.objects.count() == 2


def test_an_officer_brings_in_for_the_units_below_and_for_no_other(orgs, officer, round_):
    elsewhere = factories.organisation("employer", parent=factories.organisation("county"))
    rows = people_file.people(2, units=[orgs["unit"].code, elsewhere.code])
    found = intake_of(workbook(rows), round_, officer)
    assert [person.row for person in found.clean] == [2]
    words = f"代码“{elsewhere.code}”不是您可以导入的用人单位。"
    assert [fault.as_list() for fault in found.faults] == [["人员", 3, "工作单位代码", words]]
    actions.import_nominations(round_, by=officer, people=found.clean, file_digest="")
    assert Nomination.objects.get().unit == orgs["unit"]


def test_the_unit_fills_in_and_sends_what_the_bureau_brought_in(orgs, officer, clerk, round_):
    found = intake_of(workbook(people_file.people(1, units=[orgs["unit"].code])), round_, officer)
    actions.import_nominations(round_, by=officer, people=found.clean, file_digest="")
    row = Nomination.objects.get()
    from selection.queries.dossier import section_named

    changed = nominations.save_section(row, section_named("story"), by=clerk, values={"summary": "新的简介"})
    assert changed.summary == "新的简介"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_of_people_is_brought_in_too(clerk, round_, encoding):
    found = intake_of(comma_separated(people_file.people(2), encoding), round_, clerk)
    assert found.faults == []
    assert actions.import_nominations(round_, by=clerk, people=found.clean, file_digest="") == 2


# faults


def test_every_fault_is_named_by_sheet_row_column_and_reason(clerk, round_):
    rows = people_file.people(9)
    rows[0]["name"] = ""
    rows[1]["id_number"] = rows[1]["id_number"][:-1] + "Y"
    rows[2]["certificate_level"] = "特级社工"
    rows[3]["certified_on"] = "去年九月"
    rows[4]["phone"] = "12"
    rows[5]["summary"] = "长" * 201
    rows[6]["certified_on"] = "2031-01-01"
    rows[8]["id_number"] = rows[7]["id_number"]
    found = faults(workbook(rows, {}), round_, clerk)
    assert [(sheet, row, column) for sheet, row, column, _reason in found] == [
        ("人员", 2, "姓名"), ("人员", 3, "身份证号"), ("人员", 4, "证书级别"), ("人员", 5, "证书批准日期"), ("人员", 6, "手机"),
        ("人员", 7, "公示简介"), ("人员", 8, "证书批准日期"), ("人员", 9, "身份证号"), ("人员", 10, "身份证号"),
    ]  # fmt: skip
    reasons = [reason for *_place, reason in found]
    assert reasons[0] == "请填写姓名" and "请核对18位号码" in reasons[1]
    assert "社会工作师" in reasons[2] and "2018-09-20" in reasons[3] and "11位" in reasons[4]
    assert "不得晚于今天" in reasons[6] and reasons[7] == reasons[8] == "文件中有重复的身份证号。"


def test_five_hundred_faults_are_all_listed(client, clerk, round_):
    rows = people_file.people(500)
    for row in rows:
        row["phone"] = "=cmd|' /C calc'!A0"
    client.force_login(clerk)
    job = checked(client, workbook(rows, {}), round_)
    assert job.result["fault_count"] == 500
    assert {fault[1] for fault in job.result["faults"]} == set(range(2, 502))
    page = client.get(reverse("nomination_import_result", args=[job.pk])).content.decode()
    assert "500处问题" in page and "没有可以导入的人选" in page
    listed = client.get(reverse("nomination_import_faults", args=[job.pk]))
    assert b"".join(listed.streaming_content).count(b"\r\n") == 501


def test_what_a_spreadsheet_would_run_is_refused_at_its_cell(clerk, round_):
    rows = people_file.people(2)
    rows[0]["summary"] = "=cmd|' /C calc'!A0"
    found = faults(workbook(rows, {}), round_, clerk)
    assert [fault[:3] for fault in found] == [["人员", 2, "公示简介"]]
    assert "公式" in found[0][3]
    found = faults(comma_separated(rows), round_, clerk)
    assert [fault[:3] for fault in found] == [["人员", 2, "公示简介"]]


def test_a_formula_is_refused_at_its_cell_whatever_it_last_showed(clerk, round_):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet("人员")
    sheet.write_row(0, 0, ["姓名", "身份证号", "职称"])
    sheet.write_row(1, 0, ["沈雨晴", people_file.id_number(1)])
    sheet.write_row(2, 1, [people_file.id_number(2)])
    sheet.write_formula(2, 0, '=CONCATENATE("陆","沐言")', None, "陆沐言")
    book.close()
    content.name = "x.xlsx"
    found = intake_of(content, round_, clerk)
    assert [fault.as_list()[:3] for fault in found.faults] == [
        ["人员", 1, "职称"], ["人员", 3, "姓名"]
    ]  # fmt: skip
    assert [person.name for person in found.clean] == ["沈雨晴"]


def test_an_identity_number_kept_as_a_number_is_refused_and_not_guessed(clerk, round_):
    rows = people_file.people(1)
    rows[0]["id_number"] = float(rows[0]["id_number"][:17] + "0")
    (fault,) = faults(workbook(rows, {}), round_, clerk)
    assert fault[:3] == ["人员", 2, "身份证号"] and "文本格式" in fault[3]


def test_a_row_of_a_part_must_name_somebody_and_spoils_only_its_own_person(clerk, round_):
    rows = people_file.people(2)
    parts = people_file.parts(rows)
    parts["posts"].append({"id_number": people_file.id_number(77), "unit": "某中心"})
    parts["intervals"][0]["ended"] = "2010-01-01"
    found = intake_of(workbook(rows, parts), round_, clerk)
    columns = sheets.part_columns("intervals")
    assert [fault.as_list()[:3] for fault in found.faults] == [
        ["任职", 6, "身份证号"], ["从业经历", 2, heading("ended", columns)]
    ]  # fmt: skip
    assert [person.row for person in found.clean] == [3]


def test_two_primary_posts_of_one_person_are_a_fault(clerk, round_):
    rows = people_file.people(1)
    parts = people_file.parts(rows)
    for post in parts["posts"]:
        post["primary"] = "是"
    assert faults(workbook(rows, parts), round_, clerk)[0][3] == "主要任职只能有一项"


def test_who_stands_already_is_named_without_telling_where(clerk, round_):
    rows = people_file.people(1)
    person = factories.nominee(rows[0]["name"], id_number=rows[0]["id_number"])
    other = factories.nomination("nominated", round=round_, nominee=person)
    (fault,) = faults(workbook(rows), round_, clerk)
    assert "已有申报" in fault[3] and other.unit.name not in fault[3]


def test_another_name_under_a_number_that_an_office_has_seen_is_refused(clerk, round_):
    rows = people_file.people(1)
    person = factories.nominee("别的名字", id_number=rows[0]["id_number"])
    factories.nomination("nominated", nominee=person, submitted_at=factories.OPENS_AT)
    assert "姓名与身份证号不符" in faults(workbook(rows), round_, clerk)[0][3]


def test_a_name_that_no_office_has_seen_is_corrected_on_the_record(client, clerk, round_):
    rows = people_file.people(2)
    nominee = factories.nominee("原来的名", id_number=rows[0]["id_number"])
    client.force_login(clerk)
    check = checked(client, workbook(rows), round_)
    actions.begin_import(check, by=clerk)
    jobs.run_waiting()
    entry = ledger.entries_of(nominee).get()
    assert entry.kind == "nominee.renamed"
    assert json.loads(entry.payload)["changes"] == [["name", "原来的名", rows[0]["name"]]]
    assert ledger.entries_of(Nominee.objects.exclude(pk=nominee.pk).get()).count() == 0


def test_the_clean_part_alone_may_be_brought_in(client, clerk, round_):
    rows = people_file.people(3)
    rows[1]["phone"] = "12"
    client.force_login(clerk)
    job = checked(client, workbook(rows), round_)
    result = reverse("nomination_import_result", args=[job.pk])
    assert "只导入无误的2人" in client.get(result).content.decode()
    client.post(result)
    jobs.run_waiting()
    assert sorted(Nominee.objects.values_list("name", flat=True)) == sorted(
        [rows[0]["name"], rows[2]["name"]]
    )


def test_what_changed_since_the_check_stops_all_of_it(client, clerk, round_):
    rows = people_file.people(2)
    client.force_login(clerk)
    job = checked(client, workbook(rows), round_)
    person = factories.nominee(rows[0]["name"], id_number=rows[0]["id_number"])
    factories.nomination("nominated", round=round_, nominee=person)
    client.post(reverse("nomination_import_result", args=[job.pk]))
    jobs.run_waiting()
    failed = Job.objects.get(kind=actions.IMPORT)
    assert failed.status == "failed" and "情况有变" in failed.error
    assert Nomination.objects.count() == 1


def test_the_bar_moves_while_all_is_written_in_one_transaction(client, clerk, round_, monkeypatch):
    people = people_file.people(40)
    client.force_login(clerk)
    job = checked(client, workbook(people, people_file.parts(people)), round_)
    client.post(reverse("nomination_import_result", args=[job.pk]))
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN_NOTES", 0)
    seen: list[tuple[int, int, int]] = []
    told = jobs.whisper.tell

    def listening(row: Job, done: int) -> None:
        told(row, done)
        stored = Job.objects.get(pk=row.pk)
        seen.append((jobs.far(stored), stored.done, stored.total))

    monkeypatch.setattr(jobs.whisper, "tell", listening)
    jobs.run_waiting()
    shown = [far for far, _stored, _total in seen]
    assert shown == sorted(shown) and len(set(shown)) > 40
    assert {stored for _far, stored, _total in seen} == {0}, "the row itself says nothing before the end"
    done = Job.objects.get(kind=actions.IMPORT)
    assert shown[-1] == seen[0][2] == done.total == done.done


def test_without_a_place_to_say_it_the_work_goes_on(clerk, round_, settings):
    settings.CACHES = {
        **settings.CACHES,
        "progress": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": "/proc/nowhere",
        },
    }
    job = jobs.start(actions.IMPORT, by=clerk, given={})
    jobs.whisper.tell(job, 3)
    assert jobs.whisper.heard(job) == 0


def test_the_action_itself_refuses_everybody_if_one_may_not_come_in(clerk, round_):
    found = intake_of(workbook(people_file.people(3)), round_, clerk)
    person = factories.nominee(found.people[1].name, id_number=found.people[1].id_number)
    factories.nomination("nominated", round=round_, nominee=person)
    with pytest.raises(BadFile):
        actions.import_nominations(round_, by=clerk, people=found.people, file_digest="")
    assert Nomination.objects.count() == 1
    assert Entry.objects.filter(kind="refused").count() == 1


def test_a_closed_round_takes_no_file(clerk, round_):
    found = intake_of(workbook(people_file.people(1)), round_, clerk)
    with clock.frozen(factories.CLOSES_AT), pytest.raises(OutsideWindow):
        actions.import_nominations(round_, by=clerk, people=found.clean, file_digest="")


def test_who_is_neither_clerk_nor_officer_brings_nobody_in(round_):
    with pytest.raises(NotPermitted):
        actions.import_nominations(round_, by=factories.user("manager"), people=[], file_digest="")


# refusals of the whole file


@pytest.mark.parametrize(
    ("columns", "words"),
    [(["姓名"], "身份证号"), (["身份证号"], "姓名"), (["身份证号", "姓名", "姓名"], "姓名")],
)
def test_a_missing_or_doubled_column_is_named(clerk, round_, columns, words):
    content = io.BytesIO((",".join(columns) + "\n").encode())
    content.name = "x.csv"
    found = intake_of(content, round_, clerk)
    assert words in [fault.column for fault in found.faults]


def test_more_than_five_thousand_people_are_refused(clerk, round_):
    content = io.BytesIO(("姓名,身份证号\n" + "沈雨晴,1\n" * 5001).encode())
    content.name = "x.csv"
    with pytest.raises(BadFile) as refused:
        intake_of(content, round_, clerk)
    assert refused.value.code == "too_many" and "5,000" in str(refused.value)


def test_text_in_a_wrong_encoding_that_can_be_read_as_another_is_refused(clerk, round_):
    content = io.BytesIO("姓名,身份證號\n沈雨晴,1\n".encode("big5"))
    content.name = "x.csv"
    with pytest.raises(BadFile) as refused:
        intake_of(content, round_, clerk)
    assert refused.value.code == "encoding"


def test_a_file_that_may_not_be_opened_is_refused_on_the_page_and_starts_no_job(client, clerk, round_):
    client.force_login(clerk)
    content = workbook(people_file.people(1), name="名单.xlsm")
    answer = client.post(IMPORT, {"round": round_.code, "file": content})
    assert answer.status_code == 422 and "宏" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_file_without_the_sheet_of_people_is_refused(clerk, round_):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    book.add_worksheet("Sheet1").write(0, 0, "姓名")
    book.close()
    content.name = "x.xlsx"
    with pytest.raises(BadFile) as refused:
        intake_of(content, round_, clerk)
    assert refused.value.code == "no_people"


def test_another_persons_check_is_nobody_elses(client, clerk, orgs, round_):
    client.force_login(clerk)
    job = checked(client, workbook(people_file.people(1)), round_)
    client.force_login(factories.user("unit_clerk", organisation=orgs["unit"]))
    assert client.get(reverse("nomination_import_result", args=[job.pk])).status_code == 404
    assert client.post(reverse("nomination_import_result", args=[job.pk])).status_code == 404


# size


def test_statements_grow_with_entries_alone(clerk, round_):
    def spent(first, count):
        found = intake_of(workbook(people_file.people(count, first=first)), round_, clerk)
        with CaptureQueriesContext(connection) as captured:
            actions.import_nominations(round_, by=clerk, people=found.clean, file_digest="")
        return len(captured)

    few, many = spent(0, 2), spent(100, 82)
    assert many - few <= 80 * 3 + 10  # the ledger's three a dossier


def test_two_hundred_people_on_a_thousand_rows_are_read(clerk, round_):
    found = intake_of(workbook(people_file.people(200)), round_, clerk)
    assert (len(found.clean), found.rows, found.faults) == (200, 1000, [])


# the command


def saved(tmp_path, content):
    path = tmp_path / content.name
    path.write_bytes(content.getvalue())
    return path


def test_the_command_brings_in_and_a_dry_run_does_not(tmp_path, clerk, round_):
    path = saved(tmp_path, workbook(people_file.people(3)))
    said = io.StringIO()
    given = {"round": round_.code, "as_user": clerk.username}
    call_command("import_nominations", path, **given, dry_run=True, stdout=said)
    assert not Nomination.objects.exists() and "3" in said.getvalue()
    call_command("import_nominations", path, **given, stdout=said)
    assert Nomination.objects.count() == 3


def test_the_command_prints_every_fault_and_brings_in_nothing(tmp_path, clerk, round_):
    rows = people_file.people(3)
    rows[1]["phone"], rows[2]["phone"] = "12", "=1+cmd"
    path = saved(tmp_path, workbook(rows, {}))
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_nominations", path, round=round_.code, as_user=clerk.username, stderr=said)
    assert said.getvalue().count("\t手机\t") == 2
    assert not Nomination.objects.exists()


@pytest.mark.parametrize("given", [{"round": "none"}, {"as_user": "nobody"}, {"file": "none.xlsx"}])
def test_the_command_says_what_it_does_not_know(tmp_path, clerk, round_, given):
    file = given.pop("file", None) or saved(tmp_path, workbook(people_file.people(1)))
    with pytest.raises(CommandError):
        call_command("import_nominations", file, **{"round": round_.code, "as_user": clerk.username, **given})
