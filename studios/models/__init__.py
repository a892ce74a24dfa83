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
from studios.models.assessment import Assessment, AssessmentSheet, Rectification
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
from studios.models.network import Level, Place, ServicePoint, ServicePointRecord
from studios.models.programme import ProgrammeVersion
from studios.models.report import ProgressReport, ReportFile, ReportVersion
from studios.models.spending import (
    BudgetAdjustment,
    BudgetLine,
    Expense,
    ExpenseVoucher,
    Settlement,
)
from studios.models.studio import Studio

__all__ = [
    "Activity",
    "ActivityPerson",
    "ActivityPhoto",
    "ActivitySample",
    "Agreement",
    "Assessment",
    "AssessmentSheet",
    "BudgetAdjustment",
    "BudgetLine",
    "CosignLink",
    "Expense",
    "ExpenseVoucher",
    "HoursCertificate",
    "Indicator",
    "IndicatorPart",
    "IndicatorPlan",
    "Instalment",
    "Level",
    "Mentorship",
    "Observation",
    "Place",
    "ProgrammeVersion",
    "ProgressReport",
    "Rectification",
    "ReportFile",
    "ReportVersion",
    "SampledActivity",
    "ServiceGroup",
    "ServicePoint",
    "ServicePointRecord",
    "Settlement",
    "StationOpened",
    "Studio",
    "Target",
]
