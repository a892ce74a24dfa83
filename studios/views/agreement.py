"""The page of a studio's agreement and tasks; drawing a version up; its paper; the scan of what was signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selection.views.attachment import CLOSED, file_names
from selection.views.papers import MAKERS, MEDIA
from studios import policies
from studios.actions import agreement as actions
from studios.documents import agreement as documents
from studios.forms.agreement import DrawUpForm, ScanForm
from studios.models import AgreementVersion, Party, Studio, StudioPlan
from studios.queries import activity as activities
from studios.queries import agreement as queries
from studios.queries import plan as plans
from studios.queries.studio import studios_visible_to
from studios.views.studio import acts
from workflow import clock
from workflow.documents.fonts import CharactersMissing
from workflow.documents.official import file_name
from workflow.errors import NotPermitted, Refused


def _studio(request: HttpRequest, pk: int) -> Studio:
    rows = studios_visible_to(request.user).select_related("recognition__nomination", "agreement__programme")
    return get_object_or_404(rows, pk=pk)


def _version(request: HttpRequest, pk: int, version: int) -> AgreementVersion:
    """The newest of that number: a withdrawn one does not stand before the one that took its place."""
    rows = queries.versions_visible_to(request.user).filter(studio=pk, number=version).order_by("-pk")
    found = rows.first()
    if found is None:
        raise Http404
    return found


@require_safe
def studio_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """What was agreed and what is to be done: versions with their signatures, tasks, goals, team, stations."""
    studio, user = _studio(request, pk), request.user
    versions = list(
        queries.versions_visible_to(user).filter(studio=studio).prefetch_related("scans").order_by("-pk")
    )
    year = clock.today().year
    context = {
        "studio": studio,
        "agreement": getattr(studio, "agreement", None),
        "versions": [Shown(version, user) for version in versions],
        "current": next((v for v in versions if v.state == "in_force"), None),
        "year": year,
        "tasks": activities.tasks_of([studio.pk], year)[studio.pk],
        "goals": studio.goal_rows.all(),
        "team": plans.team_of(studio),
        "stations": plans.stations_of(studio),
        "mentees": studio.mentorships.filter(until=None).values("person_key").distinct().count(),
        "plan": studio.plans.filter(state=StudioPlan.State.APPROVED).first(),
        "open_plan": studio.plans.filter(state__in=StudioPlan.OPEN).first(),
        "draws_up": policies.may_write_agreement(studio, user)  # type: ignore[arg-type]
        and studio.state in Studio.LIVING
        and not any(v.state == "drafted" for v in versions),
        "scan": ScanForm(),
        "uploads": policies.may_write_agreement(studio, user),  # type: ignore[arg-type]
    }
    return render(request, "studios/agreement_detail.html", context)


class Shown:
    """A version with its three signatures, as its page shows it."""

    def __init__(self, version: AgreementVersion, reader: Any) -> None:
        signed = {row.party: row for row in version.signatures.all()}
        self.version = version
        self.parties = [(label, signed.get(value)) for value, label in Party.choices]
        self.acts = acts(version, reader) and version.state == "drafted"
        self.complete = len(signed) == len(self.parties)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the next version up."""
    studio = _studio(request, pk)
    user: Any = request.user
    if not policies.may_write_agreement(studio, user):
        raise NotPermitted(_("只有主管处室可以拟定协议。"))
    form = DrawUpForm(request.POST if request.method == "POST" else None, studio=studio)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                actions.draw_up(studio, by=user, **form.cleaned_data)
            except NotPermitted:
                raise
            except Refused as refusal:
                form.add_error(_place(refusal.code), str(refusal))
                status = 409
            else:
                messages.success(request, _("协议已拟定，可下载打印，签署后逐方登记。"))
                return redirect("studio_agreement", pk)
    context = {"studio": studio, "form": form, "clauses": studio.programme.clauses}
    return render(request, "studios/agreement_form.html", context, status=status)


def _place(code: str) -> str | None:
    places = {"account_name": "account_name", "account_number": "account_number", "award_fixed": "award"}
    return places.get(code)


@never_cache
@require_safe
def agreement_paper(request: HttpRequest, pk: int, version: int, extension: str) -> HttpResponse:
    """The version as PDF or Word; the account's number in full for those whose it is and who pay."""
    found = _version(request, pk, version)
    if not found.terms:
        raise Http404
    whole = queries.sees_account(found.studio, request.user)
    document = documents.document_of(found, account=found.account_number if whole else found.masked_account)
    try:
        content = MAKERS[extension](document, at=clock.now())
    except CharactersMissing as missing:
        messages.error(request, str(missing))
        return redirect("studio_agreement", pk)
    response = HttpResponse(content, content_type=MEDIA[extension])
    response.headers["Content-Disposition"] = file_name(document.title, extension)
    return response


@require_POST
def agreement_scan(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Keep the scan of the signed paper."""
    found = _version(request, pk, version)
    form = ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("请选择扫描件。"))
        return redirect("studio_agreement", pk)
    sent = form.cleaned_data["scan"]
    try:
        actions.upload_scan(found, by=request.user, name=sent.name, data=sent.read())  # type: ignore[arg-type]
    except NotPermitted:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("扫描件已上传。"))
    return redirect("studio_agreement", pk)


@never_cache
@require_safe
def agreement_scan_file(request: HttpRequest, pk: int, scan: int) -> HttpResponseBase:
    """A scan, to those whom the agreement concerns: always a download. It shows the account: not to every reader."""
    found = get_object_or_404(queries.scans_visible_to(request.user), pk=scan, version__studio=pk)
    if not (queries.sees_account(found.version.studio, request.user) or policies.may_terminate_studio(found.version.studio, request.user)):  # type: ignore[arg-type]  # fmt: skip
        raise Http404
    try:
        opened = found.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(opened, content_type=found.mime)
    plain = f"agreement-{found.pk}.{actions.EXTENSIONS[found.mime]}"
    response.headers["Content-Disposition"] = f"attachment; {file_names(plain, found.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = CLOSED
    return response
