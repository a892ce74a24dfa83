from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from selection.rules.notice import away, missing, slip_fault

SAID = {
    "title": "公示", "body": "现予公示。", "basis": "办法", "contact": "处室，0571-87050000", "discipline": "机关纪委，0571-87050001",
    "address": "示例路1号", "email": "a@example.cn",
}  # fmt: skip
LINES = [(1, "沈雨晴", "某中心主任")]
NINE = datetime(2026, 10, 9, 9, 0)


def hours(since: float, until: float) -> tuple[datetime, datetime]:
    return NINE + timedelta(hours=since), NINE + timedelta(hours=until)


def test_a_whole_notice_lacks_nothing() -> None:
    assert missing(SAID, LINES, 5) == []


@pytest.mark.parametrize("field", SAID)
def test_whatever_is_not_said_is_named(field: str) -> None:
    assert (field, 0) in missing({**SAID, field: " "}, LINES, 5)


def test_a_contact_without_a_telephone_a_line_without_a_post_and_no_list_are_named() -> None:
    assert missing({**SAID, "contact": "处室"}, LINES, 5) == [("contact_phone", 0)]
    assert missing(SAID, [*LINES, (2, "李晴", " ")], 5) == [("unit_and_title", 2)]
    assert missing(SAID, [], 0) == [("list", 0), ("days", 0)]


def test_outages_add_up_within_the_period_and_overlaps_count_once() -> None:
    start, end = hours(0, 100)
    assert away([hours(-3, 1), hours(2, 4), hours(3, 5), hours(99, 120)], start, end) == timedelta(hours=5)
    assert away([], start, end) == timedelta()


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("现于公示", "现予公示", ""),
        ("没有", "有", "absent"),
        ("现于公示", "现于公示", "same"),
        ("沈雨晴", "沈雨睛", "name"),
        ("沈　雨晴", "沈雨晴", "absent"),
        ("等12人", "等13人", "figure"),
    ],
)
def test_a_slip_touches_no_name_and_no_figure(before: str, after: str, fault: str) -> None:
    assert slip_fault("拟认定沈雨晴等12人，现于公示。", before, after, ["沈　雨晴"]) == fault
