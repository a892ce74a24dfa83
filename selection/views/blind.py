"""Files of a blind round."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from selection.actions import blind as actions
from selection.queries.attachment import attachments_visible_to


@require_POST
def attachment_anonymised(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say that a file names nobody, or take that back."""
    attachment = get_object_or_404(attachments_visible_to(request.user), key=key)
    anonymised = request.POST.get("anonymised") == "1"
    actions.mark_anonymised(attachment, by=request.user, anonymised=anonymised)  # type: ignore[arg-type]
    messages.success(request, _("已标为隐去身份，匿名评审的专家可见。") if anonymised else _("已取消标注。"))
    return redirect("attachment_detail", key)
