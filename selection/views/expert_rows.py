"""Units, links and absences of an expert: entered and ended by the same forms, by the office and by the expert."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from selection.actions import expert_facts as actions
from selection.forms.expert import AbsenceForm, EndForm, LinkForm, RemoveForm, UnitForm
from selection.models import Expert
from selection.queries import expert as queries
from selection.queries.dossier import masked_id, masked_phone
from workflow.errors import Refused, Sentence
from workflow.templatetags.lx import day


@dataclass(frozen=True)
class Kind:
    """How rows of one kind are entered and ended."""

    title: Sentence
    form: type[forms.Form]
    add: Callable[..., Any]
    end_title: Sentence
    end_form: type[forms.Form]
    end: Callable[..., Any]
    rows: Callable[[Expert, bool], Any]


def _end_unit(row: Any, *, by: Any, on: Any, reason: str) -> Any:
    return actions.end_unit(row, by=by, ends_on=on, reason=reason)


def _end_link(row: Any, *, by: Any, on: Any, reason: str) -> Any:
    return actions.end_link(row, by=by, until=on, reason=reason)


KINDS: dict[str, Kind] = {
    "unit": Kind(
        gettext_lazy("登记任职经历"), UnitForm, actions.add_unit,
        gettext_lazy("结束任职经历"), EndForm, _end_unit, lambda expert, own: queries.units_of(expert),
    ),
    "link": Kind(
        gettext_lazy("登记利害关系人"), LinkForm, actions.add_link,
        gettext_lazy("结束利害关系"), EndForm, _end_link, lambda expert, own: queries.links_of(expert, own=own),
    ),
    "absence": Kind(
        gettext_lazy("登记不能参加的时段"), AbsenceForm, actions.add_absence,
        gettext_lazy("取消不能参加的时段"), RemoveForm, actions.remove_absence,
        lambda expert, own: expert.absences.all(),
    ),
}  # fmt: skip


def save(form: forms.Form, action: Callable[..., Any]) -> Any:
    """What the action made of a valid form; None where it was not sent, is not valid or was refused."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return action(**form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _kind(what: str) -> Kind:
    if what not in KINDS:
        raise Http404
    return KINDS[what]


def entered(request: HttpRequest, expert: Expert, what: str) -> tuple[bool, dict[str, Any]]:
    """Enter a row: whether it is done, and what the form's page shows if not."""
    kind, user = _kind(what), request.user
    form = kind.form(request.POST if request.method == "POST" else None)
    if save(form, lambda **given: kind.add(expert, by=user, **given)) is not None:
        messages.success(request, _("已办理：%(step)s") % {"step": kind.title})
        return True, {}
    return False, {"form": form, "title": kind.title, "button": kind.title}


def ended(
    request: HttpRequest, expert: Expert, what: str, pk: int, *, own: bool = False
) -> tuple[bool, dict[str, Any]]:
    """End a row: the same."""
    kind, user = _kind(what), request.user
    row = get_object_or_404(kind.rows(expert, own), pk=pk)
    form = kind.end_form(request.POST if request.method == "POST" else None)
    if save(form, lambda **given: kind.end(row, by=user, **given)) is not None:
        messages.success(request, _("已办理：%(step)s") % {"step": kind.end_title})
        return True, {}
    return False, {"form": form, "title": kind.end_title, "button": kind.end_title, "note": _named(row, what)}


def _named(row: Any, what: str) -> str:
    if what == "unit":
        return f"{row.unit.name} {row.post}（{row.get_capacity_display()}）"
    if what == "link":
        return f"{row.get_kind_display()}：{row.person_name}"
    return f"{day(row.starts_on)}—{day(row.ends_on)} {row.reason}"


def facts(expert: Expert) -> list[tuple[Any, Any]]:
    """The facts of one expert as every reader may see them: numbers only masked."""
    term = f"{day(expert.enabled_from)} — {day(expert.enabled_until) if expert.enabled_until else _('长期')}"
    return [
        (_("编号"), expert.code),
        (_("单位"), expert.unit.name),
        (_("职务职称"), expert.title or "—"),
        (_("类别"), expert.get_category_display()),
        (_("领域"), expert.get_field_display()),
        (_("地区"), expert.region or "—"),
        (_("证书级别"), expert.get_certificate_level_display() or "—"),
        (_("身份证号"), masked_id(expert.id_number) if expert.id_number else _("未登记，无法准确判断回避")),
        (_("手机号码"), masked_phone(expert.phone) if expert.phone else "—"),
        (_("聘期"), term),
    ]
