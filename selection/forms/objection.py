"""What the public fills in to object, and what the handlers decide."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from selection.actions import evidence
from selection.actions import objection as actions
from selection.errors import BadFile
from selection.forms.attachment import ACCEPT, SeveralFiles
from selection.models import InvestigationNote, NoticeEntry, Objection, PublicNotice
from selection.rules.attachment import MEGABYTE
from workflow import clock
from workflow.actor import PUBLIC, Actor
from workflow.forms import StepForm, with_reason

PUBLIC_KINDS = ((Objection.Kind.REAL_NAME, _("实名提出")), (Objection.Kind.LEAD, _("匿名提供线索")))
LEAST_SECONDS = 2  # nobody writes twenty characters of facts faster
_signer = TimestampSigner(salt="objection form")


def fresh_key() -> str:
    """The key of a form, with the time at which it was shown, signed."""
    return _signer.sign(secrets.token_urlsafe(24))


class KeptFiles(forms.FileField):
    """Files that `keep_files` has read: what is wrong with one of them, the form says."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> None:
        """Nothing is left to read."""


class WithFiles(forms.Form):
    """A form with files that are kept from one attempt to the next: whoever mends a mistake does not choose them again."""

    files = KeptFiles(  # type: ignore[assignment]  # a field; what is sent is `self.files` all the same
        label=_("证明材料"), required=False, widget=SeveralFiles(attrs={"accept": ACCEPT}),
        help_text=_("PDF、JPG或PNG，每个不超过%(most)s MB，可选择多个。照片中的拍摄地点等信息自动清除。")
        % {"most": evidence.MOST_MB},
    )  # fmt: skip
    form_key = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    uploader: Actor = PUBLIC

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.renewed = False
        if data is None:
            self.initial.setdefault("form_key", fresh_key())
        elif (
            not self.key()
        ):  # a form kept for too long, or none of ours: it is given a key, and asked for again
            self.data = data.copy()
            self.data["form_key"] = fresh_key()  # type: ignore[index]
            self.renewed = True

    def key(self) -> str:
        """The form's own key; empty if it is none of ours."""
        try:
            return _signer.unsign(str(self.data.get("form_key", "")))
        except BadSignature:
            return ""

    def keep_files(self) -> None:
        """Take in what was sent with this attempt and give up what was crossed out. Call before `is_valid`."""
        self.unread: list[str] = []
        key = self.key()
        if not key:
            return
        sent: Any = self.data
        dropped = [value for value in sent.getlist("drop") if _is_key(value)]
        evidence.unstage(key, keys=dropped)
        for file in self.files.getlist("files") if hasattr(self.files, "getlist") else ():
            self._keep(key, file)

    def _keep(self, key: str, file: UploadedFile[Any]) -> None:
        name = file.name or ""
        try:
            data = file.read(evidence.MOST_MB * MEGABYTE + 1)
            evidence.stage(key, name=name, data=data, by=self.uploader)
        except BadFile as bad:
            self.unread.append(f"{name}：{bad}")

    @property
    def kept(self) -> list[Any]:
        """The files that are here already."""
        return list(evidence.staged(self.key())) if self.is_bound else []

    def clean_files(self) -> None:
        """What could not be taken, each with its reason; the others are kept."""
        if getattr(self, "unread", []):
            raise forms.ValidationError(self.unread)


def _is_key(value: str) -> bool:
    return len(value) == 36 and value.replace("-", "").isalnum()


