"""A dossier as an expert may read it: no identity number, no phone, no certificate number, no background opinion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from selection.models import Nomination
from selection.queries.dossier import in_years, lines_of
from selection.queries.eligibility import waivers_in_words
from selection.rules.eligibility import age_on, full_years
from workflow.wording import listed

AGE_BAND = 5


@dataclass(frozen=True)
class Section:
    """One section of the dossier: facts, or a text."""

    anchor: str
    title: str
    facts: tuple[tuple[str, Any], ...] = ()
    text: str = ""


def shown_to_expert(nomination: Nomination) -> list[Section]:
    """The sections in reading order."""
    return [
        Section("s1", gettext("一、概要"), _summary(nomination), nomination.summary),
        Section("s2", gettext("二、资质经历"), _record(nomination), _lines(nomination, "intervals")),
        Section("s3", gettext("三、近五年服务记录"), text=_lines(nomination, "service_records")),
        Section("s4", gettext("四、成果与奖励"), text=_lines(nomination, "awards")),
        Section("s5", gettext("五、主要事迹"), text=nomination.achievements),
        Section("s6", gettext("六、工作室建设设想"), _studio(nomination), nomination.studio_plan),
        Section("s7", gettext("七、单位意见"), text=nomination.unit_opinion),
    ]


def _lines(nomination: Nomination, part: str) -> str:
    """The lines of a part, without the witnesses: an expert has no business with them."""
    return "\n".join(
        lines_of(
            part, [{**row, "witness": ""} if "witness" in row else row for row in nomination.answer(part)]
        )
    )


def _studio(nomination: Nomination) -> tuple[tuple[str, Any], ...]:
    return (
        (gettext("团队"), nomination.studio_team),
        (gettext("场地"), nomination.studio_site),
        (gettext("合作站点"), nomination.studio_partners),
        (gettext("经费预算"), "；".join(lines_of("budget_lines", nomination.answer("budget_lines")))),
    )


def _summary(nomination: Nomination) -> tuple[tuple[str, Any], ...]:
    rows = [
        (gettext("工作单位及职务"), "；".join(nomination.affiliations)),
        (gettext("服务领域"), nomination.get_field_display()),
        (gettext("推荐单位"), nomination.nominator.name),
    ]
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
