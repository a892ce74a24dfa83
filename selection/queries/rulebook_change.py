"""Changes of announced rules: who sees them, what they would change, and what stands in their way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import PROVINCIAL, Role
from selection.models import Quota, RecheckRequest, Round, RulebookChange
from selection.models.nomination_guards import is_open
from selection.queries.eligibility import rule_rows
from selection.queries.round import quotas_with_use
from selection.queries.rulebook import LABELS, groups
from selection.rules.rulebook import Rulebook
from selection.rules.rulebook_change import Relied, changed, refusals
from selection.rules.rulebook_faults import Fault
from workflow import clock
from workflow.errors import Sentence
from workflow.wording import listed

CHANGEABLE = (
    Round.State.OPEN, Round.State.SCREENING, Round.State.REVIEW, Round.State.DELIBERATION, Round.State.NOTICE,
    Round.State.DETERMINATION,
)  # fmt: skip

SENTENCES: dict[str, Sentence] = {
    "opened": _("%(label)s：申报已经开始受理，不能再改。"),
    "submitted": _("%(label)s：已有单位按此提交申报，不能再改。"),
    "closed": _("%(label)s：申报已截止，不能再改。"),
    "screened": _("%(label)s：资格初审已结束，不能再改。"),
    "corrected": _("%(label)s：已有申报按此期限补正，不能再改。"),
    "rechecked": _("%(label)s：已有申报按此期限申请复核，不能再改。"),
    "drawn": _("%(label)s：抽取名单已按此冻结，不能再改。"),
    "scoring": _("%(label)s：评审已经开始，不能再改。"),
    "scores_open": _("%(label)s：评分已启封，不能再改。"),
    "posted": _("%(label)s：公示已按此发布，不能再改。"),
    "determined": _("%(label)s：认定决定已作出，不能再改。"),
    "closing_in_the_past": _("%(label)s：新的截止时间不得早于现在。"),
    "places_given": _("%(label)s：名额已按类别下达，类别不能增减。"),
    "below_used": _("%(label)s：%(office)s%(category)s已用%(used)s个，名额不得少于已用数。"),
}


def changes_visible_to(user: Any) -> QuerySet[RulebookChange]:
    """The province's roles follow them; everybody else reads the correction once it is in force."""
    rows = RulebookChange.objects.select_related("round", "proposed_by", "seconded_by", "decided_by")
    rows = rows.prefetch_related("round__rulebook_versions").order_by("-pk")
    return rows if user.roles & PROVINCIAL else rows.none()


def waiting_for(user: Any) -> QuerySet[RulebookChange]:
    """What this person may second or approve."""
    wanted = Q(pk__in=())
    if user.holds(Role.MANAGER):
        wanted |= Q(state=RulebookChange.State.PROPOSED)
    if user.holds(Role.LEADER):
        wanted |= Q(state=RulebookChange.State.SECONDED)
    return changes_visible_to(user).filter(wanted).exclude(proposed_by=user.pk)


def open_change(round_: Round) -> RulebookChange | None:
    """The change on which nobody has decided yet; a round has one at most."""
    return round_.rulebook_changes.filter(state__in=RulebookChange.OPEN).first()


# What has been relied on ----------------------------------------------------------------------------------------------


def relied_on(round_: Round) -> Relied:
    """How far the round has come, from the rows."""
    passed = {name for name, reached in _gates(round_).items() if reached}
    rows: Any = quotas_with_use(Quota.objects.filter(round=round_))
    used = {(row.nominator.code, row.category): row.used for row in rows if row.used}
    return Relied(now=clock.now(), passed=frozenset(passed), used=used)


def _gates(round_: Round) -> dict[str, bool]:
    stands = CHANGEABLE.index(round_.state) if round_.state in CHANGEABLE else len(CHANGEABLE)
    dossiers = round_.nominations
    return {
        "opened": clock.now() >= round_.rulebook.opens_at,
        "closed": not (is_open(round_) or clock.now() < round_.rulebook.opens_at),
        "submitted": dossiers.filter(submitted_at__isnull=False).exists(),
        "screened": stands > CHANGEABLE.index(Round.State.SCREENING),
        "corrected": dossiers.filter(correction_due__isnull=False).exists() or stands > 1,
        "rechecked": RecheckRequest.objects.filter(nomination__round=round_).exists() or stands > 1,
        "drawn": round_.panels.exclude(state="preparing").exists() or stands > 1,
        "scoring": stands > CHANGEABLE.index(Round.State.SCREENING),
        "scores_open": stands > CHANGEABLE.index(Round.State.REVIEW),
        "posted": round_.notices.filter(posted_at__isnull=False).exists(),
        "determined": round_.determinations.filter(state="confirmed").exists(),
    }


