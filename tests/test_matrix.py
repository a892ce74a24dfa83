"""Every machine × state × step × role, against a table written by hand from the regulation of the process.

The table says who may take which step from where to where; the code is asked, never copied.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps

from accounts.roles import Role
from selection.models import (
    Appeal,
    Assignment,
    Attachment,
    Ballot,
    Bar,
    Determination,
    Evidence,
    ExportRequest,
    Nomination,
    Objection,
    Panel,
    PublicNotice,
    QualificationReview,
    RecheckRequest,
    RecusalRequest,
    Revocation,
    RollCorrection,
    Round,
    RulebookChange,
    ScoreSheet,
    Waiver,
)
from studios.models import (
    Activity,
    AgreementVersion,
    Assessment,
    BudgetAdjustment,
    Exit,
    Expense,
    Instalment,
    ProgrammeProposal,
    ProgressReport,
    RecoveryOrder,
    Rectification,
    ReportedChange,
    Studio,
    StudioPlan,
)
from tests import factories
from workflow import clock, door, ledger
from workflow.actor import PUBLIC, SYSTEM
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import machines, open_steps, steps_of

pytestmark = pytest.mark.django_db

ROLES = (*Role.values, "system", "public")

BEFORE_PUBLISHED = "draft open screening review deliberation notice determination"
BEFORE_RECOGNISED = (
    "draft returned county_review nominator_review nominated correction qualified in_review scored proposed "
    "on_notice cleared"
)

BEFORE_DRAW = "draft returned county_review nominator_review nominated correction qualified"
WAIVABLE = "nominator_review nominated correction"
RUNNING = "preparing agreed active rectifying suspended"
ENTRUSTED = "active rectifying suspended concluded terminated"
ON_ITS_WAY = "planned requested approved"

# step: (from, to, who)
TABLE: dict[type[Any], dict[str, tuple[str, str, str]]] = {
    Round: {
        "announce": ("draft", "open", "manager"),
        "close": ("open", "screening", "system manager"),
        "begin_review": ("screening", "review", "manager"),
        "ask_opening": ("review", "review", "manager"),
        "open_scores": ("review", "deliberation", "supervisor"),
        "begin_second_stage": ("deliberation", "review", "manager"),
        "post_notice": ("deliberation", "notice", "publisher system"),
        "end_notice": ("notice", "determination", "system"),
        "publish": ("determination", "published", "publisher"),
        "archive": ("published", "archived", "manager"),
        "cancel": (BEFORE_PUBLISHED, "cancelled", "leader"),
    },
    Nomination: {
        "submit": ("draft returned", "county_review nominator_review", "unit_clerk"),
        "choose_category": ("draft returned", "draft returned", "unit_clerk"),
        "endorse": ("county_review", "nominator_review", "bureau_officer"),
        "return_for_completion": ("county_review nominator_review", "returned", "bureau_officer"),
        "decline": ("nominator_review", "declined", "bureau_officer"),
        "nominate": ("nominator_review", "nominated", "bureau_officer"),
        "substitute": ("nominated", "withdrawn", "bureau_officer"),
        "ask_waiver": (WAIVABLE, WAIVABLE, "bureau_officer"),
        "name_unsuitable": (BEFORE_DRAW, BEFORE_DRAW, "unit_clerk bureau_officer"),
        "request_correction": ("nominated", "correction", "reviewer"),
        "correct": ("correction", "nominated", "unit_clerk"),
        "qualify": ("nominated", "qualified", "reviewer manager"),
        "disqualify": ("nominated correction", "disqualified", "reviewer manager system"),
        "reinstate": ("disqualified", "nominated", "manager"),
        "send_to_panel": ("qualified", "in_review", "manager"),
        "complete_scoring": ("in_review", "scored", "system"),
        "go_on": ("scored", "in_review", "system"),
        "propose": ("scored", "proposed", "leader"),
        "pass_over": ("scored", "not_selected", "leader"),
        "give_notice": ("proposed", "on_notice", "publisher system"),
        "clear": ("on_notice", "cleared", "system manager"),
        "remove": ("on_notice cleared", "removed", "leader"),
        "recognise": ("cleared", "recognised", "leader"),
        "withdraw": (BEFORE_RECOGNISED, "withdrawn", "unit_clerk bureau_officer"),
        "lapse": ("on_notice cleared", "not_selected", "leader"),
        "revoke": ("recognised", "revoked", "leader"),
    },
    RulebookChange: {
        "second": ("proposed", "seconded", "manager"),
        "approve": ("seconded", "approved", "leader"),
        "decline": ("proposed seconded", "declined", "manager leader"),
        "withdraw": ("proposed seconded", "withdrawn", "manager"),
    },
    ExportRequest: {
        "approve": ("asked", "approved", "security_admin"),
        "decline": ("asked", "declined", "security_admin"),
        "withdraw": ("asked", "withdrawn", "manager"),
        "download": ("approved", "taken", "manager"),
    },
    Waiver: {"approve": ("asked", "approved", "manager"), "refuse": ("asked", "refused", "manager")},
    RecusalRequest: {
        "propose": ("requested", "proposed", "manager"),
        "confirm": ("proposed", "upheld dismissed", "supervisor"),
        "send_back": ("proposed", "requested", "supervisor"),
        "withdraw": ("requested proposed", "withdrawn", "unit_clerk bureau_officer"),
    },
    Attachment: {
        "pass_scan": ("uploaded", "clean", "system"),
        "quarantine": ("uploaded", "quarantined", "system"),
    },
    QualificationReview: {"conclude": ("open", "concluded", "reviewer")},
    RecheckRequest: {
        "request": ("offered", "requested", "unit_clerk"),
        "uphold": ("requested", "upheld", "manager"),
        "refuse": ("requested", "refused", "manager"),
    },
    Panel: {"freeze": ("preparing", "frozen", "manager"), "draw": ("frozen", "drawn", "supervisor")},
    Assignment: {
        "accept": ("drawn", "accepted", "expert"),
        "recuse": ("drawn accepted", "recused", "expert"),
        "bar": ("drawn accepted", "recused", "manager system"),
        "release": ("drawn accepted", "released", "system"),
    },
    ScoreSheet: {
        "submit": ("draft", "submitted", "expert"),
        "lock": ("submitted", "locked", "system"),
        "void": ("draft submitted", "voided", "manager system"),
        "ask_reopen": ("submitted", "submitted", "manager"),
        "reopen": ("submitted", "draft", "supervisor"),
        "ask_annul": ("locked", "locked", "manager"),
        "annul": ("locked", "voided", "supervisor"),
    },
    Ballot: {"vote": ("open", "open", "expert"), "close": ("open", "closed", "manager")},
    PublicNotice: {
        "scan": ("drafted scanned", "scanned", "publisher manager"),
        "post": ("scanned", "posted", "publisher"),
        "approve": ("scanned", "approved", "publisher"),
        "recall": ("approved", "scanned", "publisher manager system"),
        "go_up": ("approved", "posted", "system"),
        "end": ("posted", "ended", "system"),
        "supersede": ("posted", "superseded", "publisher"),
    },
    Objection: {
        "admit": ("lodged", "admitted", "manager"),
        "refuse": ("lodged", "inadmissible", "manager"),
        "name_investigators": ("admitted", "admitted", "manager"),
        "extend": ("admitted", "admitted", "manager"),
        "note_silence": ("admitted", "admitted", "manager"),
        "uphold": ("admitted", "upheld", "manager"),
        "dismiss": ("admitted", "dismissed", "manager"),
        "answer": ("inadmissible upheld dismissed", "inadmissible upheld dismissed", "manager"),
        "reopen": ("inadmissible upheld dismissed", "admitted", "manager"),
        "restore": ("admitted", "inadmissible upheld dismissed", "manager"),
        "verify": ("lodged", "verified", "manager"),
        "withdraw": ("lodged admitted", "withdrawn", "public manager"),
    },
    Evidence: {
        "pass_scan": ("uploaded", "clean", "system"),
        "quarantine": ("uploaded", "quarantined", "system"),
    },
    Appeal: {
        "admit": ("lodged", "admitted", "manager leader"),
        "refuse": ("lodged", "refused", "manager leader"),
        "uphold": ("admitted", "upheld", "manager leader"),
        "dismiss": ("admitted", "dismissed", "manager leader"),
    },
    Determination: {
        "confirm": ("drafted", "confirmed", "leader"),
        "publish": ("confirmed", "confirmed", "publisher"),
    },
    Revocation: {
        "hear": ("started", "heard", "manager"),
        "decide": ("heard", "revoked", "leader"),
        "drop": ("started heard", "dropped", "leader"),
    },
    RollCorrection: {
        "publish": ("drafted", "published", "publisher"),
        "drop": ("drafted", "dropped", "publisher"),
    },
    Studio: {
        "agree": ("preparing", "agreed", "manager"),
        "name_lead": (RUNNING, RUNNING, "manager"),
        "change_host": (RUNNING, RUNNING, "manager"),
        "activate": ("agreed", "active", "manager"),
        "require_rectification": ("active", "rectifying", "manager"),
        "accept_rectification": ("rectifying", "active", "manager"),
        "suspend": ("active rectifying", "suspended", "manager system"),
        "resume": ("suspended", "active", "manager"),
        "conclude": ("active", "concluded", "manager"),
        "terminate": (RUNNING, "terminated", "leader system"),
        "order_recovery": (ENTRUSTED, ENTRUSTED, "leader manager system"),
    },
    Instalment: {
        "request": ("planned", "requested", "studio_lead"),
        "approve": ("requested", "approved", "manager"),
        "pay": ("approved", "paid", "finance"),
        "withhold": ("planned requested approved", "withheld", "manager"),
        "release": ("withheld", "planned", "manager"),
        "cancel": ("planned requested approved withheld", "cancelled", "leader system"),
        "waive": (ON_ITS_WAY, ON_ITS_WAY, "leader"),
    },
    RecoveryOrder: {
        "repay": ("ordered", "ordered settled", "finance"),
        "write_off": ("ordered", "written_off", "leader"),
    },
    ProgressReport: {
        "submit": ("due returned", "submitted", "studio_lead studio_member"),
        "accept": ("submitted", "accepted", "manager"),
        "return_for_changes": ("submitted", "returned", "manager"),
    },
    Assessment: {
        "assign": ("scheduled", "scheduled", "manager"),
        "self_score": ("scheduled", "scheduled", "studio_lead"),
        "score_sheet": ("scheduled", "scheduled rated", "reviewer"),  # whoever has a sheet
        "veto": ("scheduled rated", "rated", "manager"),
        "make_statement": ("rated", "rated", "studio_lead"),
        "waive_statement": ("rated", "rated", "studio_lead"),
        "score_again": ("rated", "scheduled", "manager"),
        "confirm": ("rated", "confirmed", "manager"),
        "confirm_at_limit": ("rated", "confirmed", "manager"),
    },
    Rectification: {
        "file": ("ordered", "filed", "studio_lead studio_member"),
        "accept": ("filed", "accepted", "manager"),
        "send_back": ("filed", "ordered", "manager"),
    },
    Expense: {
        "submit": ("drafted", "submitted", "studio_lead studio_member"),
        "take_back": ("submitted refused", "drafted", "studio_lead studio_member"),
        "approve": ("submitted", "approved", "unit_clerk"),
        "refuse": ("submitted", "refused", "unit_clerk manager"),
        "question": ("approved", "refused", "manager"),
        "void": ("drafted refused", "voided", "studio_lead studio_member"),
    },
    BudgetAdjustment: {
        "record": ("requested", "recorded", "studio_lead"),
        "approve": ("requested", "approved", "manager"),
        "refuse": ("requested", "refused", "manager"),
        "withdraw": ("requested", "withdrawn", "studio_lead"),
    },
    StudioPlan: {
        "submit": ("drafted returned", "submitted", "studio_lead"),
        "endorse": ("submitted", "endorsed", "bureau_officer"),
        "send_back": ("submitted", "returned", "bureau_officer"),
        "send_back_from_province": ("endorsed", "returned", "manager"),
        "approve": ("endorsed", "approved", "manager"),
        "replace": ("approved", "replaced", "system"),
    },
    AgreementVersion: {
        "sign": ("drafted", "drafted in_force", "manager"),
        "enter_into_force": ("drafted", "in_force", "system"),
        "withdraw": ("drafted", "withdrawn", "manager"),
        "replace": ("in_force", "replaced", "system"),
    },
    ProgrammeProposal: {
        "adopt": ("proposed", "adopted", "leader"),
        "decline": ("proposed", "declined", "leader"),
        "withdraw": ("proposed", "withdrawn", "manager"),
    },
    Bar: {
        "lift": ("in_force", "lifted", "leader"),
    },
    Exit: {
        "hear": ("noticed", "heard", "manager"),
        "decide": ("noticed heard", "decided", "leader"),
        "drop": ("noticed heard", "dropped", "leader system"),
    },
    ReportedChange: {
        "acknowledge": ("filed", "acknowledged", "manager"),
        "set_aside": ("filed", "set_aside", "manager"),
    },
    Activity: {
        "submit": ("drafted", "submitted", "studio_lead studio_member"),
        "take_back": ("submitted questioned", "drafted", "studio_lead studio_member"),
        "cosign": ("submitted", "cosigned", "public"),
        "dispute": ("submitted", "questioned", "public"),
        "verify": ("cosigned questioned", "verified", "manager bureau_officer"),
        "question": ("cosigned verified", "questioned", "manager bureau_officer"),
    },
}

STEPS = [(model, step) for model, steps in TABLE.items() for step in steps]


class Scene:
    """One object of each machine, and one actor of each role who stands as close to it as that role can."""

    def __init__(self) -> None:
        self.place = factories.organisation("city", name="衢州市民政局")
        self.actors: dict[str, Any] = {"system": SYSTEM, "public": PUBLIC}
        for role in Role.values:
            self.actors[role] = factories.user(role, organisation=self.place)
        self.other = factories.user(organisation=self.place)
        orgs = {"unit": self.place, "county": self.place, "city": self.place}
        old_enough = {"born_on": date(1965, 3, 15)}  # for its bureau to ask for a waiver
        kinds = [{"code": "community", "name": "社区服务"}, {"code": "medical", "name": "医务"}]
        divided = factories.round_(
            rules=factories.rulebook(categories=kinds, second_stage=30)
        )  # for its unit to choose among
        self.nomination = factories.nomination("draft", round=divided, orgs=orgs, **old_enough)
        self.round = self.nomination.round

    def make(self, model: type[Any]) -> Any:
        return getattr(self, f"_{model._meta.model_name}")()

    def _round(self) -> Round:
        return self.round

    def _nomination(self) -> Nomination:
        return self.nomination

    def _rulebookchange(self) -> RulebookChange:
        content = factories.rulebook(**self.round.rulebook.to_dict() | {"ceiling": 18})
        return RulebookChange.objects.create(
            round=self.round, base=1, content=content, reason="理由", proposed_by=self.other
        )

    def _exportrequest(self) -> ExportRequest:
        return ExportRequest.objects.create(form="csv", reason="理由", asked_by=self.actors["manager"])

    def _waiver(self) -> Waiver:
        return factories.waiver(self.nomination)

    def _recusalrequest(self) -> RecusalRequest:
        return factories.recusal_request(self.nomination)

    def _attachment(self) -> Attachment:
        return factories.attachment(self.nomination, state="uploaded", uploaded_by=self.other)

    def _qualificationreview(self) -> QualificationReview:
        return QualificationReview.objects.create(
            nomination=self.nomination, reviewer=self.actors["reviewer"]
        )

    def _recheckrequest(self) -> RecheckRequest:
        return RecheckRequest.objects.create(nomination=self.nomination)

    def _panel(self) -> Panel:
        return Panel.objects.create(round=self.round, operator=self.other)

    def _assignment(self) -> Assignment:
        expert = factories.expert(user=self.actors["expert"])
        return factories.assignment(self.nomination, expert)

    def _scoresheet(self) -> ScoreSheet:
        return ScoreSheet.objects.create(assignment=self._assignment())

    def _ballot(self) -> Ballot:
        ballot = Ballot.objects.create(
            round=self.round, number=1, opened_at=factories.NOON, opened_by=self.other
        )
        ballot.seats.create(expert=factories.expert(user=self.actors["expert"]))
        return ballot

    def _publicnotice(self) -> PublicNotice:
        return PublicNotice.objects.create(
            round=self.round,
            number="G-1",
            title="公示",
            body="公示",
            contact="处室",
            days=5,
            composed_by=self.other,
        )

    def _of_others(self) -> Any:
        """A candidate of other offices than the one to which everybody here belongs: no actor stands on a side."""
        return factories.nomination("on_notice", round=self.round, orgs=factories.tree())

    def _objection(self) -> Objection:
        return Objection.objects.create(
            notice=self._publicnotice(), nomination=self._of_others(), code="Q-1", kind="lead", facts="事实",
            lodged_at=factories.NOON, admit_due=date(2026, 9, 4),
        )  # fmt: skip

    def _evidence(self) -> Evidence:
        return Evidence.objects.create(
            objection=self._objection(), place="evidence/1", name="单据.pdf", mime="application/pdf", size=9
        )

    def _appeal(self) -> Appeal:
        return Appeal.objects.create(
            objection=self._objection(), reason="不服", before="dismissed", lodged_at=factories.NOON
        )

    def _determination(self) -> Determination:
        return Determination.objects.create(
            round=self.round, document_number="浙民慈〔2026〕1号", title="认定", minute_number="纪要1"
        )

    def _revocation(self) -> Revocation:
        return factories.revocation(self.nomination, started_by=self.other)

    def _rollcorrection(self) -> RollCorrection:
        return factories.roll_correction(factories.recognition(self.nomination), drafted_by=self.other)

    def _studio(self) -> Studio:
        """With something paid that may be asked back."""
        home = factories.bare_studio(self.nomination, lead=self.actors["studio_lead"], host=self.place)
        home.instalments.create(number=9, amount="100.00", state="paid", paid_at=factories.NOON)
        return home

    def _assessment(self) -> Assessment:
        """With a sheet of the reviewer's, and a score for which no place is left."""
        row = factories.assessment(home=self._studio(), reviewers=[self.actors["reviewer"], self.other])
        Assessment.objects.filter(pk=row.pk).update(grade="excellent", score="95.00")
        return row

    def _rectification(self) -> Rectification:
        return factories.rectification(home=self._studio())

    def _expense(self) -> Expense:
        return factories.expense(home=self._studio(), claimant=self.other, recorded_by=self.other)

    def _budgetadjustment(self) -> BudgetAdjustment:
        home = self._studio()
        home.budget_lines.create(head="training", amount="5000.00")  # so that it may be recorded
        return BudgetAdjustment.objects.create(
            studio=home,
            source="training",
            target="service",
            amount="100.00",
            requested_by=self.other,
        )

    def _bar(self) -> Bar:
        return factories.bar(self.nomination.nominee)

    def _exit(self) -> Exit:
        return factories.studio_exit(self._studio(), started_by=self.other)

    def _reportedchange(self) -> ReportedChange:
        return factories.reported_change(self._studio(), filed_by=self.other)

    def _instalment(self) -> Instalment:
        return Instalment.objects.create(
            studio=self._studio(), number=2, amount="25000.00", requested_by=self.other
        )

    def _recoveryorder(self) -> RecoveryOrder:
        return factories.recovery_order(
            home=self._studio(), repaid="25000.00"
        )  # so that it may stand settled

    def _studioplan(self) -> StudioPlan:
        home = self._studio()
        type(home).objects.filter(pk=home.pk).update(city=self.place)
        return StudioPlan.objects.create(studio=type(home).objects.get(pk=home.pk))

    def _agreementversion(self) -> AgreementVersion:
        return AgreementVersion.objects.create(
            studio=self._studio(), agreement_number="协1号", award="50000.00"
        )

    def _programmeproposal(self) -> ProgrammeProposal:
        return ProgrammeProposal.objects.create(
            basis="文", reason="理由", effective_from=date(2026, 9, 1), proposed_by=self.actors["manager"]
        )

    def _activity(self) -> Activity:
        home = self._studio()
        type(home).objects.filter(pk=home.pk).update(city=self.place)
        home.refresh_from_db()
        return factories.activity("drafted", home=home)

    def _progressreport(self) -> ProgressReport:
        return ProgressReport.objects.create(
            studio=self._studio(), kind="annual", period="2026", due_on=date(2026, 12, 10)
        )


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def put(obj: Any, state: str) -> Any:
    type(obj).objects.filter(pk=obj.pk).update(state=state)
    return type(obj).objects.get(pk=obj.pk)


