"""What a file of scores would change: row by row, before anything is saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.documents.own_sheets import Line, fault_in
from selection.queries.own_sheets import Duty
from selection.queries.rulebook import named
from selection.rules.marks import plain_mark, read_mark
from selection.rules.rulebook import Rulebook
from workflow.errors import Sentence

MOST_COMMENT = 1000
FAULTS: dict[str, Sentence] = {
    "not_a_number": _("“%(value)s”不是数字"),
    "out_of_range": _("%(value)s不在0至100之间"),
    "not_half_points": _("%(value)s不以0.5分为一档"),
}
Change = tuple[str, str, str]  # column, before, after


@dataclass
class Preview:
    """One row of the file: what is wrong with it, what it would change. `given` is the sheet as it would then be."""

    number: int
    code: str
    duty: Duty | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)  # column, what is wrong
    changes: list[Change] = field(default_factory=list)
    note: str = ""
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def will_be_saved(self) -> bool:
        return bool(self.changes) and not self.faults


def preview_of(lines: Sequence[Line], duties: Iterable[Duty], rules: Rulebook) -> list[Preview]:
    """Each row of the file against the sheets as they stand. An empty cell changes nothing."""
    mine = {duty.face.code: duty for duty in duties}
    times = Counter(line.code for line in lines)
    return [_preview(line, mine.get(line.code), rules, twice=times[line.code] > 1) for line in lines]


def _preview(line: Line, duty: Duty | None, rules: Rulebook, *, twice: bool) -> Preview:
    row = Preview(line.number, line.code, duty)
    if duty is None or duty.state in ("undeclared", "recused"):
        row.faults.append((gettext("编号"), gettext("“%(code)s”不是您可以评分的材料") % {"code": line.code}))
    elif twice:
        row.faults.append((gettext("编号"), gettext("%(code)s在文件中不止一行") % {"code": line.code}))
    else:
        _compare(row, line, duty, rules)
        if not duty.open:
            row.note = gettext("已提交，不改动") if row.changes or row.faults else gettext("已提交")
            row.changes, row.faults = [], []
    return row


def _compare(row: Preview, line: Line, duty: Duty, rules: Rulebook) -> None:
    content = duty.sheet.content
    marks, comments = dict(content["marks"]), dict(content["comments"])
    for criterion in rules.criteria:
        code, name = criterion.code, f"{criterion.code} {named(criterion)}"
        _mark(row, marks, code, name, line.marks[code])
        _word(row, comments, code, gettext("%(name)s评语") % {"name": name}, line.comments[code])
    rest = {"overall": content["overall"]}
    _word(row, rest, "overall", gettext("总评"), line.overall)
    row.given = {
        "sheet": duty.sheet.pk,
        "revision": duty.sheet.revision,
        "marks": marks,
        "comments": comments,
        **rest,
    }


def _mark(row: Preview, marks: dict[str, str], code: str, name: str, typed: str) -> None:
    if not typed:
        return
    if fault := fault_in(typed):
        row.faults.append((name, str(FAULTS[fault]) % {"value": typed[:20]}))
        return
    mark, before = read_mark(typed), read_mark(marks.get(code, ""))
    if mark is not None and mark != before:
        row.changes.append((name, marks.get(code, ""), plain_mark(mark).removesuffix(".0")))
        marks[code] = plain_mark(mark).removesuffix(".0")


def _word(row: Preview, words: dict[str, str], key: str, name: str, typed: str) -> None:
    if not typed or typed == words.get(key, "").strip():
        return
    if len(typed) > MOST_COMMENT:
        row.faults.append((name, gettext("超过%(most)s字") % {"most": MOST_COMMENT}))
        return
    row.changes.append((name, words.get(key, ""), typed))
    words[key] = typed
