"""What pages and API share of this app, and of the records that belong to no stage."""

from __future__ import annotations

import json
from typing import Any

from django.urls import reverse

from accounts import policies
from accounts.models import Organisation
from accounts.queries import record
from workflow import collections, kinds
from workflow.actor import Actor
from workflow.collections import Collection
from workflow.models import CalendarYear, Entry, Message


def _organisation(obj: Organisation, actor: Actor) -> dict[str, Any]:
    return {
        "id": obj.pk,
        "kind": obj.kind,
        "code": obj.code,
        "name": obj.name,
        "area": obj.area,
        "parent": obj.parent.code if obj.parent else None,
    }


def _entry(obj: Entry, actor: Actor) -> dict[str, Any]:
    shown = {
        "id": obj.pk,
        "chain": obj.chain_id,
        "seq": obj.seq,
        "time": obj.local_time.isoformat(),
        "kind": obj.kind,
        "label": str(kinds.label_of_entry(obj)),
        "subject": obj.subject,
        "actor": obj.actor_name,
        "role": obj.actor_role,
        "rules_version": obj.rules_version,
        "commitment": obj.commitment,
        "leaf": obj.leaf,
        "head": obj.head,
    }
    if policies.holds_any(actor, policies.READS_PAYLOADS):
        shown["payload"] = json.loads(obj.payload) if obj.payload else None
    return shown


def _message(obj: Message, actor: Actor) -> dict[str, Any]:
    return {
        "id": obj.pk,
        "kind": obj.kind,
        "subject": obj.subject,
        "body": obj.body,
        "link": obj.link,
        "about": obj.about,
        "status": obj.status,
        "created_at": obj.created_at.isoformat(),
        "read": obj.read_at is not None,
    }


def _calendar(obj: CalendarYear, actor: Actor) -> dict[str, Any]:
    return {
        "id": obj.pk,
        "year": obj.year,
        "version": obj.version,
        "notice": obj.notice,
        "off_ranges": obj.off_ranges,
        "makeup_workdays": obj.makeup_workdays,
        "loaded_at": obj.loaded_at.isoformat(),
    }


for _collection in (
    Collection(
        name="organisations",
        model=Organisation,
        visible_to=record.organisations_visible_to,
        represent=_organisation,
        filters=("kind", "code", "area"),
    ),
    Collection(
        name="ledger",
        model=Entry,
        visible_to=record.entries_visible_to,
        represent=_entry,
        url=lambda obj: f"{reverse('ledger_list')}?subject={obj.subject}",
        filters=("chain", "kind", "subject"),
    ),
    Collection(
        name="messages",
        model=Message,
        visible_to=record.messages_of,
        represent=_message,
        url=lambda obj: reverse("message_list"),
        filters=("kind", "about"),
    ),
    Collection(
        name="calendars",
        model=CalendarYear,
        visible_to=record.calendars_visible_to,
        represent=_calendar,
        url=lambda obj: f"{reverse('calendar')}?year={obj.year}",
        filters=("year",),
    ),
):
    collections.register(_collection)
