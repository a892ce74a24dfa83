"""The ledger: what happened, in hash chains that only grow.

An entry commits to its payload with a random salt; `leaf = SHA-256(00 || canonical entry)`, `head' = SHA-256(head || leaf)`.
The chain's locked row gives the sequence number, so two writers never share one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import QuerySet

from workflow import clock, freshness
from workflow.actor import Actor
from workflow.errors import Sentence
from workflow.machine import subject_of
from workflow.models import Chain, Entry, PublishedHead
from workflow.rules import chain as rules

OFFICE = "office"  # accounts, calendars, settings
ALGORITHM = "sha256"
PUBLICATION = "published-head"  # names a publication, not a chain, in a fault
_HEAD_LINE = re.compile(r"\S+ [0-9]{1,18} [0-9a-f]{64}")
LABELS: dict[str, Sentence] = {}  # what entries say that are no step of a machine: kind -> words


def append(
    by: Actor,
    *,
    chain: str,
    kind: str,
    subject: str,
    payload: Mapping[str, Any],
    role: str = "",
    rules_version: str = "",
) -> Entry:
    """Write one entry at the end of a chain. Call inside the transaction of what it records."""
    row = _locked(chain)
    sealed = _sealed(_signed(by, payload))
    entry = Entry(
        chain=row, seq=row.count + 1, kind=kind, at=clock.now(), subject=subject,
        actor_role=role or _first_role(by), actor_name=str(by.name), rules_version=rules_version, alg=ALGORITHM, **sealed,
    )  # fmt: skip
    leaf = rules.leaf(canonical(entry))
    entry.leaf = leaf.hex()
    row.count, row.head = entry.seq, rules.extend(bytes.fromhex(row.head), leaf).hex()
    entry.head = row.head
    entry.save(force_insert=True)
    row.save(update_fields=["count", "head"])
    freshness.changed(subject=subject, kind=kind)
    return entry


def queue_up(chain: str) -> None:
    """Wait until nobody else writes to a chain, and let nobody until this transaction ends.

    Whoever gives out the next number of the office (a calendar's version, a certificate, a user's name) asks first.
    """
    _locked(chain)


def _locked(chain: str) -> Chain:
    row = Chain.objects.select_for_update().filter(key=chain).first()
    if row is not None:
        return row
    Chain.objects.get_or_create(key=chain)
    return Chain.objects.select_for_update().get(key=chain)


def _first_role(by: Actor) -> str:
    return min(by.roles, default="")


def _signed(by: Actor, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with who acted. What it says under the names of the actor's own fields is kept one level down."""
    reserved = {key: payload[key] for key in ("actor", "name", "payload") if key in payload}
    rest = {key: value for key, value in payload.items() if key not in reserved}
    own = {"actor": str(by.id), "name": str(by.name)}
    return {**rest, **own, "payload": reserved} if reserved else {**rest, **own}


def _sealed(payload: Mapping[str, Any]) -> dict[str, str]:
    text = rules.canonical(payload)
    salt = os.urandom(32)
    return {
        "payload": text.decode(),
        "salt": salt.hex(),
        "commitment": rules.commitment(salt, text).hex(),
    }


def canonical(entry: Entry) -> bytes:
    """The bytes that the leaf digests: everything public about an entry, its payload by commitment."""
    return rules.canonical(
        {
            "alg": entry.alg,
            "chain": entry.chain_id,
            "commitment": entry.commitment,
            "kind": entry.kind,
            "role": entry.actor_role,
            "rules": entry.rules_version,
            "seq": entry.seq,
            "subject": entry.subject,
            "time": entry.at,
        }
    )


def entries_of(obj: models.Model) -> QuerySet[Entry]:
    """The entries about one object, of its own chain."""
    return Entry.objects.filter(subject=subject_of(obj))


@dataclass(frozen=True)
class Fault:
    """Where a chain breaks, and how."""

    chain: str
    seq: int
    what: str


def verify() -> list[Fault]:
    """The first fault of each chain, and of what was published; empty if all is whole."""
    published, faults = _published()
    rows = {row.key: row for row in Chain.objects.order_by("key")}
    written = set(Entry.objects.order_by().values_list("chain_id", flat=True).distinct())
    faults += [_first_fault(row, published.get(row.key, {})) for row in rows.values()]
    faults += [Fault(key, 1, "truncated") for key in sorted((written | set(published)) - set(rows))]
    return [fault for fault in faults if fault is not None]


def _published() -> tuple[dict[str, dict[int, str]], list[Fault | None]]:
    """For each chain, the heads that were published: count -> head; and the publications that were altered."""
    found: dict[str, dict[int, str]] = {}
    altered: list[Fault | None] = []
    for pk, text, digest in PublishedHead.objects.order_by("pk").values_list("pk", "lines", "digest"):
        lines = text.splitlines()
        if rules.day_head(lines).hex() != digest or not all(map(_HEAD_LINE.fullmatch, lines)):
            altered.append(Fault(PUBLICATION, pk, "published"))
            continue
        for key, count, head in (line.rsplit(" ", 2) for line in lines):
            found.setdefault(key, {})[int(count)] = head
    return found, altered


def _first_fault(row: Chain, published: Mapping[int, str]) -> Fault | None:
    head, seq = rules.EMPTY_HEAD, 0
    for entry in row.entries.order_by("seq").iterator(chunk_size=2000):
        seq += 1
        head = rules.extend(head, bytes.fromhex(entry.leaf)) if _is_hex(entry.leaf) else b""
        what = _fault_of(entry, seq, head)
        if not what and published.get(seq, entry.head) != entry.head:
            what = "published"
        if what:
            return Fault(row.key, seq if what == "missing" else entry.seq, what)
    if seq != row.count or head.hex() != row.head or max(published, default=0) > seq:
        return Fault(row.key, min(seq, row.count) + 1, "truncated")
    return None


def _fault_of(entry: Entry, seq: int, head: bytes) -> str:
    if entry.seq != seq:
        return "missing"
    if rules.leaf(canonical(entry)).hex() != entry.leaf:
        return "entry"
    if head.hex() != entry.head:
        return "head"
    return _payload_fault(entry)


def _payload_fault(entry: Entry) -> str:
    if not entry.payload and not entry.salt:
        return ""  # erased by law: the commitment stays, the chain still verifies
    if not _is_hex(entry.salt):
        return "payload"
    digest = rules.commitment(bytes.fromhex(entry.salt), entry.payload.encode()).hex()
    if digest != entry.commitment or json.loads(entry.payload).get("name") != entry.actor_name:
        return "payload"
    return ""


def _is_hex(text: str) -> bool:
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text)


def publish_heads(by: Actor, *, occasion: str) -> PublishedHead:
    """Publish the head of every chain, as it stands now, under one digest."""
    rows = Chain.objects.order_by("key")
    lines = sorted(f"{row.key} {row.count} {row.head}" for row in rows)
    digest = rules.day_head(lines).hex()
    freshness.changed(subject="", kind="published")
    return PublishedHead.objects.create(
        at=clock.now(), occasion=occasion, lines="\n".join(lines), digest=digest, by_name=str(by.name)
    )
