"""A public notice as an official document. It is Chinese whatever the reader's language: this is the text that counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext

from selection.models import NoticeEntry, PublicNotice
from workflow import clock
from workflow.documents.fonts import CharactersMissing, installed
from workflow.documents.official import Block, Official, Part, Roll, text_of
from workflow.wording import listed

HEADS = ("序号", "姓名", "工作单位及职务")
WIDTHS = (2, 3, 13)
HOW = (
    "单位和个人对名单有异议的，请在公示期内以实名方式提出，写明事实和依据；单位提出的须加盖公章。"
    "异议人的身份和材料严格保密，3个工作日内告知是否受理。"
)


def document_of(
    notice: PublicNotice, *, address: str, first_day: date | None, last_day: date | None, head: bool = False
) -> Official:
    """The notice as it is printed; `address` is empty before it is posted, the days are None."""
    with translation.override("zh-hans"):
        return Official(
            title=notice.title,
            parts=[
                *_opening(notice), *_list(notice), *_period(notice, first_day, last_day),
                *_objections(notice, address),
            ],
            signer=notice.round.organiser,
            day=notice.posted_at.astimezone(clock.ZONE).date() if notice.posted_at else None,
            head=notice.round.organiser if head else "",
            notes=[f"公示编号：{notice.shown_number}"] if address else (),
            address=address,
        )  # fmt: skip


def texts_of(notice: PublicNotice) -> list[str]:
    """Every text of it that a font must draw."""
    return [*notice.texts.values(), notice.round.organiser]


def undrawn(notice: PublicNotice) -> str:
    """Which characters of it no font at hand draws, in words; empty where all are drawn."""
    missing = installed().missing(texts_of(notice))
    if not missing:
        return ""
    named = listed(
        gettext("“%(near)s”中的“%(character)s”（U+%(code)s）")
        % {"near": near, "character": character, "code": f"{ord(character):04X}"}
        for character, near in missing.items()
    )
    return gettext(
        "没有字体可以印出以下字符：%(named)s。请系统管理员安装Noto CJK字体（fonts-noto-cjk）后再发布。"
    ) % {"named": named}


def require_drawable(notice: PublicNotice) -> None:
    """Before it is issued: no name ends as a box. Raises `CharactersMissing`."""
    words = undrawn(notice)
    if words:
        raise CharactersMissing(words)


def _opening(notice: PublicNotice) -> Iterator[Part]:
    if notice.basis:
        yield Block(f"依据：{notice.basis}。")
    yield from text_of(notice.body)


def _list(notice: PublicNotice) -> Iterator[Part]:
    entries = list(notice.entries.all())
    yield Block("一、拟认定名单", "first")
    rows = [(str(e.ordinal), e.name, _said(e, differ=notice.periods_differ)) for e in entries]
    yield Roll(HEADS, rows, WIDTHS)
    # The page says it too: the order is no order of merit unless it is one.
    yield Block(f"名单{notice.get_order_display()}。")


def _said(entry: NoticeEntry, *, differ: bool) -> str:
    lines = [entry.affiliation]
    if entry.summary:
        lines.append(entry.summary)
    if differ and entry.last_day and entry.began_at:
        began = _day(entry.began_at.astimezone(clock.ZONE).date())
        why = f"因更正，公示期自{began}重新计算，" if entry.restarted else "公示期"
        lines.append(f"{why}至{_day(entry.last_day)}24:00止。")
    return "\n".join(lines)


def _period(notice: PublicNotice, first: date | None, last: date | None) -> Iterator[Part]:
    yield Block("二、公示期限", "first")
    unit = "个工作日" if notice.mode == "working_days" else "天"
    if first is None or last is None:
        yield Block(f"自发布次日起{notice.days}{unit}。")
        return
    yield Block(
        f"{_day(first)}至{_day(last)}，共{notice.days}{unit}。书面材料受理时间为工作日8:30至17:30；"
        f"网上受理至{_day(last)}24:00。"
    )


def _objections(notice: PublicNotice, address: str) -> Iterator[Part]:
    yield Block("三、异议提出", "first")
    yield Block(HOW)
    if notice.discipline:
        yield Block(f"受理部门：{notice.contact}")
        yield Block(f"监督部门：{notice.discipline}")
    else:
        yield from text_of(notice.contact)
    for word, where in (("通信地址", notice.address), ("电子邮箱", notice.email)):
        if where:
            yield Block(f"{word}：{where}")
    if address:
        yield Block("网上提出异议：扫描文末二维码，或者访问所列网址。")
    files = [f"{file.ordinal}. {file.name}" for file in notice.files.all()]
    yield from _section("四、附件", files)
    errata = [
        f"{_day(e.noted_at.astimezone(clock.ZONE).date())}，{e.get_place_display()}中“{e.before}”更正为“{e.after}”"
        f"（{e.reason}）。公示期不变。"
        for e in notice.errata.all()
    ]
    yield from _section("更正说明", errata)


def _section(heading: str, lines: Sequence[str]) -> Iterator[Part]:
    if lines:
        yield Block(heading, "first")
        yield from (Block(line) for line in lines)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
