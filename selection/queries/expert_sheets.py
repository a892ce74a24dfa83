"""The sheets of an import of experts: which columns stand where. Names and headings are part of the file format."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from selection.models import Expert, ExpertLink, ExpertUnit, Nomination
from selection.queries.sheets import FORMAT_LANGUAGE, ID_NUMBER, Column

EXPERTS, UNITS, LINKS = "专家", "任职经历", "利害关系人"
MOST_PEOPLE = 5_000

Choices = tuple[tuple[str, str], ...]


def _choices(found: type[object]) -> Choices:
    return tuple((str(value), str(label)) for value, label in found.choices)  # type: ignore[attr-defined]


def expert_columns() -> tuple[Column, ...]:
    """The columns of 专家."""
    with translation.override(FORMAT_LANGUAGE):
        return (
            Column("name", "姓名", "text", needed=True, longest=40, note=_("与身份证一致。")),
            ID_NUMBER,
            Column(
                "unit", "单位", "text", needed=True, longest=120, note=_("机构全称，或在本系统中的代码。")
            ),
            Column("unit_code", "新单位信用代码", "text", longest=18, note=_("系统中没有这个单位的才填。")),
            Column("unit_since", "到本单位任职日期", "day"),
            Column("category", "类别", "choice", _choices(Expert.Category), needed=True),
            Column("field", "领域", "choice", _choices(Nomination.Field), needed=True),
            Column("title", "职务职称", "text", longest=60),
            Column("certificate_level", "证书级别", "choice", _choices(Nomination.Level)),
            Column("city", "设区市", "text", longest=40, note=_("例如杭州市；省直、省外不填。")),
            Column("phone", "手机号码", "text", longest=11),
            Column("enabled_from", "入库日期", "day"),
            Column("enabled_until", "聘期届满", "day"),
        )


def unit_columns() -> tuple[Column, ...]:
    """The columns of 任职经历: one line a unit, beside the present one that 专家 names."""
    with translation.override(FORMAT_LANGUAGE):
        return (
            ID_NUMBER,
            Column(
                "unit", "单位", "text", needed=True, longest=120, note=_("机构全称，或在本系统中的代码。")
            ),
            Column("unit_code", "新单位信用代码", "text", longest=18),
            Column("capacity", "关系", "choice", _choices(ExpertUnit.Capacity)),
            Column("post", "职务", "text", longest=60),
            Column("starts_on", "自", "day", needed=True),
            Column("ends_on", "至", "day", note=_("仍在该单位的不填。")),
        )


def link_columns() -> tuple[Column, ...]:
    """The columns of 利害关系人: one line a person."""
    with translation.override(FORMAT_LANGUAGE):
        return (
            ID_NUMBER,
            Column("kind", "关系", "choice", _choices(ExpertLink.Kind), needed=True),
            Column("person_name", "对方姓名", "text", needed=True, longest=40),
            Column("person_number", "对方身份证号", "text", longest=18, note=_("只保存不可还原的摘要。")),
            Column("unit", "对方单位", "text", longest=120),
            Column("since", "自", "day"),
            Column("until", "至", "day"),
            Column("note", "说明", "text", longest=200),
        )


def all_sheets() -> list[tuple[str, tuple[Column, ...]]]:
    """Every sheet with its columns, in order."""
    return [(EXPERTS, expert_columns()), (UNITS, unit_columns()), (LINKS, link_columns())]
