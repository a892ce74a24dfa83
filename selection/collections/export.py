"""Lists in clear, as pages and API share the requests; the list itself is only a file that is taken once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms.export import FORMS
from selection.models import ExportRequest
from selection.queries.export import requests_visible_to, waiting_for
from workflow import todo
from workflow.actor import Actor
from workflow.clock import ZONE
from workflow.collections import Collection, register


def represent(request: ExportRequest, _actor: Actor) -> dict[str, Any]:
    """A request as JSON has it: how many, why, who answered; no row of the list."""
    times = ("asked_at", "answered_at", "expires_at", "taken_at")
    return {
        "id": request.pk,
        "state": request.state,
        "state_label": str(request.get_state_display()),
        "query": request.query,
        "form": request.form,
        "count": request.count,
        "list_digest": request.list_digest,
        "reason": request.reason,
        "remark": request.remark,
        "rows": request.rows,
        "sha256": request.sha256,
        **{
            name: at.astimezone(ZONE).isoformat() if (at := getattr(request, name)) else None
            for name in times
        },
    }


register(
    Collection(
        name="exports",
        model=ExportRequest,
        visible_to=requests_visible_to,
        represent=represent,
        url=lambda request: reverse("export_detail", args=[request.pk]),
        forms=FORMS,
        filters=("state",),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[todo.Todo]:
    """Requests to answer; lists that may be taken."""
    if not actor.roles & {Role.SECURITY_ADMIN, Role.MANAGER}:
        return
    for request in waiting_for(actor):
        if request.expired:
            continue
        asked = request.state == ExportRequest.State.ASKED
        label = _("审批完整号码导出") if asked else _("下载已批准的完整号码名单")
        url = reverse("export_detail", args=[request.pk])
        note = gettext("%(n)s份") % {"n": request.count}
        yield todo.Todo(label, url, due=request.expires_at, note=note, icon="file-export")
