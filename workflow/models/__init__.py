from workflow.models.calendar import CalendarYear
from workflow.models.clock import DemoClock
from workflow.models.job import Job, JobFile, JobFilePiece
from workflow.models.ledger import Chain, Entry, PublishedHead
from workflow.models.outbox import Message

__all__ = [
    "CalendarYear",
    "Chain",
    "DemoClock",
    "Entry",
    "Job",
    "JobFile",
    "JobFilePiece",
    "Message",
    "PublishedHead",
]
