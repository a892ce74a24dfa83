"""Who hears of an exit: the studio, its host and its city at every turn; the leader when it is to be decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries.people import people_with
from accounts.roles import Role
from studios.messages.studio import instant, tell
from studios.models import Exit, Reappointment
from studios.queries import studio as queries
from workflow.actor import Actor

Text = Callable[[], str]


def page_of(found: Exit) -> str:
    """The page of an exit."""
    return reverse("exit_detail", args=[found.studio_id, found.pk])


def _tell(people: Iterable[User], found: Exit, what: str, by: Actor, subject: Text, body: Text) -> None:
    tell(
        people, event=f"exit.{what}:{found.pk}:{instant()}", kind=f"exit.{what}", about=found, path=page_of(found),
        subject=subject, body=body, but=by,
    )  # fmt: skip


def _words(found: Exit) -> dict[str, str]:
    return {
        "studio": found.studio.name, "kind": found.kind_name, "ground": found.get_ground_display(),
        "facts": found.facts, "due": found.statement_due.isoformat() if found.statement_due else "",
        "reason": found.reason, "number": found.document_number,
    }  # fmt: skip


def started(found: Exit, *, by: Actor) -> None:
    """The facts, and until when a statement is heard; a withdrawal goes to the leader at once."""

    def body() -> str:
        text = _("%(studio)s拟%(kind)s，事由：%(ground)s。%(facts)s") % _words(found)
        return text + (
            _("可以在%(due)s前书面陈述申辩，也可以提交证据。") % _words(found) if found.blames else ""
        )

    subject = lambda: _("拟%(kind)s告知书：%(studio)s") % _words(found)  # noqa: E731
    _tell(queries.concerned_with(found.studio), found, "started", by, subject, body)
    if not found.blames:
        _to_leaders(found, by)


def heard(found: Exit, *, by: Actor) -> None:
    """The leader decides when the period is over."""
    _to_leaders(found, by)


def _to_leaders(found: Exit, by: Actor) -> None:
    _tell(
        people_with(Role.LEADER), found, "to_decide", by,
        lambda: _("%(studio)s%(kind)s待决定") % _words(found),
        lambda: _("%(studio)s的%(kind)s程序可以作出决定，事由：%(ground)s。") % _words(found),
    )  # fmt: skip


def decided(found: Exit, *, by: Actor) -> None:
    """The studio, its host, its city, and finance."""
    people = [*queries.concerned_with(found.studio), *people_with(Role.FINANCE)]
    _tell(
        people, found, "decided", by,
        lambda: _("%(studio)s%(kind)s决定书") % _words(found),
        lambda: _("%(studio)s已%(kind)s（%(number)s）。理由：%(reason)s") % _words(found),
    )  # fmt: skip


def dropped(found: Exit, *, by: Actor) -> None:
    """The studio goes on."""
    _tell(
        queries.concerned_with(found.studio), found, "dropped", by,
        lambda: _("%(studio)s不再办理%(kind)s") % _words(found),
        lambda: _("%(studio)s的%(kind)s程序不再办理，工作室照常运行。理由：%(reason)s") % _words(found),
    )  # fmt: skip


def reappointed(made: Reappointment, *, by: Actor) -> None:
    """The talent, the host and the city."""
    studio = made.studio
    tell(
        queries.concerned_with(studio), event=f"studio.reappointment:{studio.pk}", kind="studio.reappointment",
        about=studio, path=reverse("studio_detail", args=[studio.pk]), but=by,
        subject=lambda: _("%(studio)s：续聘意见") % {"studio": studio.name},
        body=lambda: (_("同意续聘。%(note)s") if made.granted else _("不续聘。%(note)s")) % {"note": made.note},
    )  # fmt: skip
