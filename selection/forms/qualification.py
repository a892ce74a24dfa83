"""What reviewers and the manager fill in during the screening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import qualification as actions
from selection.forms.asking import AskingForm
from selection.models import Nomination, QualificationReview
from selection.models.eligibility import names_of
from selection.rules.eligibility_rules import Finding
from workflow.forms import StepForm

HUMAN = (("pass", _("符合")), ("fail", _("不符合")))


class VerdictSelect(forms.RadioSelect):
    """The conclusion, each answer with its key."""

    KEYS: ClassVar[dict[str, str]] = {"qualified": "y", "disqualified": "n"}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-keys"] = self.KEYS.get(str(value), "")
        return option


class ConclusionForm(StepForm):
    """A result for every rule, and the conclusion that follows from them."""

    action = staticmethod(actions.conclude)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nomination: Nomination = self.obj.nomination
        names, waived = names_of(nomination.round.rulebook), nomination.waived
        for found in nomination.findings:
            self.fields[f"result_{found.rule}"] = forms.ChoiceField(
                label=_("%(rule)s %(name)s") % {"rule": found.rule, "name": names[found.rule]},
                choices=HUMAN,
                widget=forms.RadioSelect,
                required=found.decides,
                initial=_prefilled(found, waived),
            )
            self.fields[f"note_{found.rule}"] = forms.CharField(
                label=_("%(rule)s的说明") % {"rule": found.rule}, required=False, max_length=300,
                widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": ""}),
            )  # fmt: skip
            self.fields[f"evidence_{found.rule}"] = forms.CharField(
                label=_("%(rule)s的依据") % {"rule": found.rule}, required=False, max_length=120,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
                help_text=_("附件名称和页码，或者查询编号、日期。"),
            )  # fmt: skip
        self.fields["verdict"] = forms.ChoiceField(
            label=_("结论"), choices=QualificationReview.Verdict.choices, widget=VerdictSelect
        )
        self.fields["reason"] = forms.CharField(
            label=_("理由"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3, "data-keys": "m"}),
            help_text=_("结论为不合格的须填写；与系统核验不一致的，在此或在该条的说明中写明原因。"),
        )

    @property
    def rules(self) -> list[dict[str, Any]]:
        """The fields of each rule, in order; open: something is said of it, or is wrong with what is."""
        names = [name.removeprefix("result_") for name in self.fields if name.startswith("result_")]
        found = []
        for rule in names:
            fields = {part: self[f"{part}_{rule}"] for part in ("result", "note", "evidence")}
            said = any(fields[part].value() or fields[part].errors for part in ("note", "evidence"))
            found.append({"rule": rule, **fields, "said": said})
        return found

    def take(self) -> QualificationReview:
        """Submit the conclusion."""
        given = self.cleaned_data
        findings = [_finding(one["rule"], given) for one in self.rules]
        return actions.conclude(
            self.obj, by=self.actor, verdict=given["verdict"], findings=findings, reason=given["reason"]
        )


def _finding(rule: str, given: Mapping[str, Any]) -> dict[str, Any]:
    evidence = given[f"evidence_{rule}"].strip()
    return {
        "rule": rule,
        "human": given[f"result_{rule}"],
        "note": given[f"note_{rule}"].strip(),
        "evidence": [evidence] if evidence else [],
    }


def _prefilled(found: Finding, waived: set[str]) -> str | None:
    """The automatic result; what a person must see for themselves is left open."""
    if found.rule in waived:
        return "pass"
    return found.outcome if found.outcome in ("pass", "fail") else None


def _rule_choices(nomination: Nomination) -> list[tuple[str, str]]:
    """The rules of the round that can disqualify."""
    rules = nomination.round.rulebook
    names = names_of(rules)
    return [(rule.id, f"{rule.id} {names[rule.id]}") for rule in rules.eligibility if rule.decides_outcome]


class GroundsForm(StepForm):
    """A form that names rules of the round."""

    grounds = forms.MultipleChoiceField(label=_("不符合的规则"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds: Any = self.fields["grounds"]
        grounds.choices = _rule_choices(self.obj)


class QualifyForm(StepForm):
    """The ruling that a nominee qualifies."""

    action = staticmethod(actions.qualify)
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("两人结论不一致时为裁定，须填写理由，将写入存证。"),
    )


class DisqualifyForm(GroundsForm):
    """The ruling that a nominee does not qualify: by which rules, and why."""

    action = staticmethod(actions.disqualify)
    reason = forms.CharField(
        label=_("理由"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("不少于10个字，告知申报单位并写入存证。"),
    )


class RulingForm(GroundsForm):
    """The manager's ruling on two conclusions that differ."""

    action = staticmethod(actions.rule)
    field_order = ("verdict", "grounds", "reason")
    verdict = forms.ChoiceField(
        label=_("裁定"), choices=QualificationReview.Verdict.choices, widget=forms.RadioSelect
    )
    grounds = forms.MultipleChoiceField(
        label=_("不符合的规则"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("裁定不合格的，须选择。"),
    )
    reason = DisqualifyForm.base_fields["reason"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("verdict") == "disqualified" and not found.get("grounds"):
            self.add_error("grounds", _("请选择不符合的规则。"))
        return found


class CorrectionForm(AskingForm):
    """A reason beside each field that must be mended; empty beside those in order."""

    action = staticmethod(actions.request_correction)
    nothing_asked = _("请至少指明一处需要补正的内容。")


REVIEW_FORMS: dict[str, type[StepForm]] = {"conclude": ConclusionForm}
NOMINATION_FORMS: dict[str, type[StepForm]] = {
    "request_correction": CorrectionForm,
    "qualify": QualifyForm,
    "disqualify": DisqualifyForm,
}
