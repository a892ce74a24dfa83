"""The integrity register: who is barred, by whom the bar is lifted, and what a bar that begins takes away at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from selection import policies
from selection.errors import BarRefused
from selection.messages import integrity as messages
from selection.models import Bar, Expert, Nomination, Nominee, Panel
from selection.queries.integrity import bars_of_experts
from selection.rules.eligibility import valid_id_number
from selection.rules.integrity import AFTER_REVOCATION, TERMS, allowed, free_on
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted
from workflow.machine import subject_of

RECORDED = kinds.named("bar.recorded", _("列入诚信名册"))
EXPORTED = kinds.named("bar.exported", _("导出诚信名册"))


@door.act
def bar(
    *,
    by: Actor,
    capacity: str,
    ground: str,
    source: str,
    document_number: str,
    subject_name: str = "",
    person_hash: str = "",
    organisation: Organisation | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    years: int | None = None,
    facts: str = "",
    origin: str = "",
    dossier: Nomination | None = None,
) -> Bar:
    """Enter a bar: in years of its ground, from today unless another day is named.

    One decision (`origin`) bars in one capacity once: asked again it gives the bar that is there.
    """
    if not policies.may_record_bar(None, by):
        raise NotPermitted(_("您的身份不能登记诚信名册。"))
    if origin and (known := Bar.objects.filter(origin=origin, capacity=capacity).first()):
        return known
    start = from_on or clock.today()
    made = Bar(
        person_hash=person_hash, organisation=organisation, capacity=capacity, ground=ground, source=source,
        subject_name=subject_name.strip() or (organisation.name if organisation else ""), facts=facts[:1000],
        document_number=document_number.strip(), origin=origin, dossier=dossier, from_on=start,
        until_on=until_on or _end(ground, capacity, start, years),
        recorded_by=by if isinstance(by, User) else None, recorded_at=clock.now(),
    )  # fmt: skip
    _require_whole(made)
    made.save()
    ledger.append(by, chain=made.chain_key, kind=RECORDED, subject=subject_of(made), payload=_told(made))
    messages.recorded(made)
    return made


def _end(ground: str, capacity: str, start: date, years: int | None) -> date:
    term = TERMS.get(ground)
    length = years if years is not None else term.usual if term else 0
    if term is None or not allowed(ground, capacity, length):
        least, most = (term.least, term.most) if term else (0, 0)
        words = _("该事由不适用于所选限制事项，或者年限不在%(least)s至%(most)s年之间。")
        raise BarRefused(words % {"least": least, "most": most}, code="bad_term")
    return free_on(start, length)


def _require_whole(made: Bar) -> None:
    if not made.subject_name or not made.document_number:
        raise BarRefused(_("请填写对象和文号。"), code="incomplete")
    if (made.capacity == Bar.Capacity.NOMINATOR) != (made.organisation is not None):
        raise BarRefused(_("限制推荐的对象是推荐单位，其他限制的对象是个人。"), code="wrong_subject")
    if made.organisation is None and not made.person_hash:
        raise BarRefused(_("请填写身份证号，姓名不足以认定一人。"), code="no_person")
    if made.from_on >= made.until_on:
        raise BarRefused(_("期满日期应晚于起始日期。"), code="bad_dates")


def _told(made: Bar) -> dict[str, Any]:
    return {
        "name": made.subject_name, "capacity": made.capacity, "ground": made.ground, "source": made.source,
        "document_number": made.document_number, "origin": made.origin,
        "from": made.from_on.isoformat(), "until": made.until_on.isoformat(),
    }  # fmt: skip


@door.act
def bar_by_hand(
    *, by: Actor, id_number: str = "", organisation: Organisation | None = None, **facts: Any
) -> Bar:
    """Enter a bar from a document: a person by the identity number, of which only the key is kept."""
    key = ""
    if organisation is None:
        number = id_number.strip().upper()
        if not valid_id_number(number):
            raise BarRefused(_("身份证号有误，请核对18位号码。"), code="bad_id_number")
        key = Nominee.key_of(number)
    return bar(by=by, person_hash=key, organisation=organisation, **facts)


def bar_after_revocation(
    nomination: Nomination, *, by: Actor, ground: str, document_number: str, facts: str, origin: str
) -> Bar | None:
    """The bar that a revocation brings, by its ground; none where the ground brings none."""
    if ground not in AFTER_REVOCATION:
        return None
    return bar(
        by=by, person_hash=nomination.nominee.person_key, subject_name=nomination.nominee.name,
        capacity=Bar.Capacity.BOTH, ground=AFTER_REVOCATION[ground], source=Bar.Source.REVOCATION,
        document_number=document_number, facts=facts, origin=origin, dossier=nomination,
    )  # fmt: skip


@door.act
def lift(bar: Bar, *, by: Actor, reason: str) -> Bar:
    """Take a bar off before its time."""
    moved = door.take(bar, "lift", by=by, reason=reason, at=clock.now())
    messages.lifted(moved)
    return moved


def note_bars(experts: Iterable[str], panel: Panel, step: str, *, by: Actor) -> None:
    """Write down with each bar of these experts that a draw passed them over because of it."""
    if not (codes := set(experts)):
        return
    for bars in bars_of_experts(Expert.objects.filter(code__in=codes)).values():
        for one in bars:
            door.note_use(subject_of(one), by, step=step, about=subject_of(panel))


@door.act
def record_export(*, by: Actor, rows: int, query: str) -> None:
    """Write down who took the register out as a file."""
    ledger.append(
        by, chain=ledger.OFFICE, kind=EXPORTED, subject="selection.bar", payload={"rows": rows, "query": query}
    )  # fmt: skip
