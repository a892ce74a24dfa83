"""What is wrong with a rulebook: one function a subject, yielding (field, code, arguments of the message)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from selection.rules.attachment import FROM_UNIT, MOST_FILE_MB
from selection.rules.eligibility_rules import DECIDERS, FACTS, FORCES, KINDS, Rule
from selection.rules.ranking import LINKS
from selection.rules.scoring import FULL_MARK, SMALLEST_TRIM
from selection.rules.seats import KINDS as KINDS_CAPPED
from workflow.rules.calendar import SHANGHAI

if TYPE_CHECKING:
    from selection.rules.rulebook import Rulebook

WHOLE = 100
MOST_YEARS = 99
BANDS = 3  # limits between four bands
NO_COMMENT_FROM = FULL_MARK + 1  # no mark is as high: no comment is asked for
AT_LEAST_ONE = (
    "ceiling", "min_sheets", "per_nominee", "panel_size", "shortlist", "notice_days", "outage_hours", "correction_days",
    "unit_notice_days", "scoring_days", "recheck_days", "recheck_answer_days", "county_days", "nominator_days",
    "screening_days", "management_years", "conflict_years", "max_file_mb", "max_dossier_mb",
)  # fmt: skip
CHOICES = {
    "method": ("mean", "trimmed_mean", "median"),
    "notice_mode": ("working_days", "calendar_days"),
    "strata_mode": ("seats", "shares", "pool"),
}


class Fault(NamedTuple):
    """A field that may not stay as it is: a code for the message, and what the message names."""

    field: str
    code: str
    arguments: dict[str, Any]


def faults_of(rules: Rulebook, calendar_years: Collection[int]) -> list[Fault]:
    """All faults, in the order of the rulebook."""
    return [
        *_dates(rules),
        *_calendar(rules, calendar_years),
        *_numbers(rules),
        *_criteria(rules),
        *_sheets(rules),
        *_marks(rules),
        *_strata(rules),
        *_panel_caps(rules),
        *_money(rules),
        *_quotas(rules),
        *_categories(rules),
        *_attachments(rules),
        *_eligibility(rules),
        *_tie_chain(rules),
        *_bounds(rules),
        *_second_stage(rules),
    ]


def _dates(rules: Rulebook) -> Iterator[Fault]:
    if rules.closes_at <= rules.opens_at:
        yield Fault("closes_at", "closes_before_opening", {})
    closing_day = rules.closes_at.astimezone(SHANGHAI).date()
    if rules.reference_date > closing_day:
        yield Fault("reference_date", "reference_after_closing", {"closing_day": closing_day.isoformat()})


def _calendar(rules: Rulebook, calendar_years: Collection[int]) -> Iterator[Fault]:
    first, last = (moment.astimezone(SHANGHAI).year for moment in (rules.opens_at, rules.closes_at))
    for year in range(first, last + 1):
        if year not in calendar_years:
            yield Fault("closes_at", "calendar_missing", {"year": year})


def _numbers(rules: Rulebook) -> Iterator[Fault]:
    for name in AT_LEAST_ONE:
        if getattr(rules, name) < 1:
            yield Fault(name, "below_minimum", {"minimum": 1})
    if not 0 <= rules.pass_line <= FULL_MARK:
        yield Fault("pass_line", "out_of_range", {"minimum": 0, "maximum": FULL_MARK})
    for name, choices in CHOICES.items():
        if getattr(rules, name) not in choices:
            yield Fault(name, "unknown_choice", {"value": getattr(rules, name)})


def _criteria(rules: Rulebook) -> Iterator[Fault]:
    codes = [criterion.code for criterion in rules.criteria]
    total = sum((criterion.weight for criterion in rules.criteria), Decimal(0))
    if total != WHOLE:
        yield Fault("criteria", "weights_not_100", {"total": str(total)})
    for criterion in rules.criteria:
        if criterion.weight <= 0:
            yield Fault("criteria", "weight_not_positive", {"criterion": criterion.code})
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Fault("criteria", "criterion_twice", {"criterion": code})
    if rules.tie_criterion not in codes:
        yield Fault("tie_criterion", "unknown_criterion", {"criterion": rules.tie_criterion})


def _sheets(rules: Rulebook) -> Iterator[Fault]:
    if rules.per_nominee > rules.panel_size:
        yield Fault("per_nominee", "more_than_panel", {"panel_size": rules.panel_size})
    if rules.min_sheets > rules.per_nominee:
        yield Fault("min_sheets", "more_than_drawn", {"per_nominee": rules.per_nominee})
    if rules.min_sheets_for_trim < SMALLEST_TRIM:
        yield Fault("min_sheets_for_trim", "below_minimum", {"minimum": SMALLEST_TRIM})


def _marks(rules: Rulebook) -> Iterator[Fault]:
    found = rules.bands
    if len(found) != BANDS or any(not 0 < band < FULL_MARK for band in found):
        yield Fault("bands", "bands_not_three", {})
    elif sorted(set(found), reverse=True) != list(found):
        yield Fault("bands", "bands_not_falling", {})
    if not 1 <= rules.comment_at_least <= NO_COMMENT_FROM:
        yield Fault("comment_at_least", "out_of_range", {"minimum": 1, "maximum": NO_COMMENT_FROM})
    if not 0 <= rules.comment_below <= FULL_MARK:
        yield Fault("comment_below", "out_of_range", {"minimum": 0, "maximum": FULL_MARK})


def _strata(rules: Rulebook) -> Iterator[Fault]:
    for stratum, size in sorted(rules.strata.items()):
        if size < 0:
            yield Fault("strata", "negative", {"name": stratum})
    total = sum(rules.strata.values())
    if rules.strata_mode == "seats" and total != rules.panel_size:
        yield Fault("strata", "strata_not_panel", {"total": total, "panel_size": rules.panel_size})
    if rules.strata_mode == "shares" and total != WHOLE:
        yield Fault("strata", "strata_not_100", {"total": total})


def _panel_caps(rules: Rulebook) -> Iterator[Fault]:
    for kind, most in sorted(rules.panel_caps.items()):
        if kind not in KINDS_CAPPED:
            yield Fault("panel_caps", "unknown_choice", {"value": kind})
        if most < 1:
            yield Fault("panel_caps", "below_minimum", {"minimum": 1})
    if rules.consecutive_rounds < 0:
        yield Fault("consecutive_rounds", "negative", {"name": "consecutive_rounds"})


def _money(rules: Rulebook) -> Iterator[Fault]:
    if rules.award < 0:
        yield Fault("award", "negative", {"name": "award"})
    if sum(rules.instalment_shares) != WHOLE:
        yield Fault("instalment_shares", "shares_not_100", {"total": sum(rules.instalment_shares)})
    if any(share < 1 for share in rules.instalment_shares):
        yield Fault("instalment_shares", "below_minimum", {"minimum": 1})


def _quotas(rules: Rulebook) -> Iterator[Fault]:
    for organisation, places in sorted(rules.quotas.items()):
        if places < 0:
            yield Fault("quotas", "negative", {"name": organisation})
    if not rules.divided and not any(places > 0 for places in rules.quotas.values()):
        yield Fault("quotas", "no_quotas", {})


def _categories(rules: Rulebook) -> Iterator[Fault]:
    codes = [category.code for category in rules.categories]
    if any(not category.code.strip() or not category.name.strip() for category in rules.categories):
        yield Fault("categories", "category_unnamed", {})
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Fault("categories", "category_twice", {"category": code})
    if rules.divided:
        yield from _divided(rules, codes)
    elif rules.quotas_by_category:
        yield Fault("quotas_by_category", "not_divided", {})


def _divided(rules: Rulebook, codes: Collection[str]) -> Iterator[Fault]:
    """Places by category: of the categories there are, adding up to the nominator's places where those are given."""
    if not any(places > 0 for row in rules.quotas_by_category.values() for places in row.values()):
        yield Fault("quotas_by_category", "no_quotas", {})
    for organisation, row in sorted(rules.quotas_by_category.items()):
        for code in sorted(row.keys() - set(codes)):
            yield Fault("quotas_by_category", "unknown_category", {"name": organisation, "category": code})
        if any(places < 0 for places in row.values()):
            yield Fault("quotas_by_category", "negative", {"name": organisation})
    for organisation in sorted(rules.quotas.keys() & rules.quotas_by_category.keys() if rules.quotas else ()):
        total, places = sum(rules.quotas_by_category[organisation].values()), rules.quotas[organisation]
        if total != places:
            yield Fault(
                "quotas_by_category", "category_sum", {"name": organisation, "total": total, "places": places}
            )


