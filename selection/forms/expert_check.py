"""Who would conflict with whom, asked before anybody is invited."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.models import Expert, Round
from selection.queries.conflict import Person
from selection.queries.expert import units_named
from selection.rules.eligibility import valid_id_number

MOST_PEOPLE = 200
_SEPARATOR = re.compile(r"[,，、;；\t]")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


class PeopleField(forms.CharField):
    """One person a line: a code of the pool, or name, identity number and units."""

    widget = forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: str) -> list[Expert | Person]:
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > MOST_PEOPLE:
            raise forms.ValidationError(gettext("一次最多预查%(n)s人") % {"n": MOST_PEOPLE})
        codes = {line for line in lines if _CODE.fullmatch(line)}
        pool = {row.code: row for row in Expert.objects.select_related("unit").filter(code__in=codes)}
        rows = [
            self._expert(n, line, pool) if line in codes else _person(n, line)
            for n, line in enumerate(lines, 1)
        ]
        _require_units(rows)
        return rows

    def _expert(self, number: int, line: str, pool: dict[str, Expert]) -> Expert:
        if line not in pool:
            raise forms.ValidationError(
                gettext("第%(n)s行：专家库中没有编号%(code)s") % {"n": number, "code": line}
            )
        return pool[line]


def _person(number: int, line: str) -> Person:
    name, *rest = [part.strip() for part in _SEPARATOR.split(line)]
    id_number = rest.pop(0).upper() if rest and re.match(r"\d{6}", rest[0]) else ""
    if id_number and not valid_id_number(id_number):
        raise forms.ValidationError(gettext("第%(n)s行的身份证号有误") % {"n": number})
    if not name or not (id_number or any(rest)):
        raise forms.ValidationError(gettext("第%(n)s行应写姓名，以及身份证号或单位") % {"n": number})
    return Person(name, id_number, tuple((unit, None, None) for unit in rest if unit))


def _require_units(rows: list[Expert | Person]) -> None:
    """A unit that no record has would be compared with nothing, and look clean."""
    named = {unit for row in rows if isinstance(row, Person) for unit, _since, _until in row.units}
    if missing := sorted(named - set(units_named(named))):
        raise forms.ValidationError(gettext("没有名为“%(unit)s”的机构，请写机构全称") % {"unit": missing[0]})


class CheckForm(forms.Form):
    """The round, and the people."""

    round = forms.ModelChoiceField(
        label=_("选拔批次"), queryset=Round.objects.none(), empty_label=None, to_field_name="code"
    )
    people = PeopleField(
        label=_("人员"),
        help_text=_(
            "每行一人：专家库编号，例如E003；或者姓名，身份证号，单位全称（可写几个），用逗号分开。内容不保存。"
        ),
    )

    def __init__(self, data: Any = None, *, rounds: QuerySet[Round], codes: list[str]) -> None:
        super().__init__(data, initial={"people": "\n".join(codes)})
        found: Any = self.fields["round"]
        found.queryset = rounds
        found.label_from_instance = lambda row: row.shown_title
