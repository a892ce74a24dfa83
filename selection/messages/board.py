"""Letters about a federation's board: its term ends, its term is over."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import BoardTerm
from accounts.queries.people import recipients
from selection.queries.board import people_of
from workflow import clock
from workflow.outbox import Letter, Recipient, queue


def ending(term: BoardTerm) -> None:
    """To the federation's officers and to who records terms; once before the end, once after it."""
    over = term.until < clock.today()
    facts = {"name": term.organisation.name, "day": term.until.isoformat()}
    path = reverse("board_list")

    def write(_to: Recipient) -> Letter:
        if over:
            subject = gettext("%(name)s理事会任期已届满")
            body = gettext("%(name)s理事会任期已于%(day)s届满，登记新一届任期前不能推荐人选。")
        else:
            subject = gettext("%(name)s理事会任期将届满")
            body = gettext(
                "%(name)s理事会任期至%(day)s，届满后登记新一届任期前不能推荐人选，请及时换届并登记。"
            )
        return Letter(subject % facts, f"{body % facts}\n\n{settings.SITE_URL}{path}", path)

    kind = "board.expired" if over else "board.ending"
    event = f"{kind}:{term.pk}:{term.until.isoformat()}"
    queue(
        recipients(people_of(term.organisation)), event=event, kind=kind, write=write, about=term.organisation
    )
