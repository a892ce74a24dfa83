"""The form of a new version of the rules for studios: every parameter in its place, every fault at its field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studios.actions import programme as actions
from studios.forms.programme_words import (
    FAULTS,
    FLAGS,
    GRADES,
    GROUPS,
    LABELS,
    ROWS,
    SENTENCES,
    SPARE,
    TABLES,
    UNITS,
    YUAN,
)
from studios.rules.programme import BadProgramme, Programme
from workflow import clock
from workflow.forms import StepForm, plain, with_reason

NUMBERS = ("spent_share", "cap", "points", "most_overdue")


class ProgrammeForm(forms.Form):
    """A copy of the rules in force to edit, with the document, the reason and the day from which they hold."""

    basis = forms.CharField(label=_("依据文件"), max_length=200, help_text=_("文件名称和文号。"))
    reason = forms.CharField(
        label=_("修改理由"), min_length=5, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    effective_from = forms.DateField(
        label=_("施行日期"), help_text=_("自该日起签订的协议适用，已签协议不变。")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, content: Mapping[str, Any]) -> None:
        self.stored = content
        super().__init__(data, initial=flat(content) | {"effective_from": clock.today()})
        for name in self.plain_names:
            self.fields[name] = _plain_field(name, content[name])
        self.rows = {name: range(len(content[name]) + SPARE.get(name, 0)) for name in TABLES}
        for name, numbers in self.rows.items():
            for number in numbers:
                for part in ROWS[name]:
                    self.fields[f"{name}_{number}_{part}"] = _cell(name, part, number)

    @property
    def plain_names(self) -> list[str]:
        """The parameters that are one number, one text or one list of texts each."""
        return [name for name, value in self.stored.items() if name not in TABLES and _is_plain(value)]

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The plain parameters in the groups of the page; what no group names stands last."""
        named = {name for _title, names in GROUPS for name in names}
        rest = [name for name in self.plain_names if name not in named]
        groups = [*GROUPS, (_("其他参数"), rest)]
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in groups
            if any(name in self.fields for name in names)
        ]

    @property
    def tables(self) -> list[tuple[str, Any, list[Any], list[list[Any]]]]:
        """Code, title, heads and rows of fields of each table."""
        return [
            (
                name,
                title,
                [LABELS[part] for part in ROWS[name]],
                [self._row_of(name, n) for n in self.rows[name]],
            )
            for name, title in TABLES.items()
        ]

    def _row_of(self, name: str, number: int) -> list[Any]:
        return [self[f"{name}_{number}_{part}"] for part in ROWS[name]]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            try:
                Programme.from_dict(self.content)
            except BadProgramme as fault:
                self.show(fault)
        return self.cleaned_data

    def show(self, fault: BadProgramme) -> None:
        """Say at the field what is wrong with it."""
        name, number, part = _place(fault.where)
        field = f"{name}_{number}_{part}" if number is not None else name
        if field not in self.fields:
            field = f"{name}_0_{FAULTS.get(name, ROWS.get(name, ('',))[0])}"
        sentence = SENTENCES.get(fault.what, SENTENCES["malformed"])
        self.add_error(field if field in self.fields else None, str(sentence))

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as rules are stored."""
        found = {**self.stored} | {name: self._plain(name) for name in self.plain_names}
        for name in TABLES:
            rows = [self._stored_row(name, number) for number in self.rows[name]]
            first = ROWS[name][0]
            found[name] = rows if name in ("gates", "grades") else [row for row in rows if row[first]]
        return found

    def _plain(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        if isinstance(self.stored[name], list):
            return [line.strip() for line in str(value or "").splitlines() if line.strip()]
        if isinstance(self.stored[name], bool):
            return bool(value)
        if isinstance(self.stored[name], int):
            return int(value or 0)
        return f"{value:.2f}" if isinstance(value, Decimal) else str(value or "")

    def _stored_row(self, name: str, number: int) -> dict[str, Any]:
        found = {part: self.cleaned_data.get(f"{name}_{number}_{part}") for part in ROWS[name]}
        if name == "grades":
            found["code"] = self.stored["grades"][number]["code"]
        return {part: _stored(part, value) for part, value in found.items()}


def _stored(part: str, value: Any) -> Any:
    if part in FLAGS:
        return bool(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is not None else 0 if part in NUMBERS else ""


def _place(where: str) -> tuple[str, int | None, str]:
    """`heads[2].cap` as its table, its row from nought, and its part."""
    name, _bracket, rest = where.partition("[")
    if not rest:
        return name, None, ""
    number, _close, part = rest.partition("]")
    return name, int(number) - 1, part.lstrip(".")


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict) and not (
        isinstance(value, list) and any(isinstance(v, dict) for v in value)
    )


def _plain_field(name: str, value: Any) -> forms.Field:
    label: Any = LABELS.get(name, name)
    unit: Any = UNITS.get(name, "")
    if isinstance(value, list):
        return forms.CharField(
            label=label, required=False, widget=forms.Textarea(attrs={"rows": 5}), help_text=_("每行一项。")
        )
    if isinstance(value, bool):
        return forms.BooleanField(label=label, required=False)
    if isinstance(value, int):
        return forms.IntegerField(label=label, min_value=0, max_value=9999, help_text=unit)
    if name in YUAN:
        return forms.DecimalField(label=label, min_value=0, max_digits=12, decimal_places=2)
    return forms.CharField(label=label, max_length=200)


def _cell(name: str, part: str, number: int) -> forms.Field:
    given: dict[str, Any] = {"label": f"{LABELS[part]} {number + 1}", "required": False}
    if part in FLAGS:
        return forms.BooleanField(**given)
    if part == "grade":
        return forms.ChoiceField(choices=[("", _("不要求")), *GRADES], **given)
    if part in NUMBERS:
        return forms.IntegerField(min_value=0, max_value=100, **given)
    if part in ("target", "least"):
        return forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, **given)
    if part == "text":
        return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **given)
    field = forms.CharField(max_length=120, **given)
    field.disabled = name == "grades"
    return field


def flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """Stored rules as the form's fields have them."""
    found: dict[str, Any] = {}
    for name, value in content.items():
        if name in TABLES:
            found |= {f"{name}_{n}_{part}": row[part] for n, row in enumerate(value) for part in ROWS[name]}
        else:
            found[name] = "\n".join(value) if isinstance(value, list) else value
    return found


FORMS: dict[str, type[StepForm]] = {
    "adopt": plain(actions.adopt),
    "decline": with_reason(actions.decline),
    "withdraw": plain(actions.withdraw),
}
