"""A dossier in words: its sections, their state, its answers masked, its findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from selection.models import Nomination
from selection.models.attachment_kinds import FILE_FIELDS, Kind, kind_asked
from selection.models.dossier import PARTS
from selection.models.eligibility import in_years as in_years
from selection.models.nomination_guards import (
    DECLARATIONS,
    REQUIRED,
    ROW_PARTS,
    notice_proven,
    unit_notice_done,
)
from selection.queries import eligibility
from selection.queries.attachment import task_of
from selection.queries.eligibility import fields_failing
from workflow import calendar, clock
from workflow.errors import Sentence
from workflow.rules.calendar import CalendarMissing, add_working_days, working_days_between

UNIT_NOTICE = (
    "unit_notice_from",
    "unit_notice_until",
    "unit_notice_place",
    "unit_notice_proof",
    "unit_notice_objections",
)
NOTICE_OUTCOME = ("unit_notice_conclusion",)  # where somebody objected


@dataclass(frozen=True)
class Section:
    """One page of the dossier."""

    slug: str
    title: Sentence
    hint: Sentence
    fields: tuple[str, ...]


SECTIONS = (
    Section(
        "basic",
        _("基本信息"),
        _("性别、出生日期、民族、政治面貌、学历、联系方式"),
        (
            "gender", "born_on", "ethnicity", "politics", "education", "degree", "school", "major", "phone", "email",
        ),
    ),
    Section(
        "posts",
        _("单位与职务"),
        _("单位性质、公务员身份、服务领域，可填写多个任职，标明主要任职"),
        ("setting", "civil_status", "field", "posts"),
    ),
    Section(
        "certificate",
        _("职业资格证书"),
        _("级别、编号、批准日期，登记情况"),
        ("certificate_level", "certificate_number", "certified_on", "registration_number", "registered_until"),
    ),
    Section(
        "practice",
        _("从业经历"),
        _("逐段填写，重叠的时间只计一次"),
        ("intervals",),
    ),
    Section(
        "service", _("近五年服务记录"), _("逐年填写个案、小组、社区活动、受益人数和成效"), ("service_records",)
    ),
    Section("awards", _("成果与奖励"), _("项目、品牌、研究、标准、奖项、督导带教，没有的不填"), ("awards",)),
    Section("story", _("事迹与简介"), _("主要事迹和公示时使用的简介"), ("achievements", "summary")),
    Section(
        "studio",
        _("工作室设想"),
        _("目标和三年任务、团队、场地、合作站点、预算"),
        ("studio_plan", "studio_team", "studio_site", "studio_partners", "budget_lines"),
    ),
    Section(
        "unit",
        _("单位意见与公示"),
        _("单位意见、单位公示的起止日期、地点、证明和有无异议"),
        ("unit_opinion", *UNIT_NOTICE, *NOTICE_OUTCOME),
    ),
    Section("declarations", _("声明"), _("真实性承诺、利益冲突声明、隐私告知、公示单独同意"), DECLARATIONS),
)  # fmt: skip
NEEDED = frozenset((*REQUIRED, *UNIT_NOTICE, *DECLARATIONS))
CORRECTABLE = tuple(name for section in SECTIONS[:-1] for name in section.fields)
FILES = Section("attachments", _("附件"), _("证件、证书、证明和成果材料"), FILE_FIELDS)
ASKABLE = (*CORRECTABLE, *FILE_FIELDS)  # what may be named in a return or a request for correction


def section_named(slug: str) -> Section | None:
    """The section of that name."""
    return next((section for section in SECTIONS if section.slug == slug), None)


def section_of(field: str) -> Section:
    """The section that holds a field, or the files of a kind."""
    return next(section for section in (*SECTIONS, FILES) if field in section.fields)


def place_of(nomination: Nomination, field: str) -> str:
    """The page on which a field is filled in, or files of a kind are brought."""
    if kind := kind_asked(field):
        return f"{reverse('nomination_attachments', args=[nomination.pk])}?kind={kind}"
    return reverse("nomination_edit", args=[nomination.pk, section_of(field).slug])


def label_of(field: str) -> str:
    """What a field of the dossier is called."""
    if field in ROW_PARTS:
        return str(ROW_PARTS[field])
    if kind := kind_asked(field):
        return gettext("附件“%(kind)s”") % {"kind": Kind(kind).label}
    found: Any = Nomination._meta.get_field(field)
    return str(found.verbose_name)


# What is shown -------------------------------------------------------------------------------------------------------


def masked_id(number: str) -> str:
    """330***********123X: three in front, four behind."""
    return f"{number[:3]}{'*' * 11}{number[-4:]}" if len(number) == 18 else "*" * len(number)


def masked_phone(number: str) -> str:
    """138****1234."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else "*" * len(number)


def shown(nomination: Nomination, field: str) -> str:
    """A field as people read it, of a kind of files how many there are; the phone is masked, whoever reads."""
    if kind := kind_asked(field):
        return files_shown(nomination, kind)
    return shown_value(field, nomination.answer(field))


def files_shown(nomination: Nomination, kind: str) -> str:
    """How many files of a kind the dossier has."""
    n = nomination.attachments.filter(kind=kind, removed_at=None).count()
    return ngettext("%(n)s个文件", "%(n)s个文件", n) % {"n": n} if n else "—"


