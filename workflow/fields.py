"""Model fields that the workflow's apps share."""

from __future__ import annotations

from typing import Any

from django.db import models

from workflow import crypto


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # the stubs' parameters are not subscriptable at run time
    """Text that is encrypted in the database and clear on the object. It cannot be searched: keep a keyed hash beside it."""

    def get_prep_value(self, value: Any) -> Any:
        return crypto.encrypt(value) if value else ""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        return crypto.decrypt(value) if value else ""
