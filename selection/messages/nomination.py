"""Letters about one dossier. No identity number and no phone stands in any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries.people import people_with, recipients
from accounts.roles import Role
from selection.models import Nomination
from selection.queries.dossier import label_of
from workflow import ledger
from workflow.outbox import Letter, Recipient, queue


def submitted(nomination: Nomination) -> None:
    """To the officers on whose desk it now lies."""
    _tell(
        _officers_at_desk(nomination),
        nomination,
        "submitted",
        lambda: (
            gettext("待审核：%(name)s的申报"),
            [gettext("%(unit)s提交了%(name)s的申报材料，请核对原件并提出意见。")],
        ),
    )


def endorsed(nomination: Nomination) -> None:
    """To the nominator's officers."""
    _tell(
        _officers_at_desk(nomination),
        nomination,
        "endorsed",
        lambda: (
            gettext("待推荐：%(name)s的申报"),
            [gettext("%(county)s已同意上报%(name)s的申报材料，请审核并决定是否推荐到省。")],
        ),
    )


def returned(nomination: Nomination) -> None:
    """To the unit: what must be completed, field by field."""

    def words() -> tuple[str, list[str]]:
        lines = [gettext("%(name)s的申报材料已退回补充，请在申报截止前修改后重新提交：")]
        lines += [
            f"{label_of(row['field'])}：{row['reason']}".replace("%", "%%") for row in nomination.requests
        ]
        return gettext("退回补充：%(name)s的申报"), lines

    _tell(_clerks(nomination), nomination, "returned", words)


def declined(nomination: Nomination) -> None:
    """To the unit: not nominated, and why."""
    _tell(
        _clerks(nomination),
        nomination,
        "declined",
        lambda: (
            gettext("不予推荐：%(name)s的申报"),
            [gettext("%(nominator)s决定本轮不推荐%(name)s。"), gettext("理由：%(reason)s")],
        ),
    )


def nominated(nomination: Nomination) -> None:
    """To the unit: it has reached the province."""
    _tell(
        _clerks(nomination),
        nomination,
        "nominated",
        lambda: (
            gettext("已推荐到省：%(name)s的申报"),
            [gettext("%(nominator)s已将%(name)s推荐到省，申报截止后进入资格初审。")],
        ),
    )


def corrected(nomination: Nomination) -> None:
    """To the reviewers, and to the nominator through whom it goes: the correction has come."""
    _tell(
        [*people_with(Role.REVIEWER), *officers(nomination)],
        nomination,
        "corrected",
        lambda: (gettext("已补正：%(name)s的申报"), [gettext("%(unit)s已提交%(name)s的补正材料。")]),
    )


def withdrawn(nomination: Nomination) -> None:
    """To the other side: the unit, or the office it had been put to."""
    _tell(
        [*_clerks(nomination), *officers(nomination)], nomination, "withdrawn", lambda: _withdrawn(nomination)
    )


def _withdrawn(nomination: Nomination) -> tuple[str, list[str]]:
    lines = [gettext("%(name)s的申报已撤回。"), gettext("理由：%(reason)s")]
    if nomination.nominated_at is not None:
        freed = (
            gettext("推荐名额已释放，可以另行推荐。")
            if nomination.place_freed
            else gettext("申报已截止，推荐名额不释放。")
        )
        lines += [gettext("该人选由%(nominator)s推荐到省，特此告知。"), freed]
    return gettext("已撤回：%(name)s的申报"), lines


def revoked(nomination: Nomination) -> None:
    """To the unit and the nominator: the title is withdrawn."""
    people = [*_clerks(nomination), *people_with(Role.BUREAU_OFFICER, organisation=nomination.nominator_id)]
    _tell(
        people,
        nomination,
        "revoked",
        lambda: (
            gettext("已撤销认定：%(name)s"),
            [gettext("%(name)s的社会工作领军人才称号已撤销。"), gettext("理由：%(reason)s")],
        ),
    )


def _clerks(nomination: Nomination) -> Iterable[User]:
    return people_with(Role.UNIT_CLERK, organisation=nomination.unit_id)


def officers(nomination: Nomination) -> list[User]:
    """The officers of the nominator."""
    return list(people_with(Role.BUREAU_OFFICER, organisation=nomination.nominator_id))


def _officers_at_desk(nomination: Nomination) -> Iterable[User]:
    at_county = nomination.state == Nomination.State.COUNTY_REVIEW
    desk = nomination.county_id if at_county else nomination.nominator_id
    return people_with(Role.BUREAU_OFFICER, organisation=desk)


def _tell(
    people: Iterable[User], nomination: Nomination, what: str, words: Callable[[], tuple[str, list[str]]]
) -> None:
    kind = f"nomination.{what}"
    facts = {
        "name": nomination.nominee.name,
        "unit": nomination.unit.name,
        "county": nomination.county.name if nomination.county else "",
        "nominator": nomination.nominator.name,
        "reason": nomination.reason,
    }
    path = reverse("nomination_detail", args=[nomination.pk])

    def write(_to: Recipient) -> Letter:
        subject, lines = words()
        body = [line % facts for line in lines]
        body += [gettext("批次：%(round)s") % {"round": nomination.round.shown_title}]
        return Letter(subject % facts, "\n".join([*body, "", f"{settings.SITE_URL}{path}"]), path)

    event = f"{kind}:{nomination.pk}:{_last_entry(nomination)}"
    queue(recipients(people), event=event, kind=kind, write=write, about=nomination)


def _last_entry(nomination: Nomination) -> int:
    """The number of the entry that this letter tells of: one letter an entry."""
    return ledger.entries_of(nomination).order_by("-seq").values_list("seq", flat=True).first() or 0
