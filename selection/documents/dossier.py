"""《社会工作领军人才申报表》: a nomination as the form that offices fill in, sign, seal and file.

It is in Chinese whatever language its reader has chosen. Identity number and phone are masked, whoever prints; no seal
is drawn: opinions end in blanks for signature, seal and date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation

from accounts.models import User
from selection.documents.evidence import portrait, signed_in_system
from selection.models import Nomination
from selection.models.nomination_guards import DECLARATIONS
from selection.queries import dossier as dossiers
from selection.queries.attachment import attachments_of
from selection.queries.dossier_versions import digest, snapshot
from selection.rules.declarations import text_of
from workflow import clock
from workflow.documents.form import Cell, Form, Grid, title

TITLE = "社会工作领军人才申报表"
COLUMNS = 12
PHOTO_ROWS = 4
SIGN_UNIT = "负责人（签名）：　　　　　　　　　　（单位盖章）\n　　　　年　　月　　日"
SIGN_OFFICE = "经办人（签名）：　　　　　　负责人（签名）：　　　　　　（盖章）\n　　　　年　　月　　日"
SIGN_PERSON = "申报人（签名）：　　　　　　　　\n　　　　年　　月　　日"
NOTE = (
    "说明：身份证号、手机已作隐去处理，原件核对时填写；各级意见栏由有关单位签名、盖章并填写日期，"
    "本系统不生成印章。未经签名盖章的打印件不作为正式文件。"
)


def form_of(nomination: Nomination, *, by: User, at: datetime, shows_opinion: bool) -> Form:
    """The form as it stands; the nominator's opinion is printed for those who may read it on the page."""
    with translation.override("zh-hans"):
        return Form(
            title=TITLE,
            subtitle=nomination.round.title,
            above=_above(nomination),
            grids=[
                *_person(nomination, by), _posts(nomination), _certificate(nomination), _practice(nomination),
                _service(nomination), _awards(nomination), _story(nomination), *_studio(nomination),
                _unit_notice(nomination), _attachments(nomination, by), _declarations(nomination),
                *_opinions(nomination, shows_opinion),
            ],
            note=NOTE,
            footer=_footer(nomination, by, at),
        )  # fmt: skip


def _above(nomination: Nomination) -> list[str]:
    sent = nomination.submitted_at
    state = f"提交时间：{_instant(sent)}" if sent else "（尚未提交，仅供核对）"
    return [f"编号：{nomination.code}", f"推荐渠道：{nomination.get_route_display()}", state]


def _footer(nomination: Nomination, by: User, at: datetime) -> list[str]:
    content = digest(snapshot(nomination))
    number = next((str(v.number) for v in nomination.versions.all() if v.digest == content), "")
    version = f"（与第{number}次留存版本一致）" if number else "（打印时的内容）"
    office = f"，{by.organisation.name}" if by.organisation else ""
    return [
        f"编号 {nomination.code}　规则书 {nomination.rules_version}　打印时间 {_instant(at)}　打印人 {by.name}{office}",
        f"材料摘要 SHA-256 {content}{version}",
    ]


# Words ---------------------------------------------------------------------------------------------------------------


def _instant(at: datetime) -> str:
    return at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _shown(nomination: Nomination, field: str) -> str:
    """A field in words; an empty one stays empty: there is room for a pen."""
    return dossiers.shown(nomination, field).removeprefix("—")


def _count(value: Any) -> str:
    return "" if value is None else str(value)


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _months(months: int) -> str:
    years, rest = divmod(months, 12)
    return f"{years}年{rest}个月" if rest else f"{years}年"


def _pair(nomination: Nomination, field: str, *, label: int = 2, value: int = 4) -> list[Cell]:
    return [
        Cell(dossiers.label_of(field), "label", span=label), Cell(_shown(nomination, field), span=value)
    ]  # fmt: skip


def _pairs(heading: str, pairs: Iterable[Sequence[Cell]]) -> Grid:
    """A part of labels and values, two of each in a row."""
    cells = [list(pair) for pair in pairs]
    if len(cells) % 2:
        cells.append([Cell("", "label", span=2), Cell("", span=4)])
    rows = [[*left, *right] for left, right in zip(cells[::2], cells[1::2], strict=True)]
    return Grid([1] * COLUMNS, [title(heading, COLUMNS), *rows], heads=1)


def _lines(
    heading: str,
    heads: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[Cell]],
    *,
    may_break: bool = False,
) -> Grid:
    """A part of lines below the names of their columns; without a line, an empty one to write on."""
    blank = [[Cell("") for _head in heads]]
    return Grid(
        [width for _name, width in heads],
        [title(heading, len(heads)), [Cell(name, "head") for name, _width in heads], *(rows or blank)],
        heads=2,
        may_break=may_break,
    )


# Parts ---------------------------------------------------------------------------------------------------------------


