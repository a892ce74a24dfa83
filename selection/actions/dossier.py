"""Writing a dossier: its sections, finished or not, what is declared with it, its versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models import Declaration, DossierVersion, Nomination, Nominee, Round
from selection.models.dossier import write_rows
from selection.models.eligibility import barred, barring
from selection.models.integrity import bars_of_nominator, nominator_sentence
from selection.models.nomination import ROW_PARTS
from selection.models.nomination_guards import DECLARATIONS, is_open, why_closed
from selection.queries.dossier import SECTIONS, Section, fingerprint
from selection.queries.dossier_versions import digest, snapshot
from selection.rules.declarations import CURRENT, digest_of
from workflow import clock, door
from workflow.actor import Actor
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.machine import subject_of

BEGUN = ("setting", "civil_status", "certificate_level", "certified_on")  # asked before the dossier is begun


@door.act
def save_section(
    nomination: Nomination,
    section: Section,
    *,
    by: Actor,
    values: Mapping[str, Any],
    seen: str = "",
    writer: str = "",
    seq: int = 0,
) -> Nomination:
    """Keep what was typed into one section of a draft, finished or not. A changed field is no longer asked for.

    `seen` is the fingerprint of the section that the writer had before them: where it has changed since by another
    hand, nothing is written over. `writer` names an open page and `seq` its savings: of one page's savings a later
    one is not written over by an earlier one that arrives late.
    """
    nomination = _editable(nomination, by)
    last = nomination.saves.get(section.slug, {})
    present = fingerprint(nomination, section) if seen or writer else ""
    own = bool(writer) and last.get("writer") == writer and last.get("print") == present
    if own and seq <= last["seq"]:
        return nomination
    given = {name: value for name, value in values.items() if name in section.fields}
    changed = {name for name, value in given.items() if nomination.answer(name) != value}
    if seen and not own and seen != present and changed:
        raise StepRefused(
            _("您打开本节后，他人已作修改。请核对下方标出的现有内容，再次保存即以您所填为准。"),
            code="changed_meanwhile",
        )
    for name in changed:
        if name in ROW_PARTS:
            write_rows(nomination, name, given[name])
        else:
            setattr(nomination, name, given[name])
    nomination.requests = [row for row in nomination.requests if row["field"] not in changed]
    page = {"writer": writer, "seq": seq, "print": fingerprint(nomination, section)} if writer else {}
    nomination.saves[section.slug] = page
    nomination.save(update_fields=[*(changed - ROW_PARTS.keys()), "title", "requests", "saves"])
    return nomination


@door.act
def sign(nomination: Nomination, *, by: Actor, declared: Iterable[str], seen: str = "") -> Nomination:
    """Keep which declarations are made, each signing a row of its own; one made before keeps its time."""
    made = set(declared)
    present = door.locked(nomination)
    outdated = set(
        present.declarations.filter(withdrawn_at=None).exclude(version=CURRENT).values_list("kind", flat=True)
    )
    now = clock.now()
    values = {
        name: (None if name not in made else now if name in outdated else getattr(present, name) or now)
        for name in DECLARATIONS
    }
    changed = [name for name in DECLARATIONS if values[name] != getattr(present, name)]
    saved = save_section(present, SECTIONS[-1], by=by, values=values, seen=seen)
    present.declarations.filter(kind__in=changed, withdrawn_at=None).update(withdrawn_at=now)
    Declaration.objects.bulk_create(_signed(saved, name, by) for name in changed if values[name] is not None)
    return saved


def _signed(nomination: Nomination, kind: str, by: Actor) -> Declaration:
    language = get_language() or "zh-hans"
    return Declaration(
        nomination=nomination, kind=kind, version=CURRENT, language=language, text_digest=digest_of(kind, language),
        signed_at=getattr(nomination, kind), signed_by=by if isinstance(by, User) else None,
    )  # fmt: skip


def _editable(nomination: Nomination, by: Actor) -> Nomination:
    nomination = door.locked(nomination)
    if not policies.may_submit(nomination, by):
        raise NotPermitted(_("只有本单位经办可以填写申报材料。"))
    if nomination.state not in (Nomination.State.DRAFT, Nomination.State.RETURNED):
        raise StepRefused(_("申报已提交，审核单位退回前不能修改。"), code="wrong_state")
    if not is_open(nomination.round):
        raise OutsideWindow(why_closed(nomination.round))
    require_unbarred(nomination.nominee, nomination.round, nomination.nominator_id)
    return nomination


def require_unbarred(nominee: Nominee, round_: Round, nominator: int | None = None) -> None:
    """Refuse whom the rules or the integrity register keep away, and a nominator that may not nominate."""
    if reason := barred(nominee, round_.rulebook):
        raise _barred(reason, barring(nominee), "barred")
    found = list(bars_of_nominator(nominator))
    if found:
        raise _barred(nominator_sentence(found[0]), [subject_of(bar) for bar in found], "nominator_barred")


def _barred(reason: str, bars: Iterable[str], code: str) -> StepRefused:
    refusal = StepRefused(reason, code=code)
    refusal.because = tuple(bars)
    return refusal


def begin(nomination: Nomination, answers: Mapping[str, Any]) -> None:
    """Carry what was asked before the dossier was begun into the draft."""
    for name in BEGUN:
        if answers.get(name):
            setattr(nomination, name, answers[name])
    nomination.save(update_fields=list(BEGUN))
    write_rows(nomination, "posts", [{"unit": nomination.unit.name, "primary": True}])
    if since := answers.get("practice_since"):
        write_rows(
            nomination, "intervals", _since(since, answers.get("province_since"), nomination.unit.name)
        )


def _since(practice: date, province: date | None, unit: str) -> list[dict[str, Any]]:
    """The interval or the two that two starting days say: outside the province, then within it."""
    if province is None:
        return [{"started": practice, "in_province": False}]
    if province <= practice:
        return [{"started": practice, "in_province": True, "unit": unit}]
    outside = {"started": practice, "ended": province - timedelta(days=1), "in_province": False}
    return [outside, {"started": province, "in_province": True, "unit": unit}]


def take_version(nomination: Nomination, occasion: str, *, by: Actor) -> DossierVersion:
    """Keep the dossier as it stands now, under its digest."""
    content = snapshot(nomination)
    return DossierVersion.objects.create(
        nomination=nomination, number=nomination.versions.count() + 1, occasion=occasion, taken_at=clock.now(),
        taken_by=by.name, content=content, digest=digest(content),
    )  # fmt: skip
