"""The form of a rulebook: whatever is well formed is kept; what the rules still lack is said at its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.forms import rulebook_categories, rulebook_rules, rulebook_selection
from selection.forms.draft import DraftForm
from selection.forms.rulebook_words import (
    CAPS,
    DATES,
    GROUPS,
    INSTANTS,
    WHOLE,
    shares_format,
    whole_numbers,
)
from selection.forms.rulebook_words import sentence_of as sentence_of
from selection.models import Expert
from selection.models.attachment_kinds import Kind
from selection.queries.round import nominators
from selection.queries.rulebook import LABELS, METHODS, NOTICE_MODES, STRATA_MODES
from selection.rules.attachment import FROM_UNIT
from selection.rules.rulebook import ABSENT, Fault
from workflow import clock
from workflow.errors import Sentence

SPARE_CRITERIA = 2


class RulebookForm(DraftForm):
    """Every parameter of a round. Dates may wait; the other fields start from the defaults."""

    opens_at = forms.DateTimeField(label=LABELS["opens_at"])
    closes_at = forms.DateTimeField(label=LABELS["closes_at"], help_text=_("到该时刻即截止，晚一秒不受理。"))
    reference_date = forms.DateField(
        label=LABELS["reference_date"], help_text=_("年限和年龄算到这一天，含当日。")
    )
    pass_line = forms.DecimalField(label=LABELS["pass_line"], max_digits=5, decimal_places=2)
    method = forms.ChoiceField(label=LABELS["method"], choices=METHODS)
    tie_criterion = forms.CharField(
        label=LABELS["tie_criterion"], max_length=10, help_text=_("填写指标代号。")
    )
    strata_mode = forms.ChoiceField(label=LABELS["strata_mode"], choices=STRATA_MODES)
    same_city = forms.BooleanField(
        label=LABELS["same_city"],
        required=False,
        help_text=_("专家与人选同在一个设区市的，不评审该人选。"),
    )
    expert_names_published = forms.BooleanField(
        label=LABELS["expert_names_published"],
        required=False,
        help_text=_("勾选的，名单公布后在抽取公开页列出评审组姓名；不勾选的，只公开编号。"),
    )
    notice_mode = forms.ChoiceField(label=LABELS["notice_mode"], choices=NOTICE_MODES)
    award = forms.DecimalField(
        label=LABELS["award"], max_digits=12, decimal_places=2, help_text=_("每个工作室，单位：元。")
    )
    instalment_shares = forms.CharField(
        label=LABELS["instalment_shares"],
        max_length=60,
        validators=[shares_format],
        help_text=_("各期百分比，用逗号分开，合计100。"),
    )

    bands = forms.CharField(
        label=LABELS["bands"],
        max_length=20,
        validators=[shares_format],
        help_text=_("优、良、中的起点分，用逗号分开；其下为差。"),
    )
    blind = forms.BooleanField(
        label=LABELS["blind"],
        required=False,
        help_text=_("专家只见编号；正文由申报人填写，系统替换其中的姓名、单位和地名，不能保证全部隐去。"),
    )

    required_attachments = forms.MultipleChoiceField(
        label=LABELS["required_attachments"],
        choices=[(value, label) for value, label in Kind.choices if value in FROM_UNIT],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("缺少其中任何一种，申报不能提交。"),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, content: Mapping[str, Any]) -> None:
        super().__init__(data, initial=flat(content))
        for name, unit in WHOLE.items():
            self.fields[name] = forms.IntegerField(
                label=LABELS[name],
                min_value=0,
                max_value=9999,
                help_text=_("单位：%(unit)s。") % {"unit": unit},
            )
        for value, label in Expert.Category.choices:
            self.fields[f"stratum_{value}"] = forms.IntegerField(
                label=label, min_value=0, max_value=99, required=False
            )
        self.offices = list(nominators())
        for office in self.offices:
            self.fields[_quota(office)] = forms.IntegerField(
                label=office.name, min_value=0, max_value=999, required=False
            )
        self.kinds = rulebook_categories.fields_of(content)
        self.fields |= {**self.kinds, **rulebook_categories.quota_fields(content, self.offices)}
        self.divided = rulebook_categories.divided(content)
        self.fields |= rulebook_selection.fields_of(content)
        self.criteria_rows = range(len(content.get("criteria") or ()) + SPARE_CRITERIA)
        for row in self.criteria_rows:
            self._add_criterion(row)
        self.rule_rows = range(len(rulebook_rules.rows_in(content)) + rulebook_rules.SPARE)
        for row in self.rule_rows:
            self.fields |= rulebook_rules.fields_of(row)

    def may_wait(self) -> list[Any]:
        return [self.fields[name] for name in DATES]

    def _add_criterion(self, row: int) -> None:
        number = {"n": row + 1}
        self.fields[f"criterion_{row}_code"] = forms.CharField(
            label=_("指标%(n)s代号") % number, max_length=10, required=False
        )
        self.fields[f"criterion_{row}_name"] = forms.CharField(
            label=_("指标%(n)s名称") % number, max_length=60, required=False
        )
        self.fields[f"criterion_{row}_name_en"] = forms.CharField(
            label=_("指标%(n)s英文名称") % number, max_length=120, required=False
        )
        self.fields[f"criterion_{row}_weight"] = forms.DecimalField(
            label=_("指标%(n)s权重") % number, max_digits=5, decimal_places=2, required=False
        )

    @property
    def groups(self) -> list[tuple[Sentence, list[Any]]]:
        """Fields in the groups of the page; criteria and quotas stand apart."""
        strata = [f"stratum_{value}" for value in Expert.Category.values]
        return [(title, [self[name] for name in (*names, *(strata if "panel_size" in names else ()))])
                for title, names in GROUPS]  # fmt: skip

    @property
    def criteria(self) -> list[list[Any]]:
        """The fields of each criterion."""
        parts = ("code", "name", "name_en", "weight")
        return [[self[f"criterion_{row}_{part}"] for part in parts] for row in self.criteria_rows]

    @property
    def rules(self) -> list[tuple[str, list[Any]]]:
        """The title of each eligibility rule and its fields; a row without a rule is spare."""
        parts = [name.removeprefix("rule_0_") for name in rulebook_rules.fields_of(0)]
        rows = [{part: self[f"rule_{row}_{part}"] for part in parts} for row in self.rule_rows]
        return [(rulebook_rules.title_of(row), list(row.values())) for row in rows]

    @property
    def quota_fields(self) -> list[Any]:
        """One field a nominator, or one for each of its categories."""
        return [self[name] for name in self.fields if name.startswith("quota_") and self._is_shown(name)]

    def _is_shown(self, name: str) -> bool:
        return (name.count("_") > 1) == self.divided

    @property
    def tie_steps(self) -> list[Any]:
        """The steps of the tie chain, and whether the panel votes."""
        return [self[f"tie_{step}"] for step in range(rulebook_selection.STEPS)] + [self["ballot"]]

    @property
    def bounds(self) -> list[list[Any]]:
        """The fields of each group with a cap or a minimum."""
        rows = [
            name.removesuffix("_group")
            for name in self.fields
            if name.startswith("bound_") and name.endswith("_group")
        ]
        return [[self[f"{row}_{part}"] for part in ("group", "least", "most")] for row in rows]

    @property
    def categories(self) -> list[list[Any]]:
        """The fields of each category."""
        names, parts = list(self.kinds), len(rulebook_categories.PARTS)
        return [[self[name] for name in names[row : row + parts]] for row in range(0, len(names), parts)]

    @property
    def _categories(self) -> list[dict[str, Any]]:
        parts = rulebook_categories.PARTS
        rows = range(len(self.kinds) // len(parts))
        return [{part: self.cleaned_data.get(f"category_{row}_{part}") for part in parts} for row in rows]

    def clean_bands(self) -> list[int]:
        """The limits from the highest."""
        return whole_numbers(self.cleaned_data["bands"])

    def clean_instalment_shares(self) -> list[int]:
        return whole_numbers(self.cleaned_data["instalment_shares"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        for row in self.criteria_rows:
            given = self._criterion(row)
            if any(given.values()) and not all((given["code"], given["name"], given["weight"] is not None)):
                self.add_error(
                    f"criterion_{row}_code", _("请把指标%(n)s的代号、名称和权重填完整") % {"n": row + 1}
                )
        for row, category in enumerate(self._categories):
            if rulebook_categories.faults_of_row(category):
                sentence = rulebook_categories.SENTENCES["category_unnamed"]
                self.add_error(f"category_{row}_code", str(sentence))
        for row in self.rule_rows:
            for part, sentence in rulebook_rules.faults_of_row(self._rule(row)).items():
                self.add_error(f"rule_{row}_{part}", sentence)
        return self.cleaned_data

    def _rule(self, row: int) -> dict[str, Any]:
        prefix = f"rule_{row}_"
        parts = rulebook_rules.fields_of(0)
        return {
            name.removeprefix("rule_0_"): self.cleaned_data.get(prefix + name.removeprefix("rule_0_"))
            for name in parts
        }

    def _criterion(self, row: int) -> dict[str, Any]:
        return {
            part: self.cleaned_data.get(f"criterion_{row}_{part}")
            for part in ("code", "name", "name_en", "weight")
        }

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as a rulebook is stored."""
        found = self.cleaned_data
        stored: dict[str, Any] = {
            name: found[name]
            for name in (
                *(name for name in WHOLE if name not in CAPS),
                "method",
                "notice_mode",
                "instalment_shares",
                "required_attachments",
                "bands",
                "blind",
                "strata_mode",
                "same_city",
                "expert_names_published",
            )
        }
        stored["panel_caps"] = {kind: found[name] for name, kind in CAPS.items() if found[name]}
        stored["tie_criterion"] = found["tie_criterion"].strip().upper()
        stored |= {name: f"{found[name]:.2f}" for name in ("pass_line", "award")}
        for name in DATES:
            if found[name] is not None:
                stored[name] = found[name].isoformat()
        stored["strata"] = {
            value: found[f"stratum_{value}"] for value in Expert.Category.values if found[f"stratum_{value}"]
        }
        stored["quotas"] = {
            office.code: found[_quota(office)] for office in self.offices if found[_quota(office)]
        }
        stored["categories"] = rulebook_categories.stored(self._categories)
        if self.divided and len(stored["categories"]) > 1:
            places = rulebook_categories.stored_places(found, stored["categories"], self.offices)
            stored["quotas_by_category"] = places
            stored["quotas"] = {code: sum(row.values()) for code, row in places.items()}
        else:
            stored["quotas_by_category"] = {}
        stored["criteria"] = [_stored(row) for row in map(self._criterion, self.criteria_rows) if row["code"]]
        stored |= rulebook_selection.stored(found)
        stored["eligibility"] = rulebook_rules.stored([self._rule(row) for row in self.rule_rows])
        return stored

    def show(self, faults: Iterable[Fault]) -> None:
        """Say at each field what the rules lack."""
        for fault in faults:
            place = (
                self._place_of_rule(fault) if fault.field == "eligibility" else self._place_of(fault.field)
            )
            self.add_error(place, ValidationError(sentence_of(fault), code=fault.code))

    def _place_of_rule(self, fault: Fault) -> str | None:
        part = rulebook_rules.PLACES.get(fault.code, "id")
        named = fault.arguments.get("rule")
        return next((f"rule_{row}_{part}" for row in self.rule_rows if self._rule(row)["id"] == named), None)

    def _place_of(self, name: str) -> str | None:
        if name in ("quotas", "quotas_by_category"):
            shown = self.quota_fields
            return shown[0].name if shown and (name == "quotas" or self.divided) else "category_0_code"
        places = {
            **rulebook_selection.PLACES,
            "categories": "category_0_code",
            "panel_caps": "panel_cap_unit",
            "criteria": "criterion_0_weight",
            "strata": f"stratum_{Expert.Category.values[0]}",
        }
        place = places.get(name, name)
        return place if place in self.fields else None


