"""What a file of experts says: every fault by sheet, row, column and reason, and what could be brought in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from selection.actions.expert import NewUnit
from selection.actions.expert_facts import EARLIEST
from selection.documents.workbook import Sheet, Workbook
from selection.errors import BadFile
from selection.forms.cells import CellReader
from selection.models import Expert
from selection.queries import expert_sheets as sheets
from selection.queries import sheets as common
from selection.queries.expert import cities, holders_of, known_lines, units_named
from selection.queries.sheets import Column
from selection.rules.eligibility import valid_id_number
from selection.rules.sheets import Fault
from workflow import clock
from workflow.rules.identifiers import valid_credit_code

Note = Callable[[int], None]
_PHONE = re.compile(r"1\d{10}")
CHUNK = 400


@dataclass
class Line:
    """One row of a sheet: where it stands, what it says, whose it is."""

    sheet: str
    row: int
    values: dict[str, Any]
    number: str = ""
    bad: bool = False


@dataclass
class Intake:
    """What was read."""

    people: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)  # units and links
    faults: list[Fault] = field(default_factory=list)
    known: dict[str, str] = field(
        default_factory=dict
    )  # key of a person to the code of the expert who is there
    blocked: bool = False
    rows: int = 0

    def fault(self, sheet: str, row: int, column: str, reason: str) -> None:
        """Write a fault down."""
        self.faults.append(Fault(sheet, row, column, reason))

    @property
    def clean_people(self) -> list[Line]:
        """Those against whom, and against whose lines, nothing is said."""
        spoilt = {line.number for line in self.lines if line.bad}
        return [] if self.blocked else [p for p in self.people if not p.bad and p.number not in spoilt]

    @property
    def clean_lines(self) -> list[Line]:
        """The lines of those, and of experts who are in the pool already."""
        fit = {person.number for person in self.clean_people}
        there = {number for number in self.numbers if Expert.hash_of(number) in self.known}
        return [] if self.blocked else [x for x in self.lines if not x.bad and x.number in fit | there]

    @property
    def numbers(self) -> set[str]:
        """Every person's number in the file."""
        return {line.number for line in (*self.people, *self.lines) if line.number}


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(".xlsx模板，不超过20 MB、5,000人。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        """Look at the file from outside at once: what may not be opened is refused here."""
        sent = self.cleaned_data["file"]
        try:
            Workbook(sent.name, sent.file)
        except BadFile as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return sent


def _unheard(_count: int) -> None:
    """Nobody asked how far it is."""


def read(book: Workbook, *, begin: Note = _unheard, at: Note = _unheard) -> Intake:
    """All of the file. Raises `BadFile`."""
    reader = _Reader(book, Intake(), at)
    found = reader.sorted_in(book.sheets())
    if sheets.EXPERTS not in found:
        raise BadFile(_("文件中没有“专家”工作表，请使用下载的模板。"), code="no_people")
    if len(found[sheets.EXPERTS].rows) - 1 > sheets.MOST_PEOPLE:
        raise BadFile(_("一次最多导入5,000人，请分成几个文件。"), code="too_many")
    begin(sum(max(len(sheet.rows) - 1, 0) for sheet in found.values()))
    for name, columns in sheets.all_sheets():
        if name in found:
            reader.read_sheet(found[name], name, columns)
    _check(reader.intake)
    order = {name: place for place, (name, _columns) in enumerate(sheets.all_sheets())}
    reader.intake.faults.sort(key=lambda fault: (order.get(fault.sheet, len(order)), fault.row))
    return reader.intake


class _Reader(CellReader):
    """Reads sheet after sheet into an intake."""

    lead = sheets.EXPERTS
    key = ("id_number",)

    def __init__(self, book: Workbook, intake: Intake, at: Note) -> None:
        super().__init__(book, intake.fault)
        self.intake, self.at = intake, at

    def sorted_in(self, given: Iterable[Sheet]) -> dict[str, Sheet]:
        known = {name for name, _columns in sheets.all_sheets()}
        found: dict[str, Sheet] = {}
        for sheet in given:
            name = sheet.name.strip() or sheets.EXPERTS
            if name in known:
                found[name] = sheet
            elif name != common.GUIDE and sheet.rows:
                self.intake.fault(sheet.name, 0, "", _("不认识的工作表，未读取。请使用下载的模板。"))
        return found

    def read_sheet(self, sheet: Sheet, name: str, columns: tuple[Column, ...]) -> None:
        layout = self.layout_of(sheet, name, columns)
        if layout is None:
            self.intake.blocked = True
            return
        target = self.intake.people if name == sheets.EXPERTS else self.intake.lines
        for number, row in sheet.rows[1:]:
            values = self.cells_of(name, number, row, layout)
            line = Line(name, number, values, str(values.pop("id_number", "") or "").upper())
            unread = values.pop("", None) or set()
            line.bad = bool(unread)
            target.append(line)
            self._require(line, [column for column in columns if column.name not in unread])
            self.intake.rows += 1
            self.at(self.intake.rows)

    def _require(self, line: Line, columns: Iterable[Column]) -> None:
        for column in columns:
            value = line.number if column.name == "id_number" else line.values.get(column.name)
            if column.needed and not value:
                _fault(self.intake, line, column.name, _("请填写%(label)s") % {"label": column.heading})
            elif column.longest and len(str(value or "")) > column.longest:
                _fault(self.intake, line, column.name, _("不能超过%(n)s个字") % {"n": column.longest})
            elif column.kind == "day" and value:
                line.values[column.name] = date.fromisoformat(value)


@lru_cache(maxsize=1)
def _headings() -> dict[tuple[str, str], str]:
    return {
        (name, column.name): column.heading for name, columns in sheets.all_sheets() for column in columns
    }


def _fault(intake: Intake, line: Line, column: str, words: str) -> None:
    intake.fault(line.sheet, line.row, _headings()[line.sheet, column], words)
    line.bad = True


# What the lines must keep ----------------------------------------------------------------------------------------------


def _check(intake: Intake) -> None:
    intake.known = _chunked(holders_of, {Expert.hash_of(number) for number in intake.numbers})
    units = _chunked(units_named, set(_texts_of_units(intake)))
    areas = {area: city for city in cities() for area in (city.code, city.area, city.area.removesuffix("市"))}
    times = Counter(person.number for person in intake.people if person.number)
    for person in intake.people:
        _check_person(intake, person, times, areas)
        _place(intake, person, units)
        _forwards(intake, person, "enabled_from", "enabled_until")
    for line in intake.lines:
        _check_owner(intake, line, times)
        if line.sheet == sheets.UNITS:
            _place(intake, line, units)
            _forwards(intake, line, "starts_on", "ends_on")
        else:
            _check_link(intake, line, units)
    _refuse_known(intake)


def _chunked(ask: Callable[[set[str]], dict[str, Any]], wanted: set[str]) -> dict[str, Any]:
    """Ask about many texts, a few hundred in one statement."""
    found: dict[str, Any] = {}
    texts = sorted(wanted - {""})
    for start in range(0, len(texts), CHUNK):
        found |= ask(set(texts[start : start + CHUNK]))
    return found


def _texts_of_units(intake: Intake) -> Iterator[str]:
    for line in (*intake.people, *intake.lines):
        yield from (str(line.values.get(name) or "") for name in ("unit", "unit_code"))


def _check_person(
    intake: Intake, person: Line, times: Mapping[str, int], areas: Mapping[str, Organisation]
) -> None:
    if person.number and not valid_id_number(person.number):
        _fault(intake, person, "id_number", _("身份证号有误，请核对18位号码。"))
    elif times[person.number] > 1:
        _fault(intake, person, "id_number", _("文件中有重复的身份证号。"))
    elif there := intake.known.get(Expert.hash_of(person.number)):
        words = _("此人已在专家库中，编号%(code)s；请只在其他工作表中补充。") % {"code": there}
        _fault(intake, person, "id_number", words)
    phone, city = person.values.get("phone"), person.values.pop("city", None)
    if phone and not _PHONE.fullmatch(phone):
        _fault(intake, person, "phone", _("手机号码应为11位数字"))
    if city and city not in areas:
        _fault(intake, person, "city", _("没有“%(text)s”这个设区市。") % {"text": city})
    person.values["city"] = areas.get(city) if city else None


def _place(intake: Intake, line: Line, units: Mapping[str, list[Organisation]]) -> None:
    """The unit that a line names, or a new one with a valid code."""
    text, code = str(line.values.pop("unit", "") or ""), str(line.values.pop("unit_code", "") or "").upper()
    found = units.get(text, []) or units.get(code, [])
    if len(found) == 1:
        line.values["place"] = found[0]
    elif len(found) > 1:
        _fault(intake, line, "unit", _("有多个机构名为“%(text)s”，请填写代码") % {"text": text})
    elif valid_credit_code(code) and text:
        line.values["place"] = NewUnit(text, code)
    elif text:
        words = _("没有名称或代码为“%(text)s”的机构；新单位请填写有效的18位信用代码。")
        _fault(intake, line, "unit_code" if code else "unit", words % {"text": text})


def _forwards(intake: Intake, line: Line, first: str, last: str) -> None:
    since, until = line.values.get(first), line.values.get(last)
    if isinstance(since, date) and isinstance(until, date) and until < since:
        _fault(intake, line, last, _("结束日期不能早于开始日期"))
    if first != "enabled_from" and isinstance(since, date) and not EARLIEST <= since <= clock.today():
        _fault(intake, line, first, _("开始日期有误，不能晚于今天。"))


def _check_owner(intake: Intake, line: Line, times: Mapping[str, int]) -> None:
    if line.number and line.number not in times and Expert.hash_of(line.number) not in intake.known:
        _fault(intake, line, "id_number", _("“专家”工作表和专家库中都没有这个身份证号。"))


def _refuse_known(intake: Intake) -> None:
    """A line that stands in the pool already is not brought in twice."""
    codes = {x.number: intake.known.get(Expert.hash_of(x.number), "") for x in intake.lines}
    there = known_lines(set(codes.values()) - {""})
    for line in intake.lines:
        place, code = line.values.get("place"), codes[line.number]
        if line.sheet == sheets.UNITS:
            key = (code, str(getattr(place, "pk", "")), str(line.values.get("starts_on")))
        else:
            key = (
                code,
                str(line.values.get("kind")),
                line.values["person_hash"] or str(line.values.get("person_name")),
            )
        if key in there:
            _fault(intake, line, "id_number", _("此项已经登记。"))


def _check_link(intake: Intake, line: Line, units: Mapping[str, list[Organisation]]) -> None:
    number = str(line.values.pop("person_number", "") or "").upper()
    if number and not valid_id_number(number):
        _fault(intake, line, "person_number", _("身份证号有误，请核对18位号码。"))
    elif number and number == line.number:
        _fault(intake, line, "person_number", _("这是专家本人的身份证号。"))
    line.values["person_hash"] = Expert.hash_of(number)
    text = str(line.values.pop("unit", "") or "")
    if text and len(units.get(text, [])) != 1:
        _fault(intake, line, "unit", _("没有名称或代码为“%(text)s”的机构") % {"text": text})
    line.values["unit"] = units[text][0] if len(units.get(text, [])) == 1 else None
    _forwards(intake, line, "since", "until")
