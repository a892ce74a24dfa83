"""The groups that caps and minimums speak of: a nominee's city, field, kind of unit and category."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.models import Nomination, Round
from selection.rules.floors import Group
from selection.rules.rulebook import Rulebook

KINDS = {"city": _("地区"), "field": _("领域"), "setting": _("单位性质"), "category": _("推荐类别")}
ABOVE = ("nominator__parent", "unit__parent__parent", "county__parent")


def with_groups(rows: QuerySet[Any], prefix: str = "") -> QuerySet[Any]:
    """Nominations (or rows that lead to them by `prefix`) with what `groups_of` reads."""
    return rows.select_related(*(prefix + path for path in ABOVE))


def groups_of(nomination: Nomination) -> frozenset[Group]:
    """The groups of one nominee."""
    city = city_of(nomination)
    pairs = {
        "city": city.code if city else "",
        "field": nomination.field,
        "setting": nomination.setting,
        "category": nomination.category,
    }
    return frozenset((kind, code) for kind, code in pairs.items() if code)


def city_of(nomination: Nomination) -> Organisation | None:
    """The city that a nominee comes from: the bureau that nominated, or the one above the unit."""
    at: Organisation | None
    for start in (nomination.nominator, nomination.county, nomination.unit):
        at = start
        while at is not None:
            if at.kind == Organisation.Kind.CITY:
                return at
            at = at.parent
    return None


def names_of(groups: Iterable[Group], round_: Round) -> dict[Group, str]:
    """The groups of a round in words."""
    return names_under(groups, round_.rulebook)


def names_under(groups: Iterable[Group], rules: Rulebook) -> dict[Group, str]:
    """The groups in words; a category's name is the rulebook's."""
    wanted = list(groups)
    codes = [code for kind, code in wanted if kind == "city"]
    cities = dict(Organisation.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    words: dict[str, dict[str, str]] = {
        "city": cities,
        "field": {value: str(label) for value, label in Nomination.Field.choices},
        "setting": {value: str(label) for value, label in Nomination.Setting.choices},
        "category": {category.code: category.name for category in rules.categories},
    }
    return {(kind, code): words.get(kind, {}).get(code) or code for kind, code in wanted}


def bounds_in_words(round_: Round) -> list[tuple[str, str, str]]:
    """Each bounded group of a round."""
    return bounds_under(round_.rulebook)


def bounds_under(rules: Rulebook) -> list[tuple[str, str, str]]:
    """Each bounded group: its name, the least and the most, as a reader reads them."""
    caps, floors = rules.bounds("caps"), rules.bounds("floors")
    names = names_under(sorted({*caps, *floors}), rules)
    return [
        (
            f"{KINDS.get(group[0], group[0])}：{name}",
            gettext("至少%(n)s人") % {"n": floors[group]} if group in floors else "",
            gettext("至多%(n)s人") % {"n": caps[group]} if group in caps else "",
        )
        for group, name in names.items()
    ]
