"""The part of a rulebook's form that divides the places by category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from workflow.errors import Sentence

SPARE = 2
PARTS = ("code", "name", "name_en")
SENTENCES: dict[str, Sentence] = {
    "category_unnamed": _("请把每个类别的代号和名称填完整"),
    "category_twice": _("类别代号%(category)s重复"),
    "not_divided": _("不分类别时不必分类填写名额"),
    "unknown_category": _("名额表中的类别%(category)s不在类别之列"),
    "category_sum": _("%(name)s各类名额合计%(total)s个，应等于其名额%(places)s个"),
}


def rows_of(content: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """The categories as they are stored."""
    return list(content.get("categories") or ())


def divided(content: Mapping[str, Any]) -> bool:
    """Whether places are filled in by category."""
    return len(rows_of(content)) > 1


def fields_of(content: Mapping[str, Any]) -> dict[str, forms.Field]:
    """The fields of every category, with some to spare."""
    found: dict[str, forms.Field] = {}
    for row in range(len(rows_of(content)) + SPARE):
        number = {"n": row + 1}
        found[f"category_{row}_code"] = forms.SlugField(
            label=_("类别%(n)s代号") % number, max_length=20, required=False
        )
        found[f"category_{row}_name"] = forms.CharField(
            label=_("类别%(n)s名称") % number, max_length=40, required=False
        )
        found[f"category_{row}_name_en"] = forms.CharField(
            label=_("类别%(n)s英文名称") % number, max_length=60, required=False
        )
    return found


def quota_fields(content: Mapping[str, Any], offices: Iterable[Organisation]) -> dict[str, forms.Field]:
    """One field for each nominator and category."""
    return {
        name_of(office, category["code"]): forms.IntegerField(
            label=f"{office.name} · {category['name']}", min_value=0, max_value=999, required=False
        )
        for office in offices
        for category in rows_of(content)
        if divided(content)
    }


def name_of(office: Organisation, code: str) -> str:
    """The field of a nominator's places in a category."""
    return f"quota_{office.pk}_{code}"


def faults_of_row(row: Mapping[str, Any]) -> bool:
    """A row that is begun names the category by code and by name."""
    return any(row.values()) and not (row["code"] and row["name"])


def stored(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What was typed, as a rulebook stores it."""
    return [{part: str(row[part] or "").strip() for part in PARTS} for row in rows if row["code"]]


def stored_places(
    found: Mapping[str, Any], categories: Iterable[Mapping[str, str]], offices: Iterable[Organisation]
) -> dict[str, dict[str, int]]:
    """The places by nominator and category; a nominator without any is left out."""
    codes = [category["code"] for category in categories]
    rows = {
        office.code: {code: n for code in codes if (n := found.get(name_of(office, code)))}
        for office in offices
    }
    return {office: places for office, places in rows.items() if places}


def flat(content: Mapping[str, Any], offices: Mapping[str, int]) -> dict[str, Any]:
    """Stored categories and places as the form's fields have them; `offices` are ids by code."""
    found = {
        f"category_{row}_{part}": category.get(part, "")
        for row, category in enumerate(rows_of(content))
        for part in PARTS
    }
    places: dict[str, Any] = {
        f"quota_{offices[code]}_{category}": n
        for code, row in (content.get("quotas_by_category") or {}).items()
        for category, n in row.items()
        if code in offices
    }
    return found | places
