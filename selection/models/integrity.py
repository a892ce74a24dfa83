"""The integrity register: who may not stand, judge or nominate, from when until when, and on what ground."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from selection import policies
from workflow import clock
from workflow.machine import Guard, Machine, step, subject_of
from workflow.state_field import StateField

still_binding = Guard("bar_over", _("该限制已经期满，无须解除。"), lambda bar: clock.today() < bar.until_on)


class Bar(Machine):
    """One bar. It binds from its first day until the day on which it is over; that day it binds no more."""

    class State(models.TextChoices):
        IN_FORCE = "in_force", _("在册")
        LIFTED = "lifted", _("已解除")

    STATE_TONES = {"in_force": ("bad", "hand-stop"), "lifted": ("mut", "arrow-back")}

    class Capacity(models.TextChoices):
        NOMINEE = "nominee", _("申报")
        EXPERT = "expert", _("担任评审专家")
        BOTH = "both", _("申报和担任评审专家")
        NOMINATOR = "nominator", _("推荐")

    AS_NOMINEE = (Capacity.NOMINEE, Capacity.BOTH)
    AS_EXPERT = (Capacity.EXPERT, Capacity.BOTH)

    class Ground(models.TextChoices):
        FRAUD = "fraud", _("弄虚作假")
        BRIBERY = "bribery", _("请托、贿赂或者干扰评审")
        MISUSE = "misuse", _("骗取、挪用资助资金")
        SANCTION = "sanction", _("受到刑事处罚或者党纪政务处分")
        DISHONESTY = "dishonesty", _("被列入严重失信主体名单")
        ETHICS = "ethics", _("严重违反职业道德")
        UNDECLARED = "undeclared", _("评审中隐瞒利害关系")
        LEAK = "leak", _("泄露评审信息")
        UNFAIR = "unfair", _("违反评审纪律，评分显失公正")
        NEGLIGENCE = "negligence", _("审核推荐严重失实")

    class Source(models.TextChoices):
        REVOCATION = "revocation", _("撤销认定决定")
        TERMINATION = "termination", _("工作室终止决定")
        BREACH = "breach", _("专家违规处理")
        OBJECTION = "objection", _("异议查实")
        HAND = "hand", _("其他文件")

    person_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)  # Nominee.person_key
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("推荐单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="bars"
    )  # fmt: skip
    subject_name = models.CharField(_("对象"), max_length=120)  # as printed in the document
    capacity = models.CharField(_("限制事项"), max_length=10, choices=Capacity.choices)
    ground = models.CharField(_("事由"), max_length=12, choices=Ground.choices)
    facts = models.CharField(_("事实摘要"), max_length=1000, blank=True, default="")
    source = models.CharField(_("来源"), max_length=12, choices=Source.choices)
    document_number = models.CharField(_("文号"), max_length=80)
    origin = models.CharField(
        max_length=60, blank=True, default=""
    )  # the record it comes from, as the ledger names it
    dossier = models.ForeignKey(
        "selection.Nomination", null=True, blank=True, on_delete=models.PROTECT, related_name="bars"
    )  # whose revocation it came with
    from_on = models.DateField(_("起始日期"))
    until_on = models.DateField(_("期满日期"))  # binds no more on this day
    state = StateField(_("状态"), choices=State.choices, default=State.IN_FORCE)
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    lifted_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    reason = models.CharField(_("解除理由"), max_length=2000, blank=True, default="")

    class Meta:
        verbose_name = _("诚信限制")
        ordering = ("-from_on", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=("in_force", "lifted")), name="bar_state_known"),
            models.CheckConstraint(condition=Q(from_on__lt=F("until_on")), name="a_bar_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(capacity="nominator", organisation__isnull=False, person_hash="")
                | (~Q(capacity="nominator") & Q(organisation=None) & ~Q(person_hash="")),
                name="a_bar_has_one_subject",
            ),
            models.UniqueConstraint(
                fields=("origin", "capacity"),
                condition=~Q(origin=""),
                name="one_bar_per_decision_and_capacity",
            ),
        )
        indexes = (models.Index(fields=("state", "until_on"), name="bars_in_force"),)

    def __str__(self) -> str:
        return gettext("%(name)s（%(what)s）") % {
            "name": self.subject_name,
            "what": self.get_capacity_display(),
        }

    @property
    def chain_key(self) -> str:
        return "office"

    def binds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.state == self.State.IN_FORCE and self.from_on <= day < self.until_on

    @property
    def standing(self) -> str:
        """As people ask: to come, in force, over by its date, lifted."""
        if self.state == self.State.LIFTED:
            return "lifted"
        today = clock.today()
        return "coming" if today < self.from_on else "in_force" if today < self.until_on else "over"

    @step(
        state,
        source=State.IN_FORCE,
        target=State.LIFTED,
        label=_("解除限制"),
        by=policies.may_lift_bar,
        needs=(still_binding,),
        tone="danger",
        irreversible=True,
        reason_required=True,
        consequence=_("限制即行解除，当事人可以重新申报、担任评审专家或者推荐；原登记保留。"),
    )
    def lift(self, *, reason: str, at: object) -> None:
        self.reason, self.lifted_at = reason, at  # type: ignore[assignment]


# What binds whom -----------------------------------------------------------------------------------------------------


def in_force(day: date | None = None) -> QuerySet[Bar]:
    """The bars that bind on a day, today unless another is asked about."""
    day = day or clock.today()
    return Bar.objects.filter(state=Bar.State.IN_FORCE, from_on__lte=day, until_on__gt=day)


def bars_of_person(key: str, capacities: tuple[str, ...], day: date | None = None) -> QuerySet[Bar]:
    """The bars that bind a person under whichever of the numbers that the pool knows, the longest first."""
    from selection.models.expert import Expert, ExpertAlias

    if not key:
        return Bar.objects.none()
    under_aliases = ExpertAlias.objects.filter(expert__id_hash=key).values("id_hash")
    of_alias = Expert.objects.filter(aliases__id_hash=key).exclude(id_hash="").values("id_hash")
    same = Q(person_hash=key) | Q(person_hash__in=under_aliases) | Q(person_hash__in=of_alias)
    return in_force(day).filter(same, capacity__in=capacities).order_by("-until_on", "pk")


def bars_of_nominator(organisation_id: int | None, day: date | None = None) -> QuerySet[Bar]:
    """The bars under which an organisation may not nominate, the longest first."""
    found = in_force(day).filter(organisation=organisation_id, capacity=Bar.Capacity.NOMINATOR)
    return found.order_by("-until_on", "pk") if organisation_id else found.none()


def nominator_sentence(bar: Bar) -> str:
    """Why an organisation may not nominate."""
    return gettext("%(name)s因“%(ground)s”列入诚信名册，%(day)s前不能推荐。") % {
        "name": bar.subject_name,
        "ground": bar.get_ground_display(),
        "day": bar.until_on.isoformat(),
    }


def subjects(bars: QuerySet[Bar]) -> list[str]:
    """How the ledger names these bars."""
    return [subject_of(bar) for bar in bars]
