"""A change of announced rules: the whole rulebook as a copy to edit, and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import rulebook_change as actions
from selection.forms.rulebook import RulebookForm
from workflow.forms import StepForm, plain, with_reason


class ChangeForm(RulebookForm):
    """The rules in force, filled in, to be changed; nothing may be left unfinished."""

    gaps_allowed = False
    reason = forms.CharField(
        label=_("修改理由"),
        min_length=actions.SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不少于10个字。批准后与新旧内容一并向社会公开，不得含有个人信息。"),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, content: Mapping[str, Any]) -> None:
        super().__init__(data, content=content)
        self.before = content

    def may_wait(self) -> list[Any]:
        return []

    @property
    def content(self) -> dict[str, Any]:
        """The rules in force with what was typed; parameters that the form does not show stay."""
        return {**self.before, **super().content}


def of_rules(content: Mapping[str, Any], data: Any = None) -> ChangeForm:
    """The form of the rules in force."""
    return ChangeForm(data, content=content) if data is not None else ChangeForm(content=content)


FORMS: dict[str, type[StepForm]] = {
    "second": plain(actions.second),
    "approve": plain(actions.approve),
    "decline": with_reason(actions.decline),
    "withdraw": plain(actions.withdraw),
}
