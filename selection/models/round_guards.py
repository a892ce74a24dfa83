"""What must hold before a round may go on."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow import clock
from workflow.machine import Guard


def _rulebook_complete(round_: Any) -> bool:
    return not round_.rulebook_faults


def _all_concluded(round_: Any) -> bool:
    return not round_.nominations.filter(state__in=("nominated", "correction")).exists()


def _recheck_pending(round_: Any) -> bool:
    """Somebody found disqualified may still be reinstated: a re-check is asked for, or may be until its day is over."""
    rechecks = apps.get_model("selection", "RecheckRequest").objects.filter(
        nomination__round=round_, nomination__state="disqualified"
    )
    may_ask = models.Q(state="offered", request_due__gte=clock.today())
    return bool(rechecks.filter(may_ask | models.Q(state="requested")).exists())


def _panel_drawn(round_: Any) -> bool:
    return bool(round_.panels.filter(state="drawn").exists())


def _no_sheet_missing(round_: Any) -> bool:
    """Every assignment that still counts has a submitted sheet."""
    return not (
        round_.assignments.filter(state__in=("drawn", "accepted"), stage=round_.stage)
        .exclude(nomination__state="withdrawn")
        .exclude(sheet__state="submitted")
        .exists()
    )


def _determination_confirmed(round_: Any) -> bool:
    return bool(round_.determinations.filter(state="confirmed").exists())


def cleared_and_free(round_: Any) -> Any:
    """The cleared against whom nothing is open: neither under investigation, nor upheld, nor in time and undecided."""
    standing = (
        Q(objections__state="admitted")
        | Q(objections__state="upheld", objections__material=True)
        | Q(objections__state="lodged", objections__kind__in=("real_name", "lead"))
    )
    held = round_.nominations.filter(standing).values("pk")
    return round_.nominations.filter(state="cleared").exclude(pk__in=held)


def still_to_decide(round_: Any) -> Any:
    """The cleared and free whom no decision has named: neither recognised nor left out with a minuted reason."""
    return cleared_and_free(round_).exclude(left_out__determination__state="confirmed")


def second_stage_held(round_: Any) -> bool:
    """The rules ask for no second stage, or it has begun."""
    return bool(round_.stage > 1 or round_.rulebook.second_stage == 0)


second_stage_due = Guard(
    "no_second_stage",
    _("本轮规则没有规定第二阶段，或者第二阶段已经开始。"),
    lambda r: not second_stage_held(r),
    applies=True,
)
nothing_decided = Guard(
    "list_fixed",
    _("拟认定名单已经着手确定，不能再开始第二阶段。"),
    lambda r: not r.proposals.exists() and not r.ballots.exists(),
)
somebody_scored = Guard(
    "nobody_scored",
    _("没有取得正式得分的人选。"),
    lambda r: r.nominations.filter(state="scored").exists(),
)
rulebook_complete = Guard(
    "rulebook_incomplete", _("规则书尚不完整，请先补齐标红的各项。"), _rulebook_complete
)
closing_still_ahead = Guard(
    "closing_passed",
    _("规则书所定的申报截止时间已过，请先改定日期。"),
    lambda r: not _rulebook_complete(r) or clock.now() < r.rulebook.closes_at,
)
closing_time_passed = Guard(
    "too_early", _("申报截止时间未到。"), lambda r: r.closes_at is not None and clock.now() >= r.closes_at
)
all_concluded = Guard("not_concluded", _("还有申报未作出初审结论。"), _all_concluded)
no_recheck_pending = Guard(
    "recheck_pending",
    _("还有初审不合格的申报在复核中，或申请复核的期限未满。"),
    lambda r: not _recheck_pending(r),
)
panel_drawn = Guard("panel_not_drawn", _("评审专家尚未抽取。"), _panel_drawn)
no_sheet_missing = Guard("sheets_missing", _("还有应交的评分表未提交。"), _no_sheet_missing)
opening_asked = Guard(
    "second_person_missing",
    _("启封须由处室负责人和监督员两人确认，处室负责人尚未提出。"),
    lambda r: r.operator_id is not None,
)
list_fixed = Guard("list_not_fixed", _("拟认定名单尚未确定。"), lambda r: r.proposals.exists())
notice_posted = Guard(
    "notice_not_posted", _("公示尚未发布。"), lambda r: r.notices.filter(state="posted").exists()
)
notice_over = Guard(
    "notice_running", _("公示期未满。"), lambda r: not r.notices.filter(state="posted").exists()
)
determination_confirmed = Guard("not_determined", _("认定决定尚未作出。"), _determination_confirmed)
nobody_left_cleared = Guard(
    "list_mismatch",
    _("还有公示通过的人选未列入认定决定。"),
    lambda r: not still_to_decide(r).exists(),
)
record_exported = Guard(
    "record_not_exported",
    _("公布之后尚未导出评选档案，请先导出并妥善保存。"),
    lambda r: r.record_exports.filter(stage="published").exists(),
)
decisions_published = Guard(
    "decision_not_published",
    _("还有已作出的认定决定没有公布，不能归档。"),
    lambda r: not r.determinations.filter(state="confirmed", published_on=None).exists(),
)
nobody_pending = Guard(
    "candidates_pending",
    _("还有人选在公示中或暂停办理，不能归档。"),
    lambda r: not r.nominations.filter(state__in=("on_notice", "cleared")).exists(),
)
