"""What a plan lacks, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from studios.rules.plan import Fault
from workflow.errors import Sentence

SENTENCES: dict[str, Sentence] = {
    "no_goal": _("至少写一项三年目标。"),
    "goal_year": _("目标“%(goal)s”的完成年份应在%(first)s年至%(last)s年之间。"),
    "task_missing": _("缺少%(year)s年“%(task)s”的目标值。"),
    "task_below": _("%(year)s年“%(task)s”低于管理办法规定的%(least)s。"),
    "team_small": _("团队应不少于%(least)s人，现为%(now)s人。"),
    "team_twice": _("团队成员有重名，请加以区分。"),
    "mentees_few": _("带教学员应不少于一组%(least)s人，现登记%(now)s人，请在“指标贡献”页登记。"),
    "stations_few": _("合作站点应不少于%(least)s个，现为%(now)s个。"),
    "station_twice": _("合作站点有重名，请加以区分。"),
    "weak_few": _("合作站点中，薄弱地区的应不少于%(least)s个，现为%(now)s个。"),
}


def sentence_of(fault: Fault) -> str:
    """The sentence that a fault is shown with."""
    return str(SENTENCES[fault.code]) % fault.given
