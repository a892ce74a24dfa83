"""Loading an official year of the working-day calendar, by its administrator."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.roles import Role
from workflow import calendar, door
from workflow.actor import Actor
from workflow.models import CalendarYear


@door.act
def load(
    data: Mapping[str, Any], *, by: Actor, scan: UploadedFile[Any] | None = None, move: bool = False
) -> list[CalendarYear]:
    """Load years, each with the notice it comes from and its scan. Raises `BadCalendar`."""
    policies.require(by, Role.SYSTEM_ADMIN, _("导入工作日历"))
    if not str(data.get("notice") or data.get("source") or "").strip():
        raise calendar.BadCalendar(_("日历文件没有写明依据文件（notice）。"))
    calendar.with_years(data)  # nothing is stored for a file that is no calendar
    return calendar.load(data, by=by, scan=_stored(scan) if scan else ("", ""), move=move)


def _stored(scan: UploadedFile[Any]) -> tuple[str, str]:
    """Where the scan lies, and its digest."""
    content = scan.read()
    suffix = Path(scan.name or "").suffix.lower()
    name = default_storage.save(f"calendar/{uuid4()}{suffix}", ContentFile(content))
    return name, sha256(content).hexdigest()
