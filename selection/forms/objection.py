"""What the public fills in to object, and what the handlers decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.actions import objection as actions
from selection.models import NoticeEntry, Objection, PublicNotice
from selection.queries.objection import investigators_for
from workflow.actor import PUBLIC
from workflow.forms import ReasonForm, StepForm, with_reason

PUBLIC_KINDS = ((Objection.Kind.REAL_NAME, _("实名提出")), (Objection.Kind.LEAD, _("匿名提供线索")))


class ObjectionForm(forms.Form):
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
    form_key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, notice: PublicNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {str(entry.ordinal): entry for entry in notice.entries.all()}
        chosen = [(key, f"{entry.ordinal}　{entry.name}") for key, entry in self.lines.items()]
        self.fields["nominee"].choices = [("", _("请选择")), *chosen]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A real name needs the name and a way to answer."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == Objection.Kind.REAL_NAME:
            for field, words in (("name", _("请填写姓名或单位名称")), ("contact", _("请填写电话或邮箱"))):
                if not cleaned.get(field, "").strip():
                    self.add_error(field, words)
        return cleaned

    @property
    def is_from_a_program(self) -> bool:
        """The field that people do not see is filled in."""
        return bool(self.cleaned_data.get("website"))

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
            form_key=given["form_key"],
        )


class AdmitForm(StepForm):
    """Who investigates, and what the nominee's side is told."""

    action = staticmethod(actions.admit)
    investigator = forms.ModelChoiceField(
        queryset=User.objects.none(), label=_("核查人"),
        help_text=_("未列出的人参与过该人选的推荐、初审或评分，或来自推荐单位。"),
    )  # fmt: skip
    neutral_issue = forms.CharField(
        label=_("告知人选的争议事项"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("用中性的话写明核查什么，不得出现异议人的姓名、材料或可以推断其身份的内容。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = investigators_for(self.obj.nomination)
        self.fields["investigator"].queryset = people  # type: ignore[attr-defined]

    def clean_neutral_issue(self) -> str:
        """The objector's own words do not slip through."""
        words: str = self.cleaned_data["neutral_issue"]
        for secret in (self.obj.objector_name, self.obj.objector_contact):
            if secret and secret in words:
                raise forms.ValidationError(_("争议事项中不得出现异议人的姓名或联系方式"))
        return words


class RefuseForm(StepForm):
    """The ground, from the list."""

    action = staticmethod(actions.refuse)
    ground = forms.ChoiceField(label=_("不予受理的理由"), choices=Objection.Ground.choices)


class DismissForm(StepForm):
    """The conclusion, which the objector reads."""

    action = staticmethod(actions.dismiss)
    conclusion = forms.CharField(
        label=_("处理结论"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("实名异议人凭查询码可见。"),
    )  # fmt: skip


class UpholdForm(DismissForm):
    """The conclusion, and whether it touches the determination."""

    action = staticmethod(actions.uphold)
    material = forms.BooleanField(label=_("影响认定，报厅领导决定是否取消人选"), required=False)


class IdentityForm(ReasonForm):
    """Why somebody looks at who objects."""

    action = staticmethod(actions.view_identity)


class StatusForm(forms.Form):
    """The query code."""

    code = forms.CharField(
        label=_("查询码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


OBJECTION_FORMS: dict[str, type[StepForm]] = {
    "admit": AdmitForm,
    "refuse": RefuseForm,
    "uphold": UpholdForm,
    "dismiss": DismissForm,
    "withdraw": with_reason(actions.withdraw),
}
NOMINATION_FORMS: dict[str, type[StepForm]] = {"remove": with_reason(actions.remove)}
