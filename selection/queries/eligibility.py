"""The eligibility rules on a dossier as pages show them: one by one, with what was looked at and what would make it pass."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.models import Nomination, Waiver
from selection.models.eligibility import (
    FACT_FIELDS,
    FACT_NAMES,
    choice_labels,
    cutoff,
    entered_words,
    name_of,
    names_of,
)
from selection.rules.eligibility_rules import FACTS, Finding, Rule
from selection.rules.rulebook import Rulebook
from workflow.errors import Sentence
from workflow.wording import listed

DECIDERS: dict[str, Sentence] = {
    "system": _("系统核对"),
    "nominator": _("推荐单位核实"),
    "reviewer": _("初审员核实"),
    "province": _("省级核准"),
}


def rows(nomination: Nomination) -> list[dict[str, Any]]:
    """Every rule of the round, as components/rule.html shows it, in the order of the rulebook."""
    names, labels = names_of(nomination.round.rulebook), choice_labels(Nomination)
    latest = {waiver.rule: waiver for waiver in nomination.waivers.all()}
    found = []
    for finding in nomination.findings:
        waiver = latest.get(finding.rule)
        found.append(
            {
                "rule": finding.rule,
                "title": names[finding.rule],
                "detail": _detail(nomination, finding, labels),
                "state": _state(finding, waiver),
                "advice": _advice(nomination, finding, waiver),
                "url": reverse("waiver_detail", args=[waiver.pk]) if waiver else "",
            }
        )
    return found


def _detail(nomination: Nomination, finding: Finding, labels: dict[str, str]) -> str:
    rule = nomination.round.rulebook.rule(finding.rule)
    words = entered_words(finding, labels)
    decides = DECIDERS.get(rule.decides, "") if rule and finding.outcome == "person" else ""
    return " · ".join(str(part) for part in (finding.rule, words, decides) if part)


def _state(finding: Finding, waiver: Waiver | None) -> str:
    """Pass, fail, not yet, or a person's; a soft rule that is not kept is for a person until somebody decided."""
    if finding.missing and finding.outcome == "fail":
        return "wait"
    if finding.outcome == "na":
        return "person"
    if finding.outcome != "fail":
        return finding.outcome
    if finding.force == "soft":
        return _SOFT.get(waiver.state if waiver else "", "person")
    return "fail" if finding.hard else "wait"


_SOFT = {"approved": "pass", "refused": "fail"}


def _advice(nomination: Nomination, finding: Finding, waiver: Waiver | None) -> str:
    if finding.outcome != "fail" or finding.missing:
        return ""
    if finding.force == "soft":
        return _waiver_words(waiver)
    if not finding.hard:
        return gettext("提示项，不影响提交。")
    if finding.passes_on is not None:
        return gettext("满足日期为%(day)s，晚于基准日%(reference)s，本轮不能提交。") % {
            "day": finding.passes_on.isoformat(),
            "reference": nomination.reference_date.isoformat(),
        }
    return gettext("不符合条件，本轮不能提交。")


def _waiver_words(waiver: Waiver | None) -> str:
    if waiver is None:
        return gettext("可以提交，但须由推荐单位说明理由申请放宽，经省级核准后方可初审合格。")
    words = {"reason": waiver.reason, "remark": waiver.remark}
    if waiver.state == "asked":
        return gettext("已申请放宽，待省级核准。理由：%(reason)s") % words
    if waiver.state == "approved":
        return gettext("省级已核准放宽。理由：%(reason)s") % words
    return gettext("省级不予放宽：%(remark)s") % words


def fields_failing(nomination: Nomination) -> set[str]:
    """The fields of the dossier on which a hard rule fails."""
    return {
        FACT_FIELDS[found.fact]
        for found in nomination.findings
        if found.hard and found.outcome == "fail" and found.fact in FACT_FIELDS
    }


def waivers_in_words(nomination: Nomination) -> list[str]:
    """What experts are told of waivers: that there is one, not why."""
    waived = nomination.waived
    if not waived:
        return []
    names = names_of(nomination.round.rulebook)
    words = []
    for found in nomination.findings:
        if found.rule in waived:
            aged = found.kind == "age_at_most"
            words.append(
                gettext("年龄放宽") if aged else gettext("条件放宽：%(rule)s") % {"rule": names[found.rule]}
            )
    return words


# The rules themselves ------------------------------------------------------------------------------------------------

FORCES: dict[str, Sentence] = {
    "hard": _("必备条件"),
    "soft": _("一般条件，可放宽"),
    "warning": _("提示"),
    "scoring": _("评分口径"),
}
KIND_NAMES: dict[str, Sentence] = {
    "choice_in": _("属于所列选项"),
    "not_flagged": _("声明没有"),
    "held_full_years": _("自该日起满若干年"),
    "union_years": _("累计满若干年，重叠只计一次"),
    "age_at_most": _("年龄不超过若干周岁"),
    "register_clear": _("系统登记中没有，或限制期已满"),
    "dated_within_days": _("日期距基准日不超过若干日"),
    "valid_until": _("基准日仍在有效期内"),
    "scoring_window": _("只计近若干年"),
    "person": _("由人核实"),
}


def choices_of(fact: str) -> dict[str, str]:
    """The options of a fact with their names; nothing for a fact without options."""
    if FACTS.get(fact) != "choice":
        return {}
    found: Any = Nomination._meta.get_field(FACT_FIELDS[fact])
    return {str(value): str(label) for value, label in found.choices}


def rule_rows(rules: Rulebook) -> list[dict[str, Any]]:
    """The rules of a round for who reads its rulebook, each with the day at which it turns."""
    return [
        {
            "rule": rule,
            "name": name_of(rule),
            "asks": _asks(rule),
            "cutoff": cutoff(rule, rules.reference_date),
            "force": FORCES.get(rule.force, rule.force),
            "decides": DECIDERS.get(rule.decides, rule.decides),
        }
        for rule in rules.eligibility
    ]


def _asks(rule: Rule) -> str:
    """What a rule looks at and what it asks for."""
    labels = choices_of(rule.fact)
    words = {
        "fact": FACT_NAMES.get(rule.fact, ""),
        "n": rule.number,
        "choices": listed(labels.get(item, item) for item in rule.params.get("choices", ())),
    }
    pattern = _ASKS.get(rule.kind) if rule.number or words["choices"] else None
    if pattern is None:
        parts = [part for part in (words["fact"], KIND_NAMES.get(rule.kind, rule.kind)) if part]
        return "：".join(str(part) for part in parts)
    return str(pattern) % words


_ASKS: dict[str, Sentence] = {
    "choice_in": _("%(fact)s为%(choices)s"),
    "held_full_years": _("自%(fact)s起满%(n)s年"),
    "union_years": _("%(fact)s累计满%(n)s年，重叠只计一次"),
    "age_at_most": _("按%(fact)s计算不超过%(n)s周岁"),
    "register_clear": _("自%(fact)s起满%(n)s年"),
    "dated_within_days": _("%(fact)s距基准日不超过%(n)s日"),
    "scoring_window": _("%(fact)s在近%(n)s年内的计入"),
}
