"""The pages of a studio's plan: its versions, one version, the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from studios import policies
from studios.actions import plan as actions
from studios.forms.plan import AmendForm, PlanForm
from studios.models import Studio, StudioPlan
from studios.models.plan import faults_of
from studios.models.plan_words import sentence_of
from studios.queries import plan as queries
from studios.queries.studio import studios_visible_to
from studios.rules import plan as rules
from studios.views.studio import acts
from workflow.errors import NotPermitted, Refused


def _plan(request: HttpRequest, pk: int, version: int) -> StudioPlan:
    return get_object_or_404(queries.plans_visible_to(request.user), studio=pk, version=version)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def studio_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version of a studio's plan; the lead begins the next one here."""
    studio = get_object_or_404(studios_visible_to(request.user), pk=pk)
    user: Any = request.user
    form = AmendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        plan = actions.amend(studio, by=user, reason=form.cleaned_data["reason"])
        return redirect("plan_edit", pk, plan.version)
    rows = list(queries.plans_of(studio))
    free = not any(plan.state in StudioPlan.OPEN for plan in rows)
    context = {
        "studio": studio,
        "plans": rows,
        "form": form,
        "amends": free and studio.state in Studio.LIVING and policies.may_write_plan(studio, user),
    }
    return render(request, "studios/plan_list.html", context, status=422 if form.errors else 200)


@require_safe
def plan_detail(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """One version: what it says, what it lacks, how it came to be."""
    plan = _plan(request, pk, version)
    user: Any = request.user
    open_now = plan.state in StudioPlan.OPEN
    context = {
        "studio": plan.studio,
        "plan": plan,
        **shown(plan.content),
        "faults": [sentence_of(fault) for fault in faults_of(plan)] if open_now else [],
        "writes": plan.state in StudioPlan.WRITABLE and policies.may_write_plan(plan, user),
        "acts": acts(plan, user),
        "mentees": plan.studio.mentorships.filter(until=None).order_by("pk"),
    }
    return render(request, "studios/plan_detail.html", context)


def shown(content: dict[str, Any]) -> dict[str, Any]:
    """A plan's content as its page shows it: tasks down, years across."""
    years = sorted({row["year"] for row in content.get("tasks") or ()})
    table: dict[str, list[Any]] = {}
    for row in content.get("tasks") or ():
        cells = table.setdefault(row["code"], [row["name"], row["unit"], dict.fromkeys(years)])[2]
        target = rules.number(row["target"])
        cells[row["year"]] = f"{target.normalize():f}" if target is not None else "—"
    return {
        "years": years,
        "tasks": [(name, unit, list(cells.values())) for name, unit, cells in table.values()],
        "goals": content.get("goals") or [],
        "team": content.get("team") or [],
        "stations": content.get("stations") or [],
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Write the plan; what it still lacks stands on top."""
    plan, user = _plan(request, pk, version), request.user
    if not policies.may_write_plan(plan, user):  # type: ignore[arg-type]
        raise NotPermitted(_("只有领军人才可以起草计划。"))
    if plan.state not in StudioPlan.WRITABLE:
        messages.error(request, _("计划已提交，退回后方可修改。"))
        return redirect("plan_detail", pk, version)
    form = PlanForm(request.POST if request.method == "POST" else None, plan=plan)
    if form.is_bound and form.is_valid() and _kept(request, plan, form):
        return redirect("plan_edit" if "more" in request.POST else "plan_detail", pk, version)
    context = {
        "studio": plan.studio,
        "plan": plan,
        "form": form,
        "faults": [sentence_of(fault) for fault in faults_of(plan)],
        "programme": plan.studio.programme,
    }
    return render(request, "studios/plan_form.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, plan: StudioPlan, form: PlanForm) -> bool:
    try:
        actions.write(plan, by=request.user, content=form.content)  # type: ignore[arg-type]
    except NotPermitted:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("计划已保存。"))
    return True
