"""Tags and filters of every page: icons, badges, deadlines, dates, money, scores, fields, steps, ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.db import models
from django.forms import BoundField, CharField, DateField, DateTimeField, DecimalField, Field, IntegerField
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from workflow import clock, collections, kinds, ledger, wording
from workflow.errors import Sentence
from workflow.machine import open_steps
from workflow.models import Entry

register = template.Library()

NOTHING = "—"
UNKNOWN_STATE = ("mut", "circle-dashed")
SOON = timedelta(days=2)


# dates, money, scores


def _written(value: date | None, chinese: str, english: str) -> str:
    if not value:
        return NOTHING
    local = value.astimezone(clock.ZONE) if isinstance(value, datetime) else value
    return dateformat.format(local, english if (get_language() or "").startswith("en") else chinese)


@register.filter
def instant(value: date | None) -> str:
    """2026年11月11日 17:30; a plain day is written as a day."""
    if value and not isinstance(value, datetime):
        return day(value)
    return _written(value, "Y年n月j日 H:i", "j M Y, H:i")


@register.filter
def until(value: date | None) -> str:
    """An end as people write it: what ends at 00:00 ends at 24:00 of the day before."""
    if isinstance(value, datetime):
        local = value.astimezone(clock.ZONE)
        if (local.hour, local.minute, local.second) == (0, 0, 0):
            before = local - timedelta(days=1)
            return _written(before, "Y年n月j日 24:00", "j M Y, 24:00")
    return instant(value)


@register.filter
def day(value: date | None) -> str:
    """2026年11月11日."""
    return _written(value, "Y年n月j日", "j M Y")


@register.filter
def short_instant(value: date | None) -> str:
    """11-11 17:30, for tables; a plain day is written 11-11."""
    if value and not isinstance(value, datetime):
        return _written(value, "m-d", "j M")
    return _written(value, "m-d H:i", "j M H:i")


def _decimal(value: Any) -> Decimal:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(str(value))


def _two_places(value: Any) -> Decimal:
    return _decimal(value).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@register.filter
def money(value: Decimal | int | str | None) -> str:
    """¥25,000.00."""
    if value is None or value == "":
        return NOTHING
    amount = _two_places(value)
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}"


@register.filter
def score(value: Decimal | Fraction | int | str | None) -> str:
    """84.33: two places, half up."""
    return NOTHING if value is None or value == "" else f"{_two_places(value):.2f}"


# icons and badges


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite; decoration only, so it is hidden from screen readers."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>',
        f"ic {classes}".strip(),
        static("vendor/icons.svg"),
        name,
    )


@register.inclusion_tag("components/badge.html")
def badge(obj: Any) -> dict[str, Any]:
    """The state of a machine's object: its tone, its icon and its word."""
    tone, name = type(obj).STATE_TONES.get(obj.state, UNKNOWN_STATE)
    return {"label": obj.get_state_display(), "tone": tone, "icon": name}


@register.inclusion_tag("components/badge.html")
def chip(label: Sentence, tone: str = "", icon: str = "") -> dict[str, Any]:
    """A badge that is not a machine's state."""
    return {"label": label, "tone": tone, "icon": icon}


@register.inclusion_tag("components/bar.html")
def bar(done: Any, total: Any, label: Sentence = "", tone: str = "") -> dict[str, Any]:
    """A progress bar: `done` of `total`, never longer than the whole."""
    whole = _decimal(total or 0)
    share = min(_decimal(done or 0) / whole, Decimal(1)) * 100 if whole else Decimal(0)
    return {"width": f"{share:.2f}%", "label": label or f"{done} / {total}", "tone": tone}


# deadlines


@register.simple_tag
def product_now() -> datetime:
    """The present of the product: the demo may have moved it."""
    return clock.now()


def _end_of(when: date) -> datetime:
    if isinstance(when, datetime):
        return when.astimezone(clock.ZONE)
    return datetime.combine(when + timedelta(days=1), time(), clock.ZONE)


