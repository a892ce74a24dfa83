"""Writing and checking a notice."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import erratum, notice_file, outage
from selection.actions import notice as actions
from selection.actions import notice_schedule as schedule
from selection.forms.attachment import FilesField, SeveralFiles
from selection.models import Erratum, NoticeEntry, NoticeFile, Outage, PublicNotice, Round
from selection.rules.attachment import MEGABYTE
from workflow.actor import Actor
from workflow.forms import StepForm, plain, with_reason

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class TextForm(forms.Form):
    """The words of a notice."""

    title = forms.CharField(label=_("标题"), max_length=160)
    body = forms.CharField(
        label=_("正文"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("名单、公示期限和异议提出办法由系统排在正文之后，不必重复。"),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("依据文件"), max_length=200, required=False, help_text=_("文件名称和文号，如《…选拔办法》（浙民慈〔2026〕1号）。")
    )  # fmt: skip
    contact = forms.CharField(
        label=_("受理部门及电话"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("承办处室的名称和座机；不写手机号码。"),
    )  # fmt: skip
    discipline = forms.CharField(
        label=_("监督部门及电话"), max_length=200, required=False, help_text=_("机关纪委等监督部门的名称和座机。")
    )  # fmt: skip
    address = forms.CharField(label=_("通信地址"), max_length=200, required=False)
    email = forms.EmailField(label=_("电子邮箱"), max_length=120, required=False)
    order = forms.ChoiceField(label=_("名单排列"), choices=PublicNotice.Order.choices, initial="strokes")

    def take(self, notice: PublicNotice, *, by: Actor) -> PublicNotice:
        """Save a changed text; raises `Refused`."""
        return actions.revise(notice, by=by, **self.cleaned_data)


class ComposeForm(TextForm):
    """A new notice."""

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


class FilesForm(forms.Form):
    """Files that come with a notice."""

    files = FilesField(  # type: ignore[assignment]  # the metaclass takes it from the class
        label=_("文件"), widget=SeveralFiles(attrs={"accept": ".docx,.xlsx,.pdf,.jpg,.jpeg,.png"}),
        help_text=_("DOCX、XLSX、PDF、JPG或PNG，每个不超过20 MB；将原样公开，发布前一并作隐私检查。"),
    )  # fmt: skip

    def take(self, notice: PublicNotice, *, by: Actor) -> list[NoticeFile]:
        """Keep the files; raises `Refused` at the first that cannot be taken."""
        return [
            notice_file.attach(
                notice, by=by, name=file.name or "", data=file.read(notice_file.MOST_MB * MEGABYTE + 1)
            )
            for file in self.cleaned_data["files"]
        ]


class ErratumForm(forms.Form):
    """A slip of the pen: what was printed, what should stand there."""

    place = forms.ChoiceField(label=_("位置"), choices=Erratum.Place.choices)
    before = forms.CharField(label=_("原文"), max_length=200, help_text=_("照公示原文填写要更正的词句。"))
    after = forms.CharField(label=_("更正为"), max_length=200)
    reason = forms.CharField(label=_("更正原因"), min_length=4, max_length=200)

    def take(self, notice: PublicNotice, *, by: Actor) -> Erratum:
        """Note it beside the notice; raises `Refused`."""
        return erratum.note_erratum(notice, by=by, **self.cleaned_data)


class OutageForm(forms.Form):
    """From when until when the public page was away, and how that is known."""

    since = forms.DateTimeField(label=_("中断开始"), widget=MOMENT)
    until = forms.DateTimeField(label=_("恢复"), widget=MOMENT)
    evidence = forms.CharField(
        label=_("依据"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("监控记录、运维工单编号等，不少于10个字，将写入存证。"),
    )  # fmt: skip

    def take(self, *, by: Actor) -> Outage:
        """Record it; raises `Refused`."""
        return outage.record(by=by, **self.cleaned_data)


class ApproveForm(StepForm):
    """The publisher sets the time at which the notice goes up."""

    action = staticmethod(schedule.approve)
    post_at = forms.DateTimeField(
        label=_("发布时间"), widget=MOMENT, help_text=_("到时自动发布；发布当日不计入公示期。")
    )


class ClearForm(StepForm):
    """The manager clears a nominee whose period is over."""

    action = staticmethod(actions.clear)


NOTICE_FORMS: dict[str, type[StepForm]] = {
    "scan": plain(actions.scan),
    "post": plain(actions.post),
    "approve": ApproveForm,
    "recall": with_reason(schedule.recall),
    "supersede": with_reason(actions.supersede),
}
NOMINATION_FORMS: dict[str, type[StepForm]] = {"clear": ClearForm}