def unchanged(obj: Any) -> bool:
    fresh = type(obj).objects.get(pk=obj.pk)
    return all(getattr(fresh, f.attname) == getattr(obj, f.attname) for f in obj._meta.concrete_fields)


def test_the_table_holds_every_declared_step():
    ours = machines(apps.get_models())
    declared = {model: {s.name: (set(s.sources), set(s.targets)) for s in steps_of(model)} for model in ours}
    written = {
        model: {name: (set(a.split()), set(b.split())) for name, (a, b, _who) in steps.items()}
        for model, steps in TABLE.items()
    }
    assert declared == written


@pytest.mark.parametrize("model", TABLE, ids=lambda m: m.__name__)
def test_who_may_take_what_from_which_state(model):
    scene = Scene()
    obj = scene.make(model)
    for state, _label in model._meta.get_field("state").flatchoices:
        here = put(obj, state)
        for role in ROLES:
            expected = {
                name for name, (sources, _to, who) in TABLE[model].items()
                if state in sources.split() and role in who.split()
            }  # fmt: skip
            found = {step.name for step in open_steps(here, scene.actors[role])}
            assert found == expected, (state, role)


@pytest.mark.parametrize(("model", "step"), STEPS, ids=lambda v: getattr(v, "__name__", v))
def test_the_door_refuses_every_other_role_changes_nothing_and_writes_it_down(model, step):
    scene = Scene()
    sources, _to, who = TABLE[model][step]
    obj = put(scene.make(model), sources.split()[0])
    for role in ROLES:
        if role in who.split():
            continue
        with pytest.raises(NotPermitted):
            door.take(obj, step, by=scene.actors[role], reason="不应办理的理由，共十字")
        assert unchanged(obj), role
    refused = ledger.entries_of(obj).filter(kind="refused")
    assert refused.count() == len(ROLES) - len(who.split())


@pytest.mark.parametrize(("model", "step"), STEPS, ids=lambda v: getattr(v, "__name__", v))
def test_the_door_refuses_every_other_state_changes_nothing_and_writes_it_down(model, step):
    scene = Scene()
    sources, _to, who = TABLE[model][step]
    obj = scene.make(model)
    others = [s for s, _label in model._meta.get_field("state").flatchoices if s not in sources.split()]
    for state in others:
        here = put(obj, state)
        actor = scene.actors[who.split()[0]]
        with pytest.raises((StepRefused, NotPermitted)):
            door.take(here, step, by=actor, reason="不应办理的理由，共十字")
        assert unchanged(here), state
    assert ledger.entries_of(obj).filter(kind="refused").count() == len(others)
