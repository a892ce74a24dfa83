"""Objecting, without an account: the form, the receipt, the page by code with what may be added or asked for."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from selection.actions import objection as actions
from selection.actions import objection_case as case
from selection.forms.objection import AppealForm, MoreForm, ObjectionForm, StatusForm
from selection.models import Objection, PublicNotice
from selection.queries import notice as notices
from selection.queries import objection as queries
from selection.queries.objection_story import story_of
from selection.views.flood import too_often
from selection.views.public import without_session
from workflow.actor import PUBLIC
from workflow.errors import Refused


# A form that asks for no account has no authority that another site could borrow: it needs no token and no cookie.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@without_session
def new(request: HttpRequest) -> HttpResponse:
    """Object to one nominee of a notice."""
    number = (request.POST.get("notice") or request.GET.get("notice", "")).replace("\0", "")
    notice = _notice(number)
    if request.method == "POST":
        return _lodge(request, notice)
    chosen = request.GET.get("nominee", "")
    return _show_form(request, notice, ObjectionForm(notice=notice, initial={"nominee": chosen}))


def _notice(number: str) -> PublicNotice:
    """The notice named; the only one that runs when none is."""
    found = notices.with_lines(notices.public_notices())
    return get_object_or_404(found, number=number) if number else _only_running()


def _only_running() -> PublicNotice:
    running = list(notices.with_lines(notices.running_notices())[:2])
    if not running:
        raise Http404
    return running[0]


def _lodge(request: HttpRequest, notice: PublicNotice) -> HttpResponse:
    """Whatever is refused, what was typed and what was uploaded is still there."""
    form = ObjectionForm(request.POST, request.FILES, notice=notice)
    if form.is_from_a_program:
        return _show_form(request, notice, form, status=422)
    if too_often(request, "objection"):
        form.add_error(None, _too_many(notice))
        return _show_form(request, notice, form, status=429)
    form.keep_files()
    if not form.is_valid():
        return _show_form(request, notice, form, status=422)
    try:
        objection = form.take()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show_form(request, notice, form, status=409)
    context = {"objection": objection, "notice": notice, "evidence": queries.evidence_of(objection)}
    return render(request, "selection/objection_received.html", context)


def _too_many(notice: PublicNotice) -> str:
    words = _(
        "这个网络地址提交过多，请稍后再次提交（所填内容已保留），或者按公示所列方式来电、来信：%(contact)s"
    )
    return words % {"contact": notice.contact}


def _show_form(
    request: HttpRequest, notice: PublicNotice, form: ObjectionForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "notice": notice,
        "form": form,
        "over": notice.state != "posted",
        "organiser": notice.round.organiser,
    }
    return render(request, "selection/objection_new.html", context, status=status)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@without_session
def status(request: HttpRequest) -> HttpResponse:
    """Where an objection stands, by its query code. The code travels in the body, not in the address."""
    form = StatusForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _show_status(request, form, None, status=422 if form.is_bound else 200)
    if too_often(request, "objection-status"):
        form.add_error("code", _("这个网络地址查询过多，请稍后再试"))
        return _show_status(request, form, None, status=429)
    found = queries.by_code(form.cleaned_data["code"])
    if found is None:
        form.add_error("code", _("没有这个查询码，请核对后重新输入"))
        return _show_status(request, form, None, status=422)
    return _show_status(request, form, found)


def _show_status(
    request: HttpRequest, form: StatusForm, found: Objection | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "objection": found, **more}
    if found is not None:
        context |= _open_to_the_objector(found, context)
    return render(request, "selection/objection_status.html", context, status=status)


def _open_to_the_objector(found: Objection, given: dict[str, Any]) -> dict[str, Any]:
    """What has happened, what comes next, and what may still be done with the code."""
    open_still = found.state in ("lodged", "admitted")
    code = {"code": found.code}
    may_add = open_still and found.supplemented_at is None
    may_appeal = not case.why_no_appeal(found)
    return {
        "story": story_of(found),
        "may_withdraw": open_still and not hasattr(found, "appeal"),
        "supplement": given.get("supplement") or (MoreForm(initial=code, auto_id="add-%s") if may_add else None),
        "appealing": given.get("appealing") or (AppealForm(initial=code, auto_id="appeal-%s") if may_appeal else None),
    }  # fmt: skip


def _held_by(request: HttpRequest) -> Objection:
    """The objection whose code was sent."""
    found = queries.by_code(request.POST.get("code", ""))
    if found is None:
        raise Http404
    return found


@csrf_exempt
@never_cache
@require_POST
@without_session
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take an objection back; whoever holds the code may."""
    if too_often(request, "objection-status"):
        return _busy(request)
    found = _held_by(request)
    form = StatusForm(initial={"code": found.code})
    try:
        return _show_status(request, form, actions.withdraw(found, by=PUBLIC))
    except Refused as refusal:
        return _show_status(request, form, found, status=409, refusal=str(refusal))


def _busy(request: HttpRequest) -> HttpResponse:
    sentence = _("这个网络地址提交过多，请稍后再试，或者按公示所列方式来电、来信。")
    return render(request, "429.html", {"sentence": sentence}, status=429)


@csrf_exempt
@never_cache
@require_POST
@without_session
def supplement(request: HttpRequest) -> HttpResponse:
    """Add to what was said, once."""
    form = MoreForm(request.POST, request.FILES, auto_id="add-%s")
    return _more(request, form, "supplement", actions.supplement)


@csrf_exempt
@never_cache
@require_POST
@without_session
def appeal(request: HttpRequest) -> HttpResponse:
    """Ask for another look, once."""
    form = AppealForm(request.POST, request.FILES, auto_id="appeal-%s")
    return _more(request, form, "appealing", _appeal)


def _appeal(objection: Objection, *, by: Any, text: str, form_key: str) -> Any:
    return case.appeal(objection, by=by, reason=text, form_key=form_key)


def _more(request: HttpRequest, form: MoreForm, name: str, act: Any) -> HttpResponse:
    if too_often(request, "objection"):
        return _busy(request)
    found = _held_by(request)
    code = StatusForm(initial={"code": found.code})
    form.keep_files()
    if not form.is_valid():
        return _show_status(request, code, found, status=422, **{name: form})
    try:
        act(found, by=PUBLIC, text=form.cleaned_data["text"], form_key=form.key())
    except Refused as refusal:
        return _show_status(request, code, found, status=409, refusal=str(refusal), **{name: form})
    return _show_status(request, code, queries.by_code(found.code))
