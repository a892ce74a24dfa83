"""The eligibility rules in the form of a rulebook: a row a rule, of which any part may be changed, and spare rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.models.eligibility import FACT_NAMES
from selection.queries.eligibility import DECIDERS, FORCES, KIND_NAMES, choices_of
from selection.rules.eligibility_rules import KINDS, Rule, versioned
from selection.rules.rulebook import DEFAULT_RULES
from workflow.errors import Sentence

SPARE = 2
TEXTS = ("id", "name", "name_en", "kind", "force", "source", "decides")
SEPARATORS = re.compile(r"[、,，/\n]")

SENTENCES: dict[str, Sentence] = {
    "no_rules": _("请至少保留一条资格规则"),
    "rule_twice": _("规则代号%(rule)s重复"),
    "rule_unnamed": _("请写明规则%(rule)s的代号和名称"),
    "rule_unknown_choice": _("规则%(rule)s的选项%(value)s不存在"),
    "rule_stray_parameter": _("规则%(rule)s的类型不用%(value)s这一参数"),
    "rule_wrong_fact": _("规则%(rule)s的类型与核对内容不相配"),
    "rule_no_choices": _("请写明规则%(rule)s允许的选项"),
    "rule_below_minimum": _("规则%(rule)s的数值不得少于%(minimum)s"),
    "rule_above_maximum": _("规则%(rule)s的数值不得多于%(maximum)s"),
}
PLACES = {
    "rule_no_choices": "choices",
    "rule_wrong_fact": "fact",
    "rule_below_minimum": "number",
    "rule_above_maximum": "number",
    "rule_unnamed": "name",
}


def rows_in(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules as they are stored; the default ones where none are."""
    found = content.get("eligibility")
    return list(found) if found is not None else [rule.to_dict() for rule in DEFAULT_RULES]


def fields_of(row: int) -> dict[str, forms.Field]:
    """The fields of one rule."""
    number = {"n": row + 1}
    blank = [("", "—")]
    made: dict[str, forms.Field] = {
        "id": forms.CharField(label=_("资格规则%(n)s代号") % number, max_length=10),
        "name": forms.CharField(
            label=_("规则名称"), max_length=80, help_text=_("{years}或{days}处填入下方的数值。")
        ),
        "name_en": forms.CharField(label=_("英文名称"), max_length=160),
        "kind": forms.ChoiceField(label=_("类型"), choices=[*blank, *KIND_NAMES.items()]),
        "fact": forms.ChoiceField(label=_("核对内容"), choices=[*blank, *FACT_NAMES.items()]),
        "number": forms.IntegerField(label=_("数值（年或日）"), min_value=0, max_value=9999),
        "choices": forms.CharField(label=_("允许的选项"), max_length=300, help_text=_("用顿号分开。")),
        "switch": forms.BooleanField(
            label=_("须由人确认"), help_text=_("年龄规则勾选后，自生日次日起计满周岁。")
        ),
        "force": forms.ChoiceField(label=_("性质"), choices=[*blank, *FORCES.items()]),
        "decides": forms.ChoiceField(label=_("由谁核实"), choices=[*blank, *DECIDERS.items()]),
        "source": forms.CharField(label=_("依据"), max_length=120),
    }
    for field in made.values():
        field.required = False
    return {f"rule_{row}_{part}": field for part, field in made.items()}


def title_of(row: Mapping[str, Any]) -> str:
    """The rule of a row as it reads with its number, or nothing for a spare row."""
    id, name, number = (str(row[part].value() or "") for part in ("id", "name", "number"))
    return f"{id} {name.replace('{years}', number).replace('{days}', number)}".strip() if id else ""


def flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """The stored rules as the fields have them."""
    found: dict[str, Any] = {}
    for row, stored in enumerate(rows_in(content)):
        params = stored.get("params") or {}
        shape = KINDS.get(str(stored.get("kind")))
        found |= {f"rule_{row}_{part}": stored.get(part) for part in TEXTS}
        found[f"rule_{row}_fact"] = fact = params.get("fact", "")
        labels = choices_of(fact)
        found[f"rule_{row}_choices"] = "、".join(labels.get(item, item) for item in params.get("choices", ()))
        found[f"rule_{row}_number"] = params.get(shape.number) if shape else None
        found[f"rule_{row}_switch"] = bool(params.get(shape.switch)) if shape else False
    return found


def faults_of_row(given: Mapping[str, Any]) -> dict[str, str]:
    """What one row cannot be stored with: part -> sentence. An empty row is no rule."""
    if not given["id"]:
        return {}
    lacking = [part for part in ("name", "kind", "force", "decides") if not given[part]]
    if lacking:
        return {lacking[0]: gettext("请把规则%(rule)s填完整") % {"rule": given["id"]}}
    labels = choices_of(given["fact"])
    unknown = [item for item in _split(given["choices"]) if labels and _code(item, labels) not in labels]
    if unknown and KINDS[given["kind"]].choices:
        return {"choices": gettext("没有“%(value)s”这一选项") % {"value": unknown[0]}}
    return {}


def stored(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows as a rulebook keeps them, each rule with its version."""
    rules = [_rule(given) for given in rows if given["id"]]
    return [rule.to_dict() for rule in versioned(rules, DEFAULT_RULES)]


def _rule(given: Mapping[str, Any]) -> Rule:
    texts = {part: str(given[part] or "").strip() for part in TEXTS}
    return Rule(version=1, params=_params(given), **{**texts, "id": texts["id"].upper()})


def _params(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that the kind knows, of what was typed."""
    shape = KINDS[given["kind"]]
    params: dict[str, Any] = {"fact": given["fact"]} if shape.facts else {}
    if shape.choices:
        labels = choices_of(given["fact"])
        params["choices"] = [_code(item, labels) for item in _split(given["choices"])]
    if shape.number and given["number"] is not None:
        params[shape.number] = given["number"]
    if shape.switch and (given["switch"] or shape.switch != "confirm"):
        params[shape.switch] = bool(given["switch"])
    return params


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in SEPARATORS.split(text or "") if part.strip()]


def _code(item: str, labels: Mapping[str, str]) -> str:
    return next((code for code, label in labels.items() if item in (code, label)), item)
