from selection.models.attachment import Attachment
from selection.models.ballot import Ballot, BallotLine, BallotPaper, BallotSeat
from selection.models.bulk import BulkRun
from selection.models.conflict import Recusal, RecusalRequest
from selection.models.deliberation import Proposal, Result, ResultVersion
from selection.models.determination import Determination, LeftOut, Recognition
from selection.models.dossier import (
    Achievement,
    Affiliation,
    BudgetLine,
    Declaration,
    DossierVersion,
    PracticeInterval,
    ServiceRecord,
)
from selection.models.expert import Expert, ExpertAbsence, ExpertAlias, ExpertDuty, ExpertLink, ExpertUnit
from selection.models.export import ExportRequest
from selection.models.integrity import Bar
from selection.models.interest import DeclaredInterest
from selection.models.listing import ListColumns, SavedView
from selection.models.nomination import Nomination, Nominee
from selection.models.notice import NoticeEntry, PublicNotice
from selection.models.notice_parts import Erratum, NoticeFile, Outage
from selection.models.objection import Objection
from selection.models.objection_case import Appeal, Evidence, InvestigationNote
from selection.models.panel import Assignment, Panel, Panelist, Redraw
from selection.models.qualification import QualificationReview
from selection.models.quota import Quota
from selection.models.recheck import RecheckRequest
from selection.models.record import RecordExport
from selection.models.revocation import Revocation, RollCorrection
from selection.models.round import Round, RulebookVersion
from selection.models.rulebook_change import RulebookChange
from selection.models.scoring import ScoreSheet
from selection.models.scoring_history import ScoreSheetVersion, ScoringExtension
from selection.models.waiver import Waiver

__all__ = [
    "Achievement",
    "Affiliation",
    "Appeal",
    "Assignment",
    "Attachment",
    "Ballot",
    "BallotLine",
    "BallotPaper",
    "BallotSeat",
    "Bar",
    "BudgetLine",
    "BulkRun",
    "Declaration",
    "DeclaredInterest",
    "Determination",
    "DossierVersion",
    "Erratum",
    "Evidence",
    "Expert",
    "ExpertAbsence",
    "ExpertAlias",
    "ExpertDuty",
    "ExpertLink",
    "ExpertUnit",
    "ExportRequest",
    "InvestigationNote",
    "LeftOut",
    "ListColumns",
    "Nomination",
    "Nominee",
    "NoticeEntry",
    "NoticeFile",
    "Objection",
    "Outage",
    "Panel",
    "Panelist",
    "PracticeInterval",
    "Proposal",
    "PublicNotice",
    "QualificationReview",
    "Quota",
    "RecheckRequest",
    "Recognition",
    "RecordExport",
    "Recusal",
    "RecusalRequest",
    "Redraw",
    "Result",
    "ResultVersion",
    "Revocation",
    "RollCorrection",
    "Round",
    "RulebookChange",
    "RulebookVersion",
    "SavedView",
    "ScoreSheet",
    "ScoreSheetVersion",
    "ScoringExtension",
    "ServiceRecord",
    "Waiver",
]