def _quota(office: Organisation) -> str:
    return f"quota_{office.pk}"


def _stored(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "code": row["code"].strip().upper(),
        "name": row["name"].strip(),
        "name_en": (row["name_en"] or "").strip(),
        "weight": f"{row['weight']:.2f}",
    }


def flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """Stored rules as the form's fields have them."""
    parts = {
        "criteria",
        "strata",
        "quotas",
        "eligibility",
        "categories",
        "quotas_by_category",
        "tie_chain",
        "caps",
        "floors",
    }
    found: dict[str, Any] = {**ABSENT, **content}
    found = {name: value for name, value in found.items() if name not in parts}
    found |= rulebook_rules.flat(content) | rulebook_selection.flat(content)
    for name in INSTANTS:
        if content.get(name):
            found[name] = (
                datetime.fromisoformat(content[name]).astimezone(clock.ZONE).strftime("%Y-%m-%dT%H:%M")
            )
    found["instalment_shares"] = ", ".join(str(share) for share in content.get("instalment_shares") or ())
    found |= {name: found["panel_caps"].get(kind, 0) for name, kind in CAPS.items()}
    found["bands"] = ", ".join(str(band) for band in found["bands"])
    found |= {f"stratum_{value}": n for value, n in (content.get("strata") or {}).items()}
    for row, criterion in enumerate(content.get("criteria") or ()):
        found |= {f"criterion_{row}_{part}": value for part, value in criterion.items()}
    codes = dict(nominators().values_list("code", "pk"))
    found |= rulebook_categories.flat(content, codes)
    found |= {f"quota_{codes[code]}": n for code, n in (content.get("quotas") or {}).items() if code in codes}
    return found


def of_stored(content: Mapping[str, Any], faults: Iterable[Fault]) -> RulebookForm:
    """The form as it was saved. Rules that were saved once show at their fields what they lack."""
    if not any(content.get(name) for name in INSTANTS):
        return RulebookForm(content=content)
    form = RulebookForm(flat(content), content=content)
    form.is_valid()
    form.show(faults)
    return form
