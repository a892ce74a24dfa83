"""A dossier as an expert may read it: no identity number, no phone, no certificate number, no background opinion.

In a blind round nothing names the person either: fields that do are left out by their class, and what the system knows
of name, unit and place is replaced in free text. What the person wrote otherwise may still tell who it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from selection.models import Nomination
from selection.models.dossier import ServiceRecord
from selection.queries.dossier import in_years, label_of, lines_of
from selection.queries.eligibility import waivers_in_words
from selection.rules.blind import Secrets, masked
from selection.rules.eligibility import age_on, full_years
from workflow.wording import listed

AGE_BAND = 5
COUNTS = ("cases", "groups", "activities", "beneficiaries")


@dataclass(frozen=True)
class Face:
    """What an expert may call a nominee by."""

    code: str
    name: str  # empty in a blind round, as is the unit
    unit: str
    blind: bool

    @property
    def title(self) -> str:
        """Number and name; in a blind round the number alone."""
        return gettext("候选人%(code)s") % {"code": self.code} if self.blind else f"{self.code} {self.name}"


@dataclass(frozen=True)
class Table:
    """Lines of the dossier that are counted."""

    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Section:
    """One section of the dossier: a text, facts, a table."""

    anchor: str
    title: str
    facts: tuple[tuple[str, Any], ...] = ()
    text: str = ""
    table: Table | None = None


def face_of(nomination: Nomination) -> Face:
    """What the experts of the round may call this nominee by."""
    if nomination.round.rulebook.blind:
        return Face(nomination.code, "", "", blind=True)
    return full_face_of(nomination)


def full_face_of(nomination: Nomination) -> Face:
    """The same for those from whom nothing is hidden."""
    return Face(nomination.code, nomination.nominee.name, nomination.unit.name, blind=False)


def essence_of(nomination: Nomination) -> dict[str, Any]:
    """The dossier's essence for a program of the expert's."""
    if not nomination.round.rulebook.blind:
        found: dict[str, Any] = {name: getattr(nomination, name) for name in ("title", *_PLAIN, *_WRITTEN)}
        return {**found, "affiliations": nomination.affiliations}
    secrets = secrets_of(nomination)
    return {
        **{name: getattr(nomination, name) for name in _PLAIN},
        **{name: masked(getattr(nomination, name), secrets) for name in _WRITTEN},
    }


_PLAIN = ("field", "certificate_level")
_WRITTEN = ("achievements", "summary", "studio_plan")


def secrets_of(nomination: Nomination) -> Secrets:
    """What would tell who somebody is, as far as the system knows it."""
    places = (nomination.nominator, nomination.county, getattr(nomination.county, "parent", None))
    posts, intervals = nomination.answer("posts"), nomination.answer("intervals")
    return Secrets(
        person=(nomination.nominee.name, nomination.phone, nomination.email, nomination.certificate_number),
        units=(
            nomination.unit.name,
            nomination.school,
            *(row.get("unit") or "" for row in (*posts, *intervals)),
        ),
        places=tuple(text for place in places if place for text in (place.name, place.area)),
    )


def shown_to_expert(nomination: Nomination) -> list[Section]:
    """The sections in reading order."""
    if nomination.round.rulebook.blind:
        return _blind(nomination)
    return [
        Section("s1", gettext("一、概要"), _summary(nomination), nomination.summary),
        Section("s2", gettext("二、资质经历"), _record(nomination), _lines(nomination, "intervals")),
        Section("s3", gettext("三、近五年服务记录"), table=_services(nomination)),
        Section("s4", gettext("四、成果与奖励"), text=_lines(nomination, "awards")),
        Section("s5", gettext("五、主要事迹"), text=nomination.achievements),
        Section("s6", gettext("六、工作室建设设想"), _studio(nomination), nomination.studio_plan),
        Section("s7", gettext("七、单位意见"), text=nomination.unit_opinion),
    ]


def _blind(nomination: Nomination) -> list[Section]:
    """The unit's opinion, team, site and partners name people and places by their nature: they are not shown."""
    secrets = secrets_of(nomination)

    def told(text: str) -> str:
        return masked(text, secrets)

    return [
        Section("s1", gettext("一、概要"), _summary(nomination, blind=True), told(nomination.summary)),
        Section("s2", gettext("二、资质经历"), _record(nomination), told(_lines(nomination, "intervals", hide=("unit",)))),
        Section("s3", gettext("三、近五年服务记录"), table=_services(nomination, told)),
        Section("s4", gettext("四、成果与奖励"), text=told(_lines(nomination, "awards", hide=("issuer",)))),
        Section("s5", gettext("五、主要事迹"), text=told(nomination.achievements)),
        Section("s6", gettext("六、工作室建设设想"), _budget(nomination), told(nomination.studio_plan)),
    ]  # fmt: skip


