"""The ways out: each module sends one message or raises `Undelivered`."""

from workflow.channels.email import Undelivered, send

__all__ = ["Undelivered", "send"]
