"""Pages of the screening."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from selection.actions import qualification as actions
from selection.forms.qualification import ConclusionForm, RulingForm
from selection.models import Nomination, QualificationReview
from selection.models.eligibility import names_of
from selection.queries import dossier as dossiers
from selection.queries import qualification as queries
from selection.queries import reasons
from selection.queries.deadlines import screening_due_of
from selection.queries.recheck import recheck_of
from workflow import clock
from workflow.errors import NotPermitted, Refused

PER_PAGE = 25


@require_safe
def qualification_queue(request: HttpRequest) -> HttpResponse:
    """Dossiers under screening, by what is to be done with them, the most urgent first."""
    _require_reader(request)
    counts = queries.tab_counts(request.user)
    tabs = queries.tabs_for(request.user)
    asked = request.GET.get("tab", "")
    tab = asked if asked in tabs else next((t for t in tabs if counts.get(t)), tabs[0])
    page = Paginator(queries.queue(request.user, tab), PER_PAGE).get_page(request.GET.get("page"))
    listed = [(name, queries.TABS[name][0], counts.get(name) or 0) for name in tabs]
    context = {
        "tab": tab,
        "tabs": listed,
        "page": page,
        "progress": queries.progress(),
        "today": clock.today(),
    }
    return render(request, "selection/qualification_queue.html", context)


def _require_reader(request: HttpRequest) -> None:
    if not request.user.roles & queries.READERS:  # type: ignore[union-attr]
        raise Http404


@require_safe
def qualification_reasons(request: HttpRequest) -> HttpResponse:
    """Why dossiers were found disqualified, by rule and by nominator."""
    _require_reader(request)
    rounds = reasons.screened_rounds(request.user)
    asked = request.GET.get("round", "")
    chosen = next((row for row in rounds if row.code == asked), rounds[0] if rounds else None)
    context = {"rounds": rounds, "round": chosen, "found": reasons.statistics(chosen) if chosen else None}
    return render(request, "selection/qualification_reasons.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def qualification_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A dossier beside its rules; the own conclusion is made here. Whoever concludes has taken it up."""
    nomination = get_object_or_404(queries.dossiers_screened_for(request.user), pk=pk)
    own = queries.standing_reviews(nomination).filter(reviewer=request.user.pk).first()
    if request.method == "POST":
        return _conclude(request, nomination, own or actions.start(nomination, by=request.user))  # type: ignore[arg-type]
    offered = own or _unsaved(request, nomination)
    form = _conclusion_form(request, offered) if offered and _may_conclude(nomination, offered) else None
    return render(request, "selection/qualification_detail.html", _context(request, nomination, own, form))


def _unsaved(request: HttpRequest, nomination: Nomination) -> QualificationReview | None:
    """The review that this person would begin by concluding."""
    user: Any = request.user
    free = nomination.taken < queries.REVIEWERS_NEEDED  # type: ignore[attr-defined]
    return (
        QualificationReview(nomination=nomination, reviewer=user)
        if free and user.holds(Role.REVIEWER)
        else None
    )


def _may_conclude(nomination: Nomination, own: QualificationReview | None) -> bool:
    screened = nomination.state == "nominated" and nomination.round.state == "screening"
    return screened and own is not None and own.state == QualificationReview.State.OPEN


def _conclusion_form(request: HttpRequest, own: QualificationReview) -> ConclusionForm:
    """With what the system found. What a person must judge is left to that person, one rule after another."""
    return ConclusionForm(obj=own, actor=request.user)


def _conclude(request: HttpRequest, nomination: Nomination, own: QualificationReview) -> HttpResponse:
    form = ConclusionForm(request.POST, obj=own, actor=request.user)
    status = 422
    if form.is_valid():
        try:
            form.take()
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("已提交初审结论。"))
            return redirect(_after(request, nomination))
    return render(
        request,
        "selection/qualification_detail.html",
        _context(request, nomination, own, form),
        status=status,
    )


