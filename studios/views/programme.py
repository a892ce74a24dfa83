"""The pages of the rules for studios: the version in force, earlier ones, a proposal, the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from studios import policies
from studios.actions import programme as actions
from studios.forms.programme import ProgrammeForm
from studios.forms.programme_words import GRADES, GROUPS, LABELS, ROWS, TABLES, UNITS
from studios.models import ProgrammeVersion
from studios.models.programme import in_force, rules_of
from studios.queries import programme as queries
from studios.rules.programme import Programme
from studios.views.studio import acts
from workflow.errors import NotPermitted, Refused


@require_safe
def programme(request: HttpRequest) -> HttpResponse:
    """The rules in force with every version, and what is proposed."""
    return _shown(request, in_force())


@require_safe
def programme_version(request: HttpRequest, version: int) -> HttpResponse:
    """One version, in force or not: an agreement keeps the one that it was signed under."""
    return _shown(request, get_object_or_404(queries.versions_visible_to(request.user), version=version))


def _shown(request: HttpRequest, version: ProgrammeVersion | None) -> HttpResponse:
    user: Any = request.user
    present = in_force()
    context = {
        "version": version,
        "present": present,
        "versions": queries.versions_visible_to(user),
        "proposals": queries.proposals_visible_to(user)[:10],
        "may_propose": policies.may_propose_programme(None, user),
        **content_of(rules_of(version)),
    }
    return render(request, "studios/programme.html", context)


def content_of(rules: Programme) -> dict[str, Any]:
    """Rules as a page shows them: plain parameters in groups, tables with heads and rows."""
    stored = rules.to_dict()
    groups = [
        (title, [(LABELS[name], _worded(stored[name]), UNITS.get(name, "")) for name in names])
        for title, names in GROUPS
    ]
    tables = [
        (title, [LABELS[part] for part in _parts(name)], [[_cell(row[part], part) for part in _parts(name)] for row in stored[name]])
        for name, title in TABLES.items()
        if name != "clauses"
    ]  # fmt: skip
    return {"groups": groups, "tables": tables, "clauses": rules.clauses, "digest": rules.digest}


def _parts(name: str) -> list[str]:
    """The columns of a table; of two names the one in the reader's language."""
    english = (get_language() or "").startswith("en")
    return [
        part
        for part in ROWS[name]
        if part != ("name" if english else "name_en") or "name_en" not in ROWS[name]
    ]


def _worded(value: Any) -> Any:
    return "、".join(value) if isinstance(value, list) else value


def _cell(value: Any, part: str) -> Any:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if part == "grade" or (part == "code" and value in dict(GRADES)):
        return dict(GRADES).get(value, _("不要求"))
    return value


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def programme_new(request: HttpRequest) -> HttpResponse:
    """Edit a copy of the rules in force, and propose it."""
    user: Any = request.user
    if not policies.may_propose_programme(None, user):
        raise NotPermitted(_("只有处室负责人可以提出修改管理办法。"))
    content = rules_of(in_force()).to_dict()
    form = ProgrammeForm(request.POST if request.method == "POST" else None, content=content)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            given = {name: form.cleaned_data[name] for name in ("basis", "reason", "effective_from")}
            try:
                proposal = actions.propose(by=user, content=form.content, **given)
            except Refused as refusal:
                form.add_error("effective_from" if refusal.code == "past" else None, str(refusal))
                status = 409
            else:
                messages.success(request, _("已提出修改，请分管领导批准。"))
                return redirect("programme_proposal", proposal.pk)
    return render(request, "studios/programme_form.html", {"form": form}, status=status)


@require_safe
def programme_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What is proposed, beside what is in force: each difference in a line."""
    proposal = get_object_or_404(queries.proposals_visible_to(request.user), pk=pk)
    context = {
        "proposal": proposal,
        "differences": differences(proposal.before.to_dict(), proposal.rules.to_dict()),
        "acts": acts(proposal, request.user),
    }
    return render(request, "studios/programme_proposal.html", context)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[Any, str, str]]:
    """Label, before and after of whatever differs; of a table the rows that differ."""
    found: list[tuple[Any, str, str]] = []
    for name, value in after.items():
        old = before.get(name)
        if value == old:
            continue
        label = LABELS.get(name) or TABLES.get(name, name)
        if name in TABLES:
            gone, come = _rows_only_in(old, value), _rows_only_in(value, old)
            found.append((label, _lines(name, gone), _lines(name, come)))
        else:
            found.append((label, str(_worded(old)), str(_worded(value))))
    return found


def _rows_only_in(rows: Any, others: Any) -> list[Any]:
    return [row for row in rows or () if row not in (others or ())]


def _lines(name: str, rows: list[Any]) -> str:
    return "\n".join(" · ".join(str(_cell(row[part], part)) for part in _parts(name)) for row in rows) or "—"
