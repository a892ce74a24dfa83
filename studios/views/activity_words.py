"""The words of tasks and of what looks odd."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TASKS = {
    "training": _("培训与沙龙（次）"),
    "mentees": _("督导满24小时的学员（人）"),
    "cases": _("个案（例）"),
    "groups": _("满4节的小组（个）"),
    "community": _("社区活动（次）"),
    "stations": _("合作站点（个）"),
    "satisfaction": _("满意度（%）"),
}
ODD = {
    "photo": _("照片与其他记录重复"),
    "two_places": _("带队社工同一时间在两地"),
    "capacity": _("人次超过场地容纳"),
    "round": _("各次人次均为整十"),
    "bulk": _("报告到期前集中补录"),
}
