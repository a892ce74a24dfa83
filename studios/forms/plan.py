"""The form of a plan: whatever is well formed is kept; what is still lacking is said beside its section."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studios.actions import plan as actions
from studios.models import StudioPlan
from studios.queries.plan import points_for
from studios.rules import plan as rules
from workflow.forms import StepForm, plain, with_reason

SPARE = {"goals": 2, "team": 2, "stations": 2}
LEAST = {"goals": 3, "team": 4, "stations": 3}
CERTIFICATES = ("", "助理社会工作师", "社会工作师", "高级社会工作师")
ROWS: dict[str, tuple[str, ...]] = {
    "goals": ("text", "measure", "by_year"),
    "team": ("name", "post", "certificate"),
    "stations": ("point", "name", "weaker_area"),
}
LABELS = {
    "text": _("目标"), "measure": _("衡量方式"), "by_year": _("完成年份"), "name": _("姓名"), "post": _("分工"),
    "certificate": _("证书等级"), "point": _("登记的站点"), "weaker_area": _("薄弱地区"),
}  # fmt: skip


class PlanForm(forms.Form):
    """Goals, the tasks of every year, team and partner stations, each in rows; empty rows are left out."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: StudioPlan) -> None:
        self.plan, self.stored = plan, plan.content
        self.programme = plan.studio.programme
        self.years = rules.years_from(int(self.stored.get("first_year") or 0), self.programme)
        super().__init__(data, initial=self._flat())
        self.points = {p.code: p for p in points_for(plan.studio)}
        self.rows = {
            name: range(max(LEAST[name], len(self.stored.get(name) or ()) + SPARE[name])) for name in ROWS
        }
        for section, numbers in self.rows.items():
            for number in numbers:
                for part in ROWS[section]:
                    self.fields[f"{section}_{number}_{part}"] = self._field(section, part, number)
        for row in self.task_rows:
            self.fields[row["key"]] = forms.DecimalField(
                label=f"{row['year']} {row['name']}", min_value=0, max_digits=10, decimal_places=2
            )

    def _flat(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            f"{section}_{number}_{part}": row.get(part)
            for section in ROWS
            for number, row in enumerate(self.stored.get(section) or ())
            for part in ROWS[section]
        }
        for row in self.stored.get("tasks") or ():
            target = rules.number(row["target"])
            found[f"task_{row['year']}_{row['code']}"] = (
                f"{target.normalize():f}" if target is not None else ""
            )
        return found

    def _field(self, section: str, part: str, number: int) -> forms.Field:
        label = f"{LABELS[part] if section != 'stations' or part != 'name' else _('站点名称')} {number + 1}"
        given: dict[str, Any] = {"label": label, "required": False}
        if part == "by_year":
            return forms.TypedChoiceField(
                choices=[("", "—"), *((year, str(year)) for year in self.years)],
                coerce=int,
                empty_value=None,
                **given,
            )
        if part == "certificate":
            return forms.ChoiceField(choices=[(c, c or _("无")) for c in CERTIFICATES], **given)
        if part == "point":
            names = [(code, f"{point} {code}") for code, point in self.points.items()]
            return forms.ChoiceField(choices=[("", _("未列出")), *names], **given)
        if part == "weaker_area":
            return forms.BooleanField(**given)
        return forms.CharField(
            max_length={"name": 40, "post": 60}.get(part, 200) if section != "stations" else 80, **given
        )

    @property
    def task_rows(self) -> list[dict[str, Any]]:
        """One row a year and task: those that the rules ask, then what the studio added."""
        return [
            {**row, "key": f"task_{row['year']}_{row['code']}"}
            for row in self.stored.get("tasks") or rules.empty(self.programme, self.years[0])["tasks"]
        ]

    @property
    def task_table(self) -> list[tuple[str, str, list[Any]]]:
        """Tasks down, years across: name, unit, one field a year."""
        found: dict[str, tuple[str, str, list[Any]]] = {}
        for row in self.task_rows:
            found.setdefault(row["code"], (row["name"], row["unit"], []))[2].append(self[row["key"]])
        return list(found.values())

    def table(self, section: str) -> list[list[Any]]:
        """The fields of each row of a section."""
        return [[self[f"{section}_{n}_{part}"] for part in ROWS[section]] for n in self.rows[section]]

    @property
    def goals(self) -> list[list[Any]]:
        """The rows of goals."""
        return self.table("goals")

    @property
    def team(self) -> list[list[Any]]:
        """The rows of the team."""
        return self.table("team")

    @property
    def stations(self) -> list[list[Any]]:
        """The rows of stations."""
        return self.table("stations")

    def clean(self) -> dict[str, Any]:
        super().clean()
        for number in self.rows["goals"]:
            row = self._row("goals", number)
            if row["text"] and not row["by_year"]:
                self.add_error(f"goals_{number}_by_year", _("请选择完成年份。"))
        for number in self.rows["team"]:
            row = self._row("team", number)
            if row["name"] and not row["post"]:
                self.add_error(f"team_{number}_post", _("请写明分工。"))
        return self.cleaned_data

    def _row(self, section: str, number: int) -> dict[str, Any]:
        return {part: self.cleaned_data.get(f"{section}_{number}_{part}") for part in ROWS[section]}

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as a plan is stored."""
        rows = {name: [self._row(name, n) for n in self.rows[name]] for name in ROWS}
        tasks = [
            {name: row[name] for name in ("year", "code", "name", "unit")}
            | {"target": str(self._target(row))}
            for row in self.task_rows
        ]
        return {
            "first_year": self.years[0],
            "goals": [{**r, "measure": r["measure"] or ""} for r in rows["goals"] if r["text"]],
            "tasks": tasks,
            "team": [r for r in rows["team"] if r["name"]],
            "stations": [station for r in rows["stations"] if (station := self._station(r))["name"]],
        }

    def _target(self, row: Mapping[str, Any]) -> Decimal:
        return self.cleaned_data.get(row["key"]) or Decimal(0)

    def _station(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A registered station has its own name, and its area is weak where the registry says so."""
        point = self.points.get(row["point"] or "")
        if point is None:
            return {"point": "", "name": row["name"] or "", "weaker_area": bool(row["weaker_area"])}
        return {
            "point": point.code,
            "name": str(point)[:80],
            "weaker_area": bool(row["weaker_area"] or point.weak_area),
        }


class EndorseForm(StepForm):
    """The city's opinion."""

    action = staticmethod(actions.endorse)

    opinion = forms.CharField(
        label=_("市级意见"), min_length=5, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("对目标、任务、团队和站点的意见，随计划报省级。"),
    )  # fmt: skip


class AmendForm(forms.Form):
    """Why the plan is to be changed."""

    reason = forms.CharField(
        label=_("变更理由"), min_length=5, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


FORMS: dict[str, type[StepForm]] = {
    "submit": plain(actions.submit),
    "endorse": EndorseForm,
    "send_back": with_reason(actions.send_back),
    "send_back_from_province": with_reason(actions.send_back_from_province),
    "approve": plain(actions.approve),
}
