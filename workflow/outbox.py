"""The outbox: who is told. Messages are written in the transaction of what they tell and delivered afterwards.

Delivery claims a batch under a lease and marks what was sent; a killed worker's batch is claimed again when its lease
runs out. Every message carries its key, so that a receiver can tell a repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import translation

from workflow import channels, clock
from workflow.machine import subject_of
from workflow.models import Message

LEASE = timedelta(seconds=30)  # longer than the slowest delivery of one message: each begins with a fresh one
BATCH = 50
MAX_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=2)  # between two attempts; together they last through most of a day


@dataclass(frozen=True)
class Recipient:
    """An address, whose it is, and the language to write in."""

    id: str
    name: str
    address: str
    language: str = "zh-hans"


@dataclass(frozen=True)
class Letter:
    """What one person is told: subject, body and the page to open."""

    subject: str
    body: str
    link: str = ""


Writer = Callable[[Recipient], Letter]


def queue(
    to: Iterable[Recipient],
    *,
    event: str,
    kind: str,
    write: Writer,
    about: models.Model | None = None,
) -> None:
    """Write one message a recipient, in the recipient's language. Queued twice for one event and person, it stays one."""
    rows = [_message(recipient, event=event, kind=kind, write=write, about=about) for recipient in to]
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        if not any(waiting[1] is _wake for waiting in connection.run_on_commit):
            transaction.on_commit(_wake, robust=True)


def _message(
    recipient: Recipient, *, event: str, kind: str, write: Writer, about: models.Model | None
) -> Message:
    with translation.override(recipient.language):
        letter = write(recipient)
        return Message(
            key=f"{event}:{recipient.id or recipient.address}",
            kind=kind,
            recipient_id=recipient.id,
            recipient_name=recipient.name,
            address=recipient.address,
            subject=" ".join(str(letter.subject).split())[:200],  # one line: a header holds no other
            body=str(letter.body),
            link=letter.link,
            about=subject_of(about) if about is not None else "",
            created_at=clock.now(),
        )


def _wake() -> None:
    from workflow.tasks import deliver_messages  # the tasks import the outbox

    deliver_messages.apply_async(retry=False)


def deliver_batch() -> int:
    """Send what is due, at most one batch; the number of messages sent."""
    return sum(_deliver(message) for message in _claim())


def _claim() -> list[Message]:
    present = clock.now()
    until = present + LEASE
    with transaction.atomic():
        due = Message.objects.filter(
            Q(lease_until=None) | Q(lease_until__lt=present), status=Message.Status.PENDING
        )
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.order_by("pk").values_list("pk", flat=True)[:BATCH])
        Message.objects.filter(pk__in=ids).update(lease_until=until)
    return list(Message.objects.filter(pk__in=ids).order_by("pk"))


def _deliver(message: Message) -> bool:
    if not _renewed(message):
        return False  # the batch took longer than its lease, and another worker has this message now
    try:
        channels.send(message)
    except channels.Undelivered as failure:
        _put_off(message, failure)
        return False
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.SENT, sent_at=clock.now(), lease_until=None, last_error=""
    )
    return True


def _renewed(message: Message) -> bool:
    """Begin the lease of one message anew, and count the attempt; False if it is ours no more."""
    ours = Message.objects.filter(
        pk=message.pk, status=Message.Status.PENDING, lease_until=message.lease_until
    )
    message.lease_until = clock.now() + LEASE
    message.attempts += 1
    return bool(ours.update(lease_until=message.lease_until, attempts=message.attempts))


def _put_off(message: Message, failure: channels.Undelivered) -> None:
    """Try again later, each time after twice as long; give up in the end."""
    final = message.attempts >= MAX_ATTEMPTS
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.FAILED if final else Message.Status.PENDING,
        lease_until=clock.now() + min(LEASE * 2**message.attempts, LONGEST_WAIT),
        last_error=str(failure)[:300],
    )


@transaction.atomic
def mark_read(recipient_id: str) -> int:
    """Note that a person has seen what waits in the list of messages; how many were new."""
    return Message.objects.filter(recipient_id=recipient_id, read_at=None).update(read_at=clock.now())


def unread(recipient_id: str) -> int:
    """How many messages this person has not seen."""
    return Message.objects.filter(recipient_id=recipient_id, read_at=None).count()
