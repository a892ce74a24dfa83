"""What must hold before a dossier moves: the guards of the nomination and the words for what fails."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.models.eligibility import barred, barring, choice_labels, describe
from selection.models.integrity import bars_of_nominator, nominator_sentence, subjects
from selection.models.round import Round, second_stage_held
from selection.rules.eligibility_rules import Finding, hard_failures, soft_failures
from workflow import calendar, clock
from workflow.machine import Guard
from workflow.rules.calendar import CalendarMissing, working_days_between
from workflow.wording import listed

REQUIRED = (
    "setting", "civil_status", "gender", "born_on", "ethnicity", "politics", "education", "phone", "posts", "field",
    "certificate_level", "certificate_number", "certified_on", "intervals", "service_records", "achievements", "summary",
    "studio_plan", "studio_team", "studio_site", "budget_lines", "unit_opinion",
)  # fmt: skip
ROW_PARTS = {
    "posts": _("任职"), "intervals": _("从业经历"), "service_records": _("近五年服务记录"), "awards": _("成果与奖励"),
    "budget_lines": _("经费预算"),
}  # fmt: skip
NOTICE_PROOF = ("unit_notice_place", "unit_notice_proof", "unit_notice_objections")
DECLARATIONS = ("truth_declared_at", "conflict_declared_at", "privacy_read_at", "publication_consent_at")
MOST_NAMED = 3  # people whom a nominee's side may ask to leave out
IN_LIST = ("proposed", "on_notice", "cleared", "recognised")


def _in_window(nomination: Any) -> bool:
    return is_open(nomination.round)


def is_open(round_: Any) -> bool:
    """The round takes dossiers now: from its opening on; at the closing second it is over."""
    if round_.state != Round.State.OPEN:
        return False
    return bool(
        round_.rulebook.opens_at <= clock.now() and (not round_.closes_at or clock.now() < round_.closes_at)
    )


def why_closed(round_: Any) -> str:
    """Why the round takes no dossier now."""
    closes_at = round_.closes_at
    if closes_at is None or round_.state == Round.State.DRAFT:
        return gettext("本轮申报尚未启动。")
    if round_.state == Round.State.OPEN and clock.now() < round_.rulebook.opens_at:
        opening = round_.rulebook.opens_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
        return gettext("本轮申报自%(opening)s开始受理。") % {"opening": opening}
    if round_.state == Round.State.CANCELLED:
        return gettext("本轮选拔已取消，不再受理。")
    return gettext("申报已于%(closing)s截止，本次提交于%(now)s到达，未受理。") % {
        "closing": closes_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M"),
        "now": clock.now().strftime("%Y-%m-%d %H:%M:%S"),
    }


def _missing(nomination: Any) -> str:
    names = [
        str(ROW_PARTS[f] if f in ROW_PARTS else nomination._meta.get_field(f).verbose_name)
        for f in nomination.missing_fields
    ]
    return gettext("尚未填写：%(fields)s。") % {"fields": listed(names)}


def _ineligible(nomination: Any) -> str:
    labels = choice_labels(type(nomination))
    rules = nomination.round.rulebook
    return " ".join(describe(found, rules, labels) for found in hard_failures(nomination.findings))


def unwaived(nomination: Any) -> list[Finding]:
    """What goes beyond a rule that is generally so, without the province's leave."""
    return [found for found in soft_failures(nomination.findings) if found.rule not in nomination.waived]


def _not_waived(nomination: Any) -> str:
    rules, labels = nomination.round.rulebook, choice_labels(type(nomination))
    found = [describe(one, rules, labels) for one in unwaived(nomination)]
    return " ".join([*found, gettext("须由推荐单位说明理由申请放宽，并经省级核准，方可作出合格结论。")])


def _unit_notice_long_enough(nomination: Any) -> bool:
    start, end = nomination.unit_notice_from, nomination.unit_notice_until
    if start is None or end is None or end > clock.today() or not notice_proven(nomination):
        return False
    needed = nomination.round.rulebook.unit_notice_days
    try:
        return bool(working_days_between(start, end, calendar.current()) >= needed)
    except CalendarMissing:  # a year nobody has loaded: not counted, therefore not shown to be long enough
        return False


def _why_notice_is_not_done(nomination: Any) -> str:
    """What the record of the unit's notice lacks, or that it was too short."""
    lacking = [name for name in NOTICE_PROOF if not getattr(nomination, name)]
    if nomination.unit_notice_objections == "raised" and not nomination.unit_notice_conclusion:
        lacking.append("unit_notice_conclusion")
    if lacking:
        names = [str(nomination._meta.get_field(name).verbose_name) for name in lacking]
        return gettext("单位公示记录尚缺：%(fields)s。") % {"fields": listed(names)}
    return gettext("单位公示未满规则书规定的工作日数。")


def notice_proven(nomination: Any) -> bool:
    """Where it hung, what shows it, whether anybody objected and what came of that: all of it is written down."""
    settled = nomination.unit_notice_objections != "raised" or bool(nomination.unit_notice_conclusion)
    return settled and all(getattr(nomination, name) for name in NOTICE_PROOF)


