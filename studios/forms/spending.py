"""The form of an expense, its steps, and the filters of its lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from selection.forms.attachment import SeveralFiles
from selection.rules.privacy import exposures
from studios.actions import spending as actions
from studios.actions.spending_words import FLAGS, said
from studios.forms.activity import PhotosField
from studios.models import Expense, Studio
from studios.queries import budget
from studios.queries.spending import ANY_FLAG
from studios.rules import spending as rules
from studios.rules.programme import Programme
from workflow import clock
from workflow.forms import StepForm, plain, with_reason

FIRST = ("spent_on", "head", "amount", "payee", "purpose", "invoice_number", "vouchers")
ACCEPT = "application/pdf,image/jpeg,image/png"
LAST_ACTIVITIES = 60


def head_choices(programme: Programme) -> list[tuple[str, str]]:
    """The heads as a choice, in the reader's language."""
    return [(head.code, budget.head_name(head)) for head in programme.heads]


class ExpenseForm(forms.ModelForm):  # type: ignore[type-arg]
    """Six fields and the voucher; the rest is folded away. What is typed stays in the browser until it is taken."""

    vouchers = PhotosField(
        label=_("凭证扫描件"), required=False, help_text=_("提交时至少一份：发票、收据或签收单，PDF、JPG或PNG，每份不超过10 MB。"),
        widget=SeveralFiles(attrs={"accept": ACCEPT}),
    )  # fmt: skip

    class Meta:
        model = Expense
        fields = actions.FIELDS
        widgets = {
            "spent_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "amount": forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": "0.01"}),
        }
        help_texts = {
            "invoice_number": _("没有发票的（如劳务费签收）可不填。一张发票在全省只能列支一次。"),
            "invoice_code": _("数电发票没有代码，可不填。"),
            "items": _("购买设备时填写；单件价格=金额÷件数。"),
            "payee": _("写单位全称或姓名。"),
        }

    def __init__(self, *args: Any, studio: Studio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.studio = studio
        self.fields["head"] = forms.ChoiceField(
            label=_("科目"), choices=[("", "—"), *head_choices(studio.programme)]
        )
        activities = studio.activities.order_by("-held_on", "-pk")
        shown = activities.filter(pk__in=list(activities.values_list("pk", flat=True)[:LAST_ACTIVITIES]))
        chosen: Any = self.fields["activity"]
        chosen.queryset = shown | activities.filter(pk=self.instance.activity_id)
        chosen.label_from_instance = lambda one: f"{one.held_on:%Y-%m-%d} {one.title}"
        for name in ("items", "account", "method"):
            self.fields[name].required = False
        self.order_fields(FIRST)

    @property
    def first(self) -> Iterator[forms.BoundField]:
        """What everybody fills in."""
        return (self[name] for name in FIRST)

    @property
    def more(self) -> Iterator[forms.BoundField]:
        """What is folded away."""
        return (self[name] for name in self.fields if name not in FIRST)

    @property
    def open_more(self) -> bool:
        """Whether something folded away needs a look."""
        return any(name in self.errors for name in self.fields if name not in FIRST)

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        for name, usual in (("items", 1), ("account", "unit"), ("method", "transfer")):
            if name not in self.errors:
                given[name] = given.get(name) or usual
        for name in ("purpose", "payee"):
            if exposures({name: str(given.get(name) or "")}):
                self.add_error(name, now("疑似含身份证号、手机号或银行卡号，请删去。"))
        if not self.errors:
            self._check(given)
        return given

    def _check(self, given: dict[str, Any]) -> None:
        """Every rule at once, each at its field; the act asks again."""
        claim = rules.Claim(
            given["head"],
            given["amount"],
            given["items"],
            given["spent_on"],
            given["purpose"],
            given["payee"],
        )
        books = budget.books_of(self.studio, but=self.instance.pk)
        for fault in rules.faults(claim, self.studio.programme, books):
            self.add_error(fault.where, said(fault))

    def _post_clean(self) -> None:
        """The row itself is written by the act alone."""

    @property
    def values(self) -> dict[str, Any]:
        """The expense's own fields."""
        return {name: self.cleaned_data[name] for name in actions.FIELDS}

    @property
    def scans(self) -> list[tuple[str, bytes]]:
        """Each voucher's name and content."""
        return [(file.name, file.read()) for file in self.cleaned_data["vouchers"]]


FORMS: dict[str, type[StepForm]] = {
    "submit": plain(actions.submit),
    "take_back": plain(actions.take_back),
    "approve": plain(actions.approve),
    "refuse": with_reason(actions.refuse_expense),
    "question": with_reason(actions.question),
    "void": with_reason(actions.void),
}

_ANY: list[tuple[str, Any]] = [("", _("全部"))]


class StudioExpenseFilter(forms.Form):
    """What narrows the list of one studio."""

    q = forms.CharField(label=_("收款方或发票号码"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[*_ANY, *Expense.State.choices])
    head = forms.ChoiceField(label=_("科目"), required=False)

    def __init__(self, data: Any, *, programme: Programme) -> None:
        super().__init__(data)
        self.fields["head"].choices = [*_ANY, *head_choices(programme)]  # type: ignore[attr-defined]


class ExpenseFilter(StudioExpenseFilter):
    """What narrows the list of all studios."""

    q = forms.CharField(label=_("工作室、收款方或发票号码"), required=False, max_length=60)
    flag = forms.ChoiceField(
        label=_("值得核对"), required=False, choices=[*_ANY, (ANY_FLAG, _("有提示的支出")), *FLAGS.items()]
    )
    city = forms.ModelChoiceField(
        label=_("设区市"), required=False, queryset=Organisation.objects.none(), empty_label=_("全部")
    )
    since = forms.DateField(
        label=_("自"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("至"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any, *, programme: Programme, cities: Any) -> None:
        super().__init__(data, programme=programme)
        self.fields["city"].queryset = cities  # type: ignore[attr-defined]


class YearForm(forms.Form):
    """Until which day the cash book goes."""

    until = forms.DateField(
        label=_("截至"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def day(self) -> Any:
        """The chosen day, or today."""
        return (self.cleaned_data.get("until") if self.is_valid() else None) or clock.today()
