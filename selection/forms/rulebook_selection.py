"""The part of a rulebook's form that says how the list comes about: the tie chain, caps and minimums, the ballot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.models import Nomination
from selection.queries.result import LINKS, NAMED_CRITERION
from selection.queries.round import cities
from selection.rules.rulebook import ABSENT
from workflow.errors import Sentence

STEPS = 7
SPARE = 3
SENTENCES: dict[str, Sentence] = {
    "link_twice": _("同分次序中有重复的步骤"),
    "lot_not_last": _("同分次序须以公开随机数抽签结束，其他步骤都可能分不出先后"),
    "floor_above_cap": _("%(group)s的最少人数不得多于其最多人数和认定上限"),
    "second_stage_below_ceiling": _("进入第二阶段的人数不得少于认定上限%(ceiling)s名；不设第二阶段的填0"),
}
PLACES = {"tie_chain": "tie_0", "caps": "bound_0_group", "floors": "bound_0_group"}


def fields_of(content: Mapping[str, Any]) -> dict[str, forms.Field]:
    """One field a step of the chain, three a bounded group, and the ballot."""
    named = [
        (f"criterion:{c['code']}", NAMED_CRITERION % {"code": c["code"]})
        for c in content.get("criteria") or ()
    ]
    links = [("", "—"), *LINKS.items(), *named]
    found: dict[str, forms.Field] = {
        f"tie_{step}": forms.ChoiceField(
            label=_("同分第%(n)s步") % {"n": step + 1}, choices=links, required=False
        )
        for step in range(STEPS)
    }
    found["ballot"] = forms.BooleanField(
        label=_("拟认定人选须经评审组无记名表决"), required=False,
        help_text=_("到会三分之二以上有效，到会三分之二以上同意为通过。"),
    )  # fmt: skip
    groups = _group_choices(content)
    for row in range(len(_bounded(content)) + SPARE):
        number = {"n": row + 1}
        found[f"bound_{row}_group"] = forms.ChoiceField(
            label=_("组别%(n)s") % number, choices=groups, required=False
        )
        for part, label in (("least", _("组别%(n)s最少人数")), ("most", _("组别%(n)s最多人数"))):
            found[f"bound_{row}_{part}"] = forms.IntegerField(
                label=label % number, min_value=0, max_value=9999, required=False
            )
    return found


def _group_choices(content: Mapping[str, Any]) -> list[Any]:
    categories = [(f"category/{c['code']}", c["name"]) for c in content.get("categories") or ()]
    found: list[Any] = [
        ("", "—"),
        (_("地区"), [(f"city/{city.code}", city.area or city.name) for city in cities()]),
        (_("领域"), [(f"field/{value}", label) for value, label in Nomination.Field.choices]),
        (_("单位性质"), [(f"setting/{value}", label) for value, label in Nomination.Setting.choices]),
    ]
    return [*found, (_("推荐类别"), categories)] if categories else found


def _bounded(content: Mapping[str, Any]) -> list[str]:
    return sorted({*(content.get("caps") or {}), *(content.get("floors") or {})})


def stored(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as a rulebook stores it."""
    rows = [
        name.removesuffix("_group") for name in given if name.startswith("bound_") and name.endswith("_group")
    ]
    bounds = [(given[f"{row}_group"], given.get(f"{row}_least"), given.get(f"{row}_most")) for row in rows]
    return {
        "tie_chain": [link for step in range(STEPS) if (link := given.get(f"tie_{step}"))],
        "ballot": bool(given.get("ballot")),
        "caps": {group: most for group, _least, most in bounds if group and most is not None},
        "floors": {group: least for group, least, _most in bounds if group and least},
    }


def flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """The stored chain and bounds as the form's fields have them."""
    found: dict[str, Any] = {
        f"tie_{step}": link for step, link in enumerate(content.get("tie_chain") or ABSENT["tie_chain"])
    }
    for row, group in enumerate(_bounded(content)):
        found[f"bound_{row}_group"] = group
        found[f"bound_{row}_least"] = (content.get("floors") or {}).get(group)
        found[f"bound_{row}_most"] = (content.get("caps") or {}).get(group)
    return found
