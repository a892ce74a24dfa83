"""Own scores as a file: down, filled in, previewed, saved as drafts only when confirmed."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from selection.actions import scoring
from selection.documents.table import write_xlsx
from selection.models import Assignment, ScoreSheet
from tests.selection import stage as stages
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(3, experts=(2, 2, 1), per_nominee=5, panel_size=5, strata={"scholar": 2, "practice": 2, "association": 1})  # fmt: skip
    with clock.frozen(stages.REVIEW):
        stage.expert = stage.duty().expert.user
        stage.own = list(Assignment.objects.filter(expert__user=stage.expert).order_by("nomination__code"))
        for duty in stage.own:
            stages.accepted(duty)
        client.force_login(stage.expert)
        yield stage


def table(client):
    """The download as rows."""
    answer = client.get("/panel/scores.xlsx")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def sent(client, rows, name="scores.xlsx"):
    target = io.BytesIO()
    write_xlsx(target, rows[0], rows[1:])
    return client.post("/panel/scores/", {"file": SimpleUploadedFile(name, target.getvalue())})


def confirmed(client, answer):
    sealed = re.search(r'name="sealed" value="([^"]+)"', answer.content.decode())
    return client.post("/panel/scores/", {"act": "confirm", "sealed": sealed[1]})


def set_cells(rows, line, **cells):
    for heading, value in cells.items():
        place = next(n for n, text in enumerate(rows[0]) if text.split(" ")[0] == heading)
        rows[line][place] = value


def test_what_goes_down_comes_up_again_as_drafts_after_a_preview(client, desk):
    rows = table(client)
    assert rows[0][:4] == ["编号", "人选", "单位", "A 专业资质与理论素养"] and len(rows) == 4
    set_cells(rows, 1, A=88.5, B=90, A评语="论文有据")
    preview = sent(client, rows)
    shown = preview.content.decode()
    assert "将改动1份" in shown and "88.5" in shown and "论文有据" in shown
    assert not ScoreSheet.objects.exclude(revision=0).exists()  # nothing is saved by looking
    assert confirmed(client, preview).status_code == 302
    sheet = ScoreSheet.objects.get(assignment=desk.own[0])
    assert (
        sheet.state == "draft"
        and sheet.content["marks"]["A"] == "88.5"
        and sheet.content["marks"]["B"] == "90"
    )
    assert sheet.content["comments"]["A"] == "论文有据"
    again = table(client)
    assert again[1][3:7] == [88.5, "论文有据", 90.0, ""]


def test_faults_are_named_by_row_and_column_and_their_sheet_is_left_alone(client, desk):
    rows = table(client)
    set_cells(rows, 1, A=101, B=80)
    set_cells(rows, 2, C="八十")
    set_cells(rows, 3, D=70.3)
    rows.append(["2026-9999", *rows[1][1:]])
    rows.append(list(rows[2]))
    shown = sent(client, rows).content.decode()
    for words in ("A 专业资质与理论素养：101不在0至100之间", "D 人才培养与督导带教：70.3不以0.5分为一档", "不是您可以评分的材料", "在文件中不止一行"):  # fmt: skip
        assert words in shown
    assert 'name="sealed"' not in shown and "5份有错" in shown


def test_an_empty_cell_is_no_zero_and_changes_nothing(client, desk):
    sheet = ScoreSheet.objects.get(assignment=desk.own[0])
    scoring.save_draft(
        sheet, by=desk.expert, marks={"A": "75", "B": "80"}, comments={}, overall="", revision=0
    )
    rows = table(client)
    set_cells(rows, 1, A="", C=66)
    confirmed(client, sent(client, rows))
    sheet.refresh_from_db()
    assert sheet.content["marks"] == {"A": "75", "B": "80", "C": "66"}


def test_submitted_sheets_are_not_changed(client, desk):
    sheet = ScoreSheet.objects.get(assignment=desk.own[0])
    scoring.submit(sheet, by=desk.expert, marks=stages.marks("80"))
    rows = table(client)
    set_cells(rows, 1, A=90)
    shown = sent(client, rows).content.decode()
    assert "已提交，不改动" in shown and 'name="sealed"' not in shown
    sheet.refresh_from_db()
    assert sheet.content["marks"]["A"] == "80.0"


def test_a_preview_overtaken_by_another_save_saves_nothing(client, desk):
    rows = table(client)
    set_cells(rows, 1, A=90)
    set_cells(rows, 2, A=90)
    preview = sent(client, rows)
    sheet = ScoreSheet.objects.get(assignment=desk.own[1])
    scoring.save_draft(sheet, by=desk.expert, marks={"A": "50"}, comments={}, overall="", revision=0)
    confirmed(client, preview)
    assert ScoreSheet.objects.get(assignment=desk.own[0]).revision == 0
    assert ScoreSheet.objects.get(assignment=desk.own[1]).content["marks"] == {"A": "50"}


def test_a_preview_of_somebody_else_is_refused(client, desk):
    rows = table(client)
    set_cells(rows, 1, A=90)
    preview = sent(client, rows)
    client.force_login(next(e.user for e in desk.experts if e.user != desk.expert))
    confirmed(client, preview)
    assert not ScoreSheet.objects.exclude(revision=0).exists()


def test_a_formula_a_macro_and_a_foreign_table_are_refused(client, desk):
    rows = table(client)
    assert "不含宏" in sent(client, rows, "scores.xlsm").content.decode()
    assert "表头缺少" in sent(client, [["编号", "甲"], ["2026-0001", 1]]).content.decode()
    assert client.post("/panel/scores/", {}).status_code == 422