def _after(request: HttpRequest, nomination: Nomination) -> str:
    """Where the reviewer goes on: the next dossier if that was asked for, and there is one."""
    tab = request.GET.get("tab", "")
    if "next" in request.POST:
        _before, after = queries.neighbours(queries.worklist(request.user, tab), nomination.pk)
        if after is None:
            return reverse("qualification_queue")
        return _page(after, tab)
    return reverse("qualification_detail", args=[nomination.pk])


def _page(pk: int | None, tab: str) -> str:
    query = f"?tab={tab}" if tab in queries.TABS else ""
    return reverse("qualification_detail", args=[pk]) + query if pk is not None else ""


def _context(request: HttpRequest, nomination: Nomination, own: Any, form: Any) -> dict[str, Any]:
    both = queries.conclusions_of(nomination)
    found = nomination.findings
    rules = dossiers.rules(nomination)
    differ = len({review.verdict for review in both}) > 1 and nomination.state == "nominated"
    screened = nomination.state == "nominated" and nomination.round.state == "screening"
    reviewer = request.user.holds(Role.REVIEWER)  # type: ignore[union-attr]
    tab = request.GET.get("tab", "")
    before, after = queries.neighbours(queries.worklist(request.user, tab), nomination.pk)
    names = names_of(nomination.round.rulebook)
    return {
        "before": _page(before, tab),
        "after": _page(after, tab),
        "tab": tab if tab in queries.TABS else "",
        "due": nomination.correction_due
        if nomination.state == "correction"
        else screening_due_of(nomination),
        "recheck": recheck_of(nomination),
        "nomination": nomination,
        "own": own,
        "form": form,
        "rules": rules,
        "rows": list(zip(rules, form.rules, strict=False)) if form else [],
        "all": _all_in_order(nomination) if form and "all" in request.GET else None,
        "notes": queries.notes_of(both),
        "others": rules[len(found) :],
        "sections": dossiers.answers(nomination),
        "both": both,
        "differ": differ,
        "may_start": screened and reviewer and own is None and nomination.taken < queries.REVIEWERS_NEEDED,  # type: ignore[attr-defined]
        "may_correct": screened and reviewer and nomination.correction_due is None,
        "may_rule": differ and request.user.holds(Role.MANAGER),  # type: ignore[union-attr]
        "none_fails": all(one.outcome != "fail" or not one.decides for one in found),
        "grounds": [f"{rule} {names.get(rule, '')}" for rule in nomination.grounds],
    }


def _all_in_order(nomination: Nomination) -> dict[str, Any]:
    """What one press has answered, and what is left to judge: what the system found to be in order, and the rest."""
    found, waived = nomination.findings, nomination.waived
    passing = [one for one in found if one.outcome == "pass" or one.rule in waived]
    left = [one.rule for one in found if one not in passing and one.outcome != "fail" and one.decides]
    return {"passing": len(passing), "left": left, "first": left[0] if left else ""}


@require_POST
def qualification_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a dossier up."""
    nomination = get_object_or_404(queries.dossiers_screened_for(request.user), pk=pk)
    actions.start(nomination, by=request.user)  # type: ignore[arg-type]
    return redirect(_page(pk, request.GET.get("tab", "")))


@require_http_methods(["GET", "HEAD", "POST"])
def qualification_ruling(request: HttpRequest, pk: int) -> HttpResponse:
    """The manager rules between two conclusions that differ."""
    nomination = get_object_or_404(queries.dossiers_screened_for(request.user), pk=pk)
    if not request.user.holds(Role.MANAGER):  # type: ignore[union-attr]
        raise NotPermitted(_("初审结论不一致的，由处室负责人裁定。"))
    form = RulingForm(request.POST or None, obj=nomination, actor=request.user)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            form.take()
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("已作出裁定。"))
            return redirect("qualification_detail", pk)
    both = queries.conclusions_of(nomination)
    rows = queries.side_by_side(both, names_of(nomination.round.rulebook))
    context = {"nomination": nomination, "form": form, "both": both, "rows": rows}
    return render(request, "selection/qualification_ruling.html", context, status=status)
