"""What is filled in to enter a bar into the integrity register, and what narrows its list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.actions import integrity as actions
from selection.forms.expert import NumberField
from selection.models import Bar
from selection.queries.integrity import STANDINGS
from selection.rules.integrity import TERMS, allowed
from workflow import clock
from workflow.actor import Actor
from workflow.forms import StepForm, with_reason
from workflow.wording import years

_ANY = ("", _("全部"))
_PICK = ("", _("请选择"))
BY_HAND = ("breach", "objection", "hand")  # the other sources enter their bars themselves


def _nominators() -> Any:
    kinds = (
        Organisation.Kind.CITY,
        Organisation.Kind.DIRECT,
        Organisation.Kind.FEDERATION,
        Organisation.Kind.ASSOCIATION,
    )
    return Organisation.objects.filter(kind__in=kinds).order_by("code")


def _terms() -> str:
    named = dict(Bar.Ground.choices)
    return gettext("；").join(
        gettext("%(ground)s%(least)s至%(most)s")
        % {"ground": named[code], "least": term.least, "most": years(term.most)}
        for code, term in TERMS.items()
    )


class BarForm(forms.Form):
    """A bar from a document: a person by the identity number, or an organisation that nominates."""

    capacity = forms.ChoiceField(label=_("限制事项"), choices=[_PICK, *Bar.Capacity.choices])
    subject_name = forms.CharField(
        label=_("姓名"), max_length=40, required=False, help_text=_("限制个人的填写，与文件一致。")
    )
    id_number = NumberField(
        label=_("身份证号"), required=False, help_text=_("只用于识别同一人，不保存号码本身。")
    )
    organisation = forms.ModelChoiceField(
        label=_("推荐单位"), queryset=Organisation.objects.none(), required=False, empty_label=_("请选择"),
        help_text=_("限制推荐的选择。"),
    )  # fmt: skip
    ground = forms.ChoiceField(label=_("事由"), choices=[_PICK, *Bar.Ground.choices])
    years = forms.IntegerField(label=_("限制年限"), min_value=1, max_value=5)
    from_on = forms.DateField(
        label=_("起始日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.ChoiceField(
        label=_("来源"), choices=[choice for choice in Bar.Source.choices if choice[0] in BY_HAND]
    )
    document_number = forms.CharField(label=_("文号"), max_length=80)
    facts = forms.CharField(
        label=_("事实摘要"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = _nominators()
        self.initial.setdefault("from_on", clock.today())
        self.fields["years"].help_text = _terms()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("capacity") == Bar.Capacity.NOMINATOR:
            if not found.get("organisation"):
                self.add_error("organisation", _("请选择推荐单位。"))
        elif found.get("capacity"):
            for name in ("subject_name", "id_number"):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, _("限制个人须填写此栏。"))
        self._clean_term(found)
        return found

    def _clean_term(self, found: dict[str, Any]) -> None:
        asked = [found.get(name) for name in ("ground", "capacity", "years")]
        if all(asked) and not allowed(*asked):  # type: ignore[arg-type]
            self.add_error("years", _("该事由不适用于所选限制事项，或者年限超出范围。"))

    def take(self, *, by: Actor) -> Bar:
        """Enter it; raises `Refused`."""
        given = dict(self.cleaned_data)
        if given["capacity"] == Bar.Capacity.NOMINATOR:
            given |= {"id_number": "", "subject_name": ""}
        else:
            given["organisation"] = None
        return actions.bar_by_hand(by=by, **given)


class BarFilter(forms.Form):
    """What narrows the register."""

    q = forms.CharField(label=_("姓名、单位或文号"), required=False, max_length=60)
    capacity = forms.ChoiceField(label=_("限制事项"), required=False, choices=[_ANY, *Bar.Capacity.choices])
    ground = forms.ChoiceField(label=_("事由"), required=False, choices=[_ANY, *Bar.Ground.choices])
    standing = forms.ChoiceField(label=_("状态"), required=False, choices=[_ANY, *STANDINGS])


BAR_FORMS: dict[str, type[StepForm]] = {"lift": with_reason(actions.lift)}
