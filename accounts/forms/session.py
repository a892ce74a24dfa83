"""Forms of one's own account: sign-in and password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignInForm(forms.Form):
    """Name and password, as typed."""

    username = forms.CharField(label=_("账号"), max_length=150)
    password = forms.CharField(label=_("密码"), max_length=128, strip=False, widget=forms.PasswordInput)


class NewPasswordForm(forms.Form):
    """A password typed twice, fit for its person."""

    new_password = forms.CharField(
        label=_("新密码"),
        max_length=128,
        strip=False,
        help_text=_("不少于10个字符，不与账号、姓名相近，不用常见密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("再次输入新密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, second = found.get("new_password"), found.get("repeated")
        if first and second and first != second:
            self.add_error("repeated", _("两次输入的新密码不一致"))
        return found


class ChangePasswordForm(NewPasswordForm):
    """The present password first."""

    present = forms.CharField(
        label=_("现密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("present", "new_password", "repeated")

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        if not self.user.check_password(present):
            raise forms.ValidationError(_("现密码不正确"))
        return present