def _board_in_term(nomination: Any) -> bool:
    """A federation nominates only while its board is in term; a bureau has no board."""
    nominator = nomination.nominator
    return not nominator.has_board or nominator.board_on(clock.today()) is not None


def _board_expired(nomination: Any) -> str:
    nominator = nomination.nominator
    last = nominator.last_board
    if last is None:
        return gettext("%(name)s没有登记理事会任期，不能推荐。") % {"name": nominator.name}
    return gettext("%(name)s理事会任期已于%(day)s届满，换届登记前不能推荐。") % {
        "name": nominator.name,
        "day": last.until.isoformat(),
    }


def office_held(nominator: Any, nominee: Any) -> str:
    """The office that this person holds on the nominator's board today, or nothing."""
    board = nominator.board_on(clock.today()) if nominator.has_board else None
    held = board.office_of(nominee.person_key, nominee.name_key) if board else None
    return held.role if held else ""


def officer_sentence(nominator: Any, nominee: Any) -> str:
    """Why an officer of the federation is not nominated by it."""
    return gettext("%(name)s现任%(federation)s%(role)s，不能由该会推荐，请经所在地民政局推荐。") % {
        "name": nominee.name,
        "federation": nominator.name,
        "role": office_held(nominator, nominee),
    }


def _has_place(nomination: Any) -> bool:
    return places_used(nomination) < _places(nomination)


def _places(nomination: Any) -> int:
    """How many places the nominator has for the nominee's category."""
    rows = nomination.round.quotas.filter(nominator_id=nomination.nominator_id, category=nomination.category)
    return int(rows.values_list("places", flat=True).first() or 0)


def places_used(nomination: Any) -> int:
    """How many of the nominator's places in the nominee's category are taken in the round, equal to the rows."""
    return int(
        nomination.round.nominations.filter(
            nominator_id=nomination.nominator_id, category=nomination.category, nominated_at__isnull=False
        )
        .exclude(place_freed=True)
        .count()
    )


def no_place(nomination: Any, places: int) -> str:
    """Why nobody more may be nominated, naming the category where places are given out by category."""
    if name := nomination.category_name:
        words = gettext("“%(category)s”类名额%(places)s个已用完。撤回该类别一名或调整排序后再推荐。")
        return words % {"category": name, "places": places}
    return gettext("名额%(places)s个已用完。撤回一名或调整排序后再推荐。") % {"places": places}


def _verdicts(nomination: Any) -> list[str]:
    """The conclusions that stand, one a person."""
    return [
        review.verdict
        for review in nomination.reviews.all()
        if review.state == "concluded" and review.set_aside_at is None
    ]


def _may_be_found(nomination: Any, verdict: str) -> bool:
    """Two persons concluded, and one of them at least so: where they differ, the policy leaves it to the manager."""
    verdicts = _verdicts(nomination)
    return len(verdicts) >= 2 and verdict in verdicts


def _not_on_hold(nomination: Any) -> bool:
    return not nomination.objections.filter(state="admitted").exists()


def _held(nomination: Any) -> str:
    count = nomination.objections.filter(state="admitted").count()
    return gettext("该人选有%(count)s件已受理异议，结论作出前不能办理。") % {"count": count}


def _own_period_over(nomination: Any) -> bool:
    entry = nomination.notice_entries.order_by("-pk").first()  # a correction not yet posted has no end
    return entry is not None and entry.ends_at is not None and clock.now() >= entry.ends_at


