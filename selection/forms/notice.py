"""Writing and checking a notice."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import notice as actions
from selection.models import NoticeEntry, PublicNotice, Round
from selection.queries.notice import ORDERS
from workflow.actor import Actor
from workflow.forms import StepForm, plain, with_reason


class TextForm(forms.Form):
    """The words of a notice."""

    title = forms.CharField(label=_("标题"), max_length=160)
    body = forms.CharField(
        label=_("正文"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("名单、公示期限和异议提出办法由系统排在正文之后，不必重复。"),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("联系方式"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("受理部门和监督部门的名称、座机、地址、邮箱；不写手机号码。"),
    )  # fmt: skip

    def take(self, notice: PublicNotice, *, by: Actor) -> PublicNotice:
        """Save a changed text; raises `Refused`."""
        return actions.revise(notice, by=by, **self.cleaned_data)


class ComposeForm(TextForm):
    """A new notice."""

    order = forms.ChoiceField(label=_("名单排列"), choices=ORDERS, initial="pinyin")
    with_summaries = forms.BooleanField(
        label=_("附人选简介（200字以内，仅限已单独同意公示的）"), required=False
    )

    def compose(self, round_: Round, *, by: Actor) -> PublicNotice:
        """Write the notice; raises `Refused`."""
        return actions.compose(round_, by=by, **self.cleaned_data)


class LineForm(forms.Form):
    """One line of the list."""

    affiliation = forms.CharField(label=_("单位及职务"), max_length=4000)
    summary = forms.CharField(
        label=_("简介"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def take(self, entry: NoticeEntry, *, by: Actor) -> NoticeEntry:
        """Save a changed line; raises `Refused`."""
        return actions.revise_line(entry, by=by, **self.cleaned_data)


class ClearForm(StepForm):
    """The manager clears a nominee whose period is over."""

    action = staticmethod(actions.clear)


NOTICE_FORMS: dict[str, type[StepForm]] = {
    "scan": plain(actions.scan),
    "post": plain(actions.post),
    "supersede": with_reason(actions.supersede),
}
NOMINATION_FORMS: dict[str, type[StepForm]] = {"clear": ClearForm}