def why_not(round_: Round, old: Rulebook, new: Rulebook) -> list[str]:
    """Why the new rules may not take the place of the old ones today, in sentences."""
    return [_sentence(round_, fault) for fault in refusals(old, new, relied_on(round_))]


def _sentence(round_: Round, fault: Fault) -> str:
    words = {"label": LABELS.get(fault.field, fault.field), "office": "", "category": "", **fault.arguments}
    if fault.code == "below_used":
        code, category = fault.arguments["name"], fault.arguments["category"]
        words["office"] = (
            Organisation.objects.filter(code=code).values_list("name", flat=True).first() or code
        )
        name = round_.category_name(category)
        words["category"] = gettext("“%(name)s”类") % {"name": name} if name else ""
    return str(SENTENCES[fault.code]) % words


# What is different ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One parameter before and after, as people read it."""

    name: str
    label: Sentence
    old: str
    new: str


def differences(old: Rulebook, new: Rulebook) -> list[Difference]:
    """Every parameter that differs; of lists, every line that does."""
    found: list[Difference] = []
    plain = _plain(old), _plain(new)
    for name in changed(old, new):
        label = LABELS.get(name, name)
        if name in _LINES:
            found += _of_lines(name, label, _LINES[name](old), _LINES[name](new))
        else:
            before, after = (
                _value(rules, texts, name) for rules, texts in zip((old, new), plain, strict=True)
            )
            found.append(Difference(name, label, before, after))
    return found


def _plain(rules: Rulebook) -> dict[str, str]:
    """What the page of the rules says, by label."""
    return {str(label): str(value) for _title, rows in groups(rules) for label, value in rows}


def _value(rules: Rulebook, texts: Mapping[str, str], name: str) -> str:
    label = str(LABELS.get(name, name))
    return texts.get(label) or json.dumps(rules.to_dict()[name], ensure_ascii=False)


def _of_lines(
    name: str, label: Sentence, old: Mapping[str, str], new: Mapping[str, str]
) -> list[Difference]:  # fmt: skip
    nothing = gettext("无")
    return [
        Difference(name, f"{label} · {key}", old.get(key, nothing), new.get(key, nothing))
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def _criteria(rules: Rulebook) -> dict[str, str]:
    return {c.code: f"{c.name} {c.weight}" for c in rules.criteria}


def _quotas(rules: Rulebook) -> dict[str, str]:
    names = _offices(rules.quotas)
    return {names.get(code, code): str(places) for code, places in sorted(rules.quotas.items()) if places}


def _by_category(rules: Rulebook) -> dict[str, str]:
    names, kinds = _offices(rules.quotas_by_category), {c.code: c.name for c in rules.categories}
    return {
        names.get(code, code): listed(
            f"{kinds.get(kind, kind)}{places}" for kind, places in sorted(row.items())
        )
        for code, row in sorted(rules.quotas_by_category.items())
    }


def _offices(codes: Mapping[str, Any]) -> dict[str, str]:
    return dict(Organisation.objects.filter(code__in=codes).values_list("code", "name"))


def _eligibility(rules: Rulebook) -> dict[str, str]:
    return {
        row["rule"].id: f"{row['name']}：{row['asks']}（{row['force']}，{row['decides']}）"
        for row in rule_rows(rules)
    }


_LINES: dict[str, Any] = {
    "criteria": _criteria,
    "quotas": _quotas,
    "quotas_by_category": _by_category,
    "categories": lambda rules: {c.code: c.name for c in rules.categories},
    "eligibility": _eligibility,
}


@dataclass(frozen=True)
class Correction:
    """One version after the first, as the public reads it."""

    change: RulebookChange
    digest: str
    differences: list[Difference]


def corrections(round_: Round) -> list[Correction]:
    """What has been changed since the announcement, the newest first."""
    versions = {row.version: row for row in round_.rulebook_versions.all()}
    rows = round_.rulebook_changes.filter(state=RulebookChange.State.APPROVED).order_by("-version")
    return [
        Correction(row, versions[row.version].digest, differences(versions[row.base].rules, row.after))
        for row in rows
        if row.version in versions and row.base in versions
    ]
