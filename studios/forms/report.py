"""What the steps of a report need, and the filter of the list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studios.actions import report as actions
from studios.models import ProgressReport
from workflow.forms import StepForm


def _long(label: Any, length: int, *, required: bool = True, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, required=required, widget=forms.Textarea(attrs={"rows": rows})
    )


class SubmitReportForm(StepForm):
    """A report: four numbers and three texts. What is typed is kept in the browser until it is sent."""

    action = staticmethod(actions.submit)

    activities_held = forms.IntegerField(label=_("开展活动（场）"), min_value=0, max_value=9999)
    people_served = forms.IntegerField(label=_("服务（人次）"), min_value=0, max_value=9_999_999)
    mentees = forms.IntegerField(label=_("带教（人）"), min_value=0, max_value=9999)
    spent = forms.DecimalField(
        label=_("本期支出（元）"), min_value=Decimal(0), max_digits=12, decimal_places=2
    )
    results = _long(_("工作成效"), 4000, rows=6)
    problems = _long(_("存在问题"), 2000, required=False)
    next_steps = _long(_("下一步安排"), 2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent_before = {name: getattr(self.obj, name) for name in self.fields} if self.obj.submitted_at else {}
        self.initial = {**sent_before, **self.initial}

    @property
    def draft_key(self) -> str:
        """Under which key the browser keeps what is typed."""
        return f"report-{self.obj.pk}-{self.actor.id}"


class AcceptForm(StepForm):
    """An acceptance, with remarks if there are any."""

    action = staticmethod(actions.accept)

    remarks = _long(_("审核意见"), 2000, required=False)


class ReturnForm(StepForm):
    """What to change."""

    action = staticmethod(actions.return_for_changes)

    remarks = forms.CharField(
        label=_("退回意见"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("逐条说明需要修改的内容，不少于10个字。"),
    )


FORMS: dict[str, type[StepForm]] = {
    "submit": SubmitReportForm,
    "accept": AcceptForm,
    "return_for_changes": ReturnForm,
}


class ReportFilter(forms.Form):
    """What narrows the list of reports."""

    q = forms.CharField(label=_("工作室"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("类别"), required=False, choices=[("", _("全部")), *ProgressReport.Kind.choices]
    )
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *ProgressReport.State.choices]
    )