def _attachments(rules: Rulebook) -> Iterator[Fault]:
    if rules.max_file_mb > MOST_FILE_MB:
        yield Fault("max_file_mb", "out_of_range", {"minimum": 1, "maximum": MOST_FILE_MB})
    if rules.max_dossier_mb < rules.max_file_mb:
        yield Fault("max_dossier_mb", "below_minimum", {"minimum": rules.max_file_mb})
    for kind in rules.required_attachments:
        if kind not in FROM_UNIT:
            yield Fault("required_attachments", "unknown_choice", {"value": kind})


def _tie_chain(rules: Rulebook) -> Iterator[Fault]:
    chain = rules.tie_chain
    known = {*LINKS, *(f"criterion:{criterion.code}" for criterion in rules.criteria)}
    for link in chain:
        if link not in known:
            yield Fault("tie_chain", "unknown_choice", {"value": link})
    if len(set(chain)) != len(chain):
        yield Fault("tie_chain", "link_twice", {})
    if not chain or chain[-1] != "lot":  # every other link may leave people level
        yield Fault("tie_chain", "lot_not_last", {})


GROUP_KINDS = ("city", "field", "setting", "category")


def _bounds(rules: Rulebook) -> Iterator[Fault]:
    for name in ("caps", "floors"):
        for group, number in sorted(getattr(rules, name).items()):
            if group.partition("/")[0] not in GROUP_KINDS or not group.partition("/")[2]:
                yield Fault(name, "unknown_choice", {"value": group})
            if number < 0:
                yield Fault(name, "negative", {"name": group})
    for group, floor in sorted(rules.floors.items()):
        if floor > rules.caps.get(group, floor) or floor > rules.ceiling:
            yield Fault("floors", "floor_above_cap", {"group": group})


