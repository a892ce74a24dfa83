"""A file of invented people in the form of the import's template, of any size: for measurements and tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import IO, Any

import xlsxwriter

from selection.documents.template import all_sheets
from selection.queries import sheets
from selection.rules.eligibility import ID_CHECKS, ID_WEIGHTS

SURNAMES, GIVEN = "沈陆周许陈何吴郑王徐叶俞方", "知言秋舒澜宁影溪初川屿禾安明"


def id_number(serial: int) -> str:
    """A valid identity number of the invented district 339999, another one for each serial number."""
    born = date(1975, 1, 1) + timedelta(days=serial % 7000)
    body = f"339999{born:%Y%m%d}{serial // 7000:03d}"
    return body + ID_CHECKS[sum(int(d) * w for d, w in zip(body, ID_WEIGHTS, strict=False)) % 11]


def people(count: int, *, units: Sequence[str] = ("",), first: int = 0) -> list[dict[str, Any]]:
    """So many people, spread over the units by code."""
    return [_person(serial, units[serial % len(units)]) for serial in range(first, first + count)]


def _person(serial: int, unit: str) -> dict[str, Any]:
    name = SURNAMES[serial % 13] + GIVEN[serial // 13 % 14] + GIVEN[serial // 182 % 14]
    return {
        "name": name, "id_number": id_number(serial), "unit": unit, "phone": f"139{serial:08d}",
        "field": ("儿童服务", "养老服务", "社区治理")[serial % 3], "certificate_level": "社会工作师",
        "certificate_number": f"2018{serial:08d}", "certified_on": "2018-09-20",
        "achievements": f"从事社会工作十二年，服务{serial}人次。" * 20, "summary": "长期从事困境儿童社会工作。",
        "studio_plan": "建立督导小组，三年带教十五人。" * 10, "unit_opinion": "同意推荐。",
    }  # fmt: skip


def parts(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Two posts and two intervals of practice for each: with 人员, five rows a person."""
    return {"posts": list(_posts(rows)), "intervals": list(_intervals(rows))}


def _posts(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        key = {"id_number": row["id_number"]}
        yield {
            **key,
            "unit": "青禾社会工作服务中心",
            "title": "总干事",
            "started": "2018-03-01",
            "primary": "是",
        }
        yield {**key, "unit": "社会工作者协会", "title": "理事", "started": "2020-05-01", "primary": "否"}


def _intervals(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        common = {"id_number": row["id_number"], "unit": "青禾社会工作服务中心", "in_province": "是"}
        yield {**common, "started": "2012-07-01", "ended": "2018-02-28", "duty": "一线社工"}
        yield {**common, "started": "2018-03-01", "duty": "督导"}


def write(
    target: IO[bytes], rows: Sequence[Mapping[str, Any]], given: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Write rows given by field name; what is not given stays empty."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    part_of = {sheets.sheet_name(part): part for part in sheets.parts()}
    for name, columns in all_sheets():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, [column.heading for column in columns])
        lines = rows if name == sheets.PEOPLE else given.get(part_of[name], ())
        for number, line in enumerate(lines, start=1):
            for place, column in enumerate(columns):
                if (value := line.get(column.name)) not in (None, ""):
                    sheet.write(number, place, value)
    book.close()
