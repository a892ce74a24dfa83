"""How far the demo's clock was moved."""

from __future__ import annotations

from datetime import timedelta

from django.db import OperationalError, ProgrammingError, models


class DemoClock(models.Model):
    """One row, and only in a demo."""

    seconds = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.seconds:+d} s"

    @classmethod
    def offset(cls) -> timedelta:
        """The distance from the real clock."""
        try:
            row = cls.objects.filter(pk=1).first()
        except (OperationalError, ProgrammingError):  # an empty database, which is about to be migrated
            return timedelta(0)
        return timedelta(seconds=row.seconds if row else 0)
