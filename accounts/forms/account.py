"""Forms of the security administrator."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import Role


class AccountFilter(forms.Form):
    """Search of the list of accounts."""

    q = forms.CharField(
        label=_("姓名、账号或机构"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(label=_("角色"), required=False, choices=[("", _("全部")), *Role.choices])


class OrganisationField(forms.CharField):
    """An organisation by its name or code: the register is too long for a list."""

    def clean(self, value: str) -> Organisation | None:
        text = super().clean(value)
        if not text:
            return None
        found = list(Organisation.objects.filter(code=text)[:1]) or list(
            Organisation.objects.filter(name=text)[:2]
        )
        if not found:
            raise forms.ValidationError(
                _("没有名称或代码为“%(text)s”的机构") % {"text": text}, code="unknown"
            )
        if len(found) > 1:
            raise forms.ValidationError(
                _("有多个机构名为“%(text)s”，请填写代码") % {"text": text}, code="ambiguous"
            )
        return found[0]


class InviteForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=_("账号"),
        max_length=60,
        validators=[RegexValidator(r"^[A-Za-z0-9._-]+$", _("账号只用字母、数字和 . _ -"))],
        help_text=_("字母、数字和 . _ -，开通后不能修改"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("邮箱"), help_text=_("密码设置链接发到这里"))
    organisation = OrganisationField(
        label=_("所在机构"), max_length=120, required=False, help_text=_("机构全称或代码")
    )


class GrantForm(forms.Form):
    """A role to give."""

    role = forms.ChoiceField(label=_("角色"), choices=[("", _("请选择")), *Role.choices])
    until = forms.DateField(label=_("至"), required=False, help_text=_("当日起不再有效；不填为长期"))


class EndRoleForm(forms.Form):
    """Why a role ends."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不少于10个字，将写入存证。"),
    )
