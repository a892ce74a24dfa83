"""The pool: who an expert is, where they belong and belonged, whom they are close to, and when they can come."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from selection.models.nomination import Nomination
from selection.models.nominee import Nominee
from selection.models.round import Round
from workflow import clock
from workflow.fields import EncryptedTextField


class Source(models.TextChoices):
    """Who says so."""

    DECLARED = "declared", _("本人填报")
    OFFICE = "office", _("专班登记")
    IMPORTED = "imported", _("批量导入")


class Expert(models.Model):
    """A person of the pool. The person is known by the keyed hash of the identity number, not by the account."""

    class Category(models.TextChoices):
        SCHOLAR = "scholar", _("高校学者")
        PRACTICE = "practice", _("实务")
        ASSOCIATION = "association", _("行业组织与管理")

    code = models.CharField(_("编号"), max_length=20, unique=True)
    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="expert"
    )  # nobody without an account is drawn
    name = models.CharField(_("姓名"), max_length=40, db_index=True)
    id_number = EncryptedTextField(_("身份证号"), blank=True, default="")
    id_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)  # as Nominee.person_key
    phone = EncryptedTextField(_("手机号码"), blank=True, default="")
    unit = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="experts"
    )
    category = models.CharField(_("类别"), max_length=20, choices=Category.choices)
    field = models.CharField(_("领域"), max_length=20, choices=Nomination.Field.choices)
    title = models.CharField(_("职务职称"), max_length=60, blank=True, default="")
    certificate_level = models.CharField(
        _("证书级别"), max_length=20, choices=Nomination.Level.choices, blank=True, default=""
    )
    region = models.CharField(_("地区"), max_length=40, blank=True)
    city = models.ForeignKey(
        Organisation,
        verbose_name=_("设区市"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="city_experts",
    )
    available = models.BooleanField(_("可参加评审"), default=True)
    standing_reason = models.CharField(_("启用或停用的理由"), max_length=300, blank=True, default="")
    enabled_from = models.DateField(_("入库日期"), null=True, blank=True)
    enabled_until = models.DateField(_("聘期届满"), null=True, blank=True)  # the last day
    confirmed_at = models.DateTimeField(_("本人确认时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("评审专家")
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(
                fields=("id_hash",), condition=~Q(id_hash=""), name="one_expert_per_person"
            ),
            models.CheckConstraint(
                condition=Q(enabled_from=None)
                | Q(enabled_until=None)
                | Q(enabled_from__lte=F("enabled_until")),
                name="an_expert_is_enabled_forwards",
            ),
        )
        indexes = (models.Index(fields=("category", "field", "available"), name="expert_by_stratum"),)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def chain_key(self) -> str:
        return "office"

    @property
    def rules_version(self) -> str:
        return ""

    def serves_on(self, day: date) -> bool:
        """Whether the person is in the pool on that day; absences are asked for separately."""
        return (
            self.available
            and (self.enabled_from is None or self.enabled_from <= day)
            and (self.enabled_until is None or day <= self.enabled_until)
        )

    @staticmethod
    def hash_of(id_number: str) -> str:
        """How a person is found again; the same key as a nominee's."""
        return Nominee.key_of(id_number) if id_number.strip() else ""


class ExpertAlias(models.Model):
    """Another key of the same person: another document number, or the person behind another account."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="aliases")
    id_hash = models.CharField(max_length=64, unique=True)
    note = models.CharField(_("说明"), max_length=120, blank=True, default="")
    recorded_by = models.CharField(_("登记人"), max_length=60, blank=True, default="")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)

    class Meta:
        verbose_name = _("专家别号")
        ordering = ("expert", "pk")

    def __str__(self) -> str:
        return f"{self.expert_id} {self.note}"


class ExpertUnit(models.Model):
    """Where an expert belongs or belonged, from when to when (the last day counts). Rows are ended, never deleted."""

    class Capacity(models.TextChoices):
        EMPLOYED = "employed", _("任职")
        DIRECTOR = "director", _("理事")
        SUPERVISOR = "supervisor", _("监事")
        CONTROLLING = "controlling", _("实际控制")

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="expert_units"
    )
    post = models.CharField(_("职务"), max_length=60, blank=True, default="")
    capacity = models.CharField(_("关系"), max_length=12, choices=Capacity.choices, default=Capacity.EMPLOYED)
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices, default=Source.OFFICE)
    recorded_by = models.CharField(_("登记人"), max_length=60, blank=True, default="")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    ended_by = models.CharField(_("结束登记人"), max_length=60, blank=True, default="")
    ended_at = models.DateTimeField(_("结束登记时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("任职经历")
        ordering = ("expert", "-starts_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="an_expert_unit_ends_after_it_begins",
            ),
        )
        indexes = (models.Index(fields=("unit", "ends_on"), name="expert_unit_over_time"),)

    def __str__(self) -> str:
        return f"{self.expert_id} {self.unit_id} {self.starts_on}"


class ExpertLink(models.Model):
    """A person an expert is close to, known by the keyed hash of the identity number. Rows are ended, never deleted."""

    class Kind(models.TextChoices):
        MENTOR = "mentor", _("导师")
        STUDENT = "student", _("学生")
        CO_AUTHOR = "co_author", _("论文合作")
        CO_PROJECT = "co_project", _("课题合作")
        KIN = "kin", _("近亲属")
        DISPUTE = "dispute", _("纠纷")
        MONEY = "money", _("经济往来")

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(_("关系"), max_length=12, choices=Kind.choices)
    person_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    person_name = models.CharField(_("对方姓名"), max_length=40)
    unit = models.ForeignKey(
        Organisation,
        verbose_name=_("对方单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    since = models.DateField(_("自"), null=True, blank=True)
    until = models.DateField(_("至"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices, default=Source.OFFICE)
    recorded_by = models.CharField(_("登记人"), max_length=60, blank=True, default="")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    ended_by = models.CharField(_("结束登记人"), max_length=60, blank=True, default="")
    ended_at = models.DateTimeField(_("结束登记时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("利害关系人")
        ordering = ("expert", "kind", "pk")

    def __str__(self) -> str:
        return f"{self.expert_id} {self.kind} {self.person_name}"


class ExpertAbsence(models.Model):
    """Days on which an expert cannot come; the last one counts."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"))
    reason = models.CharField(_("事由"), max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("不能参加的时段")
        ordering = ("expert", "starts_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="an_absence_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return f"{self.expert_id} {self.starts_on}"


class ExpertDuty(models.Model):
    """What the office recorded about past duty. Duty in rounds held here is derived from the assignments."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="duty_records")
    round = models.ForeignKey(
        Round,
        verbose_name=_("轮次"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="expert_duties",
    )
    round_name = models.CharField(_("评审项目"), max_length=120)
    year = models.PositiveSmallIntegerField(_("年度"))
    sheets = models.PositiveSmallIntegerField(_("评审份数"), default=0)
    late = models.PositiveSmallIntegerField(_("逾期份数"), default=0)
    remark = models.CharField(_("评语"), max_length=300, blank=True, default="")
    recorded_by = models.CharField(_("登记人"), max_length=60)
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)

    class Meta:
        verbose_name = _("履职记录")
        ordering = ("expert", "-year", "-pk")

    def __str__(self) -> str:
        return f"{self.expert_id} {self.year}"