def _amount(span: timedelta) -> str:
    hours = int(span.total_seconds()) // 3600
    if span.days:
        return ngettext("%(n)s天", "%(n)s天", span.days) % {"n": span.days}
    if hours:
        return ngettext("%(n)s小时", "%(n)s小时", hours) % {"n": hours}
    minutes = max(1, int(span.total_seconds()) // 60)
    return ngettext("%(n)s分钟", "%(n)s分钟", minutes) % {"n": minutes}


def _time_left(left: timedelta, working_days: int | None) -> str:
    if left < timedelta(0):
        return gettext("已逾期%(amount)s") % {"amount": _amount(-left)}
    if working_days is not None:
        return ngettext("还有%(n)s个工作日", "还有%(n)s个工作日", working_days) % {"n": working_days}
    return gettext("还有%(amount)s") % {"amount": _amount(left)}


@register.inclusion_tag("components/deadline.html")
def deadline(when: date | None, working_days: int | None = None) -> dict[str, Any]:
    """Time left, counted here, and the absolute instant. A plain day ends at its midnight."""
    if not when:
        return {"when": None}
    left = _end_of(when) - clock.now()
    soon = working_days <= SOON.days if working_days is not None else left <= SOON
    tone = "bad" if left < timedelta(0) else "warn" if soon else ""
    return {"when": when, "tone": tone, "left": _time_left(left, working_days)}


# lists

register.filter("listed", wording.listed)


@register.simple_tag(takes_context=True)
def page_query(context: Context, **changes: Any) -> str:
    """The present query string with some parameters changed (None removes one): `?q=…&page=3`."""
    query = context["request"].GET.copy() if "request" in context else QueryDict(mutable=True)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | str]:
    """Numbers to print in a pager, with an ellipsis for what is left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


# forms


def _input_mode(field: Any) -> str:
    if isinstance(field, DecimalField):
        return "decimal"
    return "numeric" if isinstance(field, IntegerField) else ""


def _use_native_picker(field: Any) -> None:
    """Dates by the browser's own picker, which reads and writes ISO whatever the language."""
    if getattr(field.widget, "input_type", "") != "text":
        return
    if isinstance(field, DateTimeField):
        field.widget.input_type, field.widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
    elif isinstance(field, DateField):
        field.widget.input_type, field.widget.format = "date", "%Y-%m-%d"


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """The input of a form's field, with the keyboard and the picker that fit it."""
    field = bound.field
    _use_native_picker(field)
    attrs: dict[str, Any] = {}
    if mode := _input_mode(field):
        attrs["inputmode"] = mode
    if isinstance(field, CharField) and bound.widget_type == "textarea" and field.max_length:
        attrs["data-count"] = field.max_length
    return bound.as_widget(attrs=attrs)


def _asked_for(bound: BoundField) -> str:
    """What a missing field asks for, with its label."""
    kind, label = bound.widget_type, {"label": bound.label}
    if kind == "checkbox":
        return gettext("请勾选“%(label)s”") % label
    if "file" in kind:
        return gettext("请上传%(label)s") % label
    if "select" in kind or "radio" in kind:
        return gettext("请选择%(label)s") % label
    return gettext("请填写%(label)s") % label


def _length_asked_for(bound: BoundField, found: Mapping[str, Any]) -> str:
    words = {"label": bound.label, "limit": found["limit_value"], "found": found["show_value"]}
    if getattr(bound.field, "min_length", None) == getattr(bound.field, "max_length", None):
        return gettext("%(label)s应为%(limit)s位，现为%(found)s位") % words
    if found["show_value"] < found["limit_value"]:
        return gettext("%(label)s应不少于%(limit)s字，现为%(found)s字") % words
    return gettext("%(label)s应不超过%(limit)s字，现为%(found)s字") % words


def _sentences(bound: BoundField, error: ValidationError) -> list[str]:
    if error.code == "required" and str(error.message) == str(Field.default_error_messages["required"]):
        return [_asked_for(bound)]
    if error.code in {"min_length", "max_length"} and error.params:
        return [_length_asked_for(bound, error.params)]
    return [str(message) for message in error.messages]


@register.filter
def problems(bound: BoundField) -> list[str]:
    """What is wrong with a field, naming it, so that summary and field can say the same sentence."""
    return [sentence for error in bound.errors.as_data() for sentence in _sentences(bound, error)]


# machines and the ledger


@register.inclusion_tag("components/step_buttons.html", takes_context=True)
def step_buttons(context: Context, obj: models.Model) -> dict[str, Any]:
    """The steps that this person may take on the object now; one that must wait says why."""
    home = collections.of(obj)
    if home is None or context.get("user") is None:
        return {"steps": []}
    found = [s for s in open_steps(obj, context["user"]) if s.name in home.forms]
    found.sort(key=lambda s: s.tone != "primary")  # what carries the matter on comes first
    return {"steps": [{"step": s, "url": _page_of(home, obj, s.name)} for s in found]}


def _page_of(home: collections.Collection, obj: Any, step: str) -> str:
    """The page made for a step, or the one that all steps have."""
    own = home.pages.get(step)
    return own(obj) if own else reverse("step", args=[home.name, obj.pk, step])


@register.inclusion_tag("components/ledger_tail.html")
def ledger_tail(obj: models.Model, limit: int = 5) -> dict[str, Any]:
    """The last entries about the object, newest first."""
    return {"entries": ledger.entries_of(obj).order_by("-seq")[:limit]}


@register.filter
def entry_label(entry: Entry) -> str:
    """What an entry says happened, in the words of the button that did it."""
    return str(kinds.label_of_entry(entry))


@register.filter
def digest(value: str) -> str:
    """The first 16 hex digits of a digest, in groups of four."""
    return " ".join(value[i : i + 4] for i in range(0, 16, 4))
