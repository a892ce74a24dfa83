"""Pages of the dossier to write: begin, fill in, check, correct."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from selection import policies
from selection.actions import nomination as actions
from selection.forms.nomination import CorrectionForm, DeclarationForm, NewNominationForm, of_section
from selection.models import Nomination
from selection.queries import dossier as dossiers
from selection.queries.nomination import nominations_visible_to
from selection.queries.round import open_rounds
from workflow.errors import NotPermitted, Refused
from workflow.machine import OpenStep, failing_guard, step_named

WRITES = require_http_methods(["GET", "HEAD", "POST"])


@WRITES
def nomination_new(request: HttpRequest) -> HttpResponse:
    """Begin a dossier: who, in which round, by which route."""
    user: Any = request.user
    if not user.holds(Role.UNIT_CLERK) or user.organisation is None:
        raise NotPermitted(_("只有用人单位经办可以建立申报。"))
    first = open_rounds().first()
    data = request.POST if request.method == "POST" else None
    form = NewNominationForm(data, unit=user.organisation, initial={"round": first})
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            nomination = actions.create(given.pop("round"), by=user, **given)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已建立申报，请逐节填写。"))
            return redirect("nomination_detail", nomination.pk)
    context = {"form": form, "open": first is not None, "ways": form.ways}
    return render(request, "selection/nomination_new.html", context, status=_status(form))


@WRITES
def nomination_edit(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section of a draft; saving returns to the task list."""
    nomination = _own(request, pk)
    found = dossiers.section_named(section)
    if found is None:
        raise Http404
    form = of_section(found, nomination, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _save(found, nomination, form, request)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            nomination = _own(request, pk)
            _show_present(found, nomination, form, refusal)
        else:
            messages.success(request, _("已保存：%(section)s") % {"section": found.title})
            to_check = request.POST.get("back") == "check"
            return redirect("nomination_check" if to_check else "nomination_detail", pk)
    writable = nomination.state in ("draft", "returned")
    context = {"nomination": nomination, "section": found, "form": form, "writable": writable}
    context["seen"] = dossiers.fingerprint(nomination, found)
    context["back"] = request.GET.get("back", "") or request.POST.get("back", "")
    return render(request, "selection/nomination_edit.html", context, status=_status(form))


def _save(section: dossiers.Section, nomination: Nomination, form: Any, request: HttpRequest) -> None:
    user: Any = request.user
    seen = request.POST.get("seen", "")
    if isinstance(form, DeclarationForm):
        actions.sign(nomination, by=user, declared=form.declared, seen=seen)
    else:
        actions.save_section(nomination, section, by=user, values=form.cleaned_data, seen=seen)


def _show_present(section: dossiers.Section, nomination: Nomination, form: Any, refusal: Refused) -> None:
    """Where somebody else has written meanwhile: what stands there now, at each field that differs."""
    if refusal.code != "changed_meanwhile":
        return
    for name in section.fields:
        present = dossiers.shown(nomination, name)
        if present != dossiers.shown_value(name, form.cleaned_data.get(name)):
            form[name].help_text = escape(_("现有内容：%(value)s") % {"value": present})


@require_safe
def nomination_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Every answer before it is sent, and what still stands in the way."""
    nomination = _own(request, pk)
    if nomination.state not in ("draft", "returned"):
        return redirect("nomination_detail", pk)
    declared = step_named(Nomination, "submit")
    assert declared is not None
    guard = failing_guard(nomination, declared)
    context = {
        "nomination": nomination,
        "answers": dossiers.answers(nomination),
        "rules": dossiers.rules(nomination),
        "outstanding": dossiers.outstanding(dossiers.tasks(nomination)),
        "step": OpenStep(declared, guard.why_not(nomination) if guard else "", guard.code if guard else ""),
        "submit_url": reverse("step", args=["nominations", pk, "submit"]),
        "id_number": dossiers.masked_id(nomination.nominee.id_number),
    }
    return render(request, "selection/nomination_check.html", context)


@WRITES
def nomination_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """The fields asked for, old beside new; sent once."""
    nomination = _own(request, pk)
    if nomination.state != Nomination.State.CORRECTION:
        return redirect("nomination_detail", pk)
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, obj=nomination, actor=request.user
    )
    if form.is_bound and form.is_valid():
        try:
            form.take()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("补正已提交。"))
            return redirect("nomination_detail", pk)
    reasons = {row["field"]: row["reason"] for row in nomination.requests}
    rows = [
        {"field": form[name], "old": dossiers.shown(nomination, name), "reason": reasons.get(name, "")}
        for name in form.fields
    ]
    context = {"nomination": nomination, "form": form, "rows": rows}
    return render(request, "selection/nomination_correction.html", context, status=_status(form))


def _own(request: HttpRequest, pk: int) -> Nomination:
    """A dossier of the clerk's own unit; to everybody else there is no such page."""
    nomination: Nomination = get_object_or_404(nominations_visible_to(request.user), pk=pk)
    if not policies.may_submit(nomination, request.user):  # type: ignore[arg-type]
        raise Http404
    return nomination


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200