def shown_value(field: str, value: Any) -> str:
    """The same for a value that does not stand on the row."""
    if not value:
        return "—"
    if field in ROW_PARTS:
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines_of(field, value), start=1))
    if field == "phone":
        return masked_phone(value)
    if field in DECLARATIONS:
        return gettext("%(at)s已签署") % {"at": value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")}
    if isinstance(value, date):
        return value.isoformat()
    found: Any = Nomination._meta.get_field(field)
    return str(dict(found.choices).get(value, value)) if found.choices else str(value)


def lines_of(part: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The lines of a part that repeats, as they are read."""
    return [str(PARTS[part](**row)) for row in rows]


def answers(nomination: Nomination) -> list[dict[str, Any]]:
    """Every section with its rows (field, label, answer), to read or to check."""
    return [
        {
            "section": section,
            "rows": [(name, label_of(name), shown(nomination, name)) for name in section.fields],
            "url": reverse("nomination_edit", args=[nomination.pk, section.slug]),
        }
        for section in SECTIONS
    ]


def fingerprint(nomination: Nomination, section: Section) -> str:
    """A short digest of a section as it stands: a page sends it back, to learn of a change made meanwhile."""
    stated = "\x1f".join(str(nomination.answer(name) or "") for name in section.fields)
    return sha256(stated.encode()).hexdigest()[:16]


# How far it is -------------------------------------------------------------------------------------------------------


def tasks(nomination: Nomination) -> list[dict[str, Any]]:
    """The sections as a task list."""
    failed = fields_failing(nomination)
    rows = [
        {
            "title": section.title,
            "url": reverse("nomination_edit", args=[nomination.pk, section.slug]),
            "note": section.hint,
            "state": _state_of(nomination, section, failed),
            "slug": section.slug,
        }
        for section in SECTIONS
    ]
    return [*rows[:-1], task_of(nomination), *rows[-1:]]


def _state_of(nomination: Nomination, section: Section, failed: set[str]) -> str:
    if any(request["field"] in section.fields for request in nomination.requests):
        return "wrong"
    filled = [name for name in section.fields if nomination.holds(name)]
    if any(name not in filled for name in section.fields if name in NEEDED):
        return "started" if any(nomination.answer(name) for name in section.fields) else ""
    if any(nomination.answer(name) for name in set(section.fields) - set(filled)):
        return "started"  # a line with a gap in a part that may be left out
    if not filled and not NEEDED.intersection(section.fields):
        return "optional"
    if failed & set(section.fields):
        return "wrong"
    return _unit_state(nomination) if section.slug == "unit" else "done"


def _unit_state(nomination: Nomination) -> str:
    """All that is needed is filled in: what came of an objection, and whether the notice has stood long enough."""
    if not notice_proven(nomination):
        return "started"
    return "done" if unit_notice(nomination)["state"] == "pass" else "waiting"


SETTLED = ("done", "optional")  # nothing is missing


def outstanding(listed: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What stands between the dossier and its submission, with links."""
    words = {
        "": gettext("%(title)s未开始"), "started": gettext("%(title)s未填完"), "wrong": gettext("%(title)s须修改"),
        "waiting": gettext("%(title)s期限未满"), "missing": gettext("%(title)s未上传齐"),
    }  # fmt: skip
    return [
        {"url": task["url"], "text": words[task.get("lacks", task["state"])] % {"title": task["title"]}}
        for task in listed
        if task["state"] not in SETTLED
    ]


# What the rules say --------------------------------------------------------------------------------------------------


def rules(nomination: Nomination) -> list[dict[str, Any]]:
    """The eligibility rules one by one, as components/rule.html shows them."""
    return [*eligibility.rows(nomination), unit_notice(nomination)]


def unit_notice(nomination: Nomination) -> dict[str, Any]:
    """The unit's own notice: how long it stood, and the day on which it is long enough."""
    needed = nomination.round.rulebook.unit_notice_days
    title = gettext("单位公示满%(n)s个工作日") % {"n": needed}
    start, end = nomination.unit_notice_from, nomination.unit_notice_until
    if start is None:
        return {"title": title, "detail": gettext("尚未填写"), "state": "wait", "advice": ""}
    detail = gettext("%(day)s张贴，当日不计") % {"day": start.isoformat()}
    try:
        full = add_working_days(start, needed, calendar.current())
        counted = working_days_between(start, end, calendar.current()) if end else 0
    except CalendarMissing as absent:
        advice = gettext("%(year)s年工作日历未导入，无法计算期限。") % {"year": absent.year}
        return {"title": title, "detail": detail, "state": "fail", "advice": advice}
    return {"title": title, "detail": detail, **_notice_state(nomination, full, counted >= needed)}


def _notice_state(nomination: Nomination, full: date, long_enough: bool) -> dict[str, Any]:
    end = nomination.unit_notice_until
    if not long_enough or end is None:
        advice = gettext("应公示至%(day)s或以后。") % {"day": full.isoformat()}
        return {"state": "fail" if end else "wait", "advice": advice}
    if end > clock.today():
        return {
            "state": "wait",
            "advice": gettext("公示至%(day)s，期满后方可提交。") % {"day": end.isoformat()},
        }
    if not notice_proven(nomination):
        return {"state": "wait", "advice": unit_notice_done.why_not(nomination)}
    return {"state": "pass", "advice": ""}


def facts_of(nomination: Nomination) -> dict[str, Any]:
    """What the eligibility rules look at: see `Nomination.facts`."""
    return nomination.facts
