"""What a studio does: an activity's record, co-signed by the station where it happened, verified by sample."""

from __future__ import annotations

from datetime import date, datetime

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from studios import policies
from studios.models.activity_parts import ServiceGroup
from studios.models.plan import PartnerStation
from studios.models.studio import Studio
from workflow import clock
from workflow.fields import EncryptedTextField
from workflow.machine import Guard, Machine, step
from workflow.state_field import StateField

studio_runs = Guard(
    "studio_not_running",
    _("工作室未在运行，不能登记活动。"),
    lambda a: a.studio.state in Studio.RUNNING,
)
has_photo = Guard(
    "no_evidence",
    _("至少上传一张照片作为佐证。"),
    lambda a: a.photos.exists(),
)
masking_declared = Guard(
    "faces_not_masked",
    _("须声明照片中服务对象的面部已遮挡。"),
    lambda a: a.faces_masked,
)
is_over = Guard(
    "not_over",
    _("活动尚未结束，不能提交。"),
    lambda a: datetime.combine(a.held_on, a.ends_at, clock.ZONE) <= clock.now(),
)


class Activity(Machine):
    """One activity: drafted, submitted, co-signed by the station, verified or questioned."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("草稿")
        SUBMITTED = "submitted", _("待站点确认")
        COSIGNED = "cosigned", _("站点已确认")
        VERIFIED = "verified", _("抽查属实")
        QUESTIONED = "questioned", _("存疑")

    class Kind(models.TextChoices):
        THEMED = "themed", _("主题活动")
        GROUP = "group", _("小组")
        CASE = "case", _("个案")
        COMMUNITY = "community", _("社区活动")
        SUPERVISION = "supervision", _("督导")
        TRAINING = "training", _("培训")
        RESEARCH = "research", _("调研")
        OUTREACH = "outreach", _("外展")

    class Field(models.TextChoices):
        RELIEF = "relief", _("社会救助")
        ELDERLY = "elderly", _("养老服务")
        CHILDREN = "children", _("儿童福利")
        COMMUNITY = "community", _("社区建设")
        AFFAIRS = "affairs", _("社会事务")
        ORGANISATIONS = "organisations", _("社会组织管理")
        OTHER = "other", _("其他")

    STATE_TONES = {
        "drafted": ("mut", "pencil"),
        "submitted": ("warn", "clock"),
        "cosigned": ("brand", "signature"),
        "verified": ("ok", "circle-check"),
        "questioned": ("bad", "alert-triangle"),
    }
    LOCK_WITH = ("studio__recognition", "studio__lead")
    COUNTED = (State.COSIGNED, State.VERIFIED)  # what tasks, reports and certificates are computed from
    AGES = ("age_under_14", "age_14_17", "age_18_59", "age_60_up")

    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="activities")
    state = StateField(_("状态"), choices=State.choices, default=State.DRAFTED)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("名称"), max_length=80)
    field = models.CharField(_("服务领域"), max_length=16, choices=Field.choices, default=Field.OTHER)
    held_on = models.DateField(_("日期"))
    starts_at = models.TimeField(_("开始"))
    ends_at = models.TimeField(_("结束"))
    due_on = models.DateField(_("应交日期"))
    place = models.CharField(_("地点"), max_length=120)
    venue_capacity = models.PositiveIntegerField(_("场地容纳（人）"), null=True, blank=True)
    station = models.ForeignKey(
        PartnerStation, verbose_name=_("合作站点"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="activities",
    )  # fmt: skip
    station_name = models.CharField(_("站点名称"), max_length=80)
    station_contact = models.CharField(_("站点联系人"), max_length=40, blank=True)
    station_phone = EncryptedTextField(_("站点联系电话"), blank=True)
    agency = models.CharField(_("运营机构"), max_length=80, blank=True)
    group = models.ForeignKey(
        ServiceGroup, verbose_name=_("所属小组"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="sessions",
    )  # fmt: skip
    session_number = models.PositiveSmallIntegerField(_("第几节"), null=True, blank=True)
    case_code = models.CharField(
        _("个案代码"), max_length=20, blank=True,
        validators=[RegexValidator(r"^[A-Z0-9-]{2,20}$", _("只用大写字母、数字和短横线，不写姓名。"))],
    )  # fmt: skip
    case_opened_on = models.DateField(_("个案开案"), null=True, blank=True)
    case_closed_on = models.DateField(_("个案结案"), null=True, blank=True)
    case_contacts = models.PositiveIntegerField(_("个案接触（次）"), null=True, blank=True)
    case_goal_reached = models.BooleanField(_("个案目标达成"), null=True, blank=True)
    attendances = models.PositiveIntegerField(_("服务人次"))
    people = models.PositiveIntegerField(_("服务人数"), null=True, blank=True)
    first_time = models.PositiveIntegerField(_("首次参加（人）"), null=True, blank=True)
    returning = models.PositiveIntegerField(_("再次参加（人）"), null=True, blank=True)
    age_under_14 = models.PositiveIntegerField(_("14岁以下（人）"), null=True, blank=True)
    age_14_17 = models.PositiveIntegerField(_("14至17岁（人）"), null=True, blank=True)
    age_18_59 = models.PositiveIntegerField(_("18至59岁（人）"), null=True, blank=True)
    age_60_up = models.PositiveIntegerField(_("60岁及以上（人）"), null=True, blank=True)
    volunteers = models.PositiveIntegerField(_("志愿者（人）"), default=0)
    volunteer_hours = models.DecimalField(_("志愿服务（小时）"), max_digits=8, decimal_places=1, default=0)
    summary = models.TextField(_("过程摘要"), max_length=2000, blank=True)
    outcome = models.TextField(_("成效"), max_length=1000, blank=True)
    satisfaction_count = models.PositiveIntegerField(_("满意度调查（份）"), null=True, blank=True)
    satisfied_count = models.PositiveIntegerField(_("其中满意（份）"), null=True, blank=True)
    incident = models.CharField(_("安全事件"), max_length=500, blank=True)
    faces_masked = models.BooleanField(_("照片中服务对象面部已遮挡"), default=False)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    submitted_on = models.DateField(_("提交日期"), null=True, blank=True)
    cosigned_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    reason = models.CharField(_("存疑理由"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("活动记录")
        ordering = ("-held_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("drafted", "submitted", "cosigned", "verified", "questioned")),
                name="activity_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="activity_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(people=None) | models.Q(people__lte=models.F("attendances")),
                name="activity_people_within_times",
            ),
            models.CheckConstraint(
                condition=models.Q(case_closed_on=None) | models.Q(case_closed_on__gte=models.F("case_opened_on")),
                name="a_case_closes_after_it_opens",
            ),
            models.UniqueConstraint(
                fields=("group", "session_number"), condition=models.Q(group__isnull=False),
                name="one_activity_per_session",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=("studio", "held_on"), name="activities_of_studio"),
            models.Index(fields=("held_on", "state"), name="activities_by_day"),
            models.Index(fields=("studio", "submitted_on"), name="activities_submitted"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def chain_key(self) -> str:
        return "studios"

    @property
    def is_late(self) -> bool:
        """Handed in, or still to be handed in, after its day."""
        return (self.submitted_on or clock.today()) > self.due_on

    @step(
        state,
        source=State.DRAFTED,
        target=State.SUBMITTED,
        label=_("提交记录"),
        by=policies.may_record_activity,
        needs=(studio_runs, is_over, has_photo, masking_declared),
        consequence=_("提交后不能修改；把确认链接发给合作站点，由站点确认属实。"),
    )
    def submit(self, *, at: datetime, day: date) -> None:
        self.submitted_at, self.submitted_on, self.reason = at, day, ""

    @step(
        state,
        source=(State.SUBMITTED, State.QUESTIONED),
        target=State.DRAFTED,
        label=_("撤回修改"),
        by=policies.may_record_activity,
        tone="quiet",
        consequence=_("退回草稿，已发出的确认链接失效；修改后须重新提交和确认。"),
    )
    def take_back(self) -> None:
        self.submitted_at = self.submitted_on = self.cosigned_at = None

    @step(
        state,
        source=State.SUBMITTED,
        target=State.COSIGNED,
        label=_("站点确认属实"),
        by=policies.may_cosign_activity,
    )
    def cosign(self, *, at: datetime) -> None:
        self.cosigned_at = at

    @step(
        state,
        source=State.SUBMITTED,
        target=State.QUESTIONED,
        label=_("站点反映不属实"),
        by=policies.may_cosign_activity,
        tone="danger",
        reason_required=True,
    )
    def dispute(self, *, reason: str) -> None:
        self.reason = reason

    @step(
        state,
        source=(State.COSIGNED, State.QUESTIONED),
        target=State.VERIFIED,
        label=_("核实属实"),
        by=policies.may_verify_activity,
        reason_required=True,
        consequence=_("写明核实的方式和结果。"),
    )
    def verify(self, *, reason: str) -> None:
        self.reason = ""

    @step(
        state,
        source=(State.COSIGNED, State.VERIFIED),
        target=State.QUESTIONED,
        label=_("列为存疑"),
        by=policies.may_verify_activity,
        tone="danger",
        reason_required=True,
        consequence=_("存疑的活动不计入年度任务和志愿服务时长，由工作室修改后重新提交。"),
    )
    def question(self, *, reason: str) -> None:
        self.reason = reason
