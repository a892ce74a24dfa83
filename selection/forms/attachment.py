"""The form by which files come into a dossier: one kind, one file or several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from selection.models.attachment_kinds import Kind

MOST_AT_ONCE = 20
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


class SeveralFiles(forms.ClearableFileInput):
    """A field for files in which more than one may be chosen."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """All the files that were chosen; what each of them is, is found out one by one."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        given: list[UploadedFile[Any]] = (
            list(data) if isinstance(data, list | tuple) else [data] if data else []
        )
        if not given:
            raise forms.ValidationError(_("请选择要上传的文件"))
        if len(given) > MOST_AT_ONCE:
            raise forms.ValidationError(_("一次最多上传%(most)s个文件") % {"most": MOST_AT_ONCE})
        return given


class AttachmentForm(forms.Form):
    """What is sent, as which kind."""

    kind = forms.ChoiceField(label=_("材料种类"))
    files = FilesField(label=_("文件"), widget=SeveralFiles(attrs={"accept": ACCEPT}))  # type: ignore[assignment]  # the metaclass takes it from the class

    def __init__(
        self, data: Any = None, files: Any = None, *, kinds: Sequence[str], most_mb: int, initial: Any = None
    ) -> None:
        super().__init__(data, files, initial=initial)
        kind: Any = self.fields["kind"]
        kind.choices = [(value, Kind(value).label) for value in kinds]
        kind.help_text = _(
            "身份证和背景审查材料只有审核、监督人员可见；评审专家只能看到获奖证书、案例和成果材料。"
        )
        self.fields["files"].help_text = _(
            "PDF、JPG或PNG，每个不超过%(most)s MB，可一次选择多个。照片自动摆正，拍摄地点等信息自动清除。"
        ) % {"most": most_mb}