def _second_stage(rules: Rulebook) -> Iterator[Fault]:
    if rules.second_stage < 0:
        yield Fault("second_stage", "negative", {"name": "second_stage"})
    elif 0 < rules.second_stage < rules.ceiling:  # the whole list comes from those scored by the whole panel
        yield Fault("second_stage", "second_stage_below_ceiling", {"ceiling": rules.ceiling})


def _eligibility(rules: Rulebook) -> Iterator[Fault]:
    found = rules.eligibility
    ids = [rule.id for rule in found]
    if not found:
        yield Fault("eligibility", "no_rules", {})
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield Fault("eligibility", "rule_twice", {"rule": id})
    for rule in found:
        yield from (Fault("eligibility", code, {"rule": rule.id, **more}) for code, more in _rule(rule))


def _rule(rule: Rule) -> Iterator[tuple[str, dict[str, Any]]]:
    if not rule.id.strip() or not rule.name.strip():
        yield "rule_unnamed", {}
    for value, known in ((rule.force, FORCES), (rule.decides, DECIDERS), (rule.kind, KINDS)):
        if value not in known:
            yield "rule_unknown_choice", {"value": value}
    if rule.kind in KINDS:
        yield from _parameters(rule)


def _parameters(rule: Rule) -> Iterator[tuple[str, dict[str, Any]]]:
    shape = rule.shape
    if stray := sorted(rule.params.keys() - shape.parameters):
        yield "rule_stray_parameter", {"value": stray[0]}
    if shape.facts and FACTS.get(rule.fact) not in shape.facts:
        yield "rule_wrong_fact", {"value": rule.fact}
    if shape.choices and not rule.params.get("choices"):
        yield "rule_no_choices", {}
    needed = bool(shape.number) and (not shape.number_optional or FACTS.get(rule.fact) == "day")
    if needed and rule.number < 1:
        yield "rule_below_minimum", {"minimum": 1}
    if rule.number > MOST_YEARS and shape.number == "years":
        yield "rule_above_maximum", {"maximum": MOST_YEARS}
