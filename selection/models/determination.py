"""The decision with its document number, and the recognitions it makes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.nomination import Nomination, Nominee
from selection.models.round import Round, cleared_and_free
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

document_numbered = Guard("no_document_number", _("请填写发文字号。"), lambda d: bool(d.document_number))
round_determining = Guard(
    "wrong_round_state",
    _("本轮公示尚未结束，不能作出认定决定。"),
    lambda d: d.round.state in ("determination", "published"),
)
somebody_cleared = Guard(
    "nobody_cleared",
    _("没有公示通过且未被暂停的人选。"),
    lambda d: decided_by(d).exists(),
)
round_published = Guard(
    "round_not_published",
    _("本轮结果尚未公布，随本轮结果一并公布。"),
    lambda d: d.round.state == Round.State.PUBLISHED,
)
not_yet_public = Guard("published_already", _("该决定已经公布。"), lambda d: d.published_on is None)


def decided_by(determination: Any) -> Any:
    """Whom a decision recognises: the cleared against whom nothing is open, minus its minuted exceptions."""
    excepted = determination.left_out.values("nomination")
    return cleared_and_free(determination.round).exclude(pk__in=excepted)


class Determination(Machine):
    """The decision of a meeting: who is recognised, under which number."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("拟稿")
        CONFIRMED = "confirmed", _("已决定")

    STATE_TONES = {"drafted": ("mut", "pencil"), "confirmed": ("ok", "certificate")}
    LOCK_WITH = ("round",)

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="determinations")
    document_number = models.CharField(_("发文字号"), max_length=60, unique=True)
    title = models.CharField(_("标题"), max_length=160)
    minute_number = models.CharField(_("会议纪要编号"), max_length=80)
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFTED)
    drafted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("拟稿时间"), default=clock.now)
    drafted_digest = models.CharField(_("拟稿时的名单摘要"), max_length=64, blank=True, default="")
    list_digest = models.CharField(_("名单摘要"), max_length=64, blank=True)
    published_on = models.DateField(_("公布日期"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("决定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("认定决定")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("drafted", "confirmed")), name="determination_state_known"
            ),
        )

    def __str__(self) -> str:
        return self.document_number

    @property
    def chain_key(self) -> str:
        return self.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.round.rules_version

    @step(
        state,
        source=State.DRAFTED,
        target=State.CONFIRMED,
        label=_("提交认定决定"),
        by=policies.may_confirm_determination,
        needs=(document_numbered, round_determining, somebody_cleared),
        irreversible=True,
        consequence=_("公示通过且未被暂停的人选即行认定并编发证书号。"),
    )
    def confirm(self, *, digest: str, at: Any) -> None:
        self.list_digest, self.confirmed_at = digest, at

    @step(
        state,
        source=State.CONFIRMED,
        target=State.CONFIRMED,
        label=_("公布补充决定"),
        by=policies.may_publish,
        needs=(round_published, not_yet_public),
        irreversible=True,
        consequence=_("补充认定的人选列入已公布的名单，公布后不能撤回，只能更正。"),
    )
    def publish(self, *, on: date) -> None:
        self.published_on = on


class LeftOut(models.Model):
    """A cleared nominee whom a decision leaves out, with the minuted reason."""

    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="left_out")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="left_out")
    reason = models.CharField(_("不列入的理由"), max_length=500)
    minute_number = models.CharField(_("会议纪要编号"), max_length=80)

    class Meta:
        verbose_name = _("不列入的人选")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("determination", "nomination"), name="left_out_once_a_decision"),
        )

    def __str__(self) -> str:
        return f"{self.determination_id} {self.nomination_id}"


class Recognition(models.Model):
    """A recognised talent, as the list was printed. Batches published before this system have no nomination."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="recognitions")
    nomination = models.OneToOneField(
        Nomination, null=True, blank=True, on_delete=models.PROTECT, related_name="recognition"
    )
    nominee = models.ForeignKey(
        Nominee, null=True, blank=True, on_delete=models.PROTECT, related_name="recognitions"
    )
    determination = models.ForeignKey(
        Determination, null=True, blank=True, on_delete=models.PROTECT, related_name="recognitions"
    )
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("姓名"), max_length=40)  # as printed: 秦　芸
    name_key = models.CharField(max_length=40, db_index=True)  # without spaces
    affiliations = models.JSONField(_("单位及职务"))  # one or two lines, the primary first
    certificate_number = models.CharField(_("证书编号"), max_length=60, null=True, blank=True, unique=True)
    recognised_on = models.DateField(_("认定日期"), null=True, blank=True)
    expires_on = models.DateField(_("管理期届满"), null=True, blank=True)
    revoked_on = models.DateField(_("撤销日期"), null=True, blank=True)
    revocation_number = models.CharField(_("撤销决定文号"), max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("认定")
        ordering = ("round", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("round", "ordinal"), name="one_recognition_per_ordinal"),
        )

    def __str__(self) -> str:
        return f"{self.round_id} {self.ordinal} {self.name}"

    def status_on(self, day: date) -> str:
        """`valid`, `expired` or `revoked` on that day."""
        if self.revoked_on is not None and self.revoked_on <= day:
            return "revoked"
        if self.expires_on is not None and self.expires_on <= day:
            return "expired"
        return "valid"
