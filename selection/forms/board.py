"""The form of a federation's board."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import BoardTerm
from selection.rules.eligibility import valid_id_number

_SEPARATOR = re.compile(r"[,，、;；\t]")
MOST_OFFICERS = 300


class OfficersField(forms.CharField):
    """One officer a line: role, name and, if it is known, the identity number."""

    widget = forms.Textarea(attrs={"rows": 10})

    def clean(self, value: str) -> list[dict[str, str]]:
        lines = [line for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > MOST_OFFICERS:
            raise forms.ValidationError(_("最多登记%(n)s名成员") % {"n": MOST_OFFICERS})
        return [_officer(number, line) for number, line in enumerate(lines, start=1)]


def _officer(number: int, line: str) -> dict[str, str]:
    parts = [part.strip() for part in _SEPARATOR.split(line.strip())]
    if len(parts) not in (2, 3) or not all(parts[:2]) or max(map(len, parts)) > 40:
        raise forms.ValidationError(
            gettext("第%(n)s行应为“职务，姓名”或“职务，姓名，身份证号”") % {"n": number}
        )
    given = dict(zip(("role", "name", "id_number"), parts, strict=False))
    given["id_number"] = given.get("id_number", "").upper()
    if given["id_number"] and not valid_id_number(given["id_number"]):
        raise forms.ValidationError(gettext("第%(n)s行的身份证号有误") % {"n": number})
    return given


class BoardForm(forms.Form):
    """A term of a board, and who sits on it."""

    ordinal = forms.IntegerField(label=_("届次"), min_value=1, max_value=99)
    since = forms.DateField(label=_("任期开始"))
    until = forms.DateField(label=_("任期届满"), help_text=_("当日仍在任期内。"))
    document = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("换届大会决议、备案文件的名称或文号。")
    )
    officers = OfficersField(
        label=_("理事会成员"),
        help_text=_(
            "每行一名：职务，姓名。有同名人员的，再写身份证号以便区分，只保存其摘要。现任成员不能由本会推荐。"
        ),
    )

    def __init__(self, data: Any = None, *, term: BoardTerm | None = None) -> None:
        initial = (
            {name: getattr(term, name) for name in ("ordinal", "since", "until", "document")} if term else {}
        )
        if term:
            initial["officers"] = "\n".join(f"{row.role}，{row.name}" for row in term.officers.all())
        super().__init__(data, initial=initial)
        if term:
            del self.fields["ordinal"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("任期届满不得早于任期开始"))
        return self.cleaned_data