def _lines(nomination: Nomination, part: str, hide: Iterable[str] = ()) -> str:
    """The lines of a part, without the witnesses: an expert has no business with them."""
    hidden = {"witness", *hide}
    rows = [
        {name: "" if name in hidden else value for name, value in row.items()}
        for row in nomination.answer(part)
    ]
    return "\n".join(lines_of(part, rows))


def _services(nomination: Nomination, told: Any = str) -> Table | None:
    rows = nomination.answer("service_records")
    if not rows:
        return None
    names = ("year", *COUNTS, "outcome")
    head = tuple(service_label(name) for name in names)
    cells = tuple(
        (
            row.get("year") or "—",
            *(_number(row.get(name)) for name in COUNTS),
            told(row.get("outcome") or "—"),
        )
        for row in rows
    )
    return Table(head, cells)


def service_label(name: str) -> str:
    """What a column of the yearly record is called."""
    found: Any = ServiceRecord._meta.get_field(name)
    return str(found.verbose_name)


def _number(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _studio(nomination: Nomination) -> tuple[tuple[str, Any], ...]:
    return (
        (gettext("团队"), nomination.studio_team),
        (gettext("场地"), nomination.studio_site),
        (gettext("合作站点"), nomination.studio_partners),
        *_budget(nomination),
    )


def _budget(nomination: Nomination) -> tuple[tuple[str, Any], ...]:
    return ((gettext("经费预算"), "；".join(lines_of("budget_lines", nomination.answer("budget_lines")))),)


def _summary(nomination: Nomination, *, blind: bool = False) -> tuple[tuple[str, Any], ...]:
    rows: list[tuple[str, Any]] = [(gettext("服务领域"), nomination.get_field_display())]
    if blind:
        rows.append((label_of("setting"), nomination.get_setting_display()))
    else:
        rows.insert(0, (gettext("工作单位及职务"), "；".join(nomination.affiliations)))
        rows.append((gettext("推荐单位"), nomination.nominator.name))
    if waived := waivers_in_words(nomination):
        rows.append((gettext("放宽"), listed(waived)))
    return tuple(rows)


def _record(nomination: Nomination) -> tuple[tuple[str, Any], ...]:
    return (
        (gettext("证书级别"), nomination.get_certificate_level_display()),
        (gettext("持证年限"), _years(nomination, nomination.certified_on)),
        (gettext("从业年限"), in_years(nomination.practice_months)),
        (gettext("在本省从业"), in_years(nomination.province_months)),
        (gettext("年龄段"), _age_band(nomination)),
    )


def _years(nomination: Nomination, since: Any) -> str:
    if since is None:
        return "—"
    n = full_years(since, nomination.reference_date)
    return ngettext("%(n)s年", "%(n)s年", n) % {"n": n}


def _age_band(nomination: Nomination) -> str:
    if nomination.born_on is None:
        return "—"
    low = age_on(nomination.born_on, nomination.reference_date) // AGE_BAND * AGE_BAND
    return gettext("%(low)s–%(high)s岁") % {"low": low, "high": low + AGE_BAND - 1}
