"""Long work that somebody started and may leave: what it is, how far it is, what came of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow import clock


class Job(models.Model):
    """One piece of long work. A worker holds it by a lease: a killed worker's job is taken up again."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("处理中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未完成")
        CANCELLED = "cancelled", _("已取消")

    TONES = {
        "queued": ("mut", "clock"),
        "running": ("brand", "refresh"),
        "done": ("ok", "circle-check"),
        "failed": ("bad", "circle-x"),
        "cancelled": ("mut", "ban"),
    }

    kind = models.CharField(_("类型"), max_length=60)
    key = models.CharField(max_length=120, unique=True)  # started twice under one key, it stays one
    about = models.CharField(_("事项"), max_length=120, blank=True)
    started_by = models.CharField(max_length=40, db_index=True)
    started_by_name = models.CharField(_("发起人"), max_length=60)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")  # in which its words are written
    given = models.JSONField(default=dict)
    status = models.CharField(_("状态"), max_length=12, choices=Status.choices, default=Status.QUEUED)
    total = models.PositiveIntegerField(_("总数"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    phase = models.CharField(_("当前步骤"), max_length=80, blank=True)
    result = models.JSONField(default=dict)
    error = models.CharField(_("未完成的原因"), max_length=500, blank=True)
    cancel_asked = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    holder = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("发起时间"), default=clock.now)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("status", "lease_until"), name="job_due"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def finished(self) -> bool:
        """Nothing more will happen to it."""
        return self.status in (self.Status.DONE, self.Status.FAILED, self.Status.CANCELLED)

    @property
    def tone(self) -> tuple[str, str]:
        """Tone and icon of its badge."""
        return self.TONES[self.status]


class JobFile(models.Model):
    """A file that goes into a job or comes out of it: encrypted, in pieces, kept for a day."""

    class Side(models.TextChoices):
        INPUT = "input", _("上传的文件")
        OUTPUT = "output", _("生成的文件")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    side = models.CharField(max_length=8, choices=Side.choices)
    name = models.CharField(_("文件名"), max_length=160)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("job", "side"), name="one_file_a_side_of_a_job"),)

    def __str__(self) -> str:
        return self.name


class JobFilePiece(models.Model):
    """A piece of such a file, as ciphertext."""

    file = models.ForeignKey(JobFile, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("file", "number"), name="one_piece_a_number"),)

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
