"""Organisations: the province's tree as it is published, and changes of names from a day on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.errors import OrganisationRefused
from accounts.models import Organisation, OrganisationRecord
from accounts.roles import Role
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted
from workflow.rules.identifiers import CREDIT_LENGTH, valid_credit_code

FILE = Path(__file__).resolve().parent.parent / "data" / "zhejiang.json"
TREE_FROM = date(2021, 1, 1)  # the year of the first batch: earlier names are in no record of ours
LOADED = kinds.named("organisations.loaded", _("导入机构"))
REGISTERED = kinds.named("organisation.registered", _("登记机构"))
RENAMED = kinds.named("organisation.renamed", _("机构更名"))


@dataclass(frozen=True)
class Place:
    """One place of the published tree, and the office that stands for it."""

    kind: Organisation.Kind
    code: str
    area: str
    name: str
    parent: str = ""


@door.act
def load_tree(*, by: Actor) -> int:
    """Load the province, its cities and counties; what is there stays as it is. Returns how many were new."""
    policies.require(by, Role.SYSTEM_ADMIN, _("导入机构"))
    data = json.loads(FILE.read_text(encoding="utf-8"))
    added = sum(_add(level) for level in _levels(data))
    if added:
        payload = {"added": added, "source": data["source"]}
        ledger.append(by, chain=ledger.OFFICE, kind=LOADED, subject="accounts.organisation", payload=payload)
    return added


def _levels(data: dict[str, Any]) -> Iterable[list[Place]]:
    """The tree from the top, one level after the other."""
    province = data["province"]
    yield [Place(Organisation.Kind.PROVINCE, province["code"], province["name"], f"{province['name']}民政厅")]
    yield [_bureau(Organisation.Kind.CITY, city, province["code"]) for city in data["cities"]]
    yield [
        _bureau(Organisation.Kind.COUNTY, county, city["code"])
        for city in data["cities"]
        for county in city["counties"]
    ]


def _bureau(kind: Organisation.Kind, place: dict[str, str], parent: str) -> Place:
    return Place(kind, place["code"], place["name"], f"{place['name']}民政局", parent)


def _add(places: list[Place]) -> int:
    codes = [place.code for place in places] + [place.parent for place in places]
    known = {org.code: org for org in Organisation.objects.filter(code__in=codes)}
    made = Organisation.objects.bulk_create(
        Organisation(
            kind=place.kind, code=place.code, name=place.name, area=place.area, parent=known.get(place.parent)
        )
        for place in places
        if place.code not in known
    )
    OrganisationRecord.objects.bulk_create(_first_record(org, TREE_FROM) for org in made)
    return len(made)


def _first_record(org: Organisation, valid_from: date) -> OrganisationRecord:
    return OrganisationRecord(
        organisation=org, name=org.name, code=org.code, parent_id=org.parent_id, valid_from=valid_from
    )


@door.act
def register_unit(*, by: Actor, name: str, code: str) -> Organisation:
    """A unit of an expert that no record of ours has, under its social credit code."""
    if not policies.holds_any(by, frozenset({Role.MANAGER, Role.SYSTEM_ADMIN, Role.EXPERT})):
        raise NotPermitted(_("您的身份不能办理“%(step)s”。") % {"step": _("登记机构")})
    name, code = name.strip(), code.strip().upper()
    if not name or not valid_credit_code(code):
        raise OrganisationRefused(_("统一社会信用代码%(code)s有误，请核对18位代码。") % {"code": code})
    if Organisation.objects.filter(code=code).exists():
        raise OrganisationRefused(_("代码%(code)s已由其他机构使用。") % {"code": code})
    unit = Organisation.objects.create(kind=Organisation.Kind.EXPERT_UNIT, code=code, name=name)
    _first_record(unit, clock.today()).save()
    payload = {"unit": name, "code": code}
    subject = f"accounts.organisation:{unit.pk}"
    ledger.append(by, chain=ledger.OFFICE, kind=REGISTERED, subject=subject, payload=payload)
    return unit


@door.act
def rename(organisation: Organisation, *, by: Actor, name: str, on: date, code: str = "") -> Organisation:
    """Give an organisation another name (and code) from a day on. What was printed stays as printed."""
    policies.require(by, Role.SYSTEM_ADMIN, _("机构更名"))
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    code = _checked(code) or organisation.code
    _require_a_change(organisation, name, code, on)
    before = organisation.name
    organisation.records.filter(valid_until=None).update(valid_until=on)
    organisation.name, organisation.code = name, code
    organisation.save(update_fields=["name", "code"])
    _first_record(organisation, on).save()
    ledger.append(
        by,
        chain=ledger.OFFICE,
        kind=RENAMED,
        subject=f"accounts.organisation:{organisation.pk}",
        payload={"from": before, "to": name, "code": code, "on": on.isoformat()},
    )
    return organisation


def _checked(code: str) -> str:
    """The code in capitals. One as long as a social credit code is one, with the right check digit."""
    code = code.strip().upper()
    if len(code) == CREDIT_LENGTH and not valid_credit_code(code):
        raise OrganisationRefused(_("统一社会信用代码%(code)s有误，请核对18位代码。") % {"code": code})
    return code


def _require_a_change(organisation: Organisation, name: str, code: str, on: date) -> None:
    if (name, code) == (organisation.name, organisation.code):
        raise OrganisationRefused(_("新名称与现名称相同。"))
    if on > clock.today():
        raise OrganisationRefused(_("更名日期不能晚于今天。"))
    last = organisation.records.order_by("-valid_from").first()
    if last is not None and on <= last.valid_from:
        raise OrganisationRefused(
            _("更名日期应晚于现名称的启用日期%(day)s。") % {"day": last.valid_from.isoformat()}
        )
    if Organisation.objects.filter(code=code).exclude(pk=organisation.pk).exists():
        raise OrganisationRefused(_("代码%(code)s已由其他机构使用。") % {"code": code})
