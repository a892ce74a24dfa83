"""The columns of a file of the service network."""

from __future__ import annotations

from django.utils import translation

from selection.queries.sheets import FORMAT_LANGUAGE, Column
from studios.models import Level, Place, ServicePoint

SHEET = "站点"
NAMES = (SHEET, "Sheet1", "")  # of the template, of an export, of a .csv
MOST_ROWS = 40_000


def _choices(kind: type[Level] | type[Place] | type[ServicePoint.Status]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(label)) for value, label in kind.choices)


def columns() -> tuple[Column, ...]:
    """In the order of the template, in the language of files whatever the reader's is."""
    with translation.override(FORMAT_LANGUAGE):
        return _columns()


def _columns() -> tuple[Column, ...]:
    return (
        Column("county", "县（市、区）代码", "text", needed=True, longest=6, note="6位行政区划代码。"),
        Column("level", "层级", "choice", _choices(Level), needed=True),
        Column("place", "区划类型", "choice", _choices(Place), needed=True),
        Column(
            "code", "区划代码", "text", needed=True, longest=12, note="县6位，乡镇街道9位，村和社区12位。"
        ),
        Column("division", "区划名称", "text", needed=True, longest=80),
        Column("parent", "上级区划代码", "text", longest=12),
        Column("name", "站点名称", "text", longest=120),
        Column("status", "状态", "choice", _choices(ServicePoint.Status), needed=True),
        Column("status_on", "状态日期", "day", needed=True),
        Column("operator", "运营机构", "text", longest=120),
        Column("operator_code", "运营机构代码", "text", longest=18),
        Column("weak_area", "薄弱地区", "truth"),
        Column("volunteers", "志愿服务站点", "truth"),
        *(
            Column(name, str(ServicePoint._meta.get_field(name).verbose_name), "number")  # type: ignore[union-attr]
            for name in ("agencies", "assistant", "intermediate", "senior", "professionals")
        ),
    )
