"""What narrows and orders the province's page of all studios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.models import Nomination, Round
from studios.forms.studio import LATE
from studios.models import Studio
from studios.queries.monitor import SORTS, Overdue
from studios.queries.studio import Lights
from workflow import clock

YEARS = 5
ON_TIME = "on_time"
_ANY = [("", _("全部"))]
_LIGHTS = [(ON_TIME, _("按期")), (LATE, _("有逾期报告")), ("yellow", _("黄灯")), ("orange", _("橙灯")), ("red", _("红灯"))]  # fmt: skip
_SORTS = {
    "worst": _("逾期最久的在前"),
    "name": _("按名称"),
    "city": _("按设区市"),
    "activities": _("活动最多的在前"),
    "paid": _("已拨最多的在前"),
    "spent": _("支出最多的在前"),
    "ends": _("最早届满的在前"),
}


class MonitorFilter(forms.Form):
    """Unknown values narrow nothing: the page is a URL that people keep."""

    q = forms.CharField(label=_("名称或依托单位"), required=False, max_length=60)
    city = forms.ChoiceField(label=_("设区市"), required=False)
    field = forms.ChoiceField(label=_("领域"), required=False, choices=[*_ANY, *Nomination.Field.choices])
    light = forms.ChoiceField(label=_("报告灯号"), required=False, choices=[*_ANY, *_LIGHTS])
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[*_ANY, *Studio.State.choices])
    batch = forms.ChoiceField(label=_("认定批次"), required=False)
    year = forms.ChoiceField(label=_("年度"), required=False)
    sort = forms.ChoiceField(
        label=_("排序"), required=False, choices=[(sort, _SORTS[sort]) for sort in SORTS]
    )

    def __init__(self, data: Any, *, cities: Iterable[Organisation], batches: Iterable[Round]) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["city"].choices = [*_ANY, *((str(city.pk), city.name) for city in cities)]
        fields["batch"].choices = [*_ANY, *((str(batch.pk), batch.shown_title) for batch in batches)]
        this = clock.today().year
        fields["year"].choices = [(str(year), str(year)) for year in range(this, this - YEARS, -1)]
        self.is_valid()

    @property
    def year_shown(self) -> int:
        """The year of activities and tasks: this one where none is asked for."""
        return int(self.cleaned_data.get("year") or clock.today().year)

    @property
    def order(self) -> str:
        """The order asked for."""
        return str(self.cleaned_data.get("sort") or SORTS[0])

    @property
    def narrows(self) -> bool:
        """Whether anything but the year and the order was asked for."""
        return any(value for name, value in self.cleaned_data.items() if name not in ("year", "sort"))

    def narrowed(self, studios: QuerySet[Studio]) -> QuerySet[Studio]:
        """These studios as far as they were asked for, whatever their lights."""
        wanted = self.cleaned_data
        if text := wanted.get("q"):
            studios = studios.filter(Q(name__icontains=text) | Q(host__name__icontains=text))
        for name, path in _COLUMNS.items():
            if value := wanted.get(name):
                studios = studios.filter(**{path: value})
        return studios

    def lit(
        self, studios: QuerySet[Studio], lights: Lights, overdue: Mapping[int, Overdue]
    ) -> QuerySet[Studio]:
        """Those that show the light asked for."""
        light = self.cleaned_data.get("light")
        if not light:
            return studios
        shown = {pk: lights.of(one.oldest) for pk, one in overdue.items()}
        if light == ON_TIME:
            others = [pk for pk, found in shown.items() if found != ON_TIME]
            return studios.filter(state__in=Studio.RUNNING).exclude(pk__in=others)
        late = ("yellow", "orange", "red") if light == LATE else (light,)
        return studios.filter(pk__in=[pk for pk, found in shown.items() if found in late])


_COLUMNS = {
    "city": "city",
    "state": "state",
    "batch": "recognition__round",
    "field": "recognition__nomination__field",
}
