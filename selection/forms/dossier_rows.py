"""The parts of a dossier that repeat, as fields of one form: `<part>-<line>-<field>`, so that adding, removing and
moving a line works without a script, and errors stand where all others do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.models import fields_for_model
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from selection.models.dossier import PARTS
from selection.models.nomination import ROW_PARTS
from workflow import clock

OLDEST = 1930
MOST_ROWS = 30
RECORD_YEARS = 5
HINTS = {
    "posts": _("按公示时列出的先后填写，任职未结束的“任职止”留空；勾选一项为主要任职。"),
    "intervals": _("每段写明起止、单位和岗位职责；仍在岗的“止”留空。时间重叠的只计一次。"),
    "service_records": _("近五年每年一行，没有的数目留空。"),
    "awards": _("只计近五年的项目、成果和奖励，没有的不填。"),
    "budget_lines": _("按用途分列，金额以元计。"),
}


def count_name(part: str) -> str:
    """The field that says how many lines the page has."""
    return f"{part}-rows"


def name_of(part: str, row: int | str, field: str) -> str:
    """The field of one line."""
    return f"{part}-{row}-{field}"


@cache
def _templates(part: str) -> dict[str, forms.Field]:
    model = PARTS[part]
    fields = fields_for_model(model, fields=model.ENTERED)
    for name, field in fields.items():
        field.required = name in model.NEEDED  # marked so; an empty line is nobody's fault
        if name == "outcome":
            field.widget = forms.Textarea(attrs={"rows": 2})
    return fields


def _fields(part: str) -> dict[str, forms.Field]:
    """Fresh fields of one line."""
    made = {name: template.__deepcopy__({}) for name, template in _templates(part).items()}
    if part == "service_records":
        last = clock.today().year
        made["year"].validators += [MinValueValidator(last - RECORD_YEARS), MaxValueValidator(last)]
    return made


def add_rows(form: Any, part: str, rows: list[Mapping[str, Any]]) -> None:
    """Put the lines of a part into a form: those it was sent with, else those that stand, and one to write in."""
    sent = str(form.data.get(count_name(part), "")) if form.is_bound else ""
    count = min(int(sent), MOST_ROWS) if sent.isdecimal() and len(sent) < 4 else len(rows) or 1
    form.fields[count_name(part)] = forms.IntegerField(
        required=False, initial=count, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )
    for number in range(count):
        row = rows[number] if number < len(rows) else {}
        for name, field in _fields(part).items():
            form.fields[name_of(part, number, name)] = field
            if name in row:
                form.initial[name_of(part, number, name)] = row[name]
    form.row_counts[part] = count


def rows_of(form: Any, part: str) -> list[dict[str, Any]]:
    """The lines written, without the empty ones, once the form is cleaned."""
    found = []
    for number in range(form.row_counts[part]):
        row = {name: form.cleaned_data.get(name_of(part, number, name)) for name in PARTS[part].ENTERED}
        if any(value not in (None, "") and not isinstance(value, bool) for value in row.values()):
            found.append(row)
    return found


def check_rows(form: Any, part: str) -> None:
    """Days in their order and not ahead of today; of the posts not more than one is the primary."""
    primary = False
    for number in range(form.row_counts[part]):
        value = {name: form.cleaned_data.get(name_of(part, number, name)) for name in PARTS[part].ENTERED}
        _check_days(form, part, number, value)
        if value.get("primary"):
            if primary:
                form.add_error(name_of(part, number, "primary"), _("主要任职只能有一项"))
            primary = True
        if (amount := value.get("amount")) is not None and amount <= 0:
            form.add_error(name_of(part, number, "amount"), _("金额须大于0"))


def _check_days(form: Any, part: str, number: int, value: Mapping[str, Any]) -> None:
    for name, day in value.items():
        if not isinstance(day, date):
            continue
        field = name_of(part, number, name)
        label = {"label": form.fields[field].label}
        if day > clock.today() and not (part == "posts" and name == "ended"):  # a term may run on
            form.add_error(field, _("%(label)s不得晚于今天") % label)
        elif day.year < OLDEST:
            form.add_error(field, _("%(label)s有误，请核对年份") % label)
    start, end = value.get("started"), value.get("ended")
    if start and end and end < start:
        form.add_error(name_of(part, number, "ended"), _("结束日期不得早于开始日期"))


def shown_parts(form: Any) -> list[dict[str, Any]]:
    """The parts as the page shows them: each with its lines of fields, and an empty line for a script to copy."""
    return [
        {
            "name": part,
            "label": ROW_PARTS[part],
            "hint": HINTS[part],
            "needed": part in form.needed,
            "reason": form.reasons.get(part, ""),
            "count": form[count_name(part)],
            "ordered": part == "posts",
            "rows": [
                [form[name_of(part, number, name)] for name in PARTS[part].ENTERED] for number in range(count)
            ],
            "blank": _blank(part),
        }
        for part, count in form.row_counts.items()
    ]


def _blank(part: str) -> list[Any]:
    """The fields of a line that a script may add: its number is written where __n__ stands."""
    form = forms.Form()
    for name, field in _fields(part).items():
        form.fields[name_of(part, "__n__", name)] = field
    return list(form)


# Adding, removing, moving --------------------------------------------------------------------------------------------


def rearranged(data: QueryDict) -> QueryDict | None:
    """What was sent with a line added, removed or moved up, if one of those buttons was pressed."""
    for act, change in _CHANGES.items():
        part, _sign, number = data.get(act, "").partition(":")
        if part in PARTS:
            return _changed(data, part, int(number) if number.isdecimal() else 0, change)
    return None


def _changed(data: QueryDict, part: str, number: int, change: Callable[[list[Any], int], None]) -> QueryDict:
    sent = data.get(count_name(part), "0")
    count = min(int(sent), MOST_ROWS) if sent.isdecimal() else 0
    names = PARTS[part].ENTERED
    rows = [{n: data.get(name_of(part, row, n)) for n in names} for row in range(count)]
    change(rows, number)
    made = data.copy()
    for key in [key for key in made if key.startswith(f"{part}-")]:
        del made[key]
    made[count_name(part)] = str(len(rows))
    for place, row in enumerate(rows):
        for name, value in row.items():
            if value is not None:
                made[name_of(part, place, name)] = value
    return made


def _add(rows: list[Any], _number: int) -> None:
    if len(rows) < MOST_ROWS:
        rows.append({"in_province": "on"})


def _remove(rows: list[Any], number: int) -> None:
    del rows[number : number + 1]
    if not rows:
        rows.append({"in_province": "on"})


def _up(rows: list[Any], number: int) -> None:
    if 0 < number < len(rows):
        rows[number - 1], rows[number] = rows[number], rows[number - 1]


_CHANGES: dict[str, Callable[[list[Any], int], None]] = {
    "add_row": _add,
    "remove_row": _remove,
    "up_row": _up,
}
