"""What is filled in for a measure of care: written in a minute."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.models import Recognition
from studios.actions import care as actions
from studios.models import CareMeasure
from studios.queries import care as queries
from workflow import clock
from workflow.actor import Actor

_ANY = ("", _("全部"))


class TalentChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Talents by name, with the first line that was printed under it."""

    def label_from_instance(self, obj: Recognition) -> str:
        return f"{obj.name_key}（{obj.affiliations[0]}）" if obj.affiliations else obj.name_key


class CareForm(forms.Form):
    """One measure for one talent."""

    recognition = TalentChoice(label=_("人才"), queryset=Recognition.objects.none(), empty_label=_("请选择"))
    kind = forms.ChoiceField(label=_("措施"), choices=[("", _("请选择")), *CareMeasure.Kind.choices])
    given_on = forms.DateField(
        label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=_("内容"), min_length=4, max_length=500, help_text=_("一句话，如：推荐参加全省督导人才研修班。")
    )
    evidence = forms.CharField(
        label=_("依据"), max_length=200, required=False, help_text=_("文号、报道标题或者凭证号。")
    )
    amount = forms.DecimalField(
        label=_("金额（元）"), min_value=Decimal("0.01"), max_digits=10, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, office: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["recognition"]
        field.queryset = queries.talents_of(office)
        self.initial.setdefault("given_on", clock.today())

    def take(self, *, by: Actor) -> CareMeasure:
        """Enter it; raises `Refused`."""
        given = dict(self.cleaned_data)
        return actions.record(given.pop("recognition"), by=by, **given)


class TakeBackForm(forms.Form):
    """Why a measure is taken back."""

    reason = forms.CharField(label=_("理由"), min_length=10, max_length=300)

    def take(self, measure: CareMeasure, *, by: Actor) -> CareMeasure:
        """Take it back; raises `Refused`."""
        return actions.take_back(measure, by=by, **self.cleaned_data)


class CityChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Cities by the name of the city, not of its bureau."""

    def label_from_instance(self, obj: Organisation) -> str:
        return obj.area or obj.name


class CareFilter(forms.Form):
    """What narrows the list of measures."""

    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("措施"), required=False, choices=[_ANY, *CareMeasure.Kind.choices])
    city = CityChoice(
        label=_("设区市"), required=False, queryset=Organisation.objects.none(), empty_label=_("全部")
    )

    def __init__(self, data: Any, *, cities: Any) -> None:
        super().__init__(data)
        years: Any = self.fields["year"]
        years.choices = [(year, str(year)) for year in queries.years()]
        city: Any = self.fields["city"]
        city.queryset = cities
