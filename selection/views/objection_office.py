"""The handlers' side of objections, where every look is recorded; and the page on which the nominee's unit answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from selection.actions import evidence
from selection.actions import objection as actions
from selection.actions import objection_case as case
from selection.forms.objection import NoteForm, PaperForm, StatementForm
from selection.forms.objection_steps import AsideForm, IdentityForm
from selection.models import Objection
from selection.queries import notice as notices
from selection.queries import objection as queries
from selection.rules.attachment import EXTENSIONS
from selection.views.attachment import CLOSED, file_names
from selection.views.public import PAGE
from workflow.errors import Refused

SEES_ALL = (Role.MANAGER, Role.SUPERVISOR)


def _sees_all(actor: Any) -> bool:
    return any(actor.holds(role) for role in SEES_ALL)


@never_cache
@require_safe
def objection_list(request: HttpRequest) -> HttpResponse:
    """The manager's and the supervisor's cases; an investigator's own."""
    actor: Any = request.user
    objections = queries.objections_visible_to(actor)
    if not _sees_all(actor) and not objections.exists():
        raise Http404
    chosen = {name: request.GET.get(name, "") for name in ("state", "kind")}
    if chosen["state"] in Objection.State.values:
        objections = objections.filter(state=chosen["state"])
    if chosen["kind"] in Objection.Kind.values:
        objections = objections.filter(kind=chosen["kind"])
    rows = objections.prefetch_related("investigators").order_by("-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "states": Objection.State.choices, "kinds": Objection.Kind.choices, **chosen,
        "filtered": any(chosen.values()), "may_enter": actor.holds(Role.MANAGER),
    }  # fmt: skip
    return render(request, "selection/objection_list.html", context)


@require_safe
@never_cache
def objection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One case. Who objects stays covered until somebody says why they look."""
    actor: Any = request.user
    objection = get_object_or_404(queries.objections_visible_to(actor), pk=pk)
    actions.view(objection, by=actor)
    return _show_case(request, objection, IdentityForm(obj=objection, actor=actor))


@require_POST
@never_cache
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Uncover who objects, once, on the record."""
    actor: Any = request.user
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
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    actor: Any = request.user
    context = {
        "objection": objection,
        "form": form,
        "evidence": queries.evidence_of(objection),
        "notes": objection.notes.select_related("by"),
        "people": objection.investigators.all(),
        "may_note": queries.may_note(objection, actor),
        "appeal": getattr(objection, "appeal", None),
        "aside": AsideForm(obj=objection, actor=actor, auto_id="aside-%s"),
        **more,
    }
    return render(request, "selection/objection_detail.html", context, status=status)


@require_POST
@never_cache
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """A handler steps aside, and has the case no more."""
    actor: Any = request.user
    objection = get_object_or_404(queries.objections_visible_to(actor), pk=pk)
    form = AsideForm(request.POST, obj=objection, actor=actor, auto_id="aside-%s")
    if not form.is_valid():
        return _show_case(
            request, objection, IdentityForm(obj=objection, actor=actor), aside=form, status=422
        )
    form.take()
    messages.success(request, _("已登记回避，本件由其他人办理。"))
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """A line of the log, with what was found."""
    actor: Any = request.user
    objection = get_object_or_404(queries.objections_visible_to(actor), pk=pk)
    if not queries.may_note(objection, actor):
        raise Http404
    form = NoteForm(request.POST, request.FILES) if request.method == "POST" else NoteForm()
    form.uploader = actor
    if form.is_bound:
        form.keep_files()
        if form.is_valid() and _noted(objection, form, actor):
            return redirect("objection_detail", pk)
    context = {"objection": objection, "form": form}
    return render(request, "selection/objection_note.html", context, status=422 if form.is_bound else 200)


def _noted(objection: Objection, form: NoteForm, actor: Any) -> bool:
    given = form.cleaned_data
    try:
        case.note(objection, by=actor, kind=given["kind"], text=given["text"], form_key=form.key())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """Write down what came by letter or by hand."""
    actor: Any = request.user
    if not actor.holds(Role.MANAGER):
        raise Http404
    number = request.POST.get("notice") or request.GET.get("notice", "")
    posted = notices.with_lines(notices.public_notices())
    if not number:
        return render(request, "selection/objection_enter.html", {"notices": notices.public_notices()[:PAGE]})
    found = get_object_or_404(posted, number=number)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PaperForm(*sent, notice=found, actor=actor)
    context = {"notice": found, "form": form}
    if form.is_bound:
        form.keep_files()
        if form.is_valid() and (made := _entered(form)):
            return render(request, "selection/objection_entered.html", {"objection": made, "notice": found})
    status = 422 if form.is_bound else 200
    return render(request, "selection/objection_enter.html", context, status=status)


def _entered(form: PaperForm) -> Objection | None:
    try:
        return form.take()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


@require_safe
@never_cache
def evidence_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """One file, to keep: always a download, under a name of ours, each time on the record."""
    actor: Any = request.user
    row = get_object_or_404(queries.evidence_visible_to(actor), key=key)
    content = evidence.read(row, by=actor)
    extension = EXTENSIONS[row.mime]
    response = HttpResponse(content, content_type=row.mime)
    plain, full = f"evidence-{row.pk}.{extension}", _("异议材料%(n)s") % {"n": row.pk} + f".{extension}"
    response.headers["Content-Disposition"] = f"attachment; {file_names(plain, full)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = CLOSED
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """What the nominee's unit is told, and where it answers."""
    actor: Any = request.user
    found = get_object_or_404(queries.issues_for(actor), pk=pk)
    form = StatementForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            case.give_statement(found, by=actor, text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("陈述已提交。"))
            return redirect("objection_issue", pk)
    context = {
        "issue": found,
        "form": form if found.state == "admitted" and found.statement_at is None else None,
    }
    return render(
        request, "selection/objection_statement.html", context, status=422 if form.is_bound else 200
    )
