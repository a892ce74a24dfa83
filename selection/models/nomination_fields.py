"""What a dossier holds about a person, and what it says to those who judge it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from selection.models.nomination_guards import REQUIRED, ROW_PARTS
from selection.rules.eligibility_rules import months_until
from workflow import clock
from workflow.fields import EncryptedTextField

if TYPE_CHECKING:
    from accounts.models import Organisation
    from selection.models.nominee import Nominee
    from selection.models.round import Round


class Dossier(models.Model):
    """The fields that the unit fills in; the lines that repeat are rows of their own (models/dossier.py)."""

    if TYPE_CHECKING:
        nominee: Nominee
        unit: Organisation
        round: Round
        intervals: Any
        awards: Any
        posts: Any

    class Gender(models.TextChoices):
        FEMALE = "female", _("女")
        MALE = "male", _("男")

    class Level(models.TextChoices):
        ASSISTANT = "assistant", _("助理社会工作师")
        INTERMEDIATE = "intermediate", _("社会工作师")
        SENIOR = "senior", _("高级社会工作师")

    class Setting(models.TextChoices):
        COMMUNITY = "community", _("城乡社区")
        PUBLIC_INSTITUTION = "public_institution", _("事业单位")
        SOCIAL_ORGANISATION = "social_organisation", _("社会组织")
        OTHER = "other", _("其他")

    class CivilStatus(models.TextChoices):
        NONE = "none", _("不是公务员，也不参照公务员法管理")
        SERVANT = "servant", _("公务员")
        EQUIVALENT = "equivalent", _("参照公务员法管理")

    class Politics(models.TextChoices):
        PARTY = "party", _("中共党员")
        PROBATION = "probation", _("中共预备党员")
        LEAGUE = "league", _("共青团员")
        DEMOCRATIC = "democratic", _("民主党派成员")
        INDEPENDENT = "independent", _("无党派人士")
        MASSES = "masses", _("群众")

    class Education(models.TextChoices):
        GRADUATE = "graduate", _("研究生")
        BACHELOR = "bachelor", _("大学本科")
        COLLEGE = "college", _("大学专科")
        OTHER = "other", _("其他学历")

    class Degree(models.TextChoices):
        DOCTOR = "doctor", _("博士")
        MASTER = "master", _("硕士")
        BACHELOR = "bachelor", _("学士")
        NONE = "none", _("无学位")

    class Field(models.TextChoices):
        CHILDREN = "children", _("儿童服务")
        ELDERLY = "elderly", _("养老服务")
        COMMUNITY = "community", _("社区治理")
        RELIEF = "relief", _("社会救助")
        MEDICAL = "medical", _("医务社会工作")
        JUSTICE = "justice", _("司法矫治")
        DISABILITY = "disability", _("残障康复")
        TRAINING = "training", _("教育培训")

    class Objections(models.TextChoices):
        NONE = "none", _("无异议")
        RAISED = "raised", _("有异议")

    title = models.CharField(_("职务"), max_length=80, blank=True)  # that of the primary post
    setting = models.CharField(_("单位性质"), max_length=20, choices=Setting.choices, blank=True)
    civil_status = models.CharField(_("公务员身份"), max_length=12, choices=CivilStatus.choices, blank=True)
    field = models.CharField(_("服务领域"), max_length=20, choices=Field.choices, blank=True)
    gender = models.CharField(_("性别"), max_length=10, choices=Gender.choices, blank=True)
    born_on = models.DateField(_("出生日期"), null=True, blank=True)
    phone = EncryptedTextField(_("手机"), blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    ethnicity = models.CharField(_("民族"), max_length=20, blank=True)
    politics = models.CharField(_("政治面貌"), max_length=12, choices=Politics.choices, blank=True)
    education = models.CharField(_("学历"), max_length=12, choices=Education.choices, blank=True)
    degree = models.CharField(_("学位"), max_length=12, choices=Degree.choices, blank=True)
    school = models.CharField(_("毕业院校"), max_length=80, blank=True)
    major = models.CharField(_("所学专业"), max_length=80, blank=True)
    certificate_level = models.CharField(_("证书级别"), max_length=20, choices=Level.choices, blank=True)
    certificate_number = models.CharField(_("证书编号"), max_length=60, blank=True)
    certified_on = models.DateField(_("证书批准日期"), null=True, blank=True)
    registration_number = models.CharField(_("证书登记号"), max_length=60, blank=True)
    registered_until = models.DateField(_("登记有效期至"), null=True, blank=True)
    achievements = models.TextField(_("主要事迹"), max_length=2000, blank=True)
    summary = models.CharField(_("公示简介"), max_length=200, blank=True)
    studio_plan = models.TextField(_("建设目标和三年任务"), max_length=2000, blank=True)
    studio_team = models.TextField(_("团队"), max_length=1000, blank=True)
    studio_site = models.CharField(_("场地"), max_length=300, blank=True)
    studio_partners = models.TextField(_("合作站点"), max_length=1000, blank=True)
    unit_opinion = models.CharField(_("单位意见"), max_length=500, blank=True)
    unit_notice_from = models.DateField(_("单位公示开始"), null=True, blank=True)
    unit_notice_until = models.DateField(_("单位公示结束"), null=True, blank=True)
    unit_notice_place = models.CharField(_("单位公示地点"), max_length=120, blank=True)
    unit_notice_proof = models.CharField(_("单位公示证明"), max_length=300, blank=True)
    unit_notice_objections = models.CharField(
        _("公示期间有无异议"), max_length=10, choices=Objections.choices, blank=True
    )
    unit_notice_conclusion = models.CharField(_("异议处理结论"), max_length=500, blank=True)
    truth_declared_at = models.DateTimeField(_("真实性承诺"), null=True, blank=True)
    conflict_declared_at = models.DateTimeField(_("利益冲突声明"), null=True, blank=True)
    privacy_read_at = models.DateTimeField(_("隐私告知"), null=True, blank=True)
    publication_consent_at = models.DateTimeField(_("公示单独同意"), null=True, blank=True)

    saves = models.JSONField(default=dict, blank=True)  # section -> who saved it last: {"writer", "seq"}

    class Meta:
        abstract = True

    @property
    def reference_date(self) -> date:
        """The day at which eligibility is judged."""
        return self.round.rulebook.reference_date

    @property
    def missing_fields(self) -> list[str]:
        """Names of the required fields that are empty."""
        return [name for name in REQUIRED if not self.holds(name)]

    def answer(self, name: str) -> Any:
        """What stands in a field of the dossier; for a part that repeats, its lines as they were written."""
        if name in ROW_PARTS:
            return [row.entered for row in getattr(self, name).all()]
        return getattr(self, name)

    def holds(self, name: str) -> bool:
        """Whether a field is filled in; a part that repeats, whether it has lines and none of them has a gap."""
        if name not in ROW_PARTS:
            return bool(getattr(self, name))
        rows = list(getattr(self, name).all())
        return bool(rows) and not any(row.gaps for row in rows)

    @property
    def facts(self) -> dict[str, Any]:
        """What the eligibility rules look at."""
        return {
            "id_number": self.nominee.id_number,
            "person_key": self.nominee.person_key,
            "born_on": self.born_on,
            "setting": self.setting,
            "is_civil_servant": self.civil_status != self.CivilStatus.NONE if self.civil_status else None,
            "certificate_level": self.certificate_level,
            "certificate_number": self.certificate_number,
            "certified_on": self.certified_on,
            "registration_number": self.registration_number,
            "registered_until": self.registered_until,
            "intervals": [
                (row.started, row.ended, row.in_province) for row in self.intervals.all() if row.started
            ],
            "awards": [(row.kind, row.awarded_on) for row in self.awards.all()],
            "credit_code": self.unit.code,
        }

    @property
    def practice_months(self) -> int:
        """Whole months of direct practice until the reference date, overlaps counted once."""
        return months_until([pair[:2] for pair in self.facts["intervals"]], self.reference_date)

    @property
    def province_months(self) -> int:
        """The same within the province."""
        here = [pair[:2] for pair in self.facts["intervals"] if pair[2]]
        return months_until(here, self.reference_date)

    @property
    def affiliations(self) -> list[str]:
        """Units and titles as they are printed, in the written order."""
        today = clock.today()
        printed = [
            row.printed for row in self.posts.all() if (row.ended is None or row.ended > today) and row.unit
        ]
        return printed or [f"{self.unit.name}{self.title}"]
