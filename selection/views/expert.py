"""The pool, for the office: the list, one expert with everything that stands about them, and how it is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from selection.actions import expert as actions
from selection.forms.expert import AliasForm, DutyForm, ExpertForm, InviteForm, StandingForm
from selection.models import Expert
from selection.queries import expert as queries
from selection.queries.expert_history import changes_of
from selection.queries.integrity import barred_until, bars_of_expert
from selection.views.expert_rows import ended, entered, facts, save
from workflow import clock
from workflow.errors import NotPermitted

PER_PAGE = 25
WRITES = require_http_methods(["GET", "HEAD", "POST"])
_ALLOWED = queries.READERS | {Role.SECURITY_ADMIN}


def _require_reader(request: HttpRequest) -> Any:
    user: Any = request.user
    if not user.roles & _ALLOWED:
        raise Http404
    return user


def _require_manager(request: HttpRequest) -> Any:
    user: Any = request.user
    if not queries.may_change(user):
        raise NotPermitted(_("只有处室负责人可以调整专家库。"))
    return user


def _expert(request: HttpRequest, pk: int) -> Expert:
    _require_reader(request)
    found: Expert = get_object_or_404(queries.experts_visible_to(request.user), pk=pk)
    return found


# The list ------------------------------------------------------------------------------------------------------------


@require_safe
def expert_list(request: HttpRequest) -> HttpResponse:
    """The pool, narrowed by what the address says; `part=rows` is the table alone, for searching while typing."""
    user, wanted = _require_reader(request), queries.Filter.of(request.GET)
    rows = queries.listed(user, wanted).annotate(
        away=queries.absent(clock.today()), barred_until=barred_until()
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "rows": [(row, _standing(row)) for row in page], "q": wanted.q}
    if request.GET.get("part") == "rows":
        request.GET = _without(request, "part")  # the pager's links lead to whole pages
        return render(request, "selection/expert_rows.html", context)
    context |= {
        "wanted": wanted,
        "filters": _filters(wanted),
        "may_change": queries.may_change(user),
        "may_export": bool(user.roles & queries.READERS),
        "may_check": bool(user.roles & {Role.MANAGER, Role.SUPERVISOR}),
        "query": _without(request, "page", "part").urlencode(),
    }
    return render(request, "selection/expert_list.html", context)


def _without(request: HttpRequest, *names: str) -> Any:
    given = request.GET.copy()
    for name in names:
        given.pop(name, None)
    return given


def _filters(wanted: queries.Filter) -> list[tuple[str, Any, str, list[tuple[str, Any]]]]:
    """Name, label, value and choices of each drop-down."""
    cities = [(city.code, city.area) for city in queries.cities()]
    fields = list(Expert._meta.get_field("field").flatchoices)
    return [
        ("category", _("类别"), wanted.category, list(Expert.Category.choices)),
        ("field", _("领域"), wanted.field, fields),
        ("city", _("设区市"), wanted.city, cities),
        ("standing", _("状态"), wanted.standing, list(queries.STANDINGS)),
    ]


def _standing(expert: Any) -> tuple[Any, str, str]:
    return queries.standing_of(expert, clock.today(), expert.away)


@require_safe
def expert_search(request: HttpRequest) -> JsonResponse:
    """The first experts that fit what is being typed."""
    user = _require_reader(request)
    rows = queries.listed(user, queries.Filter.of(request.GET))[: queries.SUGGESTED]
    items = [
        {
            "id": row.pk, "code": row.code, "name": row.name, "unit": row.unit.name,
            "category": row.get_category_display(), "url": reverse("expert_detail", args=[row.pk]),
        }
        for row in rows
    ]  # fmt: skip
    return JsonResponse({"items": items, "count": len(items)})


# One expert ----------------------------------------------------------------------------------------------------------


@require_safe
def expert_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that stands about one expert."""
    expert = _expert(request, pk)
    user: Any = request.user
    away = expert.absences.filter(starts_on__lte=clock.today(), ends_on__gte=clock.today()).exists()
    bars = bars_of_expert(expert)
    expert.barred_until = max((bar.until_on for bar in bars), default=None)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "expert": expert,
        "standing": queries.standing_of(expert, clock.today(), away),
        "rows": facts(expert),
        "may_change": queries.may_change(user),
        "may_open_account": queries.may_open_accounts(user) and expert.user_id is None,
        "reads_all": bool(user.roles & queries.READERS),
    }
    if context["reads_all"]:
        context |= {
            "bars": bars,
            "units": queries.units_of(expert),
            "links": queries.links_of(expert),
            "absences": expert.absences.all(),
            "aliases": expert.aliases.all(),
            "derived": queries.derived_duty(expert),
            "duties": queries.duties_before(expert),
            "changes": list(changes_of(expert)),
        }
    return render(request, "selection/expert_detail.html", context)


