"""Forms of the service network: its filter, a row, a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from selection.documents.workbook import Sheet, Workbook
from selection.errors import BadFile
from selection.forms.cells import CellReader
from selection.rules.sheets import Fault
from studios.actions import network as actions
from studios.models import Level, Place, ServicePoint
from studios.queries import network_sheets as sheets

_ANY = [("", gettext_lazy("全部"))]
_TRUTH = (("", gettext_lazy("全部")), ("1", gettext_lazy("是")))


class PointFilter(forms.Form):
    """What narrows the list."""

    q = forms.CharField(label=gettext_lazy("名称、运营机构或代码"), required=False, max_length=60)
    city = forms.ModelChoiceField(
        label=gettext_lazy("设区市"), required=False, queryset=Organisation.objects.none(), empty_label=gettext_lazy("全部")
    )  # fmt: skip
    county = forms.ModelChoiceField(
        label=gettext_lazy("县（市、区）"), required=False, queryset=Organisation.objects.none(), empty_label=gettext_lazy("全部")
    )  # fmt: skip
    level = forms.ChoiceField(label=gettext_lazy("层级"), required=False, choices=[*_ANY, *Level.choices])
    place = forms.ChoiceField(label=gettext_lazy("区划类型"), required=False, choices=[*_ANY, *Place.choices])
    status = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[*_ANY, *ServicePoint.Status.choices]
    )
    weak_area = forms.ChoiceField(label=gettext_lazy("薄弱地区"), required=False, choices=_TRUTH)

    def __init__(self, data: Any, *, cities: Any, counties: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["city"].queryset, fields["county"].queryset = cities, counties


_CHANGED: tuple[str, ...] = (
    "division", "name", "status", "status_on", "operator", "operator_code", "weak_area", "volunteers",
    "agencies", "assistant", "intermediate", "senior", "professionals",
)  # fmt: skip


class AmendForm(forms.ModelForm):  # type: ignore[type-arg]
    """What of a row may change, from a day on."""

    class Meta:
        model = ServicePoint
        fields = _CHANGED

    def _post_clean(self) -> None:
        """The row itself is changed by the act alone."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            self._add(actions.faults_of_state(given))
        return given

    def _add(self, faults: list[tuple[str, Any]]) -> None:
        for name, sentence in faults:
            self.add_error(name, sentence)


class RegisterForm(AmendForm):
    """A new row."""

    class Meta(AmendForm.Meta):
        fields = ("county", "level", "place", "code", *_CHANGED)

    parent_code = forms.CharField(label=gettext_lazy("上级区划代码"), required=False, max_length=12)

    def __init__(self, *args: Any, counties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["county"]
        field.queryset = counties

    def clean_parent_code(self) -> str:
        code: str = self.cleaned_data["parent_code"].strip()
        if code and not ServicePoint.objects.filter(code=code).exists():
            raise forms.ValidationError(_("上级区划代码没有登记。"))
        return code

    def clean(self) -> dict[str, Any]:
        given = forms.ModelForm.clean(self) or self.cleaned_data
        if not self.errors:
            self._add(actions.faults_of(given["county"], given))
        return given

    def given(self) -> dict[str, Any]:
        """What the act is given."""
        found = {k: v for k, v in self.cleaned_data.items() if k not in ("county", "parent_code")}
        found["parent"] = ServicePoint.objects.filter(code=self.cleaned_data["parent_code"] or "-").first()
        return found


# Files ---------------------------------------------------------------------------------------------------------------


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(".xlsx模板，不超过20 MB、40,000行。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        try:
            Workbook(sent.name, sent.file)
        except BadFile as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return sent


@dataclass
class Intake:
    """What was read: clean rows as the act takes them, and every fault."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read: int = 0

    def fault(self, sheet: str, row: int, column: str, reason: str) -> None:
        """Write a fault down."""
        self.faults.append(Fault(sheet, row, column, str(reason)))


def read(book: Workbook, *, counties: Any, at: Callable[[int], None] = lambda n: None) -> Intake:
    """All of the file, for whoever keeps these counties. Raises `BadFile`."""
    intake = Intake()
    reader = _Reader(book, intake.fault)
    found = next((sheet for sheet in book.sheets() if sheet.name.strip() in sheets.NAMES), None)
    if found is None:
        raise BadFile(_("文件中没有“站点”工作表，请使用下载的模板。"), code="no_sheet")
    if len(found.rows) - 1 > sheets.MOST_ROWS:
        raise BadFile(_("一次最多导入40,000行，请分成几个文件。"), code="too_many")
    reader.into(intake, found, {county.code: county for county in counties}, at)
    return intake


class _Reader(CellReader):
    lead = sheets.SHEET
    key = tuple(column.name for column in sheets.columns() if column.needed)

    def into(self, intake: Intake, sheet: Sheet, counties: dict[str, Any], at: Callable[[int], None]) -> None:
        layout = self.layout_of(sheet, sheets.SHEET, sheets.columns())
        if layout is None:
            return
        names = {column.name: column.heading for column in sheets.columns()}
        seen: set[str] = set()
        for number, row in sheet.rows[1:]:
            intake.read += 1
            cells = self.cells_of(sheets.SHEET, number, row, layout)
            before = len(intake.faults)
            given = None if "" in cells else self._row(intake, number, cells, counties, names)
            if given is not None and given["code"] in seen:
                intake.fault(sheets.SHEET, number, names["code"], _("文件中有重复的区划代码。"))
            if given is not None and len(intake.faults) == before:
                seen.add(given["code"])
                intake.rows.append(given)
            at(intake.read)

    def _row(
        self,
        intake: Intake,
        number: int,
        cells: dict[str, Any],
        counties: dict[str, Any],
        names: dict[str, str],
    ) -> dict[str, Any] | None:
        def fault(name: str, reason: Any) -> None:
            intake.fault(sheets.SHEET, number, names.get(name, ""), reason)

        missing = [name for name in self.key if not cells.get(name)]
        for name in missing:
            fault(name, _("没有填写。"))
        county = counties.get(cells.get("county", ""))
        if cells.get("county") and county is None:
            fault("county", _("不是您可以登记的县（市、区）。"))
        given = _typed(cells, fault)
        if missing or county is None or given is None:
            return None
        for name, reason in actions.faults_of(county, given):
            fault(name, reason)
        return {**given, "county": county}


def _typed(cells: dict[str, Any], fault: Callable[[str, Any], None]) -> dict[str, Any] | None:
    """Cells as the act takes them; None where one cannot be."""
    given, sound = {"parent": "", **cells}, True
    if "status_on" in given:
        given["status_on"] = date.fromisoformat(given["status_on"])
    for name in actions.COUNTS:
        text = str(cells.get(name, "0"))
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            fault(name, _("请填写不小于0的整数。"))
            sound = False
        else:
            given[name] = int(text)
    for name in ("weak_area", "volunteers"):
        if name in cells:
            given[name] = cells[name] in (True, "True", "true", "1", "on", "是")
    return given if sound else None
