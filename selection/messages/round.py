"""Letters about a round as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.models import Round
from selection.queries.round import people_concerned
from workflow import clock
from workflow.outbox import Letter, Recipient, queue


def announced(round_: Round) -> None:
    """To the officers and clerks of every nominator with places: the round takes dossiers, until when."""

    def write(_to: Recipient) -> Letter:
        subject = gettext("%(round)s已启动申报") % {"round": round_.shown_title}
        lines = [
            gettext("%(organiser)s已启动%(round)s。")
            % {"organiser": round_.organiser, "round": round_.shown_title},
            gettext("申报截止时间：%(at)s。") % {"at": _written(round_)},
        ]
        return _letter(subject, lines, reverse("nomination_list"))

    _tell(people_concerned(round_), round_, "announced", write)


def closed(round_: Round) -> None:
    """To the reviewers and the manager: screening begins."""

    def write(_to: Recipient) -> Letter:
        subject = gettext("%(round)s申报已截止") % {"round": round_.shown_title}
        lines = [gettext("申报和推荐已截止，现进入资格初审。")]
        return _letter(subject, lines, reverse("nomination_list"))

    _tell([*people_with(Role.REVIEWER), *people_with(Role.MANAGER)], round_, "closed", write)


def cancelled(round_: Round, reason: str) -> None:
    """To whoever was told of the round."""

    def write(_to: Recipient) -> Letter:
        subject = gettext("%(round)s已取消") % {"round": round_.shown_title}
        lines = [
            gettext("%(organiser)s已取消%(round)s。")
            % {"organiser": round_.organiser, "round": round_.shown_title},
            gettext("理由：%(reason)s") % {"reason": reason},
        ]
        return _letter(subject, lines, reverse("nomination_list"))

    _tell(people_concerned(round_), round_, "cancelled", write)


def _tell(people: Iterable[User], round_: Round, what: str, write: Callable[[Recipient], Letter]) -> None:
    kind = f"round.{what}"
    queue(recipients(people), event=f"{kind}:{round_.pk}", kind=kind, write=write, about=round_)


def _letter(subject: str, lines: list[str], path: str) -> Letter:
    return Letter(subject, "\n".join([*lines, "", f"{settings.SITE_URL}{path}"]), path)


def _written(round_: Round) -> str:
    return round_.closes_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if round_.closes_at else ""
