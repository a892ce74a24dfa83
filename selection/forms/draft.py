"""Forms that may be saved unfinished."""

from __future__ import annotations

from typing import Any

from django import forms


class DraftForm(forms.Form):
    """Fields that must be filled in some day are marked as such, but may be left empty in what is saved."""

    gaps_allowed = True

    def may_wait(self) -> list[Any]:
        """The required fields that may be left empty for now."""
        return [field for field in self.fields.values() if field.required] if self.gaps_allowed else []

    def full_clean(self) -> None:
        waiting = self.may_wait()
        for field in waiting:
            field.required = False
        super().full_clean()
        for field in waiting:
            field.required = True
