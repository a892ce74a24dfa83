"""Who hears of a bar: the office and the supervisor; a nominator of its own. The person hears it with the decision."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.messages.letters import letter
from selection.models import Bar
from workflow import outbox
from workflow.outbox import Letter, Recipient


def recorded(bar: Bar) -> None:
    """Managers and supervisors; where an organisation is barred, its officers."""

    def write(_to: Recipient) -> Letter:
        words = {
            "name": bar.subject_name, "what": bar.get_capacity_display(), "from": bar.from_on.isoformat(),
            "until": bar.until_on.isoformat(), "ground": bar.get_ground_display(),
        }  # fmt: skip
        line = gettext("%(name)s因“%(ground)s”列入诚信名册，自%(from)s起至%(until)s前限制%(what)s。") % words
        return letter(gettext("诚信名册新增登记"), [line], _page(bar))

    people = [*people_with(Role.MANAGER), *people_with(Role.SUPERVISOR)]
    _queue(people, bar, "recorded", write)
    if bar.organisation_id:
        officers = people_with(Role.BUREAU_OFFICER, organisation=bar.organisation_id)
        _queue(officers, bar, "told", lambda to: _own(bar))


def _own(bar: Bar) -> Letter:
    words = {
        "ground": bar.get_ground_display(),
        "until": bar.until_on.isoformat(),
        "number": bar.document_number,
    }
    line = gettext("因“%(ground)s”，贵单位在%(until)s前不能推荐人选，依据：%(number)s。") % words
    return letter(gettext("限制推荐告知"), [line], reverse("nomination_list"))


def lifted(bar: Bar) -> None:
    """Managers and supervisors."""

    def write(_to: Recipient) -> Letter:
        words = {"name": bar.subject_name, "reason": bar.reason}
        line = gettext("%(name)s的诚信限制已解除。理由：%(reason)s") % words
        return letter(gettext("诚信限制解除"), [line], _page(bar))

    _queue([*people_with(Role.MANAGER), *people_with(Role.SUPERVISOR)], bar, "lifted", write)


def _page(bar: Bar) -> str:
    return reverse("bar_detail", args=[bar.pk])


def _queue(people: Iterable[User], bar: Bar, what: str, write: outbox.Writer) -> None:
    kind = f"bar.{what}"
    outbox.queue(recipients(people), event=f"{kind}:{bar.pk}", kind=kind, write=write, about=bar)
