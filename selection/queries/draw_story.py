"""The draw told as a story: who did what when, and how anybody checks each step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from selection.models import Panel, Panelist, Redraw, Round
from selection.queries.draw import names_of_strata, reason_of
from selection.queries.panel import loads
from workflow import clock
from workflow.models import PublishedHead

PUBLISHED = ("published", "archived")


@dataclass
class Chapter:
    """One step of the protocol: `state` "done", "now" or "" (to come); facts of (name, value, digits?)."""

    title: str
    state: str
    told: str
    check: str
    at: datetime | None = None
    who: str = ""
    facts: list[tuple[str, Any, bool]] = field(default_factory=list)


def story(panel: Panel, *, names: bool = True) -> list[Chapter]:
    """The six steps in order. Without `names` nobody of the office is named: for the public."""
    return [
        _frozen(panel, names),
        _published(panel),
        _named(panel),
        _read(panel, names),
        _seated(panel),
        _assigned(panel),
    ]


def _stage(panel: Panel, done: Iterable[str], now: str) -> str:
    return "done" if panel.state in done else "now" if panel.state == now else ""


def _frozen(panel: Panel, names: bool) -> Chapter:
    found = panel.inputs
    facts: list[tuple[str, Any, bool]] = []
    if found:
        strata, labels = found["sizes"], names_of_strata()
        facts = [
            (gettext("人选"), gettext("%(n)s位，每位%(k)s份评分表") % {
                "n": len(found["nominees"]), "k": found["per_nominee"]}, False),
            *((labels.get(s, s), gettext("可用%(pool)s位，抽取%(size)s位") % {
                "pool": len(found["pool"].get(s, ())), "size": n}, False) for s, n in strata.items()),
            (gettext("回避"), gettext("%(n)s对") % {"n": len(found["recusals"])}, False),
            *([(gettext("未列入名单"), gettext("%(n)s位") % {"n": len(found["left_out"])}, False)]
              if found.get("left_out") else []),
            *([(gettext("构成上限"), caps_in_words(found["caps"]), False)] if found.get("caps") else []),
            (gettext("名单摘要"), panel.inputs_digest, True),
        ]  # fmt: skip
    return Chapter(
        gettext("冻结名单"),
        _stage(panel, ("frozen", "drawn"), "preparing"),
        gettext("人选、专家库、回避关系和每人份数全部固定下来，算出一个摘要。改动任何一个字，摘要都会不同。"),
        gettext("下载名单文件，运行sha256sum，结果应与名单摘要逐字相同。")
        if names
        else gettext("名单文件由有监督权的机关保存，对它运行sha256sum，结果应与名单摘要逐字相同。"),
        panel.frozen_at,
        panel.operator.name if names and panel.operator else "",
        facts,
    )


def caps_in_words(caps: dict[str, int]) -> str:
    """ "同一单位不超过1人、…"."""
    kinds = {"unit": gettext("同一单位"), "city": gettext("同一设区市")}
    return "，".join(
        gettext("%(kind)s不超过%(n)s人") % {"kind": kinds.get(kind, kind), "n": n} for kind, n in caps.items()
    )


def _published(panel: Panel) -> Chapter:
    head = (
        PublishedHead.objects.filter(occasion=f"panel.freeze {panel.round.code}").first()
        if panel.frozen_at
        else None
    )
    return Chapter(
        gettext("公布摘要"),
        _stage(panel, ("frozen", "drawn"), ""),
        gettext("摘要写入存证，存证的总摘要同时公布。此后谁也不能另换一份名单。"),
        gettext("在公布的存证总摘要中查对这一时刻；运行verify_ledger可核对整条存证。"),
        head.at if head else None,
        facts=[(gettext("存证总摘要"), head.digest, True)] if head else [],
    )


def _named(panel: Panel) -> Chapter:
    return Chapter(
        gettext("指明公共随机值"),
        _stage(panel, ("frozen", "drawn"), ""),
        gettext("冻结时就写明将采用哪一个公共随机值。那时它还没有产生，谁也不能预知，也就不能挑选名单去凑它。"),
        gettext("查对来源的官方公布时间，应晚于冻结时间。"),
        panel.frozen_at,
        facts=[(gettext("来源"), panel.public_source, False),
               (gettext("公布时间"), panel.public_at, False)] if panel.public_source else [],
    )  # fmt: skip


def _read(panel: Panel, names: bool) -> Chapter:
    drawn = panel.state == Panel.State.DRAWN
    return Chapter(
        gettext("见证录入，得出种子"),
        _stage(panel, ("drawn",), "frozen"),
        gettext("监督员（与冻结名单的不是同一人）照公布的原样录入随机值，系统由摘要和随机值算出种子。"),
        gettext("种子等于SHA-256(“talent-draw/v1”、名单摘要、随机值，以零字节相隔)，可自行计算。"),
        panel.drawn_at,
        panel.witness.name if names and panel.witness else "",
        [(gettext("公布的随机值"), panel.public_value, True), (gettext("种子"), panel.seed, True)]
        if drawn
        else [],
    )


def _seated(panel: Panel) -> Chapter:
    outcome, facts = panel.outcome, []
    if outcome:
        labels = names_of_strata()
        facts = [(labels.get(s, s), "、".join(on), True) for s, on in outcome["panel"].items()]
        if outcome.get("despite"):
            facts.append((gettext("超出上限仍入选"), "、".join(outcome["despite"]), True))
    return Chapter(
        gettext("抽出评审组"),
        _stage(panel, ("drawn",), ""),
        gettext(
            "每一类专家按“种子加编号”的摘要从小到大排队，从前往后取；同单位、同市已满的跳过。排在后面的依次为候补。"
        ),
        gettext("对每位专家计算SHA-256(种子、“pool”、编号)，排序后应与下面的顺序一致。"),
        panel.drawn_at,
        facts=facts,
    )


def _assigned(panel: Panel) -> Chapter:
    found = panel.outcome
    facts: list[tuple[str, Any, bool]] = []
    if found:
        facts = [
            (gettext("每位专家的份数"), f"{found['load_floor']}–{found['load_ceiling']}", False),
            (gettext("总权重"), found["total_weight"], True),
        ]
    return Chapter(
        gettext("分派人选"),
        _stage(panel, ("drawn",), ""),
        gettext(
            "种子给每一对人选和专家一个权重，在人人份数相当、回避一个不漏的条件下，取总权重最小的分派：只有一种。"
        ),
        gettext("用任何最小费用流程序重新计算，总权重应相同；导出存档后运行tools/verify_record.py一次核完。"),
        panel.drawn_at,
        facts=facts,
    )


# What stands beside it -------------------------------------------------------------------------------------------------


@dataclass
class Queue:
    """A stratum in drawn order: (place, seat, why it was passed over)."""

    name: str
    rows: list[tuple[int, Panelist, str]]


def queues(panel: Panel) -> list[Queue]:
    """Every stratum in drawn order, with what became of each place."""
    passed = dict(panel.outcome.get("passed", ()))
    despite = set(panel.outcome.get("despite", ()))
    found: dict[str, list[tuple[int, Panelist, str]]] = {}
    for seat in panel.panelists.select_related("expert__unit").order_by("stratum", "position"):
        code = seat.expert.code
        note = (
            reason_of(passed[code])
            if code in passed
            else gettext("超出上限仍入选")
            if code in despite
            else ""
        )
        found.setdefault(seat.stratum, []).append((seat.position, seat, note))
    names = names_of_strata()
    return [Queue(names.get(stratum, stratum), rows) for stratum, rows in found.items()]


def redraws_of(panel: Panel) -> QuerySet[Redraw]:
    """Every redraw, in order."""
    return panel.redrawings.select_related("expert").order_by("number")


def seats_of(panel: Panel) -> QuerySet[Panelist]:
    """The panel by anonymous number, also those who left."""
    return loads(panel)


def record_of(panel: Panel) -> dict[str, Any]:
    """All that a recomputation needs, and what it must come to: experts by code, no names."""
    return {
        "format": "talent-draw-record/1",
        "round": panel.round.code,
        "inputs": panel.inputs,
        "inputs_digest": panel.inputs_digest,
        "public_source": panel.public_source,
        "public_at": _instant(panel.public_at),
        "public_value": panel.public_value,
        "seed": panel.seed,
        "outcome": panel.outcome,
        "seats": [
            {"expert": seat.expert.code, "stratum": seat.stratum, "position": seat.position, "number": seat.number,
             "called_at": _instant(seat.called_at), "left_at": _instant(seat.left_at), "left_how": seat.left_how}
            for seat in panel.panelists.select_related("expert").order_by("stratum", "position")
        ],
        "redraws": [
            {"number": one.number, "cause": one.cause, "expert": one.expert.code if one.expert else "",
             "seed": one.seed, "inputs": one.inputs, "outcome": one.outcome, "at": _instant(one.at)}
            for one in redraws_of(panel)
        ],
    }  # fmt: skip


def _instant(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.ZONE).isoformat() if moment else None


def public_draw(code: str) -> QuerySet[Panel]:
    """The draw of a round that everybody may know of: once its inputs are frozen."""
    rows = Panel.objects.exclude(state="preparing").filter(
        round__code=code, round__announced_at__isnull=False
    )
    return rows.select_related("round").prefetch_related("round__rulebook_versions")


def has_public_draw(round_: Round) -> bool:
    """Whether the draw's public page exists."""
    return public_draw(round_.code).exists()


def may_be_named(panel: Panel) -> bool:
    """Whether the rules let the panel's names be read by everybody, and the time has come."""
    return panel.round.rulebook.expert_names_published and panel.round.state in PUBLISHED
