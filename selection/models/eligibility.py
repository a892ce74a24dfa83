"""What a dossier tells the eligibility rules, and what the rules say about it in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from selection.models.integrity import Bar, bars_of_person, subjects
from selection.rules.eligibility import MONTHS
from selection.rules.eligibility_rules import Finding, Rule, earliest_birth, evaluate, latest_start
from selection.rules.rulebook import Rulebook
from workflow.errors import Sentence
from workflow.wording import days, listed, years

FACT_NAMES: dict[str, Sentence] = {
    "setting": _("单位性质"),
    "is_civil_servant": _("公务员身份"),
    "certificate_level": _("证书级别"),
    "certified_on": _("证书批准日期"),
    "practice": _("从业经历"),
    "province_practice": _("本省从业经历"),
    "born_on": _("出生日期"),
    "dishonesty_checked_on": _("失信查询日期"),
    "recognised": _("本称号获得情况"),
    "revoked_on": _("称号撤销日期"),
    "other_routes": _("本轮其他申报"),
    "registered_until": _("登记有效期至"),
    "awarded_on": _("成果与奖励日期"),
    "education": _("学历"),
    "field": _("服务领域"),
    "route": _("推荐渠道"),
}
# Where in the dossier a fact is entered: the section is marked, and the field named.
FACT_FIELDS: dict[str, str] = {
    **{name: name for name in FACT_NAMES},
    "is_civil_servant": "civil_status",
    "practice": "intervals",
    "province_practice": "intervals",
    "awarded_on": "awards",
}
ENDED = ("withdrawn", "declined")


# What is known -------------------------------------------------------------------------------------------------------


def facts_of(nomination: Any) -> dict[str, Any]:
    """The facts of a dossier under the names that rules use. What nobody has entered is empty; what no dossier holds
    is absent, and left to a person."""
    own = nomination.facts
    intervals = own["intervals"]
    found: dict[str, Any] = {name: own[name] for name in _AS_ENTERED}
    found |= {
        "practice": [(start, end) for start, end, _here in intervals],
        "province_practice": [(start, end) for start, end, here in intervals if here],
        "awarded_on": [day for _kind, day in own["awards"] if day is not None],
        "dishonesty_checked_on": nomination.dishonesty_checked_on,
        "education": nomination.education,
        "field": nomination.field,
        "route": nomination.route,
    }
    return {**found, **nomination.register_facts}


_AS_ENTERED = (
    "setting",
    "is_civil_servant",
    "certificate_level",
    "certified_on",
    "born_on",
    "registered_until",
)


def register_facts(nominee: Any) -> dict[str, Any]:
    """What the register of recognised talents says about a person."""
    rows = list(nominee.recognitions.all())
    revoked = [row for row in rows if row.revoked_on is not None]
    forgiven = _forgiven(revoked)
    days = [row.revoked_on for row in revoked if row.nomination_id not in forgiven]
    return {"recognised": len(revoked) < len(rows), "revoked_on": max(days, default=None)}


def _forgiven(revoked: Iterable[Any]) -> set[int]:
    """The dossiers whose revocation no longer counts, because the bar that came with it was lifted."""
    if not (ids := [row.nomination_id for row in revoked if row.nomination_id]):
        return set()
    lifted = Bar.objects.filter(state=Bar.State.LIFTED, source=Bar.Source.REVOCATION, dossier__in=ids)
    return set(lifted.values_list("dossier", flat=True))


def other_routes(nomination: Any) -> int:
    """How many other dossiers of this person stand in the round. The database lets none in; this is the look that
    the finding records."""
    rows = nomination.nominee.nominations.filter(round=nomination.round_id).exclude(state__in=ENDED)
    return int(rows.exclude(pk=nomination.pk).count())


def barred(nominee: Any, rules: Rulebook) -> str:
    """Why this person may not stand in a round of these rules: recognised already, revoked too short ago, or barred by
    the integrity register. Where the rules and the register both say so, the later day is the answer."""
    facts = register_facts(nominee) if nominee.pk else {}
    asked = [rule for rule in rules.eligibility if rule.force == "hard" and rule.fact in facts]
    failed = next((f for f in evaluate(asked, facts, rules.reference_date) if f.outcome == "fail"), None)
    if failed and failed.passes_on is None:
        return gettext("该人选已获得本称号，不能重复申报。")
    bar = bars_of_person(nominee.person_key, Bar.AS_NOMINEE).first()
    if bar and (failed is None or failed.passes_on is None or failed.passes_on <= bar.until_on):
        return _barred_by(bar)
    return _why_barred(failed) if failed and failed.passes_on else ""


def barring(nominee: Any) -> list[str]:
    """The bars on which a refusal to let this person stand rests, as the ledger names them."""
    return subjects(bars_of_person(nominee.person_key, Bar.AS_NOMINEE))


def _why_barred(found: Finding) -> str:
    words = {"day": found.passes_on.isoformat() if found.passes_on else ""}
    return gettext("该人选的称号曾被撤销，%(day)s前不能再次申报。") % words


def _barred_by(bar: Bar) -> str:
    if bar.source == Bar.Source.REVOCATION:
        words = {"day": bar.until_on.isoformat()}
        return gettext("该人选的称号曾被撤销，%(day)s前不能再次申报。") % words
    return gettext("该人选因“%(ground)s”列入诚信名册，%(day)s前不能申报。") % {
        "ground": bar.get_ground_display(),
        "day": bar.until_on.isoformat(),
    }


# In words ------------------------------------------------------------------------------------------------------------


def name_of(rule: Rule) -> str:
    """A rule's name in the reader's language, with its number."""
    return rule.title(english=(get_language() or "").startswith("en"))


def names_of(rules: Rulebook) -> dict[str, str]:
    """Every rule's name by its id."""
    return {rule.id: name_of(rule) for rule in rules.eligibility}


