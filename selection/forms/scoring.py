"""The score sheet as it is filled in, and the steps of the opening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import scoring as actions
from selection.models import ScoreSheet
from selection.queries.rulebook import named
from selection.rules.marks import asks_comment, fault_of, good_marks, read_mark
from selection.rules.rulebook import Criterion
from workflow.forms import StepForm, plain

FAULTS = {
    "not_a_number": _("%(name)s应为数字，现为“%(value)s”"),
    "out_of_range": _("%(name)s应在0至100之间，现为%(value)s"),
    "not_half_points": _("%(name)s以0.5分为一档，现为%(value)s"),
}


class MarkField(forms.DecimalField):
    """A mark of 0 to 100 in half points. What is wrong stays as it was typed and is named."""

    def clean(self, value: Any) -> Decimal | None:
        text = str(value if value is not None else "").strip()
        if not text:
            if self.required:
                raise forms.ValidationError(_("%(name)s尚未评分") % {"name": self.label}, code="missing")
            return None
        mark = read_mark(text)
        if fault := fault_of(mark):
            raise forms.ValidationError(FAULTS[fault] % {"name": self.label, "value": text[:20]}, code=fault)
        return mark

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}".removesuffix(".0") if isinstance(value, Decimal) else value


@dataclass(frozen=True)
class Line:
    """One criterion of the sheet with its two fields."""

    criterion: Criterion
    name: str
    facts: list[str]
    mark: forms.BoundField
    comment: forms.BoundField


class SheetForm(StepForm):
    """All criteria of the round: a mark each, a comment where there is something to say, and a remark on the whole."""

    action = staticmethod(actions.submit)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = self.obj.assignment.round.rulebook
        self.criteria = self.rules.criteria
        for criterion in self.criteria:
            name = f"{criterion.code} {named(criterion)}"
            self.fields[f"mark_{criterion.code}"] = MarkField(
                label=name, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
            )
            self.fields[f"comment_{criterion.code}"] = forms.CharField(
                label=_("%(name)s评语") % {"name": name},
                required=False,
                max_length=actions.MAX_COMMENT,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields["overall"] = forms.CharField(
            label=_("总评"),
            required=False,
            max_length=actions.MAX_COMMENT,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def clean(self) -> dict[str, Any]:
        """A mark as high or as low as the rules name is explained."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for criterion in self.criteria:
            mark = found.get(f"mark_{criterion.code}")
            if mark is not None and self._lacks_comment(criterion.code, mark):
                words = {
                    "name": f"{criterion.code} {named(criterion)}",
                    "mark": f"{mark:f}".removesuffix(".0"),
                }
                self.add_error(f"comment_{criterion.code}", _("%(name)s为%(mark)s分，须写评语") % words)
        return found

    def _lacks_comment(self, code: str, mark: Decimal) -> bool:
        comment = self.cleaned_data.get(f"comment_{code}") or ""
        wanted = asks_comment(mark, at_least=self.rules.comment_at_least, below=self.rules.comment_below)
        return wanted and not comment.strip() and f"comment_{code}" not in self.errors

    def lines(self, facts: Mapping[str, list[str]] = MappingProxyType({})) -> Iterator[Line]:
        """The criteria in order, as the page shows them, with the verified facts of each."""
        for criterion in self.criteria:
            code = criterion.code
            yield Line(
                criterion,
                named(criterion),
                facts.get(code, []),
                self[f"mark_{code}"],
                self[f"comment_{code}"],
            )

    @property
    def marks(self) -> dict[str, Decimal]:
        """What is filled in rightly."""
        given = getattr(self, "cleaned_data", {})
        found = {c.code: given.get(f"mark_{c.code}") for c in self.criteria}
        return {code: mark for code, mark in found.items() if mark is not None}

    @property
    def comments(self) -> dict[str, str]:
        """The comments made."""
        given = getattr(self, "cleaned_data", {})
        return {c.code: given.get(f"comment_{c.code}") or "" for c in self.criteria}

    def take(self) -> ScoreSheet:
        """Submit the sheet."""
        return actions.submit(
            self.obj,
            by=self.actor,
            marks=self.marks,
            comments=self.comments,
            overall=self.cleaned_data["overall"],
        )


def initial_of(sheet: ScoreSheet) -> dict[str, str]:
    """What the sheet holds, for the form."""
    content = sheet.content
    found = {f"mark_{code}": mark.removesuffix(".0") for code, mark in content["marks"].items()}
    return {
        **found,
        **{f"comment_{c}": t for c, t in content["comments"].items()},
        "overall": content["overall"],
    }


def marks_now(form: SheetForm) -> dict[str, Decimal]:
    """The marks that stand rightly in the form, sent or stored."""
    if form.is_bound:
        form.is_valid()
        return form.marks
    return good_marks(
        {c.code: form.initial.get(f"mark_{c.code}", "") for c in form.criteria}, form.rules.weights
    )


def other_of(sheet: ScoreSheet, form: SheetForm) -> list[tuple[Any, str, str]]:
    """Where a version saved elsewhere and what was sent differ: label, what was sent, what stands."""
    stands = initial_of(sheet)
    pairs = [
        (str(field.label), form.data.get(name, "").strip(), stands.get(name, ""))
        for name, field in form.fields.items()
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]


class VoidForm(StepForm):
    """Why a sheet is not counted."""

    action = staticmethod(actions.void)
    reason = forms.CharField(
        label=_("作废理由"), min_length=10, max_length=300, widget=forms.Textarea(attrs={"rows": 4})
    )


SHEET_FORMS: dict[str, type[StepForm]] = {"submit": SheetForm, "void": VoidForm}
ROUND_FORMS: dict[str, type[StepForm]] = {
    "ask_opening": plain(actions.ask_opening),
    "open_scores": plain(actions.open_scores),
}
