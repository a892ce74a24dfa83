"""Importing a list that was published before this system: exactly as printed, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from selection.errors import BadFile
from selection.models import Recognition, Round
from selection.models.nomination import plain_name
from selection.rules.roll import RollFault, RollLine, read_roll
from workflow import door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import Sentence, StepRefused
from workflow.machine import subject_of

LOADED = kinds.named("roll.loaded", _("导入历史名单"))

_FAULTS: dict[str, Sentence] = {
    "encoding": _("第%(line)s行：不是UTF-8编码。"),
    "columns": _("第%(line)s行：缺少“%(detail)s”列。"),
    "shape": _("第%(line)s行：列数与表头不符，或引号不成对。"),
    "ordinal": _("第%(line)s行：序号“%(detail)s”不是正整数。"),
    "doubled": _("第%(line)s行：序号%(detail)s重复。"),
    "name": _("第%(line)s行：姓名为空。"),
    "affiliation": _("第%(line)s行：单位及职务应为一至两项，以一个半角空格分隔。"),
    "empty": _("第%(line)s行：表头之后没有名单。"),
}


@dataclass(frozen=True)
class Batch:
    """What a published list says of itself."""

    code: str
    title: str
    organiser: str
    published_on: date


@door.act
def load_roll(data: bytes, *, batch: Batch, by: Actor) -> tuple[Round, int]:
    """A historical round with its recognitions, and how many were new: none when the same list is there already.

    Raises `BadFile` naming the first faulty line, `StepRefused` when the code belongs to another list.
    """
    lines = _read(data)
    standing = Round.objects.filter(code=batch.code).first()
    if standing is not None:
        _require_same(standing, lines)
        return standing, 0
    # A list that was printed elsewhere took no steps here: its round begins where it ended.
    round_ = Round(
        code=batch.code, title=batch.title, organiser=batch.organiser, published_on=batch.published_on,
        historical=True, state=Round.State.PUBLISHED,
    )  # fmt: skip
    round_.save()
    Recognition.objects.bulk_create(_recognition(round_, line) for line in lines)
    ledger.append(
        by, chain=round_.chain_key, kind=LOADED, subject=subject_of(round_),
        payload={"title": batch.title, "lines": len(lines), "file": sha256(data).hexdigest()},
    )  # fmt: skip
    return round_, len(lines)


def _read(data: bytes) -> list[RollLine]:
    try:
        return read_roll(data)
    except RollFault as fault:
        words = str(_FAULTS[fault.code]) % {"line": fault.line, "detail": fault.detail}
        raise BadFile(words) from fault


def _recognition(round_: Round, line: RollLine) -> Recognition:
    return Recognition(
        round=round_,
        ordinal=line.ordinal,
        name=line.name,
        name_key=plain_name(line.name),
        affiliations=list(line.affiliations),
    )


def _require_same(round_: Round, lines: list[RollLine]) -> None:
    rows = round_.recognitions.order_by("ordinal").values_list("ordinal", "name", "affiliations")
    printed = [
        (line.ordinal, line.name, list(line.affiliations)) for line in sorted(lines, key=lambda x: x.ordinal)
    ]
    if not round_.historical or list(rows) != printed:
        raise StepRefused(
            _("编号%(code)s已用于另一份名单，请用 --code 另定编号。") % {"code": round_.code},
            code="code_taken",
        )
