"""The ballot as it is opened and as it is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions import ballot as actions
from selection.models import Ballot, Nomination, Round
from selection.queries import ballot as queries
from workflow.actor import Actor
from workflow.forms import StepForm, plain

CHOICES = (("yes", _("同意")), ("no", _("反对")), ("abstain", _("弃权")))
ORDER = (("yes", _("列在前")), ("no", _("不列在前")), ("abstain", _("弃权")))


class VoteForm(StepForm):
    """One choice a nominee, and the receipt under which the papers lie."""

    action = staticmethod(actions.vote)
    receipt = forms.CharField(
        label=_("回执号"), min_length=16, max_length=64,
        help_text=_("请抄下。截止后凭它查对自己的票；系统不记录它属于谁，遗失不补。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receipt"].initial = actions.new_receipt()
        seat = queries.seat_of(self.obj, self.actor)
        self.ballot_lines = queries.lines_for(self.obj, seat.expert) if seat else []
        for line in self.ballot_lines:
            self.fields[f"vote_{line.nomination.code}"] = forms.ChoiceField(
                label=line.nomination.nominee.name,
                choices=ORDER if self.obj.kind == Ballot.Kind.TIE else CHOICES,
                widget=forms.RadioSelect,
                error_messages={"required": _("请选择")},
            )

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField]]:
        """Each nominee with the field."""
        return [(line, self[f"vote_{line.nomination.code}"]) for line in self.ballot_lines]

    def take(self) -> Ballot:
        """Cast the vote; raises `Refused`."""
        given = self.cleaned_data
        votes = {line.nomination.code: given[f"vote_{line.nomination.code}"] for line in self.ballot_lines}
        return actions.vote(self.obj, by=self.actor, receipt=given["receipt"], votes=votes)


class OpenBallotForm(forms.Form):
    """On whom the panel votes."""

    def __init__(
        self, *args: Any, nominees: Sequence[Nomination], suggested: Sequence[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nominations"] = forms.TypedMultipleChoiceField(
            label=_("表决人选"), coerce=int, choices=[(n.pk, f"{n.code} {n.nominee.name}") for n in nominees],
            initial=list(suggested), widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip

    def take(self, round_: Round, *, by: Actor, kind: str) -> Ballot:
        """Open the ballot; raises `Refused`."""
        return actions.open_ballot(round_, by=by, kind=kind, nominations=self.cleaned_data["nominations"])


class ReceiptForm(forms.Form):
    """The receipt to look a vote up by."""

    receipt = forms.CharField(label=_("回执号"), min_length=16, max_length=64)


BALLOT_FORMS: dict[str, type[StepForm]] = {"vote": VoteForm, "close": plain(actions.close)}
