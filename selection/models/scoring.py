"""Score sheets: sealed until two persons open them."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.panel import Assignment
from selection.rules.marks import Gap, gaps
from workflow.fields import EncryptedTextField
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

assignment_accepted = Guard(
    "not_declared", _("请先作出回避声明。"), lambda s: s.assignment.state == "accepted"
)
review_open = Guard(
    "not_in_review",
    _("本轮不在专家评审中。"),
    lambda s: s.assignment.round.state == "review" and s.assignment.stage == s.assignment.round.stage,
)
scores_opened = Guard(
    "still_sealed", _("评分尚未启封。"), lambda s: s.assignment.stage <= s.assignment.round.opened_stage
)
stage_in_force = Guard(
    "stage_over",
    _("第一阶段的评分表已经据以确定入围名单，不能再作废。"),
    lambda s: s.assignment.stage == s.assignment.round.stage,
)
assignment_recused = Guard(
    "not_recused",
    _("只有回避或者解除的评审任务才作废评分表。"),
    lambda s: s.assignment.state in ("recused", "released"),
)
list_open = Guard(
    "list_fixed",
    _("拟认定名单已经确定，评分表不能再作废；此后发现的问题按公示和异议程序处理。"),
    lambda s: s.assignment.round.state == "deliberation" and not s.assignment.round.proposals.exists(),
)
no_ballot_open = Guard(
    "ballot_open",
    _("评审组正在表决，请先截止。"),
    lambda s: not s.assignment.round.ballots.filter(state="open").exists(),
)
reopening_asked = Guard(
    "second_person_missing", _("处室负责人尚未提出退回重填。"), lambda s: s.asked == s.Asked.REOPEN
)
annulment_asked = Guard(
    "second_person_missing", _("处室负责人尚未提出作废。"), lambda s: s.asked == s.Asked.ANNUL
)


class ScoreSheet(Machine):
    """One expert's marks on one nominee. Encrypted at rest; its commitment stands on the ledger from submission."""

    class State(models.TextChoices):
        DRAFT = "draft", _("填写中")
        SUBMITTED = "submitted", _("已提交")
        LOCKED = "locked", _("已启封")
        VOIDED = "voided", _("已作废")

    class Asked(models.TextChoices):
        """What the manager has asked the supervisor to witness."""

        REOPEN = "reopen", _("退回重填")
        ANNUL = "annul", _("启封后作废")

    STATE_TONES = {
        "draft": ("mut", "pencil"),
        "submitted": ("violet", "lock"),
        "locked": ("ok", "lock-open"),
        "voided": ("bad", "ban"),
    }
    LOCK_WITH = ("assignment__round", "assignment__expert")

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="sheet")
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFT)
    sealed = EncryptedTextField(_("评分"), blank=True)  # JSON: marks, comments, overall
    salt = EncryptedTextField(blank=True)
    commitment = models.CharField(_("承诺值"), max_length=64, blank=True)
    receipt_seq = models.PositiveBigIntegerField(_("回执序号"), null=True, blank=True)
    receipt_leaf = models.CharField(_("回执摘要"), max_length=64, blank=True)
    revision = models.PositiveIntegerField(_("保存次数"), default=0)  # tells a stale page from the newest
    ready_at = models.DateTimeField(
        _("标为待提交的时间"), null=True, blank=True
    )  # a mark of the expert's own: locks nothing
    saved_at = models.DateTimeField(_("保存时间"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    reason = models.CharField(_("作废理由"), max_length=300, blank=True)
    asked = models.CharField(_("待监督员确认"), max_length=10, choices=Asked.choices, blank=True)
    asked_reason = models.CharField(_("提出的理由"), max_length=300, blank=True)
    operator = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("评分表")
        ordering = ("assignment",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "submitted", "locked", "voided")),
                name="sheet_state_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.state}"

    @property
    def chain_key(self) -> str:
        return self.assignment.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.assignment.round.rules_version

    @property
    def content(self) -> dict[str, Any]:
        """Marks, comments and the overall remark, in clear: for the expert, and for others only after the opening."""
        found: dict[str, Any] = json.loads(self.sealed) if self.sealed else {}
        return {"marks": {}, "comments": {}, "overall": "", **found}

    @property
    def gaps(self) -> dict[str, Gap]:
        """Why it cannot be submitted as it is typed, by criterion; empty if it can."""
        rules, content = self.assignment.round.rulebook, self.content
        return gaps(
            content["marks"], content["comments"], rules.weights, at_least=rules.comment_at_least,
            below=rules.comment_below,
        )  # fmt: skip

    @step(
        state,
        source=State.DRAFT,
        target=State.SUBMITTED,
        label=_("提交评分表"),
        by=policies.may_score,
        needs=(assignment_accepted, review_open),
        irreversible=True,
        consequence=_("提交后即封存，不能修改；启封前任何人不能查看。"),
    )
    def submit(self, *, sealed: str, salt: str, commitment: str, at: Any) -> None:
        self.sealed, self.salt, self.commitment, self.submitted_at = sealed, salt, commitment, at

    @step(
        state,
        source=State.SUBMITTED,
        target=State.LOCKED,
        label=_("启封"),
        by=policies.by_system,
        needs=(scores_opened,),
    )
    def lock(self) -> None:
        pass

    @step(
        state,
        source=(State.DRAFT, State.SUBMITTED),
        target=State.VOIDED,
        label=_("作废评分表"),
        by=policies.may_void_sheet,
        needs=(assignment_recused,),
        tone="danger",
        reason_required=True,
        consequence=_("作废的评分表留存备查，不计分，也不按零分计算。"),
    )
    def void(self, *, reason: str) -> None:
        self.reason = reason

    # Two persons: the manager asks in the chair's name (a panel has no standing chair), the supervisor confirms.

    @step(
        state,
        source=State.SUBMITTED,
        target=State.SUBMITTED,
        label=_("提出退回重填"),
        by=policies.may_ask_about_sheet,
        needs=(assignment_accepted, review_open),
        tone="quiet",
        reason_required=True,
        consequence=_("须由监督员另行确认。在此之前评分表保持封存。"),
    )
    def ask_reopen(self, *, reason: str, operator: User) -> None:
        self.asked, self.asked_reason, self.operator = self.Asked.REOPEN, reason, operator

    @step(
        state,
        source=State.SUBMITTED,
        target=State.DRAFT,
        label=_("确认退回重填"),
        by=policies.may_confirm_about_sheet,
        needs=(assignment_accepted, review_open, reopening_asked),
        irreversible=True,
        consequence=_("原评分表连同回执封存留底，由专家修改后重新提交，取得新的回执。"),
    )
    def reopen(self) -> None:
        self.commitment = self.salt = self.receipt_leaf = self.asked = self.asked_reason = ""
        self.receipt_seq = self.submitted_at = self.operator = None

    @step(
        state,
        source=State.LOCKED,
        target=State.LOCKED,
        label=_("提出作废"),
        by=policies.may_ask_about_sheet,
        needs=(stage_in_force, list_open, no_ballot_open),
        tone="quiet",
        reason_required=True,
        consequence=_("启封后发现利害关系等情形的，提出后由监督员确认。确认之前名次不变。"),
    )
    def ask_annul(self, *, reason: str, operator: User) -> None:
        self.asked, self.asked_reason, self.operator = self.Asked.ANNUL, reason, operator

    @step(
        state,
        source=State.LOCKED,
        target=State.VOIDED,
        label=_("确认作废并重新计算"),
        by=policies.may_confirm_about_sheet,
        needs=(stage_in_force, list_open, no_ballot_open, annulment_asked),
        tone="danger",
        irreversible=True,
        consequence=_("该评分表不再计入，也不按零分计算；全部得分和名次重新计算，原结果留存并写入存证。"),
    )
    def annul(self) -> None:
        self.reason, self.asked, self.asked_reason = self.asked_reason, "", ""
