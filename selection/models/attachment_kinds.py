"""The kinds of attachments in words, and what a dossier must have of them before it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.rules.attachment import FROM_UNIT, missing
from workflow.machine import Guard
from workflow.wording import listed


class Kind(models.TextChoices):
    """What a file proves."""

    ID = "id", _("身份证")
    CERTIFICATE = "certificate", _("社会工作者职业资格证书")
    PRACTICE = "practice", _("从业证明")
    UNIT_NOTICE = "unit_notice", _("单位公示证明")
    DIPLOMA = "diploma", _("学历学位证书")
    AWARD = "award", _("获奖证书")
    CASE = "case", _("案例和成果材料")
    PHOTO = "photo", _("免冠照片")
    BACKGROUND = "background", _("背景审查材料")


# Papers of which an office holds the original in its hand; those that everybody has come first.
ORIGINALS = (Kind.ID, Kind.CERTIFICATE, Kind.PRACTICE, Kind.UNIT_NOTICE, Kind.DIPLOMA, Kind.AWARD)
REQUIRED_ORIGINALS = ORIGINALS[:4]


# A kind of files may be asked for like a field of the dossier, under a name of its own.
_FIELD = "attachment_"
FILE_FIELDS = tuple(f"{_FIELD}{kind}" for kind in FROM_UNIT)


def field_of(kind: str) -> str:
    """The name under which files of this kind are asked for."""
    return f"{_FIELD}{kind}"


def kind_asked(field: str) -> str:
    """The kind of files that is asked for under this name; nothing where it names a field of the dossier."""
    return field.removeprefix(_FIELD) if field in FILE_FIELDS else ""


def kinds_asked(nomination: Any) -> tuple[str, ...]:
    """The kinds of files that are asked for now, each once."""
    return tuple(dict.fromkeys(kind for row in nomination.requests if (kind := kind_asked(row["field"]))))


class Audience(models.TextChoices):
    """For whose eyes a file is."""

    PUBLIC = "public", _("可公开")
    EXPERT = "expert", _("专家可见")
    STAFF = "staff", _("工作人员可见")
    RESTRICTED = "restricted", _("限制查看")


def missing_kinds(nomination: Any) -> list[str]:
    """The required kinds of which the dossier has no file; a quarantined file does not count."""
    required = nomination.round.rulebook.required_attachments
    if not required:
        return []
    rows = nomination.attachments.filter(removed_at=None).exclude(state="quarantined")
    return missing(required, set(rows.values_list("kind", flat=True)))


def _what_is_missing(nomination: Any) -> str:
    names = [str(Kind(kind).label) for kind in missing_kinds(nomination)]
    return gettext("缺少附件：%(kinds)s。") % {"kinds": listed(names)}


def missing_originals(seen: Iterable[str]) -> list[Kind]:
    """The papers that must be seen and were not."""
    return [kind for kind in REQUIRED_ORIGINALS if kind not in set(seen)]


attachments_complete = Guard("attachments_missing", _what_is_missing, lambda n: not missing_kinds(n))
