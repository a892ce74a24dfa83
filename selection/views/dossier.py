"""Pages of the dossier to write: begin, fill in, save on the way, check, correct; and what two versions differ in."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from selection import policies
from selection.actions import nomination as actions
from selection.forms.attachment import ACCEPT
from selection.forms.dossier import CorrectionForm, DeclarationForm, DossierForm, of_section
from selection.forms.dossier_rows import rearranged
from selection.forms.nomination_new import ASKED, NewNominationForm
from selection.models import Nomination
from selection.models.nomination import ROW_PARTS
from selection.queries import dossier as dossiers
from selection.queries import dossier_versions as versions
from selection.queries.attachment import replacements
from selection.queries.nomination import dossiers_visible_to
from selection.queries.round import open_rounds
from workflow.errors import NotPermitted, Refused
from workflow.machine import OpenStep, failing_guard, step_named

WRITES = require_http_methods(["GET", "HEAD", "POST"])


@WRITES
def nomination_new(request: HttpRequest) -> HttpResponse:
    """Begin a dossier. What the few deciding answers fail is said first; who begins all the same presses again."""
    user: Any = request.user
    if not user.holds(Role.UNIT_CLERK) or user.organisation is None:
        raise NotPermitted(_("只有用人单位经办可以建立申报。"))
    first = open_rounds().first()
    data = request.POST if request.method == "POST" else None
    form = NewNominationForm(data, unit=user.organisation, initial={"round": first})
    fails: list[dict[str, str]] = []
    if form.is_bound and form.is_valid():
        fails = form.fails
        if not fails or request.POST.get("told"):
            nomination = _begun(request, form)
            if nomination is not None:
                return redirect("nomination_detail", nomination.pk)
    context = {"form": form, "open": first is not None, "ways": form.ways, "fails": fails, "asked": ASKED}
    context["impossible"] = any(found["state"] == "fail" for found in fails)
    return render(request, "selection/nomination_new.html", context, status=_status(form))


def _begun(request: HttpRequest, form: NewNominationForm) -> Nomination | None:
    given = {name: form.cleaned_data[name] for name in ("name", "id_number", "route", "category")}
    user: Any = request.user
    try:
        made = actions.create(form.cleaned_data["round"], by=user, **given, answers=form.answers)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("已建立申报，请逐节填写。"))
    return made


@never_cache
@WRITES
def nomination_edit(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section of a draft; saving returns to the task list."""
    nomination = own_dossier(request, pk)
    found = dossiers.section_named(section)
    if found is None:
        raise Http404
    form, moved = _form_of(request, found, nomination)
    if form.is_bound and not moved and form.is_valid():
        try:
            _save(found, nomination, form, request)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            nomination = own_dossier(request, pk)
            _show_present(found, nomination, form, refusal)
        else:
            messages.success(request, _("已保存：%(section)s") % {"section": found.title})
            to_check = request.POST.get("back") == "check"
            return redirect("nomination_check" if to_check else "nomination_detail", pk)
    context = {"nomination": nomination, "section": found, "form": form, "moved": moved}
    context |= {
        "writable": nomination.state in ("draft", "returned"),
        "seen": request.POST.get("seen", "") if moved else dossiers.fingerprint(nomination, found),
        "writer": request.POST.get("writer", "")[:32] or secrets.token_hex(8),
        "seq": _number(request.POST.get("seq", "")),
        "back": request.GET.get("back", "") or request.POST.get("back", ""),
        "autosaved": isinstance(form, DossierForm),
    }
    return render(request, "selection/nomination_edit.html", context, status=_status(form))


def _form_of(request: HttpRequest, section: dossiers.Section, nomination: Nomination) -> tuple[Any, bool]:
    """The section's form; and whether only a line was added, removed or moved."""
    if request.method != "POST":
        return of_section(section, nomination), False
    changed = rearranged(request.POST)
    form = of_section(section, nomination, request.POST if changed is None else changed)
    if changed is not None and isinstance(form, DossierForm):
        form.hush()
    return form, changed is not None


def _save(section: dossiers.Section, nomination: Nomination, form: Any, request: HttpRequest) -> None:
    user: Any = request.user
    seen = request.POST.get("seen", "")
    if isinstance(form, DeclarationForm):
        actions.sign(nomination, by=user, declared=form.declared, seen=seen)
        return
    writer, seq = request.POST.get("writer", "")[:32], _number(request.POST.get("seq", "")) + 1
    actions.save_section(nomination, section, by=user, values=form.values, seen=seen, writer=writer, seq=seq)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _show_present(section: dossiers.Section, nomination: Nomination, form: Any, refusal: Refused) -> None:
    """Where somebody else has written meanwhile: what stands there now, at each field that differs."""
    if refusal.code != "changed_meanwhile":
        return
    typed = form.cleaned_data if isinstance(form, DeclarationForm) else form.values
    for name in section.fields:
        present = dossiers.shown(nomination, name)
        if present == dossiers.shown_value(name, typed.get(name)):
            continue
        sentence = _("现有内容：%(value)s") % {"value": present}
        if name in ROW_PARTS:
            form.reasons[name] = sentence
        else:
            form[name].help_text = escape(sentence)


@require_safe
def nomination_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Every answer before it is sent, and what still stands in the way."""
    nomination = own_dossier(request, pk)
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
    nomination = own_dossier(request, pk)
    if nomination.state != Nomination.State.CORRECTION:
        return redirect("nomination_detail", pk)
    changed = rearranged(request.POST) if request.method == "POST" else None
    data = (changed or request.POST) if request.method == "POST" else None
    form = CorrectionForm(data, obj=nomination, actor=request.user)
    if changed is not None:
        form.hush()
    elif form.is_bound and form.is_valid():
        try:
            form.take()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("补正已提交。"))
            return redirect("nomination_detail", pk)
    context = {"nomination": nomination, "form": form, "rows": _asked(nomination, form)}
    context |= {"files": replacements(nomination, request.user), "accept": ACCEPT}
    return render(request, "selection/nomination_correction.html", context, status=_status(form))


def _asked(nomination: Nomination, form: CorrectionForm) -> list[dict[str, Any]]:
    reasons = {row["field"]: row["reason"] for row in nomination.requests}
    parts = {part["name"]: part for part in form.parts}
    return [
        {
            "label": dossiers.label_of(name),
            "field": form[name] if name in form.fields else None,
            "part": parts.get(name),
            "old": dossiers.shown(nomination, name),
            "reason": reasons.get(name, ""),
        }
        for name in form.names
    ]


@require_safe
def nomination_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions of a dossier side by side, for the offices that check it."""
    nomination = get_object_or_404(dossiers_visible_to(request.user), pk=pk)
    if not versions.may_compare(request.user):
        raise Http404
    kept = list(nomination.versions.all())
    context: dict[str, Any] = {"nomination": nomination, "versions": kept}
    if kept:
        older, newer = versions.chosen(kept, request.GET.get("from", ""), request.GET.get("to", ""))
        parts = versions.differences(older, newer)
        context |= {"older": older, "newer": newer, "parts": parts, "only": request.GET.get("all") != "1"}
        context["changed"] = sum(part["changed"] for part in parts)
    return render(request, "selection/nomination_versions.html", context)


def own_dossier(request: HttpRequest, pk: int) -> Nomination:
    """A dossier of the clerk's own unit; to everybody else there is no such page."""
    nomination: Nomination = get_object_or_404(dossiers_visible_to(request.user), pk=pk)
    if not policies.may_submit(nomination, request.user):  # type: ignore[arg-type]
        raise Http404
    return nomination


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200
