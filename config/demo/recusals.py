"""Requests of the nominees' side to leave somebody out: one that waits, two that are decided."""

from __future__ import annotations

from config.demo.world import World
from selection.actions import conflict
from selection.models import RecusalRequest, Round

# Nominee's place in the list, expert's place in the pool (None: nobody of the pool), reason, what is decided
ASKED = (
    (2, 22, "两人在2024年省级项目评审中有公开争议，双方单位均有来函。", "uphold"),
    (6, None, "该教授曾在媒体上公开质疑本单位的服务模式，见2025年报道。", "dismiss"),
    (9, 25, "其配偶现为本单位供货商负责人，有采购合同为证。", "uphold"),
)
OPINIONS = {"uphold": "经核对来函和合同，情况属实。", "dismiss": "正常的学术讨论，且专家库中没有此人。"}
OUTSIDER = "方树声"


def ask(world: World, round_: Round) -> None:
    """The units name the people and say why."""
    rows = list(round_.nominations.filter(state="nominated").order_by("code").select_related("unit"))
    for place, at, reason, _verdict in ASKED:
        if place < len(rows):
            expert = world.experts[at] if at is not None else None
            conflict.name_unsuitable(
                rows[place], by=world.clerks[rows[place].unit_id], reason=reason,
                name=expert.name if expert else OUTSIDER, unit_name=expert.unit.name if expert else "",
            )  # fmt: skip


def decide(world: World, round_: Round) -> None:
    """Manager and supervisor decide on all that wait, before the draw."""
    told = {reason: (at, verdict) for _place, at, reason, verdict in ASKED}
    for request in list(RecusalRequest.pending().filter(nomination__round=round_)):
        at, verdict = told[request.reason]
        expert = world.experts[at] if at is not None else None
        proposed = conflict.propose(
            request, by=world.staff["manager"], verdict=verdict, opinion=OPINIONS[verdict], expert=expert
        )
        conflict.confirm(proposed, by=world.staff["supervisor"])
