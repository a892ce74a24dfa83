"""What was changed about an expert, in words, from the entries of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from selection.models import Expert
from selection.models.expert import ExpertLink, ExpertUnit, Source
from workflow import ledger
from workflow.errors import Sentence
from workflow.models import Entry

SAID: dict[str, Sentence] = {
    "unit": _("单位"),
    "post": _("职务"),
    "capacity": _("关系"),
    "kind": _("关系"),
    "person": _("姓名"),
    "category": _("类别"),
    "round": _("评审项目"),
    "year": _("年度"),
    "sheets": _("评审份数"),
    "late": _("逾期份数"),
    "since": _("自"),
    "until": _("至"),
    "username": _("账号"),
    "note": _("说明"),
    "reason": _("理由"),
    "source": _("来源"),
    "file": _("文件摘要"),
}
_WORDS: dict[str, dict[Any, Any]] = {
    "capacity": dict(ExpertUnit.Capacity.choices),
    "kind": dict(ExpertLink.Kind.choices),
    "category": dict(Expert.Category.choices),
    "source": dict(Source.choices),
}


@dataclass(frozen=True)
class Change:
    """One entry about an expert: when, who, and what it says."""

    entry: Entry
    lines: list[str]


def changes_of(expert: Expert, limit: int = 20) -> Iterator[Change]:
    """The newest entries about an expert. Numbers are never in one, phones only masked."""
    for entry in ledger.entries_of(expert).exclude(kind="refused").order_by("-seq")[:limit]:
        payload = json.loads(entry.payload or "{}")
        yield Change(entry, [*_changes(payload), *_said(payload)])


def _changes(payload: Mapping[str, Any]) -> Iterator[str]:
    for name, before, after in payload.get("changes", []):
        field: Any = Expert._meta.get_field(name)
        words = {value: str(label) for value, label in field.flatchoices}
        was, now = words.get(before, before), words.get(after, after)
        said = f"{was or '—'} → {now or '—'}" if was or now else str(_("已更换"))
        yield f"{field.verbose_name}：{said}"


def _said(payload: Mapping[str, Any]) -> Iterator[str]:
    for name, label in SAID.items():
        if value := payload.get(name):
            yield f"{label}：{_WORDS.get(name, {}).get(value, value)}"
