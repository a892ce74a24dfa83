from studios.models.activity import Activity
from studios.models.activity_parts import (
    ActivityPerson,
    ActivityPhoto,
    ActivitySample,
    CosignLink,
    HoursCertificate,
    SampledActivity,
    ServiceGroup,
)
from studios.models.agreement import AgreementScan, AgreementSignature, AgreementVersion, Party
from studios.models.assessment import Assessment, AssessmentSheet
from studios.models.budget import BudgetAdjustment, BudgetLine, Settlement
from studios.models.care import CareMeasure
from studios.models.change import ReportedChange
from studios.models.exit import Exit, Reappointment
from studios.models.gate import GateWaiver
from studios.models.grant import Agreement, Instalment
from studios.models.indicator import (
    Indicator,
    IndicatorPart,
    IndicatorPlan,
    Mentorship,
    Observation,
    StationOpened,
    Target,
)
from studios.models.month import StudioMonth
from studios.models.network import Level, Place, ServicePoint, ServicePointRecord
from studios.models.plan import PartnerStation, StudioGoal, StudioPlan, StudioTask, TeamMember
from studios.models.programme import ProgrammeProposal, ProgrammeVersion
from studios.models.recovery import RecoveryOrder, Repayment
from studios.models.rectification import Rectification
from studios.models.report import ProgressReport, ReportFile, ReportVersion
from studios.models.spending import Expense, ExpenseVoucher
from studios.models.studio import Studio

__all__ = [
    "Activity",
    "ActivityPerson",
    "ActivityPhoto",
    "ActivitySample",
    "Agreement",
    "AgreementScan",
    "AgreementSignature",
    "AgreementVersion",
    "Assessment",
    "AssessmentSheet",
    "BudgetAdjustment",
    "BudgetLine",
    "CareMeasure",
    "CosignLink",
    "Exit",
    "Expense",
    "ExpenseVoucher",
    "GateWaiver",
    "HoursCertificate",
    "Indicator",
    "IndicatorPart",
    "IndicatorPlan",
    "Instalment",
    "Level",
    "Mentorship",
    "Observation",
    "PartnerStation",
    "Party",
    "Place",
    "ProgrammeProposal",
    "ProgrammeVersion",
    "ProgressReport",
    "Reappointment",
    "RecoveryOrder",
    "Rectification",
    "Repayment",
    "ReportFile",
    "ReportVersion",
    "ReportedChange",
    "SampledActivity",
    "ServiceGroup",
    "ServicePoint",
    "ServicePointRecord",
    "Settlement",
    "StationOpened",
    "Studio",
    "StudioGoal",
    "StudioMonth",
    "StudioPlan",
    "StudioTask",
    "Target",
    "TeamMember",
]
