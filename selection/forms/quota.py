"""Forms of the local desks: the originals one by one, the nomination, one nominee in place of another, the order."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.actions import nomination as actions
from selection.actions import quota
from selection.models import Nomination
from selection.models.attachment_kinds import ORIGINALS, REQUIRED_ORIGINALS, missing_originals
from selection.queries.nomination import next_rank_of
from selection.queries.quota import quota_of, successors_of
from workflow import clock
from workflow.forms import ReasonForm, StepForm
from workflow.wording import listed


class OriginalsForm(StepForm):
    """A step for which somebody has held the papers in the hand, each kind ticked by itself."""

    originals = forms.MultipleChoiceField(
        label=_("已核对、与申报材料一致的原件"),
        choices=[(kind.value, kind.label) for kind in ORIGINALS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("身份证、职业资格证书、从业证明和单位公示证明必须核对；其他有则核对。"),
    )
    # For programs that have seen all that must be seen; on the page each kind is ticked.
    originals_checked = forms.BooleanField(
        label=_("必须核对的原件均已核对"), required=False, widget=forms.HiddenInput
    )

    seen_before = False  # another office has seen them

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["originals"].required = not self.data.get("originals_checked")

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "originals" in self.errors:
            return self.cleaned_data
        seen = [*self.cleaned_data.get("originals", ())]
        if self.cleaned_data.get("originals_checked"):
            seen += REQUIRED_ORIGINALS
        if (missing := missing_originals(seen)) and (seen or not self.seen_before):
            names = listed(kind.label for kind in missing)
            self.add_error("originals", gettext("尚未核对：%(kinds)s") % {"kinds": names})
        return self.cleaned_data


class EndorseForm(OriginalsForm):
    """The county's opinion, once the originals were seen."""

    action = staticmethod(actions.endorse)
    opinion = forms.CharField(label=_("县级意见"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class OpinionsForm(OriginalsForm):
    """The nominator's opinions. What the county has seen need not be seen again."""

    opinion = forms.CharField(
        label=_("推荐单位意见"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    background = forms.CharField(
        label=_("背景审查意见"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("违法违纪、处分、失信等核查情况，只供审核单位和省级查阅。"),
    )
    dishonesty_checked_on = forms.DateField(
        label=_("失信查询日期"),
        required=False,
        help_text=_("本人和单位均已查询的日期。规则书对查询日期距基准日的天数有限制。"),
    )

    def clean_dishonesty_checked_on(self) -> date | None:
        day: date | None = self.cleaned_data["dishonesty_checked_on"]
        if day and day > clock.today():
            raise forms.ValidationError(_("失信查询日期不得晚于今天"))
        return day


class NominateForm(OpinionsForm):
    """The nominator's opinions and the rank among its nominees."""

    action = staticmethod(actions.nominate)
    rank = forms.IntegerField(
        label=_("推荐排序"),
        min_value=1,
        max_value=99,
        help_text=_("在本单位推荐人选中的排位，第1位为最优先。"),
    )
    field_order = ("rank", "originals")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rank"].initial = next_rank_of(self.obj)
        self.fields["rank"].help_text = f"{self.fields['rank'].help_text}{places_in_words(self.obj)}"
        self.seen_before = self.obj.originals_checked
        if self.seen_before:
            self.fields["originals"].required = False
            self.fields["originals"].help_text = _("县级已核对原件，可不再核对；再次核对的，逐项勾选。")


class SubstituteForm(ReasonForm, OpinionsForm):
    """Who takes the place, and why it changes hands."""

    action = staticmethod(quota.substitute)
    successor = forms.ModelChoiceField(
        label=_("接替的人选"),
        queryset=Nomination.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        help_text=_("待本单位推荐的人选，接替后占用同一名额和排序。"),
    )
    field_order = ("successor", "reason", "originals")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "originals"
        ].required = False  # not asked again of a successor whom the county has checked
        field: Any = self.fields["successor"]
        field.queryset = successors_of(self.obj)
        field.label_from_instance = lambda row: f"{row.code} {row.nominee.name} · {row.unit.name}"
        if name := self.obj.category_name:
            field.help_text = gettext("待本单位推荐的“%(name)s”类人选，接替后占用同一名额和排序。") % {
                "name": name
            }
        self.fields["reason"].label = gettext("替换%(name)s的理由") % {"name": self.obj.nominee.name}

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data.get("successor")
        self.seen_before = chosen is not None and chosen.originals_checked
        return super().clean()


class RankForm(forms.Form):
    """A number for each nominee; they are read as an order, so each is used once."""

    def __init__(self, data: Any = None, *, nominees: QuerySet[Nomination]) -> None:
        super().__init__(data)
        self.nominees = list(nominees.select_related("nominee", "unit"))
        for place, row in enumerate(self.nominees, start=1):
            self.fields[f"rank_{row.pk}"] = forms.IntegerField(
                label=f"{row.code} {row.nominee.name}",
                min_value=1,
                max_value=len(self.nominees),
                initial=place,
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        ranks = list(self.cleaned_data.values())
        for name, rank in list(self.cleaned_data.items()):
            if ranks.count(rank) > 1:
                self.add_error(name, _("第%(rank)s位重复") % {"rank": rank})
        return self.cleaned_data

    @property
    def rows(self) -> list[tuple[Nomination, forms.BoundField]]:
        """Each nominee with its field."""
        return [(row, self[f"rank_{row.pk}"]) for row in self.nominees]

    @property
    def order(self) -> list[int]:
        """The ids of the nominees by the numbers typed."""
        return [row.pk for row in sorted(self.nominees, key=lambda row: self.cleaned_data[f"rank_{row.pk}"])]


class CategoryForm(StepForm):
    """One of the round's categories."""

    action = staticmethod(actions.choose_category)
    category = forms.ChoiceField(label=_("推荐类别"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.choices = self.obj.round.categories
        field.initial = self.obj.category or None


def places_in_words(nomination: Nomination) -> str:
    """The account on which the nominee would stand: granted, used, left."""
    quota: Any = quota_of(nomination)
    if quota is None:
        return (
            gettext("本单位在本轮没有该类别的名额。")
            if nomination.category
            else gettext("本单位在本轮没有名额。")
        )
    words = {"places": quota.places, "used": quota.used, "left": quota.left, "name": quota.category_name}
    if quota.category:
        return gettext("“%(name)s”类名额%(places)s个，已用%(used)s个，剩余%(left)s个。") % words
    return gettext("名额%(places)s个，已用%(used)s个，剩余%(left)s个。") % words


NOMINATION_FORMS: dict[str, type[StepForm]] = {
    "choose_category": CategoryForm,
    "endorse": EndorseForm,
    "nominate": NominateForm,
    "substitute": SubstituteForm,
}
