"""What the steps of a report need, and the filter of the list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studios.actions import report as actions
from studios.models import ProgressReport
from studios.queries import report as queries
from workflow.forms import StepForm
from workflow.wording import listed

ASKABLE = (*queries.NUMBERS, *queries.TEXTS)


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
    difference = _long(_("与记录不一致的说明"), 1000, required=False, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.records = queries.from_records(self.obj)
        sent_before = {name: getattr(self.obj, name) for name in self.fields} if self.obj.submitted_at else {}
        self.initial = {**vars(self.records), **sent_before, **self.initial}
        self._say_what_stands_beside()

    def _say_what_stands_beside(self) -> None:
        """Beside each number what the records say, beside each field what was remarked of it."""
        for name in queries.NUMBERS:
            words = gettext("从记录带出：%(value)s") % {"value": getattr(self.records, name)}
            self.fields[name].help_text = words
        for name, text in self.obj.field_remarks.items():
            if field := self.fields.get(name):
                asked = format_html("<b>{}</b>{}", gettext("退回意见："), text)
                field.help_text = (
                    format_html("{}<br>{}", asked, field.help_text) if field.help_text else asked
                )
        self.fields["difference"].help_text = gettext(
            "数据从已确认的活动和已审批的支出带出，可以修改；与记录不一致时须说明原因。"
        )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        differs = [n for n in queries.NUMBERS if n in found and found[n] != getattr(self.records, n)]
        if differs and not found.get("difference"):
            named = listed(str(self.fields[name].label) for name in differs)
            words = gettext("%(fields)s与记录不一致，请说明原因，或改回记录的数。") % {"fields": named}
            self.add_error("difference", forms.ValidationError(words, code="unexplained"))
        return found

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
        help_text=_("概括需要修改的内容，不少于10个字；逐项意见写在下面各栏。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ASKABLE:
            label = gettext("意见：%(field)s") % {"field": ProgressReport._meta.get_field(name).verbose_name}  # type: ignore[union-attr]
            self.fields[f"remark_{name}"] = forms.CharField(label=label, max_length=500, required=False)

    def take(self) -> Any:
        """Send it back."""
        said = {name: self.cleaned_data[f"remark_{name}"].strip() for name in ASKABLE}
        return type(self).action(
            self.obj, by=self.actor, remarks=self.cleaned_data["remarks"], field_remarks=said
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
    period = forms.CharField(label=_("所属期"), required=False, max_length=20)
