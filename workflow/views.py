"""The page of a step, for every machine; the message page; the movable clock of the demo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow import collections, demo, door, outbox
from workflow.errors import CalendarYearMissing, NotPermitted, Refused, StepRefused
from workflow.machine import OpenStep, Step, failing_guard, step_named
from workflow.models import Message


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, collection: str, pk: int, name: str) -> HttpResponse:
    """Show what a step needs and what it does; take it on POST. Nothing typed is lost when it is refused."""
    found = collections.named(collection)
    declared = step_named(found.model, name) if found else None
    if found is None or declared is None or name not in found.forms:
        raise Http404
    obj = get_object_or_404(found.visible_to(request.user), pk=pk)
    actor: Any = request.user  # the middleware lets nobody else reach this view
    if request.method == "POST":
        return _take(request, found, obj, declared, actor)
    if not declared.policy(obj, actor):  # a look is no attempt: nothing is written down
        raise NotPermitted(_("您的身份不能办理“%(step)s”。") % {"step": declared.label})
    return _show(request, found, obj, declared, found.forms[name](obj=obj, actor=actor))


def _take(request: HttpRequest, found: Any, obj: Any, declared: Step, actor: Any) -> HttpResponse:
    """First who may and whether it is open, then what was typed, then the action decides: each refuses on the record."""
    late = _too_late(obj, declared, actor)
    form = found.forms[declared.name](request.POST, request.FILES, obj=obj, actor=actor)
    if not form.is_valid() and late is None:
        return _show(request, found, obj, declared, form)
    try:
        if late is not None:
            raise late
        taken = form.take()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        obj = get_object_or_404(found.visible_to(request.user), pk=obj.pk)
        year = refusal.year if isinstance(refusal, CalendarYearMissing) else 0
        return _show(request, found, obj, declared, form, status=409, missing_year=year)
    messages.success(request, _("已办理：%(step)s") % {"step": declared.label})
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return HttpResponseRedirect(back)
    moved = taken if isinstance(taken, found.model) else obj
    return redirect(found.url(moved))


def _too_late(obj: Any, declared: Step, actor: Any) -> Refused | None:
    """Why the step is not open any more, where it is not; raises `NotPermitted` for whoever may not take it."""
    try:
        door.require_open(obj, declared.name, by=actor)
    except StepRefused as refusal:
        return refusal
    return None


def _show(
    request: HttpRequest,
    found: Any,
    obj: Any,
    declared: Step,
    form: Any,
    *,
    status: int = 200,
    missing_year: int = 0,
) -> HttpResponse:
    open_now = obj.state in declared.sources
    guard = failing_guard(obj, declared) if open_now else None
    view = OpenStep(declared, guard.why_not(obj) if guard else "", guard.code if guard else "")
    if status == 200 and form.is_bound and not form.is_valid():
        status = 422
    context = {"obj": obj, "step": view, "form": form, "open_now": open_now, "back": found.url(obj)}
    context["missing_year"] = missing_year  # of the calendar: the page leads to where it is loaded
    context["next"] = request.GET.get("next") or request.POST.get("next", "")
    context["facts"] = _facts(obj, declared) if view.possible and open_now else []
    return render(request, "workflow/step.html", context, status=status)


def _facts(obj: Any, declared: Step) -> list[str]:
    """What will be different afterwards."""
    if len(declared.targets) != 1 or declared.targets[0] == obj.state:
        return []
    names = dict(obj._meta.get_field("state").flatchoices)
    words = {"now": obj.get_state_display(), "then": names.get(declared.targets[0], declared.targets[0])}
    return [_("办理后，状态由“%(now)s”变为“%(then)s”。") % words]


@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """What this person was told, newest first."""
    rows = Message.objects.filter(recipient_id=str(request.user.pk))
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    unread = outbox.unread(str(request.user.pk))
    return render(request, "workflow/message_list.html", {"page": page, "unread": unread})


@require_POST
def messages_read(request: HttpRequest) -> HttpResponse:
    """Nothing in the list is new any more."""
    outbox.mark_read(str(request.user.pk))
    return redirect("message_list")


@require_POST
def demo_clock(request: HttpRequest) -> HttpResponse:
    """Move the demo's clock; refused wherever DEMO is off."""
    demo.move_clock(request.POST.get("by", ""), by=request.user)  # type: ignore[arg-type]
    back = request.POST.get("next", "/")
    return HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
