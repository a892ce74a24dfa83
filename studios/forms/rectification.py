"""What the steps of a rectification need."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from studios.actions import rectification as actions
from studios.models import Rectification
from workflow.forms import StepForm, with_reason


class FileForm(StepForm):
    """What was done."""

    action = staticmethod(actions.file)

    evidence = forms.CharField(
        label=_("整改情况"), min_length=10, max_length=4000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("写明采取的措施和完成情况；佐证材料先在整改事项页面上传。"),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.initial.setdefault("evidence", self.obj.evidence)


class AcceptForm(StepForm):
    """It may be accepted without a word."""

    action = staticmethod(actions.accept)

    remarks = forms.CharField(
        label=_("审核意见"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


FORMS: dict[str, type[StepForm]] = {
    "file": FileForm,
    "accept": AcceptForm,
    "send_back": with_reason(actions.send_back),
}


class RectificationFilter(forms.Form):
    """What narrows the list."""

    q = forms.CharField(label=_("工作室"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *Rectification.State.choices]
    )
    late = forms.BooleanField(label=_("只看逾期"), required=False)
