from __future__ import annotations

from pathlib import Path

import pytest

from selection.rules.roll import RollFault, certificate_as_typed, document_number, printed_name, read_roll

FIRST_BATCH = Path(__file__).resolve().parents[3] / "selection" / "data" / "first_batch_2021.csv"
HEAD = "序号,姓名,单位及职务\n"


def test_the_first_batch_is_read_as_printed() -> None:
    lines = read_roll(FIRST_BATCH.read_bytes())
    assert [line.ordinal for line in lines] == list(range(1, 11))
    assert lines[1].name == "秦\u3000芸"
    assert [line.ordinal for line in lines if len(line.affiliations) == 2] == [6, 10]
    assert lines[5].affiliations == ("浙江工商大学副教授", "杭州芋园社会工作服务中心法人")


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        ("序号,姓名\n1,甲\n".encode(), 1, "columns"),
        ((HEAD + "1,甲,某中心\n1,乙,某站\n").encode(), 3, "doubled"),
        ((HEAD + "1,甲,某中心\n2,乙,某站\n").encode()[:-6] + b"\xff\xfe\n", 3, "encoding"),
        ((HEAD + "1,甲,某中心\n").encode("gb18030"), 1, "encoding"),
        ((HEAD + "1,甲,某中心\n2,\u3000,某站\n").encode(), 3, "name"),
        ((HEAD + "1,甲,\n").encode(), 2, "affiliation"),
        ((HEAD + "1,甲,一 二 三\n").encode(), 2, "affiliation"),
        ((HEAD + "一,甲,某中心\n").encode(), 2, "ordinal"),
        ((HEAD + "1,甲,某中心,多\n").encode(), 2, "shape"),
        (HEAD.encode(), 2, "empty"),
        (b"", 1, "columns"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(data: bytes, line: int, code: str) -> None:
    with pytest.raises(RollFault) as refused:
        read_roll(data)
    assert (refused.value.line, refused.value.code) == (line, code)


def test_a_mark_at_the_beginning_and_blank_lines_do_no_harm() -> None:
    assert len(read_roll(b"\xef\xbb\xbf" + (HEAD + "1,甲,某中心\n\n").encode())) == 1


def test_names_and_numbers_are_written_as_lists_write_them() -> None:
    assert (printed_name("秦芸"), printed_name("沈雨晴"), printed_name("秦\u3000芸")) == (
        "秦\u3000芸", "沈雨晴", "秦\u3000芸",
    )  # fmt: skip
    assert document_number("浙民慈", 2026, 5) == "浙民慈〔2026〕5号"


@pytest.mark.parametrize(
    "typed", ["领军〔2026〕001", "领军[2026]1", " 领军（2026） 001号", "领军【2026】001"]
)
def test_a_certificate_number_is_understood_in_other_brackets(typed: str) -> None:
    assert certificate_as_typed(typed) == "领军〔2026〕001"
