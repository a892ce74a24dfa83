"""What a file of nominations says, read by the rules of the pages: every fault by sheet, row, column and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from selection.documents.workbook import Sheet, Workbook
from selection.errors import BadFile
from selection.forms.cells import CellReader
from selection.forms.dossier import DossierForm
from selection.forms.dossier_rows import MOST_ROWS, add_rows, check_rows, count_name, name_of
from selection.forms.draft import DraftForm
from selection.models import Nomination, Nominee, Round
from selection.queries import sheets
from selection.queries.intake import Person, Places, chunks, faults_of, known_people
from selection.queries.round import open_rounds
from selection.queries.sheets import Column
from selection.rules.sheets import (
    Fault,
)

Note = Callable[[int], None]


@dataclass
class Intake:
    """What was read: the people, every fault, and in which rows of 人员 nothing is wrong."""

    people: list[Person] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    spoilt: set[int] = field(default_factory=set)  # rows of 人员 with a fault there or in a row of a part
    blocked: bool = False  # the sheet itself cannot be read: nobody is clean
    rows: int = 0

    @property
    def clean(self) -> list[Person]:
        """Those against whom nothing is said."""
        return [] if self.blocked else [p for p in self.people if p.row not in self.spoilt]

    def fault(self, sheet: str, row: int, column: str, reason: str, person: Person | None = None) -> None:
        """Write a fault down; a person whom it concerns is not brought in."""
        self.faults.append(Fault(sheet, row, column, reason))
        if person is not None:
            self.spoilt.add(person.row)


class UploadForm(forms.Form):
    """A round that is open, and the file."""

    round = forms.ModelChoiceField(
        queryset=open_rounds(), label=gettext_lazy("选拔批次"), empty_label=None, to_field_name="code"
    )
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(".xlsx模板或.csv（UTF-8或GB18030），不超过20 MB、5,000人。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rounds: Any = self.fields["round"]
        rounds.queryset = open_rounds()
        rounds.label_from_instance = lambda row: row.shown_title

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


def read(book: Workbook, round_: Round, *, by: Any, begin: Note = _unheard, at: Note = _unheard) -> Intake:
    """All of the file. `begin` is told how many rows there are, `at` how many are read. Raises `BadFile`."""
    reader = _Reader(book, Intake(), at)
    found: dict[str, Sheet] = {}
    for sheet in book.sheets():
        reader.sort_in(sheet, found)
    if sheets.PEOPLE not in found:
        raise BadFile(_("文件中没有“人员”工作表，请使用下载的模板。"), code="no_people")
    if len(found[sheets.PEOPLE].rows) - 1 > sheets.MOST_PEOPLE:
        raise BadFile(
            _("文件中有%(n)s人，一次最多导入5,000人，请分成几个文件。")
            % {"n": len(found[sheets.PEOPLE].rows) - 1},
            code="too_many",
        )
    begin(sum(max(len(sheet.rows) - 1, 0) for sheet in found.values()))
    reader.read_people(found.pop(sheets.PEOPLE))
    for part in sheets.parts():
        if (name := sheets.sheet_name(part)) in found:
            reader.read_part(part, found[name])
    intake = reader.intake
    _ask_the_rules(intake, round_, by)
    order = {
        name: place for place, name in enumerate([sheets.PEOPLE, *map(sheets.sheet_name, sheets.parts())])
    }
    intake.faults.sort(key=lambda fault: (order.get(fault.sheet, len(order)), fault.row))
    return intake


def _ask_the_rules(intake: Intake, round_: Round, by: Any) -> None:
    headings = {column.name: column.heading for column in sheets.people_columns()}
    places = Places(by)
    for people in chunks(intake.people):
        for person, column, why in faults_of(round_, people, places, known_people(people)):
            intake.fault(sheets.PEOPLE, person.row, headings[column], why, person)


class _Reader(CellReader):
    """Reads sheet after sheet into an intake."""

    lead = sheets.PEOPLE

    def __init__(self, book: Workbook, intake: Intake, at: Note) -> None:
        super().__init__(book, intake.fault)
        self.intake, self.at = intake, at
        self.by_id: dict[str, Person] = {}

    def sort_in(self, sheet: Sheet, found: dict[str, Sheet]) -> None:
        known = {sheets.PEOPLE, *map(sheets.sheet_name, sheets.parts())}
        name = sheet.name.strip() or sheets.PEOPLE
        if name in known:
            found[name] = sheet
        elif name != sheets.GUIDE and sheet.rows:
            self.intake.fault(sheet.name, 0, "", _("不认识的工作表，未读取。请使用下载的模板。"))

    def read_people(self, sheet: Sheet) -> None:
        columns = sheets.people_columns()
        layout = self.layout_of(sheet, sheets.PEOPLE, columns)
        if layout is None:
            self.intake.blocked = True
            return
        names = sheets.people_fields()
        form = DossierForm({}, nomination=Nomination(nominee=Nominee()), names=names)
        for number, row in sheet.rows[1:]:
            self._count()
            self._person(number, self.cells_of(sheets.PEOPLE, number, row, layout), form, columns)
        self._refuse_doubled()

    def _person(
        self, number: int, cells: dict[str, Any], form: DossierForm, columns: Sequence[Column]
    ) -> None:
        bad = cells.pop("", None)
        headings = {column.name: column.heading for column in columns}
        who = {
            name: str(cells.pop(name, "") or "")
            for name in ("name", "id_number", "unit", "route", "category")
        }
        person = Person(
            number, who["name"], who["id_number"].upper(), who["unit"], who["route"], who["category"]
        )
        if bad:
            self.intake.spoilt.add(person.row)
        for name, value, longest in (("name", person.name, 40), ("id_number", person.id_number, 18)):
            if not value and name not in (bad or ()):
                words = _("请填写%(label)s") % {"label": headings[name]}
                self.intake.fault(sheets.PEOPLE, number, headings[name], words, person)
            elif len(value) > longest:
                words = _("不能超过%(n)s个字") % {"n": longest}
                self.intake.fault(sheets.PEOPLE, number, headings[name], words, person)
        person.values = self._cleaned(form, cells, sheets.PEOPLE, number, headings, person)
        self.intake.people.append(person)

    def _cleaned(
        self, form: Any, cells: dict[str, Any], sheet: str, number: int, headings: Mapping[str, str], person: Person
    ) -> dict[str, Any]:  # fmt: skip
        """The values by the form of the page; one form for all rows, filled in anew."""
        form.nomination = Nomination(nominee=Nominee(id_number=person.id_number))
        lead = name_of(form.part, 0, "") if isinstance(form, LineForm) else ""
        form.data, form.initial = {lead + name: value for name, value in cells.items()}, {}
        form.full_clean()
        for name, problems in form.errors.items():
            heading = headings.get(name.removeprefix(lead), "")
            for problem in problems:
                self.intake.fault(sheet, number, heading, str(problem), person)
        return {name: form.cleaned_data[lead + name] for name in cells if lead + name in form.cleaned_data}

    def _refuse_doubled(self) -> None:
        times = Counter(person.id_number for person in self.intake.people if person.id_number)
        for person in self.intake.people:
            if times[person.id_number] > 1:
                self.intake.fault(
                    sheets.PEOPLE, person.row, sheets.ID_NUMBER.heading, _("文件中有重复的身份证号。"), person
                )  # fmt: skip
            self.by_id.setdefault(person.id_number, person)

    def read_part(self, part: str, sheet: Sheet) -> None:
        name, columns = sheets.sheet_name(part), sheets.part_columns(part)
        layout = self.layout_of(sheet, name, columns)
        if layout is None:
            self.intake.blocked = True
            return
        form = LineForm(part)
        headings = {column.name: column.heading for column in columns}
        for number, row in sheet.rows[1:]:
            self._count()
            cells = self.cells_of(name, number, row, layout)
            bad, key = cells.pop("", None), str(cells.pop("id_number", "") or "").upper()
            person = self.by_id.get(key)
            if person is None:
                self.intake.fault(
                    name, number, sheets.ID_NUMBER.heading, _("“人员”工作表中没有这个身份证号。")
                )
                continue
            if bad:
                self.intake.spoilt.add(person.row)
            values = self._cleaned(form, cells, name, number, headings, person)
            lines = person.parts.setdefault(part, [])
            lines.append(values)
            self._check_together(part, name, number, lines, person, headings)

    def _check_together(
        self, part: str, sheet: str, number: int, lines: list[dict[str, Any]], person: Person,
        headings: Mapping[str, str],
    ) -> None:  # fmt: skip
        """What the lines of one person must keep together."""
        if len(lines) == MOST_ROWS + 1:
            words = _("同一人不能超过%(n)s行。") % {"n": MOST_ROWS}
            self.intake.fault(sheet, number, sheets.ID_NUMBER.heading, words, person)
        if (
            part == "posts"
            and lines[-1].get("primary")
            and sum(bool(row.get("primary")) for row in lines) > 1
        ):
            self.intake.fault(sheet, number, headings["primary"], _("主要任职只能有一项"), person)

    def _count(self) -> None:
        self.intake.rows += 1
        self.at(self.intake.rows)


class LineForm(DraftForm):
    """One line of a part, by the rules of the page: nothing is required yet, as in a draft."""

    def __init__(self, part: str) -> None:
        super().__init__({count_name(part): "1"}, initial={})
        self.part, self.row_counts = part, dict[str, int]()
        add_rows(self, part, [])

    def clean(self) -> dict[str, Any]:
        super().clean()
        check_rows(self, self.part)
        return self.cleaned_data