def _form_page(
    request: HttpRequest, form: forms.Form, *, title: Any, button: Any, back: str, expert: Expert | None = None,
    note: Any = "",
) -> HttpResponse:  # fmt: skip
    context = {"form": form, "title": title, "button": button, "back": back, "expert": expert, "note": note}
    return render(
        request, "selection/expert_form.html", context, status=422 if form.is_bound and form.errors else 200
    )


@WRITES
def expert_new(request: HttpRequest) -> HttpResponse:
    """Take a person into the pool."""
    user = _require_manager(request)
    form = ExpertForm(request.POST if request.method == "POST" else None)
    made = save(form, lambda **given: actions.add(by=user, **given))
    if made is not None:
        messages.success(
            request, _("%(name)s已入库，编号%(code)s。") % {"name": made.name, "code": made.code}
        )
        return redirect("expert_detail", made.pk)
    note = _("入库后由安全管理员开通账号；没有账号的专家不参加抽取。")
    return _form_page(
        request, form, title=_("专家入库"), button=_("登记入库"), back=reverse("expert_list"), note=note
    )


@WRITES
def expert_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what stands about an expert."""
    user, expert = _require_manager(request), _expert(request, pk)
    form = ExpertForm(request.POST if request.method == "POST" else None, expert=expert)
    return _act(
        request, expert, form, lambda **given: actions.revise(expert, by=user, **given),
        title=_("更正专家信息"), button=_("保存更正"), note=_("更正前后的内容写入存证；手机号只记隐去后的样子。"),
    )  # fmt: skip


@WRITES
def expert_standing(request: HttpRequest, pk: int) -> HttpResponse:
    """Enable or disable an expert, with the reason."""
    user, expert = _require_manager(request), _expert(request, pk)
    form = StandingForm(request.POST if request.method == "POST" else None)
    available = not expert.available
    return _act(
        request, expert, form,
        lambda **given: actions.set_standing(expert, by=user, available=available, **given),
        title=_("启用专家") if available else _("停用专家"),
        button=_("启用") if available else _("停用"),
        note=_("只影响以后的抽取；已经分派的评审任务不变。"),
    )  # fmt: skip


@WRITES
def expert_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the expert's account, or name the one the person has."""
    expert, user = _expert(request, pk), request.user
    if not queries.may_open_accounts(user):
        raise NotPermitted(_("只有安全管理员可以为专家开通账号。"))

    def invite(*, user: Any, username: str, email: str) -> Any:
        by: Any = request.user
        if user is not None:
            return actions.link_account(expert, by=by, user=user)
        return actions.invite(expert, by=by, username=username, email=email)

    form = InviteForm(request.POST if request.method == "POST" else None)
    done = save(form, invite)
    if done is not None:
        messages.success(request, _("%(name)s的账号已开通。") % {"name": expert.name})
        return redirect(f"{reverse('expert_list')}?standing=account")
    return _form_page(
        request, form, title=_("为专家开通账号"), button=_("开通账号"),
        back=reverse("expert_detail", args=[pk]), expert=expert, note=_("同时授予“评审专家”角色，与其他角色互斥的会被拒绝。"),
    )  # fmt: skip


# What the office writes down -----------------------------------------------------------------------------------------

_OFFICE: Mapping[str, tuple[Any, type[forms.Form], Callable[..., Any]]] = {
    "duty": (gettext_lazy("登记履职记录"), DutyForm, actions.record_duty),
    "alias": (gettext_lazy("登记其他证件"), AliasForm, actions.add_alias),
}


@WRITES
def expert_add(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """A unit, a link, an absence, a past duty or another number of this expert."""
    user, expert = _require_manager(request), _expert(request, pk)
    if what in _OFFICE:
        title, form_class, action = _OFFICE[what]
        form = form_class(request.POST if request.method == "POST" else None)
        return _act(
            request, expert, form, lambda **given: action(expert, by=user, **given), title=title, button=title
        )
    done, context = entered(request, expert, what)
    return redirect("expert_detail", pk) if done else _shown(request, expert, context)


@WRITES
def expert_end(request: HttpRequest, pk: int, what: str, row: int) -> HttpResponse:
    """End a unit or a link, or take an absence back."""
    _require_manager(request)
    expert = _expert(request, pk)
    done, context = ended(request, expert, what, row)
    return redirect("expert_detail", pk) if done else _shown(request, expert, context)


def _shown(request: HttpRequest, expert: Expert, context: dict[str, Any]) -> HttpResponse:
    back = reverse("expert_detail", args=[expert.pk])
    return _form_page(request, back=back, expert=expert, **context)


def _act(
    request: HttpRequest, expert: Expert, form: forms.Form, action: Callable[..., Any], *, title: Any, button: Any,
    note: Any = "",
) -> HttpResponse:  # fmt: skip
    if save(form, action) is not None:
        messages.success(request, _("已办理：%(step)s") % {"step": title})
        return redirect("expert_detail", expert.pk)
    back = reverse("expert_detail", args=[expert.pk])
    return _form_page(request, form, title=title, button=button, back=back, expert=expert, note=note)
