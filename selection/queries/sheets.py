"""The sheets of an import: which columns stand where, as one table over the fields of the dossier.

Whatever a section of the dossier holds is a column of 人员; each part that repeats is a sheet of its own, whose rows name
their person by the identity number. A field added to a section is a column here without more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import Role
from selection.models import Nomination
from selection.models.dossier import PARTS
from selection.models.nomination_guards import DECLARATIONS
from selection.queries.dossier import NEEDED, SECTIONS
from workflow.errors import Sentence

PEOPLE = "人员"  # names of sheets are part of the file format: they are not translated
SHEETS = {
    "posts": "任职",
    "intervals": "从业经历",
    "service_records": "服务记录",
    "awards": "成果与奖励",
    "budget_lines": "预算",
}
GUIDE = "填写说明"
FORMAT_LANGUAGE = "zh-hans"
FROM_ID_NUMBER = ("gender", "born_on")  # the identity number says it
MOST_PEOPLE = 5_000


@dataclass(frozen=True)
class Column:
    """One column: the field behind it, what its cells are, and what may be chosen."""

    name: str
    heading: str
    kind: str  # text, number, day, truth, choice
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = False
    longest: int = 0
    note: Sentence = ""


ID_NUMBER = Column(
    "id_number", "身份证号", "text", needed=True, longest=18, note=_("18位，单元格设为文本格式。")
)
_LEAD = (
    Column("name", "姓名", "text", needed=True, longest=40, note=_("与身份证一致。")),
    ID_NUMBER,
    Column("unit", "工作单位代码", "text", longest=20, note=_("单位在本系统中的代码；单位经办可不填。")),
    Column(
        "route",
        "推荐渠道",
        "choice",
        (("county", "县级推荐"), ("city", "市级推荐"), ("direct", "省级直接推荐")),
        note=_("不填的，按本单位的第一个渠道。"),
    ),
    Column(
        "category",
        "推荐类别",
        "text",
        longest=40,
        note=_("按类别下达名额的批次须填，写类别的名称或代号；其他批次不填。"),
    ),
)


def sheet_name(part: str) -> str:
    """The sheet of a repeatable part."""
    with translation.override(FORMAT_LANGUAGE):
        return SHEETS.get(part) or str(PARTS[part]._meta.verbose_name)[:31]


def people_columns() -> tuple[Column, ...]:
    """The columns of 人员. Headings and choices are part of the file format: they are Chinese, whoever reads."""
    with translation.override(FORMAT_LANGUAGE):
        return (*_LEAD, *(_column(Nomination, name, needed=name in NEEDED) for name in people_fields()))


def people_fields() -> tuple[str, ...]:
    """The dossier's own fields that an import fills in, in the order of the sections."""
    names = (name for section in SECTIONS if section.fields != DECLARATIONS for name in section.fields)
    return tuple(name for name in names if name not in PARTS and name not in FROM_ID_NUMBER)


def parts() -> tuple[str, ...]:
    """The parts that repeat, in the order of the sections."""
    return tuple(name for section in SECTIONS for name in section.fields if name in PARTS)


def part_columns(part: str) -> tuple[Column, ...]:
    """The columns of a part's sheet, the person first."""
    model: Any = PARTS[part]
    with translation.override(FORMAT_LANGUAGE):
        return (ID_NUMBER, *(_column(model, name, needed=name in model.NEEDED) for name in model.ENTERED))


def _column(model: type[models.Model], name: str, *, needed: bool) -> Column:
    found: Any = model._meta.get_field(name)
    heading = str(found.verbose_name)
    longest = found.max_length or 0
    if found.choices:
        choices = tuple((str(value), str(label)) for value, label in found.flatchoices)
        return Column(name, heading, "choice", choices, needed)
    return Column(name, heading, _kind_of(found), needed=needed, longest=longest)


def _kind_of(found: models.Field[Any, Any]) -> str:
    if isinstance(found, models.BooleanField):
        return "truth"
    if isinstance(found, models.DateField):
        return "day"
    if isinstance(found, models.IntegerField | models.DecimalField):
        return "number"
    return "text"


# Whose people may be brought in ----------------------------------------------------------------------------------------


def units_for_import(user: Any) -> models.QuerySet[Organisation]:
    """A clerk's own unit; the units below an officer's bureau."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.EMPLOYER)
    ours = user.organisation_id
    wanted = models.Q(pk__in=())
    if ours is not None and user.holds(Role.UNIT_CLERK):
        wanted |= models.Q(pk=ours)
    if ours is not None and user.holds(Role.BUREAU_OFFICER):
        wanted |= (
            models.Q(parent=ours) | models.Q(parent__parent=ours) | models.Q(parent__parent__parent=ours)
        )
    return rows.filter(wanted).select_related("parent__parent__parent")


def may_import(user: Any) -> bool:
    """Whether this person brings in anybody's dossiers."""
    return user.organisation_id is not None and bool(user.roles & {Role.UNIT_CLERK, Role.BUREAU_OFFICER})