in_window = Guard("outside_window", lambda n: why_closed(n.round), _in_window)
dossier_complete = Guard("incomplete", _missing, lambda n: not n.missing_fields)
declarations_made = Guard(
    "not_declared", _("须完成真实性承诺、利益冲突声明、隐私告知和公示单独同意。"),
    lambda n: all(getattr(n, name) for name in DECLARATIONS),
)  # fmt: skip
unit_notice_done = Guard("unit_notice_short", _why_notice_is_not_done, _unit_notice_long_enough)
board_in_term = Guard("board_term_expired", _board_expired, _board_in_term)
not_an_officer = Guard(
    "officer_of_nominator",
    lambda n: officer_sentence(n.nominator, n.nominee),
    lambda n: not office_held(n.nominator, n.nominee),
)
eligible = Guard("ineligible", _ineligible, lambda n: not hard_failures(n.findings))
not_barred = Guard(
    "barred",
    lambda n: barred(n.nominee, n.round.rulebook),
    lambda n: not barred(n.nominee, n.round.rulebook),
    because=lambda n: barring(n.nominee),
)
nominator_not_barred = Guard(
    "nominator_barred",
    lambda n: nominator_sentence(bars_of_nominator(n.nominator_id)[0]),
    lambda n: not bars_of_nominator(n.nominator_id).exists(),
    because=lambda n: subjects(bars_of_nominator(n.nominator_id)),
)
softness_waived = Guard("waiver_missing", _not_waived, lambda n: not unwaived(n))
somebody_waits = Guard(
    "no_successor",
    _("没有待本单位推荐的同类人选可以接替。"),
    lambda n: n.round.nominations.filter(
        nominator_id=n.nominator_id, category=n.category, state="nominator_review"
    ).exists(),
)
quota_left = Guard("quota_exceeded", lambda n: no_place(n, _places(n)), _has_place)
category_chosen = Guard(
    "category_missing",
    _("本轮按类别分配推荐名额，请先选择推荐类别。"),
    lambda n: not (known := dict(n.round.categories)) or n.category in known,
)
draw_not_frozen = Guard(
    "draw_frozen",
    _("抽取名单已冻结，不能再恢复进入初审。"),
    lambda n: not n.round.panels.exclude(state="preparing").exists(),
)
before_the_draw = Guard(
    "draw_frozen", _("抽取名单已冻结，不再受理回避申请。"), lambda n: draw_not_frozen.holds(n)
)
people_left_to_name = Guard(
    "three_named",
    _("每份申报最多申请三人回避，已经用完。"),
    lambda n: n.recusal_requests.exclude(state="withdrawn").count() < MOST_NAMED,
)
after_closing = Guard(
    "too_early", _("申报截止后方可办理资格初审。"), lambda n: n.round.state == Round.State.SCREENING
)
not_corrected_yet = Guard("corrected_once", _("补正只能要求一次。"), lambda n: n.correction_due is None)
before_correction_due = Guard(
    "outside_window",
    _("补正期限已过。"),
    lambda n: n.correction_due is not None and clock.today() <= n.correction_due,
)
found_qualified = Guard(
    "reviews_open",
    _("须由两名初审员分别作出合格结论；结论不一致时由处室负责人裁定。"),
    lambda n: _may_be_found(n, "qualified"),
)
found_disqualified = Guard(
    "reviews_open",
    _("须由两名初审员分别作出不合格结论；结论不一致时由处室负责人裁定。"),
    lambda n: (
        _may_be_found(n, "disqualified")
        or (n.state == "correction" and n.correction_due is not None and clock.today() > n.correction_due)
    ),
)
recheck_upheld = Guard(
    "no_upheld_recheck",
    _("没有成立的复核，不能恢复。"),
    lambda n: n.rechecks.order_by("-pk").values_list("state", flat=True).first() == "upheld",
)
assignments_drawn = Guard(
    "not_drawn",
    _("尚未为该申报抽取评审专家。"),
    lambda n: n.assignments.filter(state__in=("drawn", "accepted")).exists(),
)
result_computed = Guard(
    "no_result",
    _("评分尚未启封计算。"),
    lambda n: hasattr(n, "result") and n.result.score is not None and n.result.stage == n.round.stage,
)
on_the_shortlist = Guard(
    "not_shortlisted",
    _("该人选没有进入第二阶段评审。"),
    lambda n: (
        n.round.state == "review" and n.round.stage > 1 and hasattr(n, "result") and n.result.shortlisted
    ),
)
second_stage_over = Guard(
    "second_stage_due",
    _("规则书规定的第二阶段评审尚未进行，不能确定名单。"),
    lambda n: second_stage_held(n.round),
)
at_or_above_line = Guard(
    "below_line",
    _("得分低于入选分数线。"),
    lambda n: (
        hasattr(n, "result") and n.result.score is not None and n.result.score >= n.round.rulebook.pass_line
    ),
)
within_ceiling = Guard(
    "ceiling_reached",
    _("拟认定人数已达认定上限。"),
    lambda n: n.round.nominations.filter(state__in=IN_LIST).count() < n.round.rulebook.ceiling,
)
notice_stands = Guard(
    "notice_not_posted",
    _("公示尚未发布。"),
    lambda n: n.notice_entries.filter(notice__state="posted", ends_at__isnull=False).exists(),
)
period_over = Guard("notice_running", _("该人选的公示期未满。"), _own_period_over)
not_on_hold = Guard("on_hold", _held, _not_on_hold)
no_undecided_objection = Guard(
    "objection_undecided",
    _("该人选有异议尚未决定是否受理。"),
    lambda n: not n.objections.filter(state="lodged").exclude(kind="complaint").exists(),
)
no_material_objection = Guard(
    "objection_upheld",
    _("该人选有异议已查实且影响认定，须由厅领导决定是否取消。"),
    lambda n: not n.objections.filter(state="upheld", material=True).exists(),
)
objection_upheld = Guard(
    "no_upheld_objection",
    _("没有查实且影响认定的异议。"),
    lambda n: n.objections.filter(state="upheld", material=True).exists(),
)
statement_heard = Guard(
    "statement_not_heard",
    _("撤销前须告知事实并听取陈述申辩：请先由处室负责人启动撤销程序，在程序中作出决定。"),
    lambda n: n.revocations.filter(state="revoked").exists(),
)
left_behind = Guard(
    "not_left_behind",
    _("只有结果公布后仍被暂停或者经会议决定不列入的人选，方可终止。"),
    lambda n: (
        n.round.state == "published"
        and (not _not_on_hold(n) or n.left_out.filter(determination__state="confirmed").exists())
    ),
)
determined = Guard(
    "not_determined",
    _("认定决定尚未作出。"),
    lambda n: n.round.determinations.filter(state="confirmed").exists(),
)