def describe(found: Finding, rules: Rulebook, labels: Mapping[str, str] | None = None) -> str:
    """A failure as a sentence: the rule, what was entered, what is asked for, and the day on which it would pass."""
    rule = rules.rule(found.rule)
    words = {"rule": found.rule, "name": name_of(rule) if rule else ""}
    parts = [gettext("%(rule)s：%(name)s不符合") % words]
    if entered := entered_words(found, labels):
        parts.append(entered)
    if found.passes_on:
        parts.append(gettext("满足日期为%(day)s") % {"day": found.passes_on.isoformat()})
    return gettext("，").join(parts) + gettext("。")


def entered_words(found: Finding, labels: Mapping[str, str] | None = None) -> str:
    """What a rule looked at, as people read it; nothing where it looked at nothing. `labels` names the choices."""
    if found.missing:
        return gettext("尚未填写")
    write = _WORDS.get(found.kind)
    return write(found, labels or {}) if write and found.inputs else ""


def _day_words(found: Finding) -> str:
    return gettext("%(fact)s%(day)s") % {"fact": FACT_NAMES[found.fact], "day": found.inputs[found.fact]}


def _choice_words(found: Finding, labels: Mapping[str, str]) -> str:
    return listed(labels.get(value, value) for value in found.inputs[found.fact])


def _flag_words(found: Finding, _labels: Mapping[str, str]) -> str:
    return gettext("已声明：是") if found.inputs[found.fact] else gettext("已声明：否")


def _held_words(found: Finding, _labels: Mapping[str, str]) -> str:
    words = {"start": _day_words(found), "on": found.inputs["on"], "held": years(found.inputs["years"])}
    return gettext("%(start)s，截至%(on)s满%(held)s") % words


def _union_words(found: Finding, _labels: Mapping[str, str]) -> str:
    words = {"on": found.inputs["on"], "held": in_years(found.inputs["months"])}
    return gettext("截至%(on)s累计%(held)s，重叠只计一次") % words


def in_years(months: int) -> str:
    """78 months are 6年6个月."""
    whole, rest = divmod(months, MONTHS)
    left = ngettext("%(n)s个月", "%(n)s个月", rest) % {"n": rest}
    if not rest:
        return years(whole)
    return gettext("%(years)s%(months)s") % {"years": years(whole), "months": left} if whole else left


def _age_words(found: Finding, _labels: Mapping[str, str]) -> str:
    if "age" not in found.inputs:
        return _day_words(found)
    words = {"on": found.inputs["on"], "age": found.inputs["age"], "day": found.inputs["born_from"]}
    return gettext("截至%(on)s为%(age)s周岁，%(day)s及以后出生的不超龄") % words


def _register_words(found: Finding, _labels: Mapping[str, str]) -> str:
    value = found.inputs[found.fact]
    if not value:
        return gettext("系统核对，无记录")
    return _day_words(found) if isinstance(value, str) else gettext("系统核对，已有记录")


def _age_of_paper_words(found: Finding, _labels: Mapping[str, str]) -> str:
    words = {"start": _day_words(found), "n": days(max(0, found.inputs["days"]))}
    return gettext("%(start)s，距基准日%(n)s") % words


def _valid_words(found: Finding, _labels: Mapping[str, str]) -> str:
    return _day_words(found)


def _window_words(found: Finding, _labels: Mapping[str, str]) -> str:
    words = {"of": found.inputs["of"], "n": len(found.inputs["counted"])}
    return gettext("共%(of)s项，计入%(n)s项") % words


_WORDS = {
    "choice_in": _choice_words,
    "not_flagged": _flag_words,
    "held_full_years": _held_words,
    "union_years": _union_words,
    "age_at_most": _age_words,
    "register_clear": _register_words,
    "dated_within_days": _age_of_paper_words,
    "valid_until": _valid_words,
    "scoring_window": _window_words,
}


def choice_labels(model: Any) -> dict[str, str]:
    """What the choices that rules ask for are called."""
    fields: Iterable[Any] = (model._meta.get_field(name) for name in _CHOICES)
    return {value: str(label) for field in fields for value, label in field.choices}


_CHOICES = ("setting", "certificate_level", "education", "field", "route")


def cutoff(rule: Rule, on: date) -> str:
    """The last day or first day that still meets a date rule: what a call prints, so that nobody need count."""
    if rule.kind == "age_at_most":
        return gettext("%(day)s及以后出生") % {"day": earliest_birth(rule, on).isoformat()}
    if rule.kind == "held_full_years":
        return gettext("%(day)s及以前取得") % {"day": latest_start(rule, on).isoformat()}
    return ""
