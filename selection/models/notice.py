"""The public notice and each nominee's line and period in it."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection import policies
from selection.models.nomination import Nomination
from selection.models.round import Round
from selection.rules.notice import missing
from workflow import clock
from workflow.machine import Guard, Machine, step
from workflow.rules.calendar import ONE_DAY
from workflow.rules.chain import canonical
from workflow.state_field import StateField

scan_clean = Guard("scan_found", _("隐私检查发现不应公开的内容，请先修改。"), lambda n: not n.scan_findings)
scan_current = Guard(
    "scan_outdated", _("隐私检查后文字有改动，请重新检查。"), lambda n: n.scanned_digest == n.text_digest
)
MISSING = {
    "title": _("标题"),
    "body": _("正文"),
    "basis": _("依据文件"),
    "contact": _("受理部门"),
    "contact_phone": _("受理部门电话"),
    "discipline": _("监督部门"),
    "discipline_phone": _("监督部门电话"),
    "address": _("通信地址"),
    "email": _("电子邮箱"),
    "list": _("名单"),
    "days": _("公示天数"),
}


def missing_words(notice: Any) -> list[str]:
    """What the notice does not say yet, in words."""
    return [
        str(MISSING[code]) if not line else gettext("名单第%(n)s行的姓名或单位及职务") % {"n": line}
        for code, line in notice.missing
    ]


def _incomplete(notice: Any) -> str:
    return gettext("公示内容不全，缺少：%(what)s。") % {"what": "、".join(missing_words(notice))}


content_complete = Guard("content_missing", _incomplete, lambda n: not n.missing)
round_deliberating = Guard(
    "wrong_round_state",
    _("本轮不在评议或公示阶段，不能发布公示。"),
    lambda n: n.round.state == "deliberation" or (n.round.state == "notice" and n.corrects_id is not None),
)
posting_time_come = Guard(
    "too_early", _("发布时间未到。"), lambda n: n.post_at is not None and clock.now() >= n.post_at
)
period_over = Guard(
    "notice_running", _("公示期未满。"), lambda n: n.ends_at is not None and clock.now() >= n.ends_at
)


class PublicNotice(Machine):
    """What the public reads, from when until when."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("拟稿")
        SCANNED = "scanned", _("已作隐私检查")
        APPROVED = "approved", _("已审定，定时发布")
        POSTED = "posted", _("公示中")
        ENDED = "ended", _("公示已结束")
        SUPERSEDED = "superseded", _("已更正")

    STATE_TONES = {
        "drafted": ("mut", "pencil"),
        "scanned": ("brand", "shield-check"),
        "approved": ("brand", "clock"),
        "posted": ("warn", "speakerphone"),
        "ended": ("ok", "circle-check"),
        "superseded": ("mut", "arrow-back"),
    }
    LOCK_WITH = ("round",)

    class Order(models.TextChoices):
        STROKES = "strokes", _("按姓氏笔画为序，排名不分先后")
        PINYIN = "pinyin", _("按姓名音序，排名不分先后")
        REGION = "region", _("按推荐单位，排名不分先后")
        RANK = "rank", _("按评审名次")

    class Mode(models.TextChoices):
        WORKING_DAYS = "working_days", _("工作日")
        CALENDAR_DAYS = "calendar_days", _("自然日")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="notices")
    number = models.CharField(_("编号"), max_length=30, unique=True)
    title = models.CharField(_("标题"), max_length=160)
    body = models.TextField(_("正文"))
    basis = models.CharField(_("依据文件"), max_length=200, blank=True, default="")
    contact = models.CharField(_("受理部门及电话"), max_length=300)
    discipline = models.CharField(_("监督部门及电话"), max_length=200, blank=True, default="")
    address = models.CharField(_("通信地址"), max_length=200, blank=True, default="")
    email = models.CharField(_("电子邮箱"), max_length=120, blank=True, default="")
    order = models.CharField(_("名单排列"), max_length=10, choices=Order.choices, default=Order.PINYIN)
    mode = models.CharField(_("计期方式"), max_length=20, choices=Mode.choices, default=Mode.WORKING_DAYS)
    days = models.PositiveSmallIntegerField(_("公示天数"))
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFTED)
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
    )  # [{"kind", "place", "line", "excerpt"}], those of a file with "file" and "where" besides
    scanned_digest = models.CharField(_("检查时的文字摘要"), max_length=64, blank=True)
    approved_by = models.ForeignKey(
        User, verbose_name=_("审定人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(_("审定时间"), null=True, blank=True)
    post_at = models.DateTimeField(_("定时发布时间"), null=True, blank=True)
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
                condition=models.Q(
                    state__in=("drafted", "scanned", "approved", "posted", "ended", "superseded")
                ),
                name="notice_state_known",
            ),
        )
        indexes = (
            models.Index(fields=("state", "ends_at"), name="notices_due"),
            models.Index(fields=("state", "post_at"), name="notices_to_post"),
        )

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
        """Everything that will be public, by place: "title", "body", "contact", "entry 3", the name of "file 1"."""
        lines = {f"entry {entry.ordinal}": entry.text for entry in self.entries.all()}
        more = {name: getattr(self, name) for name in ("basis", "discipline", "address", "email")}
        files = {f"file {file.ordinal}": file.name for file in self.files.all()}
        said = {name: text for name, text in more.items() if text}  # a notice from before they were asked for
        return {"title": self.title, "body": self.body, "contact": self.contact, **said, **lines, **files}

    @property
    def text_digest(self) -> str:
        """SHA-256 of everything that will be public, the files by their own digests."""
        files = {f"sha256 of file {file.ordinal}": file.sha256 for file in self.files.all()}
        return sha256(canonical({**self.texts, **files})).hexdigest()

    @property
    def missing(self) -> list[tuple[str, int]]:
        """What must be said and is not: (code, line of the list or 0)."""
        said = {
            "title": self.title, "body": self.body, "basis": self.basis, "contact": self.contact,
            "discipline": self.discipline, "address": self.address, "email": self.email,
        }  # fmt: skip
        lines = ((entry.ordinal, entry.name, entry.affiliation) for entry in self.entries.all())
        return missing(said, lines, self.days)

    @property
    def periods_differ(self) -> bool:
        """Whether the lines do not all end on one day."""
        return len({entry.ends_at for entry in self.entries.all()}) > 1

    @property
    def extended_days(self) -> int:
        """The most working days by which outages of the page have extended a line."""
        return max((entry.extended_days for entry in self.entries.all()), default=0)

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
        needs=(scan_clean, scan_current, content_complete, round_deliberating),
        irreversible=True,
        consequence=_("公示自发布次日起计算，期满于最后一日24时自动结束；发布人不能是拟稿人。"),
    )
    def post(self, *, at: Any, ends_at: Any, publisher: User, head: str) -> None:
        self.posted_at, self.ends_at, self.posted_by, self.published_head = at, ends_at, publisher, head

    @step(
        state,
        source=State.SCANNED,
        target=State.APPROVED,
        label=_("审定，定时发布"),
        by=policies.may_post_notice,
        needs=(scan_clean, scan_current, content_complete, round_deliberating),
        consequence=_("到所定时间自动发布；此前文字和附件不能改动，可以撤回审定。审定人不能是拟稿人。"),
    )
    def approve(self, *, at: Any, post_at: Any, publisher: User) -> None:
        self.approved_at, self.post_at, self.approved_by = at, post_at, publisher

    @step(
        state,
        source=State.APPROVED,
        target=State.SCANNED,
        label=_("撤回审定"),
        by=policies.may_recall_notice,
        tone="danger",
        reason_required=True,
        consequence=_("不再定时发布，公示稿退回，可以修改。"),
    )
    def recall(self) -> None:
        self.approved_at = self.post_at = self.approved_by = None

    @step(
        state,
        source=State.APPROVED,
        target=State.POSTED,
        label=_("定时发布"),
        by=policies.by_system,
        needs=(scan_clean, scan_current, content_complete, round_deliberating, posting_time_come),
    )
    def go_up(self, *, at: Any, ends_at: Any, head: str) -> None:
        self.posted_at, self.ends_at, self.posted_by, self.published_head = (
            at,
            ends_at,
            self.approved_by,
            head,
        )

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
    began_at = models.DateTimeField(
        _("起算时间"), null=True, blank=True
    )  # the posting that counts for this line
    ends_at = models.DateTimeField(_("截止时间"), null=True, blank=True)
    restarted = models.BooleanField(_("因更正重新计算"), default=False)
    extended_days = models.PositiveSmallIntegerField(_("因页面中断延长的工作日"), default=0)

    class Meta:
        ordering = ("notice", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=("notice", "nomination"), name="one_line_per_nominee"),
            models.UniqueConstraint(fields=("notice", "ordinal"), name="one_nominee_per_line"),
        )

    def __str__(self) -> str:
        return f"{self.ordinal} {self.name}"

    @property
    def last_day(self) -> date | None:
        """The day at whose 24:00 this line's period ends."""
        return self.ends_at.astimezone(clock.ZONE).date() - ONE_DAY if self.ends_at else None

    @property
    def text(self) -> str:
        """The line as the public reads it."""
        return "\n".join(part for part in (self.name, self.affiliation, self.summary) if part)
