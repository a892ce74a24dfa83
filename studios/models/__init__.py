from studios.models.grant import Agreement, Instalment
from studios.models.report import ProgressReport
from studios.models.studio import Studio

__all__ = ["Agreement", "Instalment", "ProgressReport", "Studio"]
