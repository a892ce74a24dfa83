"""The office's side of notices: writing, checking, posting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from selection.actions.notice import WAITING
from selection.documents.notice import undrawn
from selection.forms.notice import ComposeForm, LineForm, TextForm
from selection.models import PublicNotice, Round
from selection.models.notice import missing_words
from selection.policies import may_record_outage
from selection.queries import notice as queries
from selection.queries.notice_scan import findings_of
from selection.queries.objection import objections_visible_to
from selection.views.public import PAGE, notice_context
from workflow.actor import Actor
from workflow.errors import Refused


def _office(request: HttpRequest) -> Actor:
    actor: Any = request.user
    if not any(actor.holds(role) for role in queries.OFFICE):
        raise Http404
    return actor  # type: ignore[no-any-return]


def manager(request: HttpRequest) -> Actor:
    """The manager who writes notices; nobody else finds the page."""
    actor = _office(request)
    if not actor.holds(Role.MANAGER):
        raise Http404
    return actor


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """Every notice, drafts among them, and the rounds that wait for one."""
    actor = _office(request)
    notices = queries.notices_visible_to(actor)
    state = request.GET.get("state", "")
    if state in PublicNotice.State.values:
        notices = notices.filter(state=state)
    page = Paginator(notices.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    ready = Round.objects.filter(state="deliberation", proposals__isnull=False)
    context = {
        "page": page,
        "states": PublicNotice.State.choices,
        "state": state,
        "ready": ready.exclude(notices__state__in=("drafted", "scanned", "approved")).distinct()
        if actor.holds(Role.MANAGER)
        else (),
        "objections": objections_visible_to(actor).filter(state__in=("lodged", "admitted")).count(),
        "handles": actor.holds(Role.MANAGER),
        "outages": may_record_outage.acting_role(None, actor) is not None,
    }
    return render(request, "selection/notice_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def compose(request: HttpRequest, code: str) -> HttpResponse:
    """A new notice, prefilled from the round."""
    actor = manager(request)
    round_ = get_object_or_404(Round, code=code, historical=False, announced_at__isnull=False)
    nominations = queries.in_order(queries.proposed(round_), "strokes")
    form = ComposeForm(
        request.POST or None, initial=_prefilled(round_, [n.nominee.name for n in nominations])
    )
    if request.method == "POST" and form.is_valid():
        try:
            notice = form.compose(round_, by=actor)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("公示已拟好，待隐私检查和发布"))
            return redirect("office_notice", pk=notice.pk)
    context = {"round": round_, "form": form, "rules": round_.rulebook, "nominations": nominations}
    return render(request, "selection/notice_compose.html", context, status=422 if form.is_bound else 200)


def _prefilled(round_: Round, names: list[str]) -> dict[str, str]:
    proposal = round_.proposals.first()
    last = PublicNotice.objects.filter(round__organiser=round_.organiser).order_by("-pk").first()
    words = {
        "round": round_.title,
        "first": names[0] if names else "",
        "n": len(names),
        "minutes": proposal.minute_number if proposal else "",
    }
    body = "经各地推荐、资格初审、专家评审，并经会议研究（%(minutes)s），拟认定%(first)s等%(n)s人入选%(round)s，现予公示。"
    return {
        "title": f"{round_.title}拟认定名单公示",
        "body": body % words,
        "contact": last.contact if last else f"{round_.organiser}",
        "order": last.order if last else PublicNotice.Order.STROKES,
        **{name: getattr(last, name) for name in ("basis", "discipline", "address", "email") if last},
    }


def notice_or_404(request: HttpRequest, pk: int) -> PublicNotice:
    """A notice that this office reader may see."""
    return get_object_or_404(queries.notices_visible_to(_office(request)), pk=pk)


@require_safe
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice with its lines, its check and its steps."""
    notice = notice_or_404(request, pk)
    entries = notice.entries.select_related("nomination__nominee").order_by("ordinal")
    context = {
        "notice": notice,
        "entries": entries,
        "findings": findings_of(notice),
        "undrawn": "" if notice.posted_at else undrawn(notice),
        "missing": missing_words(notice) if notice.state in WAITING else (),
        "noting": notice.state in ("posted", "ended") and request.user.holds(Role.PUBLISHER),  # type: ignore[union-attr]
        "checked": notice.state != "drafted" and notice.scanned_digest == notice.text_digest,
        "period": queries.period_of(notice),
        "editable": notice.state in ("drafted", "scanned") and request.user.holds(Role.MANAGER),  # type: ignore[union-attr]
    }
    return render(request, "selection/notice_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Change title, body or contact."""
    actor, notice = manager(request), notice_or_404(request, pk)
    initial = {name: getattr(notice, name) for name in TextForm.base_fields}
    form = TextForm(request.POST or None, initial=initial)
    return _edit(request, notice, form, lambda: form.take(notice, by=actor))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_line(request: HttpRequest, pk: int, ordinal: int) -> HttpResponse:
    """Change one line of the list."""
    actor, notice = manager(request), notice_or_404(request, pk)
    entry = get_object_or_404(notice.entries.all(), ordinal=ordinal)
    form = LineForm(
        request.POST or None, initial={"affiliation": entry.affiliation, "summary": entry.summary}
    )
    return _edit(request, notice, form, lambda: form.take(entry, by=actor), entry=entry)


def _edit(request: HttpRequest, notice: PublicNotice, form: Any, save: Any, **more: Any) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已保存，发布前须重新作隐私检查"))
            return redirect("office_notice", pk=notice.pk)
    context = {"notice": notice, "form": form, **more}
    return render(request, "selection/notice_edit.html", context, status=422 if form.is_bound else 200)


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as the public will see it."""
    context = {**notice_context(notice_or_404(request, pk)), "preview": True}
    return render(request, "selection/notice_public.html", context)
