"""The public notice and each nominee's line and period in it."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from accounts.models import User
from selection import policies
from selection.models.nomination import Nomination
from selection.models.round import Round
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.rules.calendar import ONE_DAY
from workflow.rules.chain import canonical

scan_clean = Guard("scan_found", _("隐私检查发现不应公开的内容，请先修改。"), lambda n: not n.scan_findings)
scan_current = Guard(
    "scan_outdated", _("隐私检查后文字有改动，请重新检查。"), lambda n: n.scanned_digest == n.text_digest
)
round_deliberating = Guard(
    "wrong_round_state",
    _("本轮不在评议或公示阶段，不能发布公示。"),
    lambda n: n.round.state == "deliberation" or (n.round.state == "notice" and n.corrects_id is not None),
)
period_over = Guard(
    "notice_running", _("公示期未满。"), lambda n: n.ends_at is not None and clock.now() >= n.ends_at
)


class PublicNotice(Machine):
    """What the public reads, from when until when."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("拟稿")
        SCANNED = "scanned", _("已作隐私检查")
        POSTED = "posted", _("公示中")
        ENDED = "ended", _("公示已结束")
        SUPERSEDED = "superseded", _("已更正")

    STATE_TONES = {
        "drafted": ("mut", "pencil"),
        "scanned": ("brand", "shield-check"),
        "posted": ("warn", "speakerphone"),
        "ended": ("ok", "circle-check"),
        "superseded": ("mut", "arrow-back"),
    }
    LOCK_WITH = ("round",)

    class Mode(models.TextChoices):
        WORKING_DAYS = "working_days", _("工作日")
        CALENDAR_DAYS = "calendar_days", _("自然日")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="notices")
    number = models.CharField(_("编号"), max_length=30, unique=True)
    title = models.CharField(_("标题"), max_length=160)
    body = models.TextField(_("正文"))
    contact = models.CharField(_("联系方式"), max_length=300)
    mode = models.CharField(_("计期方式"), max_length=20, choices=Mode.choices, default=Mode.WORKING_DAYS)
    days = models.PositiveSmallIntegerField(_("公示天数"))
    state = FSMField(_("状态"), choices=State.choices, default=State.DRAFTED, protected=True)
    composed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    composed_at = models.DateTimeField(_("拟稿时间"), default=clock.now)
    corrects = models.OneToOneField(
        "self",
        verbose_name=_("更正"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="correction",
    )
    scan_findings = models.JSONField(
        _("隐私检查"), default=list, blank=True
    )  # [{"kind", "place", "excerpt"}]
    scanned_digest = models.CharField(_("检查时的文字摘要"), max_length=64, blank=True)
    posted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    ends_at = models.DateTimeField(
        _("截止时间"), null=True, blank=True
    )  # exclusive: 00:00 after the last day
    published_head = models.CharField(_("公布的链头"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("公示")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("drafted", "scanned", "posted", "ended", "superseded")),
                name="notice_state_known",
            ),
        )
        indexes = (models.Index(fields=("state", "ends_at"), name="notices_due"),)

    def __str__(self) -> str:
        return self.title

    @property
    def chain_key(self) -> str:
        return self.round.chain_key

    @property
    def rules_version(self) -> str:
        return self.round.rules_version

    @property
    def shown_number(self) -> str:
        """2026年第1号."""
        year, _dash, serial = self.number.partition("-")
        return gettext("%(year)s年第%(n)s号") % {"year": year, "n": serial} if serial else self.number

    @property
    def last_day(self) -> date | None:
        """The day at whose 24:00 the period ends."""
        return self.ends_at.astimezone(clock.ZONE).date() - ONE_DAY if self.ends_at else None

    @property
    def texts(self) -> dict[str, str]:
        """Everything that will be public, by place: "title", "body", "contact", "entry 3"."""
        lines = {f"entry {entry.ordinal}": entry.text for entry in self.entries.all()}
        return {"title": self.title, "body": self.body, "contact": self.contact, **lines}

    @property
    def text_digest(self) -> str:
        """SHA-256 of everything that will be public."""
        return sha256(canonical(self.texts)).hexdigest()

    @step(
        state,
        source=(State.DRAFTED, State.SCANNED),
        target=State.SCANNED,
        label=_("隐私检查"),
        by=policies.may_scan_notice,
        needs=(),
        consequence=_("检查全文有无身份证号、手机号、银行账号等不应公开的内容。"),
    )
    def scan(self, *, findings: list[dict[str, str]], digest: str) -> None:
        self.scan_findings, self.scanned_digest = findings, digest

    @step(
        state,
        source=State.SCANNED,
        target=State.POSTED,
        label=_("发布公示"),
        by=policies.may_post_notice,
        needs=(scan_clean, scan_current, round_deliberating),
        irreversible=True,
        consequence=_("公示自发布次日起计算，期满于最后一日24时自动结束；发布人不能是拟稿人。"),
    )
    def post(self, *, at: Any, ends_at: Any, publisher: User, head: str) -> None:
        self.posted_at, self.ends_at, self.posted_by, self.published_head = at, ends_at, publisher, head

    @step(
        state,
        source=State.POSTED,
        target=State.ENDED,
        label=_("公示期满"),
        by=policies.by_system,
        needs=(period_over,),
    )
    def end(self) -> None:
        pass

    @step(
        state,
        source=State.POSTED,
        target=State.SUPERSEDED,
        label=_("以更正代替"),
        by=policies.may_supersede_notice,
        tone="danger",
        reason_required=True,
        consequence=_("原公示显示为已更正，有关人选的公示期重新计算。"),
    )
    def supersede(self) -> None:
        pass


class NoticeEntry(models.Model):
    """One nominee's line, as it was printed, with the period that counts for this nominee."""

    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="entries")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="notice_entries")
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("姓名"), max_length=40)
    affiliation = models.CharField(
        _("单位及职务"), max_length=4000
    )  # several posts, each with a unit and a title  # two units with their titles
    nominator = models.CharField(_("推荐单位"), max_length=120)
    summary = models.CharField(_("简介"), max_length=200, blank=True)
    ends_at = models.DateTimeField(_("截止时间"), null=True, blank=True)

    class Meta:
        ordering = ("notice", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("notice", "nomination"), name="one_line_per_nominee"),
            models.UniqueConstraint(fields=("notice", "ordinal"), name="one_nominee_per_line"),
        )

    def __str__(self) -> str:
        return f"{self.ordinal} {self.name}"

    @property
    def text(self) -> str:
        """The line as the public reads it."""
        return "\n".join(part for part in (self.name, self.affiliation, self.summary) if part)
