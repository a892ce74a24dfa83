"""What pages and API share; importing this registers every collection and every list of what waits."""

from studios.collections import ( studio, grant, report,)

__all__ = ["studio", "grant", "report", ]
