"""Pages of the rounds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import PROVINCIAL
from selection import policies
from selection.actions import round as actions
from selection.forms import rulebook as rulebook_forms
from selection.forms.round import NewRoundForm, of_round
from selection.models import Round
from selection.queries import eligibility
from selection.queries import round as queries
from selection.queries import rulebook as rulebook_queries
from selection.queries import rulebook_change as changes
from selection.queries.record import rounds_with_record
from selection.queries.steps import has_steps
from workflow.errors import NotPermitted, Refused

PER_PAGE = 25


@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    """All rounds, the newest first."""
    page = Paginator(queries.rounds_with_counts(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "selection/round_list.html", {"page": page, "may_create": _manages(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def round_create(request: HttpRequest) -> HttpResponse:
    """Begin a round: its papers first, its rulebook next."""
    if not _manages(request):
        raise NotPermitted(_("只有处室负责人可以建立和修改批次。"))
    form = NewRoundForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            round_ = actions.create(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已建立批次，请填写规则书。"))
            return redirect("round_rulebook", round_.code)
    return _form_page(request, "selection/round_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change the papers of a round in draft."""
    round_ = get_object_or_404(queries.rounds_overseen_by(request.user), code=code)
    if not _manages(request, round_):
        raise NotPermitted(_("只有处室负责人可以建立和修改批次。"))
    form = of_round(round_, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.edit(round_, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已保存。"))
            return redirect("round_detail", code)
    return _form_page(request, "selection/round_form.html", {"form": form, "round": round_})


@require_safe
def round_detail(request: HttpRequest, code: str) -> HttpResponse:
    """How far a round is. Scores are not on it, in no state."""
    round_ = get_object_or_404(queries.rounds_overseen_by(request.user), code=code)
    found = queries.figures(round_)
    quotas = queries.quota_rows(round_)
    rules = None if round_.rulebook_faults else round_.rulebook
    ceiling = rules.ceiling if rules else 0
    context = {
        "round": round_,
        "version": round_.rulebook_version,
        "rules": rules,
        "figures": found,
        "stages": queries.stages(round_, found),
        "quotas": quotas,
        "places": sum(row.places for row in quotas),
        "used": sum(row.used for row in quotas),  # type: ignore[attr-defined]
        "tiles": queries.tiles(quotas),
        "funnel": queries.funnel(found, ceiling),
        "days_left": queries.working_days_left(round_.closes_at)
        if round_.state == Round.State.OPEN
        else None,
        "has_steps": has_steps(round_, request.user),  # type: ignore[arg-type]
        "may_edit": _manages(request, round_) and round_.state == Round.State.DRAFT,
        "may_export_record": rounds_with_record(request.user).filter(pk=round_.pk).exists(),
    }
    return render(request, "selection/round_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def round_rulebook(request: HttpRequest, code: str) -> HttpResponse:
    """The rules of a round: to read for all who take part, to write for the manager while it is a draft."""
    round_ = get_object_or_404(queries.rounds_visible_to(request.user), code=code)
    if request.method == "POST" and not _manages(request, round_):
        raise NotPermitted(_("只有处室负责人可以建立和修改批次。"))
    if request.method == "POST" or (_manages(request, round_) and round_.state == Round.State.DRAFT):
        return _write_rulebook(request, round_)
    return _read_rulebook(request, round_)


def _read_rulebook(request: HttpRequest, round_: Round) -> HttpResponse:
    """The version in force, or an earlier one that the address names."""
    versions = sorted(round_.rulebook_versions.all(), key=lambda row: -row.version)
    asked = request.GET.get("version", "")
    version = next((row for row in versions if str(row.version) == asked), round_.rulebook_version)
    in_force = version is None or version == round_.rulebook_version
    faults = round_.rulebook_faults if in_force else []
    context: dict[str, Any] = {"round": round_, "version": version, "faults": faults, "in_force": in_force}
    context |= _changes(request, round_, versions)
    if not faults and version is not None:
        context["rules"] = rules = version.rules
        context["groups"] = rulebook_queries.groups(rules)
        context["criteria"] = rulebook_queries.criteria(rules)
        context["eligibility"] = eligibility.rule_rows(rules)
        context["quotas"] = rulebook_queries.quota_names(rules)
        context["kinds"] = rulebook_queries.category_names(rules)
        context["places"] = sum(n for row in rules.grants.values() for n in row.values())
    return render(request, "selection/round_rulebook.html", context)


def _changes(request: HttpRequest, round_: Round, versions: list[Any]) -> dict[str, Any]:
    """The versions there are, what has been changed from one to the next, and whether a change may be proposed."""
    open_change = changes.open_change(round_) if _oversees(request) else None
    return {
        "versions": versions,
        "corrections": changes.corrections(round_) if len(versions) > 1 else [],
        "change": open_change,
        "may_change": _manages(request, round_) and round_.state in changes.CHANGEABLE and not open_change,
    }


def _oversees(request: HttpRequest) -> bool:
    return bool(request.user.roles & PROVINCIAL)  # type: ignore[union-attr]


def _write_rulebook(request: HttpRequest, round_: Round) -> HttpResponse:
    content = round_.rulebook_version.content if round_.rulebook_version else {}
    if request.method != "POST":
        return _rulebook_form(request, round_, rulebook_forms.of_stored(content, round_.rulebook_faults))
    form = rulebook_forms.RulebookForm(request.POST, content=content)
    if not form.is_valid():
        return _rulebook_form(request, round_, form, status=422)
    try:
        version = actions.save_rulebook(round_, by=request.user, content=form.content)  # type: ignore[arg-type]
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _rulebook_form(request, round_, form, status=409)
    if lacking := len(version.round.rulebook_faults):
        words = ngettext(
            "已保存。还有%(n)s处须改好才能启动申报。", "已保存。还有%(n)s处须改好才能启动申报。", lacking
        )
        messages.warning(request, words % {"n": lacking})
        return redirect("round_rulebook", round_.code)
    messages.success(request, _("规则书已保存，可以启动申报。"))
    return redirect("round_detail", round_.code)


def _rulebook_form(request: HttpRequest, round_: Round, form: Any, *, status: int = 200) -> HttpResponse:
    context = {"round": round_, "version": round_.rulebook_version, "form": form}
    return render(request, "selection/round_rulebook_form.html", context, status=status)


def _manages(request: HttpRequest, round_: Round | None = None) -> bool:
    return policies.may_manage_round(round_, request.user)  # type: ignore[arg-type]


def _form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form = context["form"]
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)
