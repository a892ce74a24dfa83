"""The panel's secret ballot: who voted is on record, how is not."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.expert import Expert
from selection.models.nomination import Nomination
from selection.models.round import Round
from workflow.fields import EncryptedTextField
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

deliberating = Guard("not_deliberating", _("本轮不在评议阶段。"), lambda b: b.round.state == "deliberation")


class Ballot(Machine):
    """One ballot on some nominees of a round: whether each may be proposed, or who comes first of those level."""

    class State(models.TextChoices):
        OPEN = "open", _("投票中")
        CLOSED = "closed", _("已截止")

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("拟认定人选表决")
        TIE = "tie", _("同分先后表决")

    STATE_TONES = {"open": ("violet", "lock"), "closed": ("ok", "circle-check")}
    LOCK_WITH = ("round",)

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="ballots")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices, default=Kind.CONFIRM)
    number = models.PositiveSmallIntegerField(_("次数"))
    state = StateField(_("状态"), choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(_("开始时间"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("截止时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("评审组表决")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=("round", "number"), name="one_ballot_per_number"),
            models.UniqueConstraint(
                fields=("round",), condition=Q(state="open"), name="one_open_ballot_per_round"
            ),
            models.CheckConstraint(condition=Q(state__in=("open", "closed")), name="ballot_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"

    @property
    def chain_key(self) -> str:
        return self.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.round.rules_version

    @step(
        state,
        source=State.OPEN,
        target=State.OPEN,
        label=_("投票"),
        by=policies.may_vote,
        needs=(deliberating,),
        irreversible=True,
        consequence=_("投出后不能更改。记录谁投了票，不记录怎样投。"),
    )
    def vote(self) -> None:
        pass

    @step(
        state,
        source=State.OPEN,
        target=State.CLOSED,
        label=_("截止并计票"),
        by=policies.may_manage_round,
        needs=(deliberating,),
        irreversible=True,
        consequence=_("截止后不再收票，随即计票并写入存证。到会不足三分之二的，表决无效。"),
    )
    def close(self, *, at: Any) -> None:
        self.closed_at = at


class BallotLine(models.Model):
    """One nominee on a ballot, and the count once it is closed."""

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="lines")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="ballot_lines")
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    members = models.PositiveSmallIntegerField(_("应到"))  # the panel without those recused from the nominee
    present = models.PositiveSmallIntegerField(_("实到"), null=True, blank=True)
    yes = models.PositiveSmallIntegerField(_("同意"), null=True, blank=True)
    no = models.PositiveSmallIntegerField(_("反对"), null=True, blank=True)
    quorum = models.BooleanField(_("达到法定人数"), null=True, blank=True)
    passed = models.BooleanField(_("通过"), null=True, blank=True)

    class Meta:
        ordering = ("ballot", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("ballot", "nomination"), name="one_line_per_nominee_and_ballot"),
        )

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.nomination_id}"

    @property
    def abstained(self) -> int | None:
        """Those present who voted neither way."""
        return None if self.present is None else self.present - (self.yes or 0) - (self.no or 0)


class BallotSeat(models.Model):
    """A member of the panel who may vote, and the day on which the vote came: no clock time, no link to a paper."""

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="seats")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="ballot_seats")
    voted_on = models.DateField(_("投票日期"), null=True, blank=True)

    class Meta:
        ordering = ("ballot", "expert")
        constraints = (
            models.UniqueConstraint(fields=("ballot", "expert"), name="one_seat_per_expert_and_ballot"),
        )

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.expert_id}"


class BallotPaper(models.Model):
    """One vote on one nominee under a mark that only the voter can derive from the own receipt.

    All papers of a ballot are written anew at each vote, in the order of their marks: neither the number of a row nor
    the transaction that wrote it tells whose it is.
    """

    line = models.ForeignKey(BallotLine, on_delete=models.PROTECT, related_name="papers")
    mark = models.CharField(max_length=64)
    choice = EncryptedTextField()  # "yes", "no", "abstain"

    class Meta:
        ordering = ("line", "mark")
        constraints = (models.UniqueConstraint(fields=("line", "mark"), name="one_paper_per_mark"),)

    def __str__(self) -> str:
        return f"{self.line_id}"