def _person(nomination: Nomination, by: User) -> list[Grid]:
    """The person, with the photograph at the right, or room for it."""
    number = dossiers.masked_id(nomination.nominee.id_number)
    identity = [Cell("身份证号", "label", span=2), Cell(number, span=3)]
    name = [Cell("姓名", "label", span=2), Cell(nomination.nominee.name, span=3)]
    first, then = ("gender", "born_on", "ethnicity", "politics"), ("education", "degree")
    pairs = [
        name, *(_pair(nomination, field, value=3) for field in first), identity,
        *(_pair(nomination, field, value=3) for field in then),
    ]  # fmt: skip
    rows = [[*left, *right] for left, right in zip(pairs[::2], pairs[1::2], strict=True)]
    photo = portrait(nomination, by)
    words = "近期免冠照片" if photo else "近期免冠\n照　片"
    rows[0].append(Cell(words, "empty", span=2, rows=PHOTO_ROWS, image=photo))
    rest = [
        [*_pair(nomination, "school"), *_pair(nomination, "major")],
        [*_pair(nomination, "phone"), *_pair(nomination, "email")],
    ]
    return [Grid([1] * COLUMNS, [title("一、基本情况", COLUMNS), *rows, *rest], heads=1)]


def _posts(nomination: Nomination) -> Grid:
    facts = _pairs(
        "二、工作单位与任职",
        [
            [Cell("工作单位", "label", span=2), Cell(nomination.unit.name, span=4)],
            [Cell("统一社会信用代码", "label", span=2), Cell(nomination.unit.code, span=4)],
            *(_pair(nomination, field) for field in ("setting", "civil_status", "field")),
        ],
    )
    heads = [
        Cell("任职单位全称", "head", span=5),
        Cell("职务", "head", span=3),
        Cell("起止时间", "head", span=3),
    ]
    lines = [
        [
            Cell(row.unit, span=5), Cell(row.title, span=3), Cell(_since(row), "centre", span=3),
            Cell("是" if row.primary else "", "centre"),
        ]
        for row in nomination.posts.all()
    ]  # fmt: skip
    return Grid(facts.widths, [*facts.rows, [*heads, Cell("主要", "head")], *lines], heads=1)


def _since(row: Any) -> str:
    if not row.started and not row.ended:
        return ""
    return f"{_day(row.started) or '—'} 至 {_day(row.ended) or '今'}"


def _certificate(nomination: Nomination) -> Grid:
    fields = (
        "certificate_level", "certificate_number", "certified_on", "registration_number", "registered_until"
    )  # fmt: skip
    return _pairs("三、职业资格证书", (_pair(nomination, field) for field in fields))


def _practice(nomination: Nomination) -> Grid:
    heads = (("起止时间", 5), ("单位", 6), ("岗位职责", 6), ("在本省", 2), ("证明人", 3))
    rows: list[list[Cell]] = [
        [
            Cell(_since(row), "centre"), Cell(row.unit), Cell(row.duty),
            Cell("是" if row.in_province else "否", "centre"), Cell(row.witness, "centre"),
        ]
        for row in nomination.intervals.all()
    ]  # fmt: skip
    if rows:
        words = (
            f"截至{_day(nomination.reference_date)}累计{_months(nomination.practice_months)}，"
            f"其中在本省{_months(nomination.province_months)}（重叠时间只计一次）"
        )
        rows.append([Cell("合计", "head"), Cell(words, span=4)])
    return _lines("四、社会工作从业经历", heads, rows)


def _service(nomination: Nomination) -> Grid:
    counts = ("cases", "groups", "activities", "beneficiaries")
    names = ("个案数", "小组数", "社区活动数", "受益人数")
    heads = (("年度", 4), *((name, 4) for name in names), ("主要成效", 20))
    records = list(nomination.service_records.all())
    rows: list[list[Cell]] = [
        [
            Cell(_count(row.year), "centre"),
            *(Cell(_count(getattr(row, name)), "number") for name in counts),
            Cell(row.outcome),
        ]
        for row in records
    ]
    if len(rows) > 1:
        sums = [Cell(str(sum(getattr(row, name) or 0 for row in records)), "number") for name in counts]
        rows.append([Cell("合计", "head"), *sums, Cell("")])
    return _lines("五、近五年服务记录", heads, rows)


def _awards(nomination: Nomination) -> Grid:
    heads = (("类别", 3), ("名称", 7), ("级别", 2), ("授予或发布单位", 6), ("日期", 4))
    rows = [
        [
            Cell(row.get_kind_display(), "centre"), Cell(row.title), Cell(row.get_level_display(), "centre"),
            Cell(row.issuer), Cell(_day(row.awarded_on), "centre"),
        ]
        for row in nomination.awards.all()
    ]  # fmt: skip
    return _lines("六、成果与奖励", heads, rows)


