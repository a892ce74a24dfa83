"""Saving a section while it is typed: never a submission, never a word about what is still empty."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from selection.actions import nomination as actions
from selection.forms.dossier import DossierForm
from selection.forms.dossier_rows import count_name
from selection.models import Nomination
from selection.models.nomination import ROW_PARTS
from selection.queries import dossier as dossiers
from selection.views.dossier import own_dossier
from workflow import clock
from workflow.errors import Refused


@never_cache
@login_not_required
@require_POST
def nomination_save(request: HttpRequest, pk: int, section: str) -> JsonResponse:
    """200 saved; 401 sign in again; 409 newer elsewhere, with both values; 423 the dossier takes nothing now."""
    if not request.user.is_authenticated:
        return _answer(request, 401, _("登录已过期，请在另一窗口重新登录，内容留在本机。"))
    nomination = own_dossier(request, pk)
    found = dossiers.section_named(section)
    if found is None or found.slug == "declarations":  # what is signed is signed by pressing the button
        raise Http404
    form = DossierForm(request.POST, nomination=nomination, names=found.fields)
    form.is_valid()
    try:
        saved = actions.save_section(nomination, found, by=request.user, values=form.values, **_page(request))
    except Refused as refusal:
        if refusal.code == "changed_meanwhile":
            return _newer(request, nomination, found, form)
        words = _("%(why)s所填内容留在本机，不计入申报。") % {"why": str(refusal)}
        return _answer(request, 423, words)
    at = clock.now().strftime("%H:%M:%S")
    words = _("已保存 %(at)s") % {"at": at}
    if form.unsaved:
        words = _("已保存 %(at)s，尚未填对的未存：%(fields)s") % {"at": at, "fields": "、".join(form.unsaved)}
    return _answer(request, 200, words, seen=dossiers.fingerprint(saved, found), saved_at=at)


def _page(request: HttpRequest) -> dict[str, Any]:
    seq = request.POST.get("seq", "")
    return {
        "seen": request.POST.get("seen", ""),
        "writer": request.POST.get("writer", "")[:32],
        "seq": int(seq) if seq.isdecimal() and len(seq) < 10 else 0,
    }


def _answer(request: HttpRequest, status: int, message: str, **more: Any) -> JsonResponse:
    return JsonResponse({"message": message, "seq": _page(request)["seq"], **more}, status=status)


def _newer(
    request: HttpRequest, nomination: Nomination, section: dossiers.Section, form: DossierForm
) -> JsonResponse:
    """Both values of each field that differs, and what the page must hold to take over the other one."""
    present = DossierForm(nomination=nomination, names=section.fields)
    typed = form.values
    differing = [
        {
            "label": dossiers.label_of(name),
            "theirs": dossiers.shown(nomination, name),
            "mine": dossiers.shown_value(name, typed[name]),
            "values": _inputs(present, name),
        }
        for name in section.fields
        if name in typed and typed[name] != nomination.answer(name)
    ]
    words = _("他人已修改本节，请逐项选择保留哪一个。")
    return _answer(request, 409, words, seen=dossiers.fingerprint(nomination, section), fields=differing)


def _inputs(form: DossierForm, name: str) -> dict[str, Any]:
    """The inputs of a field by their names, as a page holds them."""
    names = [n for n in form.fields if n == name or (name in ROW_PARTS and n.startswith(f"{name}-"))]
    found = {n: _held(form[n].value()) for n in names}
    if name in ROW_PARTS:
        found[count_name(name)] = str(form.row_counts[name])
    return found


def _held(value: Any) -> Any:
    return value if isinstance(value, bool) else "" if value is None else str(value)
