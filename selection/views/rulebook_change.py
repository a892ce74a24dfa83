"""Pages of a change of announced rules: the copy to edit, and the proposal with what it would change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from selection import policies
from selection.actions import rulebook_change as actions
from selection.forms.rulebook import sentence_of
from selection.forms.rulebook_change import ChangeForm, of_rules
from selection.models import Round, RulebookChange
from selection.queries import rulebook_change as queries
from selection.queries.round import rounds_overseen_by
from selection.queries.rulebook import LABELS
from selection.queries.steps import has_steps
from selection.rules.rulebook import faults_in
from selection.rules.rulebook_change import GATES
from workflow import calendar
from workflow.errors import NotPermitted, Refused


@require_http_methods(["GET", "HEAD", "POST"])
def rulebook_change_new(request: HttpRequest, code: str) -> HttpResponse:
    """Edit a copy of the rules in force and say why; what stands in the way is said at once."""
    user: Any = request.user
    round_ = get_object_or_404(rounds_overseen_by(user), code=code)
    if not policies.may_manage_round(round_, user):
        raise NotPermitted(_("只有处室负责人可以提出规则修改。"))
    standing = queries.open_change(round_)
    if standing is not None:
        return redirect("rulebook_change_detail", standing.pk)
    if round_.state not in queries.CHANGEABLE:
        return redirect("round_rulebook", code)
    content = round_.rulebook.to_dict()
    form = of_rules(content, request.POST if request.method == "POST" else None)
    change = _proposed(request, round_, form) if form.is_bound and form.is_valid() else None
    if change is not None:
        messages.success(request, _("已提出规则修改，请另一名处室负责人复核。"))
        return redirect("rulebook_change_detail", change.pk)
    context = {
        "round": round_,
        "version": round_.rulebook_version,
        "form": form,
        "fixed": _fixed(round_),
    }
    status = 422 if form.is_bound else 200
    return render(request, "selection/rulebook_change_new.html", context, status=status)


def _proposed(request: HttpRequest, round_: Round, form: ChangeForm) -> RulebookChange | None:
    user: Any = request.user
    faults = faults_in(form.content, calendar_years=calendar.loaded_years())
    if faults:
        form.show(faults)
        for fault in faults:  # what the form has no field for
            if not form.errors:
                form.add_error(None, sentence_of(fault))
        return None
    try:
        return actions.propose(round_, by=user, reason=form.cleaned_data["reason"], content=form.content)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _fixed(round_: Round) -> list[str]:
    """The names of what can no longer be changed."""
    passed = queries.relied_on(round_).passed
    return [str(LABELS.get(name, name)) for name, gate in GATES.items() if gate in passed]


@require_safe
def rulebook_change_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: every parameter before and after, the reason, who has agreed."""
    user: Any = request.user
    change = get_object_or_404(queries.changes_visible_to(user), pk=pk)
    old, new = change.before, change.after
    waits = change.state in RulebookChange.OPEN
    context = {
        "change": change,
        "round": change.round,
        "differences": queries.differences(old, new),
        "obstacles": queries.why_not(change.round, old, new) if waits else [],
        "has_steps": has_steps(change, user),
    }
    return render(request, "selection/rulebook_change_detail.html", context)
