from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from selection.models import Recognition, Round
from workflow.ledger import verify
from workflow.models import Entry

pytestmark = pytest.mark.django_db
FIRST_BATCH = Path(__file__).resolve().parents[3] / "selection" / "data" / "first_batch_2021.csv"


def test_the_first_batch_is_imported_as_printed_and_only_once() -> None:
    call_command("load_roll", str(FIRST_BATCH))
    call_command("load_roll", str(FIRST_BATCH))
    round_ = Round.objects.get(code="roll-2021")
    assert (round_.historical, round_.state, str(round_.published_on)) == (True, "published", "2021-12-01")
    rows = list(Recognition.objects.filter(round=round_).values_list("ordinal", "name", "affiliations"))
    assert len(rows) == 10 and rows[1] == (2, "秦\u3000芸", ["杭州市社会福利中心专职社工"])
    assert rows[9][2] == ["浙江东方职业技术学院人文学院副院长", "鹿城区和乐社会工作服务中心理事长"]
    assert Entry.objects.filter(kind="roll.loaded").count() == 1 and verify() == []


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("序号,姓名\n1,甲\n".encode(), "第1行：缺少“单位及职务”列"),
        ("序号,姓名,单位及职务\n1,甲,某中心\n1,乙,某站\n".encode(), "第3行：序号1重复"),
        ("序号,姓名,单位及职务\n1,甲,某中心\n2,".encode() + b"\xff\xfe,x\n", "第3行：不是UTF-8编码"),
        ("序号,姓名,单位及职务\n1,,某中心\n".encode(), "第2行：姓名为空"),
    ],
)
def test_a_faulty_file_imports_nothing_and_names_the_line(tmp_path: Path, data: bytes, line: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(CommandError, match=line):
        call_command("load_roll", str(path))
    assert not Round.objects.exists() and not Recognition.objects.exists() and not Entry.objects.exists()


def test_another_list_under_the_same_code_is_refused(tmp_path: Path) -> None:
    call_command("load_roll", str(FIRST_BATCH))
    path = tmp_path / "list.csv"
    path.write_text("序号,姓名,单位及职务\n1,甲,某中心\n", encoding="utf-8")
    with pytest.raises(CommandError, match="roll-2021"):
        call_command("load_roll", str(path))
    call_command("load_roll", str(path), "--code", "roll-2021-b", "--title", "增补名单")
    assert Recognition.objects.count() == 11


def test_a_missing_file_is_named() -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("load_roll", "nowhere.csv")
