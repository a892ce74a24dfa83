"""The draw's protocol: the story, the files to do it again with, the public page, and seats that fall vacant."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from selection import policies
from selection.actions import redraw, seat
from selection.forms.draw import DeclineForm, ReplaceForm
from selection.models import Panel, Panelist
from selection.queries import draw as lists
from selection.queries import draw_story as told
from selection.queries.panel import panels_visible_to
from selection.views.public import public_page
from workflow import clock
from workflow.errors import Refused
from workflow.rules.chain import canonical


@require_safe
def panel_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A draw from its freezing to its redraws, so that anybody can do it again."""
    panel = get_object_or_404(panels_visible_to(request.user), pk=pk)
    context: dict[str, Any] = {"panel": panel, "round": panel.round, "chapters": told.story(panel)}
    if panel.state == Panel.State.PREPARING:
        context["outlook"] = found = lists.outlook(
            lists.lists_now(panel.round, on=clock.today()), trials=lists.TRIALS
        )
        context["obstacles"] = lists.obstacles(found)
        context["left_out"] = [(code, lists.reason_of(why)) for code, why in found.lists.left_out]
    if panel.state == Panel.State.DRAWN:
        replaceable = panel.round.state in ("screening", "review")
        context |= {
            "seats": told.seats_of(panel), "queues": told.queues(panel), "redraws": told.redraws_of(panel),
            "may_replace": replaceable and policies.may_operate_draw(panel, request.user),  # type: ignore[arg-type]
            "gaps": replaceable and lists.gaps(panel),
        }  # fmt: skip
    return render(request, "selection/panel_detail.html", context)


@require_safe
def panel_inputs(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen inputs, byte for byte as they were hashed."""
    panel = _frozen(request, pk)
    return _file(canonical(panel.inputs), f"draw-{panel.round.code}-inputs.json")


@require_safe
def panel_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Inputs, seed, outcome and redraws in one file."""
    panel = _frozen(request, pk)
    response = JsonResponse(told.record_of(panel), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="draw-{panel.round.code}.json"'
    return response


def _frozen(request: HttpRequest, pk: int) -> Panel:
    return get_object_or_404(panels_visible_to(request.user).exclude(state=Panel.State.PREPARING), pk=pk)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public_page
def draw_public(request: HttpRequest, code: str) -> HttpResponse:
    """What everybody may know of a draw: no expert's name unless the rules say so and the list is published."""
    panel = get_object_or_404(told.public_draw(code))
    context = {
        "panel": panel, "round": panel.round, "organiser": panel.round.organiser,
        "chapters": told.story(panel, names=False)[:4],
        "seats": told.seats_of(panel) if told.may_be_named(panel) else (),
        "redraws": panel.redraws,
    }  # fmt: skip
    return render(request, "selection/draw_public.html", context)


# Seats -----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def seat_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """The manager replaces an expert."""
    if not request.user.holds(Role.MANAGER):  # type: ignore[union-attr]
        raise Http404
    panels = panels_visible_to(request.user)
    chair = get_object_or_404(_seats().filter(panel__in=panels), pk=pk)
    form = ReplaceForm(request.POST if request.method == "POST" else None)
    return _vacating(request, chair, form, seat.replace, "panel_detail", chair.panel_id)


@require_http_methods(["GET", "HEAD", "POST"])
def seat_decline(request: HttpRequest, code: str) -> HttpResponse:
    """An expert leaves the panel."""
    if not request.user.holds(Role.EXPERT):  # type: ignore[union-attr]
        raise Http404
    mine = _seats().filter(expert__user=request.user.pk).exclude(panel__round__state="screening")
    chair = get_object_or_404(mine, panel__round__code=code)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    return _vacating(request, chair, form, seat.decline, "panel_inbox")


def _seats() -> Any:
    seats = Panelist.objects.filter(number__isnull=False, left_at=None)
    return seats.select_related("panel__round", "expert__unit", "expert__user")


def _vacating(
    request: HttpRequest, chair: Panelist, form: Any, act: Any, back: str, *args: Any
) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            successor = act(chair, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            told_ = (
                _("已退出评审组，候补已递补，未提交的任务已补抽。")
                if successor
                else _("已退出评审组，该类已无候补。")
            )
            messages.success(request, told_)
            return redirect(back, *args)
    context = {"seat": chair, "panel": chair.panel, "round": chair.panel.round, "form": form,
               "standing": lists.standing(chair), "own": back == "panel_inbox"}  # fmt: skip
    return render(request, "selection/panel_seat.html", context, status=422 if form.is_bound else 200)


@require_POST
def panel_fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Try once more to draw what is missing."""
    panel = get_object_or_404(panels_visible_to(request.user), pk=pk)
    added = redraw.fill_gaps(panel, by=request.user)  # type: ignore[arg-type]
    words = _("已补抽%(n)s份。") % {"n": len(added)} if added else _("现在仍没有可补抽的专家。")
    messages.success(request, words)
    return redirect("panel_detail", pk)
