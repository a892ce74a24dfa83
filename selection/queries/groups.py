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
    """The groups in words."""
    wanted = list(groups)
    cities = dict(
        Organisation.objects.filter(code__in=[code for kind, code in wanted if kind == "city"]).values_list(
            "code", "name"
        )
    )
    words = {
        "city": cities,
        "field": {value: str(label) for value, label in Nomination.Field.choices},
        "setting": {value: str(label) for value, label in Nomination.Setting.choices},
        "category": {code: round_.category_name(code) for kind, code in wanted if kind == "category"},
    }
    return {(kind, code): words.get(kind, {}).get(code) or code for kind, code in wanted}


def bounds_in_words(round_: Round) -> list[tuple[str, str, str]]:
    """Each bounded group: its name, the least and the most, as a reader reads them."""
    caps, floors = round_.rulebook.bounds("caps"), round_.rulebook.bounds("floors")
    names = names_of(sorted({*caps, *floors}), round_)
    return [
        (
            f"{KINDS.get(group[0], group[0])}：{name}",
            gettext("至少%(n)s人") % {"n": floors[group]} if group in floors else "",
            gettext("至多%(n)s人") % {"n": caps[group]} if group in caps else "",
        )
        for group, name in names.items()
    ]
