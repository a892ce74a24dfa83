"""Who may read what of the record: the ledger, messages, calendars, organisations."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts import policies
from accounts.models import Organisation
from workflow.actor import Actor
from workflow.models import CalendarYear, Chain, Entry, Message


def entries_visible_to(actor: Actor) -> QuerySet[Entry]:
    """The ledger, for those who manage, supervise or audit; for others nothing."""
    if not policies.holds_any(actor, policies.READS_LEDGER):
        return Entry.objects.none()
    return Entry.objects.order_by("-pk")


def chains_visible_to(actor: Actor) -> QuerySet[Chain]:
    """The chains behind the entries that this actor may read."""
    return (
        Chain.objects.order_by("key")
        if policies.holds_any(actor, policies.READS_LEDGER)
        else Chain.objects.none()
    )


def messages_of(actor: Actor) -> QuerySet[Message]:
    """What this person was told."""
    return Message.objects.filter(recipient_id=str(actor.id))


def calendars_visible_to(actor: Actor) -> QuerySet[CalendarYear]:
    """The loaded years: everybody counts by them."""
    return CalendarYear.objects.all()


def organisations_visible_to(actor: Actor) -> QuerySet[Organisation]:
    """The register of offices and registered bodies, for everybody who has an account."""
    return Organisation.objects.select_related("parent")
