"""What is filled in to report a change and to settle it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.account import OrganisationField
from studios.actions import change as actions
from studios.models import ReportedChange, Studio
from studios.rules.changes import CHANGE_HOST, LEAVE_DAYS, NEEDS_HOST
from workflow import clock
from workflow.actor import Actor
from workflow.forms import StepForm, with_reason

_ANY = ("", _("全部"))
DAY = {"type": "date"}


def _day(**given: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **given)


class ChangeForm(forms.Form):
    """One change."""

    kind = forms.ChoiceField(
        label=_("变更事项"), choices=[("", _("请选择")), *ReportedChange.Kind.choices],
        help_text=_("被立案调查的，工作室随报告即行暂停。"),
    )  # fmt: skip
    happened_on = _day(label=_("发生日期"))
    new_host = OrganisationField(
        label=_("新单位"),
        required=False,
        max_length=120,
        help_text=_("工作单位变动的填写，机构全称或者代码。"),
    )
    leave_until = _day(label=_("离岗至"), required=False, help_text=_("离岗超过6个月的填写。"))
    told = forms.CharField(
        label=_("情况说明"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, studio: Studio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = studio.programme.report_change_days
        self.fields["happened_on"].help_text = gettext("应在发生之日起%(n)s日内报告，逾期的标明。") % {
            "n": days
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        kind, day, until = (found.get(name) for name in ("kind", "happened_on", "leave_until"))
        if day and day > clock.today():
            self.add_error("happened_on", _("发生日期不能晚于今天。"))
        if kind in NEEDS_HOST and not found.get("new_host") and "new_host" not in self.errors:
            self.add_error("new_host", _("请写明新单位。"))
        if (
            kind == ReportedChange.Kind.LONG_LEAVE
            and day
            and (until is None or (until - day).days < LEAVE_DAYS)
        ):
            self.add_error("leave_until", _("离岗超过6个月的方须报告，请填写离岗至何日。"))
        return found

    def take(self, studio: Studio, *, by: Actor) -> ReportedChange:
        """File it; raises `Refused`."""
        return actions.file(studio, by=by, **self.cleaned_data)


class AcknowledgeForm(StepForm):
    """What follows from the change."""

    action = staticmethod(actions.acknowledge)

    effect = forms.ChoiceField(label=_("处理"), choices=ReportedChange.Effect.choices)
    host = OrganisationField(
        label=_("新的依托单位"), required=False, max_length=120,
        help_text=_("变更依托单位时填写，机构全称或者代码；留空即为所报告的新单位。"),
    )  # fmt: skip
    remarks = forms.CharField(
        label=_("处理意见"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = dict(ReportedChange.Effect.choices)
        field: Any = self.fields["effect"]
        field.choices = [(effect, named[effect]) for effect in self.obj.effects]
        if CHANGE_HOST not in self.obj.effects:
            del self.fields["host"]


class ChangeFilter(forms.Form):
    """What narrows the list of changes."""

    kind = forms.ChoiceField(
        label=_("变更事项"), required=False, choices=[_ANY, *ReportedChange.Kind.choices]
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[_ANY, *ReportedChange.State.choices])
    late = forms.ChoiceField(label=_("时限"), required=False, choices=[_ANY, ("late", _("逾期报告"))])


FORMS: dict[str, type[StepForm]] = {
    "acknowledge": AcknowledgeForm,
    "set_aside": with_reason(actions.set_aside),
}