class ObjectionForm(WithFiles):
    """Real name with a contact, or an anonymous lead; facts in either case."""

    nominee = forms.ChoiceField(label=_("对哪一位人选"))
    kind = forms.ChoiceField(
        label=_("提出方式"), choices=PUBLIC_KINDS, widget=forms.RadioSelect, initial=Objection.Kind.REAL_NAME,
        help_text=_("实名提出的，3个工作日内告知是否受理，并书面答复。匿名线索须有可查证的事实，不答复。"),
    )  # fmt: skip
    name = forms.CharField(
        label=_("姓名或单位名称"), max_length=80, required=False, help_text=_("实名提出的须填写。仅经办人可见，每次查看均有存证。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("电话或邮箱"), max_length=120, required=False, help_text=_("实名提出的须填写，用于答复。")
    )
    facts = forms.CharField(
        label=_("事实与依据"), min_length=20, max_length=4000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("写明时间、地点、经过和依据，不少于20个字。"),
    )  # fmt: skip
    website = forms.CharField(required=False, label=_("请勿填写此栏"))  # only programs fill it in

    def __init__(self, *args: Any, notice: PublicNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {str(entry.ordinal): entry for entry in notice.entries.all()}
        chosen = [(key, f"{entry.ordinal}　{entry.name}") for key, entry in self.lines.items()]
        self.fields["nominee"].choices = [("", _("请选择")), *chosen]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A real name needs the name and a way to answer; nobody has filled it in within a moment."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == Objection.Kind.REAL_NAME:
            for field, words in (("name", _("请填写姓名或单位名称")), ("contact", _("请填写电话或邮箱"))):
                if not cleaned.get(field, "").strip():
                    self.add_error(field, words)
        if self.renewed:
            self.add_error(None, _("表单已失效，请核对后再次提交，所填内容已保留"))
        elif self.is_too_quick:
            self.add_error(None, _("提交过快，请核对所填内容后再次提交"))
        return cleaned

    @property
    def is_too_quick(self) -> bool:
        """It was sent sooner than anybody could fill it in."""
        try:
            _signer.unsign(str(self.data.get("form_key", "")), max_age=LEAST_SECONDS)
        except BadSignature:
            return False
        return True

    @property
    def is_from_a_program(self) -> bool:
        """The field that people do not see is filled in."""
        return bool(self.data.get("website"))

    @property
    def entry(self) -> NoticeEntry:
        return self.lines[self.cleaned_data["nominee"]]

    def take(self) -> Objection:
        """Lodge it; raises `Refused`. Whoever gives a lead leaves no name, whatever was typed."""
        given = self.cleaned_data
        named = given["kind"] == Objection.Kind.REAL_NAME
        return actions.lodge(
            self.entry,
            by=PUBLIC,
            kind=given["kind"],
            facts=given["facts"],
            name=given["name"].strip() if named else "",
            contact=given["contact"].strip() if named else "",
            form_key=self.key(),
        )


class PaperForm(WithFiles):
    """What came by letter or by hand, as an officer writes it down."""

    nominee = forms.ChoiceField(label=_("对哪一位人选"))
    channel = forms.ChoiceField(
        label=_("收到方式"),
        choices=[(c, c.label) for c in (Objection.Channel.LETTER, Objection.Channel.VISIT)],
    )
    postmarked_on = forms.DateField(
        label=_("邮戳或递交日期"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("是否在公示期内提出，以此日期为准。"),
    )  # fmt: skip
    name = forms.CharField(
        label=_("姓名或单位名称"), max_length=80, required=False, help_text=_("匿名信不填。")
    )
    contact = forms.CharField(label=_("电话或邮箱"), max_length=120, required=False)
    facts = forms.CharField(
        label=_("事实与依据"), min_length=20, max_length=4000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("照原件摘录；扫描件作为证明材料上传。"),
    )  # fmt: skip

    def __init__(self, *args: Any, notice: PublicNotice, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uploader = actor
        self.lines = {str(entry.ordinal): entry for entry in notice.entries.all()}
        chosen = [(key, f"{entry.ordinal}　{entry.name}") for key, entry in self.lines.items()]
        self.fields["nominee"].choices = [("", _("请选择")), *chosen]  # type: ignore[attr-defined]

    def clean_postmarked_on(self) -> Any:
        """No letter comes from the future."""
        day = self.cleaned_data["postmarked_on"]
        if day > clock.today():
            raise forms.ValidationError(_("日期不能晚于今天"))
        return day

    def take(self) -> Objection:
        """Write it down; raises `Refused`."""
        given = self.cleaned_data
        name = given["name"].strip()
        return actions.lodge(
            self.lines[given["nominee"]], by=self.uploader, channel=given["channel"], facts=given["facts"],
            kind=Objection.Kind.REAL_NAME if name else Objection.Kind.LEAD, name=name,
            contact=given["contact"].strip(), form_key=self.key(), postmarked_on=given["postmarked_on"],
        )  # fmt: skip


class MoreForm(WithFiles):
    """What whoever holds the code adds or asks for."""

    code = forms.CharField(max_length=20, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("补充说明"), min_length=10, max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )


class AppealForm(MoreForm):
    """Why to look again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = now_("申请复查的理由")
        self.fields["text"].help_text = now_("写明不服的结论和理由，不少于10个字。复查只能申请一次。")


class NoteForm(WithFiles):
    """One line of the log."""

    kind = forms.ChoiceField(label=_("方式"), choices=InvestigationNote.Kind.choices)
    text = forms.CharField(
        label=_("内容"), min_length=5, max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写明时间、对象、经过和所得。只有经办人可见，不能修改。"),
    )  # fmt: skip


class StatementForm(forms.Form):
    """What the candidate says to the issue."""

    text = forms.CharField(
        label=_("陈述"), min_length=10, max_length=4000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("就上述核查事项说明情况和依据。只能提交一次。"),
    )  # fmt: skip


class StatusForm(forms.Form):
    """The query code."""

    code = forms.CharField(
        label=_("查询码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


NOMINATION_FORMS: dict[str, type[StepForm]] = {"remove": with_reason(actions.remove)}
