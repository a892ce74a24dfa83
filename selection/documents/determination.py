"""The decision as an official document: 关于公布…的通知, with the list as its attachment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from selection.models import Determination, Nomination, Recognition
from selection.rules.roll import printed_name
from workflow import clock
from workflow.documents.official import Annex, Block, Official, Roll

WIDTHS = (3, 5, 13, 9)
HEADS = ("序号", "姓名", "单位及职务", "证书编号")
RECIPIENT = "各市、县（市、区）民政局，各有关单位"


@dataclass(frozen=True)
class Line:
    """One person of the list."""

    ordinal: int
    name: str
    affiliations: Sequence[str]
    certificate: str = ""
    marks: tuple[str, ...] = ()  # revoked, corrected: said below the line


def document_of(
    determination: Determination, lines: Sequence[Line], *, day: date | None, address: str, head: bool = True
) -> Official:
    """The notification of who is recognised. `day` is None before the decision."""
    round_ = determination.round
    rows = [(str(x.ordinal), printed_name(x.name), _said(x), x.certificate or "—") for x in lines]
    certified = any(line.certificate for line in lines)
    roll = Roll(HEADS, rows, WIDTHS) if certified else Roll(HEADS[:3], [row[:3] for row in rows], (2, 3, 13))
    return Official(
        title=determination.title,
        number=determination.document_number,
        recipient=RECIPIENT,
        parts=[
            Block(
                f"根据{round_.title}的有关规定，经各地推荐、资格初审、专家评审、会议研究（{determination.minute_number}）"
                f"和公示，决定认定{_named(lines)}{len(lines)}人（名单见附件），现予公布。"
            ),
            Block("请各地各有关单位按照规定做好管理和服务工作。"),
        ],
        signer=round_.organiser,
        day=day,
        head=round_.organiser if head else "",
        annexes=[Annex(f"{round_.title}认定名单", [roll])],
        notes=[f"名单摘要（SHA-256）：{determination.list_digest}"] if determination.list_digest else (),
        address=address,
    )


def _named(lines: Sequence[Line]) -> str:
    return f"{lines[0].name.replace(chr(0x3000), '')}等" if lines else ""


def _said(line: Line) -> str:
    return "\n".join([*line.affiliations, *line.marks])


def lines_to_be(nominations: Iterable[Nomination]) -> list[Line]:
    """The list before the decision: nobody has a number yet."""
    return [Line(n, one.nominee.name, one.affiliations) for n, one in enumerate(nominations, start=1)]


def lines_of(recognitions: Iterable[Recognition]) -> list[Line]:
    """The list as it was decided, with what became of it since. The rows come with their published corrections."""
    return [
        Line(one.ordinal, one.name, one.affiliations, one.certificate_number or "", tuple(_marks(one)))
        for one in recognitions
    ]


def _marks(one: Recognition) -> Iterator[str]:
    """What was printed before a correction, and the end of a title."""
    for correction in one.corrections.all():
        if correction.published_at:
            day = _day(correction.published_at.astimezone(clock.ZONE).date())
            text = "、".join(correction.before.split("\n"))
            yield f"（{day}更正，原文“{text}”）"
    if one.revoked_on:
        yield f"（{_day(one.revoked_on)}撤销）"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