def _story(nomination: Nomination) -> Grid:
    rows = [
        title("七、主要事迹", 1),
        [Cell(nomination.achievements, "text")],
        [Cell("公示简介（200字以内）", "label")],
        [Cell(nomination.summary, "text")],
    ]
    return Grid([1], rows, heads=1, may_break=True)


def _studio(nomination: Nomination) -> list[Grid]:
    fields = ("studio_plan", "studio_team", "studio_site", "studio_partners")
    rows = [
        [Cell(dossiers.label_of(field), "label"), Cell(_shown(nomination, field), "text")] for field in fields
    ]
    lines = list(nomination.budget_lines.all())
    budget = [[Cell(row.get_head_display()), Cell(_money(row.amount), "number")] for row in lines]
    if budget:
        total = sum((row.amount or Decimal(0) for row in lines), Decimal(0))
        budget.append([Cell("合计", "head"), Cell(_money(total), "number")])
    plan = Grid([2, 10], [title("八、工作室建设设想", 2), *rows], heads=1, may_break=True)
    return [plan, _lines("九、工作室经费预算", (("用途", 8), ("金额（元）", 4)), budget)]


def _unit_notice(nomination: Nomination) -> Grid:
    fields = (
        "unit_notice_from", "unit_notice_until", "unit_notice_place", "unit_notice_proof", "unit_notice_objections",
        "unit_notice_conclusion",
    )  # fmt: skip
    return _pairs("十、单位公示情况", (_pair(nomination, field) for field in fields))


def _attachments(nomination: Nomination, by: User) -> Grid:
    """The files that the one who prints may know of, by kind."""
    kept = [row for row in attachments_of(nomination, by) if row.state != "quarantined"]
    numbers: dict[str, int] = {}
    for row in kept:
        label = row.get_kind_display()
        numbers[label] = numbers.get(label, 0) + 1
    rows = [
        [Cell(str(n), "centre"), Cell(label), Cell(str(count), "centre")]
        for n, (label, count) in enumerate(numbers.items(), start=1)
    ]
    return _lines("十一、附件目录", (("序号", 2), ("材料", 8), ("件数", 2)), rows)


def _declarations(nomination: Nomination) -> Grid:
    signed = {row.kind: row for row in nomination.declarations.all() if row.withdrawn_at is None}
    heads = (("声明", 4), ("内容", 12), ("版本", 3), ("签署时间", 5))
    rows: list[list[Cell]] = []
    for kind in DECLARATIONS:
        row, at = signed.get(kind), getattr(nomination, kind)
        text = text_of(kind, version=row.version) if row else text_of(kind)
        version = "" if row is None else row.version if row.language != "en" else f"{row.version}（英文本）"
        rows.append(
            [
                Cell(dossiers.label_of(kind), "label"), Cell(text), Cell(version, "centre"),
                Cell(_instant(at) if at else "未签署", "centre"),
            ]
        )  # fmt: skip
    rows.append(
        [Cell("本人确认", "label"), Cell("以上内容由本人核对无误。", "text", span=3, foot=SIGN_PERSON)]
    )
    return _lines("十二、声明", heads, rows)


def _opinions(nomination: Nomination, shows_opinion: bool) -> list[Grid]:
    """One box an office on the route, the nominator's on the person's background, and the province's at the end."""
    office, written = nomination.nominator, signed_in_system(nomination)
    kept = _said(nomination.nominator_opinion, written.get("nominate")) if shows_opinion else ""
    boxes = [(f"单位意见\n（{nomination.unit.name}）", nomination.unit_opinion, SIGN_UNIT)]
    county = f"\n（{nomination.county.name}）" if nomination.county else ""
    boxes.append(
        (
            f"县级民政局意见{county}",
            _said(nomination.county_opinion, written.get("endorse")) or ("" if county else "不经县级推荐。"),
            SIGN_OFFICE,
        )
    )
    label = "市级民政局意见" if office.kind == office.Kind.CITY else "推荐单位意见"
    boxes.append((f"{label}\n（{office.name}）", kept, SIGN_OFFICE))
    background = _background(nomination, written.get("nominate")) if shows_opinion else ""
    boxes.append((f"背景审查意见\n（{office.name}）", background, SIGN_OFFICE))
    boxes.append((f"省级意见\n（{nomination.round.organiser}）", "", SIGN_OFFICE))
    found = [
        Grid([3, 9], [[Cell(name, "label"), Cell(text, "text", foot=foot)]]) for name, text, foot in boxes
    ]
    return [Grid([3, 9], [title("十三、各级意见", 2), *found[0].rows], heads=1), *found[1:]]


def _said(opinion: str, who: str | None) -> str:
    """An opinion with who entered it and when."""
    return f"{opinion}\n{who}" if opinion and who else opinion


def _background(nomination: Nomination, who: str | None) -> str:
    day = nomination.dishonesty_checked_on
    asked = f"失信查询日期：{day.isoformat()}。" if day else ""
    return _said(f"{nomination.background_opinion}{asked}", who)
