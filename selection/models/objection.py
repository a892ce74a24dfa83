"""Objections to a nominee on notice. Who objects and what is said stays with the handlers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from accounts.models import User
from selection import policies
from selection.models import interest
from selection.models.nomination import Nomination
from selection.models.notice import PublicNotice
from workflow import clock
from workflow.actor import Actor
from workflow.fields import EncryptedTextField
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

INVESTIGATORS_NEEDED = 2

in_time = Guard(
    "out_of_time",
    _("公示期满后提出的，按举报另行核查，不作异议受理。"),
    lambda o: o.kind != Objection.Kind.COMPLAINT,
)
out_of_time = Guard(
    "in_time", _("公示期内提出的，按异议办理。"), lambda o: o.kind == Objection.Kind.COMPLAINT
)
two_investigators = Guard(
    "too_few_investigators",
    _("核查须由两名以上无利害关系的人员进行，请先指定核查人。"),
    lambda o: len(o.fit_investigators()) >= INVESTIGATORS_NEEDED,
)
statement_heard = Guard(
    "statement_not_heard",
    _("尚未听取人选的陈述。逾期未陈述的，由处室负责人登记后再作结论。"),
    lambda o: o.statement_at is not None or o.silent_at is not None,
)
not_extended = Guard("extended_before", _("核查期限只能延长一次。"), lambda o: o.extended_at is None)
no_statement_yet = Guard(
    "statement_given", _("人选已经陈述，无须登记。"), lambda o: o.statement_at is None and o.silent_at is None
)
statement_overdue = Guard(
    "statement_not_overdue",
    _("人选的陈述期限未满。"),
    lambda o: o.statement_due is not None and o.statement_due < clock.today(),
)
to_be_answered = Guard(
    "no_reply_duty",
    _("匿名线索不作答复。"),
    lambda o: o.kind != Objection.Kind.LEAD and bool(o.objector_name),
)
not_answered = Guard("answered", _("已经书面答复。"), lambda o: o.replied_at is None)
appeal_admitted = Guard("no_appeal", _("没有已受理的复查申请。"), lambda o: o.appeal_now is not None)


class Objection(Machine):
    """One objection to one nominee."""

    class State(models.TextChoices):
        LODGED = "lodged", _("待受理")
        ADMITTED = "admitted", _("核查中")
        INADMISSIBLE = "inadmissible", _("不予受理")
        UPHELD = "upheld", _("成立")
        DISMISSED = "dismissed", _("不成立")
        WITHDRAWN = "withdrawn", _("已撤回")
        VERIFIED = "verified", _("举报已核查")

    STATE_TONES = {
        "lodged": ("warn", "clock"),
        "admitted": ("bad", "lock"),
        "inadmissible": ("mut", "circle-x"),
        "upheld": ("bad", "alert-octagon"),
        "dismissed": ("ok", "circle-check"),
        "withdrawn": ("mut", "arrow-back"),
        "verified": ("mut", "circle-check"),
    }
    LOCK_WITH = ("nomination__round",)

    class Kind(models.TextChoices):
        REAL_NAME = "real_name", _("实名异议")
        LEAD = "lead", _("匿名线索")
        COMPLAINT = "complaint", _("期满后的举报")

    class Channel(models.TextChoices):
        ONLINE = "online", _("网上提交")
        LETTER = "letter", _("来信")
        VISIT = "visit", _("当面递交")

    class Grade(models.TextChoices):
        A = "A", _("甲级：资格、造假、违法违纪等实质问题")
        B = "B", _("乙级：程序问题")
        C = "C", _("丙级：与认定无关或依据不足")

    class Ground(models.TextChoices):
        NO_FACTS = "no_facts", _("没有可查证的事实")
        NOT_THIS_ROUND = "not_this_round", _("与本轮人选无关")
        REPEATED = "repeated", _("同一事项重复提出")
        OUT_OF_TIME = "out_of_time", _("不在公示期内提出")

    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="objections")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="objections")
    code = models.CharField(_("查询码"), max_length=20, unique=True)
    form_key = models.CharField(
        max_length=40, unique=True, null=True, blank=True
    )  # one form sent twice is one objection
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    channel = models.CharField(_("提出方式"), max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    postmarked_on = models.DateField(_("邮戳日期"), null=True, blank=True)
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    objector_name = EncryptedTextField(_("异议人"), blank=True)
    objector_contact = EncryptedTextField(_("联系方式"), blank=True)
    facts = EncryptedTextField(_("事实与依据"))
    facts_hash = models.CharField(max_length=64, blank=True, db_index=True)  # the same text again
    supplement = EncryptedTextField(_("补充材料"), blank=True)
    supplemented_at = models.DateTimeField(_("补充时间"), null=True, blank=True)
    state = StateField(_("状态"), choices=State.choices, default=State.LODGED)
    lodged_at = models.DateTimeField(_("提出时间"))
    admit_due = models.DateField(_("受理期限"), null=True, blank=True)
    admitted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    grade = models.CharField(_("等级"), max_length=1, choices=Grade.choices, blank=True)
    conclude_due = models.DateField(_("核查期限"), null=True, blank=True)
    extended_at = models.DateTimeField(_("延长时间"), null=True, blank=True)
    delay = models.CharField(_("延长的原因"), max_length=500, blank=True)
    investigators = models.ManyToManyField(User, verbose_name=_("核查人"), related_name="+", blank=True)
    neutral_issue = models.CharField(_("告知人选的争议事项"), max_length=500, blank=True)
    statement_due = models.DateField(_("陈述期限"), null=True, blank=True)
    statement = EncryptedTextField(_("人选的陈述"), blank=True)
    statement_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    statement_at = models.DateTimeField(_("陈述时间"), null=True, blank=True)
    silent_at = models.DateTimeField(_("登记未陈述的时间"), null=True, blank=True)
    ground = models.CharField(_("不予受理的理由"), max_length=20, choices=Ground.choices, blank=True)
    conclusion = models.CharField(_("处理结论"), max_length=2000, blank=True)
    partly = models.BooleanField(_("部分成立"), default=False)
    material = models.BooleanField(_("影响认定"), default=False)
    concluded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("结论时间"), null=True, blank=True)
    reply_due = models.DateField(_("答复期限"), null=True, blank=True)
    reply = EncryptedTextField(_("书面答复"), blank=True)
    replied_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    appeal_due = models.DateField(_("申请复查期限"), null=True, blank=True)

    class Meta:
        verbose_name = _("异议")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state__in=(
                        "lodged", "admitted", "inadmissible", "upheld", "dismissed", "withdrawn", "verified",
                    )
                ),
                name="objection_state_known",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=("nomination", "state"), name="objections_that_hold"),)

    def __str__(self) -> str:
        return self.code

    @property
    def chain_key(self) -> str:
        return self.nomination.chain_key

    @property
    def rules_version(self) -> str:
        return self.nomination.rules_version

    @property
    def outcome(self) -> Any:
        """The state in words; an objection may be right in part."""
        return _("部分成立") if self.state == "upheld" and self.partly else self.get_state_display()

    @property
    def appeal_now(self) -> Any:
        """The appeal under way, once it was admitted."""
        appeal = getattr(self, "appeal", None)
        return appeal if appeal is not None and appeal.state == "admitted" else None

    def sides_with(self, actor: Actor) -> bool:
        """Whether this person judged, scored or nominated the candidate, or has declared an interest."""
        known: dict[object, bool] = self.__dict__.setdefault("_sides", {})  # asked for every step of a page
        if actor.id not in known:
            known[actor.id] = interest.has_interest(self.nomination, actor)
        return known[actor.id]

    def concerns(self, actor: Actor) -> bool:
        """Whether this person is on a side, or has concluded on it before: they decide nothing here (again)."""
        return self.concluded_by_id == actor.id or self.sides_with(actor)

    def fit_investigators(self) -> list[User]:
        """Those named who have no interest."""
        involved, offices = interest.involved_in(self.nomination), interest.offices_of(self.nomination)
        return [
            person for person in self.investigators.all()
            if person.pk not in involved and person.organisation_id not in offices
        ]  # fmt: skip

    @step(
        state,
        source=State.LODGED,
        target=State.ADMITTED,
        label=_("受理异议"),
        by=policies.may_handle_objection,
        needs=(in_time,),
        consequence=_("结论作出前，该人选暂停认定、签约和拨款，其他人选不受影响。"),
    )
    def admit(
        self,
        *,
        grade: str,
        neutral_issue: str,
        at: Any,
        conclude_due: date | None,
        statement_due: date | None,
    ) -> None:
        self.grade, self.neutral_issue, self.admitted_at = grade, neutral_issue, at
        self.conclude_due, self.statement_due = conclude_due, statement_due

    @step(
        state,
        source=State.LODGED,
        target=State.INADMISSIBLE,
        label=_("不予受理"),
        by=policies.may_handle_objection,
        tone="quiet",
        consequence=_("说明理由并告知异议人。"),
    )
    def refuse(self, *, ground: str, concluded_by: Any, at: Any, reply_due: Any, appeal_due: Any) -> None:
        self.ground = ground
        self._decided(concluded_by, at, reply_due, appeal_due)

    @step(
        state,
        source=State.ADMITTED,
        target=State.ADMITTED,
        label=_("指定核查人"),
        by=policies.may_handle_objection,
        tone="quiet",
        consequence=_("不再列入的核查人不能再查看本件。"),
    )
    def name_investigators(self) -> None:
        """The people are rows of their own."""

    @step(
        state,
        source=State.ADMITTED,
        target=State.ADMITTED,
        label=_("延长核查期限"),
        by=policies.may_handle_objection,
        needs=(not_extended,),
        tone="quiet",
        reason_required=True,
        consequence=_("自受理之日起延长至30个工作日，只能延长一次；异议人凭查询码可见延长的原因。"),
    )
    def extend(self, *, reason: str, at: Any, conclude_due: date | None) -> None:
        self.delay, self.extended_at, self.conclude_due = reason, at, conclude_due

    @step(
        state,
        source=State.ADMITTED,
        target=State.ADMITTED,
        label=_("登记人选未陈述"),
        by=policies.may_handle_objection,
        needs=(no_statement_yet, statement_overdue),
        tone="quiet",
        consequence=_("陈述期限已满，人选没有陈述，核查可以作出结论。"),
    )
    def note_silence(self, *, at: Any) -> None:
        self.silent_at = at

    @step(
        state,
        source=State.ADMITTED,
        target=State.UPHELD,
        label=_("认定异议成立"),
        by=policies.may_conclude_objection,
        needs=(two_investigators, statement_heard),
        tone="danger",
        irreversible=True,
        consequence=_("影响认定的，由厅领导决定取消该人选。"),
    )
    def uphold(
        self, *, conclusion: str, partly: bool, material: bool, concluded_by: Any, at: Any,
        reply_due: Any, appeal_due: Any,
    ) -> None:  # fmt: skip
        self.conclusion, self.partly, self.material = conclusion, partly, material
        self._decided(concluded_by, at, reply_due, appeal_due)

    @step(
        state,
        source=State.ADMITTED,
        target=State.DISMISSED,
        label=_("认定异议不成立"),
        by=policies.may_conclude_objection,
        needs=(two_investigators, statement_heard),
        irreversible=True,
        consequence=_("该人选恢复办理。"),
    )
    def dismiss(
        self, *, conclusion: str, concluded_by: Any, at: Any, reply_due: Any, appeal_due: Any
    ) -> None:
        self.conclusion, self.partly, self.material = conclusion, False, False
        self._decided(concluded_by, at, reply_due, appeal_due)

    def _decided(self, concluded_by: Any, at: Any, reply_due: Any, appeal_due: Any) -> None:
        self.concluded_by, self.decided_at = concluded_by, at
        self.reply_due, self.appeal_due, self.replied_at = reply_due, appeal_due, None

    @step(
        state,
        source=(State.INADMISSIBLE, State.UPHELD, State.DISMISSED),
        target=GET_STATE(lambda self, **given: self.state, states=["inadmissible", "upheld", "dismissed"]),
        label=_("书面答复异议人"),
        by=policies.may_handle_objection,
        needs=(to_be_answered, not_answered),
        consequence=_("异议人凭查询码可见答复。"),
    )
    def answer(self, *, reply: str, at: Any) -> None:
        self.reply, self.replied_at = reply, at

    @step(
        state,
        source=(State.INADMISSIBLE, State.UPHELD, State.DISMISSED),
        target=State.ADMITTED,
        label=_("复查"),
        by=policies.may_conclude_objection,
        needs=(appeal_admitted,),
        consequence=_("该人选重新暂停办理，由未作过结论的人复查。"),
    )
    def reopen(self, *, neutral_issue: str, at: Any, conclude_due: date | None) -> None:
        self.neutral_issue, self.conclude_due, self.extended_at = neutral_issue, conclude_due, None
        self.admitted_at = at

    @step(
        state,
        source=State.ADMITTED,
        target=GET_STATE(
            lambda self, **given: self.appeal.before, states=["inadmissible", "upheld", "dismissed"]
        ),
        label=_("恢复原处理"),
        by=policies.may_conclude_objection,
        needs=(appeal_admitted,),
        consequence=_("复查维持原处理。"),
    )
    def restore(self, *, at: Any, reply_due: date | None) -> None:
        self.decided_at, self.reply_due, self.replied_at = at, reply_due, None

    @step(
        state,
        source=State.LODGED,
        target=State.VERIFIED,
        label=_("登记举报核查结果"),
        by=policies.may_handle_objection,
        needs=(out_of_time,),
        consequence=_("不影响本轮办理；查实且影响认定的，由厅领导决定是否取消人选或撤销认定。"),
    )
    def verify(self, *, conclusion: str, material: bool, concluded_by: Any, at: Any) -> None:
        self.conclusion, self.material = conclusion, material
        self.concluded_by, self.decided_at = concluded_by, at

    @step(
        state,
        source=(State.LODGED, State.ADMITTED),
        target=State.WITHDRAWN,
        label=_("撤回异议"),
        by=policies.may_withdraw_objection,
        tone="quiet",
        reason_required=True,
        consequence=_("撤回后不再答复；查实的问题可以依职权继续核查。"),
    )
    def withdraw(self, *, at: Any) -> None:
        self.decided_at = at
