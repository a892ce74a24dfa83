"""Rows of the network and a plan, for tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from accounts.models import Organisation
from accounts.roles import Role
from studios.actions import indicator
from studios.models import IndicatorPart, IndicatorPlan, ServicePoint
from tests import factories as make
from workflow.actor import SYSTEM

PLAN = Path(indicator.__file__).parents[1] / "data" / "jilin_plan.json"
DAY = date(2026, 1, 1)


def area(county: str = "330106", city: str = "330100") -> tuple[Organisation, Organisation, Organisation]:
    """A province, a city and a county."""
    province = Organisation.objects.filter(code="330000").first() or make.organisation(
        "province", code="330000"
    )
    above = Organisation.objects.filter(code=city).first() or make.organisation(
        "city", code=city, parent=province, area=city
    )
    return province, above, make.organisation("county", code=county, parent=above, area=county)


def point(county: Organisation, code: str, **given: Any) -> ServicePoint:
    """A village or community; anything else by its fields."""
    fields = {
        "level": "point",
        "place": "urban_community",
        "division": f"社区{code}",
        "status_on": DAY,
        **given,
    }
    fields["professionals"] = max(
        fields.get("professionals", 0), sum(fields.get(n, 0) for n in ("assistant", "intermediate", "senior"))
    )
    assert county.parent is not None
    row = ServicePoint.objects.create(code=code, county=county, city=county.parent, **fields)
    row.records.create(name=row.name, status=row.status, operator=row.operator, valid_from=row.status_on)
    return row


def ten_communities(county: Organisation) -> list[ServicePoint]:
    """Thirty certified persons, all in one of ten communities."""
    return [
        point(
            county,
            f"{county.code}001{n:03d}",
            assistant=20 if n == 4 else 0,
            intermediate=10 if n == 4 else 0,
        )
        for n in range(1, 11)
    ]


def plan() -> IndicatorPlan:
    """The plan that comes with the project."""
    return indicator.load_plan(PLAN.read_bytes(), by=SYSTEM)


def part(code: str, name: str = "") -> IndicatorPart:
    """A part of it."""
    rows = IndicatorPart.objects.filter(indicator__code=code)
    return rows.get(code=name) if name else rows.get()


def officer(unit: Organisation) -> Any:
    """An officer of a bureau."""
    return make.user(Role.BUREAU_OFFICER, organisation=unit)
