"""What the steps of an assessment need, and the forms of the office's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios.actions import assessment as actions
from studios.models import Assessment
from studios.queries import assessment as queries
from studios.queries.evidence import evidence, in_language
from studios.rules.assessment import BASIC, UNQUALIFIED, suggested
from workflow import clock
from workflow.forms import StepForm, plain, with_reason

LONGEST_WORDS, LONGEST_ITEM, MOST_ITEMS = 1000, 500, 20


class ReviewerChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Accounts by name, with their organisation."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name}（{obj.organisation or obj.username}）"


class AssignForm(StepForm):
    """The two who score."""

    action = staticmethod(actions.assign)

    first = ReviewerChoice(label=_("评审员一"), queryset=User.objects.none())
    second = ReviewerChoice(
        label=_("评审员二"),
        queryset=User.objects.none(),
        help_text=_("初审员或处室负责人，两人不同；依托单位和所在市县的人员应当回避。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, sheet in zip(("first", "second"), [*self.obj.open_sheets, None, None], strict=False):
            field: Any = self.fields[name]
            field.queryset = queries.reviewers()
            if sheet is not None:
                self.initial.setdefault(name, sheet.reviewer_id)


class MarksForm(StepForm):
    """A mark and words for each dimension, with what the records say beside it."""

    words_required = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dimensions = self.obj.studio.programme.dimensions
        self.said = self.obj.facts or queries.facts(self.obj)
        marks, words = self.before()
        for d in self.dimensions:
            name = {"name": in_language(d)}
            self.fields[f"mark_{d.code}"] = forms.DecimalField(
                label=gettext("%(name)s：评分") % name, min_value=0, max_value=d.points, max_digits=4,
                decimal_places=1, initial=marks.get(d.code),
            )  # fmt: skip
            self.fields[f"words_{d.code}"] = forms.CharField(
                label=gettext("%(name)s：说明") % name, max_length=LONGEST_WORDS, required=self.words_required,
                initial=words.get(d.code, ""), widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def before(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """What stands in the fields at first."""
        return {}, {}

    def beside(self, code: str) -> str:
        """What stands beside the words."""
        return ""

    @property
    def draft_key(self) -> str:
        """What is typed stays in the browser until it is taken."""
        return f"assessment-{self.obj.pk}-{type(self).__name__}"

    @property
    def groups(self) -> list[dict[str, Any]]:
        """One part a dimension."""
        return [
            {
                "slug": d.code,
                "title": gettext("%(name)s（%(points)s分）") % {"name": in_language(d), "points": d.points},
                "rows": [
                    {
                        "field": self[f"mark_{d.code}"],
                        "value": evidence(d.code, self.said, self.obj.studio.programme),
                    },
                    {"field": self[f"words_{d.code}"], "value": self.beside(d.code)},
                ],
            }
            for d in self.dimensions
        ]

    def take(self) -> Any:
        """Hand the marks in."""
        marks = {d.code: self.cleaned_data[f"mark_{d.code}"] for d in self.dimensions}
        words = {d.code: self.cleaned_data[f"words_{d.code}"] for d in self.dimensions}
        return type(self).action(self.obj, by=self.actor, marks=marks, words=words)


class SelfScoreForm(MarksForm):
    """The studio's own marks: at first what the records come to, from then on what was handed in last."""

    action = staticmethod(actions.self_score)
    words_required = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = queries.facts(self.obj)  # as they stand now

    def before(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        if self.obj.self_marks:
            return self.obj.self_marks, self.obj.self_words
        return suggested(self.dimensions, self.said), {}

    def beside(self, code: str) -> str:
        mark = suggested(self.dimensions, self.said).get(code)
        return "" if mark is None else gettext("从记录带出：%(mark)s分，可以修改") % {"mark": mark}


class SheetForm(MarksForm):
    """A reviewer's sheet, with the studio's own marks beside it."""

    action = staticmethod(actions.score_sheet)

    def beside(self, code: str) -> str:
        mark = self.obj.self_marks.get(code)
        if mark is None:
            return gettext("工作室未自评")
        return gettext("自评%(mark)s分：%(words)s") % {
            "mark": mark,
            "words": self.obj.self_words.get(code, ""),
        }


class VetoForm(StepForm):
    """What no score makes good."""

    action = staticmethod(actions.veto)

    vetoes = forms.MultipleChoiceField(label=_("否决事项"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("事实和理由"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("不少于10个字，将写入存证。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["vetoes"]
        field.choices = [(word, word) for word in self.obj.studio.programme.vetoes]


class StatementForm(StepForm):
    """What the studio has to say."""

    action = staticmethod(actions.make_statement)

    statement = forms.CharField(
        label=_("陈述"), min_length=10, max_length=4000, widget=forms.Textarea(attrs={"rows": 8})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("statement", self.obj.statement)


class ConfirmForm(StepForm):
    """Nothing, unless something must be put right."""

    action = staticmethod(actions.confirm)

    items = forms.CharField(
        label=_("整改事项"), max_length=LONGEST_ITEM * MOST_ITEMS, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.obj.grade not in (BASIC, UNQUALIFIED):
            del self.fields["items"]
            return
        self.fields["items"].required = self.obj.grade == BASIC
        self.fields["items"].help_text = gettext(
            "每行一项，最多%(most)s项；整改期限%(days)s个工作日，期间暂停拨款。"
        ) % {"most": MOST_ITEMS, "days": self.obj.studio.programme.rectify_working_days}

    def clean_items(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        if len(lines) > MOST_ITEMS or any(len(line) > LONGEST_ITEM for line in lines):
            raise forms.ValidationError(
                _("最多%(most)s项，每项不超过%(long)s字。"), params={"most": MOST_ITEMS, "long": LONGEST_ITEM}
            )
        return lines


FORMS: dict[str, type[StepForm]] = {
    "assign": AssignForm,
    "self_score": SelfScoreForm,
    "score_sheet": SheetForm,
    "veto": VetoForm,
    "make_statement": StatementForm,
    "waive_statement": plain(actions.waive_statement),
    "score_again": with_reason(actions.score_again),
    "confirm": ConfirmForm,
    "confirm_at_limit": plain(actions.confirm_at_limit),
}


# The office's pages --------------------------------------------------------------------------------------------------


class ScheduleForm(forms.Form):
    """A year's assessments in one act."""

    kind = forms.ChoiceField(label=_("类别"), choices=Assessment.Kind.choices)
    year = forms.IntegerField(label=_("年度"), min_value=2020, max_value=2100)
    self_due_on = forms.DateField(
        label=_("自评截止"), required=False, help_text=_("截止后工作室仍未自评的，评审员可以评分。")
    )
    first = ReviewerChoice(label=_("评审员一"), queryset=User.objects.none(), required=False)
    second = ReviewerChoice(
        label=_("评审员二"), queryset=User.objects.none(), required=False,
        help_text=_("可以以后逐个指定；应当回避的工作室自动跳过。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("year", clock.today().year)
        for name in ("first", "second"):
            field: Any = self.fields[name]
            field.queryset = queries.reviewers()

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        chosen = [found.get(name) for name in ("first", "second") if found.get(name)]
        if len(chosen) == 1 or (len(chosen) == 2 and chosen[0] == chosen[1]):
            self.add_error("second", _("须指定两名不同的评审员，或都不指定。"))
        return found

    @property
    def reviewers(self) -> list[User]:
        """Those chosen."""
        return [self.cleaned_data[n] for n in ("first", "second") if self.cleaned_data.get(n)]


_ANY = [("", _("全部"))]


class YearFilter(forms.Form):
    """What narrows the list of a year's assessments."""

    year = forms.IntegerField(label=_("年度"), required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=Assessment.Kind.choices)
    q = forms.CharField(label=_("工作室"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[*_ANY, *Assessment.State.choices])
    grade = forms.ChoiceField(label=_("等次"), required=False, choices=[*_ANY, *Assessment.Grade.choices])
