"""The dossier as it was sent: what a version holds, and what differs between two of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext

from accounts.roles import PROVINCIAL, Role
from selection.models import DossierVersion, Nomination
from selection.models.nomination import ROW_PARTS
from selection.models.nomination_guards import DECLARATIONS
from selection.queries.attachment import lines_of_sent, sent_with
from selection.queries.dossier import SECTIONS, label_of, lines_of, masked_phone, shown_value
from workflow import crypto
from workflow.rules.chain import canonical


def snapshot(nomination: Nomination) -> dict[str, Any]:
    """Every answer as plain JSON. The person is a key and the phone is masked, with a key that tells a change."""
    content = {name: _plain(nomination.answer(name)) for section in SECTIONS for name in section.fields}
    phone = nomination.phone
    content["phone"] = masked_phone(phone) if phone else ""
    content["phone_key"] = crypto.keyed_hash(phone, "phone") if phone else ""
    return {**content, "attachments": sent_with(nomination), "person": nomination.nominee.person_key}


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of a version's content, in hexadecimal."""
    return sha256(canonical(content)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [{name: _plain(each) for name, each in row.items()} for row in value]
    if isinstance(value, datetime):  # in one zone: a time just set and the same one read again are the same
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | Decimal):
        return str(value) if isinstance(value, Decimal) else value.isoformat()
    return value


def may_compare(user: Any) -> bool:
    """The offices that check dossiers and the province compare versions; the unit has its own page."""
    return bool(user.roles & PROVINCIAL) or user.holds(Role.BUREAU_OFFICER)


def chosen(versions: list[DossierVersion], older: str, newer: str) -> tuple[DossierVersion, DossierVersion]:
    """The two versions that are asked for; without a choice the last two."""
    by_number = {str(version.number): version for version in versions}
    return by_number.get(older, versions[max(len(versions) - 2, 0)]), by_number.get(newer, versions[-1])


def differences(older: DossierVersion, newer: DossierVersion) -> list[dict[str, Any]]:
    """Section by section the fields, each with both values and whether they differ."""
    parts = [
        {"section": section, "rows": rows, "changed": sum(row["changed"] for row in rows)}
        for section in SECTIONS
        if (rows := [_row(name, older.content, newer.content) for name in section.fields])
    ]
    files = _files(older.content.get("attachments") or [], newer.content.get("attachments") or [])
    section = {"slug": "attachments", "title": gettext("附件")}
    return [*parts, {"section": section, "rows": [files], "changed": int(files["changed"])}]


def _files(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> dict[str, Any]:
    before, after = lines_of_sent(old), lines_of_sent(new)
    lines = [("gone", line) for line in before if line not in after]
    lines += [("come", line) for line in after if line not in before]
    shown = {"old": "\n".join(before) or "—", "new": "\n".join(after) or "—"}
    return {"label": gettext("附件"), **shown, "changed": bool(lines), "lines": lines}


def _row(name: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    changed = old.get(name) != new.get(name)
    if name == "phone":
        changed = old.get("phone_key") != new.get("phone_key")
    before, after = _shown(name, old.get(name)), _shown(name, new.get(name))
    row: dict[str, Any] = {
        "label": label_of(name),
        "old": before,
        "new": after,
        "changed": changed,
        "lines": [],
    }
    if name in ROW_PARTS and changed:
        row["lines"] = _lines(before, after)
    return row


def _lines(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that went and the lines that came."""
    gone, come = (_unnumbered(text) for text in (before, after))
    return [
        *(("gone", line) for line in gone if line not in come),
        *(("come", line) for line in come if line not in gone),
    ]


def _unnumbered(text: str) -> list[str]:
    return [line.partition(". ")[2] for line in text.splitlines() if ". " in line]


def _shown(name: str, value: Any) -> str:
    if name in ROW_PARTS:
        return (
            "\n".join(f"{n}. {line}" for n, line in enumerate(lines_of(name, _read(value or [])), start=1))
            or "—"
        )
    if name in DECLARATIONS and value:
        value = datetime.fromisoformat(value)
    return shown_value(name, value)


def _read(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored lines with their days as days again."""
    return [{name: _day(name, value) for name, value in row.items()} for row in rows]


def _day(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value and name in ("started", "ended", "awarded_on") else value
