"""The integrity register: for the office that keeps it, and for the decisions that it binds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.models import Bar, Expert, ExpertAlias, Panelist, Revocation
from selection.models.integrity import in_force
from selection.rules.integrity import AFTER_REVOCATION, TERMS
from workflow import clock
from workflow.machine import Machine, step_named, subject_of
from workflow.models import Entry

READERS = frozenset({Role.MANAGER, Role.LEADER, Role.SUPERVISOR, Role.AUDIT_ADMIN})
STANDINGS = (
    ("in_force", _("在册")),
    ("coming", _("尚未起始")),
    ("over", _("已期满")),
    ("lifted", _("已解除")),
)
MOST_USES = 50
WORDS = {
    "create": _("建立申报"),
    "save_section": _("保存申报材料"),
    "invite": _("开通专家账号"),
    "link_account": _("开通专家账号"),
    "promote": _("候补递补"),
    "leave": _("退出评审组"),
}


def bars_visible_to(user: Any) -> QuerySet[Bar]:
    """The register for the office; nobody else learns whether anybody stands in it."""
    rows = Bar.objects.select_related("organisation", "recorded_by", "dossier__nominee")
    return rows if user.roles & READERS else rows.none()


def bars_in_force(on: date | None = None) -> QuerySet[Bar]:
    """The bars that bind on a day, today unless one is named."""
    return in_force(on)


def bar_years(revocation: Revocation) -> int:
    """For how many years a revocation bars, by its ground; 0 where it does not."""
    ground = AFTER_REVOCATION.get(revocation.ground, "")
    return TERMS[ground].usual if ground else 0


# The pool ------------------------------------------------------------------------------------------------------------


def _of_expert(day: date | None) -> QuerySet[Bar]:
    aliases = ExpertAlias.objects.filter(expert=OuterRef(OuterRef("pk"))).values("id_hash")
    own = Q(person_hash=OuterRef("id_hash")) | Q(person_hash__in=aliases)
    return in_force(day).filter(own, capacity__in=Bar.AS_EXPERT)


def barred(day: date | None = None) -> Exists:
    """Whether an expert is barred on that day, under whichever number."""
    return Exists(_of_expert(day))


def barred_until(day: date | None = None) -> Subquery:
    """The day on which an expert's bar is over; none where there is none."""
    return Subquery(_of_expert(day).order_by("-until_on").values("until_on")[:1])


def bars_of_experts(experts: QuerySet[Expert], day: date | None = None) -> dict[str, list[Bar]]:
    """The bars in force by the expert's code, in three statements."""
    keys = {key: code for code, key in experts.values_list("code", "id_hash") if key}
    aliases = ExpertAlias.objects.filter(expert__in=experts.order_by().values("pk"))
    keys |= dict(aliases.values_list("id_hash", "expert__code"))
    found: dict[str, list[Bar]] = {}
    for bar in in_force(day).filter(person_hash__in=keys, capacity__in=Bar.AS_EXPERT):
        found.setdefault(keys[bar.person_hash], []).append(bar)
    return found


def bars_of_expert(expert: Expert, day: date | None = None) -> list[Bar]:
    """The bars of one expert."""
    return bars_of_experts(Expert.objects.filter(pk=expert.pk), day).get(expert.code, [])


def seats_to_vacate() -> QuerySet[Panelist]:
    """Seats of barred experts on draws whose scores are still sealed."""
    rows = Panelist.objects.filter(
        number__isnull=False,
        left_at=None,
        panel__state="drawn",
        panel__round__state__in=("screening", "review"),
    )
    return rows.filter(expert__in=Expert.objects.filter(barred())).select_related("expert", "panel__round")


# The list ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filter:
    """What narrows the register."""

    q: str = ""
    capacity: str = ""
    ground: str = ""
    standing: str = ""

    @property
    def narrows(self) -> bool:
        """Anything at all."""
        return bool(self.q or self.capacity or self.ground or self.standing)


def standing_is(wanted: str) -> Q:
    """The bars of one standing today."""
    today = clock.today()
    kept = Q(state=Bar.State.IN_FORCE)
    return {
        "in_force": kept & Q(from_on__lte=today, until_on__gt=today),
        "coming": kept & Q(from_on__gt=today),
        "over": kept & Q(until_on__lte=today),
        "lifted": Q(state=Bar.State.LIFTED),
    }.get(wanted, Q())


def narrowed(rows: QuerySet[Bar], wanted: Filter) -> QuerySet[Bar]:
    """By name or document, capacity, ground and standing."""
    rows = rows.filter(standing_is(wanted.standing))
    for name in ("capacity", "ground"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    for word in wanted.q.split():
        rows = rows.filter(Q(subject_name__icontains=word) | Q(document_number__icontains=word))
    return rows


@dataclass(frozen=True)
class Use:
    """One decision that rested on a bar: the entry, what was to be done, about what."""

    entry: Entry
    step: Any
    about: str
    code: str  # the step's name
    record: str  # the record, as the ledger names it


def uses_of(bar: Bar) -> list[Use]:
    """The decisions that rested on a bar, the latest first."""
    entries = Entry.objects.filter(subject=subject_of(bar), kind="bound").order_by("-seq")
    return [_use(entry) for entry in entries[:MOST_USES]]


def _use(entry: Entry) -> Use:
    """An entry in words; the record is named as it is called now."""
    said: dict[str, Any] = json.loads(entry.payload or "{}")
    name, _colon, pk = str(said.get("about", "")).partition(":")
    code, subject = str(said.get("step", "")), str(said.get("about", ""))
    app, _dot, model = name.partition(".")
    kind: Any = apps.all_models.get(app, {}).get(model)
    if kind is None or not pk.isdigit():
        return Use(entry, code, name, code, subject)
    step = step_named(kind, code) if issubclass(kind, Machine) else None
    label = step.label if step else WORDS.get(code, code)
    record = kind._default_manager.filter(pk=pk).first()
    return Use(entry, label, f"{kind._meta.verbose_name} {record or pk}", code, subject)
