"""The words of the rules for studios: labels of parameters, groups, tables, faults."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflow.errors import Sentence

LABELS: dict[str, Sentence] = {
    "prohibited": _("不得列支的内容"),
    "item_limit": _("单件设备上限（元）"),
    "cash_limit": _("现金支付提示线（元）"),
    "adjustment_share": _("科目间自行调剂比例"),
    "excellent_share": _("优秀比例上限"),
    "vetoes": _("一票否决事项"),
    "rectify_working_days": _("整改期限"),
    "record_days": _("活动登记期限"),
    "sample_share": _("活动抽查比例"),
    "link_days": _("站点确认链接有效期"),
    "statement_working_days": _("陈述申辩期限"),
    "recovery_days": _("退款期限"),
    "bar_years": _("失信限制年限"),
    "report_change_days": _("变动报告期限"),
    "plan_years": _("计划年数"),
    "team_least": _("团队最少人数"),
    "mentee_group": _("一组带教学员人数"),
    "stations_least": _("合作站点最少个数"),
    "weak_stations_least": _("其中薄弱地区最少个数"),
    "plaque_pattern": _("铭牌编号样式"),
    "report": _("前期支付后有报告通过"),
    "spent_share": _("前期支出率（%）"),
    "grade": _("考核不低于"),
    "most_overdue": _("逾期报告达几份即锁定"),
    "code": _("代码"),
    "name": _("名称"),
    "name_en": _("英文名称"),
    "cap": _("占资助上限（%）"),
    "target": _("每年目标"),
    "unit": _("单位"),
    "points": _("分值"),
    "least": _("最低分"),
    "title": _("标题"),
    "text": _("条款"),
}
UNITS: dict[str, Sentence] = {
    **dict.fromkeys(("adjustment_share", "excellent_share", "sample_share"), _("单位：%。")),
    **dict.fromkeys(("rectify_working_days", "statement_working_days"), _("单位：工作日。")),
    **dict.fromkeys(("record_days", "link_days", "recovery_days", "report_change_days"), _("单位：日。")),
    **dict.fromkeys(("bar_years", "plan_years"), _("单位：年。")),
}
YUAN = ("item_limit", "cash_limit")
FLAGS = ("report",)
GROUPS: tuple[tuple[Sentence, tuple[str, ...]], ...] = (
    (_("设立"), ("plan_years", "team_least", "mentee_group", "stations_least", "weak_stations_least", "plaque_pattern")),
    (_("经费"), ("item_limit", "cash_limit", "adjustment_share", "prohibited")),
    (_("活动"), ("record_days", "sample_share", "link_days")),
    (_("考核"), ("excellent_share", "rectify_working_days", "vetoes")),
    (_("变更与退出"), ("report_change_days", "statement_working_days", "recovery_days", "bar_years")),
)  # fmt: skip
TABLES: dict[str, Sentence] = {
    "gates": _("各期拨付条件"),
    "heads": _("经费科目"),
    "tasks": _("年度任务"),
    "dimensions": _("考核指标"),
    "grades": _("考核等次"),
    "clauses": _("协议范本"),
}
ROWS: dict[str, tuple[str, ...]] = {
    "gates": ("report", "spent_share", "grade", "most_overdue"),
    "heads": ("code", "name", "name_en", "cap"),
    "tasks": ("code", "name", "name_en", "target", "unit"),
    "dimensions": ("code", "name", "name_en", "points"),
    "grades": ("code", "least"),
    "clauses": ("title", "text"),
}
SPARE = {"heads": 1, "tasks": 1, "dimensions": 1, "clauses": 1}
GRADES: tuple[tuple[str, Sentence], ...] = (
    ("excellent", _("优秀")),
    ("qualified", _("合格")),
    ("basic", _("基本合格")),
    ("unqualified", _("不合格")),
)
FAULTS = {
    "dimensions": "points",
    "grades": "least",
    "heads": "code",
    "tasks": "code",
}  # where a table's fault is said
SENTENCES: dict[str, Sentence] = {
    "malformed": _("填写不完整，或数值超出范围。"),
    "unknown": _("没有这个参数。"),
    "sum": _("各项分值之和须为100。"),
    "order": _("最低分须从高到低，末等为0。"),
    "double": _("代码重复。"),
    "pattern": _("编号样式须含{year}和{number}，如 浙社领工〔{year}〕第{number:03d}号。"),
    "place": _("条款中有系统不认识的填空项。"),
}
