"""Dossiers, as pages and API share them, and what waits for units and bureaus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import PROVINCIAL, Role
from selection.forms import (
    conflict,
    deliberation,
    determination,
    notice,
    objection,
    panel,
    qualification,
    waiver,
)
from selection.forms import quota as local
from selection.forms.nomination import FORMS
from selection.models import Nomination
from selection.models.nomination import ROW_PARTS
from selection.queries.nomination import desk_counts, dossiers_visible_to, waiting_for
from selection.queries.round import quotas_of_officer
from workflow import todo
from workflow.actor import Actor
from workflow.clock import ZONE
from workflow.collections import Collection, register
from workflow.rules.calendar import start_of

PLAIN = (
    "title", "setting", "civil_status", "field", "gender", "ethnicity", "politics", "education", "degree", "school",
    "major", "certificate_level", "certificate_number", "registration_number", "achievements", "summary", "studio_plan",
    "studio_team", "studio_site", "studio_partners", "unit_opinion", "unit_notice_place", "unit_notice_proof",
    "unit_notice_objections", "unit_notice_conclusion", "county_opinion", "rank_in_nominator", "originals_checked",
    "originals", "place_freed", "requests",
)  # fmt: skip
DAYS = (
    "born_on", "certified_on", "registered_until", "unit_notice_from", "unit_notice_until",
    "correction_due",
)  # fmt: skip
TIMES = ("created_at", "submitted_at", "nominated_at")
SHOWN = 5  # drafts named one by one in the list of what waits


def represent(nomination: Nomination, actor: Actor) -> dict[str, Any]:
    """A dossier as JSON has it. The identity number and the phone are never in it, whoever asks."""
    found: dict[str, Any] = {
        "id": nomination.pk,
        "code": nomination.code,
        "round": nomination.round.code,
        "state": nomination.state,
        "state_label": str(nomination.get_state_display()),
        "name": nomination.nominee.name,
        "route": nomination.route,
        "unit": _office(nomination.unit),
        "county": _office(nomination.county),
        "nominator": _office(nomination.nominator),
        "affiliations": nomination.affiliations,
        "category": nomination.category,
        "category_name": nomination.category_name,
    }
    found |= {name: getattr(nomination, name) for name in PLAIN}
    found |= {part: [_plain(row.entered) for row in getattr(nomination, part).all()] for part in ROW_PARTS}
    found |= {name: day.isoformat() if (day := getattr(nomination, name)) else None for name in DAYS}
    found |= {name: _time(getattr(nomination, name)) for name in TIMES}
    if _may_read_opinions(nomination, actor):
        found |= {name: getattr(nomination, name) for name in ("nominator_opinion", "background_opinion")}
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date | Decimal) else value for name, value in row.items()}


def _office(office: Organisation | None) -> dict[str, Any] | None:
    return {"id": office.pk, "code": office.code, "name": office.name} if office else None


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(ZONE).isoformat() if moment else None


def _may_read_opinions(nomination: Nomination, actor: Actor) -> bool:
    """The nominator's own and the province: the unit does not read the background opinion on its own person."""
    return bool(set(actor.roles) & PROVINCIAL) or (
        actor.holds(Role.BUREAU_OFFICER) and actor.organisation_id == nomination.nominator_id
    )


_OTHERS = (conflict, qualification, waiver, panel, deliberation, notice, objection, determination, local)

register(
    Collection(
        name="nominations",
        model=Nomination,
        visible_to=dossiers_visible_to,
        represent=represent,
        url=lambda nomination: reverse("nomination_detail", args=[nomination.pk]),
        forms={
            **FORMS,
            **{
                step: form
                for module in _OTHERS
                for step, form in getattr(module, "NOMINATION_FORMS", {}).items()
            },
        },
        pages={"correct": lambda nomination: reverse("nomination_correction", args=[nomination.pk])},
        filters=("round__code", "state", "route", "field", "category", "unit", "county", "nominator"),
    )
)


@todo.register
def waiting_for_unit(actor: Any) -> Iterator[todo.Todo]:
    """The clerk's drafts, returned dossiers and corrections, the most urgent by name."""
    if not actor.holds(Role.UNIT_CLERK):
        return
    rows = list(waiting_for(actor).filter(state__in=_WORDS).order_by("correction_due", "pk")[: SHOWN + 1])
    for nomination in rows[:SHOWN]:
        page = "nomination_correction" if nomination.state == "correction" else "nomination_detail"
        yield todo.Todo(
            str(_WORDS[nomination.state]) % {"name": nomination.nominee.name},
            reverse(page, args=[nomination.pk]),
            due=_due(nomination),
            note=nomination.round.shown_title,
            icon="file-pencil",
        )
    if len(rows) > SHOWN:
        yield todo.Todo(_("还有其他待填写的申报"), f"{reverse('nomination_list')}?desk=1", icon="list")


_WORDS = {
    "draft": _("填写%(name)s的申报材料"),
    "returned": _("补充%(name)s的申报材料"),
    "correction": _("补正%(name)s的申报材料"),
}


def _due(nomination: Nomination) -> datetime | None:
    if nomination.state == "correction" and nomination.correction_due:
        return start_of(nomination.correction_due + timedelta(days=1))
    return nomination.round.closes_at


def _left_in_words(quota: Any) -> str:
    if quota.category:
        return gettext("还有%(n)s个“%(category)s”类推荐名额") % {
            "n": quota.left,
            "category": quota.category_name,
        }
    return gettext("还有%(n)s个推荐名额") % {"n": quota.left}


@todo.register
def waiting_for_bureau(actor: Any) -> Iterator[todo.Todo]:
    """What lies on the officer's desk, and the places still left."""
    if not actor.holds(Role.BUREAU_OFFICER):
        return
    words = {"county_review": _("审核申报材料"), "nominator_review": _("审核并推荐到省")}
    for state, row in desk_counts(actor).items():
        yield todo.Todo(
            words[state],
            reverse("nomination_detail", args=[row["first"]])
            if row["n"] == 1
            else f"{reverse('nomination_list')}?desk=1&state={state}",
            due=todo.end_of(row["due"]) or row["closing"],
            note=gettext("%(n)s份待办理") % {"n": row["n"]},
            icon="clipboard-check",
            count=row["n"],
        )
    for quota in quotas_of_officer(actor):
        left = quota.left  # type: ignore[attr-defined]
        if left > 0:
            yield todo.Todo(
                _left_in_words(quota),
                f"{reverse('nomination_list')}?round={quota.round.code}",
                due=quota.round.closes_at,
                note=quota.round.shown_title,
                icon="send",
            )
