"""The first page of a dossier: who, by which route, and the few questions that decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions.nomination import born_on
from selection.forms.dossier_rows import OLDEST
from selection.models import Nomination, Round
from selection.models.eligibility import choice_labels, describe
from selection.queries.nomination import ways_of
from selection.queries.round import open_rounds
from selection.rules.eligibility import valid_id_number
from selection.rules.eligibility_rules import Finding, evaluate
from workflow import clock

ASKED = ("setting", "civil_status", "certificate_level", "certified_on", "practice_since", "province_since")
DAYS = ASKED[3:]
EMPTY = [("", "—")]


class NewNominationForm(forms.Form):
    """Who, in which round, by which route; what decides, before anything long is typed."""

    round = forms.ModelChoiceField(queryset=open_rounds(), label=_("选拔批次"), empty_label=None)
    name = forms.CharField(label=_("姓名"), max_length=40, help_text=_("与身份证一致。"))
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=18,
        min_length=18,
        help_text=_("加密保存，只用于核对身份和防止重复申报，保存后各处均隐去中间各位。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    route = forms.ChoiceField(label=_("推荐渠道"), widget=forms.RadioSelect)
    category = forms.ChoiceField(
        label=_("推荐类别"), required=False, help_text=_("推荐时占用推荐单位该类别的名额，提交前可以改选。")
    )
    setting = forms.ChoiceField(label=_("单位性质"), choices=[*EMPTY, *Nomination.Setting.choices])
    civil_status = forms.ChoiceField(label=_("公务员身份"), choices=[*EMPTY, *Nomination.CivilStatus.choices])
    certificate_level = forms.ChoiceField(label=_("证书级别"), choices=[*EMPTY, *Nomination.Level.choices])
    certified_on = forms.DateField(label=_("证书批准日期"), help_text=_("证书上的批准日期，不是登记日期。"))
    practice_since = forms.DateField(
        label=_("从业起始日期"), help_text=_("直接从事社会工作的第一天；中断过的，建立后逐段填写。")
    )
    province_since = forms.DateField(
        label=_("在本省从业起始日期"), required=False, help_text=_("没有在本省从业的不填。")
    )

    def __init__(self, *args: Any, unit: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways_of(unit)
        route: Any = self.fields["route"]
        route.choices = [(value, _way_in_words(value, way, unit)) for value, way in self.ways.items()]
        route.initial = next(iter(self.ways), None)
        rounds: Any = self.fields["round"]
        rounds.queryset = open_rounds()
        self._offer_categories(rounds.queryset)
        rounds.label_from_instance = lambda row: row.shown_title

    def _offer_categories(self, rounds: Any) -> None:
        """The categories of the open rounds; nothing is asked where places are not divided."""
        known = dict(pair for row in rounds for pair in row.categories)
        if known:
            category: Any = self.fields["category"]
            category.choices = [*EMPTY, *known.items()]
        else:
            del self.fields["category"]

    def clean_id_number(self) -> str:
        number = str(self.cleaned_data["id_number"]).strip().upper()
        if not valid_id_number(number):
            raise forms.ValidationError(_("身份证号有误，请核对18位号码。"))
        return number

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._check_category()
        for name in DAYS:
            day = self.cleaned_data.get(name)
            label = {"label": self.fields[name].label}
            if day and day > clock.today():
                self.add_error(name, _("%(label)s不得晚于今天") % label)
            elif day and day.year < OLDEST:
                self.add_error(name, _("%(label)s有误，请核对年份") % label)
        return self.cleaned_data

    def _check_category(self) -> None:
        """One of the chosen round's categories; of a round that has none, nothing is kept."""
        round_ = self.cleaned_data.get("round")
        known = dict(round_.categories) if round_ else {}
        if not known:
            self.cleaned_data["category"] = ""
        elif self.cleaned_data.get("category") not in known:
            self.add_error("category", _("请选择本轮的推荐类别"))

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered to the questions that decide."""
        return {name: self.cleaned_data.get(name) for name in ASKED}

    @property
    def fails(self) -> list[dict[str, str]]:
        """The rules that these answers do not meet, each with its sentence; a soft one needs a person."""
        round_: Round = self.cleaned_data["round"]
        rules, facts = round_.rulebook, self._facts()
        asked = [rule for rule in rules.eligibility if rule.fact in facts]
        labels = choice_labels(Nomination)
        return [
            {"sentence": describe(found, rules, labels), "state": _weight(found)}
            for found in evaluate(asked, facts, rules.reference_date)
            if found.outcome == "fail"
        ]

    def _facts(self) -> dict[str, Any]:
        given = self.answers
        practice: date | None = given["practice_since"]
        here: date | None = given["province_since"]
        return {
            "born_on": born_on(self.cleaned_data["id_number"]),
            "setting": given["setting"],
            "is_civil_servant": given["civil_status"] != Nomination.CivilStatus.NONE,
            "certificate_level": given["certificate_level"],
            "certified_on": given["certified_on"],
            "practice": [(practice, None)] if practice else [],
            "province_practice": [(max(here, practice or here), None)] if here else [],
            "route": self.cleaned_data["route"],
        }


def _weight(found: Finding) -> str:
    return "fail" if found.hard else "person"


def _way_in_words(value: str, way: Any, unit: Any) -> str:
    offices = " → ".join(office.name for office in (unit, way.county, way.nominator) if office is not None)
    return f"{Nomination.Route(value).label}：{offices}"
