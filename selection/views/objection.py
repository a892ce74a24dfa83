"""Objecting, without an account; and the handlers' side, where every look at the objector is recorded."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from selection.actions import objection as actions
from selection.forms.objection import IdentityForm, ObjectionForm, StatusForm
from selection.models import Objection, PublicNotice
from selection.queries import notice as notices
from selection.queries import objection as queries
from selection.views.public import PAGE, without_session
from workflow.actor import PUBLIC, Actor
from workflow.errors import Refused

LODGINGS_AN_HOUR, QUERIES_AN_HOUR = 10, 60  # from one address; an office shares one, so these are wide
HOUR = 3600


def _address(request: HttpRequest) -> str:
    """Behind our proxy, the address that the proxy saw."""
    seen: str = request.META.get("REMOTE_ADDR", "")
    if settings.PRODUCTION:
        return str(request.META.get("HTTP_X_FORWARDED_FOR", seen)).rsplit(",", 1)[-1].strip()
    return seen


def _too_often(request: HttpRequest, what: str, limit: int) -> bool:
    key = f"{what}:{_address(request)}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it ran out between the two lines
        return False


def _busy(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "429.html",
        {"sentence": _("同一网络地址提交过多，请一小时后再试，或按公示所列联系方式提出。")},
        status=429,
    )


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
    form = ObjectionForm(notice=notice, initial={"nominee": chosen, "form_key": secrets.token_urlsafe(24)})
    return _show_form(request, notice, form)


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
    form = ObjectionForm(request.POST, notice=notice)
    if not form.is_valid():
        return _show_form(request, notice, form, status=422)
    if form.is_from_a_program:
        return _show_form(request, notice, form, status=422)
    if _too_often(request, "objection", LODGINGS_AN_HOUR):
        return _busy(request)
    try:
        objection = form.take()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show_form(request, notice, form, status=409)
    return render(request, "selection/objection_received.html", {"objection": objection, "notice": notice})


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
    found = None
    if request.method == "POST" and form.is_valid():
        if _too_often(request, "objection-status", QUERIES_AN_HOUR):
            return _busy(request)
        found = queries.by_code(form.cleaned_data["code"])
        if found is None:
            form.add_error("code", _("没有这个查询码，请核对后重新输入"))
    shown = 422 if form.is_bound and found is None else 200
    return render(
        request, "selection/objection_status.html", {"form": form, "objection": found}, status=shown
    )


@csrf_exempt
@never_cache
@require_POST
@without_session
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take an objection back; whoever holds the code may."""
    if _too_often(request, "objection-status", QUERIES_AN_HOUR):
        return _busy(request)
    found = queries.by_code(request.POST.get("code", ""))
    if found is None:
        raise Http404
    form = StatusForm(initial={"code": found.code})
    context: dict[str, Any] = {"form": form}
    try:
        context["objection"] = actions.withdraw(found, by=PUBLIC)
    except Refused as refusal:
        context |= {"objection": found, "refusal": str(refusal)}
    shown = 409 if "refusal" in context else 200
    return render(request, "selection/objection_status.html", context, status=shown)


# The handlers ----------------------------------------------------------------------------------------------------------


@require_safe
def objection_list(request: HttpRequest) -> HttpResponse:
    """The manager's cases; an investigator's own."""
    actor: Any = request.user
    objections = queries.objections_visible_to(actor)
    if not actor.holds(Role.MANAGER) and not objections.exists():
        raise Http404
    state = request.GET.get("state", "")
    if state in Objection.State.values:
        objections = objections.filter(state=state)
    page = Paginator(objections.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "states": Objection.State.choices, "state": state}
    return render(request, "selection/objection_list.html", context)


@require_safe
@never_cache
def objection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One case. Who objects stays covered until somebody says why they look."""
    actor: Any = request.user
    objection = get_object_or_404(queries.objections_visible_to(actor), pk=pk)
    return _show_case(request, objection, IdentityForm(obj=objection, actor=actor))


@require_POST
@never_cache
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Uncover who objects, once, on the record."""
    actor: Actor = request.user  # type: ignore[assignment]
    objection = get_object_or_404(queries.objections_visible_to(actor), pk=pk)
    form = IdentityForm(request.POST, obj=objection, actor=actor)
    if not form.is_valid():
        return _show_case(request, objection, form, status=422)
    return _show_case(request, form.take(), IdentityForm(obj=objection, actor=actor), uncovered=True)


def _show_case(
    request: HttpRequest,
    objection: Objection,
    form: IdentityForm,
    *,
    uncovered: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {"objection": objection, "form": form, "uncovered": uncovered}
    return render(request, "selection/objection_detail.html", context, status=status)
