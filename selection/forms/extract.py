"""How a list is exported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions.export import SHORTEST_REASON
from selection.queries.extract import may_unmask


class ExportForm(forms.Form):
    """The kind of file; in clear only for who may, with the reason."""

    form = forms.ChoiceField(
        label=_("文件格式"),
        choices=(("xlsx", _("Excel工作簿（.xlsx）")), ("csv", _("CSV（UTF-8）"))),
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    unmasked = forms.BooleanField(label=_("申请导出完整的身份证号和手机号"), required=False)
    reason = forms.CharField(
        label=_("导出完整号码的理由"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不少于10个字，写入存证。须经安全管理员批准，批准后24小时内可下载一次。"),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_unmask(user):
            del self.fields["unmasked"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("unmasked") and len(found.get("reason", "").strip()) < SHORTEST_REASON:
            self.add_error("reason", _("导出未脱敏的名单须填写理由，不少于10个字。"))
        return found
